"""What concerns parcels takes as many statements for a hundred as for one."""

from __future__ import annotations

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_tracking import change_tracking
from orderwright.flows.keep_labels import KeepLabel, keep_labels
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import (
    ChangeTracking,
    PackedParcel,
    PackedUnits,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    ShipFulfillment,
)
from orderwright.inventory import ReceiveStock
from orderwright.orders import CancelLine, CancelOrder
from orderwright.platform.db import Database
from tests.builders.orders import an_order
from tests.flows.test_statement_counts import Counting

PARCELS: dict[str, int] = {
    "pack_fulfillments, parcels": 19,
    "keep_labels": 12,
    "change_tracking": 16,
    "ship_fulfillments, some": 20,
    "record_tracking, one of two": 15,
    "cancel_orders, packed": 36,
}


async def test_a_hundred_take_as_many_statements_as_one(database: Database) -> None:
    one = await run_parcels(Counting(database), 1)
    hundred = await run_parcels(Counting(database), 100)
    assert hundred == one == PARCELS


async def run_parcels(desk: Counting, n: int) -> dict[str, int]:
    """Everything about parcels, on `n` fulfillments of two units in two parcels."""
    shop = await desk.shop(skus=n)
    at = shop.locations[0].code
    await desk.run(receive_stock, [ReceiveStock(sku=s.code, location=at, quantity=9) for s in shop.skus], audited=False)
    order_ids, works = await desk.sourced_work([an_order(shop.channel.code, [(s.code, 2)]) for s in shop.skus])
    await desk.run(pick_fulfillments, [PickFulfillment(fulfillment_id=w.id) for w in works], audited=False)
    half = [PackedUnits(line=1, quantity=1)]
    packs = [
        PackFulfillment(
            fulfillment_id=w.id, carrier="ups",
            parcels=[PackedParcel(units=half, tracking_number=f"{letter}-{w.id.hex}") for letter in "AB"],
        )
        for w in works
    ]  # fmt: skip
    await desk.step("pack_fulfillments, parcels", pack_fulfillments, packs, "packed")
    rows = await desk.fetch("SELECT id, n FROM parcel WHERE order_id = ANY ($1) ORDER BY id", order_ids)
    ids = {k: [row["id"] for row in rows if row["n"] == k] for k in (1, 2)}
    await desk.step("keep_labels", keep_labels, [KeepLabel(i, b"^XA^XZ") for i in ids[1]], "label_kept")
    changes = [
        ChangeTracking(parcel_id=i, carrier="dhl", tracking_number=f"C-{i.hex}", reason="label_damaged") for i in ids[1]
    ]
    await desk.step("change_tracking", change_tracking, changes, "tracking_changed")
    some = [ShipFulfillment(fulfillment_id=w.id, parcels=[1]) for w in works]
    await desk.step("ship_fulfillments, some", ship_fulfillments, some, "shipped")
    said = [RecordTracking(tracking_number=f"C-{i.hex}", code="delivered", happened_at=desk.ctx.now) for i in ids[1]]
    await desk.step("record_tracking, one of two", record_tracking, said, "recorded")
    recalls = [CancelOrder(order_id=i, lines=[CancelLine(line=1, quantity=1)], recall=True) for i in order_ids]
    await desk.step("cancel_orders, packed", cancel_orders, recalls, "cancelled")
    await desk.audit()
    return desk.statements

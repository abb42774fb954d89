"""One order from placement to the doorstep, every verb on the way, with the books right after each step."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import (
    FulfillmentCommand,
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    ShipFulfillment,
    fulfillments_of_orders,
    parcels_of,
    shipments_of,
)
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


async def books_are_right(database: Database, merchant: str = "acme") -> None:
    async with database.transaction(merchant) as tx:
        assert await audit(tx) == []


async def test_an_order_travels_from_a_channel_to_a_doorstep(database: Database, ctx: MakeContext) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2, skus=2)
        first, second = (sku.code for sku in shop.skus)
        at = shop.locations[0].code
        stock = [ReceiveStock(sku=first, location=at, quantity=5), ReceiveStock(sku=second, location=at, quantity=1)]
        assert [o.code for o in await receive_stock(tx, context, stock)] == ["received", "received"]
    await books_are_right(database)

    order = an_order(shop.channel.code, [(first, 2), (second, 1)])
    async with database.transaction("acme") as tx:
        [placed] = await place_orders(tx, context, [order])
    assert (placed.code, placed.status, placed.holds, placed.backordered) == ("placed", "placed", [], 0)
    assert placed.order_id is not None
    await books_are_right(database)

    async with database.transaction("acme") as tx:
        assert await verify_orders(tx, context, [placed.order_id]) == {}
    await books_are_right(database)
    async with database.transaction("acme") as tx:
        [sourced] = await source_orders(tx, context, [placed.order_id])
    assert sourced.code == "sourced"
    await books_are_right(database)

    async with database.transaction("acme") as tx:
        [work] = await fulfillments_of_orders(tx, [placed.order_id])
    command = FulfillmentCommand(fulfillment_id=work.id)
    async with database.transaction("acme") as tx:
        assert [o.code for o in await release_fulfillments(tx, context, [command])] == ["released"]
    await books_are_right(database)
    async with database.transaction("acme") as tx:
        picked = await pick_fulfillments(tx, context, [PickFulfillment(fulfillment_id=work.id)])
    assert [o.code for o in picked] == ["picked"]
    await books_are_right(database)
    async with database.transaction("acme") as tx:
        packed = await pack_fulfillments(tx, context, [PackFulfillment(fulfillment_id=work.id, weight_g=700)])
    assert [o.code for o in packed] == ["packed"]
    await books_are_right(database)

    async with database.transaction("acme") as tx:
        shipment = (await shipments_of(tx, [work.id]))[work.id]
    await buy_labels(database, context, [shipment.id], {"builtin": BuiltinCarrier()})
    await books_are_right(database)
    async with database.transaction("acme") as tx:
        assert [o.code for o in await ship_fulfillments(tx, context, [ShipFulfillment(fulfillment_id=work.id)])] == [
            "shipped"
        ]
        [parcel] = await parcels_of(tx, [shipment.id])
    await books_are_right(database)
    assert parcel.tracking_number is not None

    tracking = RecordTracking(tracking_number=parcel.tracking_number, code="delivered", happened_at=datetime.now(UTC))
    async with database.transaction("acme") as tx:
        assert [o.code for o in await record_tracking(tx, context, [tracking])] == ["recorded"]
    async with database.transaction("acme") as tx:
        assert [o.code for o in await record_tracking(tx, context, [tracking])] == ["repeated"]
        assert await tx.fetchval("SELECT status FROM orders WHERE id = $1", placed.order_id) == "delivered"
        types = [
            row[0]
            for row in await tx.fetch("SELECT type FROM event WHERE subject_id = $1 ORDER BY seq", placed.order_id)
        ]
    assert types == [
        "order.placed",
        "order.verified",
        "order.sourced",
        "fulfillment.released",
        "fulfillment.picked",
        "fulfillment.packed",
        "shipment.labelled",
        "shipment.shipped",
        "order.shipped",
        "shipment.tracked",
        "shipment.delivered",
        "order.delivered",
    ]
    await books_are_right(database)
    async with database.transaction("bolt") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == 0

"""Hand parcels to the carrier, or goods to the shopper at the counter."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.flows.apply_tracking import apply_tracking
from orderwright.flows.locked_work import LockedWork, lock_fulfillments
from orderwright.fulfillment import AllocationMove, AllocationRow, FulfillmentCommand, FulfillmentState, ShipmentState
from orderwright.inventory import CUSTOMER, Move, Place
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def ship_fulfillments(tx: Transaction, ctx: Context, commands: Sequence[FulfillmentCommand]) -> list[Outcome]:
    """Packed parcels leave with the carrier; a packed pick-up is handed over, which delivers it.

    What the carrier said of a parcel already is applied now. The orders are queued to be settled: what leaves is to be
    paid. Permission: `fulfillment.work`. Locks: orders, stock.
    Appends `shipment.shipped` or `fulfillment.handed_over`, then `shipment.tracked` and `shipment.delivered`.
    Outcomes, in precedence: those of `check_step`, `order_held`, `label_missing`, `shipped` (or `handed_over`).
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.SHIPPED)
    blocking = await orders.blocking_holds(tx, work.orders, "ship")
    shipments = await fulfillment.shipments_of(tx, list(work.fulfillments))
    leaving: list[UUID] = []
    handed: list[UUID] = []
    for i, command in going:
        row = work.fulfillments[command.fulfillment_id]
        shipment = shipments.get(row.id)
        if row.order_id in blocking:
            outcomes[i] = fulfillment.refuse("order_held", type=blocking[row.order_id])
        elif row.method == "pickup":
            handed.append(row.id)
            outcomes[i] = Outcome(code="handed_over", id=row.id)
        elif shipment is None or shipment.state != ShipmentState.LABELLED:
            outcomes[i] = fulfillment.refuse("label_missing")
        else:
            leaving.append(row.id)
            outcomes[i] = Outcome(code="shipped", id=row.id)
    if leaving or handed:
        act_id = await record_act(tx, ctx, "ship_fulfillments")
        await _move_out(tx, act_id, ctx, work, leaving, handed)
        ids = [shipments[f].id for f in leaving]
        await fulfillment.change_shipments(tx, ids, ShipmentState.SHIPPED)
        parcels = {p.fulfillment_id: p for p in await fulfillment.parcels_of(tx, ids)} if ids else {}
        story = orders.OrderStory(work.orders, ctx.now)
        for fulfillment_id in leaving:
            parcel, shipment = parcels[fulfillment_id], shipments[fulfillment_id]
            data = {
                "fulfillment_id": encode_id("ful", fulfillment_id),
                "shipment_id": encode_id("shp", shipment.id),
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
            }
            story.tell(shipment.order_id, "shipment.shipped", data)
        for fulfillment_id in handed:
            order_id = work.fulfillments[fulfillment_id].order_id
            story.tell(order_id, "fulfillment.handed_over", {"fulfillment_id": encode_id("ful", fulfillment_id)})
        by_id = {parcel.id: parcel for parcel in parcels.values()}
        said = await fulfillment.tracking_of(tx, list(by_id))
        await apply_tracking(tx, ctx, story, [(by_id[event.parcel_id], event) for event in said])
        await story.write(tx, act_id)
        await enqueue_work(tx, "settle", sorted({work.fulfillments[f].order_id for f in (*leaving, *handed)}))
    return fulfillment.finish_outcomes(outcomes)


async def _move_out(
    tx: Transaction, act_id: UUID, ctx: Context, work: LockedWork, leaving: Sequence[UUID], handed: Sequence[UUID]
) -> None:
    """Goods, quantities and states of what leaves the house."""
    lines = [a for f in (*leaving, *handed) for a in work.allocations[f] if a.packed]
    counter = set(handed)
    await inventory.lock_stock(tx, [(a.sku_id, a.location_id) for a in lines])
    await inventory.move_goods(tx, act_id, [_ship_move(a) for a in lines], ctx.now)
    moves = [
        AllocationMove(a, packed=-a.packed, shipped=a.packed, delivered=a.packed if a.fulfillment_id in counter else 0)
        for a in lines
    ]
    await fulfillment.move_allocations(tx, moves)
    quantities = [QuantityMove(a.order_id, a.line_n, a.component_n, "packed", "shipped", a.packed) for a in lines]
    quantities += [
        QuantityMove(a.order_id, a.line_n, a.component_n, None, "delivered", a.packed)
        for a in lines
        if a.fulfillment_id in counter
    ]
    await orders.move_quantities(tx, quantities)
    await fulfillment.change_state(tx, leaving, FulfillmentState.SHIPPED, ctx.now)
    await fulfillment.change_state(tx, handed, FulfillmentState.DELIVERED, ctx.now)


def _ship_move(allocation: AllocationRow) -> Move:
    return Move(
        allocation.sku_id, Place(allocation.location_id, "packed"), CUSTOMER, allocation.packed, "shipment",
        allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
    )  # fmt: skip

"""Hand parcels to the carrier, or goods to the shopper at the counter."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.flows.apply_tracking import apply_tracking
from orderwright.flows.locked_work import LockedWork, lock_fulfillments
from orderwright.fulfillment import (
    AllocationMove,
    AllocationRow,
    FulfillmentState,
    ParcelRow,
    ParcelState,
    ShipFulfillment,
    ShipmentState,
)
from orderwright.inventory import CUSTOMER, Move, Place
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def ship_fulfillments(tx: Transaction, ctx: Context, commands: Sequence[ShipFulfillment]) -> list[Outcome]:
    """Packed parcels leave with the carrier, all or some of a fulfillment; a packed pick-up is handed over, which
    delivers it. What the carrier said of a parcel already is applied now. The orders are queued to be settled: what
    leaves is to be paid, when it leaves.

    Permission: `fulfillment.work`. Locks: orders, stock.
    Appends `shipment.shipped` (one a parcel) or `fulfillment.handed_over`, then `shipment.tracked` and
    `shipment.delivered`. Outcomes, in precedence: those of `check_step`, `order_held`, `unknown_parcel`,
    `label_missing`, `shipped` (`details.left`: how many parcels are still here, if any) or `handed_over`.
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.SHIPPED)
    blocking = await orders.blocking_holds(tx, work.orders, "ship")
    shipments = await fulfillment.shipments_of(tx, list(work.fulfillments))
    here = await _parcels_here(tx, [s.id for s in shipments.values()])
    leaving: list[ParcelRow] = []
    handed: list[UUID] = []
    for i, command in going:
        row = work.fulfillments[command.fulfillment_id]
        if row.order_id in blocking:
            outcomes[i] = fulfillment.refuse("order_held", type=blocking[row.order_id])
        elif row.method == "pickup":
            handed.append(row.id)
            outcomes[i] = Outcome(code="handed_over", id=row.id)
        else:
            chosen = _choose(command, here.get(row.id, []))
            if isinstance(chosen, Outcome):
                outcomes[i] = chosen
                continue
            leaving += chosen
            left = len(here[row.id]) - len(chosen)
            outcomes[i] = Outcome(code="shipped", id=row.id, details={"left": left} if left else {})
    if leaving or handed:
        act_id = await record_act(tx, ctx, "ship_fulfillments")
        await _move_out(tx, act_id, ctx, work, leaving, handed)
        story = orders.OrderStory(work.orders, ctx.now)
        for parcel in leaving:
            data = {
                "fulfillment_id": encode_id("ful", parcel.fulfillment_id),
                "shipment_id": encode_id("shp", parcel.shipment_id),
                "carrier": parcel.carrier,
                "tracking_number": parcel.tracking_number,
            }
            story.tell(parcel.order_id, "shipment.shipped", data)
        for fulfillment_id in handed:
            order_id = work.fulfillments[fulfillment_id].order_id
            story.tell(order_id, "fulfillment.handed_over", {"fulfillment_id": encode_id("ful", fulfillment_id)})
        by_id = {parcel.id: parcel for parcel in leaving}
        said = await fulfillment.tracking_of(tx, list(by_id))
        await apply_tracking(tx, ctx, story, [(by_id[event.parcel_id], event) for event in said])
        await story.write(tx, act_id)
        gone = {*handed, *(parcel.fulfillment_id for parcel in leaving)}
        await enqueue_work(tx, "settle", sorted({work.fulfillments[f].order_id for f in gone}))
    return fulfillment.finish_outcomes(outcomes)


async def _parcels_here(tx: Transaction, shipment_ids: Sequence[UUID]) -> dict[UUID, list[ParcelRow]]:
    """The parcels of each fulfillment that have not left."""
    here: dict[UUID, list[ParcelRow]] = {}
    for parcel in await fulfillment.parcels_of(tx, shipment_ids):
        if parcel.shipped_at is None and parcel.state != ParcelState.CANCELLED:
            here.setdefault(parcel.fulfillment_id, []).append(parcel)
    return here


def _choose(command: ShipFulfillment, here: Sequence[ParcelRow]) -> list[ParcelRow] | Outcome:
    """The parcels that leave now."""
    wanted = set(command.parcels) or {parcel.n for parcel in here}
    chosen = [parcel for parcel in here if parcel.n in wanted]
    if len(chosen) < len(wanted):
        return fulfillment.refuse("unknown_parcel", parcels=[parcel.n for parcel in here])
    missing = [parcel.n for parcel in chosen if parcel.state == ParcelState.LABEL_WANTED]
    if missing or not chosen:
        return fulfillment.refuse("label_missing", parcels=missing)
    return chosen


async def _move_out(
    tx: Transaction, act_id: UUID, ctx: Context, work: LockedWork, leaving: Sequence[ParcelRow], handed: Sequence[UUID]
) -> None:
    """Goods, quantities and states of what leaves the house."""
    inside: dict[tuple[UUID, int, int], int] = {}
    for unit in await fulfillment.units_of_parcels(tx, [parcel.id for parcel in leaving]):
        inside[unit[:3]] = inside.get(unit[:3], 0) + unit.quantity
    counter = set(handed)
    works = dict.fromkeys([*(parcel.fulfillment_id for parcel in leaving), *handed])
    lines = [
        (a, a.packed if a.fulfillment_id in counter else inside.get(a[:3], 0))
        for fulfillment_id in works
        for a in work.allocations[fulfillment_id]
    ]
    lines = [(a, units) for a, units in lines if units]
    await inventory.lock_stock(tx, [(a.sku_id, a.location_id) for a, _ in lines])
    await inventory.move_goods(tx, act_id, [_ship_move(a, units) for a, units in lines], ctx.now)
    moves = [
        AllocationMove(a, packed=-units, shipped=units, delivered=units if a.fulfillment_id in counter else 0)
        for a, units in lines
    ]
    await fulfillment.move_allocations(tx, moves)
    quantities = [QuantityMove(a.order_id, a.line_n, a.component_n, "packed", "shipped", units) for a, units in lines]
    quantities += [
        QuantityMove(a.order_id, a.line_n, a.component_n, None, "delivered", units)
        for a, units in lines
        if a.fulfillment_id in counter
    ]
    await orders.move_quantities(tx, quantities)
    await fulfillment.ship_parcels(tx, [parcel.id for parcel in leaving], ctx.now)
    changed = await fulfillment.derive_shipments(tx, list(dict.fromkeys(parcel.shipment_id for parcel in leaving)))
    complete = [s.fulfillment_id for s in changed if s.state == ShipmentState.SHIPPED]
    await fulfillment.change_state(tx, complete, FulfillmentState.SHIPPED, ctx.now)
    await fulfillment.change_state(tx, handed, FulfillmentState.DELIVERED, ctx.now)


def _ship_move(allocation: AllocationRow, units: int) -> Move:
    return Move(
        allocation.sku_id, Place(allocation.location_id, "packed"), CUSTOMER, units, "shipment",
        allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
    )  # fmt: skip

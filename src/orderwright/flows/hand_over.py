"""Goods that left a till: booked as they are, whatever the books said before (laws G2, G3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import catalog, fulfillment, inventory, orders
from orderwright.flows.breaks import tell_breaks
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import Breakable, Handed, HandedAllocation, HandedFulfillment, Taken
from orderwright.inventory import CUSTOMER, LOSS, AvailabilityDelta, Move, Pair, Place, StockRow
from orderwright.orders import OrderStory, QuantityMove
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id, new_id, new_ids


async def hand_over(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    story: OrderStory,
    handed: Sequence[Handed],
    available: dict[Pair, int],
    stock: Mapping[Pair, StockRow],
    breakable: Breakable,
) -> dict[UUID, UUID]:
    """Book units as shipped and delivered. Where less is available, what a closed location withholds is taken, then
    allocations are broken, latest promise first; what even those do not hold was found. Uses `available`, of the locked
    `stock`, up. Returns the act of each order that lost units.

    The caller holds the locks of orders (`lock_breakable`), availability and stock, and lowers ATP by the units.
    Appends `fulfillment.handed_over`, `fulfillment.broken`, `stock.adjusted`. `acts`: the act of each order.
    """
    taken = fulfillment.trace_handed(handed, available, fulfillment.withheld_there(handed, stock), breakable)
    kept = {t.handed[:3]: t.withheld for t in taken if t.withheld}
    causes = {b.allocation.order_id: acts[t.handed.order_id] for t in taken for b in t.breaks}
    broken = [b for t in taken for b in t.breaks]
    backs = [GiveBack(a, units, Place(a.location_id, "available"), "promised") for a, units in broken]
    if backs:
        await give_back(tx, causes, "hand_over", backs, ctx.now)
        await tell_breaks(tx, ctx, story, breakable, broken)
    await _book_found(tx, ctx, acts, [t for t in taken if t.found])
    await inventory.move_availability(  # which never counted them
        tx, [AvailabilityDelta(t.handed.sku_id, t.handed.location.pool_id, t.withheld) for t in taken if t.withheld]
    )
    works: dict[tuple[UUID, UUID], HandedFulfillment] = {}
    units: dict[UUID, int] = {}
    allocations, moves, quantities = [], [], []
    for h in handed:
        key = (h.order_id, h.location.id)
        if key not in works:
            works[key] = HandedFulfillment(new_id(), h.order_id, h.location.id, h.happened_at)
        work_id = works[key].id
        units[work_id] = units.get(work_id, 0) + h.quantity
        allocations.append(
            HandedAllocation(
                work_id, h.line_n, h.component_n, h.order_id, h.sku_id, h.location.id, h.location.pool_id, h.quantity
            )
        )
        withheld = kept.get(h[:3], 0)
        for bucket, quantity in (("withheld", withheld), ("available", h.quantity - withheld)):
            if quantity:
                here = Place(h.location.id, bucket)
                moves.append(
                    Move(
                        h.sku_id, here, CUSTOMER, quantity, "hand_over", work_id, h.order_id, h.line_n, h.component_n,
                        h.happened_at,
                    )
                )  # fmt: skip
        quantities.append(QuantityMove(h.order_id, h.line_n, h.component_n, "pending", "shipped", h.quantity))
        quantities.append(QuantityMove(h.order_id, h.line_n, h.component_n, None, "delivered", h.quantity))
    await inventory.move_goods(tx, acts, moves, ctx.now)
    await orders.move_quantities(tx, quantities)
    await fulfillment.record_handed_over(tx, list(works.values()), allocations)
    codes = {h.location.id: h.location.code for h in handed}
    for work in works.values():
        data = {
            "fulfillment_id": encode_id("ful", work.id), "location": codes[work.location_id], "units": units[work.id],
        }  # fmt: skip
        story.tell(work.order_id, "fulfillment.handed_over", data, happened_at=work.handed_at)
    return causes


async def _book_found(tx: Transaction, ctx: Context, acts: Mapping[UUID, UUID], found: Sequence[Taken]) -> None:
    """Goods that nobody knew of come in as an adjustment, so that they can go out."""
    if not found:
        return
    skus = await catalog.skus_by_id(tx, list({t.handed.sku_id for t in found}))
    deltas, moves, events = [], [], []
    for new, (h, _, units, _) in zip(new_ids(len(found)), found, strict=True):
        deltas.append(AvailabilityDelta(h.sku_id, h.location.pool_id, units))
        here = Place(h.location.id, "available")
        moves.append(Move(h.sku_id, LOSS, here, units, "adjustment", new, h.order_id, happened_at=h.happened_at))
        data = {
            "sku": skus[h.sku_id].code, "location": h.location.code, "delta": units, "reason": "found",
            "reference": encode_id("ord", h.order_id), "broken": 0,
        }  # fmt: skip
        events.append(NewEvent(new, 1, "stock.adjusted", data, ctx.now))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, acts, moves, ctx.now)
    await append_events(tx, [acts[t.handed.order_id] for t in found], events)

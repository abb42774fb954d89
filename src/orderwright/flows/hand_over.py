"""Goods that left a till: booked as they are, whatever the books said before (laws G2, G3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright import catalog, fulfillment, inventory, orders
from orderwright.catalog import LocationFacts
from orderwright.flows.breaks import Break, Breakable, tell_breaks
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import HandedAllocation, HandedFulfillment
from orderwright.inventory import CUSTOMER, LOSS, AvailabilityDelta, Move, Pair, Place
from orderwright.orders import OrderStory, QuantityMove
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id, new_id, new_ids


class Handed(NamedTuple):
    """Units of a component that left a till at a location. They are pending until booked."""

    order_id: UUID
    line_n: int
    component_n: int
    sku_id: UUID
    location: LocationFacts
    quantity: int
    happened_at: datetime

    @property
    def pair(self) -> Pair:
        """The stock row that they came from."""
        return self.sku_id, self.location.id


class _Found(NamedTuple):
    """Units that were handed over though the books knew of none: found, by an adjustment."""

    id: UUID
    handed: Handed
    units: int


async def hand_over(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    story: OrderStory,
    handed: Sequence[Handed],
    available: dict[Pair, int],
    breakable: Breakable,
) -> dict[UUID, UUID]:
    """Book units as shipped and delivered. Where less is available, allocations are broken, latest promise first;
    what even those do not hold was found. Uses `available` up. Returns the act of each order that lost units.

    The caller holds the locks of orders (`lock_breakable`), availability and stock, and lowers ATP by the units.
    Appends `fulfillment.handed_over`, `fulfillment.broken`, `stock.adjusted`. `acts`: the act of each order.
    """
    breaks, found = _plan(handed, available, breakable)
    causes = {b.allocation.order_id: acts[h.order_id] for h, some in breaks for b in some}
    broken = [b for _, some in breaks for b in some]
    backs = [GiveBack(a, units, Place(a.location_id, "available"), "promised") for a, units in broken]
    if backs:
        await give_back(tx, causes, "hand_over", backs, ctx.now)
        await tell_breaks(tx, ctx, story, breakable, broken)
    await _book_found(tx, ctx, acts, found)
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
        moves.append(
            Move(
                h.sku_id, Place(h.location.id, "available"), CUSTOMER, h.quantity, "hand_over", work_id, h.order_id,
                h.line_n, h.component_n, h.happened_at,
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


def _plan(
    handed: Sequence[Handed], available: dict[Pair, int], breakable: Breakable
) -> tuple[list[tuple[Handed, list[Break]]], list[_Found]]:
    """What each unit that is not available comes from: broken allocations, then thin air. Pure."""
    breaks: list[tuple[Handed, list[Break]]] = []
    found: list[_Found] = []
    for h, adjustment_id in zip(handed, new_ids(len(handed)), strict=True):
        have = available.get(h.pair, 0)
        short = max(0, h.quantity - have)
        available[h.pair] = max(0, have - h.quantity)
        some = breakable.take(h.pair, short)
        short -= sum(b.units for b in some)
        if some:
            breaks.append((h, some))
        if short:
            found.append(_Found(adjustment_id, h, short))
    return breaks, found


async def _book_found(tx: Transaction, ctx: Context, acts: Mapping[UUID, UUID], found: Sequence[_Found]) -> None:
    """Goods that nobody knew of come in as an adjustment, so that they can go out."""
    if not found:
        return
    skus = await catalog.skus_by_id(tx, list({f.handed.sku_id for f in found}))
    deltas, moves, events = [], [], []
    for new, h, units in found:
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
    await append_events(tx, [acts[f.handed.order_id] for f in found], events)

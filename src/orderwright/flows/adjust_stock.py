"""Adjust stock: what was found, lost, broken or miscounted. A loss may break what was allocated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import fulfillment, inventory, orders
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.receive_stock import Known, know_places
from orderwright.fulfillment import AllocationRow, FulfillmentState
from orderwright.inventory import LOSS, AdjustStock, AvailabilityDelta, Move, Pair, Place
from orderwright.orders import LockedOrder
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


class _Going(NamedTuple):
    """An adjustment to book, and how much of a loss comes out of allocations."""

    at: int
    id: UUID
    known: Known
    command: AdjustStock
    broken: int = 0


async def adjust_stock(tx: Transaction, ctx: Context, commands: Sequence[AdjustStock]) -> list[Outcome]:
    """Correct `available`. A loss beyond it breaks allocations, latest promise first, back to promised (law G2):
    those units are sourced again, and ATP may become negative, which is listed as a shortfall.

    Permission: `stock.write`. Locks: orders (only of allocations that may break), availability, stock. Appends
    `stock.adjusted`, and `fulfillment.broken` to orders that lost units. Outcomes, in precedence: those of
    `know_places`, `zero_quantity`, `insufficient_stock`, `adjusted`.
    """
    ctx.require("stock.write")
    known = await know_places(tx, ctx, [(c.sku, c.location) for c in commands])
    outcomes: list[Outcome | None] = [k if isinstance(k, Outcome) else None for k in known]
    going: list[_Going] = []
    for i, (found, command, new) in enumerate(zip(known, commands, new_ids(len(commands)), strict=True)):
        if isinstance(found, Outcome):
            continue
        if command.delta == 0:
            outcomes[i] = inventory.refuse("zero_quantity")
        else:
            going.append(_Going(i, new, found, command))
    locked, breakable = await _lock_breakable(tx, going)
    pairs: list[Pair] = [(g.known.sku.id, g.known.location.id) for g in going]
    await inventory.lock_availability(tx, [(g.known.sku.id, g.known.location.pool_id) for g in going])
    rows = await inventory.lock_stock(tx, pairs)
    fit, breaks = _fit(going, {key: row.available for key, row in rows.items()}, breakable)
    for g in going:
        if g.at not in fit:
            outcomes[g.at] = inventory.refuse("insufficient_stock", sku=g.command.sku, location=g.command.location)
    booked = [g._replace(broken=fit[g.at]) for g in going if g.at in fit]
    for g in booked:
        outcomes[g.at] = Outcome(code="adjusted", id=g.id, details={"broken": g.broken} if g.broken else {})
    if booked:
        await _book(tx, ctx, booked, breaks, locked)
    return [outcome for outcome in outcomes if outcome is not None]


async def _lock_breakable(
    tx: Transaction, going: Sequence[_Going]
) -> tuple[dict[UUID, LockedOrder], dict[Pair, list[AllocationRow]]]:
    """Lock the orders whose allocations a loss may break: looked for only where the loss looks larger than `available`."""
    losses: dict[Pair, int] = {}
    for g in going:
        key = (g.known.sku.id, g.known.location.id)
        losses[key] = losses.get(key, 0) + max(0, -g.command.delta)
    losses = {key: units for key, units in losses.items() if units}
    if not losses:
        return {}, {}
    now = await inventory.read_stock(tx, [sku for sku, _ in losses], [location for _, location in losses])
    short = [key for key, units in losses.items() if units > (now[key].available if key in now else 0)]
    if not short:
        return {}, {}
    candidates = await fulfillment.breakable_allocations(tx, short)
    locked = await orders.lock_orders(tx, [row.order_id for row in candidates])
    waiting = await fulfillment.fulfillments_of_orders(tx, locked)
    ids = [
        f.id for f in waiting if f.state in (FulfillmentState.OPEN, FulfillmentState.RELEASED, FulfillmentState.PICKING)
    ]
    rank = {row.order_id: i for i, row in enumerate(candidates)}
    breakable: dict[Pair, list[AllocationRow]] = {}
    for rows in (await fulfillment.read_allocations(tx, ids)).values():
        for a in rows:
            if (a.sku_id, a.location_id) in losses and a.unpicked:
                breakable.setdefault((a.sku_id, a.location_id), []).append(a)
    for rows in breakable.values():
        rows.sort(key=lambda a: (rank[a.order_id], a.fulfillment_id, a.line_n, a.component_n))
    return locked, breakable


def _fit(
    going: Sequence[_Going], available: dict[Pair, int], breakable: Mapping[Pair, Sequence[AllocationRow]]
) -> tuple[dict[int, int], list[tuple[AllocationRow, int]]]:
    """Which adjustments fit, with the units each breaks, and the breaks: (allocation, units). Pure."""
    left = {a: a.unpicked for rows in breakable.values() for a in rows}
    fit: dict[int, int] = {}
    breaks: list[tuple[AllocationRow, int]] = []
    for g in going:
        key = (g.known.sku.id, g.known.location.id)
        have = available.get(key, 0)
        if g.command.delta > 0:
            available[key] = have + g.command.delta
            fit[g.at] = 0
            continue
        short = max(0, -g.command.delta - have)
        rows = breakable.get(key, ())
        if short > sum(left[a] for a in rows):
            continue
        available[key] = have - (-g.command.delta - short)
        fit[g.at] = short
        for a in rows:
            units = min(short, left[a])
            if units:
                left[a] -= units
                short -= units
                breaks.append((a, units))
    return fit, breaks


async def _book(
    tx: Transaction,
    ctx: Context,
    booked: Sequence[_Going],
    breaks: Sequence[tuple[AllocationRow, int]],
    locked: Mapping[UUID, LockedOrder],
) -> None:
    act_id = await record_act(tx, ctx, "adjust_stock")
    deltas, moves, events = [], [], []
    for g in booked:
        sku, location, change = g.known.sku, g.known.location, g.command.delta + g.broken
        deltas.append(AvailabilityDelta(sku.id, location.pool_id, change))
        here = Place(location.id, "available")
        if change > 0:
            moves.append(Move(sku.id, LOSS, here, change, "adjustment", g.id))
        elif change < 0:
            moves.append(Move(sku.id, here, LOSS, -change, "adjustment", g.id))
        data = {
            "sku": g.command.sku, "location": g.command.location, "delta": g.command.delta,
            "reason": g.command.reason, "reference": g.command.reference, "broken": g.broken,
        }  # fmt: skip
        events.append(NewEvent(g.id, 1, "stock.adjusted", data, ctx.now))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await give_back(tx, act_id, "loss", [GiveBack(a, units, LOSS, "promised") for a, units in breaks], ctx.now)
    story = orders.OrderStory(locked, ctx.now)
    for a, units in breaks:
        data = {"fulfillment_id": encode_id("ful", a.fulfillment_id), "line": a.line_n, "units": units}
        story.tell(a.order_id, "fulfillment.broken", data)
    await story.write(tx, act_id)
    await append_events(tx, act_id, events)
    await enqueue_work(tx, "backorders", [g.known.sku.id for g in booked if g.command.delta > 0])

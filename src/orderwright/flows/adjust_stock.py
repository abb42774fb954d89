"""Adjust stock: what was found, lost, broken or miscounted. A loss may break what was allocated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import inventory, orders
from orderwright.flows.breaks import Break, Breakable, lock_breakable, tell_breaks
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.receive_stock import Known, know_places
from orderwright.inventory import LOSS, AdjustStock, AvailabilityDelta, Move, Pair, Place, StockRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


class _Going(NamedTuple):
    """An adjustment to book, and how much of a loss comes out of allocations."""

    at: int
    id: UUID
    known: Known
    command: AdjustStock
    broken: int = 0

    @property
    def pair(self) -> Pair:
        """The stock row that it changes."""
        return self.known.sku.id, self.known.location.id


async def adjust_stock(tx: Transaction, ctx: Context, commands: Sequence[AdjustStock]) -> list[Outcome]:
    """Correct `available`. A loss beyond it breaks allocations, latest promise first, back to promised (law G2):
    those units are sourced again, and ATP may become negative, which is listed as a shortfall.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: orders (only of allocations that may
    break), availability, stock. Appends `stock.adjusted`, and `fulfillment.broken` to orders that lost units
    (`fulfillment.cancelled` where nothing is left to do). Outcomes, in precedence: those of `know_places`,
    `zero_quantity`, `stock_changed` (others allocated what was looked at), `insufficient_stock`, `too_many_units`,
    `adjusted`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
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
    losses: dict[Pair, int] = {}
    for g in going:
        losses[g.pair] = losses.get(g.pair, 0) + max(0, -g.command.delta)
    breakable = await lock_breakable(tx, losses)
    balances = await inventory.lock_availability(tx, [(g.known.sku.id, g.known.location.pool_id) for g in going])
    rows = await inventory.lock_stock(tx, [g.pair for g in going])
    booked, breaks, refused = _fit(going, rows, breakable, inventory.Room(balances, rows))
    for g, code in refused:
        outcomes[g.at] = inventory.refuse(code, sku=g.command.sku, location=g.command.location)
    for g in booked:
        outcomes[g.at] = Outcome(code="adjusted", id=g.id, details={"broken": g.broken} if g.broken else {})
    if booked:
        await _book(tx, ctx, booked, breaks, breakable)
    return [outcome for outcome in outcomes if outcome is not None]


def _fit(
    going: Sequence[_Going], rows: Mapping[Pair, StockRow], breakable: Breakable, room: inventory.Room
) -> tuple[list[_Going], list[Break], list[tuple[_Going, str]]]:
    """Which adjustments fit, with the units each breaks; the breaks; and the rest, with why not. Pure."""
    available = {key: row.available for key, row in rows.items()}
    allocated = {key: row.allocated for key, row in rows.items()}
    fit: list[_Going] = []
    breaks: list[Break] = []
    refused: list[tuple[_Going, str]] = []
    for g in going:
        short = max(0, -g.command.delta - available[g.pair])
        if short > breakable.units(g.pair):
            refused.append((g, "stock_changed" if short <= allocated[g.pair] else "insufficient_stock"))
            continue
        if g.command.delta > 0 and not room.take(g.pair, (g.known.sku.id, g.known.location.pool_id), g.command.delta):
            refused.append((g, "too_many_units"))
            continue
        available[g.pair] += g.command.delta + short
        allocated[g.pair] -= short
        breaks += breakable.take(g.pair, short)
        fit.append(g._replace(broken=short))
    return fit, breaks, refused


async def _book(
    tx: Transaction, ctx: Context, booked: Sequence[_Going], breaks: Sequence[Break], breakable: Breakable
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
    await inventory.stamp_received(tx, [g.pair for g in booked if g.command.delta > 0])
    await give_back(tx, act_id, "loss", [GiveBack(a, units, LOSS, "promised") for a, units in breaks], ctx.now)
    story = orders.OrderStory(breakable.locked, ctx.now)
    await tell_breaks(tx, ctx, story, breakable, breaks)
    await story.write(tx, act_id)
    await append_events(tx, act_id, events)
    await enqueue_work(tx, "backorders", [g.known.sku.id for g in booked if g.command.delta > 0])

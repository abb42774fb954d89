"""Adjust stock: what was found, lost, broken or miscounted. A loss may break what was allocated."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import inventory, orders
from orderwright.flows.breaks import lock_breakable, tell_breaks
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import Break, Breakable
from orderwright.inventory import LOSS, Adjustment, AdjustStock, AvailabilityDelta, Move, Place
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import new_ids
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def adjust_stock(tx: Transaction, ctx: Context, commands: Sequence[AdjustStock]) -> list[Outcome]:
    """Correct `available`. A loss beyond it breaks allocations, latest promise first, back to promised (law G2):
    those units are sourced again, and ATP may become negative, which is listed as a shortfall.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: orders (only of allocations that may
    break), availability, stock. Appends `stock.adjusted`, and `fulfillment.broken` to orders that lost units
    (`fulfillment.cancelled` where nothing is left to do). Outcomes, in precedence: those of `know_places`,
    `zero_quantity`, `location_inactive` (nothing comes in there), `stock_changed` (others allocated what was looked
    at), `insufficient_stock`, `too_many_units`, `above_limit` (of the units that the caller may correct
    of a SKU at a location), `adjusted`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
    places = await inventory.know_places(tx, ctx, [(c.sku, c.location) for c in commands])
    checked = list(map(inventory.check_adjustment, new_ids(len(commands)), places, commands))
    going = [a for a in checked if isinstance(a, Adjustment)]
    losses = inventory.units_lost(going)
    breakable = await lock_breakable(tx, losses)
    balances = await inventory.lock_availability(tx, [a.place.pool for a in going])
    stock = await inventory.lock_stock(tx, [a.place.pair for a in going])
    units = {pair: breakable.units(pair) for pair in losses}
    meter = await LimitMeter.read(tx, ctx, "adjust", [_subject(a) for a in going])
    room = inventory.Room(balances, stock)
    fitted = iter(inventory.fit_adjustments(going, stock, units, room, lambda a: _above(meter, a)))
    decided = [next(fitted) if isinstance(a, Adjustment) else a for a in checked]
    booked = [a for a in decided if isinstance(a, Adjustment)]
    if booked:
        await _book(tx, ctx, booked, breakable, meter)
    return [_adjusted(a) if isinstance(a, Adjustment) else a for a in decided]


def _subject(a: Adjustment) -> str:
    return f"{a.place.sku.id} {a.place.location.id}"


def _above(meter: LimitMeter, a: Adjustment) -> Outcome | None:
    """Why it is above the limit of who does it; what is not counts from here."""
    above = meter.refuse(_subject(a), abs(a.command.delta))
    if above is None:
        meter.take(_subject(a), abs(a.command.delta))
    return above


def _adjusted(a: Adjustment) -> Outcome:
    return Outcome(code="adjusted", id=a.id, details={"broken": a.broken} if a.broken else {})


async def _book(
    tx: Transaction, ctx: Context, booked: Sequence[Adjustment], breakable: Breakable, meter: LimitMeter
) -> None:
    act_id = await record_act(tx, ctx, "adjust_stock")
    await meter.write(tx, act_id)
    breaks: list[Break] = []
    deltas, moves, events = [], [], []
    for a in booked:
        breaks += breakable.take(a.place.pair, a.broken)
        sku_id, change = a.place.sku.id, a.command.delta + a.broken
        deltas.append(AvailabilityDelta(*a.place.pool, change))
        here = Place(a.place.location.id, "available")
        if change > 0:
            moves.append(Move(sku_id, LOSS, here, change, "adjustment", a.id))
        elif change < 0:
            moves.append(Move(sku_id, here, LOSS, -change, "adjustment", a.id))
        data = {
            "sku": a.command.sku, "location": a.command.location, "delta": a.command.delta,
            "reason": a.command.reason, "reference": a.command.reference, "broken": a.broken,
        }  # fmt: skip
        events.append(NewEvent(a.id, 1, "stock.adjusted", data, ctx.now))
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    await inventory.stamp_received(tx, [a.place.pair for a in booked if a.command.delta > 0])
    await give_back(tx, act_id, "loss", [GiveBack(a, units, LOSS, "promised") for a, units in breaks], ctx.now)
    story = orders.OrderStory(breakable.locked, ctx.now)
    await tell_breaks(tx, ctx, story, breakable, breaks)
    await story.write(tx, act_id)
    await append_events(tx, act_id, events)
    await enqueue_work(tx, "backorders", [a.place.sku.id for a in booked if a.command.delta > 0])

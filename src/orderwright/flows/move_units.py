"""Move units of orders to a location that somebody chose: split a line, or source it elsewhere by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import catalog, customers, fulfillment, inventory, orders, sourcing
from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.flows.allocate import write_decisions
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import BehindMoves, FulfillmentState, MovePlan, MoveUnits, NewFulfillment
from orderwright.inventory import AvailabilityDelta, Headroom, Pair, Place, StockRow
from orderwright.orders import LockedOrder, NeedRow, PromiseRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, leave_work, look_at_work
from orderwright.sourcing import Chosen


class _Looked(NamedTuple):
    """What moves are decided on beside the orders: the locations by id, where orders go, what stands behind them."""

    behind: BehindMoves
    locations: Mapping[UUID, LocationFacts]
    points: Mapping[UUID, PointRow]


async def move_units(tx: Transaction, ctx: Context, commands: Sequence[MoveUnits]) -> list[Outcome]:
    """Let units of orders leave from a location that somebody chose, instead of where sourcing put them.

    Units that are allocated and that nobody has begun to pick leave their fulfillment, which shrinks, or is cancelled
    where nothing is left of it; promised units are not waited for any more. The location gets a fulfillment of its own.
    It must be open, in a pool that the order's channel sells from, and have the units available. Units of another pool
    are promised by the location's pool from then on, which must be able to (laws G2, G3), and the pool that promised
    them may promise them to others. The location's daily capacity, and that it rejected the order before, are for
    whoever chooses to weigh. The decision is kept as sourcing's are, with the rule `chosen` and the code of why; a note
    is written on the order. The order is promised for a later day where the new fulfillment comes later.

    Permission: `orders.edit` and `sourcing.read`; `orders.note` too where there is a note. Locks: orders, availability,
    stock.
    Appends `order.units_moved`, `fulfillment.cancelled`, `order.sourced`, `order.note_added`. Queues the new
    fulfillments for release. Outcomes, in precedence: `order_not_found`, `order_held`, `order_not_verified`,
    `duplicate_in_batch`, those of `plan_move`, those of `fit_moves`, `moved` (`details`: the fulfillment, its due time,
    the day promised before and now, distances, how many fulfillments there were and are, and the note: null where
    none was given, or the order has no room for more).
    """
    _require(ctx, commands)
    ids = [command.order_id for command in commands]
    locked = await orders.lock_own_orders(tx, ctx, ids)
    queued = await look_at_work(tx, ("verify",), ids)
    blocking = await orders.blocking_holds(tx, locked, "source")
    looked, plans, outcomes = await _plan_all(tx, ctx, commands, locked, blocking, queued["verify"])
    if plans:
        stock, headroom = await _lock(tx, plans)
        going, refused = fulfillment.fit_moves(plans, stock, headroom)
        moved = await _move(tx, ctx, locked, looked, going, stock) if going else {}
        outcomes |= {_at(commands, order_id): outcome for order_id, outcome in (refused | moved).items()}
    return [outcomes[at] for at in range(len(commands))]


async def preview_moves(tx: Transaction, ctx: Context, commands: Sequence[MoveUnits]) -> list[Outcome]:
    """What moves would come to: they are done, looked at, and undone. Nothing is kept.

    Permission: as `move_units`. Locks: as `move_units`, until the transaction ends. Appends nothing. Outcomes: those of
    `move_units`, with `previewed` in place of `moved`.
    """
    _require(ctx, commands)
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            outcomes = [_previewed(outcome) for outcome in await move_units(tx, ctx, commands)]
            raise _Undo
    except _Undo:
        return outcomes


def _require(ctx: Context, commands: Sequence[MoveUnits]) -> None:
    """Who may change an order and see where orders ship from may move its units; a note needs its own permission."""
    ctx.require("orders.edit")
    ctx.require("sourcing.read")
    if any(command.note is not None for command in commands):
        ctx.require("orders.note")


class _Undo(Exception):
    """Nothing of a preview is kept."""


def _previewed(outcome: Outcome) -> Outcome:
    if outcome.code != "moved":
        return outcome
    details = {name: value for name, value in outcome.details.items() if name not in ("fulfillment_id", "note_id")}
    return Outcome(code="previewed", id=outcome.id, details=details)


def _at(commands: Sequence[MoveUnits], order_id: UUID) -> int:
    """The first command of an order: the others were refused."""
    return next(at for at, command in enumerate(commands) if command.order_id == order_id)


async def _plan_all(
    tx: Transaction,
    ctx: Context,
    commands: Sequence[MoveUnits],
    locked: Mapping[UUID, LockedOrder],
    blocking: Mapping[UUID, str],
    unverified: Mapping[UUID, str],
) -> tuple[_Looked, list[MovePlan], dict[int, Outcome]]:
    """Look at what stands behind the orders, and plan each move. Eight statements."""
    channels = await catalog.channels_by_id(tx, list({order.channel_id for order in locked.values()}))
    named = await catalog.locations_by_code(tx, list({command.to for command in commands}))
    targets = {code: at for code, at in named.items() if ctx.may_location(at.id)}
    looked = await _look(tx, ctx, locked, [pool for channel in channels.values() for pool in channel.pool_ids])
    outcomes: dict[int, Outcome] = {}
    plans: list[MovePlan] = []
    seen: set[UUID] = set()
    for at, command in enumerate(commands):
        wrong = sourcing.why_not_sourced(command.order_id, locked, blocking, unverified)
        if wrong is None and command.order_id in seen:
            wrong = no("duplicate_in_batch", "The same order is named twice in this call. Send each once.")
        seen.add(command.order_id)
        if wrong is not None:
            outcomes[at] = wrong
            continue
        channel = channels[locked[command.order_id].channel_id]
        plan = fulfillment.plan_move(command, channel, targets.get(command.to), looked.behind)
        if isinstance(plan, Outcome):
            outcomes[at] = plan
        else:
            plans.append(plan)
    return looked, plans, outcomes


async def _look(tx: Transaction, ctx: Context, locked: Mapping[UUID, LockedOrder], pool_ids: Sequence[UUID]) -> _Looked:
    ids = list(locked)
    works = [
        work
        for work in await fulfillment.fulfillments_of_orders(tx, ids)
        if ctx.may_work(locked[work.order_id].channel_id, work.location_id)
    ]
    allocations = await fulfillment.read_allocations(tx, [work.id for work in works])
    promises: dict[tuple[UUID, int, int], list[PromiseRow]] = {}
    for row in await orders.read_promises(tx, ids):
        promises.setdefault(row[:3], []).append(row)
    lines = await orders.lines_at_locations(tx, ids)
    behind = BehindMoves({work.id: work for work in works}, allocations, promises, lines)
    pools = {*pool_ids, *(row.pool_id for rows in allocations.values() for row in rows)}
    locations = {at.id: at for at in await catalog.locations_by_pool(tx, list(pools))}
    return _Looked(behind, locations, await customers.ship_to_points(tx, ids))


async def _lock(tx: Transaction, plans: Sequence[MovePlan]) -> tuple[dict[Pair, StockRow], Headroom]:
    """Lock all that the moves change, availability before stock. Three statements; more where a row is missing."""
    pairs = {pair for plan in plans for pair in plan.pairs}
    rows = await inventory.lock_availability(tx, pairs)
    headroom = Headroom(rows.values())
    headroom.set_apart(await orders.waited_for(tx, {sku_id for sku_id, _ in pairs}))
    return await inventory.lock_stock(tx, {place for plan in plans for place in plan.places}), headroom


async def _move(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, LockedOrder],
    looked: _Looked,
    plans: Sequence[MovePlan],
    stock: Mapping[Pair, StockRow],
) -> dict[UUID, Outcome]:
    """Write the moves: units go back to promised, to the pool of their new location, and are allocated there."""
    act_id = await record_act(tx, ctx, "move_units")
    story = orders.OrderStory(locked, ctx.now)
    backs = [
        GiveBack(row, units, Place(row.location_id, "available"), "promised")
        for plan in plans
        for row, units in plan.allocated
    ]
    await give_back(tx, act_id, "move", backs, ctx.now)
    await _change_pools(tx, plans)
    needs: dict[UUID, list[NeedRow]] = {}
    for need in await orders.read_needs(tx, [plan.order_id for plan in plans]):
        needs.setdefault(need.order_id, []).append(need)
    emptied = await _tell(tx, ctx, story, looked, plans)
    chosen = [_chosen(plan, needs[plan.order_id], stock) for plan in plans]
    decisions = [sourcing.decide_chosen(one, looked.locations, looked.points.get(one.order_id)) for one in chosen]
    acts = dict.fromkeys((plan.order_id for plan in plans), act_id)
    opened = await write_decisions(tx, ctx, acts, story, decisions, needs, looked.locations, looked.points)
    await enqueue_work(tx, "release", [work.id for work in opened])
    done = [one.order_id for one in chosen if not one.waits]
    await leave_work(tx, ("source", "release"), [*done, *emptied])
    await story.write(tx, act_id)
    new = {work.order_id: work for work in opened}
    notes = await _write_notes(tx, ctx, plans)
    return {plan.order_id: _moved(plan, new[plan.order_id], looked, needs, notes.get(plan.order_id)) for plan in plans}


async def _write_notes(tx: Transaction, ctx: Context, plans: Sequence[MovePlan]) -> dict[UUID, UUID]:
    """Write what is said of moves as notes on their orders; the note of each. Five statements, or none."""
    said = [orders.AddNote(order_id=p.order_id, words=p.command.note) for p in plans if p.command.note is not None]
    written = await orders.add_notes(tx, ctx, said) if said else []
    return {note.order_id: outcome.id for note, outcome in zip(said, written, strict=True) if outcome.id is not None}


async def _change_pools(tx: Transaction, plans: Sequence[MovePlan]) -> None:
    """What another pool promised is promised by the location's pool from now on (law G2), and the backorder pump is
    woken for what that leaves. Five statements, or none."""
    deltas, used, added = [], [], []
    for plan in plans:
        for row, units in plan.promises_left:
            if row.pool_id == plan.to.pool_id:
                continue
            deltas.append(AvailabilityDelta(row.sku_id, row.pool_id, units, 0, -units, 0))
            deltas.append(AvailabilityDelta(row.sku_id, plan.to.pool_id, -units, 0, units, 0))
            used.append(row._replace(quantity=units))
            added.append(row._replace(quantity=units, pool_id=plan.to.pool_id))
    await inventory.move_availability(tx, deltas)
    await orders.use_promises(tx, used)
    await orders.add_promises(tx, added)
    # Units that lie elsewhere now may be what others wait for, in the same pool too: no other location had them.
    await enqueue_work(tx, "backorders", [row.sku_id for plan in plans for row, _ in plan.promises_left])


async def _tell(
    tx: Transaction, ctx: Context, story: orders.OrderStory, looked: _Looked, plans: Sequence[MovePlan]
) -> list[UUID]:
    """Tell what moves, and close fulfillments of which nothing is left; returns those. One statement, or none."""
    emptied: list[UUID] = []
    for plan in plans:
        lines: dict[int, int] = {}
        for row, units in plan.promises_left:
            lines[row.line_n] = lines.get(row.line_n, 0) + units
        told: dict[str, Any] = {"to": plan.to.code, "units": plan.units}
        told["from"] = sorted({looked.locations[i].code for i in _left(plan) if i in looked.locations})
        told["lines"] = [{"line": n, "quantity": units} for n, units in sorted(lines.items())]
        if plan.command.reason is not None:
            told["reason"] = plan.command.reason
        story.tell(plan.order_id, "order.units_moved", told)
        for fulfillment_id in plan.emptied(looked.behind.allocations):
            emptied.append(fulfillment_id)
            data = {"fulfillment_id": encode_id("ful", fulfillment_id), "why": "units_moved"}
            story.tell(plan.order_id, "fulfillment.cancelled", data)
    await fulfillment.change_state(tx, emptied, FulfillmentState.CANCELLED, ctx.now)
    return emptied


def _left(plan: MovePlan) -> dict[UUID, int]:
    """Units by the location that they leave."""
    left: dict[UUID, int] = {}
    for row, units in plan.allocated:
        left[row.location_id] = left.get(row.location_id, 0) + units
    return left


def _chosen(plan: MovePlan, needs: Sequence[NeedRow], stock: Mapping[Pair, StockRow]) -> Chosen:
    skus = {row.sku_id for row, _ in plan.promises_left}
    waits = sum(need.quantity for need in needs) > plan.units
    available = sum(stock[sku_id, plan.to.id].available for sku_id in skus)
    return Chosen(plan.order_id, plan.assignments(), plan.to, available, _left(plan), waits, plan.command.reason)


def _moved(
    plan: MovePlan,
    work: NewFulfillment,
    looked: _Looked,
    needs: Mapping[UUID, Sequence[NeedRow]],
    note_id: UUID | None,
) -> Outcome:
    point, need = looked.points.get(plan.order_id), needs[plan.order_id][0]
    pools = {plan.order_id: {row.pool_id for row in needs[plan.order_id]}}
    dates = fulfillment.promise_dates([work], looked.locations, looked.points, pools)
    promised_on, zone = fulfillment.later_promise(need, dates[plan.order_id])
    before = looked.behind.live(plan.order_id)
    details = {
        "fulfillment_id": encode_id("ful", work.id), "units": plan.units, "due_at": work.due_at,
        "distance_km": sourcing.distance_km(plan.to, point),
        "left": [
            {"location": at.code, "units": units, "distance_km": sourcing.distance_km(at, point)}
            for i, units in sorted(_left(plan).items())
            if (at := looked.locations.get(i)) is not None
        ],
        "was_promised_on": need.promised_on, "promised_on": promised_on, "promise_zone": zone,
        "fulfillments_before": before,
        "fulfillments": before + 1 - len(plan.emptied(looked.behind.allocations)),
        "note_id": None if note_id is None else encode_id(orders.NOTE_PREFIX, note_id),
    }  # fmt: skip
    return Outcome(code="moved", id=plan.order_id, details=details)

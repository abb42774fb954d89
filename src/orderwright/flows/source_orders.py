"""Source orders: choose locations for promised units, and allocate them there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from orderwright import catalog, customers, fulfillment, inventory, orders, sourcing
from orderwright.catalog import LocationFacts
from orderwright.flows.allocate import Allocated, lock_for_allocation, write_decisions
from orderwright.orders import LockedOrder, NeedRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import Versions, defer_work, enqueue_work, finish_work, look_at_work
from orderwright.sourcing import Decision, Wanted

EXCLUSION_H = 24  # after which a location that rejected an order may be asked for it again
ASK_AGAIN_AFTER = timedelta(minutes=10)  # for what no location can bring now; arriving stock does not wait for it


async def source_orders(
    tx: Transaction, ctx: Context, order_ids: Sequence[UUID], exclusion_h: int = EXCLUSION_H
) -> list[Outcome]:
    """Decide where the promised units of orders come from, and allocate them.

    Decided on unlocked stock; under the locks, what another worker took first is left to be sourced again at once.
    An order is promised for the date of its latest fulfillment, unless a later one was promised already. One that is
    not verified yet leaves the queue: its verification puts it back. A location that rejected it is not asked for
    `exclusion_h` hours, or until the goods come in there.
    Permission: `sourcing.run`. Locks: orders, availability, stock. Appends `order.sourced`. Queues new fulfillments
    for release. Outcomes, in precedence: `order_not_found`, `order_held`, `order_not_verified`, `nothing_to_source`,
    `overtaken`, then the decision's own: `sourced`, `partly_sourced`, `unsourced`.
    """
    ctx.require("sourcing.run")
    locked = await orders.lock_own_orders(tx, ctx, order_ids)
    queued = await look_at_work(tx, ("verify", "source"), order_ids)
    blocking = await orders.blocking_holds(tx, locked, "source")
    free = [order_id for order_id in locked if order_id not in blocking and order_id not in queued["verify"]]
    wanted = await _read_wanted(tx, free, timedelta(hours=exclusion_h))
    decisions = await _decide(tx, ctx, wanted) if wanted.needs else []
    allocated = await _allocate(tx, ctx, locked, wanted, decisions)
    outcomes = {d.order_id: Outcome(code=d.outcome, ok=d.outcome == "sourced", id=d.order_id) for d in decisions}
    for order_id in allocated.overtaken:
        outcomes[order_id] = no("overtaken", "Another worker took the stock first. The order is sourced again at once.")
    done = list(locked) if ctx.limited else order_ids  # what is not the caller's stays in the queue
    await _requeue(tx, ctx, done, decisions, allocated.overtaken, queued["source"])
    return [
        sourcing.why_not_sourced(order_id, locked, blocking, queued["verify"])
        or outcomes.get(order_id, Outcome(code="nothing_to_source", id=order_id))
        for order_id in order_ids
    ]


async def _read_wanted(tx: Transaction, order_ids: Sequence[UUID], lapse: timedelta) -> Wanted:
    needs: dict[UUID, list[NeedRow]] = {}
    for row in await orders.read_needs(tx, order_ids) if order_ids else []:
        needs.setdefault(row.order_id, []).append(row)
    if not needs:
        return Wanted({}, {}, {}, {})
    pools = {row.pool_id for rows in needs.values() for row in rows}
    locations = {location.id: location for location in await catalog.locations_by_pool(tx, list(pools))}
    excluded = await sourcing.read_exclusions(tx, list(needs), lapse)
    return Wanted(needs, locations, excluded, await customers.ship_to_points(tx, list(needs)))


async def _decide(tx: Transaction, ctx: Context, wanted: Wanted) -> list[Decision]:
    """One decision an order: lines that name their location go there, `sourcing.decide` places the rest."""
    skus = {row.sku_id for rows in wanted.needs.values() for row in rows}
    stock = {key: row.available for key, row in (await inventory.read_stock(tx, skus, wanted.locations)).items()}
    return sourcing.decide_orders(wanted, stock, await load_of(tx, ctx, wanted.locations.values()))


async def load_of(tx: Transaction, ctx: Context, locations: Iterable[LocationFacts]) -> dict[UUID, int]:
    """Fulfillments that limited locations have due when new work of theirs would be. One statement, or none."""
    limited = [location for location in locations if location.daily_capacity is not None]
    dues = {location.id: fulfillment.due_at(ctx.now, location) for location in limited}
    return await fulfillment.location_load(tx, dues) if dues else {}


async def _allocate(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, LockedOrder],
    wanted: Wanted,
    decisions: Sequence[Decision],
) -> Allocated:
    """Write what was decided and is still there."""
    if not decisions:
        return Allocated(set(), [])
    rows = await lock_for_allocation(tx, decisions)
    going, overtaken = sourcing.drop_what_is_gone(decisions, rows)
    act_id = await record_act(tx, ctx, "source_orders")
    story = orders.OrderStory(locked, ctx.now)
    acts = dict.fromkeys(locked, act_id)
    opened = await write_decisions(tx, ctx, acts, story, going, wanted.needs, wanted.locations, wanted.points)
    await enqueue_work(tx, "release", [work.id for work in opened])
    await story.write(tx, act_id)
    return Allocated(overtaken, opened)


async def _requeue(
    tx: Transaction,
    ctx: Context,
    order_ids: Sequence[UUID],
    decisions: Sequence[Decision],
    overtaken: set[UUID],
    seen: Versions,
) -> None:
    """Done orders leave the queue; overtaken ones are due at once; what nobody can bring is asked again later. Those
    that arriving stock woke meanwhile stay as they are: the backorder pump does it without a lock of orders. It wakes
    only what waits for later, so that those that are due and were sourced by hand, before their turn, stay too."""
    later = [d.order_id for d in decisions if d.unsourced and d.order_id not in overtaken]
    stay = overtaken.union(later)
    await finish_work(tx, "source", [order_id for order_id in order_ids if order_id not in stay], seen)
    await defer_work(tx, "source", sorted(overtaken), ctx.now, seen)
    await defer_work(tx, "source", later, ctx.now + ASK_AGAIN_AFTER, seen)

"""Say what was found in what came back: where the goods go, and what they bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders, returns
from orderwright.catalog import LocationFacts, SkuFacts
from orderwright.flows.credit_returns import credit_returns
from orderwright.flows.lock_returns import LockedReturns, Places, lock_returns
from orderwright.flows.move_exchanges import end_finished
from orderwright.inventory import AvailabilityDelta, Move
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work
from orderwright.returns import Found, InspectionRow, InspectReturn, Return, ReturnState


class _Seen(NamedTuple):
    """What was found in a return at a location."""

    one: Return
    at: LocationFacts
    rows: list[InspectionRow]


async def inspect_returns(tx: Transaction, ctx: Context, commands: Sequence[InspectReturn]) -> list[Outcome]:
    """Move goods out of quarantine by what was found, and give their money back where it waits for that. What is
    restocked can be promised at once, and those who wait are served. A return that has all come and been looked at is
    closed.

    Permission: `returns.receive`. Locks: orders, availability, stock. Appends `return.inspected`, `return.credited`,
    `return.closed`. Outcomes, in precedence: `return_not_found`, `duplicate_in_batch`, `unknown_location`,
    `location_not_allowed`, `location_inactive` (nothing is restocked there), `unknown_sku`, those of `returns.inspect`,
    `inspected` (`details.amount_minor`: what goes back; `details.state`).
    """
    ctx.require("returns.receive")
    locked = await lock_returns(tx, ctx, [command.return_id for command in commands])
    places = await Places.hold(tx, [c.location for c in commands], [r.location_id for r in locked.returns.values()])
    skus = await catalog.skus_by_code(tx, list({item.sku for c in commands for item in c.items}))
    seen: dict[UUID, _Seen] = {}
    outcomes: list[Outcome | UUID] = []
    for command in commands:
        one = locked.returns.get(command.return_id)
        if one is None:
            outcomes.append(returns.refuse("return_not_found"))
        elif one.id in seen:
            outcomes.append(returns.refuse("duplicate_in_batch"))
        else:
            found = _look(ctx, places, skus, one, command)
            if isinstance(found, _Seen):
                seen[one.id] = found
            outcomes.append(one.id if isinstance(found, _Seen) else found)
    given = await _book(tx, ctx, locked, list(seen.values())) if seen else {}
    return [o if isinstance(o, Outcome) else _outcome(locked.returns[o], given.get(o, 0)) for o in outcomes]


def _outcome(one: Return, amount_minor: int) -> Outcome:
    return Outcome(code="inspected", id=one.id, details={"amount_minor": amount_minor, "state": one.state.value})


def _look(
    ctx: Context, places: Places, skus: Mapping[str, SkuFacts], one: Return, command: InspectReturn
) -> _Seen | Outcome:
    at = places.find(ctx, command.location, one.location_id)
    if isinstance(at, Outcome):
        return at
    for item in command.items:
        stays = item.grade in ("c", "d") if item.disposition is None else item.disposition != "restock"
        if not at.active and not stays:
            return inventory.refuse("location_inactive", location=at.code)
        if item.sku not in skus:
            return inventory.refuse("unknown_sku", sku=item.sku)
    found = [Found(item, skus[item.sku].id) for item in command.items]
    rows = returns.inspect(one, at.id, found, new_ids(sum(1 for _ in found) * max(1, len(one.goods))))
    return rows if isinstance(rows, Outcome) else _Seen(one, at, rows)


async def _book(tx: Transaction, ctx: Context, locked: LockedReturns, seen: Sequence[_Seen]) -> dict[UUID, int]:
    act_id = await record_act(tx, ctx, "inspect_returns")
    story = orders.OrderStory(locked.orders, ctx.now)
    changed = [s.one for s in seen]
    moves: list[Move] = []
    deltas: list[AvailabilityDelta] = []
    for s in seen:
        mine = returns.moves_of(locked.book(s.one), s.one, s.rows)
        moves += mine
        deltas += [
            AvailabilityDelta(m.sku_id, s.at.pool_id, m.quantity) for m in mine if m.target.bucket == "available"
        ]
        story.tell(s.one.order_id, "return.inspected", {
            "return_id": encode_id("ret", s.one.id),
            "lines": [
                {"line": row.line_n, "component": row.component_n, "quantity": row.quantity, "grade": row.grade,
                 "disposition": row.disposition, "accepted": row.accepted}
                for row in s.rows
            ],
        })  # fmt: skip
    given = await credit_returns(tx, ctx, act_id, story, locked, changed)
    for one in changed:
        returns.settle_state(locked.book(one), one)
        if one.state is ReturnState.CLOSED and one.before is not ReturnState.CLOSED:
            story.tell(one.order_id, "return.closed", {"return_id": encode_id("ret", one.id), "why": "complete"})
    await end_finished(tx, story, locked, changed)
    await returns.write_returns(tx, changed)
    rows = [row for s in seen for row in s.rows]
    await returns.write_inspections(tx, act_id, rows)
    await returns.count_back(tx, [], changed, rows)
    await move_out(tx, act_id, ctx, moves, deltas)
    await story.write(tx, act_id)
    return given


async def move_out(
    tx: Transaction, act_id: UUID, ctx: Context, moves: Sequence[Move], deltas: Sequence[AvailabilityDelta]
) -> None:
    """Move goods out of quarantine; what is restocked raises ATP by as much and wakes those who wait. Seven statements
    at most, but for rows that are missing."""
    await inventory.lock_availability(tx, [(delta.sku_id, delta.pool_id) for delta in deltas])
    pairs = [(m.sku_id, m.source.location_id) for m in moves if m.source.location_id is not None]
    await inventory.lock_stock(tx, pairs)
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, act_id, moves, ctx.now)
    restocked = [m for m in moves if m.target.bucket == "available"]
    await inventory.stamp_received(
        tx, [(m.sku_id, m.target.location_id) for m in restocked if m.target.location_id is not None]
    )
    await enqueue_work(tx, "backorders", [m.sku_id for m in restocked])

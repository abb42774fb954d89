"""Change dated supply: it will be more or less, earlier or later, or will not come. Preorders behind it are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from orderwright import inventory, orders
from orderwright.flows.expect_supply import forbidden_pools
from orderwright.inventory import ChangeSupply, SupplyChange, SupplyRow
from orderwright.orders import BackorderRow, LockedOrder
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome


class _Facts(NamedTuple):
    """What a change is decided on, under the locks."""

    supplies: dict[UUID, SupplyRow]
    waiting: dict[UUID, int]  # units behind each supply
    behind: dict[UUID, list[BackorderRow]]  # those of locked orders
    forbidden: set[UUID]  # pools


class _Going(NamedTuple):
    """A change to make."""

    before: SupplyRow
    after: SupplyChange


async def change_supplies(tx: Transaction, ctx: Context, commands: Sequence[ChangeSupply]) -> list[Outcome]:
    """Change how much of dated supply is still to come, and when.

    A later date becomes the promised date of the orders that wait for it, where theirs is earlier; an earlier one
    changes no promise. Where less comes than waits, those who came last are served by whatever comes next. With
    quantity 0 nothing more comes: who waits for it becomes a backorder without a date.

    Permission: `stock.write`, by a caller that is not limited to channels. Locks: orders (those that wait for it),
    availability, dated supply. Appends `supply.changed`, and `order.delayed` to orders that wait for what comes later
    or not at all. Outcomes, in precedence: `duplicate_in_batch`, `supply_not_found`, `location_not_allowed` (a caller
    limited to locations needs all of the pool's), `stock_changed` (others preordered meanwhile), `unchanged`,
    `changed`.
    """
    ctx.require("stock.write")
    ctx.require_all_channels("Stock is of no channel.")
    ids = {command.supply_id for command in commands}
    locked = await orders.lock_orders(tx, await orders.orders_of_supplies(tx, ids))
    facts = await _lock(tx, ctx, ids, locked)
    outcomes: list[Outcome] = []
    going: dict[UUID, _Going] = {}
    seen: set[UUID] = set()
    for command in commands:
        decided = _decide(command, facts, seen)
        seen.add(command.supply_id)
        if isinstance(decided, _Going):
            going[command.supply_id] = decided
            late = _late_orders(decided, facts.behind)
            details = {"quantity": decided.after.quantity, "preordered": decided.after.preordered, "delayed": len(late)}
            decided_outcome = Outcome(code="changed", id=command.supply_id, details=details)
        else:
            decided_outcome = decided
        outcomes.append(decided_outcome)
    if going:
        await _change(tx, ctx, locked, facts, list(going.values()))
    return outcomes


async def _lock(tx: Transaction, ctx: Context, ids: set[UUID], locked: Mapping[UUID, LockedOrder]) -> _Facts:
    known = await inventory.find_supply(tx, ids)
    await inventory.lock_availability(tx, [(s.sku_id, s.pool_id) for s in known])
    supplies = {s.id: s for s in await inventory.lock_supply(tx, ids)}
    behind: dict[UUID, list[BackorderRow]] = {}
    for row in await orders.read_backorders(tx, locked):
        if row.supply_id in supplies:
            behind.setdefault(row.supply_id, []).append(row)
    waiting = await orders.waiting_for_supplies(tx, ids)
    return _Facts(supplies, waiting, behind, await forbidden_pools(tx, ctx, {s.pool_id for s in known}))


def _decide(command: ChangeSupply, facts: _Facts, seen: set[UUID]) -> _Going | Outcome:
    """What becomes of a command. Pure."""
    supply = facts.supplies.get(command.supply_id)
    if command.supply_id in seen:
        return inventory.refuse("duplicate_in_batch")
    if supply is None:
        return inventory.refuse("supply_not_found")
    if supply.pool_id in facts.forbidden:
        return inventory.refuse("location_not_allowed")
    waiting = facts.waiting.get(supply.id, 0)
    if waiting != sum(row.quantity for row in facts.behind.get(supply.id, ())):
        return inventory.refuse("stock_changed")
    quantity = supply.quantity if command.quantity is None else command.quantity
    due_on = supply.due_on if command.due_on is None else command.due_on
    if (quantity, due_on) == (supply.quantity, supply.due_on) and command.reference is None:
        return Outcome(code="unchanged", id=supply.id)
    return _Going(supply, SupplyChange(supply.id, due_on, quantity, min(quantity, waiting), command.reference))


def _late_orders(going: _Going, behind: Mapping[UUID, Sequence[BackorderRow]]) -> dict[UUID, int]:
    """The units of each order that come later than was said, or that nobody knows the date of any more. Pure."""
    before, after = going
    if after.due_on <= before.due_on and (after.quantity or not before.quantity):
        return {}
    units: dict[UUID, int] = {}
    for row in behind.get(before.id, ()):
        units[row.order_id] = units.get(row.order_id, 0) + row.quantity
    return units


async def _change(
    tx: Transaction, ctx: Context, locked: Mapping[UUID, LockedOrder], facts: _Facts, going: Sequence[_Going]
) -> None:
    act_id = await record_act(tx, ctx, "change_supplies")
    versions = await inventory.change_supply(tx, [g.after for g in going])
    gone = [g.before.id for g in going if not g.after.quantity]
    await orders.detach_backorders(tx, locked, gone)
    story = orders.OrderStory(locked, ctx.now)
    later: dict[UUID, date] = {}
    for before, after in going:
        expected_on = after.due_on if after.quantity else None
        for order_id, units in sorted(_late_orders(_Going(before, after), facts.behind).items()):
            if expected_on is not None:
                later[order_id] = max(later.get(order_id, expected_on), expected_on)
            name, day = encode_id("sup", before.id), expected_on and expected_on.isoformat()
            story.tell(order_id, "order.delayed", {"supply_id": name, "units": units, "expected_on": day})
    await orders.delay_promises(tx, sorted(later.items()))
    await story.write(tx, act_id)
    await append_events(tx, act_id, [_event(ctx, g, versions[g.before.id]) for g in going])


def _event(ctx: Context, going: _Going, version: int) -> NewEvent:
    before, after = going
    data: dict[str, Any] = {
        "quantity": after.quantity, "due_on": after.due_on.isoformat(), "preordered": after.preordered,
        "was": {"quantity": before.quantity, "due_on": before.due_on.isoformat()},
    }  # fmt: skip
    return NewEvent(before.id, version, "supply.changed", data, ctx.now)

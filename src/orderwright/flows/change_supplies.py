"""Change dated supply: it will be more or less, earlier or later, or will not come. Preorders behind it are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from orderwright import inventory, orders
from orderwright.flows.expect_supply import forbidden_pools
from orderwright.inventory import ChangeSupply, SupplyChange, SupplyRow
from orderwright.orders import BackorderRow, DecidedChange, LockedOrder, SupplyFacts
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome


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
    going: list[DecidedChange] = []
    seen: set[UUID] = set()
    for command in commands:
        if command.supply_id in seen:
            outcomes.append(inventory.refuse("duplicate_in_batch"))
            continue
        seen.add(command.supply_id)
        decided = orders.decide_supply_change(command, facts)
        if isinstance(decided, DecidedChange):
            going.append(decided)
        outcomes.append(_changed(decided) if isinstance(decided, DecidedChange) else decided)
    if going:
        await _change(tx, ctx, locked, going)
    return outcomes


def _changed(decided: DecidedChange) -> Outcome:
    after = decided.after
    details = {"quantity": after.quantity, "preordered": after.preordered, "delayed": len(decided.late)}
    return Outcome(code="changed", id=after.id, details=details)


async def _lock(tx: Transaction, ctx: Context, ids: set[UUID], locked: Mapping[UUID, LockedOrder]) -> SupplyFacts:
    known = await inventory.find_supply(tx, ids)
    await inventory.lock_availability(tx, [(s.sku_id, s.pool_id) for s in known])
    supplies = {s.id: s for s in await inventory.lock_supply(tx, ids)}
    behind: dict[UUID, list[BackorderRow]] = {}
    for row in await orders.read_backorders(tx, locked):
        if row.supply_id in supplies:
            behind.setdefault(row.supply_id, []).append(row)
    waiting = await orders.waiting_for_supplies(tx, ids)
    return SupplyFacts(supplies, waiting, behind, await forbidden_pools(tx, ctx, {s.pool_id for s in known}))


async def _change(
    tx: Transaction, ctx: Context, locked: Mapping[UUID, LockedOrder], going: Sequence[DecidedChange]
) -> None:
    act_id = await record_act(tx, ctx, "change_supplies")
    await record_changes(tx, act_id, [changed("supply", g.before.id, _said(g.before), _said(g.after)) for g in going])
    versions = await inventory.change_supply(tx, [g.after for g in going])
    gone = [g.before.id for g in going if not g.after.quantity]
    await orders.detach_backorders(tx, locked, gone)
    story = orders.OrderStory(locked, ctx.now)
    later: dict[UUID, date] = {}
    for before, after, late in going:
        expected_on = after.due_on if after.quantity else None
        for order_id, units in sorted(late.items()):
            if expected_on is not None:
                later[order_id] = max(later.get(order_id, expected_on), expected_on)
            name, day = encode_id("sup", before.id), expected_on and expected_on.isoformat()
            story.tell(order_id, "order.delayed", {"supply_id": name, "units": units, "expected_on": day})
    await orders.delay_promises(tx, sorted(later.items()))
    await story.write(tx, act_id)
    await append_events(tx, act_id, [_event(ctx, g, versions[g.before.id]) for g in going])


def _said(supply: SupplyRow | SupplyChange) -> dict[str, object]:
    return {"quantity": supply.quantity, "due_on": supply.due_on}


def _event(ctx: Context, going: DecidedChange, version: int) -> NewEvent:
    before, after = going.before, going.after
    data: dict[str, Any] = {
        "quantity": after.quantity, "due_on": after.due_on.isoformat(), "preordered": after.preordered,
        "was": {"quantity": before.quantity, "due_on": before.due_on.isoformat()},
    }  # fmt: skip
    return NewEvent(before.id, version, "supply.changed", data, ctx.now)

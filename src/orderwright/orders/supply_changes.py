"""How dated supply may change, and whom a change delays. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from orderwright import inventory
from orderwright.inventory import ChangeSupply, SupplyChange, SupplyRow
from orderwright.orders.queries import BackorderRow
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class SupplyFacts(NamedTuple):
    """What a change is decided on, under the locks."""

    supplies: Mapping[UUID, SupplyRow]
    waiting: Mapping[UUID, int]  # units behind each supply
    behind: Mapping[UUID, Sequence[BackorderRow]]  # those of locked orders
    forbidden: Collection[UUID]  # pools that the caller may not touch


class DecidedChange(NamedTuple):
    """A change to make, and the units of each order that it delays."""

    before: SupplyRow
    after: SupplyChange
    late: dict[UUID, int]


def decide_supply_change(command: ChangeSupply, facts: SupplyFacts) -> DecidedChange | Outcome:
    """What becomes of a command. Precedence: `supply_not_found`, `location_not_allowed`, `stock_changed` (others
    preordered meanwhile), `unchanged`."""
    supply = facts.supplies.get(command.supply_id)
    if supply is None:
        return inventory.refuse("supply_not_found")
    if supply.pool_id in facts.forbidden:
        return inventory.refuse("location_not_allowed")
    waiting, behind = facts.waiting.get(supply.id, 0), facts.behind.get(supply.id, ())
    if waiting != sum(row.quantity for row in behind):
        return inventory.refuse("stock_changed")
    quantity = supply.quantity if command.quantity is None else command.quantity
    due_on = supply.due_on if command.due_on is None else command.due_on
    if (quantity, due_on) == (supply.quantity, supply.due_on) and command.reference is None:
        return Outcome(code="unchanged", id=supply.id)
    after = SupplyChange(supply.id, due_on, quantity, min(quantity, waiting), command.reference)
    return DecidedChange(supply, after, _late_orders(supply, after, behind))


def _late_orders(before: SupplyRow, after: SupplyChange, behind: Sequence[BackorderRow]) -> dict[UUID, int]:
    """The units of each order that come later than was said, or that nobody knows the date of any more."""
    if after.due_on <= before.due_on and (after.quantity or not before.quantity):
        return {}
    units: dict[UUID, int] = {}
    for row in behind:
        units[row.order_id] = units.get(row.order_id, 0) + row.quantity
    return units

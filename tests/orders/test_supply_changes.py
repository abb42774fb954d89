"""How dated supply may change, and whom a change delays."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from orderwright.inventory import ChangeSupply, SupplyChange
from orderwright.orders import BackorderRow, DecidedChange, SupplyFacts, decide_supply_change
from orderwright.platform.ids import new_id, new_ids
from orderwright.platform.outcomes import Outcome
from tests.builders.facts import some_sku, some_supply

POOL, FIRST, SECOND = new_ids(3)
SOON, LATER = date(2030, 3, 1), date(2030, 4, 1)
SUPPLY = some_supply(some_sku(), POOL, SOON, 10, preordered=7)
BEHIND = [
    BackorderRow(order_id, line_n, 1, POOL, SUPPLY.sku_id, SUPPLY.id, 0, units)
    for order_id, line_n, units in ((FIRST, 1, 2), (FIRST, 2, 1), (SECOND, 1, 4))
]
FACTS = SupplyFacts({SUPPLY.id: SUPPLY}, {SUPPLY.id: 7}, {SUPPLY.id: BEHIND}, frozenset())
CHANGE = ChangeSupply(supply_id=SUPPLY.id)
EVERYBODY = {FIRST: 3, SECOND: 4}


@pytest.mark.parametrize(
    ("quantity", "due_on", "preordered", "late"),
    [
        (None, LATER, 7, EVERYBODY),
        (12, None, 7, {}),
        (5, None, 5, {}),  # who came last is served by what comes next
        (0, None, 0, EVERYBODY),
        (None, date(2030, 2, 1), 7, {}),
    ],
)
def test_what_a_supply_becomes_and_who_is_delayed(
    quantity: int | None, due_on: date | None, preordered: int, late: dict[object, int]
) -> None:
    decided = decide_supply_change(msgspec.structs.replace(CHANGE, quantity=quantity, due_on=due_on), FACTS)
    units = 10 if quantity is None else quantity
    after = SupplyChange(SUPPLY.id, due_on or SOON, units, preordered, None)
    assert decided == DecidedChange(SUPPLY, after, late)


def code(command: ChangeSupply, facts: SupplyFacts = FACTS) -> str:
    decided = decide_supply_change(command, facts)
    assert isinstance(decided, Outcome)
    return decided.code


def test_what_cannot_be_changed_in_precedence() -> None:
    changed = FACTS._replace(waiting={SUPPLY.id: 8})
    assert code(ChangeSupply(supply_id=new_id()), changed) == "supply_not_found"
    assert code(CHANGE, changed._replace(forbidden={POOL})) == "location_not_allowed"
    assert code(CHANGE, changed) == "stock_changed"
    assert code(CHANGE) == "unchanged"
    assert code(msgspec.structs.replace(CHANGE, quantity=10, due_on=SOON)) == "unchanged"


def test_a_new_reference_alone_is_a_change() -> None:
    decided = decide_supply_change(msgspec.structs.replace(CHANGE, reference="PO-7"), FACTS)
    assert decided == DecidedChange(SUPPLY, SupplyChange(SUPPLY.id, SOON, 10, 7, "PO-7"), {})

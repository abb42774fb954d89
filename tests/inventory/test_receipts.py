"""Which arrivals can be booked, and what they leave of the supply that was expected."""

from __future__ import annotations

from datetime import date

import pytest

from orderwright.inventory import (
    AvailabilityRow,
    KnownPlace,
    Receipt,
    ReceiveStock,
    Room,
    StockRow,
    SupplyRow,
    decide_receipts,
    only_open,
    supplies_less_receipts,
    supply_id,
)
from orderwright.platform.ids import encode_id, new_id, new_ids
from orderwright.platform.outcomes import Outcome, no
from tests.builders.facts import some_location, some_sku, some_supply

POOL = new_id()
HERE = KnownPlace(some_sku(), some_location(POOL))
SUPPLY = some_supply(HERE.sku, POOL, date(2030, 3, 1), 10, preordered=4)
OTHERS = some_supply(some_sku(), POOL, date(2030, 3, 1), 10)


def receive(quantity: int, supply: str | None = None) -> ReceiveStock:
    return ReceiveStock(sku=HERE.sku.code, location=HERE.location.code, quantity=quantity, supply=supply)


def decide(*commands: ReceiveStock, there: int = 0) -> list[Receipt | Outcome]:
    room = Room(
        {HERE.pool: AvailabilityRow(*HERE.pool, there, 0, 0, 0)},
        {HERE.pair: StockRow(*HERE.pair, there, 0, 0, 0, 0, 0, 0, 0, POOL)},
    )
    known = {SUPPLY.id: SUPPLY, OTHERS.id: OTHERS}
    return decide_receipts(new_ids(len(commands)), [HERE] * len(commands), commands, known, room)


def codes(decided: list[Receipt | Outcome]) -> list[str]:
    return ["received" if isinstance(d, Receipt) else d.code for d in decided]


def test_a_receipt_of_a_supply_and_one_of_none() -> None:
    named, unnamed = decide(receive(3, encode_id("sup", SUPPLY.id)), receive(2))
    assert isinstance(named, Receipt)
    assert isinstance(unnamed, Receipt)
    assert (named.supply, unnamed.supply) == (SUPPLY, None)


@pytest.mark.parametrize(
    "name",
    ["nonsense", "", encode_id("sup", new_id()), encode_id("sup", OTHERS.id)],
    ids=["no id", "empty", "unknown", "of another SKU"],
)
def test_a_supply_that_is_not_there_or_of_something_else(name: str) -> None:
    [refused] = decide(receive(3, name))
    assert isinstance(refused, Outcome)
    assert (refused.code, refused.details) == ("unknown_supply", {"supply": name})


def test_more_than_can_be_counted_is_refused_and_the_next_may_fit() -> None:
    assert codes(decide(receive(1_000), receive(600), there=2_147_483_000)) == ["too_many_units", "received"]


def test_nothing_comes_in_where_it_is_closed() -> None:
    closed = KnownPlace(HERE.sku, some_location(POOL, active=False))
    refused = only_open(closed)
    assert isinstance(refused, Outcome)
    assert (refused.code, refused.details) == ("location_inactive", {"location": closed.location.code})
    assert only_open(HERE) == HERE
    before = no("unknown_sku", "There is none.")
    assert only_open(before) is before


def test_the_id_that_a_command_names() -> None:
    assert supply_id(receive(1, encode_id("sup", SUPPLY.id))) == SUPPLY.id
    assert supply_id(receive(1, "nonsense")) is None
    assert supply_id(receive(1)) is None


@pytest.mark.parametrize(
    ("came", "change"),
    [((3,), (-3, 0)), ((3, 4), (-7, -1)), ((10,), (-10, -4)), ((12,), (-10, -4))],
)
def test_a_supply_is_less_by_what_came_and_promises_no_more_than_is_left(
    came: tuple[int, ...], change: tuple[int, int]
) -> None:
    receipts = [Receipt(new_id(), HERE, receive(units), SUPPLY) for units in came]
    assert supplies_less_receipts([*receipts, Receipt(new_id(), HERE, receive(5))]) == [(SUPPLY.id, *change)]


def test_a_supply_keeps_nothing_below_zero() -> None:
    empty = SupplyRow(new_id(), HERE.sku.id, POOL, date(2030, 3, 1), 0, 0)
    assert supplies_less_receipts([Receipt(new_id(), HERE, receive(5), empty)]) == [(empty.id, 0, 0)]

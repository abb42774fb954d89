"""What left a till comes from what is available, then from allocations, then from thin air (laws G2, G3)."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.fulfillment import Break, Breakable, Handed, Taken, trace_handed
from orderwright.platform.ids import new_id, new_ids
from tests.builders.facts import some_location
from tests.builders.fulfillment import an_allocation

SKU, POOL = new_ids(2)
SHOP = some_location(POOL)
AT = (SKU, SHOP.id)
ALLOCATED = an_allocation(2, sku_id=SKU, location_id=SHOP.id)


def handed(quantity: int) -> Handed:
    return Handed(new_id(), 1, 1, SKU, SHOP, quantity, datetime(2030, 3, 1, tzinfo=UTC))


def test_what_is_available_comes_from_nowhere_else() -> None:
    available = {AT: 5}
    assert trace_handed([handed(2), handed(3)], available, {}, Breakable({}, [ALLOCATED])) == []
    assert available == {AT: 0}


def test_then_allocations_are_broken_and_the_rest_was_found() -> None:
    available = {AT: 1}
    one, two = handed(2), handed(4)
    taken = trace_handed([one, two], available, {}, Breakable({}, [ALLOCATED]))
    assert taken == [Taken(one, [Break(ALLOCATED, 1)], 0), Taken(two, [Break(ALLOCATED, 1)], 3)]
    assert available == {AT: 0}


def test_where_the_books_know_of_nothing_all_was_found() -> None:
    all_of_it = handed(4)
    assert trace_handed([all_of_it], {}, {}, Breakable({}, [])) == [Taken(all_of_it, [], 4)]


def test_what_a_closed_location_withholds_comes_before_allocations() -> None:
    one, two = handed(2), handed(3)
    withheld = {one.pair: 3}
    taken = trace_handed([one, two], {}, withheld, Breakable({}, [ALLOCATED]))
    assert taken == [Taken(one, [], 0, 2), Taken(two, [Break(ALLOCATED, 2)], 0, 1)]
    assert withheld == {one.pair: 0}

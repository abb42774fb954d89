"""How a loss is dealt over allocations: latest promise first, unpicked units only, and used up (law G2)."""

from __future__ import annotations

from orderwright.fulfillment import Break, Breakable, BreakableRow, in_breaking_order
from orderwright.platform.ids import new_ids
from tests.builders.fulfillment import an_allocation

SKU, OTHER, HERE, WORK, *ORDERS = new_ids(7)
AT = (SKU, HERE)
FIRST = an_allocation(3, fulfillment_id=WORK, order_id=ORDERS[0], sku_id=SKU, location_id=HERE)
BEGUN = an_allocation(5, order_id=ORDERS[1], sku_id=SKU, location_id=HERE, picked=4)
ELSE = an_allocation(2, line_n=2, fulfillment_id=WORK, order_id=ORDERS[0], sku_id=OTHER, location_id=HERE)


def test_units_are_taken_in_the_order_given_and_never_what_is_picked() -> None:
    breakable = Breakable({}, [FIRST, BEGUN, ELSE])
    assert (breakable.units(AT), breakable.units((OTHER, HERE))) == (4, 2)
    assert breakable.take(AT, 2) == [Break(FIRST, 2)]
    assert breakable.take(AT, 9) == [Break(FIRST, 1), Break(BEGUN, 1)]
    assert breakable.take(AT, 1) == []
    assert breakable.units(AT) == 0


def test_a_fulfillment_is_empty_when_all_its_allocations_are() -> None:
    breakable = Breakable({}, [FIRST, BEGUN, ELSE])
    breakable.take(AT, 9)
    assert breakable.emptied() == []
    breakable.take((OTHER, HERE), 2)
    assert breakable.emptied() == [WORK]


def test_what_was_seen_is_covered_as_far_as_it_is_needed() -> None:
    seen = [BreakableRow(ORDERS[0], SKU, HERE, 3), BreakableRow(ORDERS[1], SKU, HERE, 1)]
    assert Breakable({}, [FIRST, BEGUN]).covers(seen, {AT: 9})
    assert Breakable({}, [FIRST]).covers(seen, {AT: 3})
    assert not Breakable({}, [FIRST]).covers(seen, {AT: 4})
    assert not Breakable({}, []).covers(seen, {AT: 1})


def test_allocations_are_broken_in_the_order_of_their_orders() -> None:
    seen = [BreakableRow(ORDERS[1], SKU, HERE, 1), BreakableRow(ORDERS[0], SKU, HERE, 3)]
    assert in_breaking_order(seen, [ELSE, FIRST, BEGUN]) == [BEGUN, FIRST, ELSE]

"""Which allocations give up cancelled units, and which fulfillments are empty after."""

from __future__ import annotations

from orderwright.fulfillment import GivenUp, emptied_by, give_up, unpicked_units
from orderwright.platform.ids import new_ids
from tests.builders.fulfillment import an_allocation

ORDER, HERE, THERE = new_ids(3)
ONE = an_allocation(3, fulfillment_id=HERE, order_id=ORDER)
TWO = an_allocation(4, fulfillment_id=THERE, order_id=ORDER, picked=1)
LID = an_allocation(2, component_n=2, fulfillment_id=HERE, order_id=ORDER)
ALL = {ORDER: [ONE, TWO, LID]}


def test_unpicked_units_of_a_component_are_summed_over_fulfillments() -> None:
    assert unpicked_units(ALL[ORDER]) == {(1, 1): 6, (1, 2): 2}


def test_units_are_taken_in_turn_and_never_what_is_picked() -> None:
    assert give_up(ALL, {(ORDER, 1, 1): 5}) == [GivenUp(ONE, 3), GivenUp(TWO, 2)]
    assert give_up(ALL, {(ORDER, 1, 1): 9, (ORDER, 1, 2): 1}) == [GivenUp(ONE, 3), GivenUp(TWO, 3), GivenUp(LID, 1)]


def test_a_fulfillment_is_empty_when_nothing_is_left_to_bring() -> None:
    assert emptied_by(ALL[ORDER], [GivenUp(ONE, 3), GivenUp(TWO, 3)]) == {}
    assert emptied_by(ALL[ORDER], [GivenUp(ONE, 3), GivenUp(LID, 2)]) == {HERE: ORDER}

"""What a picker's report says: found and missing units, and reports that cannot be."""

from __future__ import annotations

from orderwright.fulfillment import Picked, PickFulfillment, ShortLine, decide_pick
from orderwright.platform.ids import new_id
from orderwright.platform.outcomes import Outcome
from tests.builders.fulfillment import an_allocation

MUGS = an_allocation(5)
LIDS = an_allocation(3, component_n=2)
GONE = an_allocation(2, line_n=2, picked=2)


def report(*short: tuple[int, int, int]) -> list[Picked] | Outcome:
    lines = [ShortLine(line=line, component=component, missing=missing) for line, component, missing in short]
    return decide_pick(PickFulfillment(fulfillment_id=new_id(), short=lines), [MUGS, LIDS, GONE])


def refused(plan: list[Picked] | Outcome) -> tuple[str, dict[str, object]]:
    assert isinstance(plan, Outcome)
    return plan.code, plan.details


def test_everything_is_found_unless_said() -> None:
    assert report() == [Picked(MUGS, 5, 0), Picked(LIDS, 3, 0)]


def test_missing_units_of_one_component_are_summed() -> None:
    assert report((1, 2, 1), (1, 2, 2), (1, 1, 4)) == [Picked(MUGS, 1, 4), Picked(LIDS, 0, 3)]


def test_no_more_can_be_missing_than_was_to_be_picked() -> None:
    assert refused(report((1, 1, 6))) == ("short_too_large", {"line": 1, "wanted": 5})
    assert refused(report((2, 1, 1))) == ("short_too_large", {"line": 2, "wanted": 0})


def test_a_line_that_is_not_there_is_named_the_first_of_them() -> None:
    assert refused(report((9, 1, 1), (1, 7, 1))) == ("unknown_line", {"line": 1, "component": 7})

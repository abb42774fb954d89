"""What can be cancelled: every quantity, in its order, by line, of kits, and every "no" in its precedence (law G4)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.api.shapes import without_subject
from orderwright.orders import CancelLine, CancelOrder, CancelPlan, decide_cancel
from orderwright.orders.queries import ComponentRow, LockedOrder
from orderwright.platform.outcomes import Outcome
from tests.builders.facts import component_row, locked_order

ORDER = locked_order()


def decide(
    components: list[ComponentRow],
    *lines: tuple[int, int | None],
    quantities: dict[int, int] | None = None,
    free: dict[tuple[int, int], int] | None = None,
    order: LockedOrder | None = ORDER,
) -> CancelPlan | Outcome:
    """Decide with everything allocated free to go unless said otherwise, and lines of one component each."""
    command = CancelOrder(
        order_id=ORDER.id, lines=[CancelLine(line=n, quantity=q) for n, q in lines] if lines else None
    )
    known = quantities or {c.line_n: c.ordered for c in components}
    cancellable = {(c.line_n, c.n): c.allocated for c in components} if free is None else free
    return decide_cancel(order, command, components, known, cancellable)


def taken(plan: CancelPlan | Outcome) -> list[tuple[int, int, str, int]]:
    assert isinstance(plan, CancelPlan), plan
    return [(c.line_n, c.n, source, quantity) for c, source, quantity in plan.units]


def code(result: CancelPlan | Outcome) -> str:
    assert isinstance(result, Outcome), result
    assert (result.ok, result.id) == (False, None)
    return result.code


@pytest.mark.parametrize("state", ["pending", "backordered", "promised", "allocated"])
def test_every_quantity_that_is_free_can_go(state: str) -> None:
    plan = decide([component_row(ORDER, 1, 1, 3, **{state: 3})])
    assert taken(plan) == [(1, 1, state, 3)]
    assert isinstance(plan, CancelPlan)
    assert plan.kept == 0


def test_units_are_taken_in_the_order_of_the_law() -> None:
    row = component_row(ORDER, 1, 1, 10, pending=1, backordered=2, promised=3, allocated=4)
    assert taken(decide([row], (1, 8))) == [
        (1, 1, "pending", 1), (1, 1, "backordered", 2), (1, 1, "promised", 3), (1, 1, "allocated", 2),
    ]  # fmt: skip
    assert taken(decide([row], (1, 1))) == [(1, 1, "pending", 1)]
    assert taken(decide([row], (1, None))) == taken(decide([row]))


def test_what_is_being_picked_stays() -> None:
    row = component_row(ORDER, 1, 1, 10, promised=1, allocated=4, picked=2, packed=1, shipped=2)
    plan = decide([row], free={(1, 1): 3})
    assert taken(plan) == [(1, 1, "promised", 1), (1, 1, "allocated", 3)]
    assert isinstance(plan, CancelPlan)
    assert plan.kept == 4  # 1 that a picker has begun on, 2 picked, 1 packed


def test_other_lines_stay() -> None:
    rows = [component_row(ORDER, 1, 1, 3), component_row(ORDER, 2, 1, 3)]
    assert taken(decide(rows, (2, 1))) == [(2, 1, "promised", 1)]


def test_a_line_named_twice_adds_up() -> None:
    row = component_row(ORDER, 1, 1, 3)
    assert taken(decide([row], (1, 1), (1, 2))) == [(1, 1, "promised", 3)]
    assert taken(decide([row], (1, None), (1, None))) == [(1, 1, "promised", 3)]
    assert code(decide([row], (1, 2), (1, 2))) == "not_cancellable"


# ---- kits ----


def test_units_of_a_kit_take_all_its_components() -> None:
    rows = [component_row(ORDER, 1, 1, 6), component_row(ORDER, 1, 2, 3, promised=1, backordered=2)]
    assert taken(decide(rows, (1, 2), quantities={1: 3})) == [
        (1, 1, "promised", 4), (1, 2, "backordered", 2),
    ]  # fmt: skip


def test_a_quantity_of_a_kit_is_whole_kits() -> None:
    """One of three has a part in the picker's hands: it goes whole to the shopper, or all that can go is asked for."""
    rows = [component_row(ORDER, 1, 1, 6, picked=3, promised=3), component_row(ORDER, 1, 2, 3)]
    assert code(decide(rows, (1, 2), quantities={1: 3})) == "not_cancellable"
    assert taken(decide(rows, (1, 1), quantities={1: 3})) == [(1, 1, "promised", 2), (1, 2, "promised", 1)]


@pytest.mark.parametrize("lines", [(), ((1, None),)])
def test_all_that_can_go_of_a_kit_goes_part_by_part(lines: tuple[tuple[int, int | None], ...]) -> None:
    """Fault: what was half picked, or had half left, could not be ended at all."""
    rows = [component_row(ORDER, 1, 1, 6, picked=3, promised=3), component_row(ORDER, 1, 2, 3)]
    plan = decide(rows, *lines, quantities={1: 3})
    assert taken(plan) == [(1, 1, "promised", 3), (1, 2, "promised", 3)]
    assert isinstance(plan, CancelPlan)
    assert plan.kept == 3
    half = [component_row(ORDER, 1, 1, 2, shipped=1, promised=1), component_row(ORDER, 1, 2, 2, packed=2)]
    assert taken(decide(half, *lines, quantities={1: 2})) == [(1, 1, "promised", 1)]


def test_a_line_without_a_quantity_keeps_what_is_picked_of_it() -> None:
    rows = [component_row(ORDER, 1, 1, 3, promised=1, packed=2), component_row(ORDER, 2, 1, 3, packed=3)]
    plan = decide(rows, (1, None))
    assert taken(plan) == [(1, 1, "promised", 1)]
    assert isinstance(plan, CancelPlan)
    assert plan.kept == 2
    assert code(decide(rows, (2, None))) == "already_picked"


def test_a_part_of_a_kit_that_needs_no_stock_does_not_keep_the_rest() -> None:
    rows = [component_row(ORDER, 1, 1, 2), component_row(ORDER, 1, 2, 2, external=2)]
    assert taken(decide(rows, (1, 1), quantities={1: 2})) == [(1, 1, "promised", 1)]
    last = [component_row(ORDER, 1, 1, 2, cancelled=1, promised=1), rows[1]]
    assert taken(decide(last, (1, 1), quantities={1: 2})) == [(1, 1, "promised", 1), (1, 2, "external", 2)]


@pytest.mark.parametrize("lines", [(), ((1, None),), ((1, 2),)])
def test_a_kit_of_which_nothing_left_goes_with_its_download(lines: tuple[tuple[int, int | None], ...]) -> None:
    """Fault: the download stayed, so that the cancelled order was delivered, and held for ever."""
    rows = [component_row(ORDER, 1, 1, 2), component_row(ORDER, 1, 2, 2, external=2), component_row(ORDER, 2, 1, 1)]
    kit = [(1, 1, "promised", 2), (1, 2, "external", 2)]
    assert taken(decide(rows[:2], *lines, quantities={1: 2})) == kit
    if lines:
        assert taken(decide(rows, *lines, quantities={1: 2, 2: 1})) == kit


@pytest.mark.parametrize("state", ["picked", "packed", "shipped"])
def test_a_download_stays_with_what_left_of_its_kit(state: str) -> None:
    rows = [component_row(ORDER, 1, 1, 2, promised=1, **{state: 1}), component_row(ORDER, 1, 2, 2, external=2)]
    assert taken(decide(rows, quantities={1: 2})) == [(1, 1, "promised", 1)]
    assert taken(decide(rows, (1, 1), quantities={1: 2})) == [(1, 1, "promised", 1)]


def test_a_part_that_is_still_owed_can_go_when_the_rest_of_its_kit_has_left() -> None:
    rows = [component_row(ORDER, 1, 1, 2, shipped=2), component_row(ORDER, 1, 2, 1, backordered=1)]
    assert taken(decide(rows, quantities={1: 1})) == [(1, 2, "backordered", 1)]


# ---- every "no", from the last in precedence to the first ----


def test_nothing_is_left_that_could_be_stopped() -> None:
    assert code(decide([component_row(ORDER, 1, 1, 3, picked=1, packed=2)])) == "already_picked"


def test_fewer_can_go_than_were_asked_for() -> None:
    result = decide([component_row(ORDER, 1, 1, 3, promised=1, packed=2)], (1, 2))
    assert isinstance(result, Outcome)
    assert (result.code, result.details) == ("not_cancellable", {"line": 1, "not_cancellable": 1})


def test_more_than_were_ordered_is_told_as_that() -> None:
    """Fault: it said that the rest is being picked, or has left."""
    result = decide([component_row(ORDER, 1, 1, 2, promised=2)], (1, 5))
    assert isinstance(result, Outcome)
    assert (result.code, result.details) == ("not_cancellable", {"line": 1, "not_cancellable": 3})
    assert result.message == "The line has 2 units. Ask for no more."


@pytest.mark.parametrize("lines", [[], [{"line": 1}] * 1_001])
def test_lines_are_some_and_not_too_many(lines: list[dict[str, int]]) -> None:
    """Fault: an empty list said that all of it is being picked or has left."""
    with pytest.raises(msgspec.ValidationError, match=r"Expected `array` of length"):
        msgspec.convert({"lines": lines}, without_subject(CancelOrder, "order_id"))


def test_refusals_come_in_their_precedence() -> None:
    row = component_row(ORDER, 1, 1, 3, packed=3)
    lines = [(2, 1), (1, 9)]
    gone = ORDER._replace(status="shipped")
    assert code(decide([row], *lines)) == "unknown_line"
    assert code(decide([row], *lines, order=gone)) == "already_shipped"
    assert code(decide([row], *lines, order=ORDER._replace(status="delivered"))) == "already_shipped"
    assert code(decide([row], *lines, order=ORDER._replace(status="cancelled"))) == "already_cancelled"
    assert code(decide([row], *lines, order=None)) == "order_not_found"


def test_a_download_goes_with_its_whole_order_and_never_alone() -> None:
    rows = [component_row(ORDER, 1, 1, 1, external=1), component_row(ORDER, 2, 1, 1)]
    assert taken(decide(rows)) == [(2, 1, "promised", 1), (1, 1, "external", 1)]
    assert taken(decide(rows, (1, None), (2, None))) == [(2, 1, "promised", 1), (1, 1, "external", 1)]
    assert taken(decide(rows, (2, 1))) == [(2, 1, "promised", 1)]
    assert code(decide(rows, (1, 1))) == "not_cancellable"
    assert code(decide(rows, (1, None))) == "not_cancellable"
    left = [rows[0], component_row(ORDER, 2, 1, 2, promised=1, packed=1)]
    assert taken(decide(left)) == [(2, 1, "promised", 1)]


# ---- any order ----

FREE = ("pending", "backordered", "promised", "allocated")
GONE = ("external", "cancelled", "picked", "packed", "shipped")
units = st.fixed_dictionaries(dict.fromkeys([*FREE, *GONE], st.integers(0, 4)))


@given(units, st.integers(0, 4), st.one_of(st.none(), st.integers(1, 30)))
def test_no_plan_takes_what_is_not_there(have: dict[str, int], begun: int, wanted: int | None) -> None:
    ordered = sum(have.values())
    if not ordered:
        return
    row = component_row(ORDER, 1, 1, ordered, **have)
    free = max(0, have["allocated"] - begun)
    lines = [(1, wanted)] if wanted is not None else []
    result = decide([row], *lines, free={(1, 1): free})
    possible = have["pending"] + have["backordered"] + have["promised"] + free
    if wanted is not None and wanted > possible:
        assert code(result) == "not_cancellable"
    elif not possible:
        only_external = have["external"] and have["external"] + have["cancelled"] == ordered
        assert code(result) == ("not_cancellable" if only_external else "already_picked")
    else:
        assert isinstance(result, CancelPlan)
        all_goes = wanted is None and ordered == possible + have["external"] + have["cancelled"]
        expected = possible + (have["external"] if all_goes else 0) if wanted is None else wanted
        assert sum(u.quantity for u in result.units) == expected
        for unit in result.units:
            assert 0 < unit.quantity <= (free if unit.source == "allocated" else have[unit.source])

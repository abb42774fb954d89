"""Where the units of a planned cancellation come from, by promise, backorder and line."""

from __future__ import annotations

from orderwright.orders import (
    BackorderRow,
    CancelPlan,
    PromiseRow,
    QuantityMove,
    cancelled_backorders,
    cancelled_promises,
    cancelling_moves,
    is_over,
    lines_cancelled,
    units_from,
)
from orderwright.orders.cancel import CancelledUnits
from orderwright.platform.ids import new_ids
from tests.builders.facts import component_row, locked_order

ORDER = locked_order()
NEAR, FAR, SKU = new_ids(3)
ONE = component_row(ORDER, 1, 1, 6, backordered=2, allocated=1)  # and 3 promised
TWO = component_row(ORDER, 2, 1, 1)
PLAN = CancelPlan(
    [
        CancelledUnits(ONE, "backordered", 1),
        CancelledUnits(ONE, "promised", 3),
        CancelledUnits(ONE, "allocated", 1),
        CancelledUnits(TWO, "promised", 1),
    ],
    0,
)


def test_units_by_the_quantity_that_they_come_from() -> None:
    assert units_from([PLAN], "promised") == {(ORDER.id, 1, 1): 3, (ORDER.id, 2, 1): 1}
    assert units_from([PLAN], "pending") == {}


def test_all_but_the_allocated_are_moved_at_once() -> None:
    assert cancelling_moves([PLAN]) == [
        QuantityMove(ORDER.id, 1, 1, "backordered", "cancelled", 1),
        QuantityMove(ORDER.id, 1, 1, "promised", "cancelled", 3),
        QuantityMove(ORDER.id, 2, 1, "promised", "cancelled", 1),
    ]


def test_promises_of_several_pools_give_in_turn() -> None:
    promises = [PromiseRow(ORDER.id, 1, 1, pool, SKU, units) for pool, units in ((NEAR, 2), (FAR, 2))]
    assert cancelled_promises(promises, [PLAN]) == [promises[0], promises[1]._replace(quantity=1)]


def test_a_backorder_gives_what_the_plan_takes_of_it() -> None:
    row = BackorderRow(ORDER.id, 1, 1, NEAR, SKU, None, 0, 2)
    other = row._replace(line_n=3)
    assert cancelled_backorders([row, other], [PLAN]) == [row._replace(quantity=1)]


def test_lines_as_they_are_told() -> None:
    assert lines_cancelled(PLAN) == [{"line": 1, "units": 5}, {"line": 2, "units": 1}]


def test_an_order_is_over_when_no_unit_waits() -> None:
    assert not is_over([ONE, TWO], PLAN)
    assert is_over([ONE._replace(backordered=1, cancelled=1), TWO], PLAN)


def test_what_left_or_needs_none_of_ours_leaves_nothing_to_do() -> None:
    sent = component_row(ORDER, 1, 1, 3, promised=1, shipped=2)
    song = component_row(ORDER, 2, 1, 1, external=1)
    rest = CancelledUnits(sent, "promised", 1)
    assert is_over([sent, song], CancelPlan([rest], 0))
    assert is_over([sent, song], CancelPlan([rest, CancelledUnits(song, "external", 1)], 0))
    assert not is_over([sent._replace(packed=1), song], CancelPlan([rest], 0))

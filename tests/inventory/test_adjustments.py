"""Which adjustments fit: what is available first, then allocations, and every "no" in its precedence (law G2)."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.inventory import (
    Adjustment,
    AdjustStock,
    AvailabilityRow,
    KnownPlace,
    Room,
    StockRow,
    beyond_available,
    check_adjustment,
    fit_adjustments,
    units_lost,
)
from orderwright.platform.ids import new_id, new_ids
from orderwright.platform.outcomes import Outcome, no
from tests.builders.facts import some_location, some_sku

POOL, *_ = new_ids(1)
HERE = KnownPlace(some_sku(), some_location(POOL))
CLOSED = KnownPlace(some_sku(), some_location(POOL, active=False))


def adjust(delta: int, place: KnownPlace = HERE) -> Adjustment:
    command = AdjustStock(sku=place.sku.code, location=place.location.code, delta=delta, reason="count")
    return Adjustment(new_id(), place, command)


def stock(available: int, allocated: int = 0) -> StockRow:
    return StockRow(*HERE.pair, available, 0, allocated, 0, 0, 0, 0, 0, POOL)


def fit(row: StockRow, breakable: int, *deltas: int) -> list[int | str]:
    """Units broken by each adjustment, or the code of its "no"."""
    rows = {HERE.pair: row}
    room = Room({HERE.pool: AvailabilityRow(*HERE.pool, row.available, 0, 0, 0)}, rows)
    fitted: Sequence[Adjustment | Outcome] = fit_adjustments(
        [adjust(delta) for delta in deltas], rows, {HERE.pair: breakable}, room
    )
    return [f.broken if isinstance(f, Adjustment) else f.code for f in fitted]


def test_a_loss_comes_out_of_what_is_available_and_then_breaks_allocations() -> None:
    assert fit(stock(5, allocated=4), 4, -3, -4, -2) == [0, 2, 2]


def test_what_came_in_the_same_call_is_there_for_the_losses_after_it() -> None:
    assert fit(stock(0), 0, 3, -3) == [0, 0]


def test_a_loss_beyond_what_may_be_broken() -> None:
    """Allocated meanwhile: read again. Picked or nowhere: count again."""
    assert fit(stock(1, allocated=2), 0, -3) == ["stock_changed"]
    assert fit(stock(1, allocated=1), 0, -3) == ["insufficient_stock"]


def test_one_that_does_not_fit_leaves_everything_to_the_next() -> None:
    assert fit(stock(2), 0, -3, -2) == ["insufficient_stock", 0]


def test_more_than_can_be_counted() -> None:
    assert fit(stock(2_147_483_000), 0, 1_000, 600) == ["too_many_units", 0]


def test_what_is_refused_before_anything_is_locked() -> None:
    unknown = no("unknown_sku", "There is none.")
    checked = [
        check_adjustment(new_id(), place, adjust(delta, HERE).command)
        for place, delta in ((unknown, 0), (CLOSED, 0), (CLOSED, 1))
    ]
    assert [c.code for c in checked if isinstance(c, Outcome)] == ["unknown_sku", "zero_quantity", "location_inactive"]
    going = adjust(-1, CLOSED)
    assert check_adjustment(going.id, CLOSED, going.command) == going


def test_losses_are_summed_by_place() -> None:
    lost = units_lost([adjust(-3), adjust(5), adjust(-4), adjust(2, CLOSED)])
    assert lost == {HERE.pair: 7, CLOSED.pair: 0}
    assert beyond_available(lost, {HERE.pair: stock(5)}) == {HERE.pair: 2}
    assert beyond_available({HERE.pair: 7}, {}) == {HERE.pair: 7}
    assert beyond_available(lost, {HERE.pair: stock(7)}) == {}

"""What may still be promised: exact figures, what is undone, and when a decision on older figures still holds (G3)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from orderwright.inventory import AvailabilityDelta, AvailabilityRow, Headroom, SupplyRow
from orderwright.platform.ids import UUID, new_ids

SKUS = new_ids(2)
POOLS = new_ids(2)
A, B = SKUS
P, Q = POOLS


def row(atp: int, backordered: int = 0, sku: UUID = A, pool: UUID = P) -> AvailabilityRow:
    return AvailabilityRow(sku, pool, atp, 0, 0, backordered)


def locked(*rows: AvailabilityRow) -> dict[tuple[UUID, UUID], AvailabilityRow]:
    return {(r.sku_id, r.pool_id): r for r in rows}


# ---- taking and owing ----


def test_take_gives_what_there_is_less_what_is_owed_and_the_buffer() -> None:
    headroom = Headroom([row(10, backordered=3)])
    assert headroom.take(A, P, 5, 4) == 3
    assert headroom.take(A, P, 5, 4) == 0
    assert headroom.take(A, P, 5, 1) == 3
    assert headroom.take(A, P, 5, 0) == 1
    assert headroom.take(A, P, 5, 0) == 0
    assert headroom.changes() == [AvailabilityDelta(A, P, -7, 0, 7, 0)]


def test_nothing_can_be_taken_of_a_negative_or_unknown_balance() -> None:
    headroom = Headroom([row(-4)])
    assert (headroom.take(A, P, 1, 0), headroom.take(B, P, 1, 0), headroom.take(A, Q, 1, 0)) == (0, 0, 0)
    assert (headroom.changes(), headroom.missing()) == ([], [])


def test_what_is_owed_is_not_promised_to_others() -> None:
    headroom = Headroom([row(2)])
    assert headroom.owe(A, P, 2, None)
    assert headroom.take(A, P, 1, 0) == 0
    assert headroom.changes() == [AvailabilityDelta(A, P, 0, 0, 0, 2)]


def test_a_limit_counts_what_all_pools_owe() -> None:
    headroom = Headroom([row(0, backordered=2), row(0, backordered=3, pool=Q)])
    assert not headroom.owe(A, P, 2, 6)
    assert headroom.owe(A, P, 1, 6)
    assert not headroom.owe(A, Q, 1, 6)
    assert headroom.owe(A, Q, 1, None)
    assert headroom.limits_used


def test_a_balance_that_does_not_exist_is_made_only_when_it_changes() -> None:
    headroom = Headroom([])
    assert not headroom.owe(A, P, 3, 2)
    assert headroom.missing() == []
    mark = headroom.mark()
    assert headroom.owe(A, P, 1, 2)
    assert headroom.missing() == [(A, P)]
    headroom.undo_to(mark)
    assert (headroom.missing(), headroom.changes()) == ([], [])
    headroom.hand_over(A, Q, 2)
    assert (headroom.missing(), headroom.changes()) == ([(A, Q)], [AvailabilityDelta(A, Q, -2, 0, 0, 0)])


def test_what_left_a_till_lowers_what_others_may_take_below_nothing() -> None:
    headroom = Headroom([row(3)])
    headroom.hand_over(A, P, 2)
    assert headroom.take(A, P, 5, 0) == 1
    headroom.hand_over(A, P, 2)
    assert headroom.take(A, P, 5, 0) == 0
    assert headroom.changes() == [AvailabilityDelta(A, P, -5, 0, 1, 0)]


def test_a_preorder_takes_the_earliest_supply_of_its_pools_that_covers_it_whole() -> None:
    early = SupplyRow(new_ids(1)[0], A, P, date(2026, 1, 5), 4, 2)
    late = SupplyRow(new_ids(1)[0], A, P, date(2026, 2, 5), 10, 0)
    elsewhere = SupplyRow(new_ids(1)[0], A, Q, date(2026, 1, 1), 10, 0)
    headroom = Headroom([], [elsewhere, early, late])
    assert headroom.preorder(A, [P], 3) == late
    assert headroom.preorder(A, [P], 2) == early
    assert headroom.preorder(A, [P], 8) is None
    assert headroom.preorder(A, [P, Q], 8) == elsewhere
    assert headroom.preorder(B, [P], 1) is None
    assert [(taken.supply, taken.quantity) for taken in headroom.supply_changes()] == [
        (elsewhere, 8), (early, 2), (late, 3),
    ]  # fmt: skip


# ---- decisions on older figures ----


def test_a_take_holds_while_there_is_enough_for_it_and_its_buffer() -> None:
    headroom = Headroom([row(10)])
    headroom.take(A, P, 4, 2)
    assert headroom.holds(locked(row(10)))
    assert headroom.holds(locked(row(6)))
    assert not headroom.holds(locked(row(5)))
    assert not headroom.holds(locked(row(6, backordered=1)))
    assert not headroom.holds({})


def test_a_backorder_is_decided_anew_when_there_is_stock_for_it_by_now() -> None:
    """Else it would wait although nobody is left to wake the pump: what came in was dealt out before it."""
    headroom = Headroom([row(1, backordered=2)])
    headroom.owe(A, P, 1, None)
    assert headroom.holds(locked(row(1, backordered=2)))
    assert headroom.holds(locked(row(0, backordered=2)))
    assert headroom.holds(locked(row(1, backordered=1)))
    assert not headroom.holds(locked(row(1, backordered=0)))


def test_what_mixes_takes_and_backorders_is_decided_anew_when_there_is_less() -> None:
    headroom = Headroom([row(3)])
    headroom.take(A, P, 3, 0)
    headroom.owe(A, P, 1, None)
    assert headroom.holds(locked(row(3)))
    assert not headroom.holds(locked(row(2)))


def test_balances_that_were_only_looked_at_do_not_matter() -> None:
    headroom = Headroom([row(5), row(5, sku=B)])
    headroom.take(A, P, 1, 0)
    mark = headroom.mark()
    headroom.take(B, P, 5, 0)
    headroom.undo_to(mark)
    assert headroom.holds(locked(row(5), row(0, sku=B)))


# ---- for any sequence of decisions ----


class Op(NamedTuple):
    """What one line of an order does, or `undo`: the order since the last `mark` is refused."""

    what: str
    sku: UUID
    pool: UUID
    quantity: int
    buffer: int


ops = st.builds(
    Op,
    st.sampled_from(["take", "take", "take", "owe", "hand_over", "preorder", "mark", "undo"]),
    st.sampled_from(SKUS),
    st.sampled_from(POOLS),
    st.integers(1, 6),
    st.integers(0, 3),
)
balances = st.lists(st.tuples(st.integers(-4, 12), st.integers(0, 5)), min_size=4, max_size=4)
PAIRS = [(sku, pool) for sku in SKUS for pool in POOLS]
SUPPLIES = [SupplyRow(i, sku, pool, date(2026, 1, 1), 6, 1) for i, (sku, pool) in zip(new_ids(4), PAIRS, strict=True)]


def rows_of(figures: list[tuple[int, int]]) -> list[AvailabilityRow]:
    return [AvailabilityRow(*pair, atp, 0, 0, owed) for pair, (atp, owed) in zip(PAIRS, figures, strict=True)]


def state_of(headroom: Headroom) -> Any:
    """All that a headroom knows, but for balances that nothing changed."""
    entries = {
        key: (e.free, e.taken, e.handed, e.backordered, e.kept)
        for key, e in headroom._entries.items()
        if e.free != e.seen or e.taken or e.handed or e.backordered
    }
    owed = {sku: units for sku, units in headroom._owed.items() if units}
    return entries, owed, [[list(left) for left in lefts] for lefts in headroom._supplies.values()]


def do(headroom: Headroom, op: Op) -> int:
    """Do one; returns the units that were taken."""
    if op.what == "take":
        return headroom.take(op.sku, op.pool, op.quantity, op.buffer)
    if op.what == "owe":
        headroom.owe(op.sku, op.pool, op.quantity, None if op.buffer else 8)
    elif op.what == "hand_over":
        headroom.hand_over(op.sku, op.pool, op.quantity)
    elif op.what == "preorder":
        headroom.preorder(op.sku, [op.pool], op.quantity)
    return 0


@given(balances, st.lists(ops, max_size=30))
def test_undo_restores_what_was_before(figures: list[tuple[int, int]], steps: list[Op]) -> None:
    headroom = Headroom(rows_of(figures), SUPPLIES)
    marks = [(headroom.mark(), state_of(headroom))]
    for step in steps:
        if step.what == "mark":
            marks.append((headroom.mark(), state_of(headroom)))
        elif step.what == "undo":
            mark, before = marks[-1] if len(marks) == 1 else marks.pop()
            headroom.undo_to(mark)
            assert state_of(headroom) == before
        else:
            do(headroom, step)
    while marks:
        mark, before = marks.pop()
        headroom.undo_to(mark)
        assert state_of(headroom) == before


@given(balances, balances, st.lists(ops, max_size=20))
def test_what_holds_never_breaks_g3(
    figures: list[tuple[int, int]], figures_now: list[tuple[int, int]], steps: list[Op]
) -> None:
    """Decide on `figures`, check against `figures_now`: when it holds, each take in turn leaves its buffer there."""
    headroom = Headroom(rows_of(figures), SUPPLIES)
    done: list[tuple[Op, int]] = []
    mark, kept = headroom.mark(), 0
    for step in steps:
        if step.what == "mark":
            mark, kept = headroom.mark(), len(done)
        elif step.what == "undo":
            headroom.undo_to(mark)
            del done[kept:]
        else:
            done.append((step, do(headroom, step)))
    now = rows_of(figures_now)
    if not headroom.holds(locked(*now)):
        return
    free = {(r.sku_id, r.pool_id): r.available_to_promise - r.backordered for r in now}
    for step, got in done:
        key = (step.sku, step.pool)
        if step.what == "take" and got:
            assert free[key] - got >= step.buffer
            free[key] -= got
        elif step.what == "hand_over":
            free[key] -= step.quantity


@given(balances, st.lists(ops, max_size=20))
def test_a_decision_holds_on_the_figures_it_was_made_on(figures: list[tuple[int, int]], steps: list[Op]) -> None:
    headroom = Headroom(rows_of(figures), SUPPLIES)
    for step in steps:
        if step.what not in ("mark", "undo"):
            do(headroom, step)
    if not any(delta.backordered for delta in headroom.changes()):
        assert headroom.holds(locked(*rows_of(figures)))

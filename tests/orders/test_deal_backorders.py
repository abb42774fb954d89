"""Who gets what came in: in turn, no more than waits by now, and never the buffer of a channel."""

from __future__ import annotations

from orderwright.orders import BackorderRow, Filled, QueuedRow, deal_backorders
from orderwright.platform.ids import UUID, new_ids

FIRST, SECOND, SKU, NEAR, FAR = new_ids(5)


def queued(order_id: UUID, pool_id: UUID = NEAR, buffer: int = 0) -> QueuedRow:
    return QueuedRow(order_id, 1, 1, SKU, pool_id, buffer)


def waiting(**units: int) -> dict[tuple[UUID, int, int], BackorderRow]:
    ids = {"first": FIRST, "second": SECOND}
    return {(ids[who], 1, 1): BackorderRow(ids[who], 1, 1, NEAR, SKU, None, 0, n) for who, n in units.items()}


def dealt(filled: list[Filled]) -> list[tuple[UUID, int, UUID]]:
    return [(f.taken.order_id, f.taken.quantity, f.from_pool_id) for f in filled]


def test_first_come_first_served() -> None:
    left = {(SKU, NEAR): 5}
    filled = deal_backorders([queued(FIRST), queued(SECOND)], waiting(first=3, second=3), left)
    assert dealt(filled) == [(FIRST, 3, NEAR), (SECOND, 2, NEAR)]
    assert left == {(SKU, NEAR): 5}


def test_a_line_is_served_from_one_pool_after_the_other() -> None:
    queue = [queued(FIRST), queued(FIRST, FAR), queued(SECOND, FAR)]
    filled = deal_backorders(queue, waiting(first=3, second=3), {(SKU, NEAR): 2, (SKU, FAR): 3})
    assert dealt(filled) == [(FIRST, 2, NEAR), (FIRST, 1, FAR), (SECOND, 2, FAR)]


def test_who_keeps_no_buffer_may_take_what_one_before_leaves() -> None:
    filled = deal_backorders([queued(FIRST, buffer=4), queued(SECOND)], waiting(first=3, second=3), {(SKU, NEAR): 5})
    assert dealt(filled) == [(FIRST, 1, NEAR), (SECOND, 3, NEAR)]


def test_who_waits_no_more_gets_nothing() -> None:
    assert dealt(deal_backorders([queued(FIRST), queued(SECOND)], waiting(second=1), {(SKU, NEAR): 5})) == [
        (SECOND, 1, NEAR)
    ]
    assert deal_backorders([queued(FIRST)], waiting(first=1), {}) == []
    assert deal_backorders([queued(FIRST)], waiting(first=1), {(SKU, NEAR): -2}) == []

"""What another worker took first: decisions go whole, in order, while the stock lasts."""

from __future__ import annotations

from orderwright.inventory import StockRow
from orderwright.platform.ids import UUID, new_ids
from orderwright.sourcing import Assignment, Decision, drop_what_is_gone

SKU, OTHER, POOL, HERE = new_ids(4)


def a_decision(*wanted: int, sku: UUID = SKU) -> Decision:
    [order_id] = new_ids(1)
    assignments = [Assignment(n, 1, sku, POOL, HERE, units) for n, units in enumerate(wanted, 1)]
    return Decision(order_id, "sourced", assignments, [], {})


def stock(available: int, pool_id: UUID = POOL) -> dict[tuple[UUID, UUID], StockRow]:
    return {(SKU, HERE): StockRow(SKU, HERE, available, 0, 0, 0, 0, 0, 0, 0, pool_id)}


def test_what_is_gone_is_dropped_order_by_order() -> None:
    wants = [a_decision(3), a_decision(3), a_decision(2)]
    going, overtaken = drop_what_is_gone(wants, stock(5))
    assert going == [wants[0], wants[2]]
    assert overtaken == {wants[1].order_id}


def test_lines_of_one_order_for_the_same_stock_count_together() -> None:
    wants = [a_decision(3, 3)]
    assert drop_what_is_gone(wants, stock(6)) == (wants, set())
    assert drop_what_is_gone(wants, stock(5)) == ([], {wants[0].order_id})


def test_stock_that_is_in_another_pool_by_now_is_not_of_the_promise() -> None:
    want = a_decision(1)
    assert drop_what_is_gone([want], stock(5, OTHER)) == ([], {want.order_id})


def test_stock_without_a_row_is_none() -> None:
    want = a_decision(1, sku=OTHER)
    assert drop_what_is_gone([want], stock(5)) == ([], {want.order_id})

"""Lines that name their location: from there or from nowhere, and joined with what the rest became."""

from __future__ import annotations

from orderwright.orders import NeedRow
from orderwright.platform.ids import UUID, new_ids
from orderwright.sourcing import Assignment, Decision, Need, Wanted, decide_orders, place_named
from tests.builders.facts import some_location

ORDER, LATER, SKU, POOL = new_ids(4)
SHOP = some_location(POOL)
DEPOT = some_location(POOL)


def a_need(line_n: int, quantity: int, at: UUID | None = SHOP.id, order_id: UUID = ORDER) -> NeedRow:
    return NeedRow(order_id, line_n, 1, POOL, SKU, quantity, at, "pickup" if at else "ship", None, None)


def test_a_named_location_brings_what_it_has_and_nobody_else_the_rest() -> None:
    stock = {(SKU, SHOP.id): 3, (SKU, DEPOT.id): 9}
    decision = place_named(ORDER, [a_need(1, 2), a_need(2, 2)], stock, {SHOP.id})
    assert decision.assignments == [
        Assignment(1, 1, SKU, POOL, SHOP.id, 2),
        Assignment(2, 1, SKU, POOL, SHOP.id, 1),
    ]
    assert decision.unsourced == [Need(2, 1, SKU, POOL, 1)]
    assert decision.explanation == {"named_location": 3}
    assert stock == {(SKU, SHOP.id): 0, (SKU, DEPOT.id): 9}


def test_a_location_that_is_not_open_to_the_order_brings_nothing() -> None:
    decision = place_named(ORDER, [a_need(1, 2)], {(SKU, SHOP.id): 3}, {DEPOT.id})
    assert (decision.assignments, decision.unsourced) == ([], [Need(1, 1, SKU, POOL, 2)])


def wanted(*rows: NeedRow, excluded: dict[UUID, set[UUID]] | None = None) -> Wanted:
    needs: dict[UUID, list[NeedRow]] = {}
    for row in rows:
        needs.setdefault(row.order_id, []).append(row)
    return Wanted(needs, {SHOP.id: SHOP, DEPOT.id: DEPOT}, excluded or {}, {})


def outcomes(decisions: list[Decision]) -> list[tuple[str, dict[int, UUID]]]:
    return [(d.outcome, {a.line_n: a.location_id for a in d.assignments}) for d in decisions]


def test_named_lines_go_first_and_the_others_get_what_is_left() -> None:
    rows = [a_need(1, 2, at=None), a_need(1, 2, order_id=LATER)]
    decisions = decide_orders(wanted(*rows), {(SKU, SHOP.id): 2, (SKU, DEPOT.id): 2}, {})
    assert outcomes(decisions) == [("sourced", {1: DEPOT.id}), ("sourced", {1: SHOP.id})]


def test_an_order_of_which_a_part_is_brought_is_partly_sourced() -> None:
    [decision] = decide_orders(wanted(a_need(1, 1), a_need(2, 1, at=None)), {(SKU, DEPOT.id): 1}, {})
    assert outcomes([decision]) == [("partly_sourced", {2: DEPOT.id})]
    assert decision.unsourced == [Need(1, 1, SKU, POOL, 1)]


def test_an_excluded_location_is_not_asked_also_where_it_is_named() -> None:
    rows = [a_need(1, 1), a_need(2, 1, at=None)]
    [decision] = decide_orders(wanted(*rows, excluded={ORDER: {SHOP.id}}), {(SKU, SHOP.id): 9}, {})
    assert outcomes([decision]) == [("unsourced", {})]


def test_what_a_location_has_due_takes_from_its_capacity() -> None:
    limited = some_location(POOL, daily_capacity=2)
    asked = Wanted({ORDER: [a_need(1, 1, at=None)]}, {limited.id: limited}, {}, {})
    stock = {(SKU, limited.id): 9}
    assert outcomes(decide_orders(asked, stock, {limited.id: 1})) == [("sourced", {1: limited.id})]
    assert outcomes(decide_orders(asked, stock, {limited.id: 2})) == [("unsourced", {})]

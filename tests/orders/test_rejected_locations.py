"""Orders are held when a location will not bring what their lines name it for."""

from __future__ import annotations

from orderwright.orders import HoldDraft, NeedRow, holds_of_rejected
from orderwright.platform.ids import UUID, encode_id, new_ids

ORDER, OTHER, SHOP, DEPOT, SKU, POOL = new_ids(6)


def a_need(order_id: UUID, line_n: int, at: UUID | None) -> NeedRow:
    return NeedRow(order_id, line_n, 1, POOL, SKU, 1, at, "pickup", None, None)


def test_one_hold_for_all_lines_that_name_the_location() -> None:
    needs = [a_need(ORDER, 2, SHOP), a_need(ORDER, 1, SHOP), a_need(ORDER, 1, SHOP), a_need(ORDER, 3, None)]
    detail = {"lines": [1, 2], "location": encode_id("loc", SHOP), "reason": "closed"}
    assert holds_of_rejected(needs, {(ORDER, SHOP): "closed"}) == [
        (ORDER, HoldDraft("location_rejected", ("source",), detail))
    ]


def test_lines_that_anybody_may_bring_and_other_locations_hold_nothing() -> None:
    needs = [a_need(ORDER, 1, None), a_need(ORDER, 2, DEPOT), a_need(OTHER, 1, SHOP)]
    assert holds_of_rejected(needs, {(ORDER, SHOP): "closed"}) == []

"""Stock promised in order of arrival: every policy, with all, some or none of the stock, across pools, kits and twins.

Laws G3 and G4, exactly; the faults that users of other systems reported are named in the tests that would catch them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.catalog import SkuFacts
from orderwright.inventory import AvailabilityRow, Headroom, SupplyRow
from orderwright.orders import Draft, Placement, Refusal, place_drafts, understand
from orderwright.orders.contract import Amount, Line, ReportedPayment
from orderwright.orders.drafts import Catalogue, HoldDraft
from orderwright.orders.placement import BackorderDraft, HandedDraft, PromiseDraft
from orderwright.orders.states import OrderStatus, Quantities
from orderwright.platform.ids import UUID, new_ids
from tests.builders.facts import some_balance, some_catalogue, some_channel, some_kit, some_location, some_sku
from tests.builders.orders import a_line, an_order
from tests.helpers.contexts import a_context

P, Q = new_ids(2)
THING = some_sku(code="THING")
OTHER = some_sku(code="OTHER")
LIMITED = some_sku(code="LIMITED", backorder_limit=5)
SONG = some_sku(code="SONG", kind="digital")
KIT = some_kit((THING, 2), (OTHER, 1), code="KIT")
STORE = some_location(P, code="STORE", kind="store")
CORNER = some_location(P, code="CORNER", kind="store")
SKUS = (THING, OTHER, LIMITED, SONG, KIT)
Lines = list[Line | tuple[str, int]]


def catalogue(*pools: UUID, **channel: Any) -> Catalogue:
    made = some_channel(*(pools or (P,)), **{"code": "web"} | channel)
    return some_catalogue(made, *SKUS, locations=(STORE, CORNER))


def draft(known: Catalogue, lines: Lines, *, paid: bool = False) -> Draft:
    order = an_order("web", lines)
    if paid:
        payment = ReportedPayment(method="card", state="captured", amount=Amount(order.total.amount, "USD"))
        order = msgspec.structs.replace(order, payments=[payment])
    result = understand(a_context(), order, known)
    assert isinstance(result, Draft), result
    return result


def place(
    known: Catalogue,
    lines: Lines,
    *balances: AvailabilityRow,
    supplies: tuple[SupplyRow, ...] = (),
    shelves: dict[tuple[UUID, UUID], int] | None = None,
    paid: bool = False,
) -> Placement | Refusal:
    [result] = place_drafts([draft(known, lines, paid=paid)], Headroom(balances, supplies), shelves or {})
    assert result is not None
    return result


def placed(*args: Any, **fields: Any) -> Placement:
    result = place(*args, **fields)
    assert isinstance(result, Placement), result
    return result


def quantities(placement: Placement) -> list[Quantities]:
    return [c.quantities for c in placement.components]


def promises(placement: Placement) -> list[tuple[int, int, UUID, int]]:
    return [(p.line_n, p.component_n, p.pool_id, p.quantity) for p in placement.promises]


# ---- one line of 5 units: every policy with every stock ----

REFUSED = Refusal("out_of_stock", {"line": 1, "sku": "THING"})


@pytest.mark.parametrize("atp", [5, 6])
@pytest.mark.parametrize("policy", ["reject", "drop", "backorder", "preorder"])
@pytest.mark.parametrize("paid", [False, True])
def test_what_is_there_is_promised_whatever_the_policy(policy: str, atp: int, paid: bool) -> None:
    result = placed(catalogue(short_line_policy=policy), [("THING", 5)], some_balance(THING, P, atp), paid=paid)
    assert result.promises == [PromiseDraft(1, 1, P, THING.id, 5)]
    assert quantities(result) == [Quantities(5, promised=5)]
    assert (result.backorders, result.holds, result.dropped_lines, result.status) == ([], [], [], OrderStatus.PLACED)


@pytest.mark.parametrize("atp", [4, 1, 0, -3])
@pytest.mark.parametrize("policy", ["reject", "drop", "preorder"])
def test_a_short_order_is_refused_where_nothing_may_wait(policy: str, atp: int) -> None:
    headroom = Headroom([some_balance(THING, P, atp)])
    [result] = place_drafts([draft(catalogue(short_line_policy=policy), [("THING", 5)])], headroom, {})
    assert result == REFUSED
    assert headroom.changes() == []


@pytest.mark.parametrize("atp", [4, 1, 0, -3])
@pytest.mark.parametrize("policy", ["reject", "drop", "preorder"])
def test_a_short_order_that_is_paid_is_held_and_takes_nothing(policy: str, atp: int) -> None:
    headroom = Headroom([some_balance(THING, P, atp)])
    [result] = place_drafts([draft(catalogue(short_line_policy=policy), [("THING", 5)], paid=True)], headroom, {})
    assert isinstance(result, Placement)
    assert quantities(result) == [Quantities(5, pending=5)]
    assert result.holds == [HoldDraft("out_of_stock", ("source",), {"lines": [1]})]
    assert (result.dropped_lines, result.status, headroom.changes()) == ([], OrderStatus.PLACED, [])


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize(("atp", "promised"), [(4, 4), (1, 1), (0, 0), (-3, 0)])
def test_a_backorder_takes_what_there_is_and_waits_for_the_rest(atp: int, promised: int, paid: bool) -> None:
    result = placed(catalogue(), [("THING", 5)], some_balance(THING, P, atp), paid=paid)
    short = 5 - promised
    assert quantities(result) == [Quantities(5, promised=promised, backordered=short)]
    assert result.backorders == [BackorderDraft(1, 1, P, THING.id, None, short)]
    assert promises(result) == ([(1, 1, P, promised)] if promised else [])
    assert result.status == (OrderStatus.PLACED if promised else OrderStatus.BACKORDERED)
    assert (result.holds, result.promised_on) == ([], None)


def test_a_sku_that_was_never_received_is_backordered() -> None:
    assert quantities(placed(catalogue(), [("THING", 5)])) == [Quantities(5, backordered=5)]


@pytest.mark.parametrize("policy", ["reject", "drop", "backorder", "preorder"])
def test_the_buffer_is_left(policy: str) -> None:
    known = catalogue(short_line_policy=policy, buffer=3)
    result = place(known, [("THING", 5)], some_balance(THING, P, 7))
    if policy == "backorder":
        assert isinstance(result, Placement)
        assert quantities(result) == [Quantities(5, promised=4, backordered=1)]
    else:
        assert result == REFUSED
    assert quantities(placed(known, [("THING", 5)], some_balance(THING, P, 8))) == [Quantities(5, promised=5)]


def test_what_others_wait_for_is_not_promised() -> None:
    """ATP 10, of which 7 are spoken for: only the backorder pump takes those (law G3)."""
    result = placed(catalogue(), [("THING", 5)], some_balance(THING, P, 10, backordered=7))
    assert quantities(result) == [Quantities(5, promised=3, backordered=2)]


# ---- drop ----


def test_a_short_line_is_dropped_and_the_rest_placed() -> None:
    known = catalogue(short_line_policy="drop")
    headroom = Headroom([some_balance(THING, P, 4), some_balance(OTHER, P, 1)])
    [result] = place_drafts([draft(known, [("THING", 5), ("OTHER", 1)])], headroom, {})
    assert isinstance(result, Placement)
    by_line = {c.component.line_n: c.quantities for c in result.components}
    assert by_line == {1: Quantities(5, cancelled=5), 2: Quantities(1, promised=1)}
    assert (result.dropped_lines, result.status, result.holds) == ([1], OrderStatus.PLACED, [])
    assert [(c.sku_id, c.promised) for c in headroom.changes()] == [(OTHER.id, 1)]


def test_a_dropped_line_leaves_its_stock_to_the_next_line() -> None:
    result = placed(catalogue(short_line_policy="drop"), [("THING", 5), ("THING", 4)], some_balance(THING, P, 4))
    assert (promises(result), result.dropped_lines) == ([(2, 1, P, 4)], [1])


def test_a_paid_order_of_which_nothing_would_be_left_is_held_whole() -> None:
    known = catalogue(short_line_policy="drop")
    result = placed(known, [("THING", 5), ("OTHER", 1)], paid=True)
    assert quantities(result) == [Quantities(5, pending=5), Quantities(1, pending=1)]
    assert result.holds == [HoldDraft("out_of_stock", ("source",), {"lines": [1, 2]})]
    assert (result.dropped_lines, result.status) == ([], OrderStatus.PLACED)


def test_an_order_with_a_download_outlives_its_dropped_lines() -> None:
    result = placed(catalogue(short_line_policy="drop"), [("THING", 5), ("SONG", 1)])
    assert (result.dropped_lines, result.status) == ([1], OrderStatus.DELIVERED)


# ---- several pools ----


def test_pools_are_asked_in_the_channel_s_order() -> None:
    known = catalogue(Q, P)
    result = placed(known, [("THING", 5)], some_balance(THING, P, 9), some_balance(THING, Q, 3))
    assert promises(result) == [(1, 1, Q, 3), (1, 1, P, 2)]


def test_the_sum_over_pools_is_never_promised_from_one() -> None:
    """Fault: the sum over locations is checked, the first location is reserved."""
    known = catalogue(P, Q, short_line_policy="reject")
    result = placed(known, [("THING", 2), ("THING", 2)], some_balance(THING, P, 3), some_balance(THING, Q, 1))
    assert promises(result) == [(1, 1, P, 2), (2, 1, P, 1), (2, 1, Q, 1)]


def test_the_buffer_is_left_in_each_pool() -> None:
    known = catalogue(P, Q, buffer=2)
    result = placed(known, [("THING", 9)], some_balance(THING, P, 5), some_balance(THING, Q, 4))
    assert promises(result) == [(1, 1, P, 3), (1, 1, Q, 2)]
    assert result.backorders == [BackorderDraft(1, 1, P, THING.id, None, 4)]


def test_pools_that_the_channel_does_not_sell_from_are_not_asked() -> None:
    assert promises(placed(catalogue(P), [("THING", 1)], some_balance(THING, Q, 9))) == []


# ---- kits and twins ----


def test_lines_that_share_a_component_are_not_checked_one_by_one() -> None:
    """Fault: lines of one order that share a component (kits, the same SKU twice) pass together, checked alone."""
    known = catalogue(short_line_policy="reject")
    stock = (some_balance(THING, P, 5), some_balance(OTHER, P, 9))
    assert place(known, [("KIT", 2), ("THING", 2)], *stock) == Refusal("out_of_stock", {"line": 2, "sku": "THING"})
    assert place(known, [("THING", 3), ("THING", 3)], *stock) == Refusal("out_of_stock", {"line": 2, "sku": "THING"})
    result = placed(known, [("KIT", 2), ("THING", 1)], *stock)
    assert promises(result) == [(1, 1, P, 4), (1, 2, P, 2), (2, 1, P, 1)]


def test_a_short_kit_takes_no_component() -> None:
    known = catalogue(short_line_policy="drop")
    headroom = Headroom([some_balance(THING, P, 9), some_balance(OTHER, P, 0)])
    [result] = place_drafts([draft(known, [("KIT", 1), ("THING", 1)])], headroom, {})
    assert isinstance(result, Placement)
    assert promises(result) == [(2, 1, P, 1)]
    assert [(c.component.line_n, c.component.n, c.quantities) for c in result.components] == [
        (2, 1, Quantities(1, promised=1)),
        (1, 1, Quantities(2, cancelled=2)),
        (1, 2, Quantities(1, cancelled=1)),
    ]


def test_a_backordered_kit_waits_for_what_is_short_alone() -> None:
    result = placed(catalogue(), [("KIT", 2)], some_balance(THING, P, 9), some_balance(OTHER, P, 1))
    assert quantities(result) == [Quantities(4, promised=4), Quantities(2, promised=1, backordered=1)]
    assert result.backorders == [BackorderDraft(1, 2, P, OTHER.id, None, 1)]


# ---- limits ----


def test_a_backorder_limit_counts_what_is_owed_already() -> None:
    stock = (some_balance(LIMITED, P, 1, backordered=0), some_balance(LIMITED, Q, 0, backordered=2))
    assert quantities(placed(catalogue(), [("LIMITED", 4)], *stock)) == [Quantities(4, promised=1, backordered=3)]
    assert place(catalogue(), [("LIMITED", 5)], *stock) == Refusal("backorder_limit", {"line": 1, "sku": "LIMITED"})


def test_a_backorder_limit_counts_the_lines_before() -> None:
    lines: Lines = [("LIMITED", 3), ("LIMITED", 3)]
    assert place(catalogue(), lines) == Refusal("backorder_limit", {"line": 2, "sku": "LIMITED"})
    held = placed(catalogue(), lines, paid=True)
    assert quantities(held) == [Quantities(3, backordered=3), Quantities(3, pending=3)]
    assert held.holds == [HoldDraft("out_of_stock", ("source",), {"lines": [2]})]


def test_a_refused_order_gives_its_share_of_the_limit_back() -> None:
    known = catalogue()
    drafts = [draft(known, [("LIMITED", 6)]), draft(known, [("LIMITED", 5)]), draft(known, [("LIMITED", 1)])]
    refused, taken, late = place_drafts(drafts, Headroom([]), {})
    assert (refused, late) == (Refusal("backorder_limit", {"line": 1, "sku": "LIMITED"}),) * 2
    assert isinstance(taken, Placement)


# ---- preorders ----


def supply(due_on: str, quantity: int, preordered: int = 0, sku: SkuFacts = THING) -> SupplyRow:
    return SupplyRow(new_ids(1)[0], sku.id, P, date.fromisoformat(due_on), quantity, preordered)


def test_a_preorder_promises_the_date_of_the_supply_behind_it() -> None:
    known = catalogue(short_line_policy="preorder")
    first, second = supply("2026-03-01", 3), supply("2026-04-01", 9, 1)
    result = placed(known, [("THING", 5)], some_balance(THING, P, 1), supplies=(first, second))
    assert quantities(result) == [Quantities(5, promised=1, backordered=4)]
    assert result.backorders == [BackorderDraft(1, 1, P, THING.id, second.id, 4)]
    assert result.promised_on == date(2026, 4, 1)


def test_an_order_is_promised_for_the_latest_of_its_preorders() -> None:
    known = catalogue(short_line_policy="preorder")
    supplies = (supply("2026-04-01", 9), supply("2026-03-01", 9, sku=OTHER))
    assert placed(known, [("THING", 1), ("OTHER", 1)], supplies=supplies).promised_on == date(2026, 4, 1)


def test_a_supply_is_promised_once() -> None:
    known = catalogue(short_line_policy="preorder")
    drafts = [draft(known, [("THING", 6)]), draft(known, [("THING", 5)]), draft(known, [("THING", 4)])]
    first, second, third = place_drafts(drafts, Headroom([], [supply("2026-04-01", 10)]), {})
    assert (isinstance(first, Placement), second, isinstance(third, Placement)) == (True, REFUSED, True)


# ---- lines that name their location ----


def at(location: str, quantity: int = 5, sku: str = "THING") -> Line:
    return a_line(sku, quantity, delivery="pickup", location=location)


def test_a_pick_up_is_promised_only_what_lies_there() -> None:
    result = placed(catalogue(), [at("STORE", 5)], some_balance(THING, P, 9), shelves={(THING.id, STORE.id): 2})
    assert promises(result) == [(1, 1, P, 2)]
    assert result.backorders == [BackorderDraft(1, 1, P, THING.id, None, 3)]


def test_two_pick_ups_share_one_shelf() -> None:
    known = catalogue(short_line_policy="reject")
    shelves = {(THING.id, STORE.id): 3, (THING.id, CORNER.id): 3}
    drafts = [draft(known, [at(name, n)]) for name, n in [("STORE", 4), ("STORE", 2), ("STORE", 2), ("CORNER", 2)]]
    results = place_drafts(drafts, Headroom([some_balance(THING, P, 9)]), shelves)
    assert [isinstance(result, Placement) for result in results] == [False, True, False, True]


def test_a_pick_up_takes_no_more_than_the_pool_can_promise() -> None:
    result = placed(catalogue(), [at("STORE")], some_balance(THING, P, 1), shelves={(THING.id, STORE.id): 5})
    assert promises(result) == [(1, 1, P, 1)]


# ---- facts: what left a till ----


def test_what_left_a_till_is_no_promise_and_lowers_what_the_next_order_may_have() -> None:
    headroom = Headroom([some_balance(THING, P, 3)])
    till = draft(catalogue(kind="pos"), [at("STORE", 5)])
    web = draft(catalogue(), [("THING", 1)])
    handed, next_ = place_drafts([till, web], headroom, {(THING.id, STORE.id): 1})
    assert isinstance(handed, Placement)
    assert isinstance(next_, Placement)
    assert handed.handed == [HandedDraft(1, 1, THING.id, STORE, 5)]
    assert (handed.promises, handed.backorders, handed.holds) == ([], [], [])
    assert quantities(handed) == [Quantities(5, pending=5)]
    assert quantities(next_) == [Quantities(1, backordered=1)]
    assert [tuple(c) for c in headroom.changes()] == [(THING.id, P, -5, 0, 0, 1)]


def test_the_other_lines_of_an_order_from_a_till_are_held_when_short() -> None:
    result = placed(catalogue(kind="pos", short_line_policy="reject"), [at("STORE", 1), ("OTHER", 1)])
    assert [hold.type for hold in result.holds] == ["out_of_stock"]
    assert len(result.handed) == 1


# ---- any batch ----

sold = st.sampled_from(["THING", "OTHER", "LIMITED", "KIT", "SONG", "NOPE"])
baskets = st.lists(
    st.tuples(sold, st.integers(1, 4), st.sampled_from([None, "STORE", "CORNER"])), min_size=1, max_size=4
)


@given(
    orders=st.lists(st.tuples(baskets, st.booleans()), min_size=1, max_size=6),
    policy=st.sampled_from(["reject", "drop", "backorder", "preorder"]),
    kind=st.sampled_from(["storefront", "marketplace", "pos"]),
    figures=st.lists(st.tuples(st.integers(-2, 12), st.integers(0, 4)), min_size=6, max_size=6),
    buffer=st.integers(0, 3),
    coming=st.integers(0, 6),
    shelf=st.integers(0, 6),
)
def test_no_batch_breaks_a_law(
    orders: list[tuple[list[tuple[str, int, str | None]], bool]],
    policy: str,
    kind: str,
    figures: list[tuple[int, int]],
    buffer: int,
    coming: int,
    shelf: int,
) -> None:
    known = catalogue(P, Q, short_line_policy=policy, kind=kind, buffer=buffer)
    stocked = [(sku, pool) for sku in (THING, OTHER, LIMITED) for pool in (P, Q)]
    rows = [some_balance(sku, pool, atp, owed) for (sku, pool), (atp, owed) in zip(stocked, figures, strict=True)]
    drafts = []
    for basket, paid in orders:
        lines: Lines = [
            at(place, n, sku) if place is not None and sku != "SONG" else (sku, n) for sku, n, place in basket
        ]
        drafts.append(draft(known, lines, paid=paid))
    shelves = {(sku.id, STORE.id): shelf for sku in (THING, OTHER, LIMITED)}

    headroom = Headroom(rows, [supply("2026-04-01", coming)])
    results = place_drafts(drafts, headroom, shelves)

    never = [d.never_refused for d in drafts]
    assert not any(isinstance(r, Refusal) for r, kept in zip(results, never, strict=True) if kept)
    placements = [r for r in results if isinstance(r, Placement)]
    free = {(r.sku_id, r.pool_id): r.available_to_promise - r.backordered for r in rows}
    owed: dict[UUID, int] = {}
    for row in rows:
        owed[row.sku_id] = owed.get(row.sku_id, 0) + row.backordered
    for placement in placements:
        for c in placement.components:  # G4
            assert c.quantities.ordered == sum(c.quantities[1:10])
        wanted = {(c.component.line_n, c.component.n): c.quantities for c in placement.components}
        for key, q in wanted.items():
            assert q.promised == sum(p.quantity for p in placement.promises if (p.line_n, p.component_n) == key)
            assert q.backordered == sum(b.quantity for b in placement.backorders if (b.line_n, b.component_n) == key)
        for handed in placement.handed:
            free[handed.sku_id, handed.location.pool_id] -= handed.quantity
        held = {
            line for h in placement.holds if h.type in ("out_of_stock", "unknown_sku") for line in h.detail["lines"]
        }
        till = {h.line_n for h in placement.handed}
        assert {line_n for (line_n, _), q in wanted.items() if q.pending} == held | till
    takes = sum(p.quantity for placement in placements for p in placement.promises)
    assert takes == sum(change.promised for change in headroom.changes())
    if kind != "pos" and policy != "backorder":  # G3, over the whole batch: without facts the order does not matter
        for placement in placements:
            for p in placement.promises:
                free[p.sku_id, p.pool_id] -= p.quantity
                assert free[p.sku_id, p.pool_id] >= buffer
    for placement in placements:
        for b in placement.backorders:
            owed[b.sku_id] = owed.get(b.sku_id, 0) + b.quantity
            if b.sku_id == LIMITED.id and policy == "backorder":
                assert owed[b.sku_id] <= 5
    assert sum(s.quantity for s in headroom.supply_changes()) <= coming

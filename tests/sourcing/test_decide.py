"""`decide`: complete from the nearest that can, else split least; never more than there is; every choice explained."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.platform.ids import UUID
from orderwright.sourcing.decide import decide
from orderwright.sourcing.distance import great_circle_km
from orderwright.sourcing.explain import CANDIDATES_MAX
from orderwright.sourcing.problem import Assignment, Decision, Location, Need, OrderToSource, Policy


def an_id(n: int) -> UUID:
    return UUID(n.to_bytes(16, "big"))


POOL, OTHER_POOL, A, B, C, D = (an_id(n) for n in range(6))


def a_location(code: str, east: float | None = 0.0, **changes: object) -> Location:
    """A warehouse on the equator, `east` degrees from the orders' destination (one degree is 111.2 km)."""
    latitude = None if east is None else 0.0
    usual = Location(UUID(code.encode().rjust(16)), code, POOL, "warehouse", "US", latitude, east)
    return usual._replace(**changes)


def an_order(*wanted: tuple[UUID, int], n: int = 1, **changes: object) -> OrderToSource:
    needs = tuple(Need(line, 1, sku, POOL, quantity) for line, (sku, quantity) in enumerate(wanted, 1))
    return OrderToSource(an_id(n), needs, 0.0, 0.0, "US")._replace(**changes)


def stock_of(*rows: tuple[UUID, Location, int]) -> dict[tuple[UUID, UUID], int]:
    return {(sku, location.id): units for sku, location, units in rows}


def brought(decision: Decision) -> dict[tuple[int, UUID], int]:
    """Units by (line, location)."""
    return {(a.line_n, a.location_id): a.quantity for a in decision.assignments}


NEAR, MID, FAR = a_location("NEAR", 1), a_location("MID", 5), a_location("FAR", 9)


# ---- complete ----


def test_the_nearest_of_those_that_have_all_ships_complete() -> None:
    stock = stock_of((A, NEAR, 1), (A, MID, 2), (B, MID, 1), (A, FAR, 2), (B, FAR, 1))
    [decision] = decide([an_order((A, 2), (B, 1))], stock, [FAR, MID, NEAR])
    assert decision == Decision(
        an_id(1),
        "sourced",
        [Assignment(1, 1, A, POOL, MID.id, 2), Assignment(2, 1, B, POOL, MID.id, 1)],
        [],
        {
            "rule": "complete",
            "units": 3,
            "sourced": 3,
            "asked": 3,
            "candidates": [
                {"location": "MID", "distance_km": 556.0, "covers": 3, "chosen": True, "units": 3},
                {"location": "NEAR", "distance_km": 111.2, "covers": 1, "reason": "covers_less"},
                {"location": "FAR", "distance_km": 1000.8, "covers": 3, "reason": "farther"},
            ],
            "rejected": {"covers_less": 1, "farther": 1},
        },
    )


def test_needs_of_one_sku_on_several_lines_are_counted_together() -> None:
    # medusajs/medusa#16502: lines that share a component are checked one by one and pass together
    stock = stock_of((A, NEAR, 2), (A, MID, 4))
    [decision] = decide([an_order((A, 2), (A, 2))], stock, [NEAR, MID])
    assert brought(decision) == {(1, MID.id): 2, (2, MID.id): 2}


def test_the_location_that_is_chosen_is_the_one_that_is_taken_from() -> None:
    # medusajs/medusa#14987, saleor/saleor#9970: the sum over locations is checked, the first location is reserved
    stock = stock_of((A, NEAR, 1), (A, MID, 1))
    [decision] = decide([an_order((A, 2))], stock, [NEAR, MID])
    assert brought(decision) == {(1, NEAR.id): 1, (1, MID.id): 1}


def test_orders_of_one_batch_do_not_take_the_same_units() -> None:
    stock = stock_of((A, NEAR, 3), (A, FAR, 2))
    first, second, third = decide([an_order((A, 2), n=n) for n in (1, 2, 3)], stock, [NEAR, FAR])
    assert brought(first) == {(1, NEAR.id): 2}
    assert brought(second) == {(1, FAR.id): 2}
    assert (third.outcome, brought(third)) == ("partly_sourced", {(1, NEAR.id): 1})
    assert third.unsourced == [Need(1, 1, A, POOL, 1)]
    assert stock == stock_of((A, NEAR, 3), (A, FAR, 2))


# ---- split ----


def test_two_locations_rather_than_three_though_they_are_farther() -> None:
    near1, near2 = a_location("N1", 0.1), a_location("N2", 0.2)
    stock = stock_of((A, near1, 1), (B, near2, 1), (C, NEAR, 1), (A, MID, 1), (B, MID, 1), (C, FAR, 1), (A, FAR, 1))
    [decision] = decide([an_order((A, 1), (B, 1), (C, 1))], stock, [near1, near2, NEAR, MID, FAR])
    assert brought(decision) == {(1, MID.id): 1, (2, MID.id): 1, (3, NEAR.id): 1}
    assert decision.explanation["rule"] == "split"


def test_of_several_pairs_the_one_with_the_shorter_way_is_taken() -> None:
    stock = stock_of((A, NEAR, 1), (B, FAR, 1), (A, MID, 1), (B, MID, 0), (B, a_location("OUT", 20), 1))
    [decision] = decide([an_order((A, 1), (B, 1))], stock, [NEAR, MID, FAR, a_location("OUT", 20)])
    assert brought(decision) == {(1, NEAR.id): 1, (2, FAR.id): 1}


def test_a_triple_is_found_where_picking_the_fullest_first_would_take_four() -> None:
    places = [a_location(f"P{n}", n + 1) for n in range(4)]
    skus = [an_id(20 + n) for n in range(9)]
    has = {0: [0, 1, 3, 4], 1: [0, 1, 2], 2: [3, 4, 5], 3: [6, 7, 8]}
    stock = {(skus[s], places[p].id): 1 for p, held in has.items() for s in held}
    [decision] = decide([an_order(*((sku, 1) for sku in skus))], stock, places)
    assert {a.location_id for a in decision.assignments} == {place.id for place in places[1:]}


def test_a_line_is_split_only_when_no_location_has_it() -> None:
    stock = stock_of((A, NEAR, 5), (A, MID, 3), (B, MID, 1))
    [decision] = decide([an_order((A, 8), (B, 1))], stock, [NEAR, MID])
    assert brought(decision) == {(1, NEAR.id): 5, (1, MID.id): 3, (2, MID.id): 1}


def test_where_one_of_a_pair_has_the_whole_line_the_other_does_not_get_part_of_it() -> None:
    stock = stock_of((A, NEAR, 1), (C, NEAR, 1), (A, MID, 4), (B, MID, 2))
    [decision] = decide([an_order((A, 4), (B, 2), (C, 1))], stock, [NEAR, MID])
    assert brought(decision) == {(1, MID.id): 4, (2, MID.id): 2, (3, NEAR.id): 1}


def test_many_locations_with_one_unit_each_are_all_used() -> None:
    places = [a_location(f"L{n:02}", n) for n in range(30)]
    stock = {(A, place.id): 1 for place in places}
    [decision] = decide([an_order((A, 25))], stock, places)
    assert decision.outcome == "sourced"
    assert [a.location_id for a in decision.assignments] == [place.id for place in places[:25]]
    assert len(decision.explanation["candidates"]) == CANDIDATES_MAX
    assert decision.explanation["rejected"] == {"farther": 5}


# ---- partly, not at all ----


def test_what_is_nowhere_stays_unsourced_and_the_rest_ships_from_few() -> None:
    stock = stock_of((A, NEAR, 1), (A, MID, 2), (C, FAR, 0))
    [decision] = decide([an_order((A, 3), (B, 1), (C, 2))], stock, [NEAR, MID, FAR])
    assert decision.outcome == "partly_sourced"
    assert brought(decision) == {(1, NEAR.id): 1, (1, MID.id): 2}
    assert decision.unsourced == [Need(2, 1, B, POOL, 1), Need(3, 1, C, POOL, 2)]
    assert decision.explanation["rule"] == "partial"
    assert (decision.explanation["units"], decision.explanation["sourced"]) == (6, 3)


def test_an_order_that_nothing_can_meet_is_unsourced() -> None:
    [decision] = decide([an_order((A, 1))], {}, [NEAR])
    assert (decision.outcome, decision.assignments) == ("unsourced", [])
    assert decision.unsourced == [Need(1, 1, A, POOL, 1)]
    assert decision.explanation == {
        "rule": "none",
        "units": 1,
        "sourced": 0,
        "asked": 1,
        "candidates": [{"location": "NEAR", "distance_km": 111.2, "covers": 0, "reason": "covers_less"}],
        "rejected": {"covers_less": 1},
    }


def test_no_orders_no_locations_no_needs() -> None:
    assert decide([], {}, []) == []
    assert decide([an_order((A, 1))], {}, [])[0].outcome == "unsourced"
    assert decide([an_order()], {}, [NEAR])[0].outcome == "sourced"


# ---- who may not be asked ----


@pytest.mark.parametrize(
    ("near", "excluded", "reason"),
    [
        (NEAR, frozenset({NEAR.id}), "excluded"),
        (NEAR._replace(active=False), frozenset(), "inactive"),
        (NEAR._replace(capacity_left=0), frozenset(), "no_capacity"),
        (NEAR._replace(active=False, capacity_left=0), frozenset({NEAR.id}), "excluded"),
    ],
)
def test_a_location_that_may_not_be_asked_is_passed_over(
    near: Location, excluded: frozenset[UUID], reason: str
) -> None:
    stock = stock_of((A, near, 9), (A, FAR, 9))
    [decision] = decide([an_order((A, 1), excluded=excluded)], stock, [near, FAR])
    assert brought(decision) == {(1, FAR.id): 1}
    assert decision.explanation["candidates"][1] == {
        "location": "NEAR", "distance_km": 111.2, "covers": 1, "reason": reason,
    }  # fmt: skip
    assert decision.explanation["rejected"] == {reason: 1}


def test_capacity_is_used_up_by_one_fulfillment_an_order() -> None:
    near = NEAR._replace(capacity_left=2)
    stock = stock_of((A, near, 9), (B, near, 9), (A, FAR, 9), (B, FAR, 9))
    decisions = decide([an_order((A, 1), (B, 1), n=n) for n in range(3)], stock, [near, FAR])
    assert [d.assignments[0].location_id for d in decisions] == [near.id, near.id, FAR.id]
    assert decisions[2].explanation["rejected"] == {"no_capacity": 1}


def test_a_need_is_met_only_from_the_pool_that_promised_it() -> None:
    other = a_location("OTHER", 0.1, pool_id=OTHER_POOL)
    stock = stock_of((A, other, 9), (A, NEAR, 1))
    [decision] = decide([an_order((A, 2))], stock, [other, NEAR])
    assert brought(decision) == {(1, NEAR.id): 1}
    assert decision.explanation["asked"] == 1


def test_a_component_that_two_pools_promised_comes_from_both() -> None:
    other = a_location("OTHER", 0.1, pool_id=OTHER_POOL)
    order = an_order()._replace(needs=(Need(1, 1, A, POOL, 2), Need(1, 1, A, OTHER_POOL, 1)))
    [decision] = decide([order], stock_of((A, other, 9), (A, NEAR, 9)), [other, NEAR])
    assert decision.outcome == "sourced"
    assert decision.assignments == [
        Assignment(1, 1, A, POOL, NEAR.id, 2),
        Assignment(1, 1, A, OTHER_POOL, other.id, 1),
    ]


def test_an_order_may_be_limited_to_so_many_locations() -> None:
    stock = stock_of((A, NEAR, 1), (A, MID, 3), (A, FAR, 2))
    assert brought(decide([an_order((A, 6))], stock, [NEAR, MID, FAR])[0]) == {
        (1, MID.id): 3, (1, FAR.id): 2, (1, NEAR.id): 1,
    }  # fmt: skip
    [two] = decide([an_order((A, 6))], stock, [NEAR, MID, FAR], Policy(locations_max=2))
    assert (brought(two), two.unsourced) == ({(1, MID.id): 3, (1, FAR.id): 2}, [Need(1, 1, A, POOL, 1)])
    [one] = decide([an_order((A, 6))], stock, [NEAR, MID, FAR], Policy(locations_max=1))
    assert (brought(one), one.unsourced) == ({(1, MID.id): 3}, [Need(1, 1, A, POOL, 3)])


# ---- nearness ----


def test_without_a_place_the_own_country_comes_first_then_warehouses_then_the_code() -> None:
    abroad = a_location("A-ABROAD", 1, country="CA")
    shop, later, first = a_location("A-SHOP", 1, kind="store"), a_location("W2", 1), a_location("W1", 1)
    places = [abroad, shop, later, first]
    stock = {(A, place.id): 1 for place in places}
    nowhere = [an_order((A, 1), n=n, latitude=None, longitude=None) for n in range(4)]
    taken = [d.assignments[0].location_id for d in decide(nowhere, stock, places)]
    assert taken == [first.id, later.id, shop.id, abroad.id]
    assert decide(nowhere, stock, places)[0].explanation["candidates"][0]["distance_km"] is None


def test_a_location_without_a_place_comes_after_those_that_have_one() -> None:
    unplaced = a_location("AAA", None)
    [decision] = decide([an_order((A, 1))], stock_of((A, unplaced, 1), (A, FAR, 1)), [unplaced, FAR])
    assert brought(decision) == {(1, FAR.id): 1}


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0, 0), (0, 0), 0.0),
        ((0, 0), (0, 180), 20015.1),
        ((90, 0), (-90, 77), 20015.1),
        ((0, 0), (0, 1), 111.2),
        ((0, 179.5), (0, -179.5), 111.2),  # over the date line
        ((40.7128, -74.0060), (34.0522, -118.2437), 3935.8),  # New York, Los Angeles
        ((51.5074, -0.1278), (48.8566, 2.3522), 343.6),  # London, Paris
    ],
)
def test_great_circle_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert round(great_circle_km(*one, *other), 1) == km
    assert great_circle_km(*one, *other) == great_circle_km(*other, *one)


# ---- laws, for any network ----


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[OrderToSource], dict[tuple[UUID, UUID], int], list[Location]]:
    degrees = st.none() | st.integers(-80, 80).map(float)
    skus = [A, B, C, D]
    locations = [
        Location(
            an_id(n),
            f"L{n}",
            draw(st.sampled_from([POOL, POOL, OTHER_POOL])),
            draw(st.sampled_from(["warehouse", "store", "3pl", "supplier"])),
            draw(st.sampled_from(["US", "CA"])),
            draw(degrees),
            draw(degrees),
            draw(st.sampled_from([None, None, 0, 1, 2])),
            draw(st.sampled_from([True, True, True, False])),
        )
        for n in range(draw(st.integers(0, 7)))
    ]
    stock = {(sku, location.id): draw(st.integers(0, 4)) for sku in skus for location in locations}
    need = st.builds(
        Need,
        st.integers(1, 3),
        st.just(1),
        st.sampled_from(skus),
        st.sampled_from([POOL, OTHER_POOL]),
        st.integers(1, 4),
    )
    ids = [location.id for location in locations]
    orders = [
        OrderToSource(
            an_id(100 + n),
            tuple(draw(st.lists(need, min_size=1, max_size=4, unique_by=lambda x: (x.line_n, x.pool_id)))),
            draw(degrees),
            draw(degrees),
            draw(st.sampled_from([None, "US"])),
            draw(st.frozensets(st.sampled_from(ids), max_size=2)) if ids else frozenset(),
        )
        for n in range(draw(st.integers(1, 4)))
    ]
    return orders, stock, locations


@settings(deadline=None)
@given(problems())
def test_nothing_is_taken_that_is_not_there_or_not_wanted_or_not_allowed(problem) -> None:
    orders, stock, locations = problem
    before = dict(stock)
    by_id = {location.id: location for location in locations}
    decisions = decide(orders, stock, locations)
    assert [d.order_id for d in decisions] == [o.order_id for o in orders]
    taken: Counter[tuple[UUID, UUID]] = Counter()
    fulfillments: Counter[UUID] = Counter()
    for order, decision in zip(orders, decisions, strict=True):
        given_to: Counter[tuple[int, int, UUID, UUID]] = Counter()
        for a in decision.assignments:
            assert a.quantity > 0
            taken[a.sku_id, a.location_id] += a.quantity
            given_to[a.line_n, a.component_n, a.sku_id, a.pool_id] += a.quantity
            assert by_id[a.location_id].pool_id == a.pool_id
            assert by_id[a.location_id].active
            assert a.location_id not in order.excluded
        left = Counter({n[:4]: n.quantity for n in decision.unsourced})
        assert given_to + left == Counter({n[:4]: n.quantity for n in order.needs})
        fulfillments.update({a.location_id for a in decision.assignments})
        expected = "sourced" if not decision.unsourced else "partly_sourced" if decision.assignments else "unsourced"
        assert decision.outcome == expected
    assert all(units <= stock[key] for key, units in taken.items())
    assert all(by_id[i].capacity_left is None or n <= by_id[i].capacity_left for i, n in fulfillments.items())
    assert stock == before


@settings(deadline=None)
@given(problems())
def test_an_order_comes_from_as_few_locations_as_any_choice_could(problem) -> None:
    orders, stock, locations = problem
    order = orders[0]
    usable = [x for x in locations if x.active and x.capacity_left != 0 and x.id not in order.excluded]
    wanted: Counter[tuple[UUID, UUID]] = Counter()
    for need in order.needs:
        wanted[need.pool_id, need.sku_id] += need.quantity

    def covered(chosen: tuple[Location, ...]) -> int:
        return sum(
            min(units, sum(stock[sku, x.id] for x in chosen if x.pool_id == pool))
            for (pool, sku), units in wanted.items()
        )

    [decision] = decide([order], stock, locations)
    used = {a.location_id for a in decision.assignments}
    most = covered(tuple(usable))
    assert sum(a.quantity for a in decision.assignments) == most
    fewest = next(n for n in range(len(usable) + 1) if any(covered(c) == most for c in combinations(usable, n)))
    assert len(used) == fewest if fewest <= 3 else len(used) <= fewest + 1
    if fewest == 1 and order.latitude is not None and order.longitude is not None:
        distances = {
            x.id: great_circle_km(order.latitude, order.longitude, x.latitude, x.longitude)
            for x in usable
            if covered((x,)) == most and x.latitude is not None and x.longitude is not None
        }
        assert not distances or distances[next(iter(used))] == min(distances.values())


@settings(deadline=None)
@given(problems())
def test_the_same_input_gives_the_same_answer_in_whatever_order_it_is_listed(problem) -> None:
    orders, stock, locations = problem
    shuffled = dict(reversed(stock.items()))
    assert decide(orders, shuffled, locations[::-1]) == decide(orders, stock, locations)


@settings(deadline=None)
@given(problems())
def test_the_explanation_is_json_bounded_and_counts_every_location_asked(problem) -> None:
    orders, stock, locations = problem
    for decision in decide(orders, stock, locations):
        told = decision.explanation
        assert json.loads(json.dumps(told)) == told
        chosen = [c for c in told["candidates"] if c.get("chosen")]
        assert len(told["candidates"]) <= CANDIDATES_MAX
        assert len(chosen) + sum(told["rejected"].values()) == told["asked"]
        assert all(c["units"] > 0 for c in chosen)
        assert sum(c["units"] for c in chosen) == told["sourced"] == sum(a.quantity for a in decision.assignments)
        assert {c["reason"] for c in told["candidates"] if not c.get("chosen")} == set(told["rejected"])

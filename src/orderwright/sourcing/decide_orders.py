"""Decide where whole orders come from: lines that name their location go there, `decide` places the rest. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.inventory import Pair
from orderwright.orders import NeedRow
from orderwright.platform.ids import UUID
from orderwright.sourcing.decide import decide
from orderwright.sourcing.named_locations import join, place_named
from orderwright.sourcing.problem import Decision, Location, Need, OrderToSource


class Wanted(NamedTuple):
    """What a batch of orders needs, and the locations that may bring it."""

    needs: Mapping[UUID, Sequence[NeedRow]]
    locations: Mapping[UUID, LocationFacts]
    excluded: Mapping[UUID, set[UUID]]
    points: Mapping[UUID, PointRow]


def decide_orders(wanted: Wanted, stock: Mapping[Pair, int], load: Mapping[UUID, int]) -> list[Decision]:
    """One decision an order. `stock`: units available by (SKU, location); `load`: fulfillments that limited locations
    have due when new work of theirs would be."""
    left = dict(stock)
    named = [place_named(order_id, rows, left, _open_to(order_id, wanted)) for order_id, rows in wanted.needs.items()]
    problem = []
    for order_id, rows in wanted.needs.items():
        point = wanted.points.get(order_id)
        needs = tuple(
            Need(r.line_n, r.component_n, r.sku_id, r.pool_id, r.quantity) for r in rows if r.location_id is None
        )
        if needs:
            excluded = frozenset(wanted.excluded.get(order_id, ()))
            at = (point.latitude, point.longitude, point.country) if point else (None, None, None)
            problem.append(OrderToSource(order_id, needs, *at, excluded))
    places = [_location(location, load) for location in wanted.locations.values()]
    solved = {decision.order_id: decision for decision in decide(problem, left, places)}
    return [join(one, solved.get(one.order_id)) for one in named]


def _open_to(order_id: UUID, wanted: Wanted) -> set[UUID]:
    """The locations that an order may still be offered to."""
    return {i for i, location in wanted.locations.items() if location.active} - wanted.excluded.get(order_id, set())


def _location(facts: LocationFacts, load: Mapping[UUID, int]) -> Location:
    left = None if facts.daily_capacity is None else max(0, facts.daily_capacity - load.get(facts.id, 0))
    return Location(
        facts.id, facts.code, facts.pool_id, facts.kind, facts.country, facts.latitude, facts.longitude, left,
        facts.active,
    )  # fmt: skip

"""Decide where orders ship from: complete from the nearest location that can, else split least. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.sourcing.cover import FAR_KM, Candidate, choose
from orderwright.sourcing.distance import great_circle_km
from orderwright.sourcing.explain import Asked, explain
from orderwright.sourcing.problem import Assignment, Decision, Location, Need, OrderToSource, Outcome, Policy

_KIND_RANK = {"warehouse": 0, "3pl": 1, "store": 2, "supplier": 3}
_EMPTY: dict[UUID, int] = {}
_Thing = tuple[UUID, UUID]  # (pool, SKU): a need is met from locations of its own pool only


class _Network(NamedTuple):
    """The working copy of one call: what is left as orders take from it."""

    by_pool: dict[UUID, list[Location]]
    stock: dict[_Thing, dict[UUID, int]]  # units left by location
    capacity: dict[UUID, int]  # fulfillments left, of the locations that have a limit
    places: list[tuple[UUID, float, float]]  # of the locations whose coordinates are known
    distances: dict[tuple[float, float], dict[UUID, float]]  # km by destination and location


def decide(
    orders: Sequence[OrderToSource],
    stock: Mapping[tuple[UUID, UUID], int],
    locations: Sequence[Location],
    policy: Policy = Policy(),  # noqa: B008 (immutable)
) -> list[Decision]:
    """One decision an order, in the order given: an earlier one takes its stock and capacity before a later one.

    `stock` is units available by (SKU id, location id); it is read, not changed. Same input, same output.
    """
    network = _network(stock, locations)
    return [_decide_one(order, network, policy) for order in orders]


def _network(stock: Mapping[tuple[UUID, UUID], int], locations: Sequence[Location]) -> _Network:
    network = _Network({}, {}, {}, [], {})
    pools: dict[UUID, UUID] = {}
    for location in sorted(locations, key=lambda known: (_KIND_RANK.get(known.kind, 9), known.code)):
        pools[location.id] = location.pool_id
        network.by_pool.setdefault(location.pool_id, []).append(location)
        if location.capacity_left is not None:
            network.capacity[location.id] = location.capacity_left
        if location.latitude is not None and location.longitude is not None:
            network.places.append((location.id, location.latitude, location.longitude))
    for (sku_id, location_id), units in stock.items():
        pool_id = pools.get(location_id)
        if pool_id is not None and units > 0:
            network.stock.setdefault((pool_id, sku_id), {})[location_id] = units
    return network


def _decide_one(order: OrderToSource, network: _Network, policy: Policy) -> Decision:
    wanted: dict[_Thing, int] = {}
    for need in order.needs:
        thing = (need.pool_id, need.sku_id)
        wanted[thing] = wanted.get(thing, 0) + need.quantity
    asked = _ask(order, wanted, network)
    candidates = [a.candidate for a in asked if a.refused is None and a.candidate.units]
    chosen = choose(candidates, list(wanted.values()), policy.locations_max) if candidates else []
    assignments, unsourced = _assign(order.needs, list(wanted), chosen, network)
    for candidate in chosen:
        if candidate.location.id in network.capacity:
            network.capacity[candidate.location.id] -= 1
    outcome: Outcome = "sourced" if not unsourced else "partly_sourced" if assignments else "unsourced"
    return Decision(
        order.order_id, outcome, assignments, unsourced, explain(sum(wanted.values()), asked, chosen, assignments)
    )


def _ask(order: OrderToSource, wanted: Mapping[_Thing, int], network: _Network) -> list[Asked]:
    """Every location of the pools that promised, nearest first, with what it has and why it may not be taken.

    Where a distance is unknown: after all known ones, the order's own country first, warehouses before stores.
    """
    ranked: list[tuple[float, bool, int, Asked]] = []
    distances = _distances(order, network)
    for pool_id in dict.fromkeys([pool_id for pool_id, _ in wanted]):
        shelves = [
            (network.stock.get((pool_id, sku_id), _EMPTY) if pool == pool_id else _EMPTY, units)
            for (pool, sku_id), units in wanted.items()
        ]
        for location in network.by_pool.get(pool_id, ()):
            location_id = location.id
            have = tuple([min(shelf[location_id], units) if location_id in shelf else 0 for shelf, units in shelves])
            km = distances.get(location_id)
            asked = Asked(Candidate(location, km, have, sum(have)), _refusal(order, location, network))
            ranked.append((FAR_KM if km is None else km, location.country != order.country, len(ranked), asked))
    ranked.sort()
    return [asked for _, _, _, asked in ranked]


def _refusal(order: OrderToSource, location: Location, network: _Network) -> str | None:
    if location.id in order.excluded:
        return "excluded"
    if not location.active:
        return "inactive"
    if location.capacity_left is not None and network.capacity[location.id] <= 0:
        return "no_capacity"
    return None


def _distances(order: OrderToSource, network: _Network) -> Mapping[UUID, float]:
    """km from the order's destination to every location whose place is known; none when the order's is not."""
    if order.latitude is None or order.longitude is None:
        return {}
    to = (order.latitude, order.longitude)
    known = network.distances.get(to)
    if known is None:
        known = network.distances[to] = {
            location_id: great_circle_km(*to, latitude, longitude)
            for location_id, latitude, longitude in network.places
        }
    return known


def _assign(
    needs: Sequence[Need], things: Sequence[_Thing], chosen: Sequence[Candidate], network: _Network
) -> tuple[list[Assignment], list[Need]]:
    """Give each need its units from the chosen locations, in their order, and take them from the stock left."""
    column = {thing: i for i, thing in enumerate(things)}
    have = [list(candidate.have) for candidate in chosen]
    assignments, unsourced = [], []
    for need in needs:
        thing, left = (need.pool_id, need.sku_id), need.quantity
        for candidate, units in zip(chosen, have, strict=True):
            taken = min(left, units[column[thing]])
            if taken:
                units[column[thing]] -= taken
                left -= taken
                network.stock[thing][candidate.location.id] -= taken
                assignments.append(Assignment(*need[:4], candidate.location.id, taken))
        if left:
            unsourced.append(need._replace(quantity=left))
    return assignments, unsourced

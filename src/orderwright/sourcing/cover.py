"""Which locations together cover what is wanted: as few as possible, then as near as possible."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import inf
from typing import NamedTuple

from orderwright.sourcing.problem import Location

# Tried exactly up to so many candidates (1,770 pairs, 1,140 triples, about a millisecond); beyond that greedily.
EXACT_CANDIDATES_MAX = {2: 60, 3: 20}
FAR_KM = 20_038.0  # an unknown distance counts as half the way round


class Candidate(NamedTuple):
    """A location that may be asked, with the units it has of each thing wanted, never more than are wanted."""

    location: Location
    distance_km: float | None
    have: tuple[int, ...]
    units: int


def choose(candidates: Sequence[Candidate], wanted: Sequence[int], locations_max: int | None = None) -> list[Candidate]:
    """The candidates to take, the one that brings most first. `candidates` come nearest first; each has something.

    One that has all; else the pair, else the triple, with the shortest sum of distances; else greedily the one that
    covers most of the rest, without those that become superfluous. What all together lack is not asked for.
    """
    total = sum(wanted)
    for candidate in candidates:
        if candidate.units == total:
            return [candidate]
    target = [min(units, sum(column)) for units, column in zip(wanted, _columns(candidates), strict=True)]
    total = sum(target)
    for size in range(1, min(3, len(candidates), locations_max or 3) + 1):
        chosen = _nearest_set(candidates, target, total, size)
        if chosen:
            return _most_first(chosen)
    picked = _greedy(candidates, target, locations_max or len(candidates))
    # Short of the target, the order of picking is kept: in it each brings something that those before it do not.
    return _most_first(_without_superfluous(picked, target)) if _covers(picked, target) else picked


def _columns(candidates: Sequence[Candidate]) -> list[tuple[int, ...]]:
    return list(zip(*(candidate.have for candidate in candidates), strict=True))


def _nearest_set(
    candidates: Sequence[Candidate], target: Sequence[int], total: int, size: int
) -> tuple[Candidate, ...] | None:
    """The set of this size that covers the target with the shortest sum of distances; the earlier one on a tie."""
    if len(candidates) > EXACT_CANDIDATES_MAX.get(size, inf):
        return None
    if sum(sorted([candidate.units for candidate in candidates], reverse=True)[:size]) < total:
        return None
    best, best_km = None, inf
    for chosen in combinations(candidates, size):
        if sum([candidate.units for candidate in chosen]) >= total:
            km = sum([FAR_KM if c.distance_km is None else c.distance_km for c in chosen])
            if km < best_km and _covers(chosen, target):
                best, best_km = chosen, km
    return best


def _covers(chosen: Sequence[Candidate], target: Sequence[int]) -> bool:
    return all(sum([c.have[i] for c in chosen]) >= units for i, units in enumerate(target))


def _greedy(candidates: Sequence[Candidate], target: Sequence[int], locations_max: int) -> list[Candidate]:
    """Again and again the candidate that covers most of what is left, the nearest on a tie."""
    chosen: list[Candidate] = []
    left, rest = list(target), list(candidates)
    while rest and sum(left) and len(chosen) < locations_max:
        gains = [sum(map(min, candidate.have, left)) for candidate in rest]
        most = max(gains)
        if most == 0:
            break
        candidate = rest.pop(gains.index(most))
        chosen.append(candidate)
        left = [max(0, units - have) for units, have in zip(left, candidate.have, strict=True)]
    return chosen


def _without_superfluous(chosen: list[Candidate], target: Sequence[int]) -> list[Candidate]:
    """Drop, the latest pick first, what the others cover without it."""
    kept = list(chosen)
    for candidate in reversed(chosen):
        others = [other for other in kept if other is not candidate]
        if _covers(others, target):
            kept = others
    return kept


def _most_first(chosen: Sequence[Candidate]) -> list[Candidate]:
    return sorted(chosen, key=lambda candidate: -candidate.units)

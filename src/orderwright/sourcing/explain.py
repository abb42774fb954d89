"""Why an order ships from where it does: the locations that were asked, as JSON, with the reason against each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from orderwright.sourcing.cover import Candidate
from orderwright.sourcing.problem import Assignment

CANDIDATES_MAX = 10


class Asked(NamedTuple):
    """A location that was asked. `refused`: why it may not be taken at all (excluded, inactive, no_capacity)."""

    candidate: Candidate
    refused: str | None


def explain(
    units: int, asked: Sequence[Asked], chosen: Sequence[Candidate], assignments: Sequence[Assignment]
) -> dict[str, Any]:
    """The explanation that is stored with a decision.

    `rule`: complete (one location has all), split (several have all), partial, none. `candidates`: the chosen
    locations, then the nearest others, ten in all; `units` it brings or the `reason` against it. `rejected`: how
    many of all that were asked, by reason. `covers` counts units that it has of those wanted.
    """
    brings: Counter[Any] = Counter()
    for assignment in assignments:
        brings[assignment.location_id] += assignment.quantity
    sourced = sum(brings.values())
    chosen_ids = {candidate.location.id for candidate in chosen}
    farthest = max((n for n, a in enumerate(asked) if a.candidate.location.id in chosen_ids), default=-1)
    least = min((candidate.units for candidate in chosen), default=0)
    others: list[dict[str, Any]] = []
    rejected: Counter[str] = Counter()
    for n, (candidate, refused) in enumerate(asked):
        if candidate.location.id in chosen_ids:
            continue
        farther = bool(chosen) and n > farthest and candidate.units >= least
        reason = refused or ("farther" if farther else "covers_less")
        rejected[reason] += 1
        if len(others) < CANDIDATES_MAX:
            others.append({**_entry(candidate), "reason": reason})
    listed = [{**_entry(c), "chosen": True, "units": brings[c.location.id]} for c in chosen[:CANDIDATES_MAX]]
    rule = "none" if not sourced else "partial" if sourced < units else "complete" if len(chosen) == 1 else "split"
    return {
        "rule": rule,
        "units": units,
        "sourced": sourced,
        "asked": len(asked),
        "candidates": [*listed, *others][:CANDIDATES_MAX],
        "rejected": dict(sorted(rejected.items())),
    }


def _entry(candidate: Candidate) -> dict[str, Any]:
    km = candidate.distance_km
    return {
        "location": candidate.location.code,
        "distance_km": None if km is None else round(km, 1),
        "covers": candidate.units,
    }

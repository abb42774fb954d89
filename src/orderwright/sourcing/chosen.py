"""A location that somebody chose for units, in place of sourcing: the decision, with its explanation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.platform.ids import UUID
from orderwright.sourcing.distance import great_circle_km
from orderwright.sourcing.problem import Assignment, Decision

CHOSEN = "chosen"
MOVED_AWAY = "moved_away"


class Chosen(NamedTuple):
    """Units that `to` brings because somebody said so. `left`: units that were to come from other locations; `waits`:
    whether others of the order wait for a location still; `reason`: the code of
    why."""

    order_id: UUID
    assignments: list[Assignment]
    to: LocationFacts
    available: int
    left: Mapping[UUID, int]
    waits: bool
    reason: str | None = None


def decide_chosen(chosen: Chosen, locations: Mapping[UUID, LocationFacts], point: PointRow | None) -> Decision:
    """The decision that a choice is. Its explanation has the rule `chosen`: the location with its distance and units,
    then those that the units leave (`moved_away`)."""
    units = sum(a.quantity for a in chosen.assignments)
    candidates = [_entry(chosen.to, point, chosen.available) | {"chosen": True, "units": units}]
    candidates += [
        _entry(locations[i], point, count) | {"reason": MOVED_AWAY}
        for i, count in sorted(chosen.left.items())
        if i in locations
    ]
    explanation: dict[str, Any] = {
        "rule": CHOSEN, "units": units, "sourced": units, "asked": 1, "candidates": candidates,
        "rejected": {MOVED_AWAY: len(chosen.left)} if chosen.left else {},
    }  # fmt: skip
    if chosen.reason is not None:
        explanation["why"] = chosen.reason
    outcome = "partly_sourced" if chosen.waits else "sourced"
    return Decision(chosen.order_id, outcome, chosen.assignments, [], explanation)  # type: ignore[arg-type]


def distance_km(location: LocationFacts, point: PointRow | None) -> float | None:
    """How far a location is from where an order goes; None where one of the two is not known."""
    if point is None or None in (point.latitude, point.longitude, location.latitude, location.longitude):
        return None
    places: Sequence[Any] = (point.latitude, point.longitude, location.latitude, location.longitude)
    return round(great_circle_km(*places), 1)


def _entry(location: LocationFacts, point: PointRow | None, covers: int) -> dict[str, Any]:
    return {"location": location.code, "distance_km": distance_km(location, point), "covers": covers}

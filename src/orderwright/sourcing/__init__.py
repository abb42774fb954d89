"""Sourcing: choosing the locations that promised lines ship from."""

from orderwright.sourcing.decide import decide
from orderwright.sourcing.distance import great_circle_km
from orderwright.sourcing.problem import Assignment, Decision, Location, Need, OrderToSource, Policy
from orderwright.sourcing.record import exclude_locations, lift_exclusions, read_exclusions, record_decisions

__all__ = [
    "Assignment",
    "Decision",
    "Location",
    "Need",
    "OrderToSource",
    "Policy",
    "decide",
    "exclude_locations",
    "great_circle_km",
    "lift_exclusions",
    "read_exclusions",
    "record_decisions",
]

"""Sourcing: choosing the locations that promised lines ship from."""

from orderwright.sourcing.answers import why_not_sourced
from orderwright.sourcing.chosen import Chosen, decide_chosen, distance_km
from orderwright.sourcing.decide import decide
from orderwright.sourcing.decide_orders import Wanted, decide_orders
from orderwright.sourcing.distance import great_circle_km
from orderwright.sourcing.named_locations import place_named
from orderwright.sourcing.overtaken import drop_what_is_gone
from orderwright.sourcing.problem import Assignment, Decision, Location, Need, OrderToSource, Policy
from orderwright.sourcing.record import exclude_locations, lift_exclusions, read_exclusions, record_decisions

__all__ = [
    "Assignment",
    "Chosen",
    "Decision",
    "Location",
    "Need",
    "OrderToSource",
    "Policy",
    "Wanted",
    "decide",
    "decide_chosen",
    "decide_orders",
    "distance_km",
    "drop_what_is_gone",
    "exclude_locations",
    "great_circle_km",
    "lift_exclusions",
    "place_named",
    "read_exclusions",
    "record_decisions",
    "why_not_sourced",
]

"""What a picker's report says of each allocation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.fulfillment.commands import PickFulfillment
from orderwright.fulfillment.errors import refuse
from orderwright.fulfillment.queries import AllocationRow
from orderwright.platform.outcomes import Outcome


class Picked(NamedTuple):
    """Units of an allocation that were found, and those that were not."""

    allocation: AllocationRow
    found: int
    missing: int


def decide_pick(command: PickFulfillment, allocations: Sequence[AllocationRow]) -> list[Picked] | Outcome:
    """What was found and what is missing of each allocation, or why the report cannot be. Precedence:
    `short_too_large`, `unknown_line`."""
    missing: dict[tuple[int, int], int] = {}
    for short in command.short:
        key = (short.line, short.component)
        missing[key] = missing.get(key, 0) + short.missing
    plan: list[Picked] = []
    for allocation in allocations:
        lacks = missing.pop((allocation.line_n, allocation.component_n), 0)
        if lacks > allocation.unpicked:
            return refuse("short_too_large", line=allocation.line_n, wanted=allocation.unpicked)
        if allocation.unpicked:
            plan.append(Picked(allocation, allocation.unpicked - lacks, lacks))
    if missing:
        line, component = min(missing)
        return refuse("unknown_line", line=line, component=component)
    return plan

"""The SQL of sourcing, by type."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ExclusionRow(NamedTuple):
    """A location that is not asked again for an order."""

    order_id: UUID
    location_id: UUID


class DecidedRow(NamedTuple):
    """An order whose decision is new."""

    order_id: UUID


INSERT_EXCLUSIONS = statement(__package__, "insert_exclusions")
LIFT_EXCLUSIONS = statement(__package__, "lift_exclusions")
READ_EXCLUSIONS = query(__package__, "read_exclusions", ExclusionRow)
INSERT_DECISIONS = query(__package__, "insert_decisions", DecidedRow)

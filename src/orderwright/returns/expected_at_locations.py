"""How many returns are expected where a location closes or moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class _Expected(NamedTuple):
    location_id: UUID
    returns: int


EXPECTED_AT_LOCATIONS = query(__package__, "expected_at_locations", _Expected)


async def expected_at(tx: Transaction, location_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Returns that are asked for or on their way, by location; none where there are none. One statement."""
    return {row.location_id: row.returns for row in await EXPECTED_AT_LOCATIONS.fetch(tx, list(location_ids))}

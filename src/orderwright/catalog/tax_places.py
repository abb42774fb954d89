"""Where locations are, for the taxes of what is fetched there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.queries import query


class LocationPlace(NamedTuple):
    """Where a location is."""

    code: str
    country: str
    region: str | None
    postal_code: str | None


PLACES_OF_LOCATIONS = query(__package__, "places_of_locations", LocationPlace)


async def places_of_locations(tx: Transaction, codes: Iterable[str]) -> dict[str, LocationPlace]:
    """Where the locations with these codes are. One statement."""
    return {row.code: row for row in await PLACES_OF_LOCATIONS.fetch(tx, sorted(set(codes)))}

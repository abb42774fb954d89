"""Where contacts are, for taxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class PlaceRow(NamedTuple):
    """Where a contact is: personal data, for a calculation and nothing else (law T5)."""

    id: UUID
    country: str
    region: str | None
    postal_code: str | None


READ_PLACES = query(__package__, "read_places", PlaceRow)


async def read_places(tx: Transaction, contact_ids: Iterable[UUID]) -> dict[UUID, PlaceRow]:
    """Where contacts are; one that was erased, or has no country, is absent. One statement."""
    return {row.id: row for row in await READ_PLACES.fetch(tx, list(set(contact_ids)))}

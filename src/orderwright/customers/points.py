"""Where orders go, for sourcing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class PointRow(NamedTuple):
    """The destination of an order: degrees, and the country."""

    order_id: UUID
    latitude: float | None
    longitude: float | None
    country: str | None
    region: str | None


SHIP_TO_POINTS = query(__package__, "ship_to_points", PointRow)


async def ship_to_points(tx: Transaction, order_ids: Sequence[UUID]) -> dict[UUID, PointRow]:
    """The destination of each order that ships. One statement."""
    return {row.order_id: row for row in await SHIP_TO_POINTS.fetch(tx, list(order_ids))}

"""The work of locations that close or move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orderwright.fulfillment.queries import FulfillmentRow
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement

WORK_AT_LOCATIONS = query(__package__, "work_at_locations", FulfillmentRow)
REPOOL_ALLOCATIONS = statement(__package__, "repool_allocations")


async def work_at(tx: Transaction, location_ids: Iterable[UUID]) -> list[FulfillmentRow]:
    """Fulfillments at locations that have not left them, in id order. One statement."""
    return await WORK_AT_LOCATIONS.fetch(tx, list(location_ids))


async def repool_allocations(tx: Transaction, pools: Sequence[tuple[UUID, UUID]]) -> None:
    """Say of what pool the allocations of (fulfillment, pool) pairs are. The caller holds the orders' locks. One
    statement, or none."""
    if pools:
        await REPOOL_ALLOCATIONS.run(tx, *columns(sorted(pools), 2))

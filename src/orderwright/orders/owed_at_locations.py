"""What lines that name a location are owed, where that location closes or moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class OwedRow(NamedTuple):
    """Units of a component whose line names the location: promised, or waited for (`waits`)."""

    order_id: UUID
    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    quantity: int
    location_id: UUID
    waits: bool


OWED_AT_LOCATIONS = query(__package__, "owed_at_locations", OwedRow)
REPOOL_PROMISES = statement(__package__, "repool_promises")
REPOOL_BACKORDERS = statement(__package__, "repool_backorders")


async def owed_at(tx: Transaction, location_ids: Iterable[UUID]) -> list[OwedRow]:
    """What lines that name these locations are owed and no location holds yet. One statement."""
    return await OWED_AT_LOCATIONS.fetch(tx, list(location_ids))


async def repool_owed(tx: Transaction, owed: Sequence[OwedRow], pools: Mapping[UUID, UUID]) -> None:
    """Let what is owed come from the new pools of its locations. The caller holds the orders' locks, and moves the
    balances. Two statements at most."""
    promised = [(*row[:4], pools[row.location_id]) for row in owed if not row.waits]
    if promised:
        await REPOOL_PROMISES.run(tx, *columns(promised, 5))
    waiting = [(*row[:3], pools[row.location_id]) for row in owed if row.waits]
    if waiting:
        await REPOOL_BACKORDERS.run(tx, *columns(waiting, 4))

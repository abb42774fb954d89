"""What a key with limits sees of stock, which is of no channel and of no single location once it is promised by pool.

It sees the locations that it is limited to; one that is limited to channels, those of the pools that they sell from.
"""

from __future__ import annotations

from orderwright.api.reads import SEEN_PLACES, SeenPlace
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def seen_locations(tx: Transaction, ctx: Context) -> list[UUID] | None:
    """The locations whose stock the caller sees; None for all. One statement for who is limited to channels."""
    if ctx.channels is None:
        return None if ctx.locations is None else list(ctx.locations)
    return [place.location_id for place in await _places(tx, ctx)]


async def seen_pools(tx: Transaction, ctx: Context) -> set[str] | None:
    """The codes of the pools that the caller sees figures of; None for all. One statement for who is limited."""
    if not ctx.limited:
        return None
    return {place.pool for place in await _places(tx, ctx)}


async def _places(tx: Transaction, ctx: Context) -> list[SeenPlace]:
    return await SEEN_PLACES.fetch(
        tx,
        None if ctx.channels is None else list(ctx.channels),
        None if ctx.locations is None else list(ctx.locations),
    )

"""What a key with limits sees: of orders, those of its channels and locations (`Context.may_order`), and of stock,
which is of no channel and of no single location once it is promised by pool, the locations that it is limited to; one
that is limited to channels, those of the pools that they sell from.
"""

from __future__ import annotations

from orderwright.api.calls import Call
from orderwright.api.reads import SEEN_PLACES, VISIBLE_ORDER, SeenPlace
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID


async def visible_order(tx: Transaction, call: Call) -> UUID:
    """The order in the path of a call. Raises NotFound for one that the caller may not see. One statement."""
    order_id, ctx = call.id("order_id"), call.ctx
    channels = None if ctx.channels is None else list(ctx.channels)
    locations = None if ctx.locations is None else list(ctx.locations)
    if await VISIBLE_ORDER.first(tx, order_id, channels, locations) is None:
        raise NotFound("There is no order of this id. Check it, and what the key is limited to.")
    return order_id


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

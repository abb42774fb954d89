"""Lock the orders that a caller may touch. What it may not is for every verb as if it did not exist."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.orders.quantities import lock_orders
from orderwright.orders.queries import ORDERS_AT_LOCATIONS, LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def lock_own_orders(tx: Transaction, ctx: Context, order_ids: Iterable[UUID]) -> dict[UUID, LockedOrder]:
    """Lock orders in id order, and leave out those that the caller may not touch (`Context.may_order`).

    One statement; two for a caller that is limited to locations.
    """
    locked = await lock_orders(tx, order_ids)
    if ctx.channels is not None:
        locked = {order.id: order for order in locked.values() if ctx.may_channel(order.channel_id)}
    if ctx.locations is not None:
        found = await ORDERS_AT_LOCATIONS.fetch(tx, list(locked), list(ctx.locations))
        here = {row.id for row in found}
        locked = {order.id: order for order in locked.values() if order.id in here}
    return locked

"""Lock the orders of fulfillments, and read under those locks the fulfillments that the caller may touch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orderwright import fulfillment, orders
from orderwright.fulfillment import AllocationRow, FulfillmentRow
from orderwright.orders import LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


class LockedWork(NamedTuple):
    """Fulfillments with their allocations and locked orders."""

    orders: dict[UUID, LockedOrder]
    fulfillments: dict[UUID, FulfillmentRow]
    allocations: dict[UUID, list[AllocationRow]]


async def lock_fulfillments(tx: Transaction, ctx: Context, fulfillment_ids: Iterable[UUID]) -> LockedWork:
    """Lock the orders of fulfillments in id order, then read both. Four statements.

    Unknown ids are left out, and so is what the caller may not touch (`Context.may_work`).
    """
    ids = list(set(fulfillment_ids))
    order_ids = await fulfillment.orders_of_fulfillments(tx, ids)
    locked = await orders.lock_orders(tx, order_ids.values())
    rows = await fulfillment.read_fulfillments(tx, ids)
    if ctx.limited:
        rows = {i: row for i, row in rows.items() if ctx.may_work(locked[row.order_id].channel_id, row.location_id)}
    return LockedWork(locked, rows, await fulfillment.read_allocations(tx, ids))

"""Erase messages: what was said may name people (law T5). That something was said, when and how, stays."""

from __future__ import annotations

from collections.abc import Collection

from orderwright.messages.queries import COUNT_ERASABLE, ERASE_MESSAGES
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def erasable_messages(
    tx: Transaction, order_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> dict[UUID, int]:
    """How many messages with words orders, and customers about no order, have. One statement."""
    rows = await COUNT_ERASABLE.fetch(tx, list(order_ids), list(customer_ids))
    return {row.subject_id: row.messages for row in rows}


async def erase_messages(
    tx: Transaction, ctx: Context, order_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> None:
    """Empty all messages of orders, and of customers about no order. Nobody waits for an answer then. One statement."""
    await ERASE_MESSAGES.run(tx, list(order_ids), list(customer_ids), ctx.actor)

"""Read messages: of an order, of a customer over all orders, and those that wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.messages.queries import (
    COUNT_WAITING,
    MESSAGES_OF_CUSTOMER,
    MESSAGES_OF_ORDER,
    MESSAGES_TO_HAND_OVER,
    READ_MESSAGE,
    WAITING_MESSAGES,
    MessageRow,
    WaitingCount,
    WaitingRow,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID

WAITING_COUNTED_MAX = 1_000


class Place(NamedTuple):
    """Where a page ended: when the last message was said, and its id."""

    said_at: datetime
    id: UUID


async def messages_of_order(
    tx: Transaction, order_id: UUID, *, before: Place | None = None, media: Sequence[str] | None = None, limit: int = 50
) -> list[MessageRow]:
    """Messages of an order, the newest first. One statement."""
    return await MESSAGES_OF_ORDER.fetch(tx, order_id, None if media is None else list(media), *_key(before), limit)


async def messages_of_customer(
    tx: Transaction, ctx: Context, customer_id: UUID, order_ids: Sequence[UUID], *, before: Place | None = None,
    limit: int = 50,
) -> list[MessageRow]:  # fmt: skip
    """Messages of a customer about orders that the caller may see, and, for who may see all, about none; the newest
    first. One statement."""
    return await MESSAGES_OF_CUSTOMER.fetch(tx, customer_id, list(order_ids), not ctx.limited, *_key(before), limit)


async def messages_to_hand_over(
    tx: Transaction, ctx: Context, customer_id: UUID, order_ids: Sequence[UUID], limit: int
) -> list[MessageRow]:
    """All that was said with a customer, the oldest first: for who asks what is kept of them. One statement."""
    return await MESSAGES_TO_HAND_OVER.fetch(tx, customer_id, list(order_ids), not ctx.limited, limit)


async def read_message(tx: Transaction, ctx: Context, message_id: UUID) -> MessageRow | None:
    """A message; None where there is none that the caller may see. One statement."""
    return await READ_MESSAGE.first(tx, message_id, *_limits(ctx))


async def waiting_messages(
    tx: Transaction, ctx: Context, *, after: Place | None = None, limit: int = 50
) -> list[WaitingRow]:
    """Messages that wait for an answer, the oldest first. One statement."""
    return await WAITING_MESSAGES.fetch(tx, *_key(after), *_limits(ctx), limit)


async def count_waiting_messages(tx: Transaction, ctx: Context, late_before: datetime) -> WaitingCount:
    """How many messages wait, and how many since before a moment: up to `WAITING_COUNTED_MAX`. One statement."""
    return (await COUNT_WAITING.fetch(tx, late_before, *_limits(ctx), WAITING_COUNTED_MAX))[0]


def _key(place: Place | None) -> tuple[datetime | None, UUID | None]:
    return (None, None) if place is None else place


def _limits(ctx: Context) -> tuple[list[UUID] | None, list[UUID] | None]:
    return (
        None if ctx.channels is None else list(ctx.channels),
        None if ctx.locations is None else list(ctx.locations),
    )

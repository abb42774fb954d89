"""The inbox of providers' webhooks: each kept once, by its provider's id of the event. No body is kept (law T5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.payments.providers import Notice
from orderwright.payments.queries import IdRow
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.queries import query, statement
from orderwright.platform.retention import Pruning


class MatchedRow(NamedTuple):
    """A webhook, and a payment that it is about, if one is known."""

    id: UUID
    reference: str | None
    payment_id: UUID | None
    received_at: datetime


class LockedWebhook(NamedTuple):
    """A webhook, and since when nothing is left to do about it."""

    id: UUID
    handled_at: datetime | None


KEEP_WEBHOOK = query(__package__, "keep_webhook", IdRow)
MATCH_WEBHOOKS = query(__package__, "match_webhooks", MatchedRow)
LOCK_WEBHOOKS = query(__package__, "lock_webhooks", LockedWebhook)
MARK_HANDLED = statement(__package__, "mark_handled")
PRUNE_WEBHOOKS = query(__package__, "prune_webhooks", IdRow)
WEBHOOKS = Pruning("payment_webhooks", PRUNE_WEBHOOKS)  # 90 days after there was nothing left to do about them


async def keep_webhook(tx: Transaction, provider: str, notice: Notice) -> UUID | None:
    """Keep a webhook; returns its id, or None where it came before. One statement."""
    row = await KEEP_WEBHOOK.first(tx, new_id(), provider, notice.event_id, notice.type, notice.reference)
    return row.id if row is not None else None


async def match_webhooks(tx: Transaction, webhook_ids: Sequence[UUID]) -> list[MatchedRow]:
    """Webhooks with the payments that they are about. One statement."""
    return await MATCH_WEBHOOKS.fetch(tx, list(webhook_ids))


async def lock_webhooks(tx: Transaction, webhook_ids: Sequence[UUID]) -> dict[UUID, LockedWebhook]:
    """Lock webhooks, by id. One statement."""
    return {row.id: row for row in await LOCK_WEBHOOKS.fetch(tx, list(webhook_ids))}


async def mark_handled(tx: Transaction, webhook_ids: Sequence[UUID]) -> None:
    """Nothing is left to do about webhooks. One statement, or none."""
    if webhook_ids:
        await MARK_HANDLED.run(tx, list(webhook_ids))

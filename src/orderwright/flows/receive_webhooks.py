"""Webhooks of payment providers: kept once, then matched to the payment that they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from orderwright import payments
from orderwright.payments import Notice
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import defer_work, enqueue_work, finish_work

AGAIN = timedelta(minutes=1)  # one about a payment that is not known yet is looked at again after it, then less often
AGAIN_MAX = timedelta(hours=1)


async def receive_webhook(tx: Transaction, ctx: Context, provider: str, notice: Notice) -> bool:
    """Keep a verified webhook; returns whether it is new.

    No body is kept: what it is about is fetched from the provider. Permission: `payments.settle`. Locks: the webhook's
    key. Appends nothing; queues it for `match_webhooks`.
    """
    ctx.require("payments.settle")
    new = await payments.keep_webhook(tx, provider, notice)
    if new is not None:
        await enqueue_work(tx, "webhook", [new])
    return new is not None


async def match_webhooks(tx: Transaction, ctx: Context, webhook_ids: Sequence[UUID]) -> None:
    """Queue the payments that webhooks are about for `watch_payments`. Those of which we know none wait: the order may
    still be on its way.

    Permission: `payments.settle`. Locks: the webhooks. Appends nothing.
    """
    ctx.require("payments.settle")
    matched = await payments.match_webhooks(tx, webhook_ids)
    await enqueue_work(tx, "watch", sorted({row.payment_id for row in matched if row.payment_id is not None}))
    waiting = {row.id for row in matched if row.reference is not None and row.payment_id is None}
    done = [i for i in webhook_ids if i not in waiting]
    await payments.mark_handled(tx, done)
    ages = {row.id: max(AGAIN, min(AGAIN_MAX, ctx.now - row.received_at)) for row in matched if row.id in waiting}
    await defer_work(tx, "webhook", list(ages), {i: ctx.now + age for i, age in ages.items()})
    await finish_work(tx, "webhook", done)

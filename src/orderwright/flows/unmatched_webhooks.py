"""Webhooks of payments that nobody knows: what people do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import payments
from orderwright.payments import DismissWebhook, LockedWebhook, LookForPayment
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, leave_work


async def look_for_payments(tx: Transaction, ctx: Context, commands: Sequence[LookForPayment]) -> list[Outcome]:
    """Look for the payments now: the order may have come meanwhile.

    Permission: `payments.write`. Locks: the webhooks. Appends nothing; queues them for `match_webhooks`. Outcomes, in
    precedence: `webhook_not_found`, `already_handled`, `looked_for`. Two statements.
    """
    _require(ctx)
    found = await payments.lock_webhooks(tx, [command.webhook_id for command in commands])
    outcomes = [_refusal(found, c.webhook_id) or Outcome(code="looked_for", id=c.webhook_id) for c in commands]
    await enqueue_work(tx, "webhook", [o.id for o in outcomes if o.ok and o.id is not None])
    return outcomes


async def dismiss_webhooks(tx: Transaction, ctx: Context, commands: Sequence[DismissWebhook]) -> list[Outcome]:
    """Say that there is nothing to do about webhooks. They are kept, and no longer listed nor looked for.

    Permission: `payments.write`. Locks: the webhooks. Appends nothing; who did it and why is in the audit trail.
    Outcomes, in precedence: `webhook_not_found`, `already_handled`, `duplicate_in_batch`, `dismissed`. Five statements.
    """
    _require(ctx)
    found = await payments.lock_webhooks(tx, [command.webhook_id for command in commands])
    done: dict[UUID, DismissWebhook] = {}
    outcomes: list[Outcome] = []
    for command in commands:
        refusal = _refusal(found, command.webhook_id)
        if refusal is None and command.webhook_id in done:
            refusal = no("duplicate_in_batch", "This webhook is named twice. Its first mention counts.")
        if refusal is None:
            done[command.webhook_id] = command
        outcomes.append(refusal or Outcome(code="dismissed", id=command.webhook_id))
    if done:
        await payments.mark_handled(tx, list(done))
        await leave_work(tx, ["webhook"], done)
        changes = [
            changed("webhook", c.webhook_id, {"dismissed": None}, {"dismissed": c.reason}) for c in done.values()
        ]
        await record_changes(tx, await record_act(tx, ctx, "dismiss_webhooks"), changes)
    return outcomes


def _require(ctx: Context) -> None:
    ctx.require("payments.write")
    ctx.require_all_channels("A payment that nobody knows is of no channel yet.")
    ctx.require_all_locations("A payment that nobody knows is of no location yet.")


def _refusal(found: Mapping[UUID, LockedWebhook], webhook_id: UUID) -> Outcome | None:
    row = found.get(webhook_id)
    if row is None:
        return no("webhook_not_found", "There is no such webhook. Load the list again.")
    if row.handled_at is not None:
        return no("already_handled", "Its payment was found, or somebody dismissed it already. Nothing was changed.")
    return None

"""Webhooks of payments that nobody knows: looked for again, dismissed, pruned at last."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from orderwright.flows.receive_webhooks import match_webhooks
from orderwright.flows.unmatched_webhooks import dismiss_webhooks, look_for_payments
from orderwright.payments import WEBHOOKS, DismissWebhook, LookForPayment, Notice
from orderwright.payments.webhooks import keep_webhook
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.work import enqueue_work
from tests.builders.orders import a_payment, an_order
from tests.helpers.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def a_webhook(desk: Desk, reference: str = "bp_unknown") -> UUID:
    """One that was looked for once, in vain: it waits a minute."""
    async with desk.database.transaction("acme") as tx:
        kept = await keep_webhook(tx, "builtin", Notice(f"evt_{new_id()}", "payment.captured", reference))
        assert kept is not None
        await enqueue_work(tx, "webhook", [kept])
        await match_webhooks(tx, replace(desk.ctx, actor="system:webhook"), [kept])
    return kept


async def due(desk: Desk) -> list[tuple[UUID, timedelta]]:
    """What is looked for, and when."""
    return [tuple(row) for row in await desk.fetch("SELECT subject_id, due - now() FROM work WHERE stage = 'webhook'")]


async def test_the_payment_is_looked_for_at_once_and_found_when_its_order_came(desk: Desk) -> None:
    webhook_id = await a_webhook(desk)
    [(_, wait)] = await due(desk)
    assert wait > timedelta(seconds=30)
    shop = await desk.shop()
    payment = a_payment(1999, state="authorized", provider="builtin", reference="bp_unknown")
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[payment]))

    [outcome] = await desk.run(look_for_payments, [LookForPayment(webhook_id=webhook_id)])
    assert (outcome.code, outcome.id) == ("looked_for", webhook_id)
    [(subject, wait)] = await due(desk)
    assert (subject, wait <= timedelta(0)) == (webhook_id, True)
    async with desk.database.transaction("acme") as tx:
        await match_webhooks(tx, replace(desk.ctx, actor="system:webhook"), [webhook_id])

    assert await due(desk) == []
    again = await desk.run(look_for_payments, [LookForPayment(webhook_id=webhook_id)])
    assert [one.code for one in again] == ["already_handled"]


async def test_dismissing_ends_the_search_and_is_in_the_trail(desk: Desk) -> None:
    webhook_id, other = await a_webhook(desk), new_id()
    commands = [
        DismissWebhook(webhook_id=webhook_id, reason="of_another_shop"),
        DismissWebhook(webhook_id=other, reason="a_test"),
        DismissWebhook(webhook_id=webhook_id, reason="a_test"),
    ]
    assert [one.code for one in await desk.run(dismiss_webhooks, commands)] == [
        "dismissed", "webhook_not_found", "duplicate_in_batch",
    ]  # fmt: skip
    assert await due(desk) == []
    trail = await desk.fetch(
        "SELECT a.verb, c.subject_kind, c.subject_id, c.after::text FROM change AS c JOIN act AS a ON a.id = c.act_id"
    )
    assert [tuple(row) for row in trail] == [
        ("dismiss_webhooks", "webhook", webhook_id, '{"dismissed": "of_another_shop"}')
    ]
    assert [one.code for one in await desk.run(dismiss_webhooks, commands[:1])] == ["already_handled"]


async def test_two_who_dismiss_the_same_are_told_apart(desk: Desk) -> None:
    command = DismissWebhook(webhook_id=await a_webhook(desk), reason="a_test")

    async def dismiss() -> str:
        async with desk.database.transaction("acme") as tx:
            [outcome] = await dismiss_webhooks(tx, desk.ctx, [command])
            return outcome.code

    assert sorted(await asyncio.gather(dismiss(), dismiss())) == ["already_handled", "dismissed"]


async def test_they_are_nobodys_who_is_limited(desk: Desk) -> None:
    command = DismissWebhook(webhook_id=await a_webhook(desk), reason="a_test")
    for limits in (
        {"permissions": frozenset({"payments.read"})},
        {"channels": frozenset()},
        {"locations": frozenset()},
    ):
        async with desk.database.transaction("acme") as tx:
            with pytest.raises(PermissionDenied):
                await dismiss_webhooks(tx, replace(desk.ctx, **limits), [command])  # type: ignore[arg-type]
    assert len(await due(desk)) == 1


async def test_they_are_kept_for_90_days_after_they_were_handled(desk: Desk) -> None:
    old, fresh, waiting = [await a_webhook(desk) for _ in range(3)]
    async with desk.database.transaction("acme") as tx:
        await tx.execute(
            "UPDATE payment_webhook SET received_at = now() - interval '1 year', handled_at = CASE id"
            " WHEN $1 THEN now() - interval '91 days' WHEN $2 THEN now() - interval '89 days' END",
            old, fresh,
        )  # fmt: skip
        assert [row.id for row in await WEBHOOKS.old.fetch(tx, 10)] == [old]
    rows = await desk.fetch("SELECT id FROM payment_webhook ORDER BY id")
    assert [row["id"] for row in rows] == sorted([fresh, waiting])

"""Webhooks of payment providers: checked, kept once, never lost, and not believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderwright.connect.payment_providers import builtin_webhook_secret
from orderwright.payments import Ask, AskKind
from orderwright.payments.providers.builtin import sign_notice
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.builders.orders import a_payment, an_order
from tests.helpers.api import Api, a_key, problem
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk

ADDRESS = "/v1/webhooks/payments/builtin/acme"
_KEPT = "SELECT event_id, reference, handled_at IS NOT NULL FROM payment_webhook ORDER BY id"


async def send(api: Api, database: Database, reference: str, event: str = "evt_1", **how: Any) -> Any:
    """A webhook as the built-in provider signs it."""
    secret = how.get("secret", builtin_webhook_secret(database))
    notice = sign_notice(secret, event, "payment.captured", reference, utc_now() - how.get("age", timedelta()))
    headers = dict(notice.headers) | how.get("headers", {})
    body = how.get("body", notice.body)
    return await api.using(None).call("POST", how.get("to", ADDRESS), content=body, headers=headers)


async def test_it_is_kept_once_and_its_payment_is_looked_up(api: Api, database: Database) -> None:
    """What was captured at the provider's own desk is found, however often and late it is told of."""
    desk = Desk(database)
    bank = Bank(desk)
    shop = await desk.shop()
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    [payment] = await bank.payments(order_id)
    assert payment.reference is not None
    ask = Ask("", encode_id("pay", payment.id), AskKind.CAPTURE, 500, "USD", payment.reference)
    await bank.provider.act_at_desk("acme", ask)

    answers = [await send(api, database, payment.reference, event) for event in ("evt_1", "evt_1", "evt_2", "evt_1")]

    assert [(a.status_code, a.json()) for a in answers] == [
        (202, {"kept": True}), (202, {"kept": False}), (202, {"kept": True}), (202, {"kept": False}),
    ]  # fmt: skip
    await bank.work()
    assert await bank.sums(order_id) == [(1999, 0, 500, 0)]
    assert (await desk.events(order_id)).count("payment.changed_elsewhere") == 1
    assert await desk.fetch(_KEPT) == [("evt_1", payment.reference, True), ("evt_2", payment.reference, True)]


async def test_one_about_an_order_that_is_still_on_its_way_waits_for_it(api: Api, database: Database) -> None:
    """medusajs/medusa#13301, duncanmcclean/statamic-cargo#191: it was answered 200 and lost."""
    desk = Desk(database)
    bank = Bank(desk)
    shop = await desk.shop()
    card = await bank.authorized(1999)
    assert card.reference is not None
    assert (await send(api, database, card.reference)).status_code == 202
    await bank.work()
    assert await desk.fetch(_KEPT) == [("evt_1", card.reference, False)]
    assert len(await desk.queue("webhook")) == 1

    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[card]))
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = 'webhook'")
    await bank.work()

    assert await desk.fetch(_KEPT) == [("evt_1", card.reference, True)]
    assert await desk.queue("webhook") == set()
    assert (await bank.payments(order_id))[0].reference == card.reference


@pytest.mark.parametrize(
    "how",
    [
        {"secret": b"somebody else's"},
        {"age": timedelta(minutes=6)},
        {"body": b'{"type": "payment.captured", "reference": "bp_2"}'},
        {"body": b""},
        {"headers": {"webhook-signature": "v1,AAAA"}},
        {"headers": {"webhook-id": "evt_9"}},
        {"secret": b"somebody else's", "to": "/v1/webhooks/payments/builtin/nobody"},
    ],
)
async def test_what_is_not_signed_by_the_provider_is_refused(api: Api, database: Database, how: dict[str, Any]) -> None:
    """Also where there is no such merchant: who does not sign learns nothing."""
    assert problem(await send(api, database, "bp_1", **how)) == (400, "webhook_refused")
    assert await Desk(database).fetch(_KEPT) == []


@pytest.mark.parametrize("to", ["/v1/webhooks/payments/builtin/nobody", "/v1/webhooks/payments/unknown/acme"])
async def test_what_is_sent_to_nobody(api: Api, database: Database, to: str) -> None:
    assert problem(await send(api, database, "bp_1", to=to)) == (404, "not_found")


async def test_merchants_are_apart(api: Api, database: Database) -> None:
    assert (await send(api, database, "bp_1", to="/v1/webhooks/payments/builtin/bolt")).status_code == 202
    assert await Desk(database).fetch(_KEPT) == []
    assert await Desk(database, "bolt").fetch(_KEPT) == [("evt_1", "bp_1", False)]


async def test_the_ledger_knows_nothing_of_what_others_paid(api: Api, database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    paid = a_payment(1999, provider="bazaar", reference="bp_1")  # another provider's, of the same name
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid]))
    await send(api, database, "bp_1")
    await Bank(desk).work()
    assert await desk.fetch(_KEPT) == [("evt_1", "bp_1", False)]


async def test_those_of_payments_that_nobody_knows_are_listed_by_pages(api: Api, database: Database) -> None:
    for n in (1, 2, 3):
        assert (await send(api, database, f"bp_{n}", f"evt_{n}")).status_code == 202
    listed = api.using(await a_key(database))
    first = (await listed.call("GET", "/v1/payments/webhooks?limit=2")).json()
    rest = (await listed.call("GET", f"/v1/payments/webhooks?limit=2&after={first['next']}")).json()
    assert [(row["reference"], row["event_id"]) for row in first["data"]] == [("bp_1", "evt_1"), ("bp_2", "evt_2")]
    assert ([row["reference"] for row in rest["data"]], rest["next"]) == (["bp_3"], None)

"""What Stripe says and what it means: errors, currencies, webhooks, and what localstripe does not know. The answers are
written after Stripe's documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from orderwright.connect.stripe import StripeProvider
from orderwright.connect.stripe.amounts import AmountNotPossible, from_stripe, to_stripe
from orderwright.connect.stripe.seen import Intent, Refund, Seen
from orderwright.payments.providers import Answer, AskKind, Notice, Operation, WebhookRefused
from orderwright.platform.money import CURRENCIES
from orderwright.platform.settings import Settings, SettingsError, load_settings
from tests.helpers.stripe_stand_in import API_KEY, WEBHOOK_SECRET, StandIn, a_stripe
from tests.payments.provider_contract import Paid, an_ask, an_authorization, result, sums

PAID = Paid("pay_1", "pi_1", "EUR")


def an_intent(**fields: Any) -> dict[str, Any]:
    """A PaymentIntent over 10.00 EUR that is authorized, in Stripe's form."""
    card = {"capture_before": 1_800_000_000, "multicapture": {"status": fields.pop("multicapture", "unavailable")}}
    charge = {
        "id": "ch_1",
        "object": "charge",
        "status": "succeeded",
        "captured": False,
        "amount_refunded": fields.pop("amount_refunded", 0),
        "payment_method_details": {"type": "card", "card": card},
    }
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_capture",
        "amount": 1000,
        "amount_received": 0,
        "amount_capturable": 1000,
        "currency": "eur",
        "created": 1_790_000_000,
        "metadata": {"orderwright_key": "prq_0", "orderwright_payment": "pay_1"},
        "latest_charge": charge,
        **fields,
    }


def a_refund(amount: int, key: str | None = None, **fields: Any) -> dict[str, Any]:
    """A refund, in Stripe's form."""
    metadata = {"orderwright_key": key} if key else {}
    return {
        "id": "re_1", "object": "refund", "amount": amount, "status": "succeeded", "metadata": metadata,
        "payment_intent": "pi_1", "balance_transaction": None, **fields,
    }  # fmt: skip


def seen(intent: dict[str, Any], *refunds: dict[str, Any]) -> Seen:
    return Seen(msgspec.convert(intent, Intent), [msgspec.convert(refund, Refund) for refund in refunds])


@pytest_asyncio.fixture(scope="module")
async def running() -> AsyncIterator[StandIn]:
    async with a_stripe() as stand_in:
        yield stand_in


@pytest_asyncio.fixture
async def world(running: StandIn) -> AsyncIterator[StandIn]:
    await running.forget()
    yield running
    await running.forget()


@pytest_asyncio.fixture
async def provider(world: StandIn) -> AsyncIterator[StripeProvider]:
    made = StripeProvider(API_KEY, WEBHOOK_SECRET, api_base=world.base)
    yield made
    await made.close()


# -- errors ------------------------------------------------------------------------------------------------------------


def declined(**fields: str) -> dict[str, Any]:
    return {"error": {"type": "card_error", "code": "card_declined", "message": "Ada's card 4242", **fields}}


def invalid(code: str | None) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "message": "Ada", **({"code": code} if code else {})}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (402, declined(decline_code="insufficient_funds"), ("refused", "insufficient_funds")),
        (402, declined(decline_code="withdrawal_count_limit_exceeded"), ("refused", "insufficient_funds")),
        (402, declined(decline_code="generic_decline"), ("refused", "declined")),
        (402, declined(decline_code="stolen_card"), ("refused", "declined")),
        (402, declined(), ("refused", "declined")),
        (402, declined(code="expired_card"), ("refused", "expired_card")),
        (402, declined(code="authentication_required"), ("refused", "authentication_required")),
        (400, invalid("resource_missing"), ("refused", "unknown_token")),
        (400, invalid("amount_too_small"), ("refused", "amount_too_small")),
        (400, invalid(None), ("refused", "invalid_request")),
        (400, {"error": {"type": "idempotency_error", "message": "differs"}}, ("refused", "key_reused")),
        (400, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}, ("unknown", None)),
        (409, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}, ("unknown", None)),
        (409, invalid("lock_timeout"), ("unknown", None)),
        (401, invalid(None), ("unknown", None)),
        (403, invalid(None), ("unknown", None)),
        (429, invalid("rate_limit"), ("unknown", None)),
        (500, {"error": {"type": "api_error"}}, ("unknown", None)),
        (502, b"<html>bad gateway</html>", ("unknown", None)),
        (200, b"not JSON", ("unknown", None)),
        (200, {"id": "pi_1", "object": "payment_intent"}, ("unknown", None)),
        (200, an_intent(status="processing", latest_charge=None), ("unknown", None)),
    ],
)
async def test_what_errors_mean(
    status: int, body: Any, expected: tuple[str, str | None], provider: StripeProvider, world: StandIn
) -> None:
    world.say("/payment_intents", body, status)
    ask = an_authorization(500, "pm_card_visa")._replace(key="prq_0")
    [answer] = await provider.authorize("acme", [ask])
    assert (result(answer), answer.standing) == (expected, None)
    assert len(world.calls) == 1  # Stripe's library does not repeat it by itself


@pytest.mark.parametrize(
    ("kind", "code", "after", "expected"),
    [
        (AskKind.CAPTURE, "payment_intent_unexpected_state", {"status": "succeeded", "amount_capturable": 0,
         "amount_received": 1000}, "already_final"),
        (AskKind.CAPTURE, "charge_expired_for_capture", {"status": "canceled", "amount_capturable": 0,
         "cancellation_reason": "automatic"}, "authorization_expired"),
        (AskKind.CAPTURE, "charge_expired_for_capture", {}, "authorization_expired"),
        (AskKind.CAPTURE, "amount_too_large", {"amount_capturable": 300, "amount_received": 700},
         "exceeds_authorized"),
        (AskKind.CAPTURE, "capture_unauthorized_payment", {}, "capture_unauthorized_payment"),
        (AskKind.INCREMENT, None, {}, "not_supported"),
        (AskKind.INCREMENT, "charge_expired_for_capture", {}, "authorization_expired"),
    ],
)  # fmt: skip
async def test_a_refusal_is_explained_by_the_payment(
    kind: AskKind, code: str | None, after: dict[str, Any], expected: str, provider: StripeProvider, world: StandIn
) -> None:
    endings = {AskKind.CAPTURE: "/capture", AskKind.INCREMENT: "/increment_authorization"}
    world.say("/pi_1", an_intent())
    world.say(endings[kind], invalid(code), 400)
    world.say("/pi_1", an_intent(**after))
    [answer] = await getattr(provider, kind.value)("acme", [an_ask(kind, PAID, 500)])
    assert result(answer) == ("refused", expected)
    assert answer.standing is not None


async def test_what_cannot_be_is_not_asked_for(provider: StripeProvider, world: StandIn) -> None:
    lapsed = an_intent(status="canceled", cancellation_reason="expired", amount_capturable=0)
    for kind, intent in [(AskKind.REFUND, an_intent()), (AskKind.CAPTURE, lapsed), (AskKind.INCREMENT, lapsed)]:
        world.say("/pi_1", intent)
        [answer] = await getattr(provider, kind.value)("acme", [an_ask(kind, PAID, 500)])
        code = "exceeds_captured" if kind is AskKind.REFUND else "authorization_expired"
        assert result(answer) == ("refused", code)
    assert [call.method for call in world.calls] == ["GET", "GET", "GET"]


async def test_neither_secrets_nor_people_are_logged_or_answered(
    provider: StripeProvider, world: StandIn, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[Answer] = []
    for status, body in [(402, declined()), (400, invalid(None)), (500, invalid(None)), (401, invalid(None))]:
        world.say("/payment_intents", body, status)
        answers += await provider.authorize("acme", [an_authorization(500, "pm_secret")])
    said = f"{answers} {caplog.text} {capsys.readouterr()}"
    assert [word for word in ("Ada", "4242", "pm_secret", API_KEY, WEBHOOK_SECRET) if word in said] == []
    assert "CardError: card_declined, HTTP 402" in said
    assert "stripe does not say" in said


# -- what localstripe does not know ------------------------------------------------------------------------------------


async def test_with_multicapture_captures_come_in_parts(provider: StripeProvider, world: StandIn) -> None:
    first, last = an_ask(AskKind.CAPTURE, PAID, 300), an_ask(AskKind.CAPTURE, PAID, 200, final=True)
    before = an_intent(multicapture="available")
    marks = {**before["metadata"], first.key: "capture:300"}
    between = an_intent(multicapture="available", amount_received=300, amount_capturable=700, metadata=marks)
    marks = {**marks, last.key: "capture:200"}
    after = an_intent(status="succeeded", amount_received=500, amount_capturable=0, metadata=marks)
    answers = []
    for ask, looked, made in [(first, before, between), (last, between, after)]:
        world.say("/pi_1", looked)
        world.say("/capture", made)
        answers += await provider.capture("acme", [ask])
    assert [result(a) for a in answers] == [("done", None), ("done", None)]
    assert [sums(a.standing) for a in answers] == [(1000, 300, 0, 0), (1000, 500, 0, 500)]
    sent = [(call.key, call.form) for call in world.calls_to("/capture")]
    open_end, common = {"final_capture": "false"}, {"expand[0]": "latest_charge"}
    assert sent == [
        (first.key, {"amount_to_capture": "300", f"metadata[{first.key}]": "capture:300", **open_end, **common}),
        (last.key, {"amount_to_capture": "200", f"metadata[{last.key}]": "capture:200", **common}),
    ]


async def test_an_increment_asks_for_the_new_total_once(provider: StripeProvider, world: StandIn) -> None:
    ask = an_ask(AskKind.INCREMENT, PAID, 250)
    raised = an_intent(
        amount=1250, amount_capturable=1250, metadata={"orderwright_key": "prq_0", ask.key: "increment:250"}
    )
    world.say("/pi_1", an_intent())
    world.say("/increment_authorization", raised)
    [answer] = await provider.increment("acme", [ask])
    world.say("/pi_1", raised)
    [again] = await provider.increment("acme", [ask])
    [call] = world.calls_to("/increment_authorization")
    assert (result(answer), sums(answer.standing)) == (("done", None), (1250, 0, 0, 0))
    assert (result(again), again.standing) == (("done", None), answer.standing)
    assert (call.key, call.form["amount"]) == (ask.key, "1250")
    assert answer.standing is not None
    assert answer.standing.operations == [
        Operation("prq_0", AskKind.AUTHORIZE, 1000, True), Operation(ask.key, AskKind.INCREMENT, 250, True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "reason", "expected", "refunded"),
    [
        ("succeeded", None, ("done", None), 400),
        ("pending", None, ("unknown", None), None),
        ("failed", "expired_or_canceled_card", ("refused", "expired_or_canceled_card"), 0),
    ],
)
async def test_refunds_take_their_time(
    status: str, reason: str | None, expected: tuple[str, str | None], refunded: int | None,
    provider: StripeProvider, world: StandIn,
) -> None:  # fmt: skip
    ask = an_ask(AskKind.REFUND, PAID, 400)
    taken = {"status": "succeeded", "amount_received": 1000, "amount_capturable": 0}
    refund = a_refund(400, ask.key, status=status, failure_reason=reason)
    world.say("/pi_1", an_intent(**taken))
    world.say("/refunds", refund)
    [answer] = await provider.refund("acme", [ask])
    world.say("/pi_1", an_intent(**taken, amount_refunded=400))
    world.say("/refunds", {"object": "list", "data": [refund], "has_more": False, "url": "/v1/refunds"})
    [found] = await provider.fetch("acme", [ask])
    assert (result(answer), result(found)) == (expected, expected)
    assert [a.standing and a.standing.refunded_minor for a in (answer, found)] == [refunded, refunded]
    assert world.calls_to("/refunds")[0].form == {
        "payment_intent": "pi_1", "amount": "400", "metadata[orderwright_key]": ask.key
    }  # fmt: skip


def test_what_a_capture_lets_go_of_is_no_refund() -> None:
    taken = an_intent(status="succeeded", amount_received=700, amount_capturable=0)
    reversal = a_refund(300, balance_transaction={"id": "txn_1", "type": "partial_capture_reversal"})
    standing = seen(taken, a_refund(50, "prq_1"), reversal).standing
    assert (sums(standing), standing.capturable_minor, standing.refundable_minor) == ((1000, 700, 50, 300), 0, 650)


def test_what_is_set_aside_lapses() -> None:
    standing = seen(an_intent()).standing
    lapsed = seen(an_intent(status="canceled", cancellation_reason="automatic", amount_capturable=0), a_refund(1000))
    assert standing.expires_at == datetime.fromtimestamp(1_800_000_000, UTC)
    assert (sums(lapsed.standing), lapsed.lapsed, lapsed.standing.expires_at) == ((1000, 0, 0, 1000), True, None)


# -- currencies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "currency", "stripes"),
    [
        (1999, "EUR", 1999),  # two decimals
        (500, "JPY", 500),  # none
        (500, "ISK", 50_000),  # none, sent with two
        (500, "UGX", 50_000),
        (500, "MGA", 5),  # two in ISO 4217, none at Stripe
        (5120, "KWD", 5120),  # three, the last one 0
        (1999, "HUF", 1999),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, stripes: int) -> None:
    assert to_stripe(minor, currency) == stripes
    assert from_stripe(stripes, currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(5124, "KWD"), (1, "BHD"), (510, "MGA"), (99, "CLF")])
async def test_amounts_that_stripe_does_not_have(
    minor: int, currency: str, provider: StripeProvider, world: StandIn
) -> None:
    [answer] = await provider.authorize("acme", [an_authorization(minor, "pm_card_visa", currency)])
    assert result(answer) == ("refused", "not_supported")
    assert world.calls == []


def test_a_part_of_the_smallest_coin_is_not_rounded() -> None:
    with pytest.raises(AmountNotPossible):
        from_stripe(50_050, "ISK")


def test_every_currency_goes_there_and_back() -> None:
    assert {c for c in CURRENCIES if from_stripe(to_stripe(10_000, c), c) != 10_000} == set()


# -- webhooks ----------------------------------------------------------------------------------------------------------


def signed(body: bytes, secret: str = WEBHOOK_SECRET, at: int | None = None) -> dict[str, str]:
    """The header of a webhook, signed as Stripe's documentation says."""
    seconds = int(time.time()) if at is None else at
    signature = hmac.new(secret.encode(), b"%d.%s" % (seconds, body), hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={seconds},v1={signature},v0=old"}


def an_event(about: dict[str, Any], kind: str) -> bytes:
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": about}}).encode()


@pytest.mark.parametrize(
    ("kind", "about", "reference"),
    [
        ("payment_intent.canceled", {"object": "payment_intent", "id": "pi_1"}, "pi_1"),
        ("charge.captured", {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"}, "pi_1"),
        ("charge.dispute.created", {"object": "dispute", "id": "dp_1", "payment_intent": {"id": "pi_1"}}, "pi_1"),
        ("refund.updated", {"object": "refund", "id": "re_1", "payment_intent": "pi_1"}, "pi_1"),
        ("charge.succeeded", {"object": "charge", "id": "ch_1", "payment_intent": None}, None),
        ("payout.paid", {"object": "payout", "id": "po_1"}, None),
    ],
)
async def test_webhooks(kind: str, about: dict[str, Any], reference: str | None, provider: StripeProvider) -> None:
    body = an_event(about, kind)
    assert provider.parse_webhook("acme", signed(body), body) == Notice("evt_1", kind, reference)


GOOD = an_event({"object": "payment_intent", "id": "pi_1", "receipt_email": "ada@example.com"}, "x")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(GOOD, "whsec_other"), GOOD),
        (signed(GOOD, at=int(time.time()) - 1000), GOOD),
        (signed(GOOD), GOOD + b" "),
        ({}, GOOD),
        ({"stripe-signature": ""}, GOOD),
        ({"stripe-signature": "v1=12"}, GOOD),
        ({"stripe-signature": "t=12"}, GOOD),
        ({"stripe-signature": f"t={int(time.time())},v1=\u00fc"}, GOOD),
        (signed(b"\xff"), b"\xff"),
        (signed(b"ada@example.com"), b"ada@example.com"),
        (signed(b"[]"), b"[]"),
        (signed(b'{"id": "evt_1"}'), b'{"id": "evt_1"}'),
    ],
    ids="wrong old changed none empty timeless unsigned not-ascii not-text not-json a-list an-object".split(),
)
async def test_webhooks_of_others_are_refused(headers: dict[str, str], body: bytes, provider: StripeProvider) -> None:
    with pytest.raises(WebhookRefused) as refused:
        provider.parse_webhook("acme", headers, body)
    assert "ada" not in str(refused.value)
    assert refused.value.__cause__ is None


# -- settings ----------------------------------------------------------------------------------------------------------


def test_the_keys_are_settings_that_are_never_shown() -> None:
    environ = {
        "HOME": "/home/ada",
        "ORDERWRIGHT_STRIPE_API_KEY": API_KEY,
        "ORDERWRIGHT_STRIPE_WEBHOOK_SECRET": "whsec_1",
    }
    settings: Settings = load_settings(environ)
    assert (settings.stripe_api_key, settings.stripe_webhook_secret) == (API_KEY, "whsec_1")
    assert "stripe_api_key='***', stripe_webhook_secret='***'" in repr(settings)
    assert load_settings({"HOME": "/home/ada"}).stripe_api_key is None


@pytest.mark.parametrize("name", ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_what_is_no_key_is_said_without_showing_it(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"HOME": "/home/ada", f"ORDERWRIGHT_{name}": "pk_test_hidden"})
    assert "hidden" not in str(refused.value)
    assert "of Stripe" in str(refused.value) or "secret or restricted key" in str(refused.value)

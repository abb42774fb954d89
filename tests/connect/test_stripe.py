"""The Stripe adapter against localstripe. It ignores idempotency keys and knows neither multicapture nor
increments: those are in test_stripe_mapping.py, with answers written after Stripe's documentation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
import stripe

from orderwright.connect.stripe import StripeProvider
from orderwright.payments.providers import Ask, AskKind, Operation, PaymentProvider, Verdict
from tests.helpers.stripe_stand_in import API_KEY, WEBHOOK_SECRET, StandIn, a_stripe
from tests.payments import provider_contract as contract
from tests.payments.provider_contract import Bench, Paid, an_ask, an_authorization, result, sums

KEPT = (
    contract.authorizing_sets_money_aside,
    contract.a_last_capture_lets_go_of_the_rest,
    contract.nothing_is_captured_after_the_last,
    contract.no_more_is_captured_than_is_set_aside,
    contract.a_void_lets_go_of_all,
    contract.refunds_come_in_parts,
    contract.no_more_is_refunded_than_was_captured,
    contract.of_an_unknown_payment_nothing_is_known,
    contract.a_payment_keeps_its_currency,
    contract.answers_come_in_order_and_one_refusal_fails_no_other,
    contract.nothing_asked_is_nothing_answered,
)
NEEDS_3DS = {"type": "card", "card[number]": "4000002500003155", "card[exp_month]": "12", "card[exp_year]": "2030",
             "card[cvc]": "123"}  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def running() -> AsyncIterator[StandIn]:
    async with a_stripe() as stand_in:
        yield stand_in


@pytest_asyncio.fixture
async def world(running: StandIn) -> AsyncIterator[StandIn]:
    """Stripe, with nothing in it."""
    await running.forget()
    yield running
    await running.forget()


@pytest_asyncio.fixture
async def provider(world: StandIn) -> AsyncIterator[StripeProvider]:
    made = StripeProvider(API_KEY, WEBHOOK_SECRET, api_base=world.base)
    yield made
    await made.close()


@pytest.fixture
def bench(provider: StripeProvider) -> Bench:
    return Bench(provider, "acme", contract.authorized_by_token(provider, "acme", "pm_card_visa"))


@pytest.mark.parametrize("rule", KEPT, ids=contract.name_of)
async def test_it_keeps_the_contract(rule: contract.Rule, bench: Bench) -> None:
    await rule(bench)


def test_it_is_a_payment_provider(provider: StripeProvider) -> None:
    port: PaymentProvider = provider
    assert (port.code, port.settled_after_s) == ("stripe", 100)


async def test_an_authorization_is_asked_for_with_its_key_and_no_more_than_needed(bench: Bench, world: StandIn) -> None:
    ask = an_authorization(1999, "pm_card_visa")
    answer = await bench.one(ask)
    [call] = world.calls
    assert result(answer) == ("done", None)
    assert answer.standing is not None
    assert answer.standing.reference.startswith("pi_")
    assert answer.standing.operations == [Operation(ask.key, AskKind.AUTHORIZE, 1999, True)]
    assert (call.method, call.path, call.key) == ("POST", "/v1/payment_intents", ask.key)
    assert call.form == {
        "amount": "1999",
        "currency": "eur",
        "capture_method": "manual",
        "confirm": "true",
        "payment_method": "pm_card_visa",
        "allowed_payment_method_types[0]": "card",
        "payment_method_options[card][request_incremental_authorization]": "if_available",
        "payment_method_options[card][request_multicapture]": "if_available",
        "metadata[orderwright_key]": ask.key,
        "metadata[orderwright_payment]": ask.payment,
        "expand[0]": "latest_charge",
    }


async def test_a_saved_card_is_charged_without_its_owner(bench: Bench, world: StandIn) -> None:
    card = await world.post("/v1/payment_methods", **{**NEEDS_3DS, "card[number]": "4242424242424242"})
    customer = await world.post("/v1/customers", description="somebody")
    answer = await bench.one(an_authorization(500, f"{customer['id']}:{card['id']}"))
    assert result(answer) == ("done", None)
    assert world.calls[0].form.items() >= {"customer": customer["id"], "off_session": "true"}.items()


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_card_chargeCustomerFail", "declined"),
        ("pm_nobody_knows_this", "unknown_token"),
        (None, "unknown_token"),
        ("cus_123:", "unknown_token"),
    ],
)
async def test_refused_authorizations(token: str | None, code: str, bench: Bench) -> None:
    answer = await bench.one(an_authorization(500, token))
    assert (result(answer), answer.standing) == (("refused", code), None)


async def test_a_card_that_needs_its_owner_is_refused(bench: Bench, world: StandIn) -> None:
    card = await world.post("/v1/payment_methods", **NEEDS_3DS)
    answer = await bench.one(an_authorization(500, card["id"]))
    assert result(answer) == ("refused", "authentication_required")
    assert sums(answer.standing) == (0, 0, 0, 0)


async def test_one_declined_card_fails_no_other(bench: Bench) -> None:
    tokens = ["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_visa"]
    asks = [an_authorization(100 + n, token) for n, token in enumerate(tokens)]
    answers = await bench.say(*asks)
    assert [a.key for a in answers] == [a.key for a in asks]
    assert [result(a) for a in answers] == [("done", None), ("refused", "declined"), ("done", None)]


async def test_without_multicapture_any_capture_is_the_last(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.CAPTURE, paid, 400, final=False)
    first = await bench.one(ask)
    second = await bench.one(an_ask(AskKind.CAPTURE, paid, 100))
    assert (result(first), sums(first.standing)) == (("done", None), (1000, 400, 0, 600))
    assert result(second) == ("refused", "already_final")


async def test_asked_again_it_is_answered_from_what_was_done(bench: Bench, world: StandIn) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.CAPTURE, paid, 400, final=True)
    await bench.one(ask)
    again, other = await bench.one(ask), await bench.one(ask._replace(amount_minor=401))
    assert (result(again), sums(again.standing)) == (("done", None), (1000, 400, 0, 600))
    assert result(other) == ("refused", "key_reused")
    assert [call.key for call in world.calls_to("/capture")] == [ask.key]


async def test_refunds_in_parts_after_a_partial_capture(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    asks = [an_ask(AskKind.REFUND, paid, 100), an_ask(AskKind.REFUND, paid, 250)]
    await bench.one(an_ask(AskKind.CAPTURE, paid, 700, final=True))
    answers = [await bench.one(ask) for ask in asks]
    assert [result(a) for a in answers] == [("done", None), ("done", None)]
    assert [sums(a.standing) for a in answers] == [(1000, 700, 100, 300), (1000, 700, 350, 300)]
    assert result(await bench.one(asks[0])) == ("done", None)
    [found] = await bench.found(asks[0])
    assert (result(found), sums(found.standing)) == (("done", None), (1000, 700, 350, 300))


async def test_a_void_is_found(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.VOID, paid, 1000)
    [before] = await bench.found(ask)
    await bench.one(ask)
    [after] = await bench.found(ask)
    assert (result(before), sums(before.standing)) == (("unknown", None), (1000, 0, 0, 0))
    assert (result(after), sums(after.standing)) == (("done", None), (1000, 0, 0, 1000))


async def test_what_was_captured_is_not_voided(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    answer = await bench.one(an_ask(AskKind.VOID, paid, 1000))
    assert (result(answer), sums(answer.standing)) == (("refused", "already_final"), (1000, 1000, 0, 0))


async def test_what_somebody_else_did_is_seen(bench: Bench, world: StandIn) -> None:
    paid = await bench.authorized(1000)
    await world.post(f"/v1/payment_intents/{paid.reference}/capture", amount_to_capture="900")
    await world.post("/v1/refunds", payment_intent=paid.reference, amount="50")
    [found] = await bench.found(an_ask(AskKind.CAPTURE, paid, 900))
    assert (result(found), sums(found.standing)) == (("unknown", None), (1000, 900, 50, 100))
    assert found.standing is not None
    assert [(o.key, o.kind, o.amount_minor) for o in found.standing.operations[1:]] == [
        (None, AskKind.CAPTURE, 900), (None, AskKind.REFUND, 50)
    ]  # fmt: skip


async def test_a_payment_that_the_shop_authorized_is_captured_and_refunded(bench: Bench, world: StandIn) -> None:
    form = {"amount": "1000", "currency": "eur", "capture_method": "manual", "confirm": "true"}
    theirs = await world.post("/v1/payment_intents", payment_method="pm_card_visa", **form)
    paid = Paid("pay_1", theirs["id"], "EUR")
    taken = await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    back = await bench.one(an_ask(AskKind.REFUND, paid, 1000))
    assert [result(a) for a in (taken, back)] == [("done", None), ("done", None)]
    assert [sums(a.standing) for a in (taken, back)] == [(1000, 1000, 0, 0), (1000, 1000, 1000, 0)]


@pytest.mark.parametrize(
    ("kind", "ending"), [(AskKind.CAPTURE, "/capture"), (AskKind.VOID, "/cancel"), (AskKind.REFUND, "/refunds")]
)
async def test_a_lost_answer_is_looked_up(kind: AskKind, ending: str, bench: Bench, world: StandIn) -> None:
    paid = await bench.authorized(1000)
    if kind is AskKind.REFUND:
        await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    ask = an_ask(kind, paid, 600, final=True)
    world.lose_answer(ending)
    lost = await bench.one(ask)
    [found] = await bench.found(ask)
    moved = {"capture": (1000, 600, 0, 400), "void": (1000, 0, 0, 1000), "refund": (1000, 1000, 600, 0)}
    assert (result(lost), lost.standing) == (("unknown", None), None)
    assert (result(found), sums(found.standing)) == (("done", None), moved[kind.value])


@pytest.mark.parametrize(
    ("token", "found_as", "authorized"),
    [("pm_card_visa", ("done", None), 800), ("pm_card_chargeCustomerFail", ("refused", "declined"), 0)],
)
async def test_a_lost_authorization_is_found_by_its_key(
    token: str, found_as: tuple[str, str | None], authorized: int, bench: Bench, world: StandIn
) -> None:
    now = datetime.now(UTC)
    lost, never = an_authorization(800, token)._replace(sent_at=now), an_authorization(800, token)._replace(sent_at=now)
    await bench.authorized(800)
    world.lose_answer("/payment_intents")
    assert result(await bench.one(lost)) == ("unknown", None)
    found, unknown = await bench.found(lost, never)
    assert (result(found), sums(found.standing)) == (found_as, (authorized, 0, 0, 0))
    assert (result(unknown), unknown.standing) == (("unknown", None), None)


async def test_a_key_that_stripe_forgot_does_it_once(bench: Bench, world: StandIn) -> None:
    ask = an_authorization(800, "pm_card_visa")
    first = await bench.one(ask)
    again = await bench.one(ask._replace(sent_at=datetime.now(UTC) - timedelta(days=3)))
    assert (result(again), again.standing) == (("done", None), first.standing)
    assert len([call for call in world.calls if call.method == "POST"]) == 1


async def test_older_payments_are_not_looked_through(bench: Bench, world: StandIn) -> None:
    ask = an_authorization(800, "pm_card_visa")
    await bench.one(ask)
    [found] = await bench.found(ask._replace(sent_at=datetime(2999, 1, 1, tzinfo=UTC)))
    [unsent] = await bench.found(ask)
    assert (result(found), result(unsent)) == (("unknown", None), ("unknown", None))
    assert len([call for call in world.calls if call.method == "GET"]) == 1


async def test_no_answer_in_time_is_unknown(bench: Bench, world: StandIn) -> None:
    paid = await bench.authorized(1000)
    impatient = StripeProvider(API_KEY, WEBHOOK_SECRET, api_base=world.base, timeout_s=0.2)
    world.stay_silent("/capture")
    [answer] = await impatient.capture("acme", [an_ask(AskKind.CAPTURE, paid, 1000)])
    await impatient.close()
    assert (result(answer), answer.standing) == (("unknown", None), None)


@pytest.mark.parametrize("kind", list(AskKind))
async def test_without_stripe_all_is_unknown(kind: AskKind) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    lonely = StripeProvider(API_KEY, WEBHOOK_SECRET, api_base=f"http://127.0.0.1:{port}")
    reference = None if kind is AskKind.AUTHORIZE else "pi_1"
    ask = Ask("prq_1", "pay_1", kind, 100, "EUR", reference, "pm_card_visa", sent_at=datetime.now(UTC))
    answers = [*await getattr(lonely, kind.value)("acme", [ask, ask]), *await lonely.fetch("acme", [ask])]
    await lonely.close()
    assert [(a.key, a.verdict, a.standing) for a in answers] == [("prq_1", Verdict.UNKNOWN, None)] * 3


async def test_only_so_many_calls_at_once(world: StandIn) -> None:
    provider = StripeProvider(API_KEY, WEBHOOK_SECRET, api_base=world.base, concurrency=3)
    answers = await provider.authorize("acme", [an_authorization(100, "pm_card_visa") for _ in range(12)])
    await provider.close()
    assert [result(a) for a in answers] == [("done", None)] * 12
    assert world.at_once_max == 3


async def test_a_webhook_of_stripe_is_read(bench: Bench, provider: StripeProvider, world: StandIn) -> None:
    await world.post("/_config/webhooks/ours", url=f"{world.base}/hook", secret=WEBHOOK_SECRET)
    paid = await bench.authorized(1000)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    async with asyncio.timeout(30):
        notice = provider.parse_webhook("acme", *await world.hooks.get())
        while notice.reference != paid.reference:  # those of other tests come late
            notice = provider.parse_webhook("acme", *await world.hooks.get())
    assert notice.event_id.startswith("evt_")
    assert notice.type == "payment_intent.succeeded"


def test_the_version_of_the_api_is_the_librarys() -> None:
    assert stripe.api_version == "2026-10-28.endive", "read Stripe's changelog, then change this"

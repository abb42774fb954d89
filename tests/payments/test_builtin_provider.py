"""The built-in provider keeps the contract of adapters, and its own rules to the minor unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwright.payments.providers import AskKind, Operation, Verdict
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from tests.helpers.databases import connect
from tests.payments.provider_contract import (
    ALL_RULES,
    DONE,
    Bench,
    Paid,
    Rule,
    an_ask,
    an_authorization,
    authorized_by_token,
    name_of,
    result,
    sums,
)

MakeBench = Callable[..., Bench]
AUTHORIZE, INCREMENT, CAPTURE, VOID, REFUND = AskKind
SECRET = b"the secret of the tests' webhooks"


@pytest.fixture
def make_bench(database: Database) -> MakeBench:
    """A bench with the built-in provider, whose payments are made with a token."""

    def make(token: str = "tok_ok", merchant: str = "acme", on: Database = database) -> Bench:
        provider = BuiltinProvider(on, webhook_secret=SECRET)
        return Bench(provider, merchant, authorized_by_token(provider, merchant, token))

    return make


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """A bench whose payers pay."""
    return make_bench()


async def captured(bench: Bench, amount_minor: int) -> Paid:
    """A payment of which all was captured."""
    paid = await bench.authorized(amount_minor)
    assert result(await bench.one(an_ask(CAPTURE, paid, amount_minor, final=True))) == DONE
    return paid


async def lapse(database: Database, paid: Paid) -> None:
    """Let what is set aside have lapsed."""
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE builtin_payment SET expires_at = now() WHERE reference = $1", paid.reference)


@pytest.mark.parametrize("rule", ALL_RULES, ids=name_of)
async def test_it_keeps_the_contract(bench: Bench, rule: Rule) -> None:
    await rule(bench)


# ---- authorizing ----


@pytest.mark.parametrize(
    ("token", "amount_minor", "currency", "code"),
    [
        ("tok_declined", 1000, "EUR", "declined"),
        ("tok_insufficient_funds", 1, "EUR", "insufficient_funds"),
        ("tok_limit_999", 1000, "EUR", "insufficient_funds"),
        ("tok_nobody_knows", 1000, "EUR", "unknown_token"),
        ("tok_expires_", 1000, "EUR", "unknown_token"),
        ("tok_ok\x00", 1000, "EUR", "unknown_token"),
        (None, 1000, "EUR", "unknown_token"),
        ("tok_ok", 0, "EUR", "amount_invalid"),
        ("tok_ok", -1, "EUR", "amount_invalid"),
        ("tok_ok", 10**15 + 1, "EUR", "amount_invalid"),
        ("tok_ok", 1000, "XYZ", "not_supported"),
    ],
)
async def test_a_refused_authorization_makes_no_payment(
    bench: Bench, token: str | None, amount_minor: int, currency: str, code: str
) -> None:
    ask = an_authorization(amount_minor, token, currency)
    answer, again = await bench.one(ask), await bench.one(ask)
    [found] = await bench.found(ask)
    assert [result(answer), result(again), result(found)] == [("refused", code)] * 3
    assert [answer.standing, again.standing, found.standing] == [None, None, None]


async def test_an_authorization_lasts_seven_days_by_the_database(database: Database, bench: Bench) -> None:
    answer = await bench.one(an_authorization(1000, "tok_ok"))
    async with database.transaction("acme") as tx:
        [(made_at, expires_at)] = await tx.fetch(
            "SELECT o.created_at, p.expires_at FROM builtin_payment p JOIN builtin_operation o USING (reference)"
        )
    assert expires_at - made_at == timedelta(days=7)
    assert answer.standing is not None
    assert answer.standing.expires_at == expires_at


async def test_the_same_authorization_again_is_the_same_payment(bench: Bench) -> None:
    ask = an_authorization(1000, "tok_limit_1000")
    first, again = await bench.one(ask), await bench.one(ask)
    assert [result(first), result(again)] == [DONE, DONE]
    assert again.standing == first.standing


async def test_the_same_authorization_twice_in_a_call_is_one_payment(bench: Bench) -> None:
    ask = an_authorization(1000, "tok_ok")
    first, again = await bench.say(ask, ask)
    assert [result(first), result(again)] == [DONE, DONE]
    assert again.standing == first.standing


async def test_an_authorization_is_found_without_its_reference(bench: Bench) -> None:
    ask = an_authorization(1000, "tok_ok")
    answer = await bench.one(ask)
    by_key, by_payment, neither = await bench.found(
        ask, ask._replace(key="prq_other"), an_authorization(1000, "tok_ok")
    )
    assert [result(by_key), result(by_payment), result(neither)] == [DONE, ("unknown", None), ("unknown", None)]
    assert answer.standing is not None
    made = answer.standing._replace(operations=[Operation(ask.key, AUTHORIZE, 1000, done=True)])
    assert [by_key.standing, by_payment.standing, neither.standing] == [made, made, None]


async def test_a_payment_authorized_anew_is_found_by_its_last_authorization(bench: Bench) -> None:
    lapsed = an_authorization(1000, "tok_expires_0")
    anew = an_authorization(1200, "tok_ok", payment=lapsed.payment)
    await bench.one(lapsed)
    await bench.one(anew)
    of_first, of_payment = await bench.found(lapsed, an_authorization(1, "tok_ok", payment=lapsed.payment))
    assert [sums(of_first.standing), sums(of_payment.standing)] == [(1000, 0, 0, 1000), (1200, 0, 0, 0)]


# ---- what is set aside ----


async def test_an_authorization_that_lapsed_is_released_and_cannot_be_used(make_bench: MakeBench) -> None:
    bench = make_bench("tok_expires_0")
    paid = await bench.authorized(1000)
    for kind in (CAPTURE, INCREMENT, VOID):
        answer = await bench.one(an_ask(kind, paid, 1000))
        assert result(answer) == ("refused", "authorization_expired")
        assert sums(answer.standing) == (1000, 0, 0, 1000)


async def test_what_was_captured_before_it_lapsed_can_be_refunded(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(CAPTURE, paid, 600))
    await lapse(database, paid)
    [found] = await bench.found(an_ask(REFUND, paid, 1))
    refund = await bench.one(an_ask(REFUND, paid, 600))
    assert sums(found.standing) == (1000, 600, 0, 400)
    assert (result(refund), sums(refund.standing)) == (DONE, (1000, 600, 600, 400))


async def test_after_the_last_capture_it_is_final_and_not_expired(database: Database, bench: Bench) -> None:
    paid = await captured(bench, 1000)
    await lapse(database, paid)
    answer = await bench.one(an_ask(CAPTURE, paid, 1))
    assert result(answer) == ("refused", "already_final")


async def test_an_increment_is_refused_after_the_last_capture(bench: Bench) -> None:
    paid = await captured(bench, 1000)
    assert result(await bench.one(an_ask(INCREMENT, paid, 1))) == ("refused", "already_final")


async def test_a_limit_counts_increments(make_bench: MakeBench) -> None:
    bench = make_bench("tok_limit_1500")
    paid = await bench.authorized(1000)
    within = await bench.one(an_ask(INCREMENT, paid, 500))
    beyond = await bench.one(an_ask(INCREMENT, paid, 1))
    assert [result(within), result(beyond)] == [DONE, ("refused", "insufficient_funds")]
    assert sums(beyond.standing) == (1500, 0, 0, 0)


async def test_a_void_after_a_capture_lets_go_of_the_rest_once(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(CAPTURE, paid, 300))
    void = an_ask(VOID, paid, 1000)
    first, again = await bench.one(void), await bench.one(an_ask(VOID, paid, 700))
    [found] = await bench.found(void)
    assert [result(first), result(again)] == [DONE, ("refused", "already_final")]
    assert [sums(first.standing), sums(again.standing)] == [(1000, 300, 0, 700), (1000, 300, 0, 700)]
    assert found.standing is not None
    assert found.standing.operations[2] == Operation(void.key, VOID, 700, done=True)


async def test_a_void_finds_nothing_open_when_all_was_captured(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(CAPTURE, paid, 1000))
    assert result(await bench.one(an_ask(VOID, paid, 1))) == ("refused", "already_final")


@pytest.mark.parametrize("kind", [INCREMENT, CAPTURE, REFUND])
@pytest.mark.parametrize("amount_minor", [0, -1, 10**15 + 1])
async def test_an_amount_is_positive_and_bounded(bench: Bench, kind: AskKind, amount_minor: int) -> None:
    paid = await bench.authorized(1000)
    assert result(await bench.one(an_ask(kind, paid, amount_minor))) == ("refused", "amount_invalid")


@pytest.mark.parametrize(
    ("token", "kind", "code"),
    [
        ("tok_capture_declined", CAPTURE, "declined"),
        ("tok_no_increment", INCREMENT, "not_supported"),
        ("tok_refund_declined", REFUND, "declined"),
    ],
)
async def test_a_token_makes_a_payment_refuse(make_bench: MakeBench, token: str, kind: AskKind, code: str) -> None:
    bench = make_bench(token)
    paid = await bench.authorized(1000)
    if kind is REFUND:
        await bench.one(an_ask(CAPTURE, paid, 1000))
    assert result(await bench.one(an_ask(kind, paid, 1000))) == ("refused", code)


# ---- keys, payments, merchants ----


@pytest.mark.parametrize(
    "other",
    [
        {"amount_minor": 401}, {"currency": "CHF"}, {"final": True}, {"payment": "pay_other"}, {"token": "tok_ok"},
        {"reference": None},
    ],
    ids=str,
)  # fmt: skip
async def test_a_key_has_one_content_in_every_part(bench: Bench, other: dict[str, Any]) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(CAPTURE, paid, 400)
    await bench.one(ask)
    answer = await bench.one(ask._replace(**other))
    assert (result(answer), sums(answer.standing)) == (("refused", "key_reused"), (1000, 400, 0, 0))


async def test_when_it_was_first_sent_is_no_content(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(CAPTURE, paid, 400)
    await bench.one(ask)
    assert result(await bench.one(ask._replace(sent_at=datetime(2026, 3, 1, tzinfo=UTC)))) == DONE


async def test_a_refusal_stays_one_though_it_would_now_be_possible(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(CAPTURE, paid, 1500)
    first = await bench.one(ask)
    await bench.one(an_ask(INCREMENT, paid, 500))
    again = await bench.one(ask)
    [found] = await bench.found(ask)
    assert [result(a) for a in (first, again, found)] == [("refused", "exceeds_authorized")] * 3
    assert sums(again.standing) == (1500, 0, 0, 0)


@pytest.mark.parametrize("reference", [None, "bp_unknown", "pi_other", "bp_\x00", ""])
async def test_no_reference_but_its_own_is_a_payment(bench: Bench, reference: str | None) -> None:
    ask = an_ask(CAPTURE, await bench.authorized(1000), 100)._replace(reference=reference)
    answer = await bench.one(ask)
    assert (result(answer), answer.standing) == (("refused", "unknown_payment"), None)


async def test_what_a_checkout_authorized_under_its_own_name_is_known_by_its_reference(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    answer = await bench.one(an_ask(CAPTURE, paid._replace(payment="pay_ours"), 100))
    assert (result(answer), sums(answer.standing)) == (DONE, (1000, 100, 0, 0))


async def test_merchants_have_their_own_payments_and_keys(make_bench: MakeBench) -> None:
    acme, bolt = make_bench(), make_bench(merchant="bolt")
    paid = await captured(acme, 1000)
    refund = an_ask(REFUND, paid, 1000)
    assert result(await bolt.one(refund)) == ("refused", "unknown_payment")
    assert result(await acme.one(refund)) == DONE


async def test_what_was_done_outlives_the_process(database: Database, make_bench: MakeBench) -> None:
    paid = await captured(make_bench(), 1000)
    refund = an_ask(REFUND, paid, 400)
    await make_bench().one(refund)
    other = await connect(database.dsn)
    again = await make_bench(on=other).one(refund)
    await other.close()
    assert (result(again), sums(again.standing)) == (DONE, (1000, 1000, 400, 0))


async def test_only_one_kind_is_asked_for_at_a_time(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    with pytest.raises(ValueError, match="only capture is asked for here"):
        await bench.provider.capture("acme", [an_ask(REFUND, paid, 1)])


async def test_asks_of_one_payment_in_a_call_are_decided_in_order(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    answers = await bench.say(*(an_ask(CAPTURE, paid, amount) for amount in (600, 500, 400)))
    assert [result(answer) for answer in answers] == [DONE, ("refused", "exceeds_authorized"), DONE]
    assert [sums(answer.standing)[1] for answer in answers] == [600, 600, 1000]


async def test_what_is_done_at_the_desk_is_found_without_a_key(bench: Bench) -> None:
    paid = await captured(bench, 1000)
    assert isinstance(bench.provider, BuiltinProvider)
    answer = await bench.provider.act_at_desk("acme", an_ask(REFUND, paid, 250))
    [found] = await bench.found(an_ask(REFUND, paid, 1))
    assert (result(answer), sums(answer.standing)) == (DONE, (1000, 1000, 250, 0))
    assert found.standing is not None
    assert found.standing.operations[-1] == Operation(None, REFUND, 250, done=True)


async def test_refusals_tell_why_in_a_sentence(bench: Bench) -> None:
    answer = await bench.one(an_authorization(1000, "tok_declined"))
    assert answer.message == "The payer's bank declined."


async def test_a_payment_id_is_no_key(bench: Bench) -> None:
    """Of a payment that nobody has authorized nothing is found, whatever the key."""
    unknown = an_authorization(1, "tok_ok", payment=encode_id("pay", new_id()))
    [found] = await bench.found(unknown)
    assert (found.verdict, found.standing) == (Verdict.UNKNOWN, None)

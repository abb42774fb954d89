"""What every adapter of a payment provider keeps: checks that any can be held to.

    @pytest.mark.parametrize("rule", ALL_RULES, ids=name_of)
    async def test_it_keeps_the_contract(rule: Rule, database: Database) -> None:
        provider = MyProvider(...)
        await rule(Bench(provider, "acme", authorized_by_token(provider, "acme", "tok_ok")))

An adapter whose provider (or whose provider's stand-in) cannot keep a rule leaves it out and says why.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from orderwright.payments.providers import Answer, Ask, AskKind, PaymentProvider, Standing, Verdict
from orderwright.platform.ids import encode_id, new_id


class Paid(NamedTuple):
    """A payment that is authorized at the provider."""

    payment: str
    reference: str
    currency: str


Authorized = Callable[[int], Awaitable[Paid]]  # makes a payment with so many minor units set aside


class Bench(NamedTuple):
    """An adapter under test."""

    provider: PaymentProvider
    merchant: str
    authorized: Authorized

    async def say(self, *asks: Ask) -> list[Answer]:
        """Ask for things of one kind."""
        return await getattr(self.provider, asks[0].kind.value)(self.merchant, asks)  # type: ignore[no-any-return]

    async def one(self, ask: Ask) -> Answer:
        """Ask for one thing."""
        [answer] = await self.say(ask)
        assert answer.key == ask.key
        return answer

    async def found(self, *asks: Ask) -> list[Answer]:
        """What became of things."""
        return await self.provider.fetch(self.merchant, asks)


Rule = Callable[[Bench], Awaitable[None]]


def an_ask(kind: AskKind, paid: Paid, amount_minor: int, *, final: bool = False, key: str | None = None) -> Ask:
    """Something to ask about a payment, with a key of its own."""
    return Ask(
        a_key() if key is None else key, paid.payment, kind, amount_minor, paid.currency, paid.reference, final=final
    )


def an_authorization(amount_minor: int, token: str | None, currency: str = "EUR", payment: str | None = None) -> Ask:
    """A payment to authorize."""
    return Ask(a_key(), payment or encode_id("pay", new_id()), AskKind.AUTHORIZE, amount_minor, currency, token=token)


def a_key() -> str:
    """A new idempotency key."""
    return encode_id("prq", new_id())


def authorized_by_token(provider: PaymentProvider, merchant: str, token: str, currency: str = "EUR") -> Authorized:
    """Payments are authorized by asking for it with a token."""

    async def authorized(amount_minor: int) -> Paid:
        ask = an_authorization(amount_minor, token, currency)
        [answer] = await provider.authorize(merchant, [ask])
        assert answer.verdict is Verdict.DONE
        assert answer.standing is not None
        return Paid(ask.payment, answer.standing.reference, currency)

    return authorized


def sums(standing: Standing | None) -> tuple[int, int, int, int]:
    """Authorized, captured, refunded and released minor units."""
    assert standing is not None
    return (
        standing.authorized_minor, standing.captured_minor, standing.refunded_minor, standing.released_minor
    )  # fmt: skip


def result(answer: Answer) -> tuple[str, str | None]:
    """The verdict and the code of an answer."""
    return answer.verdict.value, answer.code


DONE = ("done", None)


async def authorizing_sets_money_aside(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    [answer] = await bench.found(an_ask(AskKind.CAPTURE, paid, 1000))
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.standing is not None
    assert (answer.standing.reference, answer.standing.currency) == (paid.reference, paid.currency)
    assert sums(answer.standing) == (1000, 0, 0, 0)
    assert (answer.standing.capturable_minor, answer.standing.refundable_minor) == (1000, 0)


async def a_last_capture_lets_go_of_the_rest(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    answer = await bench.one(an_ask(AskKind.CAPTURE, paid, 700, final=True))
    assert result(answer) == DONE
    assert sums(answer.standing) == (1000, 700, 0, 300)


async def captures_come_in_parts(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    first = await bench.one(an_ask(AskKind.CAPTURE, paid, 300))
    second = await bench.one(an_ask(AskKind.CAPTURE, paid, 200))
    last = await bench.one(an_ask(AskKind.CAPTURE, paid, 400, final=True))
    assert [result(answer) for answer in (first, second, last)] == [DONE, DONE, DONE]
    assert [sums(answer.standing) for answer in (first, second, last)] == [
        (1000, 300, 0, 0), (1000, 500, 0, 0), (1000, 900, 0, 100)
    ]  # fmt: skip


async def nothing_is_captured_after_the_last(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 600, final=True))
    for again in (an_ask(AskKind.CAPTURE, paid, 100), an_ask(AskKind.CAPTURE, paid, 100, final=True)):
        answer = await bench.one(again)
        assert result(answer) == ("refused", "already_final")
    [found] = await bench.found(an_ask(AskKind.CAPTURE, paid, 100))
    assert sums(found.standing) == (1000, 600, 0, 400)


async def no_more_is_captured_than_is_set_aside(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    answer = await bench.one(an_ask(AskKind.CAPTURE, paid, 1001))
    assert result(answer) == ("refused", "exceeds_authorized")
    [found] = await bench.found(an_ask(AskKind.CAPTURE, paid, 1))
    assert sums(found.standing) == (1000, 0, 0, 0)


async def a_void_lets_go_of_all(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    voided = await bench.one(an_ask(AskKind.VOID, paid, 1000))
    after = await bench.one(an_ask(AskKind.CAPTURE, paid, 1))
    assert result(voided) == DONE
    assert sums(voided.standing) == (1000, 0, 0, 1000)
    assert result(after) == ("refused", "already_final")


async def an_increment_sets_more_aside(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    answer = await bench.one(an_ask(AskKind.INCREMENT, paid, 250))
    assert result(answer) == DONE
    assert sums(answer.standing) == (1250, 0, 0, 0)


async def refunds_come_in_parts(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    first = await bench.one(an_ask(AskKind.REFUND, paid, 400))
    second = await bench.one(an_ask(AskKind.REFUND, paid, 600))
    assert [result(first), result(second)] == [DONE, DONE]
    assert [sums(first.standing), sums(second.standing)] == [(1000, 1000, 400, 0), (1000, 1000, 1000, 0)]


async def no_more_is_refunded_than_was_captured(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    await bench.one(an_ask(AskKind.REFUND, paid, 700))
    answer = await bench.one(an_ask(AskKind.REFUND, paid, 301))
    assert result(answer) == ("refused", "exceeds_captured")
    [found] = await bench.found(an_ask(AskKind.REFUND, paid, 1))
    assert sums(found.standing) == (1000, 1000, 700, 0)


async def the_same_key_does_it_once(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.CAPTURE, paid, 400)
    answers = [await bench.one(ask), await bench.one(ask)]
    assert [result(answer) for answer in answers] == [DONE, DONE]
    assert [sums(answer.standing) for answer in answers] == [(1000, 400, 0, 0), (1000, 400, 0, 0)]


async def the_same_key_in_one_call_does_it_once(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    refund = an_ask(AskKind.REFUND, paid, 100)
    await bench.one(an_ask(AskKind.CAPTURE, paid, 1000, final=True))
    answers = await bench.say(refund, refund)
    assert [result(answer) for answer in answers] == [DONE, DONE]
    [found] = await bench.found(refund)
    assert sums(found.standing) == (1000, 1000, 100, 0)


async def a_key_has_one_content(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(AskKind.CAPTURE, paid, 400)
    await bench.one(ask)
    answer = await bench.one(ask._replace(amount_minor=401))
    assert result(answer) == ("refused", "key_reused")
    [found] = await bench.found(ask)
    assert sums(found.standing) == (1000, 400, 0, 0)


async def what_was_done_is_found_by_its_key(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    done, never = an_ask(AskKind.CAPTURE, paid, 400), an_ask(AskKind.CAPTURE, paid, 300)
    await bench.one(done)
    answers = await bench.found(done, never)
    assert [(answer.key, *result(answer)) for answer in answers] == [
        (done.key, "done", None), (never.key, "unknown", None)
    ]  # fmt: skip
    assert [sums(answer.standing) for answer in answers] == [(1000, 400, 0, 0), (1000, 400, 0, 0)]


async def of_an_unknown_payment_nothing_is_known(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    stranger = Paid(encode_id("pay", new_id()), f"{paid.reference[:-6]}000000", paid.currency)
    answer = await bench.one(an_ask(AskKind.CAPTURE, stranger, 1))
    [found] = await bench.found(an_ask(AskKind.CAPTURE, stranger, 1))
    assert result(answer) == ("refused", "unknown_payment")
    assert answer.standing is None
    assert (found.verdict, found.standing) == (Verdict.UNKNOWN, None)


async def a_payment_keeps_its_currency(bench: Bench) -> None:
    paid = await bench.authorized(1000)
    other = "CHF" if paid.currency != "CHF" else "EUR"
    answer = await bench.one(an_ask(AskKind.CAPTURE, paid._replace(currency=other), 100))
    assert result(answer) == ("refused", "currency_differs")


async def answers_come_in_order_and_one_refusal_fails_no_other(bench: Bench) -> None:
    payments: Sequence[Paid] = [await bench.authorized(amount) for amount in (100, 200, 300)]
    asks = [an_ask(AskKind.CAPTURE, paid, 200, final=True) for paid in payments]
    answers = await bench.say(*asks)
    assert [answer.key for answer in answers] == [ask.key for ask in asks]
    assert [result(answer) for answer in answers] == [("refused", "exceeds_authorized"), DONE, DONE]
    assert [sums(answer.standing) for answer in answers[1:]] == [(200, 200, 0, 0), (300, 200, 0, 100)]


async def nothing_asked_is_nothing_answered(bench: Bench) -> None:
    asked = [bench.provider.authorize, bench.provider.increment, bench.provider.capture, bench.provider.void,
             bench.provider.refund, bench.provider.fetch]  # fmt: skip
    assert [await ask(bench.merchant, []) for ask in asked] == [[], [], [], [], [], []]


ALL_RULES: tuple[Rule, ...] = (
    authorizing_sets_money_aside,
    a_last_capture_lets_go_of_the_rest,
    captures_come_in_parts,
    nothing_is_captured_after_the_last,
    no_more_is_captured_than_is_set_aside,
    a_void_lets_go_of_all,
    an_increment_sets_more_aside,
    refunds_come_in_parts,
    no_more_is_refunded_than_was_captured,
    the_same_key_does_it_once,
    the_same_key_in_one_call_does_it_once,
    a_key_has_one_content,
    what_was_done_is_found_by_its_key,
    of_an_unknown_payment_nothing_is_known,
    a_payment_keeps_its_currency,
    answers_come_in_order_and_one_refusal_fails_no_other,
    nothing_asked_is_nothing_answered,
)


def name_of(rule: Rule) -> str:
    """The name of a rule, for pytest."""
    return str(getattr(rule, "__name__", rule))

"""The built-in provider fails when told to, as often as told."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest

from orderwright.payments.providers import AskKind, Verdict
from orderwright.payments.providers.builtin import BuiltinProvider, Mode, plan_trouble
from orderwright.platform.db import Database
from tests.payments.provider_contract import (
    DONE,
    Bench,
    Paid,
    an_ask,
    an_authorization,
    authorized_by_token,
    result,
    sums,
)

UNKNOWN = ("unknown", None)
CAPTURE, REFUND = AskKind.CAPTURE, AskKind.REFUND


@pytest.fixture
def bench(database: Database) -> Bench:
    """A bench with the built-in provider."""
    provider = BuiltinProvider(database, webhook_secret=b"secret")
    return Bench(provider, "acme", authorized_by_token(provider, "acme", "tok_ok"))


async def plan(
    database: Database, kind: AskKind | Literal["fetch"] | None, mode: Mode, times: int = 1, **rest: Any
) -> None:
    async with database.transaction("acme") as tx:
        await plan_trouble(tx, kind, mode, times, **rest)


async def captured_minor(bench: Bench, paid: Paid) -> int:
    [found] = await bench.found(an_ask(CAPTURE, paid, 1))
    return sums(found.standing)[1]


async def test_a_time_out_before_does_nothing(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await plan(database, CAPTURE, Mode.TIMEOUT_BEFORE)
    ask = an_ask(CAPTURE, paid, 400)
    lost = await bench.one(ask)
    [found] = await bench.found(ask)
    assert (result(lost), lost.standing) == (UNKNOWN, None)
    assert (result(found), sums(found.standing)) == (UNKNOWN, (1000, 0, 0, 0))
    again = await bench.one(ask)
    assert (result(again), sums(again.standing)) == (DONE, (1000, 400, 0, 0))


async def test_a_time_out_after_does_it_and_does_not_say(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await plan(database, CAPTURE, Mode.TIMEOUT_AFTER, 2)
    done, refused = an_ask(CAPTURE, paid, 400), an_ask(CAPTURE, paid, 601)
    lost = await bench.say(done, refused)
    found = await bench.found(done, refused)
    assert [(result(answer), answer.standing) for answer in lost] == [(UNKNOWN, None), (UNKNOWN, None)]
    assert [result(answer) for answer in found] == [DONE, ("refused", "exceeds_authorized")]
    assert sums(found[0].standing) == (1000, 400, 0, 0)
    again = await bench.one(done)
    assert (result(again), sums(again.standing)) == (DONE, (1000, 400, 0, 0))


async def test_an_authorization_that_timed_out_is_found_by_its_payment(database: Database, bench: Bench) -> None:
    await plan(database, AskKind.AUTHORIZE, Mode.TIMEOUT_AFTER)
    ask = an_authorization(1000, "tok_ok")
    lost = await bench.one(ask)
    [found] = await bench.found(ask)
    assert [result(lost), result(found)] == [UNKNOWN, DONE]
    assert sums(found.standing) == (1000, 0, 0, 0)


async def test_a_decline_is_final_for_its_key_alone(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await plan(database, CAPTURE, Mode.DECLINE, code="do_not_honor")
    ask = an_ask(CAPTURE, paid, 400)
    first, again, other = await bench.one(ask), await bench.one(ask), await bench.one(an_ask(CAPTURE, paid, 400))
    assert [result(answer) for answer in (first, again, other)] == [
        ("refused", "do_not_honor"), ("refused", "do_not_honor"), DONE
    ]  # fmt: skip
    assert [sums(answer.standing)[1] for answer in (first, again, other)] == [0, 0, 400]


async def test_what_was_done_is_not_declined_afterwards(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(CAPTURE, paid, 400)
    await bench.one(ask)
    await plan(database, CAPTURE, Mode.DECLINE)
    assert result(await bench.one(ask)) == DONE


@pytest.mark.parametrize(("mode", "captured"), [(Mode.CRASH, 0), (Mode.CRASH_AFTER, 1000)])
async def test_a_crash_fails_the_whole_call_once(database: Database, bench: Bench, mode: Mode, captured: int) -> None:
    paid = await bench.authorized(1000)
    await plan(database, CAPTURE, mode, after=1)
    asks = [an_ask(CAPTURE, paid, amount) for amount in (400, 600)]
    with pytest.raises(ConnectionError):
        await bench.say(*asks)
    assert await captured_minor(bench, paid) == captured
    assert [result(answer) for answer in await bench.say(*asks)] == [DONE, DONE]
    assert await captured_minor(bench, paid) == 1000


async def test_a_trouble_lets_some_through_and_then_befalls_as_many_as_planned(
    database: Database, bench: Bench
) -> None:
    paid = await bench.authorized(1000)
    await plan(database, CAPTURE, Mode.TIMEOUT_BEFORE, 2, after=3)
    asks = [an_ask(CAPTURE, paid, 1) for _ in range(7)]
    verdicts = [answer.verdict.value for answer in [*await bench.say(*asks[:4]), *await bench.say(*asks[4:])]]
    assert verdicts == ["done", "done", "done", "unknown", "unknown", "done", "done"]


async def test_troubles_come_one_after_another_and_by_kind(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    await plan(database, REFUND, Mode.TIMEOUT_BEFORE)
    await plan(database, None, Mode.DECLINE, code="one")
    await plan(database, CAPTURE, Mode.DECLINE, code="two")
    answers = await bench.say(*(an_ask(CAPTURE, paid, 500) for _ in range(3)))
    assert [answer.code for answer in answers] == ["one", "two", None]
    assert [result(await bench.one(an_ask(REFUND, paid, 500))) for _ in range(2)] == [UNKNOWN, DONE]


async def test_fetching_fails_only_when_that_is_planned(database: Database, bench: Bench) -> None:
    paid = await bench.authorized(1000)
    ask = an_ask(CAPTURE, paid, 400)
    await bench.one(ask)
    await plan(database, None, Mode.CRASH, 5)
    assert [result(answer) for answer in await bench.found(ask)] == [DONE]
    await plan(database, "fetch", Mode.TIMEOUT_BEFORE)
    await plan(database, "fetch", Mode.CRASH)
    [lost] = await bench.found(ask)
    with pytest.raises(ConnectionError):
        await bench.found(ask)
    [found] = await bench.found(ask)
    assert (lost.verdict, lost.standing, result(found)) == (Verdict.UNKNOWN, None, DONE)


async def test_two_calls_at_once_share_what_is_planned(database: Database, bench: Bench) -> None:
    one, other = await bench.authorized(100), await bench.authorized(100)
    await plan(database, CAPTURE, Mode.TIMEOUT_BEFORE, 25)
    calls = (bench.say(*(an_ask(CAPTURE, paid, 1) for _ in range(20))) for paid in (one, other))
    answers = [answer for call in await asyncio.gather(*calls) for answer in call]
    assert [answer.verdict for answer in answers].count(Verdict.UNKNOWN) == 25
    assert await captured_minor(bench, one) + await captured_minor(bench, other) == 15


async def test_troubles_of_one_merchant_are_not_anothers(database: Database, bench: Bench) -> None:
    await plan(database, None, Mode.CRASH)
    [answer] = await bench.provider.authorize("bolt", [an_authorization(1000, "tok_ok")])
    assert result(answer) == DONE


@pytest.mark.parametrize(
    ("kind", "mode", "times", "after"),
    [("fetch", Mode.DECLINE, 1, 0), (CAPTURE, Mode.CRASH, 0, 0), (CAPTURE, Mode.CRASH, 1, -1)],
)
async def test_what_makes_no_sense_cannot_be_planned(
    database: Database, kind: Any, mode: Mode, times: int, after: int
) -> None:
    with pytest.raises(ValueError, match=r"^(nobody declines|a trouble befalls)"):
        await plan(database, kind, mode, times, after=after)

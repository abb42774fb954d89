"""The built-in provider under load: two calls at once, and a thousand asks in one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from orderwright.payments.providers import Ask, AskKind, Standing, Verdict
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.platform.db import Database, Transaction
from tests.helpers.databases import until
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

AUTHORIZE, INCREMENT, CAPTURE, VOID, REFUND = AskKind
SECRET = b"the secret of the tests' webhooks"


@pytest.fixture
def bench(database: Database) -> Bench:
    """A bench with the built-in provider, whose payers pay."""
    provider = BuiltinProvider(database, webhook_secret=SECRET)
    return Bench(provider, "acme", authorized_by_token(provider, "acme", "tok_ok"))


async def captured(bench: Bench, amount_minor: int) -> Paid:
    """A payment of which all was captured."""
    paid = await bench.authorized(amount_minor)
    assert result(await bench.one(an_ask(CAPTURE, paid, amount_minor, final=True))) == DONE
    return paid


# ---- two connections ----


@asynccontextmanager
async def _held(database: Database) -> AsyncIterator[Transaction]:
    """All payments locked by somebody else."""
    async with database.transaction("acme") as tx:
        await tx.fetch("SELECT reference FROM builtin_payment ORDER BY reference FOR UPDATE")
        yield tx


async def _both_at_once(database: Database, bench: Bench, one: Ask, other: Ask) -> list[tuple[str, str | None]]:
    """Two calls that both wait for the payment before either has it; the first that waits comes first."""
    async with _held(database):
        calls = [asyncio.create_task(bench.one(one))]
        await _waiting(database, 1)
        calls.append(asyncio.create_task(bench.one(other)))
        await _waiting(database, 2)
    return [result(answer) for answer in await asyncio.gather(*calls)]


async def _waiting(database: Database, count: int) -> None:
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    async def wait() -> bool:
        async with database.connection() as connection:
            return bool(await connection.fetchval(sql) >= count)

    await until(wait)


async def test_of_two_refunds_of_the_whole_at_once_one_is_done(database: Database, bench: Bench) -> None:
    paid = await captured(bench, 1000)
    results = await _both_at_once(database, bench, an_ask(REFUND, paid, 1000), an_ask(REFUND, paid, 1000))
    [found] = await bench.found(an_ask(REFUND, paid, 1))
    assert sorted(results, key=str) == [DONE, ("refused", "exceeds_captured")]
    assert sums(found.standing) == (1000, 1000, 1000, 0)


async def test_the_same_refund_twice_at_once_is_done_once(database: Database, bench: Bench) -> None:
    """The second has not seen the key when it waits: it is decided anew."""
    paid = await captured(bench, 1000)
    refund = an_ask(REFUND, paid, 1000)
    assert await _both_at_once(database, bench, refund, refund) == [DONE, DONE]
    [found] = await bench.found(refund)
    assert sums(found.standing) == (1000, 1000, 1000, 0)


async def test_the_same_authorization_twice_at_once_makes_one_payment(database: Database, bench: Bench) -> None:
    ask = an_authorization(1000, "tok_ok")
    async with database.transaction("acme") as tx:  # somebody who has the table, so that both wait at the same place
        await tx.execute("LOCK TABLE builtin_operation IN SHARE MODE")
        calls = [asyncio.create_task(bench.one(ask)) for _ in range(2)]
        await _waiting(database, 2)
    first, second = await asyncio.gather(*calls)
    assert [result(first), result(second)] == [DONE, DONE]
    assert first.standing == second.standing
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM builtin_payment") == 1


# ---- batches ----


class _Counting:
    """A database that adds up the statements of its transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements = 0

    @asynccontextmanager
    async def transaction(self, merchant: str) -> AsyncIterator[Transaction]:
        async with self._database.transaction(merchant) as tx:
            yield tx
            self.statements += tx.statements


async def _counted(database: Database, kind: AskKind | None, asks: list[Ask]) -> int:
    counting = _Counting(database)
    provider = BuiltinProvider(counting, webhook_secret=SECRET)  # type: ignore[arg-type]
    answers = await getattr(provider, kind or "fetch")("acme", asks)
    assert {answer.verdict for answer in answers} == {Verdict.DONE}
    return counting.statements


@pytest.mark.parametrize("count", [1, 1000])
async def test_a_call_takes_the_same_statements_for_1_and_1000(database: Database, bench: Bench, count: int) -> None:
    authorizations = [an_authorization(1000, "tok_ok") for _ in range(count)]
    statements = [await _counted(database, AUTHORIZE, authorizations)]
    standings = [answer.standing for answer in await bench.found(*authorizations)]
    paid = [
        Paid(ask.payment, standing.reference, "EUR")
        for ask, standing in zip(authorizations, standings, strict=True)
        if isinstance(standing, Standing)
    ]
    statements += [
        await _counted(database, kind, [an_ask(kind, each, 500) for each in paid])
        for kind in (INCREMENT, CAPTURE, REFUND, VOID)
    ]
    statements.append(await _counted(database, None, authorizations))
    assert statements == [6, 6, 6, 6, 6, 4]
    assert sums((await bench.found(authorizations[-1]))[0].standing) == (1500, 500, 500, 1000)


async def test_a_thousand_refunds_of_one_payment_are_one_call(bench: Bench) -> None:
    paid = await captured(bench, 999)
    answers = await bench.say(*(an_ask(REFUND, paid, 1) for _ in range(1000)))
    assert [result(answer) for answer in answers] == [*[DONE] * 999, ("refused", "exceeds_captured")]
    assert sums(answers[-1].standing) == (999, 999, 999, 0)


async def test_a_thousand_refunds_take_less_than_three_seconds(database: Database, bench: Bench) -> None:
    """An idle machine takes a hundredth of that; a row at a time would take longer than this on a busy one."""
    asks = [an_authorization(1000, "tok_ok") for _ in range(1000)]
    standings = [answer.standing for answer in await bench.say(*asks)]
    paid = [
        Paid(ask.payment, standing.reference, "EUR")
        for ask, standing in zip(asks, standings, strict=True)
        if standing is not None
    ]
    await bench.say(*(an_ask(CAPTURE, each, 1000, final=True) for each in paid))
    started = time.perf_counter()
    await bench.say(*(an_ask(REFUND, each, 1000) for each in paid))
    took_s = time.perf_counter() - started
    assert took_s < 3

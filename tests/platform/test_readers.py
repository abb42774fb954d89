"""Readers: connections that stay in a merchant's schema and cannot write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from orderwright.platform.db import Database
from orderwright.platform.errors import DatabaseUnavailable
from orderwright.platform.readers import Readers
from tests.helpers.databases import HASH_KEY
from tests.helpers.farewell import a_server_that_leaves

OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%reader'"
SCHEMA = "SELECT current_schema()"


@pytest_asyncio.fixture
async def readers(dsn: str) -> AsyncIterator[Readers]:
    """One reader on this test's database."""
    opened = Readers(dsn, hash_key=HASH_KEY, size=1)
    yield opened
    await opened.close()


async def test_merchants_take_turns_on_one_connection(database: Database, readers: Readers) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute("INSERT INTO pool (id, code, name) VALUES (gen_random_uuid(), 'east', 'East')")
    seen = []
    for merchant in ("acme", "bolt", "acme", "acme", "bolt"):
        async with readers.reading(merchant) as tx:
            seen.append((await tx.fetchval(SCHEMA), await tx.fetchval("SELECT count(*) FROM pool")))
            assert tx.statements == 2
    assert seen == [("m_acme", 1), ("m_bolt", 0), ("m_acme", 1), ("m_acme", 1), ("m_bolt", 0)]
    async with database.connection() as connection:
        assert await connection.fetchval(OPEN) == 1


async def test_each_merchant_has_a_reader_of_its_own_while_there_are_enough(dsn: str) -> None:
    """Fault: merchants that are read in turn took the one connection from each other, at the cost of a read."""
    readers = Readers(dsn, hash_key=HASH_KEY, size=2)
    pids = []
    for merchant in ("acme", "bolt", "acme", "bolt"):
        async with readers.reading(merchant) as tx:
            pids.append(await tx.fetchval("SELECT pg_backend_pid()"))
    assert len(set(pids[:2])) == 2
    assert pids[2:] == pids[:2]
    async with readers.reading("acme") as tx, readers.reading("acme") as other:
        seen = [await one.fetchval(SCHEMA) for one in (tx, other)]
        taken = await other.fetchval("SELECT pg_backend_pid()")
    assert (seen, taken) == (["m_acme", "m_acme"], pids[1])
    await readers.close()


async def test_a_reader_cannot_write_and_goes_on_after_an_error(readers: Readers) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with readers.reading("acme") as tx:
            await tx.execute("DELETE FROM pool")
    async with readers.reading("acme") as tx:
        pid = await tx.fetchval("SELECT pg_backend_pid()")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await tx.fetchval("SELECT 1 / 0")
        assert await tx.fetchval("SELECT pg_backend_pid()") == pid


async def test_general_plans_only(readers: Readers) -> None:
    async with readers.reading("acme") as tx:
        await tx.fetch("SELECT id FROM pool WHERE code = ANY ($1::text[])", ["x"])
        plans = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%' || $1"
        assert [tuple(row) for row in await tx.fetch(plans, "ANY ($1::text[])")] == [(1, 0)]


async def test_an_error_of_the_callers_own_stays_what_it_is(readers: Readers) -> None:
    for error in (KeyError("mine"), TimeoutError("mine"), OSError("mine")):
        with pytest.raises(type(error), match="mine"):
            async with readers.reading("acme"):
                raise error


async def test_who_comes_second_waits_for_the_reader(readers: Readers) -> None:
    order: list[str] = []
    may_end = asyncio.Event()

    async def first() -> None:
        async with readers.reading("acme"):
            order.append("first begins")
            await may_end.wait()
            order.append("first ends")

    async def second() -> None:
        async with readers.reading("bolt") as tx:
            order.append(await tx.fetchval(SCHEMA))

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        group.create_task(second())
        await asyncio.sleep(0)
        may_end.set()
    assert order == ["first begins", "first ends", "m_bolt"]


async def test_a_read_that_is_given_up_takes_its_connection_along(readers: Readers) -> None:
    async with readers.reading("acme") as tx:
        pid = await tx.fetchval("SELECT pg_backend_pid()")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), readers.reading("acme") as tx:
            await tx.fetch("SELECT pg_sleep(30)")
    async with readers.reading("acme") as tx:
        assert await tx.fetchval("SELECT pg_backend_pid()") != pid


async def test_a_lost_connection_is_said_and_replaced(database: Database, readers: Readers) -> None:
    async with readers.reading("acme") as tx:
        pid = await tx.fetchval("SELECT pg_backend_pid()")

    async def end_it() -> None:
        """End the session as soon as it sleeps."""
        async with database.connection() as other:
            while not await other.fetchval("SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $1", pid):
                pass
            await other.fetchval("SELECT pg_terminate_backend($1)", pid)

    ending = asyncio.create_task(end_it())
    with pytest.raises(DatabaseUnavailable):
        async with readers.reading("acme") as tx:
            await tx.fetch("SELECT pg_sleep(30)")
    await ending
    async with readers.reading("acme") as tx:
        assert await tx.fetchval("SELECT pg_backend_pid()") != pid


@pytest.mark.parametrize("after", [0, 1])
async def test_a_server_that_leaves_meanwhile_is_away(after: int) -> None:
    async with a_server_that_leaves(after) as dsn:
        readers = Readers(dsn, hash_key=HASH_KEY)
        with pytest.raises(DatabaseUnavailable):
            async with readers.reading("acme") as tx:
                await tx.fetch("SELECT 1")
        await readers.close()


async def test_no_server_no_reader() -> None:
    nowhere = Readers("postgresql://nobody@/none?host=/nowhere", hash_key=HASH_KEY)
    with pytest.raises(DatabaseUnavailable):
        async with nowhere.reading("acme"):
            raise AssertionError("there is nothing to read from")
    with pytest.raises(ValueError, match="merchant code"):
        async with nowhere.reading("acme; DROP SCHEMA m_acme"):
            raise AssertionError("this is no merchant")


async def test_closing_closes_now_and_when_given_back(database: Database, dsn: str) -> None:
    readers = Readers(dsn, hash_key=HASH_KEY, size=2)
    async with readers.reading("acme") as tx:
        async with readers.reading("bolt") as other:
            assert await other.fetchval(SCHEMA) == "m_bolt"
        await readers.close()
        assert await tx.fetchval(SCHEMA) == "m_acme"
    async with database.connection() as connection, asyncio.timeout(10):
        while await connection.fetchval(OPEN):
            pass

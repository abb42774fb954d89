"""Transactions: what a lost connection, a swallowed error and a mistake of the caller look like from outside."""

import asyncio
import contextlib
import gc

import asyncpg
import pytest

from orderwright.platform.db import Database, Transaction, schema_of
from orderwright.platform.errors import DatabaseUnavailable
from tests.helpers.databases import connect, roll_back, terminate

MAKE_WORK = "INSERT INTO work (stage, subject_id) VALUES ('verify', gen_random_uuid())"


async def count(database: Database) -> int:
    async with database.transaction("acme") as tx:
        return int(await tx.fetchval("SELECT count(*) FROM work"))


async def test_a_block_that_ends_well_is_committed_and_wakes(database: Database) -> None:
    woken: list[tuple[str, set[str]]] = []
    told: list[str] = []
    database.on_work = lambda schema, stages: woken.append((schema, stages))
    async with database.transaction("acme") as tx:
        tx.woken.add("verify")
        tx.on_commit.append(lambda: told.append("committed"))
        await tx.execute(MAKE_WORK)
        assert (woken, told) == ([], [])
        assert tx.statements == 1

    assert (woken, told) == ([("m_acme", {"verify"})], ["committed"])
    assert await count(database) == 1


async def test_an_exception_rolls_back_and_wakes_nobody(database: Database) -> None:
    told: list[str] = []

    async def work(tx: Transaction) -> None:
        tx.on_commit.append(lambda: told.append("committed"))
        await tx.execute(MAKE_WORK)

    await roll_back(database, work)

    assert told == []
    assert await count(database) == 0


async def test_what_is_undone_to_a_savepoint_is_neither_told_nor_woken(database: Database) -> None:
    """Fault: orders of a batch that ran again in halves were counted twice."""
    woken: list[tuple[str, set[str]]] = []
    told: list[str] = []

    async def work(tx: Transaction, name: str) -> None:
        tx.woken.add(name)
        tx.on_commit.append(lambda: told.append(name))
        await tx.execute(MAKE_WORK)

    database.on_work = lambda schema, stages: woken.append((schema, stages))
    async with database.transaction("acme") as tx:
        await work(tx, "before")
        with contextlib.suppress(asyncpg.DataError):
            async with tx.savepoint():
                with contextlib.suppress(ValueError):
                    async with tx.savepoint():
                        raise ValueError("inner")
                async with tx.savepoint():
                    await work(tx, "undone")
                await tx.execute("SELECT 1 / 0")
        async with tx.savepoint():
            await work(tx, "kept")

    assert (woken, told) == ([("m_acme", {"before", "kept"})], ["before", "kept"])
    assert await count(database) == 2


async def test_a_cancelled_block_rolls_back_and_gives_the_connection_back(dsn: str) -> None:
    one = await connect(dsn, pool_size=1)
    entered = asyncio.Event()

    async def work() -> None:
        async with one.transaction("acme") as tx:
            await tx.execute(MAKE_WORK)
            entered.set()
            await tx.execute("SELECT pg_sleep(60)")

    task = asyncio.create_task(work())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await count(one) == 0
    await one.close()


async def test_a_block_cancelled_again_while_it_rolls_back_stays_cancelled(
    dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing takes the place of the cancellation: who loops over errors would go on."""
    one = await connect(dsn, pool_size=1)

    async def work(entered: asyncio.Event) -> None:
        async with one.transaction("acme") as tx:
            await tx.execute(MAKE_WORK)
            entered.set()
            await tx.execute("SELECT pg_sleep(60)")

    for steps in range(1, 8):  # of the loop, between the two
        entered = asyncio.Event()
        task = asyncio.create_task(work(entered))
        await entered.wait()
        await asyncio.sleep(0)
        task.cancel()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await count(one) == 0
    await one.close()
    gc.collect()  # what nobody retrieves is told then
    assert caplog.messages == []


async def test_a_swallowed_error_is_not_answered_as_success(database: Database) -> None:
    """PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error."""

    async def swallow() -> None:
        async with database.transaction("acme") as tx:
            await tx.execute(MAKE_WORK)
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.execute("SELECT 1/0")

    with pytest.raises(RuntimeError, match="swallowed"):
        await swallow()
    assert await count(database) == 0


async def test_a_connection_lost_before_the_commit_changed_nothing(database: Database) -> None:

    async def lose() -> None:
        async with database.transaction("acme") as tx:
            await tx.execute(MAKE_WORK)
            await terminate(database, await tx.fetchval("SELECT pg_backend_pid()"))
            await tx.execute("SELECT 1")

    for _ in range(5):  # the server's farewell arrives at different moments
        with pytest.raises(DatabaseUnavailable):
            await lose()
    assert await count(database) == 0


async def test_a_connection_lost_in_a_statement_changed_nothing(database: Database) -> None:
    async def sleep(pid: asyncio.Future[int]) -> None:
        async with database.transaction("acme") as tx:
            pid.set_result(await tx.fetchval("SELECT pg_backend_pid()"))
            await tx.execute("SELECT pg_sleep(60)")

    pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(sleep(pid))
    await terminate(database, await pid)
    with pytest.raises(DatabaseUnavailable):
        await task


async def test_the_callers_own_mistakes_stay_what_they_are(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        async with database.transaction("acme") as tx:
            await tx.execute("SELECT $1::int")
    with pytest.raises(TimeoutError):
        async with database.transaction("acme") as tx, asyncio.timeout(0.01):
            await tx.execute("SELECT pg_sleep(60)")
    with pytest.raises(asyncpg.UndefinedTableError):
        async with database.transaction("nobody") as tx:
            await tx.execute("SELECT 1 FROM work")


async def test_no_server_is_unavailable() -> None:
    gone = await connect("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable):
        async with gone.transaction("acme"):
            pass
    await gone.close()


@pytest.mark.parametrize("code", ["", "Acme", "1a", "a b", "a;b", "a" * 41, "a\n", "ä"])
def test_a_merchant_code_is_a_safe_identifier(code: str) -> None:
    with pytest.raises(ValueError, match="merchant code"):
        schema_of(code)

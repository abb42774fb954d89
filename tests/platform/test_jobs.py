"""Jobs: queued with the transaction that wants them, tried again, kept when they fail for good; the nightly pruning."""

import asyncio
import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.ports.driver import NotifyCallback
from structlog.testing import capture_logs

from orderwright.app import system, workers
from orderwright.orders import REFUSED_ORDERS
from orderwright.platform import jobs as jobs_module
from orderwright.platform.db import Database
from orderwright.platform.jobs import Job, JobRunner, enqueue_job
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.retention import prune_job
from orderwright.platform.settings import Settings
from tests.helpers.databases import HASH_KEY, connect, roll_back, until


class Runs:
    """A job's `run` that keeps what it got, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.got: list[tuple[str, Mapping[str, Any]]] = []
        self.failures = failures
        self.changed = asyncio.Condition()

    async def __call__(self, _database: Database, merchant: str, payload: Mapping[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise ValueError("cannot reach ada@example.com")
        async with self.changed:
            self.got.append((merchant, payload))
            self.changed.notify_all()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: len(self.got) >= count)


@asynccontextmanager
async def running(database: Database, *jobs: Job) -> AsyncIterator[None]:
    runner = JobRunner(database, lambda: merchant_codes(database), jobs, poll_s=0.2)
    await runner.start()
    try:
        yield
    finally:
        await runner.stop()


async def waiting(database: Database) -> list[tuple[str, str]]:
    async with database.operator_transaction() as tx:
        return [tuple(row) for row in await tx.fetch("SELECT entrypoint, status::text FROM pgqueuer ORDER BY id")]


async def test_the_tables_are_those_the_installed_release_wants(database: Database) -> None:
    async with database.connection() as connection:
        environment = QueryBuilderEnvironment(settings=jobs_module.QUEUE_SETTINGS)
        plan = await Queries(AsyncpgDriver(connection), qbe=environment).plan_upgrade()
    assert plan.statements == ()


async def test_a_job_is_queued_with_its_transaction_and_only_then(database: Database) -> None:
    runs = Runs()
    async with running(database, Job("send", runs)):
        await roll_back(database, lambda tx: enqueue_job(tx, "send", {"n": 1}))
        async with database.transaction("bolt") as tx:
            await enqueue_job(tx, "send", {"n": 2})
            assert tx.statements == 1
        await runs.wait_for(1)

    assert runs.got == [("bolt", {"n": 2})]
    assert await waiting(database) == []


async def test_a_job_that_fails_is_tried_again(database: Database) -> None:
    runs = Runs(failures=1)
    async with running(database, Job("send", runs)):
        async with database.transaction("acme") as tx:
            await enqueue_job(tx, "send")
        await runs.wait_for(1)
    assert runs.got == [("acme", {})]


async def test_a_job_that_fails_for_good_is_kept_without_personal_data(database: Database) -> None:
    async with running(database, Job("send", Runs(failures=100), attempts_max=0)):
        async with database.transaction("acme") as tx:
            await enqueue_job(tx, "send")

        async def failed() -> bool:
            return await waiting(database) == [("send", "failed")]

        await until(failed)
    async with database.operator_transaction() as tx:
        log = await tx.fetchval("SELECT string_agg(traceback::text, ' ') FROM pgqueuer_log")
    assert "ValueError: cannot reach …" in log
    assert "ada@example.com" not in log


async def test_one_job_a_dedupe_key_waits(database: Database) -> None:
    for merchant in ("acme", "acme", "bolt"):
        async with database.transaction(merchant) as tx:
            await enqueue_job(tx, "send", dedupe_key="k", delay=timedelta(hours=1))
    assert await waiting(database) == [("send", "queued"), ("send", "queued")]


async def test_a_recurring_job_comes_for_every_merchant(database: Database) -> None:
    runs = Runs()
    async with running(database, Job("nightly", runs, cron="* * * * * *")):  # six fields: every second
        await runs.wait_for(2)
    assert {merchant for merchant, _ in runs.got} == {"acme", "bolt"}


@pytest.fixture
def signs_of_life(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The library asks its listener for one every half second instead of every ten; what was answered.

    And listening begins late, as it does with a busy pool.
    """
    listen, healthy = AsyncpgPoolDriver.add_listener, QueueManager.listener_healthy
    probe = functools.partialmethod(QueueManager._run_periodic_health_check, interval=timedelta(seconds=0.5))
    answered: list[object] = []

    async def late(driver: AsyncpgPoolDriver, channel: str, callback: NotifyCallback) -> None:
        await asyncio.sleep(0.2)
        await listen(driver, channel, callback)

    async def noted(manager: QueueManager, timeout: timedelta) -> object:  # noqa: ASYNC109 (as the library has it)
        answered.append(await healthy(manager, timeout))
        return answered[-1]

    monkeypatch.setattr(QueueManager, "_run_periodic_health_check", probe)
    monkeypatch.setattr(QueueManager, "listener_healthy", noted)
    monkeypatch.setattr(AsyncpgPoolDriver, "add_listener", late)
    return answered


async def test_a_fresh_system_is_calm(dsn: str, tmp_path: Path, signs_of_life: list[object]) -> None:
    """The first sign of life is asked for as soon as the library starts: a missing answer would be told as a loss."""

    async def asked_twice() -> bool:
        return len(signs_of_life) >= 2

    settings = Settings(database_url=dsn, data_dir=tmp_path, secret_key=HASH_KEY.decode())
    with capture_logs() as logs:
        async with system(settings) as opened, workers(opened):
            await until(asked_twice)
    assert [entry for entry in logs if entry["log_level"] not in ("debug", "info")] == []


async def test_stop_lets_a_job_finish(database: Database) -> None:
    began, may_end = asyncio.Event(), asyncio.Event()
    ended = []

    async def run(_database: Database, merchant: str, _payload: Mapping[str, Any]) -> None:
        began.set()
        await may_end.wait()
        ended.append(merchant)

    runner = JobRunner(database, lambda: merchant_codes(database), [Job("send", run)])
    await runner.start()
    async with database.transaction("acme") as tx:
        await enqueue_job(tx, "send")
    await began.wait()
    stopping = asyncio.create_task(runner.stop())
    await asyncio.sleep(0)
    may_end.set()
    await stopping

    assert ended == ["acme"]
    assert await waiting(database) == []


async def test_it_starts_again_when_its_connections_are_lost(dsn: str, database: Database) -> None:
    runs = Runs()
    other = await connect(dsn)
    async with running(other, Job("send", runs)):
        async with database.transaction("acme") as tx:
            await enqueue_job(tx, "send", {"n": 1})
        await runs.wait_for(1)
        async with database.connection() as connection:
            killed = await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert killed >= 1
        async with database.transaction("acme") as tx:
            await enqueue_job(tx, "send", {"n": 2})
        await runs.wait_for(2)
    assert [payload["n"] for _, payload in runs.got] == [1, 2]
    await other.close()


async def test_pruning_removes_what_is_old_and_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orderwright.platform.retention.BATCH", 2)
    for merchant in ("acme", "bolt"):
        async with database.transaction(merchant) as tx:
            await tx.execute(
                "INSERT INTO idempotency (key, request_hash, created_at)"
                " SELECT 'key ' || days, '', now() - days * interval '23.99 hours'"
                " FROM generate_series(27, 34) AS d (days)"
            )
            await tx.execute(
                "INSERT INTO inbox (id, code, message, act_id, received_at)"
                " SELECT gen_random_uuid(), 'refused', days::text, gen_random_uuid(),"
                " now() - days * interval '23.99 hours' FROM generate_series(87, 94) AS d (days)"
            )

    job = prune_job([REFUSED_ORDERS])
    await job.run(database, "acme", {})

    for merchant, keys, bodies in (
        ("acme", ["key 27", "key 28", "key 29", "key 30"], ["87", "88", "89", "90"]),
        ("bolt", [f"key {days}" for days in range(27, 35)], [str(days) for days in range(87, 95)]),
    ):
        async with database.transaction(merchant) as tx:
            assert [row[0] for row in await tx.fetch("SELECT key FROM idempotency ORDER BY key")] == keys
            assert [row[0] for row in await tx.fetch("SELECT message FROM inbox ORDER BY message")] == bodies
    assert job.cron == "17 3 * * *"

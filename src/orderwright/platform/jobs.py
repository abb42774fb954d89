"""Jobs: what is neither a stage nor a subscriber (an attempt at a webhook, an e-mail, a nightly pruning), on PgQueuer.

A job is queued in the transaction that wants it, so it exists if that commits and only then. It runs at least once, in
any process that runs a `JobRunner`; a failure is tried again with growing pauses, and kept as `failed` at last.
Its payload holds ids, never personal data (law T5); what is logged of a failure holds no values either.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from asyncpg.pool import Pool
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.models import Job as PickedJob
from pgqueuer.domain.models import Schedule
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel
from pgqueuer.ports.driver import NotifyCallback

from orderwright.platform.db import CONNECTION_ERRORS, MERCHANT_PREFIX, OPERATOR_SCHEMA, Database, Transaction
from orderwright.platform.failures import describe_error

RunJob = Callable[[Database, str, Mapping[str, Any]], Awaitable[None]]

_CHANNEL = Channel("ch_pgqueuer")
# Every name is said, so that no variable of the environment can change one.
QUEUE_SETTINGS = DBSettings(
    prefix="",
    db_schema=OPERATOR_SCHEMA,
    channel=_CHANNEL,
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
)
_ENQUEUE = QueryQueueBuilder(settings=QUEUE_SETTINGS).build_enqueue_query("skip")
_PAUSE_MAX_S = 10.0

log = structlog.get_logger(__name__)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the library tells more than is told here: while the database is away it logs a stack for every try."""
    error = record.exc_info[1] if record.exc_info else None
    return record.msg != "Manager failed during shutdown" and not isinstance(error, CONNECTION_ERRORS)


logging.getLogger("pgqueuer").addFilter(_is_news)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job. `run(database, merchant, payload)` may come twice: it must bear that.

    With `cron` (five fields, UTC) it is queued for every merchant whenever that is due, by one process.
    """

    name: str
    run: RunJob
    cron: str | None = None
    attempts_max: int = 10


class JobFailed(Exception):
    """A job failed; the message says how without values that may be personal data."""


async def enqueue_job(
    tx: Transaction,
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    dedupe_key: str | None = None,
    delay: timedelta | None = None,
) -> None:
    """Queue a job for this transaction's merchant, to run once that has committed, or `delay` later.

    While a job with the same `dedupe_key` waits or runs, no other is queued. One statement.
    """
    merchant = tx.schema.removeprefix(MERCHANT_PREFIX)
    await _enqueue(tx, name, [_encode(merchant, payload or {})], [dedupe_key and f"{merchant}:{dedupe_key}"], delay)


def _encode(merchant: str, payload: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"merchant": merchant, "data": payload}, enc_hook=str)


async def _enqueue(
    tx: Transaction,
    name: str,
    payloads: Sequence[bytes],
    dedupe_keys: Sequence[str | None],
    delay: timedelta | None = None,
) -> None:
    count = len(payloads)
    keys = [key and f"{name}:{key}" for key in dedupe_keys]
    delays, headers = [delay or timedelta(0)] * count, ["{}"] * count
    await tx.execute(_ENQUEUE, [0] * count, [name] * count, list(payloads), delays, keys, headers)


class _ListeningDriver(AsyncpgPoolDriver):
    """Sends no notification before it listens.

    The library asks its own listener for a sign of life as soon as it runs, beside the LISTEN itself: where that came
    later, on a connection of its own, the question was lost, and the missing answer ten seconds later taken for a loss.
    """

    def __init__(self, pool: Pool[Any]) -> None:
        super().__init__(pool)
        self._listening = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listening.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listening.wait()
        await super().notify(channel, payload)


class JobRunner:
    """Runs jobs of these kinds in this process, and queues those that are due by their `cron` for all merchants.

    Any number of processes may run it. Jobs are found at once by NOTIFY, and every `poll_s` seconds without. A database
    that goes away is waited for.
    """

    def __init__(
        self,
        database: Database,
        merchants: Callable[[], Awaitable[Sequence[str]]],
        jobs: Sequence[Job],
        *,
        at_once_max: int = 20,
        poll_s: float = 5.0,
        stop_limit_s: float = 30.0,
    ) -> None:
        self._database, self._merchants, self._jobs = database, merchants, jobs
        self._at_once_max, self._poll_s, self._stop_limit_s = at_once_max, poll_s, stop_limit_s
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._queue: PgQueuer | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """End: jobs that run are finished, for `stop_limit_s` at most; others wait for another process."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=self._stop_limit_s)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_running(self) -> None:
        pause_s, told = 0.2, False
        while not self._stopping.is_set():
            self._queue = self._build()
            began = asyncio.get_running_loop().time()
            try:
                await self._queue.run(
                    dequeue_timeout=timedelta(seconds=self._poll_s),  # a lost listener is not noticed before
                    batch_size=self._at_once_max // 2,
                    max_concurrent_tasks=self._at_once_max,
                    shutdown_on_listener_failure=True,
                )
            except Exception as error:  # noqa: BLE001 (whatever it is, the queue is started anew)
                if asyncio.get_running_loop().time() - began > _PAUSE_MAX_S:
                    pause_s, told = 0.2, False
                if not told:
                    log.warning("jobs interrupted: started again until that works", error=describe_error(error))
                told = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            pause_s = min(2 * pause_s, _PAUSE_MAX_S)

    def _build(self) -> PgQueuer:
        """A new queue: an old one cannot be started again."""
        driver = _ListeningDriver(self._database.pool)
        queries = Queries(
            driver,
            qbe=QueryBuilderEnvironment(settings=QUEUE_SETTINGS),
            qbq=QueryQueueBuilder(settings=QUEUE_SETTINGS),
            qbs=QuerySchedulerBuilder(settings=QUEUE_SETTINGS),
        )
        built = PgQueuer(connection=driver, channel=_CHANNEL, queries=queries)
        for job in self._jobs:
            self._register(built, job)
        return built

    def _register(self, built: PgQueuer, job: Job) -> None:
        async def run(picked: PickedJob) -> None:
            said = msgspec.json.decode(picked.payload or b"{}")
            try:
                await job.run(self._database, said["merchant"], said["data"])
            except Exception as error:  # noqa: BLE001 (said again, without values)
                raise JobFailed(describe_error(error)) from None

        def executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
            longest = timedelta(hours=1)
            return DatabaseRetryEntrypointExecutor(parameters, max_attempts=job.attempts_max, max_delay=longest)

        async def queue_for_all(_schedule: Schedule) -> None:
            merchants = await self._merchants()
            async with self._database.operator_transaction() as tx:
                await _enqueue(tx, job.name, [_encode(merchant, {}) for merchant in merchants], merchants)

        built.entrypoint(job.name, accepts_context=False, on_failure="hold", executor_factory=executor)(run)
        if job.cron is not None:
            built.schedule(job.name, job.cron, accepts_context=False)(queue_for_all)

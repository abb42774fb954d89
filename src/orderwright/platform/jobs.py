"""Jobs: what is neither a stage nor a subscriber (an attempt at a webhook, an e-mail, a nightly pruning), on PgQueuer.

A job is queued in the transaction that wants it, so it exists if that commits and only then. It runs at least once, in
any process that runs a `JobRunner`; a failure is tried again with growing pauses, and kept as `failed` at last.
Its payload holds ids, never personal data (law T5); what is logged of a failure holds no values either.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.models import Job as PickedJob
from pgqueuer.domain.models import Schedule
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel

from orderwright.platform.db import MERCHANT_PREFIX, OPERATOR_SCHEMA, Database, Transaction
from orderwright.platform.failures import describe_error

RunJob = Callable[[Database, str, Mapping[str, Any]], Awaitable[None]]

_CHANNEL = Channel("ch_pgqueuer")
# Every name is said, so that no variable of the environment can change one.
_SETTINGS = DBSettings(
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
_ENQUEUE = QueryQueueBuilder(settings=_SETTINGS).build_enqueue_query("skip")
_PAUSE_MAX_S = 10.0

log = structlog.get_logger(__name__)


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
    await _enqueue(tx, name, {merchant: payload or {}}, dedupe_key and {merchant: dedupe_key}, delay)


async def _enqueue(
    tx: Transaction,
    name: str,
    payloads: Mapping[str, Mapping[str, Any]],
    dedupe_keys: Mapping[str, str] | None | str,
    delay: timedelta | None = None,
) -> None:
    ...


class JobRunner:
    """Runs jobs of these kinds in this process, and queues those that are due by their `cron`."""

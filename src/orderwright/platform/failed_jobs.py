"""Jobs that failed for good: listed for people, and queued again when the cause is mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pgqueuer.adapters.persistence.qb import QueryQueueBuilder

from orderwright.platform.db import Transaction
from orderwright.platform.jobs import QUEUE_SETTINGS
from orderwright.platform.queries import query


class FailedJob(NamedTuple):
    """A job that failed for good. `data` is JSON text, ids only; `error` holds no values."""

    id: int
    name: str
    attempts: int
    created_at: datetime
    failed_at: datetime
    data: str
    error: str | None


class _Id(NamedTuple):
    id: int


FAILED_JOBS = query(__package__, "failed_jobs", FailedJob, schema="operator")
LOCK_FAILED_JOBS = query(__package__, "lock_failed_jobs", _Id, schema="operator")
_REQUEUE = QueryQueueBuilder(settings=QUEUE_SETTINGS).build_requeue_jobs_query()


async def list_failed_jobs(tx: Transaction, merchant: str, after_id: int = 0, limit: int = 100) -> list[FailedJob]:
    """A merchant's failed jobs behind an id, oldest first. `tx` is in the operator schema. One statement."""
    return await FAILED_JOBS.fetch(tx, merchant, after_id, limit)


async def retry_failed_jobs(tx: Transaction, merchant: str, ids: Sequence[int]) -> int:
    """Queue a merchant's failed jobs again, with their attempts forgotten; returns how many. `tx` is in the operator
    schema. A job of which the same waits already (by its dedupe key) stays. Two statements."""
    found = [row.id for row in await LOCK_FAILED_JOBS.fetch(tx, merchant, list(ids))]
    if found:
        await tx.execute(_REQUEUE, found)
    return len(found)

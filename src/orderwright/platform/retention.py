"""What is kept only for a time, pruned every night for each merchant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog

from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.platform.jobs import Job
from orderwright.platform.queries import Query, query, statement

BATCH = 5_000  # rows a transaction, so that nothing waits long for it

log = structlog.get_logger(__name__)


class _Key(NamedTuple):
    key: str


class _Id(NamedTuple):
    id: UUID


PRUNE_IDEMPOTENCY = query(__package__, "prune_idempotency", _Key)
PRUNE_INBOX = query(__package__, "prune_inbox", _Id)
PRUNE_JOB_LOG = statement(__package__, "prune_job_log", schema="operator")


async def prune(database: Database, merchant: str, _payload: Mapping[str, Any]) -> None:
    """Remove Idempotency-Keys older than 30 days (law T1) and refused orders' bodies older than 90 (law T5)."""
    keys = await _prune(database, merchant, PRUNE_IDEMPOTENCY)
    bodies = await _prune(database, merchant, PRUNE_INBOX)
    async with database.operator_transaction() as tx:
        await PRUNE_JOB_LOG.run(tx)
    log.info("pruned", merchant=merchant, idempotency_keys_count=keys, inbox_count=bodies)


async def _prune(database: Database, merchant: str, old: Query[Any]) -> int:
    """Batch by batch; returns how many rows went."""
    total = 0
    while True:
        async with database.transaction(merchant) as tx:
            gone = len(await old.fetch(tx, BATCH))
        total += gone
        if gone < BATCH:
            return total


PRUNE = Job("prune", prune, cron="17 3 * * *")

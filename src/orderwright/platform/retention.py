"""What is kept only for a time, pruned every night for each merchant. Each slice says what of its tables that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import structlog

from orderwright.platform.db import Database
from orderwright.platform.jobs import Job
from orderwright.platform.queries import Query, query, statement

BATCH = 5_000  # rows a transaction, so that nothing waits long for it

log = structlog.get_logger(__name__)


class Pruning(NamedTuple):
    """What a slice keeps for a time. `old` takes a limit, deletes as many rows that are too old, and returns them."""

    name: str
    old: Query[Any]


class _Key(NamedTuple):
    key: str


PRUNE_IDEMPOTENCY = query(__package__, "prune_idempotency", _Key)
PRUNE_JOB_LOG = statement(__package__, "prune_job_log", schema="operator")

IDEMPOTENCY_KEYS = Pruning("idempotency_keys", PRUNE_IDEMPOTENCY)  # older than 30 days (law T1)


def prune_job(prunings: Sequence[Pruning], shared: Sequence[Pruning] = ()) -> Job:
    """The nightly job that prunes what slices keep for a time, and Idempotency-Keys and the log of jobs beside.

    `shared`: of what merchants share, in the operator schema."""

    async def prune(database: Database, merchant: str, _payload: Mapping[str, Any]) -> None:
        counts = {f"{p.name}_count": await _prune(database, merchant, p.old) for p in (IDEMPOTENCY_KEYS, *prunings)}
        for pruning in shared:
            async with database.operator_transaction() as tx:  # a batch for each merchant and night is plenty
                counts[f"{pruning.name}_count"] = len(await pruning.old.fetch(tx, BATCH))
        async with database.operator_transaction() as tx:
            await PRUNE_JOB_LOG.run(tx)
        log.info("pruned", merchant=merchant, **counts)

    return Job("prune", prune, cron="17 3 * * *")


async def _prune(database: Database, merchant: str, old: Query[Any]) -> int:
    """Batch by batch; returns how many rows went."""
    total = 0
    while True:
        async with database.transaction(merchant) as tx:
            gone = len(await old.fetch(tx, BATCH))
        total += gone
        if gone < BATCH:
            return total

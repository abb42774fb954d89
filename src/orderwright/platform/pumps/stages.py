"""Stages: claim a batch, run it, and see to what fails.

A claim counts the attempt in a transaction of its own, so that a crash counts, and leases the item: whoever dies with
it leaves it due again after the lease. Items that were tried before are claimed one by one: when one of them kills the
process, the others' attempts are not counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from orderwright.platform.attempts import apart, doubling, patiently
from orderwright.platform.context import Context, system_context
from orderwright.platform.db import Database
from orderwright.platform.failures import TRANSIENT_ERRORS, backoff, describe_error, where
from orderwright.platform.ids import UUID
from orderwright.platform.metrics import STAGE_ITEMS, STAGE_SECONDS
from orderwright.platform.queries import query, statement
from orderwright.platform.tracing import span

RunStage = Callable[[Database, Context, Sequence[UUID]], Awaitable[None]]
Failure = tuple[UUID, Exception]

RETRIED_MAX = 20  # items that were tried before, in one go
_PAUSE_S = 0.02
_PAUSE_MAX_S = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of an order's way. The table of all stages is `orderwright.flows.stages`.

    `run` does the work of claimed subjects in transactions of its own, and in them takes what is finished off the
    queue (`finish_work`), leaves what must wait (`defer_work`) and queues the next stage (`enqueue_work`). It decides
    by the state it finds under the subject's lock: a subject may come twice, or be done already. How long it may wait
    for a stage, and who looks after it then (law T4), stands in `orderwright.insights.waiting`.
    """

    name: str
    run: RunStage
    batch: int = 200
    attempts_max: int = 8
    lease_s: int = 60


class _Claim(NamedTuple):
    subject_id: UUID
    attempts: int


CLAIM_WORK = query(__package__, "claim_work", _Claim)
CLAIM_RETRIED = query(__package__, "claim_retried", _Claim)
FAIL_WORK = statement(__package__, "fail_work")


async def pump(database: Database, merchant: str, stage: Stage, stopping: asyncio.Event | None = None) -> bool:
    """Do one batch of what is due, and some that failed before; returns whether more may be due already.

    Raises database errors that did not pass within the lease; what was claimed is then due after it.
    """
    async with database.transaction(merchant) as tx:
        claims = await CLAIM_WORK.fetch(tx, stage.name, stage.batch, stage.lease_s)
    if claims:
        await _work(database, merchant, stage, claims, stopping)
    for _ in range(RETRIED_MAX):
        if stopping is not None and stopping.is_set():
            return False
        async with database.transaction(merchant) as tx:
            again = await CLAIM_RETRIED.fetch(tx, stage.name, stage.lease_s)
        if not again:
            return len(claims) >= stage.batch
        await _work(database, merchant, stage, again, stopping)
    return True


async def _work(
    database: Database, merchant: str, stage: Stage, claims: Sequence[_Claim], stopping: asyncio.Event | None
) -> None:
    """Run claimed items; those that fail wait or are set aside."""
    attempts = {claim.subject_id: claim.attempts for claim in claims}
    lost = [claim.subject_id for claim in claims if claim.attempts > stage.attempts_max]
    failures: list[Failure] = [(subject_id, NotFinished()) for subject_id in lost]
    due = [claim.subject_id for claim in claims if claim.attempts <= stage.attempts_max]
    if due:
        deadline = time.monotonic() + stage.lease_s
        ctx = system_context(merchant, f"pump:{stage.name}", reason=_reason(stage, max(attempts[i] for i in due)))

        def is_over(pause_s: float) -> bool:
            return time.monotonic() + pause_s > deadline or (stopping is not None and stopping.is_set())

        async def run(ids: Sequence[UUID]) -> Sequence[Failure | None]:
            await patiently(
                lambda: stage.run(database, ctx, ids), TRANSIENT_ERRORS, doubling(_PAUSE_S, _PAUSE_MAX_S), until=is_over
            )
            return [None] * len(ids)

        seen = span("stage", stage=stage.name, merchant=merchant, items=len(due))
        with STAGE_SECONDS.labels(stage.name).time(), seen:
            failed = await apart(run, due, _blame, on=(Exception,), but=TRANSIENT_ERRORS)
            failures += [failure for failure in failed if failure is not None]
    STAGE_ITEMS.labels(stage.name, "done").inc(len(claims) - len(failures))
    for subject_id, error in failures:
        await _fail(database, merchant, stage, subject_id, attempts[subject_id], error)


def _reason(stage: Stage, attempt: int) -> str:
    """Why a stage acts: what is claimed is due. Its cause stands before it, in the timeline of the same subject."""
    return f"due in stage {stage.name}" + (f", attempt {attempt}" if attempt > 1 else "")


class NotFinished(Exception):
    """Was claimed again and again and never finished: the process died with it, or the stage forgot it."""

    def __init__(self) -> None:
        super().__init__("claimed again and again and never finished")


def _blame(subject_id: UUID, error: Exception) -> Failure:
    return subject_id, error


async def _fail(
    database: Database, merchant: str, stage: Stage, subject_id: UUID, attempts: int, error: Exception
) -> None:
    """Let an item wait, longer each time; after its last attempt, set it aside."""
    last = attempts >= stage.attempts_max
    pause_s = None if last else backoff(attempts).total_seconds()
    text = describe_error(error)
    async with database.transaction(merchant) as tx:
        await FAIL_WORK.run(tx, stage.name, subject_id, attempts, pause_s, text)
    STAGE_ITEMS.labels(stage.name, "set_aside" if last else "failed").inc()
    told = {"merchant": merchant, "stage": stage.name, "subject_id": str(subject_id), "attempts": attempts}
    (log.error if last else log.warning)(
        "work set aside" if last else "work failed", **told, error=text, at=where(error)
    )

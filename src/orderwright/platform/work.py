"""The queues of the pumps: what waits for which stage. Written in the transaction that makes the work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import statement

ENQUEUE_WORK = statement(__package__, "enqueue_work")
FINISH_WORK = statement(__package__, "finish_work")
DEFER_WORK = statement(__package__, "defer_work")


async def enqueue_work(tx: Transaction, stage: str, subject_ids: Sequence[UUID], due: datetime | None = None) -> None:
    """Queue subjects for a stage: now, or at `due`. One that waits already is due at the earlier moment, with its
    attempts forgotten. One statement, or none."""
    if subject_ids:
        await ENQUEUE_WORK.run(tx, stage, sorted(set(subject_ids)), due)
        tx.woken.add(stage)


async def finish_work(tx: Transaction, stage: str, subject_ids: Sequence[UUID]) -> None:
    """Take finished subjects off a stage's queue. One statement, or none."""
    if subject_ids:
        await FINISH_WORK.run(tx, stage, list(subject_ids))


async def defer_work(tx: Transaction, stage: str, subject_ids: Sequence[UUID], due: datetime) -> None:
    """Leave subjects in a stage's queue until `due`, keeping their age. One statement, or none."""
    if subject_ids:
        await DEFER_WORK.run(tx, stage, list(subject_ids), due)

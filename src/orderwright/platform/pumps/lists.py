"""What waits and what was set aside: for people who look after it. What is stuck: `orderwright.insights.waiting`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class SetAside(NamedTuple):
    """An item that a stage gave up on after so many attempts, and why."""

    stage: str
    subject_id: UUID
    attempts: int
    entered_at: datetime
    set_aside_at: datetime
    error: str | None


class QueueDepth(NamedTuple):
    """How many items wait for a stage, and how many were set aside."""

    stage: str
    waiting: int
    set_aside: int


class _Subject(NamedTuple):
    subject_id: UUID


LIST_SET_ASIDE = query(__package__, "list_set_aside", SetAside)
RETRY_SET_ASIDE = query(__package__, "retry_set_aside", _Subject)
QUEUE_DEPTHS = query(__package__, "queue_depths", QueueDepth)


async def list_set_aside(tx: Transaction, stage: str | None = None, limit: int = 100) -> list[SetAside]:
    """What a stage (None: any) gave up on, oldest first."""
    return await LIST_SET_ASIDE.fetch(tx, stage, limit)


async def retry_set_aside(tx: Transaction, stage: str, subject_ids: Sequence[UUID]) -> int:
    """Queue items that were set aside again, with their attempts forgotten; returns how many there were."""
    rows = await RETRY_SET_ASIDE.fetch(tx, stage, list(subject_ids))
    if rows:
        tx.woken.add(stage)
    return len(rows)


async def queue_depths(tx: Transaction) -> list[QueueDepth]:
    """How many items wait for each stage that has any."""
    return await QUEUE_DEPTHS.fetch(tx)

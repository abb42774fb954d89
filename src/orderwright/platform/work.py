"""The queues of the pumps: what waits for which stage. Written in the transaction that makes the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class _Subject(NamedTuple):
    subject_id: UUID


class _Entry(NamedTuple):
    stage: str
    subject_id: UUID
    version: str


Versions = Mapping[UUID, str]  # of entries of one stage: another as soon as one is queued, claimed or deferred

ENQUEUE_WORK = statement(__package__, "enqueue_work")
ENQUEUE_AFTER = statement(__package__, "enqueue_after")
WAITING_IN = query(__package__, "waiting_in", _Subject)
LOOK_AT_WORK = query(__package__, "look_at_work", _Entry)
TAKE_WORK = query(__package__, "take_work", _Subject)
FINISH_WORK = statement(__package__, "finish_work")
LEAVE_WORK = statement(__package__, "leave_work")
DEFER_WORK = statement(__package__, "defer_work")


async def enqueue_work(tx: Transaction, stage: str, subject_ids: Sequence[UUID], due: datetime | None = None) -> None:
    """Queue subjects for a stage: now, or at `due`. One that waits already is due at the earlier moment, with its
    attempts forgotten. One statement, or none."""
    if subject_ids:
        await ENQUEUE_WORK.run(tx, stage, sorted(set(subject_ids)), due)
        tx.woken.add(stage)


async def enqueue_after(tx: Transaction, stage: str, earlier: str, subject_ids: Sequence[UUID]) -> None:
    """Queue subjects for a stage now, but those that wait for an `earlier` one, which queues them when it is done. The
    caller holds the locks under which the earlier stage finishes. One statement, or none."""
    if subject_ids:
        await ENQUEUE_AFTER.run(tx, stage, sorted(set(subject_ids)), earlier)
        tx.woken.add(stage)


async def waiting_in(tx: Transaction, stage: str, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Which subjects wait for a stage. One statement, or none."""
    wanted = list(subject_ids)
    return {row.subject_id for row in await WAITING_IN.fetch(tx, stage, wanted)} if wanted else set()


async def look_at_work(tx: Transaction, stages: Sequence[str], subject_ids: Iterable[UUID]) -> dict[str, Versions]:
    """What waits for each of these stages, by subject, with its version. One statement, or none."""
    wanted = list(subject_ids)
    found = await LOOK_AT_WORK.fetch(tx, list(stages), wanted) if wanted else []
    return {stage: {entry.subject_id: entry.version for entry in found if entry.stage == stage} for stage in stages}


async def take_work(tx: Transaction, stage: str, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Take subjects off a stage's queue before they are worked on; returns those that stood there. What a batch did
    whose commit got no answer is not done again. Call it under the subjects' locks. One statement, or none."""
    wanted = list(subject_ids)
    return {row.subject_id for row in await TAKE_WORK.fetch(tx, stage, wanted)} if wanted else set()


async def finish_work(tx: Transaction, stage: str, subject_ids: Sequence[UUID], seen: Versions | None = None) -> None:
    """Take finished subjects off a stage's queue. One statement, or none.

    Who queues them must hold a lock that the caller has held since before it decided: otherwise what was queued
    meanwhile would be forgotten. Where somebody does not, `seen` are the versions that were looked at before the
    decision (`look_at_work`), and entries that have another by now stay as they are.
    """
    if subject_ids:
        await FINISH_WORK.run(tx, stage, *_versions(subject_ids, seen))


async def leave_work(tx: Transaction, stages: Sequence[str], subject_ids: Iterable[UUID]) -> None:
    """Take subjects off the queues of several stages: there is nothing to do about them any more. One statement, or
    none."""
    wanted = sorted(set(subject_ids))
    if wanted:
        await LEAVE_WORK.run(tx, list(stages), wanted)


async def defer_work(
    tx: Transaction,
    stage: str,
    subject_ids: Sequence[UUID],
    due: datetime | Mapping[UUID, datetime],
    seen: Versions | None = None,
) -> None:
    """Leave subjects in a stage's queue until `due` (of all, or of each), keeping their age. `seen`: as in
    `finish_work`; entries that are due, which nobody has claimed, stay as they are too, and are decided anew by whoever
    claims them. One statement, or none."""
    if subject_ids:
        ids, versions = _versions(subject_ids, seen)
        moments = [due[i] if isinstance(due, Mapping) else due for i in ids]
        await DEFER_WORK.run(tx, stage, ids, versions, moments)


def _versions(subject_ids: Sequence[UUID], seen: Versions | None) -> tuple[list[UUID], list[str | None]]:
    """Subjects with the versions that they must have; those that were looked for and not found have none to change."""
    if seen is None:
        return list(subject_ids), [None] * len(subject_ids)
    ids = [subject_id for subject_id in subject_ids if subject_id in seen]
    return ids, [seen[subject_id] for subject_id in ids]

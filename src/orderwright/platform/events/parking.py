"""Parked events: tried again in order, with growing pauses, until they go through; listed for people meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.events.read import StoredEvent
from orderwright.platform.events.subscribers import HandlerFailed, Subscriber, hand_over, subscriber_key
from orderwright.platform.failures import describe_error
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ParkedSubject(NamedTuple):
    """A subject that a subscriber is stuck on: the event that failed, and how many wait behind it."""

    subscriber: str
    subject_id: UUID
    seq: int
    position: int
    attempts: int
    due: datetime
    error: str | None
    parked_at: datetime
    behind: int
    event_id: UUID
    type: str


class Lag(NamedTuple):
    """How far a subscriber is behind: events, seconds since the oldest of them was recorded, parked subjects."""

    subscriber: str
    behind: int
    behind_s: float
    parked: int


class _Subject(NamedTuple):
    subject_id: UUID


CLAIM_PARKED = query(__package__, "claim_parked", _Subject)
LOCK_PARKED = query(__package__, "lock_parked", StoredEvent)
UNPARK_EVENTS = statement(__package__, "unpark_events")
NOTE_PARKED_ERROR = statement(__package__, "note_parked_error")
LIST_PARKED = query(__package__, "list_parked", ParkedSubject)
HURRY_PARKED = query(__package__, "hurry_parked", _Subject)
SKIP_PARKED = query(__package__, "skip_parked", _Subject)
READ_LAG = query(__package__, "read_lag", Lag)

SUBJECTS_MAX = 20  # tried in one go


async def deliver_parked(database: Database, merchant: str, subscriber: Subscriber) -> int:
    """Try parked subjects that are due again; returns how many events went through."""
    async with database.transaction(merchant) as tx:
        subjects = await CLAIM_PARKED.fetch(tx, subscriber.name, SUBJECTS_MAX)
    return sum([await _deliver_subject(database, merchant, subscriber, row.subject_id) for row in subjects])


async def list_parked(tx: Transaction, subscriber: str | None = None, limit: int = 100) -> list[ParkedSubject]:
    """What is parked, oldest first: for one subscriber, or for all."""
    return await LIST_PARKED.fetch(tx, subscriber, limit)


async def retry_parked(tx: Transaction, subscriber: str, subject_ids: Sequence[UUID]) -> int:
    """Try parked subjects again as soon as this commits, instead of after their pause; returns how many there were."""
    if not subject_ids:
        return 0
    rows = await HURRY_PARKED.fetch(tx, subscriber, list(subject_ids))
    if rows:
        tx.woken.add(subscriber_key(subscriber))
    return len({row.subject_id for row in rows})


async def skip_parked(tx: Transaction, subscriber: str, events: Sequence[tuple[UUID, int]]) -> int:
    """Let a subscriber never have these events, (subject, seq), and go on with those behind them as soon as this
    commits; returns how many were skipped. One that is not the first parked event of its subject stays."""
    gone = await SKIP_PARKED.fetch(tx, subscriber, *columns(sorted(set(events)), 2))
    await retry_parked(tx, subscriber, [row.subject_id for row in gone])
    return len(gone)


async def event_lag(tx: Transaction, subscribers: Sequence[str]) -> list[Lag]:
    """How far subscribers are behind."""
    return await READ_LAG.fetch(tx, list(subscribers))


async def _deliver_subject(database: Database, merchant: str, subscriber: Subscriber, subject_id: UUID) -> int:
    """All that is parked of a subject at once; when that fails, event by event up to the one that does."""
    done, size = 0, subscriber.batch
    while True:
        try:
            handled = await _deliver_some(database, merchant, subscriber, subject_id, size)
        except HandlerFailed as failed:
            if failed.count > 1:
                size = 1
                continue
            async with database.transaction(merchant) as tx:
                text = describe_error(failed.error)
                await NOTE_PARKED_ERROR.run(tx, subscriber.name, subject_id, failed.at, text)
            return done
        if handled == 0:
            return done
        done += handled


async def _deliver_some(database: Database, merchant: str, subscriber: Subscriber, subject_id: UUID, size: int) -> int:
    """One transaction: the first parked events of a subject, and their leaving the parking."""
    async with database.transaction(merchant) as tx:
        events = await LOCK_PARKED.fetch(tx, subscriber.name, subject_id, size)
        if events:
            await hand_over(tx, merchant, subscriber, events, at=events[0].seq)
            await UNPARK_EVENTS.run(tx, subscriber.name, subject_id, events[-1].seq)
    return len(events)

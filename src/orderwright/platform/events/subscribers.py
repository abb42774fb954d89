"""Subscribers: what reads events behind a cursor of its own, at least once, in order for each subject (law T2).

A batch is handled in one transaction with the cursor's move, so what a handler writes through that transaction is
written exactly once. When a handler fails, smaller and smaller batches find the event; its subject is parked for that
subscriber, later events of the subject queue up behind it, and the cursor moves on. `parking.py` tries parked ones
again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog

from orderwright.platform.context import Context, system_context
from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.events.read import StoredEvent, last_position, read_events
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement

Handle = Callable[[Transaction, Context, list[StoredEvent]], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Something that follows events. `name` is kept with its cursor: never change it.

    `handle` gets events in order, of `types` alone where given, in a transaction of their merchant: it writes there
    and nowhere else, and calls nobody outside. `batch` counts positions, wanted or not. One that joins late reads
    everything from the beginning, unless told to begin with what happens next.
    """

    name: str
    handle: Handle
    types: frozenset[str] | None = None
    batch: int = 500
    from_beginning: bool = True


class _Cursor(NamedTuple):
    position: int


class _Subject(NamedTuple):
    subject_id: UUID


LOCK_CURSOR = query(__package__, "lock_cursor", _Cursor)
INSERT_CURSOR = query(__package__, "insert_cursor", _Cursor)
MOVE_CURSOR = statement(__package__, "move_cursor")
PARKED_SUBJECTS = query(__package__, "parked_subjects", _Subject)
PARK_EVENTS = statement(__package__, "park_events")


class HandlerFailed(Exception):
    """A handler failed on `count` events; `at` is the position or seq where they begin."""

    def __init__(self, at: int, count: int, error: Exception) -> None:
        super().__init__(at, count)
        self.at, self.count, self.error = at, count, error


def by_name(subscribers: Sequence[Subscriber]) -> dict[str, Subscriber]:
    """The registry. Raises ValueError when two share a name, and with it a cursor."""
    registry = {subscriber.name: subscriber for subscriber in subscribers}
    if len(registry) != len(subscribers):
        raise ValueError("two subscribers share a name")
    return registry


def subscriber_key(name: str) -> str:
    """The name by which a subscriber is woken, as stages are by theirs."""
    return f"subscriber:{name}"


async def deliver(database: Database, merchant: str, subscriber: Subscriber) -> int:
    """Hand the next batch of events to a subscriber; returns how many positions its cursor moved.

    0 when there is nothing, or when another process serves this subscriber. Database errors that will pass are
    raised; the cursor then stands where it stood.
    """
    moved, size = 0, subscriber.batch
    while moved < subscriber.batch:
        try:
            step = await _deliver_next(database, merchant, subscriber, min(size, subscriber.batch - moved))
        except HandlerFailed as failed:
            if size > 1:
                size //= 2
                continue
            step = await _park(database, merchant, subscriber, failed.at, failed.error)
        if step is None and await _make_cursor(database, merchant, subscriber):
            continue
        if not step:
            break
        moved += step
        size = min(2 * size, subscriber.batch)
    return moved


async def _deliver_next(database: Database, merchant: str, subscriber: Subscriber, size: int) -> int | None:
    """One transaction: the events at the next `size` positions, and the cursor past them. None: no free cursor."""
    async with database.transaction(merchant) as tx:
        cursor = await LOCK_CURSOR.first(tx, subscriber.name)
        if cursor is None:
            return None
        after, last = cursor.position, await last_position(tx)
        if last <= after:
            return 0
        upto = min(after + size, last)
        events = await read_events(tx, after, size, subscriber.types, upto_position=upto)
        fresh = await _queue_behind_parked(tx, subscriber, events)
        if fresh:
            await hand_over(tx, merchant, subscriber, fresh, at=after)
        await MOVE_CURSOR.run(tx, subscriber.name, upto)
    return upto - after


async def hand_over(
    tx: Transaction, merchant: str, subscriber: Subscriber, events: list[StoredEvent], *, at: int
) -> None:
    """Call the handler. Raises `HandlerFailed`, except for database errors that will pass: those as they are."""
    try:
        ctx = system_context(merchant, f"subscriber:{subscriber.name}", reason="events delivered")
        await subscriber.handle(tx, ctx, events)
        await tx.execute("SELECT")  # refused when the handler swallowed the error of a statement
    except Exception as error:
        if tx.lost or isinstance(error, TRANSIENT_ERRORS):
            raise
        raise HandlerFailed(at, len(events), error) from error


async def _make_cursor(database: Database, merchant: str, subscriber: Subscriber) -> bool:
    """Give a new subscriber its cursor, committed at once so that nobody waits for it. False when it has one."""
    async with database.transaction(merchant) as tx:
        start = 0 if subscriber.from_beginning else await last_position(tx)
        return await INSERT_CURSOR.first(tx, subscriber.name, start) is not None


async def _queue_behind_parked(
    tx: Transaction, subscriber: Subscriber, events: Sequence[StoredEvent]
) -> list[StoredEvent]:
    """Park the events of parked subjects; returns the others."""
    if not events:
        return []
    rows = await PARKED_SUBJECTS.fetch(tx, subscriber.name, list({event.subject_id for event in events}))
    parked = {row.subject_id for row in rows}
    late = [(e.subject_id, e.seq, e.position) for e in events if e.subject_id in parked]
    if late:
        await PARK_EVENTS.run(tx, subscriber.name, *columns(late, 3), None)
    return [event for event in events if event.subject_id not in parked]


async def _park(database: Database, merchant: str, subscriber: Subscriber, after: int, error: Exception) -> int:
    """Park the one event behind `after` and move the cursor past it, unless another process was there first."""
    async with database.transaction(merchant) as tx:
        cursor = await LOCK_CURSOR.first(tx, subscriber.name)
        if cursor is None or cursor.position != after:
            return 0
        events = await read_events(tx, after, 1, upto_position=after + 1)
        parked = [(e.subject_id, e.seq, e.position) for e in events]
        await PARK_EVENTS.run(tx, subscriber.name, *columns(parked, 3), describe_error(error))
        await MOVE_CURSOR.run(tx, subscriber.name, after + 1)
    for event in events:
        told = {"merchant": merchant, "subscriber": subscriber.name, "event_id": str(event.id)}
        log.error("event parked", **told, error=describe_error(error), at=where(error))
    return 1

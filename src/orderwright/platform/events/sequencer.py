"""The sequencer: numbers a merchant's events after they committed (law T2).

Identity columns and transaction ids are given before the commit, so a reader that follows them skips what commits
late. Here a transaction only queues its events; one sequencer a merchant takes what is committed, numbers it from the
last position on, and commits both in one transaction. Readers follow `position` alone.

Why no event overtakes an earlier one of its subject: a `seq` is given under the subject's row lock, which is held to
the commit, so event n is committed before n + 1 gets its number, and every snapshot that sees n + 1 sees n. A pass
takes all that its snapshot holds of a subject, never a part, and numbers it by `seq`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.platform.db import Transaction, columns
from orderwright.platform.events.read import last_position
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class _Lock(NamedTuple):
    taken: bool
    nested_loops: str


class PendingEvent(NamedTuple):
    """An event that has no position yet."""

    subject_id: UUID
    seq: int


TRY_LOCK_SEQUENCER = query(__package__, "try_lock_sequencer", _Lock)
TAKE_PENDING = query(__package__, "take_pending", PendingEvent)
INSERT_POSITIONS = statement(__package__, "insert_positions")

PASS_MAX = 20_000  # events a pass, about; more would make others wait for their first


async def sequence_events(tx: Transaction, limit: int = PASS_MAX) -> int:
    """Number committed events; returns how many. 0 when there are none, or when another process is at it.

    Takes about `limit` at once: whole subjects. Locks: an advisory lock of this merchant, to the end of the
    transaction. Four statements for any number.
    """
    lock = await TRY_LOCK_SEQUENCER.first(tx)
    if lock is None or not lock.taken:
        return 0
    taken = in_order(await TAKE_PENDING.fetch(tx, limit))
    if not taken:
        return 0
    first = await last_position(tx) + 1
    subjects, seqs = columns(taken, 2)
    await INSERT_POSITIONS.run(tx, list(range(first, first + len(taken))), subjects, seqs)
    return len(taken)


def in_order(events: Sequence[PendingEvent]) -> list[PendingEvent]:
    """The same events, rising within each subject. Which subject's turn it is stays as it was: about as they came."""
    waiting: dict[UUID, list[int]] = {}
    for event in events:
        waiting.setdefault(event.subject_id, []).append(event.seq)
    for seqs in waiting.values():
        seqs.sort(reverse=True)
    return [PendingEvent(event.subject_id, waiting[event.subject_id].pop()) for event in events]

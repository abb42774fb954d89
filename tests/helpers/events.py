"""Events for tests, appended as a verb does it: each `seq` given under the lock of its subject's row."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.platform.acts import record_act
from orderwright.platform.db import Database, Transaction
from orderwright.platform.events import NewEvent, append_events, sequence_events
from orderwright.platform.ids import UUID, new_ids
from tests.helpers.contexts import a_context

THINGS = "CREATE TABLE IF NOT EXISTS thing (id uuid PRIMARY KEY, event_seq integer NOT NULL DEFAULT 0)"
NEXT_SEQ = "UPDATE thing SET event_seq = event_seq + 1 WHERE id = $1 RETURNING event_seq"


async def make_things(database: Database, count: int, merchant: str = "acme") -> list[UUID]:
    """Subjects with a counter of events, as orders have it."""
    ids = new_ids(count)
    async with database.transaction(merchant) as tx:
        await tx.execute(THINGS)
        await tx.execute("INSERT INTO thing (id) SELECT * FROM unnest($1::uuid[])", ids)
    return ids


async def happen(tx: Transaction, subjects: Sequence[UUID], type_: str = "thing.changed", **data: object) -> list[int]:
    """One event for each subject, in this order; returns their seqs. Waits where another holds a subject."""
    ctx = a_context(tx.schema.removeprefix("m_"))
    events = []
    for subject in subjects:
        seq = await tx.fetchval(NEXT_SEQ, subject)
        events.append(NewEvent(subject, seq, type_, {"seq": seq, **data}, ctx.now))
    await append_events(tx, await record_act(tx, ctx, "change_things"), events)
    return [event.seq for event in events]


async def happened(
    database: Database, subjects: Sequence[UUID], type_: str = "thing.changed", merchant: str = "acme", **data: object
) -> None:
    """Events that are committed and have positions."""
    async with database.transaction(merchant) as tx:
        await happen(tx, subjects, type_, **data)
    async with database.transaction(merchant) as tx:
        await sequence_events(tx)

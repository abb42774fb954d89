"""Append events, in the transaction that caused them (law T2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.queries import append

APPEND_EVENTS = append("event", "subject_id seq id type data act_id happened_at")
APPEND_PENDING = append("event_pending", "subject_id seq")

SEQUENCER = "sequencer"  # the name by which the sequencer is woken, as stages are by theirs

_encode = msgspec.json.Encoder(uuid_format="canonical").encode


class NewEvent(NamedTuple):
    """Something that happened to a subject (an order's id, or the id of what else it is about).

    `seq` was given under the subject's lock: an order's `event_seq` counts them. `data` holds ids, codes, quantities
    and amounts; never personal data (law T5).
    """

    subject_id: UUID
    seq: int
    type: str
    data: dict[str, Any]
    happened_at: datetime


async def append_events(tx: Transaction, act_id: UUID | Sequence[UUID], events: Sequence[NewEvent]) -> None:
    """Write events and queue them for the sequencer: two statements for any number, none for none.

    `act_id` is the act of all of them, or one for each.
    """
    if not events:
        return
    acts = [act_id] * len(events) if isinstance(act_id, UUID) else act_id
    rows = [
        (e.subject_id, e.seq, new, e.type, _encode(e.data).decode(), act, e.happened_at)
        for e, new, act in zip(events, new_ids(len(events)), acts, strict=True)
    ]
    await APPEND_EVENTS.run(tx, rows)
    await APPEND_PENDING.run(tx, [row[:2] for row in rows])
    tx.woken.add(SEQUENCER)

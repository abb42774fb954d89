"""Append events, in the transaction that caused them (law T2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.queries import statement

INSERT_EVENTS = statement(__package__, "insert_events")
INSERT_PENDING = statement(__package__, "insert_pending")

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


async def append_events(tx: Transaction, act_id: UUID, events: Sequence[NewEvent]) -> None:
    """Write events and queue them for the sequencer: two statements for any number, none for none."""
    if not events:
        return
    subjects, seqs, types, data, happened = columns(events, 5)
    encoded = [_encode(item).decode() for item in data]
    await INSERT_EVENTS.run(tx, new_ids(len(events)), subjects, seqs, types, encoded, happened, act_id)
    await INSERT_PENDING.run(tx, subjects, seqs)

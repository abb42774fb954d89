"""Read events in the order that the sequencer gave them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class StoredEvent(NamedTuple):
    """An event with who did it, for whom and why. `id` is what receivers deduplicate by; `data` is JSON text."""

    position: int
    id: UUID
    subject_id: UUID
    seq: int
    type: str
    data: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    cause: str | None
    request_id: str
    happened_at: datetime
    recorded_at: datetime

    def facts(self) -> dict[str, Any]:
        """`data`, decoded."""
        decoded: dict[str, Any] = msgspec.json.decode(self.data)
        return decoded


class _Position(NamedTuple):
    position: int


READ_EVENTS = query(__package__, "read_events", StoredEvent)
LAST_POSITION = query(__package__, "last_position", _Position)

POSITION_MAX = 2**63 - 1


async def read_events(
    tx: Transaction,
    after_position: int,
    limit: int,
    types: Iterable[str] | None = None,
    *,
    upto_position: int = POSITION_MAX,
) -> list[StoredEvent]:
    """The next `limit` events after a position, of some types or of all. The last one's position goes on from there.

    Positions have no gaps: every position up to the last is an event.
    """
    wanted = None if types is None else sorted(types)
    return await READ_EVENTS.fetch(tx, after_position, upto_position, wanted, limit)


async def last_position(tx: Transaction) -> int:
    """The newest event's position; 0 before the first."""
    row = await LAST_POSITION.first(tx)
    return row.position if row is not None else 0

"""The SQL of the console, by type: what only open screens need."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class NewsRow(NamedTuple):
    """Something that happened: to whom, and the type of the event. `seq` counts the events of that one."""

    position: int
    type: str
    subject_id: UUID
    seq: int


class LookerRow(NamedTuple):
    """Somebody who looks at an order."""

    order_id: UUID
    person_id: UUID


class _OrderId(NamedTuple):
    order_id: UUID


NEWS_AFTER = query(__package__, "news_after", NewsRow)
LOOK_AT = statement(__package__, "look_at")
LOOK_AWAY = statement(__package__, "look_away")
WHO_LOOKS = query(__package__, "who_looks", LookerRow)
PRUNE_PRESENCE = query(__package__, "prune_presence", _OrderId)

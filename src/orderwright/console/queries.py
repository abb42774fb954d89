"""The SQL of the console, by type: what only open screens need."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class NewsRow(NamedTuple):
    """Something that happened: to whom, and the type of the event. `seq` counts the events of that one."""

    position: int
    type: str
    subject_id: UUID
    seq: int


NEWS_AFTER = query(__package__, "news_after", NewsRow)

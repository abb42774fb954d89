"""The gauges that are read from the database: queues, things set aside, how far events are behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.platform.db import Database
from orderwright.platform.events.parking import event_lag
from orderwright.platform.metrics import (
    EVENT_LAG,
    EVENT_LAG_SECONDS,
    EVENTS_PARKED,
    EVENTS_PENDING,
    QUEUE_DEPTH,
    SET_ASIDE,
)
from orderwright.platform.pumps.lists import queue_depths
from orderwright.platform.queries import query


class _Pending(NamedTuple):
    pending: int


COUNT_PENDING = query(__package__, "count_pending", _Pending)


async def read_gauges(database: Database, merchants: Sequence[str], subscribers: Sequence[str]) -> None:
    """Read them anew; a queue that is empty now says 0."""
    QUEUE_DEPTH.clear()
    SET_ASIDE.clear()
    for merchant in merchants:
        async with database.transaction(merchant, read_only=True) as tx:
            depths = await queue_depths(tx)
            lags = await event_lag(tx, subscribers)
            pending = await COUNT_PENDING.fetch(tx)
        for depth in depths:
            QUEUE_DEPTH.labels(merchant, depth.stage).set(depth.waiting)
            SET_ASIDE.labels(merchant, depth.stage).set(depth.set_aside)
        EVENTS_PENDING.labels(merchant).set(pending[0].pending)
        for lag in lags:
            EVENT_LAG.labels(merchant, lag.subscriber).set(lag.behind)
            EVENT_LAG_SECONDS.labels(merchant, lag.subscriber).set(lag.behind_s)
            EVENTS_PARKED.labels(merchant, lag.subscriber).set(lag.parked)

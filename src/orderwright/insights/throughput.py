"""What was placed and delivered in each of the last minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from orderwright.insights.queries import DELIVERED_BY_MINUTE, PLACED_BY_MINUTE
from orderwright.platform.db import Transaction
from orderwright.platform.ids import id_from_time

MINUTES = 30
_MINUTE = timedelta(minutes=1)
_UNSETTLED_MINUTES = 3  # ids are made before the commit: younger minutes are counted again


class Minute(NamedTuple):
    """One minute, by its beginning: orders that were placed and fulfillments that were delivered in it."""

    at: datetime
    placed: int
    delivered: int


async def read_minutes(tx: Transaction, now: datetime, known: Mapping[datetime, Minute]) -> list[Minute]:
    """The last 30 whole minutes and the one that runs, oldest first. Two statements.

    Minutes that are `known` from an earlier reading and old enough are not counted again.
    """
    running = now.replace(second=0, microsecond=0)
    wanted = [running - _MINUTE * n for n in range(MINUTES, -1, -1)]
    fresh = [at for at in wanted if at not in known or running - at < _MINUTE * _UNSETTLED_MINUTES]
    placed = {row.minute: row.happened for row in await PLACED_BY_MINUTE.fetch(tx, id_from_time(fresh[0]))}
    delivered = {row.minute: row.happened for row in await DELIVERED_BY_MINUTE.fetch(tx, fresh[0])}
    since = fresh[0]
    return [known[at] if at < since else Minute(at, placed.get(at, 0), delivered.get(at, 0)) for at in wanted]

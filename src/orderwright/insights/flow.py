"""The flow of work: how much waits in each state against its limit, and how much goes through in an hour or a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from orderwright.insights.queries import FLOW, PACE_PLACED, PACE_WORK, FlowRow, PaceRow
from orderwright.insights.waiting import Waiting
from orderwright.platform.db import Transaction
from orderwright.platform.ids import id_from_time

FLOW_COUNTED_MAX = 10_000  # things of one state: more are said to be at least that
WORKED_ON_FOR = timedelta(days=14)  # fulfillments made longer before are not looked at: what they do now is no pace
HOURS, DAYS = 24, 14
Unit = Literal["hour", "day"]


class Pace(NamedTuple):
    """What happened in one hour or day, by its beginning. Seconds from an order's coming to the hand-over of its goods:
    the median and the 95th percentile of what was shipped then; None where nothing was."""

    at: datetime
    placed: int
    allocated: int
    picked: int
    shipped: int
    delivered: int
    median_s: float | None
    p95_s: float | None


async def read_flow(tx: Transaction, now: datetime, states: Sequence[Waiting]) -> Mapping[str, FlowRow]:
    """What waits, by state; a state in which nothing waits is left out. One statement, no locks."""
    ages = [timedelta(seconds=state.max_age_s) for state in states]
    rows = await FLOW.fetch(tx, now, [state.name for state in states], ages, FLOW_COUNTED_MAX)
    return {row.state: row for row in rows}


async def read_pace(tx: Transaction, now: datetime, unit: Unit, zone: ZoneInfo) -> list[Pace]:
    """The last 24 hours or 14 days, by the clock of a zone; the one that runs is the last. Two statements, no locks."""
    starts = spans(now, unit, zone)
    since = starts[0]
    placed = {row.at: row.happened for row in await PACE_PLACED.fetch(tx, id_from_time(since), unit, zone.key)}
    worked = await PACE_WORK.fetch(tx, since, id_from_time(since - WORKED_ON_FOR), unit, zone.key)
    found = {row.at: row for row in worked}
    return [_pace(at, placed.get(at, 0), found.get(at)) for at in starts]


def spans(now: datetime, unit: Unit, zone: ZoneInfo) -> list[datetime]:
    """The beginnings of the hours or days that are looked at, oldest first. Pure."""
    if unit == "hour":
        running = now.replace(minute=0, second=0, microsecond=0)
        return [running - timedelta(hours=n) for n in range(HOURS - 1, -1, -1)]
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return [today - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]  # of the wall clock: a day may have 23 hours


def _pace(at: datetime, placed: int, row: PaceRow | None) -> Pace:
    if row is None:
        return Pace(at, placed, 0, 0, 0, 0, None, None)
    return Pace(at, placed, row.allocated, row.picked, row.shipped, row.delivered, row.median_s, row.p95_s)

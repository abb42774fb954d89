"""What the live page shows: orders by stage, throughput, stock alarms, stuck work, the latest orders and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.insights.queries import (
    LATEST_EVENTS,
    LATEST_ORDERS,
    MERCHANT,
    STOCK_ALARMS,
    STUCK_WORK,
    AlarmRow,
    LatestOrderRow,
    MerchantRow,
    StuckRow,
)
from orderwright.insights.stages import Stages, Total, count_stages
from orderwright.insights.throughput import Minute, read_minutes
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction

LOW_UNITS = 5
STUCK_AFTER_S = 900  # for stages that say nothing else
ALARMS_SHOWN = 7
STUCK_SHOWN = 8
ORDERS_SHOWN = 20
EVENTS_SHOWN = 16


class StockAlarms(NamedTuple):
    """SKU and pool pairs: `out` cannot be promised (`short` of them owe more than there is), `low` have few units."""

    out: int
    low: int
    short: int
    backordered: int  # units that wait for supply
    worst: list[AlarmRow]


class Stuck(NamedTuple):
    """Work that does not go on: set aside after failing, or late. The oldest pieces of each, set aside first."""

    set_aside: int
    late: int
    oldest: list[StuckRow]


class LatestEvent(NamedTuple):
    """An event of an order (`order_number`) or of something else that its data names."""

    position: int
    type: str
    data: dict[str, Any]
    happened_at: datetime
    order_number: int | None


class Memory(NamedTuple):
    """What one reading hands to the next, so that it need not count again."""

    total: Total = Total()
    minutes: Mapping[datetime, Minute] = {}


class Overview(NamedTuple):
    """All of it, as of one snapshot at `at`."""

    at: datetime
    stages: Stages
    minutes: list[Minute]
    alarms: StockAlarms
    stuck: Stuck
    orders: list[LatestOrderRow]
    events: list[LatestEvent]
    memory: Memory


async def overview(
    tx: Transaction,
    *,
    now: datetime | None = None,
    memory: Memory | None = None,
    stage_limits_s: Mapping[str, int] | None = None,
) -> Overview:
    """Read everything from one snapshot; `tx` must be fresh. Nine statements, no locks.

    `memory`: that of the overview before, if any. `stage_limits_s`: how many seconds after it is due a piece of work
    of each stage may wait before it counts as stuck (900 for stages not named).
    """
    await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    now, memory, limits = now or utc_now(), memory or Memory(), stage_limits_s or {}
    stages, total = await count_stages(tx, now, memory.total)
    minutes = await read_minutes(tx, now, memory.minutes)
    return Overview(
        at=now,
        stages=stages,
        minutes=minutes,
        alarms=await _alarms(tx),
        stuck=await _stuck(tx, now, limits),
        orders=await LATEST_ORDERS.fetch(tx, ORDERS_SHOWN),
        events=[_event(row) for row in await LATEST_EVENTS.fetch(tx, EVENTS_SHOWN)],
        memory=Memory(total, {minute.at: minute for minute in minutes[:-1]}),
    )


async def merchant(database: Database, code: str) -> MerchantRow | None:
    """Who the merchant is; None when there is none of that code."""
    async with database.operator_transaction() as tx:
        return await MERCHANT.first(tx, code)


async def _alarms(tx: Transaction) -> StockAlarms:
    rows = await STOCK_ALARMS.fetch(tx, LOW_UNITS, ALARMS_SHOWN)
    if not rows:
        return StockAlarms(0, 0, 0, 0, [])
    return StockAlarms(rows[0].out, rows[0].low, rows[0].short, rows[0].backordered_all, rows)


async def _stuck(tx: Transaction, now: datetime, limits_s: Mapping[str, int]) -> Stuck:
    rows = await STUCK_WORK.fetch(tx, list(limits_s), list(limits_s.values()), STUCK_AFTER_S, now, STUCK_SHOWN)
    if not rows:
        return Stuck(0, 0, [])
    return Stuck(rows[0].set_aside_all, rows[0].late_all, rows)


def _event(row: Any) -> LatestEvent:
    return LatestEvent(row.position, row.type, msgspec.json.decode(row.data), row.happened_at, row.order_number)

"""What the live page shows: orders by stage, throughput, stock alarms, stuck work, the latest orders and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from orderwright.insights.queries import (
    LATEST_EVENTS,
    LATEST_ORDERS,
    MERCHANT,
    STOCK_ALARMS,
    AlarmRow,
    LatestOrderRow,
    MerchantRow,
)
from orderwright.insights.stages import Stages, Total, count_stages
from orderwright.insights.throughput import Minute, read_minutes
from orderwright.insights.waiting import WAITING, Stuck, Waiting, read_stuck
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID

LOW_UNITS = 5
ALARMS_SHOWN = 7
STUCK_SHOWN = 8
ORDERS_SHOWN = 20
EVENTS_READ = 64  # more than are shown: several may tell the same
STUCK_READ_AFTER = timedelta(seconds=10)  # what is stuck changes slowly and is the dearest to read


class StockAlarms(NamedTuple):
    """SKUs by the pool that has least of them: `short` ones owe more than there is, `out` ones cannot be promised,
    `low` ones have few units, `owed` ones have some and somebody waits all the same. Each SKU is counted once."""

    short: int
    out: int
    low: int
    owed: int
    backordered: int  # units that wait for supply
    worst: list[AlarmRow]

    @property
    def skus(self) -> int:
        """All of them."""
        return self.short + self.out + self.low + self.owed


class LatestEvent(NamedTuple):
    """An event of an order (`order_number`) or of something else that its data names, caused by an act."""

    position: int
    type: str
    data: dict[str, Any]
    act_id: UUID
    happened_at: datetime
    order_number: int | None


class Memory(NamedTuple):
    """What one reading hands to the next, so that it need not count again."""

    total: Total = Total()
    minutes: Mapping[datetime, Minute] = {}
    stuck: Stuck | None = None
    stuck_at: datetime | None = None


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
    waiting: Sequence[Waiting] = WAITING,
) -> Overview:
    """Read everything from one snapshot; `tx` must be fresh. Nine statements, no locks.

    `memory`: that of the overview before, if any. `waiting`: the states with their maximum ages.
    """
    await tx.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    now, memory = now or utc_now(), memory or Memory()
    stages, total = await count_stages(tx, now, memory.total)
    minutes = await read_minutes(tx, now, memory.minutes)
    stuck, stuck_at = memory.stuck, memory.stuck_at
    if stuck is None or stuck_at is None or not stuck_at <= now < stuck_at + STUCK_READ_AFTER:
        stuck, stuck_at = await read_stuck(tx, now, waiting, STUCK_SHOWN), now
    return Overview(
        at=now,
        stages=stages,
        minutes=minutes,
        alarms=await stock_alarms(tx, ALARMS_SHOWN),
        stuck=stuck,
        orders=await LATEST_ORDERS.fetch(tx, ORDERS_SHOWN),
        events=[_event(row) for row in await LATEST_EVENTS.fetch(tx, EVENTS_READ)],
        memory=Memory(total, {minute.at: minute for minute in minutes[:-1]}, stuck, stuck_at),
    )


async def merchant(database: Database, code: str) -> MerchantRow | None:
    """Who the merchant is; None when there is none of that code."""
    async with database.operator_transaction() as tx:
        return await MERCHANT.first(tx, code)


async def stock_alarms(tx: Transaction, limit: int) -> StockAlarms:
    """SKUs that somebody should look at, the worst first. One statement."""
    rows = await STOCK_ALARMS.fetch(tx, LOW_UNITS, limit)
    if not rows:
        return StockAlarms(0, 0, 0, 0, 0, [])
    first = rows[0]
    return StockAlarms(first.short, first.out, first.low, first.owed, first.backordered_all, rows)


def _event(row: Any) -> LatestEvent:
    data = msgspec.json.decode(row.data)
    return LatestEvent(row.position, row.type, data, row.act_id, row.happened_at, row.order_number)

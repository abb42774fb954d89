"""The SQL of insights, by type. Read-only: insights owns no table."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class MerchantRow(NamedTuple):
    """Who the merchant is."""

    code: str
    name: str
    time_zone: str
    reporting_currency: str
    order_number_format: str


class StatusRow(NamedTuple):
    """Orders in one status."""

    status: str
    orders: int


class HeldRow(NamedTuple):
    """Orders with an open hold."""

    orders: int


class NewerRow(NamedTuple):
    """Orders newer than a mark: those that are settled, and those that may still get neighbours."""

    settled: int
    recent: int


class MinuteRow(NamedTuple):
    """What happened in one minute."""

    minute: datetime
    happened: int


class AlarmRow(NamedTuple):
    """A SKU that is out or low in a pool. The last four are totals over all alarms."""

    sku: str
    name: str
    pool: str
    available_to_promise: int
    backordered: int
    promised: int
    out: int
    low: int
    short: int
    backordered_all: int


class StuckRow(NamedTuple):
    """A piece of work that does not go on. `set_aside_all` and `late_all` are totals over all of it."""

    stage: str
    attempts: int
    set_aside_at: datetime | None
    late_since: datetime
    error: str | None
    set_aside_all: int
    late_all: int
    order_number: int | None
    location: str | None
    sku: str | None


class LatestOrderRow(NamedTuple):
    """An order, without personal data."""

    id: UUID
    number: int
    channel: str
    status: str
    hold_count: int
    total_minor: int
    currency: str
    recorded_at: datetime


class LatestEventRow(NamedTuple):
    """An event; `data` is JSON text."""

    position: int
    type: str
    data: str
    happened_at: datetime
    order_number: int | None


MERCHANT = query(__package__, "merchant", MerchantRow, schema="operator")
COUNT_BY_STATUS = query(__package__, "count_by_status", StatusRow)
COUNT_HELD = query(__package__, "count_held", HeldRow)
COUNT_NEWER = query(__package__, "count_newer", NewerRow)
PLACED_BY_MINUTE = query(__package__, "placed_by_minute", MinuteRow)
DELIVERED_BY_MINUTE = query(__package__, "delivered_by_minute", MinuteRow)
STOCK_ALARMS = query(__package__, "stock_alarms", AlarmRow)
STUCK_WORK = query(__package__, "stuck_work", StuckRow)
LATEST_ORDERS = query(__package__, "latest_orders", LatestOrderRow)
LATEST_EVENTS = query(__package__, "latest_events", LatestEventRow)

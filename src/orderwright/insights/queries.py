"""The SQL of insights, by type. Read-only: insights owns no table."""

from __future__ import annotations

from datetime import date, datetime
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
    """Orders of one status with an open hold."""

    status: str
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
    """A SKU that is short, out, low or waited for in a pool. The last five are totals: SKUs, and units.

    `pools` are all pools that have ever had it, `available` what each can promise, least first; `coming` are units of
    dated supply that nobody has yet, the first of them due on `coming_on`.
    """

    sku: str
    name: str
    pools: list[str]
    available: list[int]
    least: int
    backordered: int
    coming: int
    coming_on: date | None
    short: int
    out: int
    low: int
    owed: int
    backordered_all: int


class StuckRow(NamedTuple):
    """Something that waits longer than its state allows, since `since`; late since `late_since`.

    `order_number`, `location` (code) and `sku` (code) are those that it is about, where there are any. `detail` is the
    type of a hold, or how many units of a supply preorders wait for. The last two are totals.
    """

    state: str
    subject_id: UUID
    order_id: UUID | None
    order_number: int | None
    location: str | None
    location_name: str | None
    sku: str | None
    since: datetime
    late_since: datetime
    attempts: int
    set_aside_at: datetime | None
    error: str | None
    detail: str | None
    set_aside_all: int
    late_all: int


class FlowRow(NamedTuple):
    """What waits in a state: how much, how much of it too long or set aside, and since when the oldest."""

    state: str
    waiting: int
    late: int
    set_aside: int
    oldest: datetime


class PlacedRow(NamedTuple):
    """Orders that came in an hour or a day."""

    at: datetime
    happened: int


class PaceRow(NamedTuple):
    """What became of fulfillments in an hour or a day, and how long those shipped took since their order came."""

    at: datetime
    allocated: int
    picked: int
    shipped: int
    delivered: int
    median_s: float | None
    p95_s: float | None


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
    act_id: UUID
    happened_at: datetime
    order_number: int | None


MERCHANT = query(__package__, "merchant", MerchantRow, schema="operator")
COUNT_BY_STATUS = query(__package__, "count_by_status", StatusRow)
COUNT_HELD = query(__package__, "count_held", HeldRow)
COUNT_NEWER = query(__package__, "count_newer", NewerRow)
PLACED_BY_MINUTE = query(__package__, "placed_by_minute", MinuteRow)
DELIVERED_BY_MINUTE = query(__package__, "delivered_by_minute", MinuteRow)
STOCK_ALARMS = query(__package__, "stock_alarms", AlarmRow)
STUCK = query(__package__, "stuck", StuckRow)
FLOW = query(__package__, "flow", FlowRow)
PACE_PLACED = query(__package__, "pace_placed", PlacedRow)
PACE_WORK = query(__package__, "pace_work", PaceRow)
LATEST_ORDERS = query(__package__, "latest_orders", LatestOrderRow)
LATEST_EVENTS = query(__package__, "latest_events", LatestEventRow)

"""Rows of what the stock grid, the stock card and the floor are made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class BalanceRow(NamedTuple):
    """What a location has of a SKU, and what its pool can promise of it; in units."""

    sku_id: UUID
    location_id: UUID
    sku: str
    name: str
    gtin: str | None
    location: str
    location_name: str
    pool: str
    available: int
    withheld: int
    allocated: int
    picked: int
    packed: int
    quarantine: int
    damaged: int
    in_transit: int
    available_to_promise: int
    reserved: int
    promised: int
    backordered: int


class SkuId(NamedTuple):
    """A SKU that a search found."""

    id: UUID


class DayChange(NamedTuple):
    """By how many units what is available changed on a day."""

    sku_id: UUID
    location_id: UUID
    day: date
    units: int


class MovementRow(NamedTuple):
    """Units that went from one place to another. No location: a boundary, such as the supplier."""

    id: UUID
    quantity: int
    from_location: str | None
    from_bucket: str
    to_location: str | None
    to_bucket: str
    kind: str
    order_id: UUID | None
    order_number: int | None
    actor: str
    reason: str | None
    verb: str
    happened_at: datetime
    recorded_at: datetime


class WaitRow(NamedTuple):
    """Units that an order waits for; with a supply, when that is due."""

    order_id: UUID
    order_number: int
    pool: str
    quantity: int
    priority: int
    placed_at: datetime
    due_on: date | None
    promised_on: date | None


class WorkRow(NamedTuple):
    """A fulfillment with work left. `label` is its shipment's state, `picker` who began to pick."""

    id: UUID
    order_id: UUID
    order_number: int
    method: str
    state: str
    due_at: datetime
    entered_at: datetime
    lines: int
    units: int
    first_name: str | None
    label: str | None
    picker: str | None


class CountRow(NamedTuple):
    """How many fulfillments are in a state, and how many of them past their time."""

    state: str
    fulfillments: int
    late: int


class ScanRow(NamedTuple):
    """A fulfillment that a scan may mean, and who began to pick it."""

    id: UUID
    order_id: UUID
    order_number: int
    state: str
    picker: str | None


STOCK_BALANCES = query(__package__, "stock_balances", BalanceRow)
STOCK_BALANCES_OF_SKUS = query(__package__, "stock_balances_of_skus", BalanceRow)
SKUS_BY_TEXT = query(__package__, "skus_by_text", SkuId)
SKUS_IN_ALARM = query(__package__, "skus_in_alarm", SkuId)
STOCK_CHANGES_BY_DAY = query(__package__, "stock_changes_by_day", DayChange)
MOVEMENTS_OF_SKU = query(__package__, "movements_of_sku", MovementRow)
WAITS_FOR_SKU = query(__package__, "waits_for_sku", WaitRow)
FLOOR_WORK = query(__package__, "floor_work", WorkRow)
FLOOR_COUNTS = query(__package__, "floor_counts", CountRow)
FLOOR_SCAN = query(__package__, "floor_scan", ScanRow)

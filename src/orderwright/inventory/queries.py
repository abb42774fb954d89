"""The SQL of the goods ledger, by type."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class AvailabilityRow(NamedTuple):
    """What a pool can promise of a SKU, in units."""

    sku_id: UUID
    pool_id: UUID
    available_to_promise: int
    reserved: int
    promised: int
    backordered: int


class StockRow(NamedTuple):
    """What a location has of a SKU, in units, a column a bucket."""

    sku_id: UUID
    location_id: UUID
    available: int
    withheld: int
    allocated: int
    picked: int
    packed: int
    quarantine: int
    damaged: int
    in_transit: int
    pool_id: UUID  # of the location; exact while the caller holds a balance of the SKU in it


class StockKey(NamedTuple):
    """A SKU at a location."""

    sku_id: UUID
    location_id: UUID


class SupplyRow(NamedTuple):
    """Dated supply: `quantity` units still to come, `preordered` of them spoken for."""

    id: UUID
    sku_id: UUID
    pool_id: UUID
    due_on: date
    quantity: int
    preordered: int


class ChangedSupply(NamedTuple):
    """A supply after a change."""

    id: UUID
    version: int


READ_AVAILABILITY = query(__package__, "read_availability", AvailabilityRow)
LOCK_AVAILABILITY = query(__package__, "lock_availability", AvailabilityRow)
LOCK_AVAILABILITY_OF = query(__package__, "lock_availability_of", AvailabilityRow)
ENSURE_AVAILABILITY = statement(__package__, "ensure_availability")
MOVE_AVAILABILITY = statement(__package__, "move_availability")
READ_STOCK = query(__package__, "read_stock", StockRow)
LOCK_STOCK = query(__package__, "lock_stock", StockRow)
ENSURE_STOCK = statement(__package__, "ensure_stock")
MOVE_STOCK = statement(__package__, "move_stock")
STAMP_RECEIVED = statement(__package__, "stamp_received")
APPEND_MOVEMENTS = append(
    "movement",
    "id sku_id from_location_id from_bucket to_location_id to_bucket quantity kind subject_id order_id line_n"
    " component_n act_id happened_at",
)
STOCK_AT = query(__package__, "stock_at", StockKey)
READ_SUPPLY = query(__package__, "read_supply", SupplyRow)
LOCK_SUPPLY = query(__package__, "lock_supply", SupplyRow)
MOVE_SUPPLY = statement(__package__, "move_supply")
FIND_SUPPLY = query(__package__, "find_supply", SupplyRow)
CHANGE_SUPPLY = query(__package__, "change_supply", ChangedSupply)
APPEND_SUPPLY = append("supply", "id sku_id pool_id due_on quantity reference")

"""The goods ledger: stock by location, availability by pool, movements. Only this slice writes them."""

from orderwright.inventory.adjustments import Adjustment, check_adjustment, fit_adjustments, units_lost
from orderwright.inventory.commands import (
    AdjustmentReason,
    AdjustStock,
    ChangeSupply,
    ExpectSupply,
    ReceiveStock,
    refuse,
)
from orderwright.inventory.expected_supply import refuse_supply
from orderwright.inventory.headroom import Headroom
from orderwright.inventory.known_places import KnownPlace, know_places
from orderwright.inventory.ledger import (
    CUSTOMER,
    LOSS,
    SUPPLIER,
    AvailabilityDelta,
    Move,
    Pair,
    Place,
    ensure_availability,
    lock_availability,
    lock_availability_of,
    lock_stock,
    move_availability,
    move_goods,
    read_availability,
    read_stock,
    relock_availability,
    stamp_received,
)
from orderwright.inventory.losses import beyond_available
from orderwright.inventory.queries import AvailabilityRow, StockRow, SupplyRow
from orderwright.inventory.receipts import Receipt, decide_receipts, only_open, supplies_less_receipts, supply_id
from orderwright.inventory.room import Room
from orderwright.inventory.supply import (
    NewSupply,
    SupplyChange,
    add_supplies,
    change_supply,
    find_supply,
    lock_supply,
    move_supply,
    read_headroom,
)

__all__ = [
    "CUSTOMER",
    "LOSS",
    "SUPPLIER",
    "AdjustStock",
    "Adjustment",
    "AdjustmentReason",
    "AvailabilityDelta",
    "AvailabilityRow",
    "ChangeSupply",
    "ExpectSupply",
    "Headroom",
    "KnownPlace",
    "Move",
    "NewSupply",
    "Pair",
    "Place",
    "Receipt",
    "ReceiveStock",
    "Room",
    "StockRow",
    "SupplyChange",
    "SupplyRow",
    "add_supplies",
    "beyond_available",
    "change_supply",
    "check_adjustment",
    "decide_receipts",
    "ensure_availability",
    "find_supply",
    "fit_adjustments",
    "know_places",
    "lock_availability",
    "lock_availability_of",
    "lock_stock",
    "lock_supply",
    "move_availability",
    "move_goods",
    "move_supply",
    "only_open",
    "read_availability",
    "read_headroom",
    "read_stock",
    "refuse",
    "refuse_supply",
    "relock_availability",
    "stamp_received",
    "supplies_less_receipts",
    "supply_id",
    "units_lost",
]

"""The goods ledger: stock by location, availability by pool, movements. Only this slice writes them."""

from orderwright.inventory.commands import AdjustStock, ExpectSupply, ReceiveStock, refuse
from orderwright.inventory.headroom import Headroom
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
    read_stock,
    relock_availability,
)
from orderwright.inventory.queries import AvailabilityRow, StockRow, SupplyRow
from orderwright.inventory.supply import NewSupply, add_supplies, lock_supply, move_supply, read_headroom

__all__ = [
    "CUSTOMER",
    "LOSS",
    "SUPPLIER",
    "AdjustStock",
    "AvailabilityDelta",
    "AvailabilityRow",
    "ExpectSupply",
    "Headroom",
    "Move",
    "NewSupply",
    "Pair",
    "Place",
    "ReceiveStock",
    "StockRow",
    "SupplyRow",
    "add_supplies",
    "ensure_availability",
    "lock_availability",
    "lock_availability_of",
    "lock_stock",
    "lock_supply",
    "move_availability",
    "move_goods",
    "move_supply",
    "read_headroom",
    "read_stock",
    "refuse",
    "relock_availability",
]

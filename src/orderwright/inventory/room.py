"""How many units the balances can count: looked at before they are written, since a sum beyond fails a whole batch."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.inventory.ledger import BUCKETS, Pair
from orderwright.inventory.queries import AvailabilityRow, StockRow
from orderwright.platform.ids import UUID

UNITS_MAX = 2**31 - 1  # what an integer column holds


class Room:
    """How many more units may come to locations and pools, by their locked balances; used up in order of arrival.

    All buckets of a location count together, and so do promisable, reserved and promised units of a pool: what moves
    between them later must fit as well.
    """

    def __init__(self, availability: Mapping[Pair, AvailabilityRow], stock: Mapping[Pair, StockRow]) -> None:
        self._in_pools = {
            key: UNITS_MAX - row.available_to_promise - row.reserved - row.promised for key, row in availability.items()
        }
        self._at_locations = {
            key: UNITS_MAX - sum(getattr(row, bucket) for bucket in BUCKETS) for key, row in stock.items()
        }

    def take_in_pool(self, pool_id: UUID, units: Mapping[UUID, int]) -> bool:
        """Use up room for units, by SKU, that come to a pool from another one or may be promised again. False, and
        nothing, when there is none."""
        if any(more > self._in_pools[sku_id, pool_id] for sku_id, more in units.items()):
            return False
        for sku_id, more in units.items():
            self._in_pools[sku_id, pool_id] -= more
        return True

    def take(self, at: Pair, pool: Pair, units: int) -> bool:
        """Use up room for units at a (SKU, location) and in its (SKU, pool). False, and nothing, when there is none."""
        if units > self._at_locations[at] or units > self._in_pools[pool]:
            return False
        self._at_locations[at] -= units
        self._in_pools[pool] -= units
        return True

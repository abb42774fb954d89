"""How a loss is dealt over allocations: goods that were allocated are not there, or went to somebody at the counter.
Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.fulfillment.queries import AllocationRow, BreakableRow
from orderwright.inventory import Pair
from orderwright.orders import LockedOrder
from orderwright.platform.ids import UUID


class Break(NamedTuple):
    """`units` that an allocation loses."""

    allocation: AllocationRow
    units: int


class Breakable:
    """Unpicked allocations of locked orders, those of the latest promise first; what is broken is used up."""

    def __init__(self, locked: Mapping[UUID, LockedOrder], allocations: Sequence[AllocationRow]) -> None:
        """`allocations`: all of the fulfillments concerned, in the order in which they are to be broken."""
        self.locked = locked
        self._by_pair: dict[Pair, list[AllocationRow]] = {}
        self._unpicked: dict[tuple[UUID, int, int], int] = {}  # by the allocation's key
        self._wanted: dict[UUID, int] = {}  # by fulfillment: units that are still to be brought
        for a in allocations:
            self._by_pair.setdefault((a.sku_id, a.location_id), []).append(a)
            self._unpicked[a[:3]] = a.unpicked
            self._wanted[a.fulfillment_id] = self._wanted.get(a.fulfillment_id, 0) + a.quantity

    def units(self, key: Pair) -> int:
        """Units of a SKU at a location that can still be broken."""
        return sum(self._unpicked[a[:3]] for a in self._by_pair.get(key, ()))

    def covers(self, seen: Sequence[BreakableRow], short: Mapping[Pair, int]) -> bool:
        """Whether what was seen before the lock is still there under it, as far as the `short` units need it."""
        units: dict[Pair, int] = {}
        for row in seen:
            key = row.sku_id, row.location_id
            units[key] = units.get(key, 0) + row.unpicked
        return all(self.units(key) >= min(there, short[key]) for key, there in units.items())

    def take(self, key: Pair, quantity: int) -> list[Break]:
        """Break up to `quantity` units."""
        breaks: list[Break] = []
        for allocation in self._by_pair.get(key, ()):
            units = min(quantity, self._unpicked[allocation[:3]])
            if units:
                quantity -= units
                self._unpicked[allocation[:3]] -= units
                self._wanted[allocation.fulfillment_id] -= units
                breaks.append(Break(allocation, units))
        return breaks

    def emptied(self) -> list[UUID]:
        """Fulfillments of which nothing is left to do."""
        return sorted(fulfillment_id for fulfillment_id, units in self._wanted.items() if not units)


def in_breaking_order(candidates: Sequence[BreakableRow], allocations: Sequence[AllocationRow]) -> list[AllocationRow]:
    """Allocations in the order of their orders among the candidates (the latest promise first), then by key."""
    rank = {row.order_id: i for i, row in enumerate(candidates)}
    return sorted(allocations, key=lambda a: (rank[a.order_id], a.fulfillment_id, a.line_n, a.component_n))

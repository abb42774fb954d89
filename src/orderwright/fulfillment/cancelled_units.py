"""Which allocations give up the units of a cancellation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.fulfillment.queries import AllocationRow
from orderwright.platform.ids import UUID


class GivenUp(NamedTuple):
    """`units` that an allocation gives up, of those that are allocated, picked or packed."""

    allocation: AllocationRow
    units: int
    source: str = "allocated"


def unpicked_units(allocations: Iterable[AllocationRow]) -> dict[tuple[int, int], int]:
    """Units of an order that nobody has begun to pick, by (line, component)."""
    free: dict[tuple[int, int], int] = {}
    for a in allocations:
        free[a.line_n, a.component_n] = free.get((a.line_n, a.component_n), 0) + a.unpicked
    return free


def give_up(
    allocations: Mapping[UUID, Sequence[AllocationRow]],
    wanted: Mapping[tuple[UUID, int, int], int],
    source: str = "allocated",
) -> list[GivenUp]:
    """Take wanted units (by order, line, component) off allocations (by order), in order of the orders."""
    left = dict(wanted)
    taken: list[GivenUp] = []
    for order_id in sorted({key[0] for key in left}):
        for row in allocations.get(order_id, []):
            key = (row.order_id, row.line_n, row.component_n)
            there = row.unpicked if source == "allocated" else getattr(row, source)
            units = min(there, left.get(key, 0))
            if units:
                left[key] -= units
                taken.append(GivenUp(row, units, source))
    return taken


def emptied_by(allocations: Iterable[AllocationRow], given_up: Iterable[GivenUp]) -> dict[UUID, UUID]:
    """Fulfillments of which nothing is left to bring, each with its order."""
    left: dict[UUID, int] = {}
    order_of: dict[UUID, UUID] = {}
    for a in allocations:
        left[a.fulfillment_id] = left.get(a.fulfillment_id, 0) + a.quantity
        order_of[a.fulfillment_id] = a.order_id
    for allocation, units, _ in given_up:
        left[allocation.fulfillment_id] -= units
    return {fulfillment_id: order_of[fulfillment_id] for fulfillment_id, units in left.items() if not units}

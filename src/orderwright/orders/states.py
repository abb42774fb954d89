"""The status of an order, derived from the quantities of its components (law G4)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class OrderStatus(StrEnum):
    """Where the least advanced part of an order is. Derived, never set."""

    PLACED = "placed"  # promised, or not yet resolved
    BACKORDERED = "backordered"  # all that is left waits for supply
    ALLOCATED = "allocated"  # every promised unit has a location
    PICKING = "picking"
    PACKED = "packed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"  # or needs no delivery of ours
    CANCELLED = "cancelled"


class Quantities(NamedTuple):
    """Units of a component, or of all components of an order, by where they are."""

    ordered: int
    pending: int = 0
    external: int = 0
    cancelled: int = 0
    backordered: int = 0
    promised: int = 0
    allocated: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0


def derive_status(components: Sequence[Quantities]) -> OrderStatus:  # noqa: PLR0911  # one return a status
    """The status of an order with these components. Its twin in SQL is `ow_shared.order_status`."""
    total = components[0] if len(components) == 1 else Quantities(*map(sum, zip(*components, strict=True)))
    out = total.external + total.cancelled
    if total.cancelled == total.ordered:
        return OrderStatus.CANCELLED
    if total.delivered + out == total.ordered:
        return OrderStatus.DELIVERED
    if total.shipped + out == total.ordered:
        return OrderStatus.SHIPPED
    if total.shipped:
        return OrderStatus.PARTLY_SHIPPED
    if total.packed + out == total.ordered:
        return OrderStatus.PACKED
    if total.picked + total.packed:
        return OrderStatus.PICKING
    if total.allocated and not total.promised + total.pending:
        return OrderStatus.ALLOCATED
    if total.promised + total.allocated + total.pending:
        return OrderStatus.PLACED
    return OrderStatus.BACKORDERED

"""Rows of fulfillments for tests of pure functions."""

from __future__ import annotations

from orderwright.fulfillment import AllocationRow
from orderwright.platform.ids import UUID, new_id


def an_allocation(quantity: int, *, line_n: int = 1, component_n: int = 1, **fields: UUID | int) -> AllocationRow:
    """Units that a fulfillment has to bring; nothing of them is picked unless said."""
    ids: dict[str, UUID | int] = {
        name: new_id() for name in ("fulfillment_id", "order_id", "sku_id", "location_id", "pool_id")
    }
    done = dict.fromkeys(("picked", "packed", "shipped", "delivered"), 0)
    values = ids | done | fields | {"line_n": line_n, "component_n": component_n, "quantity": quantity}
    return AllocationRow(**values)

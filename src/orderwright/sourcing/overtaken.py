"""Which decisions the locked stock can still meet. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright.inventory import Pair, StockRow
from orderwright.platform.ids import UUID
from orderwright.sourcing.problem import Decision


def drop_what_is_gone(
    decisions: Sequence[Decision], stock: Mapping[Pair, StockRow]
) -> tuple[list[Decision], set[UUID]]:
    """The decisions that the locked stock can meet, in order, and the orders of the rest. What a location has is not of
    a promise of another pool than it is in by now."""
    left = {key: row.available for key, row in stock.items()}
    going: list[Decision] = []
    overtaken: set[UUID] = set()
    for decision in decisions:
        wants: dict[Pair, int] = {}
        for a in decision.assignments:
            wants[a.sku_id, a.location_id] = wants.get((a.sku_id, a.location_id), 0) + a.quantity
        moved = any(
            (row := stock.get((a.sku_id, a.location_id))) is not None and row.pool_id != a.pool_id
            for a in decision.assignments
        )
        if not moved and all(left.get(key, 0) >= quantity for key, quantity in wants.items()):
            for key, quantity in wants.items():
                left[key] -= quantity
            going.append(decision)
        else:
            overtaken.add(decision.order_id)
    return going, overtaken

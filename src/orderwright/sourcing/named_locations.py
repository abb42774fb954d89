"""Lines that name their location (pick-up in store): they come from there or from nowhere. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from orderwright.orders import NeedRow
from orderwright.platform.ids import UUID
from orderwright.sourcing.problem import Assignment, Decision, Need


def place_named(
    order_id: UUID, rows: Sequence[NeedRow], stock: dict[tuple[UUID, UUID], int], open_to: Collection[UUID]
) -> Decision:
    """Give lines that name their location what it has; it is used up for the orders after."""
    assignments, unsourced = [], []
    for row in rows:
        if row.location_id is None:
            continue
        there = stock.get((row.sku_id, row.location_id), 0) if row.location_id in open_to else 0
        got = min(row.quantity, there)
        if got:
            stock[row.sku_id, row.location_id] -= got
            assignments.append(Assignment(row.line_n, row.component_n, row.sku_id, row.pool_id, row.location_id, got))
        if got < row.quantity:
            unsourced.append(Need(row.line_n, row.component_n, row.sku_id, row.pool_id, row.quantity - got))
    explanation: dict[str, Any] = (
        {"named_location": len(assignments) + len(unsourced)} if assignments or unsourced else {}
    )
    return Decision(order_id, "sourced", assignments, unsourced, explanation)


def join(named: Decision, solved: Decision | None) -> Decision:
    """The decision on an order from that on its named lines and that on the rest."""
    assignments = named.assignments + (solved.assignments if solved else [])
    unsourced = named.unsourced + (solved.unsourced if solved else [])
    explanation = named.explanation | (solved.explanation if solved else {})
    if not unsourced:
        return Decision(named.order_id, "sourced", assignments, unsourced, explanation)
    return Decision(
        named.order_id, "partly_sourced" if assignments else "unsourced", assignments, unsourced, explanation
    )

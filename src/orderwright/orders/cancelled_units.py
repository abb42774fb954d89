"""Where the units of a planned cancellation come from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from orderwright.orders.cancel import CancelPlan
from orderwright.orders.quantities import QuantityMove
from orderwright.orders.queries import BackorderRow, ComponentRow, PromiseRow
from orderwright.platform.ids import UUID

ComponentKey = tuple[UUID, int, int]  # order, line, component


def units_from(plans: Iterable[CancelPlan], source: str) -> dict[ComponentKey, int]:
    """Units that plans take from one quantity (`promised`, say), by component."""
    return {
        (component.order_id, component.line_n, component.n): quantity
        for plan in plans
        for component, taken_from, quantity in plan.units
        if taken_from == source
    }


def units_cancelled(plan: CancelPlan) -> dict[tuple[int, int], int]:
    """Units that go of each (line, component)."""
    units: dict[tuple[int, int], int] = {}
    for component, _, quantity in plan.units:
        key = (component.line_n, component.n)
        units[key] = units.get(key, 0) + quantity
    return units


def cancelling_moves(plans: Iterable[CancelPlan]) -> list[QuantityMove]:
    """The moves of all units that stand in no allocation; the others leave theirs first."""
    return [
        QuantityMove(component.order_id, component.line_n, component.n, source, "cancelled", quantity)
        for plan in plans
        for component, source, quantity in plan.units
        if source not in ("allocated", "picked", "packed")
    ]


def cancelled_promises(promises: Sequence[PromiseRow], plans: Iterable[CancelPlan]) -> list[PromiseRow]:
    """The units of each promise that are cancelled."""
    wanted = units_from(plans, "promised")
    taken = []
    for row in promises:
        quantity = min(row.quantity, wanted.get(row[:3], 0))
        if quantity:
            wanted[row[:3]] -= quantity
            taken.append(row._replace(quantity=quantity))
    return taken


def cancelled_backorders(rows: Sequence[BackorderRow], plans: Iterable[CancelPlan]) -> list[BackorderRow]:
    """The units of each backorder that are cancelled."""
    wanted = units_from(plans, "backordered")
    return [row._replace(quantity=wanted[row[:3]]) for row in rows if wanted.get(row[:3])]


def lines_cancelled(plan: CancelPlan) -> list[dict[str, int]]:
    """Units that go of each line, as `order.cancelled` tells them."""
    lines: dict[int, int] = {}
    for component, _, quantity in plan.units:
        lines[component.line_n] = lines.get(component.line_n, 0) + quantity
    return [{"line": n, "units": quantity} for n, quantity in sorted(lines.items())]


def is_over(components: Sequence[ComponentRow], plan: CancelPlan) -> bool:
    """Whether nothing is left to do for an order after a cancellation: every unit is cancelled, has left, or needs no
    goods of ours. Then there is nothing that a hold could block."""
    waiting = sum(c.pending + c.backordered + c.promised + c.allocated + c.picked + c.packed for c in components)
    return waiting == sum(u.quantity for u in plan.units if u.source != "external")

"""What can be cancelled of an order, and in which order units are taken. Pure (law G4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.orders.queries import ComponentRow, LockedOrder
from orderwright.platform.context import Context
from orderwright.platform.fields import Quantity
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

ReasonCode = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,49}\Z")]
TAKEN_FROM = ("pending", "backordered", "promised", "allocated")  # in this order


class CancelLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a line; all that is left of it when not given."""

    line: Annotated[int, Meta(ge=1)]
    quantity: Quantity | None = None


class CancelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Cancel an order, or only some lines. `reason` is a code: `customer_request`, `fraud`, `out_of_stock` ..."""

    order_id: UUID
    lines: list[CancelLine] | None = None
    reason: ReasonCode = "customer_request"


class CancelledUnits(NamedTuple):
    """`quantity` units of a component to take from one of its quantities."""

    component: ComponentRow
    source: str
    quantity: int


class CancelPlan(NamedTuple):
    """What is cancelled of an order. `kept` units were picked already and stay."""

    units: list[CancelledUnits]
    kept: int


def decide_cancel(  # noqa: PLR0911  # one return a code
    ctx: Context,
    order: LockedOrder | None,
    command: CancelOrder,
    components: Sequence[ComponentRow],
    line_quantities: Mapping[int, int],
    cancellable: Mapping[tuple[int, int], int],
) -> CancelPlan | Outcome:
    """Plan a cancellation, or say why not.

    `cancellable` is the allocated quantity of (line, component) that no picker has begun on. Precedence of codes:
    `order_not_found`, `channel_not_allowed`, `already_cancelled`, `already_shipped`, `unknown_line`,
    `not_cancellable`.
    """
    if order is None:
        return no("order_not_found", "There is no such order. Check the id.")
    if not ctx.may_channel(order.channel_id):
        return no("channel_not_allowed", "The key or role is limited to other channels. Use one for this channel.")
    if order.status == "cancelled":
        return no("already_cancelled", "The order is cancelled already.")
    if order.status in ("shipped", "delivered"):
        return no("already_shipped", "The order has left. Open a return instead.")
    wanted = _wanted(command, components, line_quantities)
    if isinstance(wanted, Outcome):
        return wanted
    plan = CancelPlan([], 0)
    for component in components:
        left = wanted.get((component.line_n, component.n), 0)
        for source in TAKEN_FROM:
            have = getattr(component, source)
            if source == "allocated":
                have = min(have, cancellable.get((component.line_n, component.n), 0))
            take = min(left, have)
            if take:
                plan.units.append(CancelledUnits(component, source, take))
                left -= take
        if left and command.lines is not None:
            return no(
                "not_cancellable",
                "Fewer units can still be cancelled: the rest is being picked, or gone. Ask for fewer, or return them.",
                line=component.line_n,
                not_cancellable=left,
            )
        plan = plan._replace(kept=plan.kept + left)
    if not plan.units:
        return no("already_picked", "All of it is being picked or has left. Stop it at the location, or return it.")
    return plan


def _wanted(
    command: CancelOrder, components: Sequence[ComponentRow], line_quantities: Mapping[int, int]
) -> dict[tuple[int, int], int] | Outcome:
    """Units to cancel of each component: for a kit, as many as its line's units hold."""
    live = {
        (c.line_n, c.n): c.pending + c.backordered + c.promised + c.allocated + c.picked + c.packed for c in components
    }
    if command.lines is None:
        return live
    wanted: dict[tuple[int, int], int] = {}
    for line in command.lines:
        mine = [c for c in components if c.line_n == line.line]
        if not mine:
            return no("unknown_line", "The order has no such line. Read it again.", line=line.line)
        for c in mine:
            units = live[c.line_n, c.n]
            if line.quantity is not None:
                units = line.quantity * (c.ordered // line_quantities[line.line])
            wanted[c.line_n, c.n] = wanted.get((c.line_n, c.n), 0) + units
    return wanted

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

    `cancellable` is the allocated quantity of (line, component) that no picker has begun on. Of a kit only whole ones
    are cancelled, lest half of one is shipped. Precedence of codes: `order_not_found`, `channel_not_allowed`,
    `already_cancelled`, `already_shipped`, `unknown_line`, `not_cancellable`, `already_picked`.
    """
    if order is None:
        return no("order_not_found", "There is no such order. Check the id.")
    if not ctx.may_channel(order.channel_id):
        return no("channel_not_allowed", "The key or role is limited to other channels. Use one for this channel.")
    if order.status == "cancelled":
        return no("already_cancelled", "The order is cancelled already.")
    if order.status in ("shipped", "delivered"):
        return no("already_shipped", "The order has left. Open a return instead.")
    lines: dict[int, list[_Free]] = {}
    for component in components:
        begun = component.allocated - cancellable.get((component.line_n, component.n), 0)
        lines.setdefault(component.line_n, []).append(_Free(component, max(0, begun)))
    wanted = _wanted(command, lines, line_quantities)
    if isinstance(wanted, Outcome):
        return wanted
    plan = CancelPlan([], 0)
    for free in (one for line in lines.values() for one in line):
        component = free.component
        left = min(wanted.get((component.line_n, component.n), 0), free.units)
        plan = plan._replace(kept=plan.kept + (free.live - left if command.lines is None else 0))
        for source in TAKEN_FROM:
            take = min(left, getattr(component, source) - (free.begun if source == "allocated" else 0))
            if take:
                plan.units.append(CancelledUnits(component, source, take))
                left -= take
    if not plan.units:
        return no("already_picked", "All of it is being picked or has left. Stop it at the location, or return it.")
    return plan


class _Free(NamedTuple):
    """A component, and how much of its allocated quantity a picker has begun on."""

    component: ComponentRow
    begun: int

    @property
    def live(self) -> int:
        """Units that have not left and are not cancelled."""
        c = self.component
        return c.pending + c.backordered + c.promised + c.allocated + c.picked + c.packed

    @property
    def units(self) -> int:
        """Units that can still be cancelled."""
        c = self.component
        return c.pending + c.backordered + c.promised + c.allocated - self.begun


def _wanted(
    command: CancelOrder, lines: Mapping[int, Sequence[_Free]], line_quantities: Mapping[int, int]
) -> dict[tuple[int, int], int] | Outcome:
    """Units to cancel of each component: all that can go, or exactly what the command names."""
    wanted: dict[tuple[int, int], int] = {}
    if command.lines is None:
        for n, parts in lines.items():
            wanted |= _whole_units(parts, line_quantities[n])
        return wanted
    asked: dict[int, int | None] = {}
    for line in command.lines:
        before = asked.get(line.line, 0)
        asked[line.line] = None if line.quantity is None or before is None else before + line.quantity
    unknown = [n for n in asked if n not in lines]
    if unknown:
        return no("unknown_line", "The order has no such line. Read it again.", line=unknown[0])
    for n, quantity in asked.items():
        stocked = [free for free in lines[n] if not free.component.external] or lines[n]
        for free in stocked:
            c = free.component
            units = free.live if quantity is None else quantity * (c.ordered // line_quantities[n])
            if units > free.units:
                return no(
                    "not_cancellable",
                    "Fewer units can still go: the rest is being picked, or has left. Ask for fewer, or return them.",
                    line=n,
                    not_cancellable=units - free.units,
                )
            wanted[n, c.n] = units
    return wanted


def _whole_units(parts: Sequence[_Free], line_quantity: int) -> dict[tuple[int, int], int]:
    """All that can go of a line. Of a kit a unit goes when every part of it can, or has left for good already."""
    if len(parts) == 1:
        return {(parts[0].component.line_n, parts[0].component.n): parts[0].units}
    per_unit = [free.component.ordered // line_quantity for free in parts]
    whole = min(
        (free.units + free.component.shipped) // per if not free.component.external else line_quantity
        for free, per in zip(parts, per_unit, strict=True)
    )
    return {
        (free.component.line_n, free.component.n): max(0, whole * per - free.component.shipped)
        for free, per in zip(parts, per_unit, strict=True)
    }

"""What can be cancelled of an order, and in which order units are taken. Pure (law G4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.orders.contract import LINES_MAX
from orderwright.orders.queries import ComponentRow, LockedOrder
from orderwright.platform.fields import Quantity, Slug
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

TAKEN_FROM = ("pending", "backordered", "promised", "allocated", "picked", "packed")  # in this order; external units
# last (`_externals`), the last two only when they are recalled


class CancelLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` units of a line; all that is left of it when not given."""

    line: Annotated[int, Meta(ge=1)]
    quantity: Quantity | None = None


class CancelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Cancel an order, or only some lines. `reason` is a code: `customer_request`, `fraud`, `out_of_stock` ...

    `recall`: also what is being picked, picked or packed; its location puts it back on the shelf."""

    order_id: UUID
    lines: Annotated[list[CancelLine], Meta(min_length=1, max_length=LINES_MAX)] | None = None
    reason: Slug = "customer_request"
    recall: bool = False


class CancelledUnits(NamedTuple):
    """`quantity` units of a component to take from one of its quantities."""

    component: ComponentRow
    source: str
    quantity: int


class CancelPlan(NamedTuple):
    """What is cancelled of an order. `kept` units of what was to be cancelled whole were picked already and stay."""

    units: list[CancelledUnits]
    kept: int


def decide_cancel(
    order: LockedOrder | None,
    command: CancelOrder,
    components: Sequence[ComponentRow],
    line_quantities: Mapping[int, int],
    cancellable: Mapping[tuple[int, int], int],
) -> CancelPlan | Outcome:
    """Plan a cancellation, or say why not.

    `cancellable` is the allocated quantity of (line, component) that no picker has begun on; of what is recalled, all
    goes. An order or line is cancelled by every unit of each component that can still go, also where another part of
    its kit cannot; a quantity of a line is whole kits. Units that need no stock of ours go last, and only with all the
    rest: see `_externals`.
    Precedence of codes: `order_not_found`, `already_cancelled`, `already_shipped`,
    `unknown_line`, `not_cancellable`, `already_picked`.
    """
    if order is None:
        return no("order_not_found", "There is no such order. Check the id.")
    if order.status == "cancelled":
        return no("already_cancelled", "The order is cancelled already.")
    if order.status in ("shipped", "delivered"):
        return no("already_shipped", "The order has left and cannot be cancelled. Announce a return instead.")
    lines: dict[int, list[_Free]] = {}
    for component in components:
        begun = component.allocated - cancellable.get((component.line_n, component.n), 0)
        free = _Free(component, 0 if command.recall else max(0, begun), recalled=command.recall)
        lines.setdefault(component.line_n, []).append(free)
    wanted = _wanted(command, lines, line_quantities)
    if isinstance(wanted, Outcome):
        return wanted
    plan = CancelPlan([], 0)
    for free, quantity in wanted:
        component = free.component
        left = free.units if quantity is None else quantity
        plan = plan._replace(kept=plan.kept + (free.live - left if quantity is None else 0))
        for source in TAKEN_FROM if command.recall else TAKEN_FROM[:4]:
            take = min(left, getattr(component, source) - (free.begun if source == "allocated" else 0))
            if take:
                plan.units.append(CancelledUnits(component, source, take))
                left -= take
    if not plan.units:
        return _why_nothing(wanted)
    plan.units.extend(_externals(command, components, plan))
    return plan


def _why_nothing(wanted: Sequence[tuple[_Free, int | None]]) -> Outcome:
    """Why no unit of what is asked for can go."""
    parts = [free.component for free, _ in wanted]
    if any(c.external for c in parts) and all(c.external + c.cancelled == c.ordered for c in parts):
        return no(
            "not_cancellable",
            "These lines need no goods of ours and go with the rest. Cancel the lines that do, or the whole order.",
        )
    return no(
        "already_picked", "All of it is being picked or has left. Send `recall` to have it put back on the shelf."
    )


def _externals(command: CancelOrder, components: Sequence[ComponentRow], plan: CancelPlan) -> list[CancelledUnits]:
    """The external units that go too, since nothing of ours is left that they would belong to: those of a kit whose
    other parts are all cancelled by now; and a line of nothing else (a download), where it is cancelled without a
    quantity and nothing of ours is left of the whole order."""
    gone: dict[tuple[int, int], int] = {}
    for unit in plan.units:
        key = unit.component.line_n, unit.component.n
        gone[key] = gone.get(key, 0) + unit.quantity
    left: dict[int, int] = {}
    mixed: set[int] = set()
    for c in components:
        left[c.line_n] = left.get(c.line_n, 0) + c.ordered - c.external - c.cancelled - gone.get((c.line_n, c.n), 0)
        if not c.external:
            mixed.add(c.line_n)
    named = command.lines or [CancelLine(line=n) for n in left]
    whole = {line.line for line in named if line.quantity is None} if not any(left.values()) else set()
    going = whole | ({line.line for line in named if not left[line.line]} & mixed)
    return [CancelledUnits(c, "external", c.external) for c in components if c.external and c.line_n in going]


class _Free(NamedTuple):
    """A component, and how much of its allocated quantity a picker has begun on and may keep. `recalled`: what is
    picked and packed can go too."""

    component: ComponentRow
    begun: int
    recalled: bool = False

    @property
    def live(self) -> int:
        """Units that have not left and are not cancelled."""
        c = self.component
        return c.pending + c.backordered + c.promised + c.allocated + c.picked + c.packed

    @property
    def units(self) -> int:
        """Units that can still be cancelled."""
        c = self.component
        recalled = c.picked + c.packed if self.recalled else 0
        return c.pending + c.backordered + c.promised + c.allocated - self.begun + recalled


def _wanted(
    command: CancelOrder, lines: Mapping[int, Sequence[_Free]], line_quantities: Mapping[int, int]
) -> list[tuple[_Free, int | None]] | Outcome:
    """Units to cancel of each component: None for all that can go, or exactly what the command names."""
    if command.lines is None:
        return [(free, None) for parts in lines.values() for free in parts]
    asked: dict[int, int | None] = {}
    for line in command.lines:
        before = asked.get(line.line, 0)
        asked[line.line] = None if line.quantity is None or before is None else before + line.quantity
    unknown = [n for n in asked if n not in lines]
    if unknown:
        return no("unknown_line", "The order has no such line. Read it again.", line=unknown[0])
    wanted: list[tuple[_Free, int | None]] = []
    for n, quantity in asked.items():
        for free in [free for free in lines[n] if not free.component.external] or lines[n]:
            units = None if quantity is None else quantity * (free.component.ordered // line_quantities[n])
            if units is not None and units > free.component.ordered:
                return no(
                    "not_cancellable",
                    f"The line has {line_quantities[n]:,} units. Ask for no more.",
                    line=n,
                    not_cancellable=units - free.units,
                )
            if units is not None and units > free.units:
                return no(
                    "not_cancellable",
                    "Fewer units can still go: the rest is being picked, or has left. Ask for fewer.",
                    line=n,
                    not_cancellable=units - free.units,
                )
            wanted.append((free, units))
    return wanted

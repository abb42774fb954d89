"""Promise stock to orders in order of arrival, by each channel's policy for short lines. Pure.

Laws: G3 (never more than ATP less backorders less the buffer), G4 (a component's quantities make what was ordered).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from orderwright.inventory import Headroom, Pair
from orderwright.orders.drafts import Draft, DraftComponent, DraftLine, HoldDraft
from orderwright.orders.errors import Refusal
from orderwright.orders.states import OrderStatus, Quantities, derive_status
from orderwright.platform.ids import UUID


class PromiseDraft(NamedTuple):
    """Units of one pool promised to a component."""

    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    quantity: int


class BackorderDraft(NamedTuple):
    """Units a component waits for, from a pool; with a supply it is a preorder."""

    line_n: int
    component_n: int
    pool_id: UUID
    sku_id: UUID
    supply_id: UUID | None
    quantity: int


class PlacedComponent(NamedTuple):
    """A component with its opening quantities."""

    component: DraftComponent
    quantities: Quantities


class Placement(NamedTuple):
    """What placing an order writes."""

    draft: Draft
    components: list[PlacedComponent]
    promises: list[PromiseDraft]
    backorders: list[BackorderDraft]
    holds: list[HoldDraft]
    dropped_lines: list[int]
    status: OrderStatus
    promised_on: date | None


class _Short(NamedTuple):
    """A line that cannot be met and may not wait."""

    code: str
    line_n: int


class _LineResult(NamedTuple):
    components: list[PlacedComponent]
    promises: list[PromiseDraft]
    backorders: list[BackorderDraft]
    due_on: date | None


def place_drafts(
    drafts: Iterable[Draft], headroom: Headroom, at_location: Mapping[Pair, int]
) -> list[Placement | Refusal]:
    """Decide each draft in turn; a refused one gives back what it took.

    `at_location` is the `available` stock of (SKU, location) for lines that name their location; it is used up here.
    """
    left = dict(at_location)
    return [_place(draft, headroom, left) for draft in drafts]


def _place(draft: Draft, headroom: Headroom, at_location: dict[Pair, int]) -> Placement | Refusal:
    mark, before = headroom.mark(), dict(at_location) if at_location else {}
    components: list[PlacedComponent] = []
    promises: list[PromiseDraft] = []
    backorders: list[BackorderDraft] = []
    holds = list(draft.holds)
    dropped: list[int] = []
    short_lines: list[int] = []
    due_on: date | None = None
    for line in draft.lines:
        line_mark, line_before = headroom.mark(), dict(at_location) if line.location is not None else {}
        result = _place_line(draft, line, headroom, at_location)
        if isinstance(result, _Short):
            headroom.undo_to(line_mark)
            at_location.update(line_before)
            if draft.channel.short_line_policy == "drop":
                dropped.append(line.n)
                components.extend(_all(line, "cancelled"))
            elif draft.never_refused:
                short_lines.append(line.n)
                components.extend(_all(line, "pending"))
            else:
                headroom.undo_to(mark)
                at_location.update(before)
                return Refusal(result.code, {"line": line.n, "sku": line.line.sku})
            continue
        components.extend(result.components)
        promises.extend(result.promises)
        backorders.extend(result.backorders)
        if result.due_on is not None:
            due_on = max(due_on or result.due_on, result.due_on)
    if dropped and len(dropped) == len(draft.lines) and not draft.never_refused:
        headroom.undo_to(mark)
        at_location.update(before)
        return Refusal("out_of_stock", {"line": dropped[0], "sku": draft.lines[dropped[0] - 1].line.sku})
    if short_lines:
        holds.append(HoldDraft("out_of_stock", ("source",), {"lines": short_lines}))
    status = derive_status([c.quantities for c in components])
    return Placement(draft, components, promises, backorders, holds, dropped, status, due_on)


def _all(line: DraftLine, state: str) -> list[PlacedComponent]:
    """Every component of a line wholly in one state."""
    return [PlacedComponent(c, Quantities(c.quantity)._replace(**{state: c.quantity})) for c in line.components]


def _place_line(
    draft: Draft, line: DraftLine, headroom: Headroom, at_location: dict[Pair, int]
) -> _LineResult | _Short:
    result = _LineResult([], [], [], None)
    for component in line.components:
        if component.mode != "stock" or component.sku is None:
            state = {component.mode: component.quantity}
            result.components.append(PlacedComponent(component, Quantities(component.quantity)._replace(**state)))
            continue
        taken = _take(draft, line, component, component.sku, headroom, at_location, result.promises)
        short = component.quantity - taken
        if short:
            waits = _wait(draft, line, component, component.sku, short, headroom)
            if isinstance(waits, _Short):
                return waits
            backorder, due_on = waits
            result.backorders.append(backorder)
            if due_on is not None:
                result = result._replace(due_on=max(result.due_on or due_on, due_on))
        quantities = Quantities(component.quantity, promised=taken, backordered=short)
        result.components.append(PlacedComponent(component, quantities))
    return result


def _take(
    draft: Draft,
    line: DraftLine,
    component: DraftComponent,
    sku_id: UUID,
    headroom: Headroom,
    at_location: dict[Pair, int],
    promises: list[PromiseDraft],
) -> int:
    """Promise what there is, pool by pool; a line that names its location only from its pool, and what is there."""
    wanted = component.quantity
    pools: Iterable[UUID] = draft.channel.pool_ids
    if line.location is not None:
        key = (sku_id, line.location.id)
        wanted = min(wanted, at_location.get(key, 0))
        pools = (line.location.pool_id,)
    taken = 0
    for pool_id in pools:
        if taken == wanted:
            break
        got = headroom.take(sku_id, pool_id, wanted - taken, draft.channel.buffer)
        if got:
            taken += got
            promises.append(PromiseDraft(line.n, component.n, pool_id, sku_id, got))
    if line.location is not None:
        at_location[sku_id, line.location.id] = at_location.get((sku_id, line.location.id), 0) - taken
    return taken


def _wait(
    draft: Draft, line: DraftLine, component: DraftComponent, sku_id: UUID, short: int, headroom: Headroom
) -> tuple[BackorderDraft, date | None] | _Short:
    """Let the short units wait where the policy and the SKU's limit allow it."""
    policy = draft.channel.short_line_policy
    pools = [line.location.pool_id] if line.location is not None else draft.channel.pool_ids
    if policy == "preorder":
        supply = headroom.preorder(sku_id, pools, short)
        if supply is None or not headroom.owe(sku_id, supply.pool_id, short, None):
            return _Short("out_of_stock", line.n)
        return BackorderDraft(line.n, component.n, supply.pool_id, sku_id, supply.id, short), supply.due_on
    if policy == "backorder" and pools:
        if headroom.owe(sku_id, pools[0], short, component.backorder_limit):
            return BackorderDraft(line.n, component.n, pools[0], sku_id, None, short), None
        return _Short("backorder_limit", line.n)
    return _Short("out_of_stock", line.n)

"""Promise stock to orders in order of arrival, by each channel's policy for short lines. Pure.

Laws: G3 (never more than ATP less backorders less the buffer), G4 (a component's quantities make what was ordered).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from orderwright.catalog import LocationFacts
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


class HandedDraft(NamedTuple):
    """Units of a component that left a till at a location already."""

    line_n: int
    component_n: int
    sku_id: UUID
    location: LocationFacts
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
    handed: list[HandedDraft]
    holds: list[HoldDraft]
    dropped_lines: list[int]
    status: OrderStatus
    promised_on: date | None


class _Short(NamedTuple):
    """A line that cannot be met and may not wait."""

    code: str
    line_n: int


class _Placed(NamedTuple):
    """What an order's lines have come to so far."""

    components: list[PlacedComponent]
    promises: list[PromiseDraft]
    backorders: list[BackorderDraft]
    handed: list[HandedDraft]
    due_on: list[date]

    def mark(self) -> list[int]:
        """A point to come back to."""
        return list(map(len, self._lists()))

    def undo_to(self, mark: Sequence[int]) -> None:
        """Forget what was added since `mark`."""
        for items, length in zip(self._lists(), mark, strict=True):
            del items[length:]

    def _lists(self) -> tuple[list[Any], ...]:
        return self


class _Shelves:
    """`available` units of (SKU, location), used up in order of arrival; what was taken can be undone."""

    def __init__(self, units: Mapping[Pair, int]) -> None:
        self._left: dict[Pair, int] = dict(units)
        self._journal: list[tuple[Pair, int]] = []

    def left(self, key: Pair) -> int:
        """Units still there; never negative."""
        return max(0, self._left.get(key, 0))

    def take(self, key: Pair, quantity: int) -> None:
        """Use units up, also those that the books do not know of."""
        self._left[key] = self._left.get(key, 0) - quantity
        self._journal.append((key, quantity))

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._journal)

    def undo_to(self, mark: int) -> None:
        """Put back everything taken since `mark`."""
        while len(self._journal) > mark:
            key, quantity = self._journal.pop()
            self._left[key] += quantity


class _Stock(NamedTuple):
    """What is dealt out: ATP of pools, and what lies at the locations that lines name."""

    headroom: Headroom
    shelves: _Shelves

    def mark(self) -> tuple[int, int]:
        """A point to come back to."""
        return self.headroom.mark(), self.shelves.mark()

    def undo_to(self, mark: tuple[int, int]) -> None:
        """Give back everything taken since `mark`."""
        self.headroom.undo_to(mark[0])
        self.shelves.undo_to(mark[1])


def place_drafts(
    drafts: Sequence[Draft],
    headroom: Headroom,
    at_location: Mapping[Pair, int],
    twins: Mapping[int, int] | None = None,
) -> list[Placement | Refusal | None]:
    """Decide each draft in turn; a refused one gives back what it took.

    `twins`: drafts (by index) with the identity of an earlier one (the first of them): where one of those was placed
    there is nothing to decide, and the result is None.
    `at_location` is the `available` stock of (SKU, location) for lines that name their location. What was handed over
    at a till is pending here, whatever there is (laws G2, G3): `flows.hand_over` books it.
    """
    stock = _Stock(headroom, _Shelves(at_location))
    results: list[Placement | Refusal | None] = []
    done: set[int] = set()
    for i, draft in enumerate(drafts):
        first = twins.get(i, i) if twins else i
        result = None if first in done else _place(draft, stock)
        if isinstance(result, Placement):
            done.add(first)
        results.append(result)
    return results


def _place(draft: Draft, stock: _Stock) -> Placement | Refusal:
    mark = stock.mark()
    placed = _Placed([], [], [], [], [])
    dropped: list[DraftLine] = []
    pending: list[DraftLine] = []  # short, and of an order that is never refused
    for line in draft.lines:
        before = stock.mark(), placed.mark()
        short = _place_line(draft, line, stock, placed)
        if short is None:
            continue
        stock.undo_to(before[0])
        placed.undo_to(before[1])
        if draft.channel.short_line_policy == "drop":
            dropped.append(line)
        elif draft.never_refused:
            pending.append(line)
        else:
            stock.undo_to(mark)
            return Refusal(short.code, {"line": line.n, "sku": line.line.sku})
    if len(dropped) == len(draft.lines):  # nothing would be left of it
        if not draft.never_refused:
            stock.undo_to(mark)
            return Refusal("out_of_stock", {"line": dropped[0].n, "sku": dropped[0].line.sku})
        dropped, pending = [], dropped
    for line in dropped:
        placed.components.extend(_all(line, "cancelled"))
    for line in pending:
        placed.components.extend(_all(line, "pending"))
    holds = list(draft.holds)
    if pending:
        holds.append(HoldDraft("out_of_stock", ("source",), {"lines": [line.n for line in pending]}))
    status = derive_status([c.quantities for c in placed.components])
    return Placement(
        draft, placed.components, placed.promises, placed.backorders, placed.handed, holds,
        [line.n for line in dropped], status, max(placed.due_on, default=None),
    )  # fmt: skip


def _all(line: DraftLine, state: str) -> list[PlacedComponent]:
    """Every component of a line wholly in one state."""
    return [PlacedComponent(c, Quantities(c.quantity)._replace(**{state: c.quantity})) for c in line.components]


def _place_line(draft: Draft, line: DraftLine, stock: _Stock, placed: _Placed) -> _Short | None:
    """Add a line to what is placed. Where it is short: why; something of it was added then, too."""
    for component in line.components:
        units = component.quantity
        if component.sku is None or component.mode in ("external", "pending"):
            quantities = Quantities(units)._replace(**{component.mode: units})
        elif component.mode == "handed" and line.location is not None:
            stock.headroom.hand_over(component.sku, line.location.pool_id, units)
            stock.shelves.take((component.sku, line.location.id), units)
            placed.handed.append(HandedDraft(line.n, component.n, component.sku, line.location, units))
            quantities = Quantities(units, pending=units)
        else:
            taken = _take(draft, line, component, component.sku, stock, placed.promises)
            if taken < units:
                waits = _wait(draft, line, component, component.sku, units - taken, stock.headroom)
                if isinstance(waits, _Short):
                    return waits
                backorder, due_on = waits
                placed.backorders.append(backorder)
                if due_on is not None:
                    placed.due_on.append(due_on)
            quantities = Quantities(units, promised=taken, backordered=units - taken)
        placed.components.append(PlacedComponent(component, quantities))
    return None


def _take(
    draft: Draft,
    line: DraftLine,
    component: DraftComponent,
    sku_id: UUID,
    stock: _Stock,
    promises: list[PromiseDraft],
) -> int:
    """Promise what there is, pool by pool; a line that names its location only from its pool, and what is there."""
    wanted = component.quantity
    pools: Iterable[UUID] = draft.channel.pool_ids
    if line.location is not None:
        wanted = min(wanted, stock.shelves.left((sku_id, line.location.id)))
        pools = (line.location.pool_id,)
    taken = 0
    for pool_id in pools:
        if taken == wanted:
            break
        got = stock.headroom.take(sku_id, pool_id, wanted - taken, draft.channel.buffer)
        if got:
            taken += got
            promises.append(PromiseDraft(line.n, component.n, pool_id, sku_id, got))
    if line.location is not None:
        stock.shelves.take((sku_id, line.location.id), taken)
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

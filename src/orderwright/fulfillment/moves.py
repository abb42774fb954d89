"""Which units leave their place when somebody moves them to another location, and whether that location can. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from orderwright.catalog import ChannelFacts, LocationFacts
from orderwright.fulfillment.move_contract import MoveUnits, UnitsToMove, refuse_move
from orderwright.fulfillment.queries import AllocationRow, FulfillmentRow
from orderwright.fulfillment.states import FulfillmentState
from orderwright.inventory import Headroom, Pair, StockRow
from orderwright.orders import PromiseRow
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.outcomes import Outcome
from orderwright.sourcing import Assignment

UNBEGUN = frozenset({FulfillmentState.OPEN, FulfillmentState.RELEASED})
_Left = dict[tuple[object, ...], int]  # units of a row that the entries before did not take, by its key


class BehindMoves(NamedTuple):
    """What stands behind locked orders: their fulfillments, what those have to bring, what was promised and waits for a
    location (by order, line, component), and the (order, line) pairs that name their location."""

    fulfillments: Mapping[UUID, FulfillmentRow]
    allocations: Mapping[UUID, Sequence[AllocationRow]]
    promises: Mapping[tuple[UUID, int, int], Sequence[PromiseRow]]
    named: Collection[tuple[UUID, int]]

    def live(self, order_id: UUID) -> int:
        """How many fulfillments an order has that bring something, or did."""
        over = (FulfillmentState.REJECTED, FulfillmentState.CANCELLED)
        return sum(work.order_id == order_id and work.state not in over for work in self.fulfillments.values())


class MovePlan(NamedTuple):
    """What leaves its allocation, and which promises are met, for one order. `buffer`: units that its channel leaves to
    others in each pool."""

    command: MoveUnits
    to: LocationFacts
    buffer: int
    allocated: list[tuple[AllocationRow, int]]
    promised: list[tuple[PromiseRow, int]]

    @property
    def order_id(self) -> UUID:
        """Whose units they are."""
        return self.command.order_id

    @property
    def units(self) -> int:
        """How many are moved."""
        return sum(units for _, units in [*self.allocated, *self.promised])

    @property
    def promises_left(self) -> list[tuple[PromiseRow, int]]:
        """What the moved units are promised from once they have left their allocations."""
        back = [(PromiseRow(*_key(a), a.pool_id, a.sku_id, units), units) for a, units in self.allocated]
        return [*back, *self.promised]

    @property
    def pairs(self) -> set[Pair]:
        """The (SKU, pool) balances that it changes."""
        rows = [row for row, _ in self.promises_left]
        return {(row.sku_id, row.pool_id) for row in rows} | {(row.sku_id, self.to.pool_id) for row in rows}

    @property
    def places(self) -> set[Pair]:
        """The (SKU, location) balances that it changes."""
        left = {(a.sku_id, a.location_id) for a, _ in self.allocated}
        return left | {(row.sku_id, self.to.id) for row, _ in self.promises_left}

    def assignments(self) -> list[Assignment]:
        """What the location has to bring."""
        return [
            Assignment(row.line_n, row.component_n, row.sku_id, self.to.pool_id, self.to.id, units)
            for row, units in self.promises_left
        ]

    def emptied(self, allocations: Mapping[UUID, Sequence[AllocationRow]]) -> list[UUID]:
        """Fulfillments of which nothing is left to bring."""
        gone: dict[UUID, int] = {}
        for row, units in self.allocated:
            gone[row.fulfillment_id] = gone.get(row.fulfillment_id, 0) + units
        return sorted(i for i, units in gone.items() if units == sum(row.quantity for row in allocations[i]))


def plan_move(
    command: MoveUnits, channel: ChannelFacts, to: LocationFacts | None, behind: BehindMoves
) -> MovePlan | Outcome:
    """What a move takes from where, or why it may not be. Precedence: `unknown_location`, `location_inactive`,
    `pool_not_sold`, then of each entry `line_names_location`, `unknown_fulfillment`, `already_there`, `work_has_begun`,
    `too_few_to_move`."""
    if to is None:
        return refuse_move("unknown_location", to=command.to)
    if not to.active:
        return refuse_move("location_inactive", to=to.code)
    if to.pool_id not in channel.pool_ids:
        return refuse_move("pool_not_sold", to=to.code)
    plan = MovePlan(command, to, channel.buffer, [], [])
    left: _Left = {}
    for entry in command.units:
        wrong = _take(plan, entry, behind, left)
        if wrong is not None:
            return wrong
    return plan


def fit_moves(
    plans: Sequence[MovePlan], stock: Mapping[Pair, StockRow], headroom: Headroom
) -> tuple[list[MovePlan], dict[UUID, Outcome]]:
    """The moves that the locked stock and pools can meet, in order; and why not, by order. Precedence: `overtaken`
    (what a location has is of the pool that it is in by now), `too_few_at_location`, `pool_short`. Units of the same
    pool take no more of what it can promise."""
    left = {key: row.available for key, row in stock.items()}
    going: list[MovePlan] = []
    refused: dict[UUID, Outcome] = {}
    for plan in plans:
        wanted: dict[UUID, int] = {}
        mark = headroom.mark()
        short = None
        for row, units in plan.promises_left:
            wanted[row.sku_id] = wanted.get(row.sku_id, 0) + units
            other = row.pool_id != plan.to.pool_id
            if other and headroom.take(row.sku_id, plan.to.pool_id, units, plan.buffer) < units:
                short = short or refuse_move("pool_short", line=row.line_n)
        for sku_id, units in wanted.items():
            row_there = stock.get((sku_id, plan.to.id))
            if row_there is not None and row_there.pool_id != plan.to.pool_id:
                short = refuse_move("overtaken", to=plan.to.code)
                break
            there = left.get((sku_id, plan.to.id), 0)
            if there < units:
                line = next(row.line_n for row, _ in plan.promises_left if row.sku_id == sku_id)
                short = refuse_move("too_few_at_location", line=line, available=there, wanted=units)
                break
        if short is not None:
            headroom.undo_to(mark)
            refused[plan.order_id] = short
            continue
        for sku_id, units in wanted.items():
            left[sku_id, plan.to.id] -= units
        going.append(plan)
    return going, refused


def _take(plan: MovePlan, entry: UnitsToMove, behind: BehindMoves, left: _Left) -> Outcome | None:
    """Take one entry's units; the "no" where that cannot be."""
    if (plan.order_id, entry.line) in behind.named:
        return refuse_move("line_names_location", line=entry.line)
    if entry.fulfillment is None:
        rows = behind.promises.get((plan.order_id, entry.line, entry.component), ())
        ordered = sorted(rows, key=lambda row: row.pool_id != plan.to.pool_id)  # its own pool's need not be moved
        return _take_promised(plan, entry, ordered, left)
    work = _fulfillment(entry.fulfillment, plan.order_id, behind)
    if work is None:
        return refuse_move("unknown_fulfillment", line=entry.line)
    if work.location_id == plan.to.id:
        return refuse_move("already_there", to=plan.to.code)
    return _take_allocated(plan, entry, work, behind.allocations[work.id], left)


def _take_allocated(
    plan: MovePlan, entry: UnitsToMove, work: FulfillmentRow, rows: Sequence[AllocationRow], left: _Left
) -> Outcome | None:
    if work.state not in UNBEGUN:
        return refuse_move("work_has_begun", line=entry.line, state=work.state)
    row = next((row for row in rows if (row.line_n, row.component_n) == (entry.line, entry.component)), None)
    there = 0 if row is None else left.setdefault(row[:3], row.unpicked)
    if row is None or there < entry.quantity:
        return refuse_move("too_few_to_move", line=entry.line, component=entry.component, waiting=there)
    left[row[:3]] = there - entry.quantity
    plan.allocated.append((row, entry.quantity))
    return None


def _take_promised(plan: MovePlan, entry: UnitsToMove, rows: Sequence[PromiseRow], left: _Left) -> Outcome | None:
    there = sum(left.setdefault(row[:4], row.quantity) for row in rows)
    if there < entry.quantity:
        return refuse_move("too_few_to_move", line=entry.line, component=entry.component, waiting=there)
    wanted = entry.quantity
    for row in rows:
        units = min(wanted, left[row[:4]])
        if units:
            left[row[:4]] -= units
            wanted -= units
            plan.promised.append((row, units))
    return None


def _fulfillment(name: str, order_id: UUID, behind: BehindMoves) -> FulfillmentRow | None:
    try:
        work = behind.fulfillments.get(decode_id("ful", name))
    except InvalidId:
        return None
    return work if work is not None and work.order_id == order_id else None


def _key(row: AllocationRow) -> tuple[UUID, int, int]:
    return row.order_id, row.line_n, row.component_n

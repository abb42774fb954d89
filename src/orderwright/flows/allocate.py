"""Turn sourcing decisions into allocations and fulfillments, under the locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from orderwright import fulfillment, inventory, orders, sourcing
from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.fulfillment import NewAllocation, NewFulfillment
from orderwright.inventory import AvailabilityDelta, Move, Pair, Place, StockRow
from orderwright.orders import NeedRow, PromiseRow, QuantityMove
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.sourcing import Assignment, Decision


class Allocated(NamedTuple):
    """Orders whose stock was gone, and the fulfillments that were opened."""

    overtaken: set[UUID]
    opened: list[NewFulfillment]


async def lock_for_allocation(tx: Transaction, decisions: Sequence[Decision]) -> dict[Pair, StockRow]:
    """Lock what the decisions move: availability, then stock. Three statements."""
    assigned = [a for d in decisions for a in d.assignments]
    await inventory.relock_availability(tx, [(a.sku_id, a.pool_id) for a in assigned])
    return await inventory.lock_stock(tx, [(a.sku_id, a.location_id) for a in assigned])


async def allocate(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    decisions: Sequence[Decision],
    needs: Mapping[UUID, Sequence[NeedRow]],
    locations: Mapping[UUID, LocationFacts],
) -> list[NewFulfillment]:
    """Move promised units to allocated and goods from available to allocated; open a fulfillment for each order,
    location and method. The caller holds the locks of orders, availability and stock, and queues the fulfillments for
    release when their order may go on. `acts`: the act of each order. Eight statements, or none."""
    opened = to_open(decisions, needs, locations, ctx.now)
    allocations: dict[tuple[UUID, int, int], NewAllocation] = {}
    moves, quantities, deltas, used = [], [], [], []
    for decision in decisions:
        pickup = _picked_up(needs[decision.order_id])
        for a in decision.assignments:
            work = opened[_work_key(decision, a, pickup)]
            _add(allocations, work.id, decision.order_id, a)
            moves.append(
                Move(
                    a.sku_id, Place(a.location_id, "available"), Place(a.location_id, "allocated"), a.quantity,
                    "allocation", work.id, decision.order_id, a.line_n, a.component_n,
                )
            )  # fmt: skip
            quantities.append(
                QuantityMove(decision.order_id, a.line_n, a.component_n, "promised", "allocated", a.quantity)
            )
            deltas.append(AvailabilityDelta(a.sku_id, a.pool_id, 0, 0, -a.quantity, 0))
            used.append(PromiseRow(decision.order_id, a.line_n, a.component_n, a.pool_id, a.sku_id, a.quantity))
    await orders.use_promises(tx, used)
    await orders.move_quantities(tx, quantities)
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, acts, moves, ctx.now)
    fulfillments = list(opened.values())
    await fulfillment.open_fulfillments(tx, fulfillments, list(allocations.values()))
    return fulfillments


def to_open(
    decisions: Sequence[Decision],
    needs: Mapping[UUID, Sequence[NeedRow]],
    locations: Mapping[UUID, LocationFacts],
    now: datetime,
) -> dict[tuple[UUID, UUID, str], NewFulfillment]:
    """The fulfillments that decisions come to: one for each order, location and method. Pure."""
    opened: dict[tuple[UUID, UUID, str], NewFulfillment] = {}
    for decision in decisions:
        pickup = _picked_up(needs[decision.order_id])
        for a in decision.assignments:
            key = _work_key(decision, a, pickup)
            if key not in opened:
                due = fulfillment.due_at(now, locations[a.location_id])
                opened[key] = NewFulfillment(new_id(), decision.order_id, a.location_id, key[2], due)
    return opened


def _picked_up(needs: Sequence[NeedRow]) -> set[tuple[int, int]]:
    return {(n.line_n, n.component_n) for n in needs if n.delivery == "pickup"}


def _work_key(decision: Decision, a: Assignment, pickup: set[tuple[int, int]]) -> tuple[UUID, UUID, str]:
    return decision.order_id, a.location_id, "pickup" if (a.line_n, a.component_n) in pickup else "ship"


async def write_decisions(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    story: orders.OrderStory,
    decisions: Sequence[Decision],
    needs: Mapping[UUID, Sequence[NeedRow]],
    locations: Mapping[UUID, LocationFacts],
    points: Mapping[UUID, PointRow],
) -> list[NewFulfillment]:
    """Allocate what was decided, keep the decisions, promise dates and tell `order.sourced`. As `allocate`, and two
    statements more."""
    if not decisions:
        return []
    opened = await allocate(tx, ctx, acts, decisions, needs, locations)
    rows = [(d.order_id, d.outcome, d.explanation, acts[d.order_id]) for d in decisions]
    news = await sourcing.record_decisions(tx, rows)
    pools = {order_id: {row.pool_id for row in rows} for order_id, rows in needs.items()}
    dates = fulfillment.promise_dates(opened, locations, points, pools)
    await orders.set_promises(tx, [(order_id, *dates[order_id]) for order_id in sorted(dates)])
    by_order: dict[UUID, list[dict[str, Any]]] = {}
    for work in opened:
        entry = {"fulfillment_id": encode_id("ful", work.id), "location": locations[work.location_id].code}
        by_order.setdefault(work.order_id, []).append(entry)
    for decision in decisions:
        if decision.order_id not in news:
            continue
        promised_on, zone = fulfillment.later_promise(needs[decision.order_id][0], dates.get(decision.order_id))
        data = {
            "outcome": decision.outcome,
            "fulfillments": by_order.get(decision.order_id, []),
            "promised_on": promised_on,
            "promise_zone": zone,
        }
        story.tell(decision.order_id, "order.sourced", data)
    return opened


def _add(allocations: dict[tuple[UUID, int, int], NewAllocation], work_id: UUID, order_id: UUID, a: Assignment) -> None:
    """Units of one component at one location are one allocation, however many promises they came from."""
    key = (work_id, a.line_n, a.component_n)
    before = allocations[key].quantity if key in allocations else 0
    allocations[key] = NewAllocation(
        work_id, a.line_n, a.component_n, order_id, a.sku_id, a.location_id, a.pool_id, before + a.quantity
    )

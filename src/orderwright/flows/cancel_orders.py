"""Cancel what has not been picked yet, and give its stock and its money back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import fulfillment, inventory, orders, payments
from orderwright.flows.free_supplies import free_supplies
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import AllocationRow, FulfillmentState, GivenUp
from orderwright.inventory import AvailabilityDelta, Place
from orderwright.orders import CancelOrder, CancelPlan
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, leave_work

_CANCELLABLE = frozenset({FulfillmentState.OPEN, FulfillmentState.RELEASED})


class _Read(NamedTuple):
    """What stands behind the orders to cancel."""

    components: dict[UUID, list[orders.ComponentRow]]
    allocations: dict[UUID, list[AllocationRow]]  # of fulfillments that nobody picks yet


async def cancel_orders(tx: Transaction, ctx: Context, commands: Sequence[CancelOrder]) -> list[Outcome]:
    """Cancel orders or lines: units are taken from pending, backordered, promised and allocated, in that order, and
    external ones last, where nothing of ours is left.

    What the units were charged is taken back, and the orders are queued to be settled: paid money is refunded,
    authorized money let go. Permission: `orders.cancel`. Locks: orders, availability, stock, money. Appends
    `order.cancelled` and `fulfillment.cancelled`. Outcomes, in precedence: `duplicate_in_batch`, those of
    `decide_cancel`, `partly_cancelled` (`details.kept` units stay), `cancelled`.
    """
    ctx.require("orders.cancel")
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    read = await _read(tx, locked)
    lines = await orders.line_quantities(tx, list(locked))
    outcomes: list[Outcome | None] = []
    plans: dict[UUID, tuple[CancelOrder, CancelPlan]] = {}
    for command in commands:
        if command.order_id in plans:
            outcomes.append(no("duplicate_in_batch", "The same order is named twice in this call. Send each once."))
            continue
        mine = read.components.get(command.order_id, [])
        free = fulfillment.unpicked_units(read.allocations.get(command.order_id, []))
        order = locked.get(command.order_id)
        plan = orders.decide_cancel(order, command, mine, lines.get(command.order_id, {}), free)
        if isinstance(plan, Outcome):
            outcomes.append(plan)
            continue
        plans[command.order_id] = (command, plan)
        code, details = ("partly_cancelled", {"kept": plan.kept}) if plan.kept else ("cancelled", {})
        outcomes.append(Outcome(code=code, id=command.order_id, details=details))
    if plans:
        await _cancel(tx, ctx, locked, read, plans)
    return [outcome for outcome in outcomes if outcome is not None]


async def _read(tx: Transaction, locked: Mapping[UUID, orders.LockedOrder]) -> _Read:
    components: dict[UUID, list[orders.ComponentRow]] = {}
    for row in await orders.read_components(tx, locked):
        components.setdefault(row.order_id, []).append(row)
    waiting = [f.id for f in await fulfillment.fulfillments_of_orders(tx, locked) if f.state in _CANCELLABLE]
    allocations: dict[UUID, list[AllocationRow]] = {}
    for rows in (await fulfillment.read_allocations(tx, waiting)).values():
        for allocation in rows:
            allocations.setdefault(allocation.order_id, []).append(allocation)
    return _Read(components, allocations)


async def _cancel(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, orders.LockedOrder],
    read: _Read,
    plans: Mapping[UUID, tuple[CancelOrder, CancelPlan]],
) -> None:
    act_id = await record_act(tx, ctx, "cancel_orders")
    crediting = await payments.Crediting.begin(tx, {i: read.components[i] for i in plans})
    planned = [plan for _, plan in plans.values()]
    promises = orders.cancelled_promises(await orders.read_promises(tx, plans), planned)
    backorders = orders.cancelled_backorders(await orders.read_backorders(tx, plans), planned)
    given_up = fulfillment.give_up(read.allocations, orders.units_from(planned, "allocated"))
    backs = [GiveBack(a, units, Place(a.location_id, "available"), "cancelled") for a, units in given_up]
    pairs = [(p.sku_id, p.pool_id) for p in promises] + [(b.sku_id, b.pool_id) for b in backorders]
    pairs += [(back.allocation.sku_id, back.allocation.pool_id) for back in backs]
    await inventory.lock_availability(tx, pairs)
    await inventory.move_availability(
        tx,
        [AvailabilityDelta(p.sku_id, p.pool_id, p.quantity, 0, -p.quantity, 0) for p in promises]
        + [AvailabilityDelta(b.sku_id, b.pool_id, 0, 0, 0, -b.quantity) for b in backorders],
    )
    await orders.use_backorders(tx, backorders)
    await free_supplies(tx, backorders)
    await give_back(tx, act_id, "cancellation", backs, ctx.now)
    await orders.use_promises(tx, promises)
    await orders.move_quantities(tx, orders.cancelling_moves(planned))
    await enqueue_work(tx, "backorders", [p.sku_id for p in promises])
    gone = {order_id: orders.units_cancelled(plan) for order_id, (_, plan) in plans.items()}
    await payments.write_entries(tx, act_id, crediting.entries(gone), ctx.now)
    await enqueue_work(tx, "settle", list(plans))
    await _tell(tx, ctx, act_id, locked, read, plans, given_up)


async def _tell(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    locked: Mapping[UUID, orders.LockedOrder],
    read: _Read,
    plans: Mapping[UUID, tuple[CancelOrder, CancelPlan]],
    given_up: Sequence[GivenUp],
) -> None:
    """Close emptied fulfillments, release the holds of orders for which nothing is left to do, take both off the
    queues, and say what happened."""
    story = orders.OrderStory(locked, ctx.now)
    concerned = [a for order_id in plans for a in read.allocations.get(order_id, [])]
    emptied = fulfillment.emptied_by(concerned, given_up)
    await fulfillment.change_state(tx, list(emptied), FulfillmentState.CANCELLED, ctx.now)
    for order_id, (command, plan) in plans.items():
        lines = orders.lines_cancelled(plan)
        story.tell(order_id, "order.cancelled", {"reason": command.reason, "lines": lines, "kept": plan.kept})
    for fulfillment_id, order_id in emptied.items():
        data = {"fulfillment_id": encode_id("ful", fulfillment_id), "why": "order_cancelled"}
        story.tell(order_id, "fulfillment.cancelled", data)
    over = [order_id for order_id, (_, plan) in plans.items() if orders.is_over(read.components[order_id], plan)]
    await orders.release_holds(tx, ctx, act_id, story, [(order_id, None) for order_id in over])
    await story.write(tx, act_id)
    await leave_work(tx, ("verify", "resolve", "source", "release"), [*over, *emptied])

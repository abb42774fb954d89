"""Cancel what has not left yet, and give its stock and its money back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import orders, payments
from orderwright.flows.take_back import Behind, close_emptied, read_behind, take_back
from orderwright.orders import CancelOrder, CancelPlan
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, leave_work


async def cancel_orders(tx: Transaction, ctx: Context, commands: Sequence[CancelOrder]) -> list[Outcome]:
    """Cancel orders or lines: units are taken from pending, backordered, promised and allocated, in that order, and
    external ones last, where nothing of ours is left.

    With `recall` also what is being picked, picked or packed goes: back to the shelf, and its parcel is cancelled. What
    the units were charged is taken back, and the orders are queued to be settled: paid money is refunded, authorized
    money let go. Where nothing is left to do, holds are released. Permission: `orders.cancel`. Locks: orders,
    availability, stock, money. Appends `order.cancelled`, `fulfillment.recalled`, `fulfillment.cancelled`,
    `order.released`. Outcomes, in precedence: `duplicate_in_batch`, those of
    `decide_cancel`, `partly_cancelled` (`details.kept` units stay), `cancelled`.
    """
    ctx.require("orders.cancel")
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    behind = await read_behind(tx, locked)
    lines = await orders.line_quantities(tx, list(locked))
    outcomes: list[Outcome | None] = []
    plans: dict[UUID, tuple[CancelOrder, CancelPlan]] = {}
    for command in commands:
        if command.order_id in plans:
            outcomes.append(no("duplicate_in_batch", "The same order is named twice in this call. Send each once."))
            continue
        mine, free = behind.components.get(command.order_id, []), behind.free(command.order_id)
        order = locked.get(command.order_id)
        plan = orders.decide_cancel(order, command, mine, lines.get(command.order_id, {}), free)
        if isinstance(plan, Outcome):
            outcomes.append(plan)
            continue
        plans[command.order_id] = (command, plan)
        code, details = ("partly_cancelled", {"kept": plan.kept}) if plan.kept else ("cancelled", {})
        outcomes.append(Outcome(code=code, id=command.order_id, details=details))
    if plans:
        await _cancel(tx, ctx, locked, behind, plans)
    return [outcome for outcome in outcomes if outcome is not None]


async def _cancel(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, orders.LockedOrder],
    behind: Behind,
    plans: Mapping[UUID, tuple[CancelOrder, CancelPlan]],
) -> None:
    act_id = await record_act(tx, ctx, "cancel_orders")
    story = orders.OrderStory(locked, ctx.now)
    told = {order_id: (command.reason, plan) for order_id, (command, plan) in plans.items()}
    await cancel_planned(tx, ctx, act_id, story, behind, told)
    await story.write(tx, act_id)


async def cancel_planned(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    story: orders.OrderStory,
    behind: Behind,
    plans: Mapping[UUID, tuple[str, CancelPlan]],
) -> None:
    """Do what was planned, for a reason, with orders that the caller holds locked: units, their stock and their money
    go back, emptied fulfillments are closed, and holds are released where nothing is left to do. Tells it; the caller
    writes the story. Locks: availability, stock, money. Not a verb: cancelling and withdrawing have it in common."""
    crediting = await payments.Crediting.begin(tx, {i: behind.components[i] for i in plans})
    given_up = await take_back(tx, ctx, act_id, behind, {i: plan for i, (_, plan) in plans.items()})
    gone = {order_id: orders.units_cancelled(plan) for order_id, (_, plan) in plans.items()}
    await payments.write_entries(tx, act_id, crediting.entries(gone), ctx.now)
    await orders.raise_revisions(tx, plans)
    await enqueue_work(tx, "settle", list(plans))
    for order_id, (reason, plan) in plans.items():
        lines = orders.lines_cancelled(plan)
        story.tell(order_id, "order.cancelled", {"reason": reason, "lines": lines, "kept": plan.kept})
    emptied = await close_emptied(tx, ctx, story, behind, plans, given_up, "order_cancelled")
    over = [order_id for order_id, (_, plan) in plans.items() if orders.is_over(behind.components[order_id], plan)]
    await orders.release_holds(tx, ctx, act_id, story, [(order_id, None) for order_id in over])
    await leave_work(tx, ("verify", "resolve", "source", "release"), [*over, *emptied])

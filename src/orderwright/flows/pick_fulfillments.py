"""Confirm picks; what was not found is booked as lost and sourced again elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.hold_rejected import hold_rejected
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import AllocationMove, AllocationRow, FulfillmentState, Picked, PickFulfillment
from orderwright.inventory import LOSS, Move, Place
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome


async def pick_fulfillments(tx: Transaction, ctx: Context, commands: Sequence[PickFulfillment]) -> list[Outcome]:
    """Book what was picked; the missing rest goes back to promised and is sourced again, not at this location. Where a
    line names this location, the order is held instead.

    Permission: `fulfillment.work`. Locks: orders, availability, stock. Appends `fulfillment.picked`,
    `fulfillment.short`, `fulfillment.cancelled` (nothing was found), `order.held`. Outcomes, in precedence: those of
    `check_step`, `unknown_line`, `short_too_large`, `picked` (or `picked_short`).
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.PICKED)
    plans: dict[UUID, list[Picked]] = {}
    for i, command in going:
        plan = fulfillment.decide_pick(command, work.allocations[command.fulfillment_id])
        if isinstance(plan, Outcome):
            outcomes[i] = plan
            continue
        plans[command.fulfillment_id] = plan
        missing = sum(m for _, _, m in plan)
        outcomes[i] = Outcome(code="picked_short" if missing else "picked", id=command.fulfillment_id)
    if not plans:
        return fulfillment.finish_outcomes(outcomes)
    act_id = await record_act(tx, ctx, "pick_fulfillments")
    lines = [entry for plan in plans.values() for entry in plan]
    backs = [GiveBack(a, missing, LOSS, "promised") for a, _, missing in lines if missing]
    short = [(a.order_id, a.location_id, "short") for a, _, missing in lines if missing]
    await give_back(tx, act_id, "short_pick", backs, ctx.now, [(a.sku_id, a.location_id) for a, _, _ in lines])
    await inventory.move_goods(tx, act_id, [_pick_move(a, found) for a, found, _ in lines], ctx.now)
    await fulfillment.move_allocations(tx, [AllocationMove(a, picked=found) for a, found, _ in lines])
    await orders.move_quantities(
        tx, [QuantityMove(a.order_id, a.line_n, a.component_n, "allocated", "picked", found) for a, found, _ in lines]
    )
    full = [f for f, plan in plans.items() if any(found for _, found, _ in plan)]
    empty = [f for f in plans if f not in set(full)]
    await fulfillment.change_state(tx, full, FulfillmentState.PICKED, ctx.now)
    await fulfillment.change_state(tx, empty, FulfillmentState.CANCELLED, ctx.now)
    story = orders.OrderStory(work.orders, ctx.now)
    for fulfillment_id, plan in plans.items():
        _tell(story, work.fulfillments[fulfillment_id].order_id, fulfillment_id, plan)
    await hold_rejected(tx, act_id, story, short)
    await story.write(tx, act_id)
    return fulfillment.finish_outcomes(outcomes)


def _pick_move(allocation: AllocationRow, quantity: int) -> Move:
    location = allocation.location_id
    return Move(
        allocation.sku_id, Place(location, "allocated"), Place(location, "picked"), quantity, "pick",
        allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
    )  # fmt: skip


def _tell(story: orders.OrderStory, order_id: UUID, fulfillment_id: UUID, plan: Sequence[Picked]) -> None:
    name = encode_id("ful", fulfillment_id)
    units = sum(found for _, found, _ in plan)
    short = [{"line": a.line_n, "component": a.component_n, "missing": missing} for a, _, missing in plan if missing]
    if short:
        story.tell(order_id, "fulfillment.short", {"fulfillment_id": name, "lines": short})
    if units:
        story.tell(order_id, "fulfillment.picked", {"fulfillment_id": name, "units": units})
    else:
        story.tell(order_id, "fulfillment.cancelled", {"fulfillment_id": name, "why": "nothing_found"})

"""A shopper says what to do since supply is late: wait, send what is here, or cancel what waits."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import orders, shoppers
from orderwright.flows.cancel_orders import cancel_planned
from orderwright.flows.take_back import read_behind
from orderwright.orders import CancelOrder, CancelPlan
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_after
from orderwright.shoppers import DELAY_MESSAGES, AnswerDelay

_REASON = "late_supply"


async def answer_delays(tx: Transaction, ctx: Context, commands: Sequence[AnswerDelay]) -> list[Outcome]:
    """Keep what shoppers answer to delays, and do it. Who waits is not asked again before the day that they name. What
    is here is sent without waiting for the rest: it is sourced now, if it is not already. What is cancelled are the
    units that wait, of a kit whole ones.

    Permission: `orders.cancel`. Locks: orders, availability, stock, money. Appends `order.delay_answered`, and what
    cancelling appends. Outcomes, in precedence: `order_not_found`, `duplicate_in_batch`, those of `refuse_answer`,
    those of `decide_cancel`, `answered`.
    """
    ctx.require("orders.cancel")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    behind = await read_behind(tx, locked)
    quantities = await orders.line_quantities(tx, list(locked))
    promised = await orders.promised_dates(tx, locked)
    made: dict[UUID, AnswerDelay] = {}
    plans: dict[UUID, CancelPlan] = {}
    outcomes: list[Outcome] = []
    for command in commands:
        order = locked.get(command.order_id)
        if order is None:
            outcomes.append(no("order_not_found", DELAY_MESSAGES["order_not_found"]))
            continue
        if order.id in made:
            outcomes.append(no("duplicate_in_batch", DELAY_MESSAGES["duplicate_in_batch"]))
            continue
        components = behind.components.get(order.id, [])
        standing = shoppers.standing_of(components, promised.get(order.id), ctx.now.date())
        refused = shoppers.refuse_answer(command, standing, ctx.now.date())
        if refused is None and command.answer == "cancel":
            lines = shoppers.waiting_lines(components, quantities[order.id])
            cancel = CancelOrder(order_id=order.id, lines=lines, reason=_REASON)
            plan = orders.decide_cancel(order, cancel, components, quantities[order.id], behind.free(order.id))
            if isinstance(plan, Outcome):
                refused = plan
            else:
                plans[order.id] = plan
        if refused is not None:
            outcomes.append(refused)
            continue
        made[order.id] = command
        outcomes.append(Outcome(code="answered", id=order.id, details={"answer": command.answer}))
    if made:
        act_id = await record_act(tx, ctx, "answer_delays")
        story = orders.OrderStory(locked, ctx.now)
        for order_id, said in made.items():
            until = None if said.until is None else said.until.isoformat()
            story.tell(order_id, "order.delay_answered", {"answer": said.answer, "until": until})
        await shoppers.write_delays(tx, act_id, list(made.values()))
        if plans:
            await cancel_planned(tx, ctx, act_id, story, behind, {i: (_REASON, plan) for i, plan in plans.items()})
        await story.write(tx, act_id)
        await enqueue_after(tx, "source", "verify", [i for i, said in made.items() if said.answer == "ship_now"])
    return outcomes

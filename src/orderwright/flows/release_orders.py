"""Release holds and put the orders back to work."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders
from orderwright.fulfillment import FulfillmentState
from orderwright.orders import ReleaseHold
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work

RESOLVABLE = frozenset({"unknown_sku", "inactive_sku", "out_of_stock"})  # their lines are pending: looked up again


async def release_orders(tx: Transaction, ctx: Context, commands: Sequence[ReleaseHold]) -> list[Outcome]:
    """Release open holds and queue the orders for what the holds kept them from.

    Permission: `orders.hold`. Locks: orders. Appends `order.released`. Outcomes, in precedence: `order_not_found`,
    `channel_not_allowed`, `no_such_hold`, `released`.
    """
    ctx.require("orders.hold")
    locked = await orders.lock_orders(tx, [c.order_id for c in commands])
    allowed = [c for c in commands if c.order_id in locked and ctx.may_channel(locked[c.order_id].channel_id)]
    act_id = await record_act(tx, ctx, "release_orders")
    story = orders.OrderStory(locked, ctx.now)
    released = await orders.release_holds(tx, ctx, act_id, story, [(c.order_id, c.type) for c in allowed])
    await story.write(tx, act_id)
    resolvable = [o for o, holds in released.items() if any(hold.type in RESOLVABLE for hold in holds)]
    await enqueue_work(tx, "resolve", resolvable)
    await enqueue_work(tx, "source", [o for o in released if o not in set(resolvable)])
    waiting = await fulfillment.fulfillments_of_orders(tx, released) if released else []
    await enqueue_work(tx, "release", [row.id for row in waiting if row.state == FulfillmentState.OPEN])
    outcomes = []
    for command in commands:
        order = locked.get(command.order_id)
        mine = [h.type for h in released.get(command.order_id, []) if command.type in (None, h.type)]
        if order is None:
            outcomes.append(no("order_not_found", "There is no such order. Check the id."))
        elif not ctx.may_channel(order.channel_id):
            outcomes.append(no("channel_not_allowed", "The key or role is limited to other channels."))
        elif not mine:
            outcomes.append(no("no_such_hold", "The order has no open hold of this type. Read it again."))
        else:
            outcomes.append(Outcome(code="released", id=order.id, details={"types": mine}))
    return outcomes

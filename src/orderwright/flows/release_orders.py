"""Release holds and put the orders back to work."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders, sourcing
from orderwright.fulfillment import FulfillmentState
from orderwright.orders import ReleaseHold
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import enqueue_work, waiting_in

RESOLVABLE = frozenset({"unknown_sku", "inactive_sku", "out_of_stock"})  # their lines are pending: looked up again


async def release_orders(tx: Transaction, ctx: Context, commands: Sequence[ReleaseHold]) -> list[Outcome]:
    """Release open holds and queue the orders for what the holds kept them from. What the location that a line names
    would not bring is offered to it again. An order that is not verified yet is verified first, and goes on after that.

    Permission: `orders.hold`. Locks: orders. Appends `order.released`. Outcomes, in precedence: `order_not_found`,
    `no_such_hold`, `released`.
    """
    ctx.require("orders.hold")
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    known = [c for c in commands if c.order_id in locked]
    if not known:
        return [_not_found() for _ in commands]
    act_id = await record_act(tx, ctx, "release_orders")
    story = orders.OrderStory(locked, ctx.now)
    released = await orders.release_holds(tx, ctx, act_id, story, [(c.order_id, c.type) for c in known])
    await story.write(tx, act_id)
    rejected = [o for o, holds in released.items() if any(hold.type == orders.LOCATION_REJECTED for hold in holds)]
    await sourcing.lift_exclusions(tx, rejected)
    resolvable = [o for o, holds in released.items() if any(hold.type in RESOLVABLE for hold in holds)]
    await enqueue_work(tx, "resolve", resolvable)
    unverified = await waiting_in(tx, "verify", released)
    verified = [order_id for order_id in released if order_id not in unverified]
    await enqueue_work(tx, "source", [order_id for order_id in verified if order_id not in set(resolvable)])
    waiting = await fulfillment.fulfillments_of_orders(tx, verified) if verified else []
    await enqueue_work(tx, "release", [row.id for row in waiting if row.state == FulfillmentState.OPEN])
    outcomes = []
    for command in commands:
        order = locked.get(command.order_id)
        mine = [h.type for h in released.get(command.order_id, []) if command.type in (None, h.type)]
        if order is None:
            outcomes.append(_not_found())
        elif not mine:
            outcomes.append(no("no_such_hold", "The order has no open hold of this type. Read it again."))
        else:
            outcomes.append(Outcome(code="released", id=order.id, details={"types": mine}))
    return outcomes


def _not_found() -> Outcome:
    return no("order_not_found", "There is no such order. Check the id.")

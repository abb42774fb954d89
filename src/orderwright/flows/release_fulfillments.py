"""Release fulfillments to their locations."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import FulfillmentCommand, FulfillmentState
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import finish_work, waiting_in


async def release_fulfillments(tx: Transaction, ctx: Context, commands: Sequence[FulfillmentCommand]) -> list[Outcome]:
    """Put open fulfillments on their locations' lists.

    Those whose order is not verified yet leave the queue: its verification puts them back.
    Permission: `fulfillment.work`. Locks: orders. Appends `fulfillment.released`. Outcomes, in precedence: those of
    `check_step`, `order_held`, `order_not_verified`, `released`.
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.RELEASED)
    unverified = await waiting_in(tx, "verify", work.orders)
    blocking = await orders.blocking_holds(tx, work.orders, "release")
    ready = []
    for i, command in going:
        row = work.fulfillments[command.fulfillment_id]
        if row.order_id in blocking:
            outcomes[i] = fulfillment.refuse("order_held", type=blocking[row.order_id])
        elif row.order_id in unverified:
            outcomes[i] = fulfillment.refuse("order_not_verified")
        else:
            outcomes[i] = Outcome(code="released", id=row.id)
            ready.append(row)
    if ready:
        act_id = await record_act(tx, ctx, "release_fulfillments")
        await fulfillment.change_state(tx, [row.id for row in ready], FulfillmentState.RELEASED, ctx.now)
        story = orders.OrderStory(work.orders, ctx.now)
        for row in ready:
            story.tell(row.order_id, "fulfillment.released", {"fulfillment_id": encode_id("ful", row.id)})
        await story.write(tx, act_id)
    # What a hold blocks leaves the queue; releasing the hold puts it back. What the caller may not touch stays.
    ids = [c.fulfillment_id for c in commands]
    await finish_work(tx, "release", [i for i in ids if i in work.fulfillments] if ctx.limited else ids)
    return fulfillment.finish_outcomes(outcomes)

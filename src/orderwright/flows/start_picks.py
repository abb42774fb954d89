"""Begin to pick fulfillments."""

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


async def start_picks(tx: Transaction, ctx: Context, commands: Sequence[FulfillmentCommand]) -> list[Outcome]:
    """Someone has begun to pick: nobody else should.

    Permission: `fulfillment.work`. Locks: orders. Appends `fulfillment.picking`. Outcomes, in precedence: those of
    `check_step`, `picking`.
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.PICKING)
    if going:
        act_id = await record_act(tx, ctx, "start_picks")
        ids = [command.fulfillment_id for _, command in going]
        await fulfillment.change_state(tx, ids, FulfillmentState.PICKING, ctx.now)
        story = orders.OrderStory(work.orders, ctx.now)
        for i, command in going:
            row = work.fulfillments[command.fulfillment_id]
            story.tell(row.order_id, "fulfillment.picking", {"fulfillment_id": encode_id("ful", row.id)})
            outcomes[i] = Outcome(code="picking", id=row.id)
        await story.write(tx, act_id)
    return fulfillment.finish_outcomes(outcomes)

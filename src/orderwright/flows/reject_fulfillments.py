"""A location says no: its order is sourced again elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.flows.hold_rejected import hold_rejected
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import FulfillmentState, RejectFulfillment
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome


async def reject_fulfillments(tx: Transaction, ctx: Context, commands: Sequence[RejectFulfillment]) -> list[Outcome]:
    """Take unpicked work off a location for good and source its units again, not there.

    The goods go back to `available`, to `damaged`, or, where the location says they are not there, to loss. An order
    with a line that names the location (a pick-up) is held: nobody else may bring it.
    Permission: `fulfillment.work`. Locks: orders, availability, stock. Appends `fulfillment.rejected`, `order.held`.
    Outcomes, in precedence: those of `check_step`, `rejected`.
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, going = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.REJECTED)
    if not going:
        return fulfillment.finish_outcomes(outcomes)
    act_id = await record_act(tx, ctx, "reject_fulfillments")
    backs: list[GiveBack] = []
    story = orders.OrderStory(work.orders, ctx.now)
    excluded = []
    for i, command in going:
        row = work.fulfillments[command.fulfillment_id]
        goods_to = fulfillment.goods_of_rejected(command, row.location_id)
        backs.extend(GiveBack(a, a.unpicked, goods_to, "promised") for a in work.allocations[row.id])
        excluded.append((row.order_id, row.location_id, command.reason))
        data = {"fulfillment_id": encode_id("ful", row.id), "reason": command.reason}
        story.tell(row.order_id, "fulfillment.rejected", data)
        outcomes[i] = Outcome(code="rejected", id=row.id)
    await give_back(tx, act_id, "rejection", backs, ctx.now)
    await hold_rejected(tx, act_id, story, excluded)
    await fulfillment.change_state(tx, [c.fulfillment_id for _, c in going], FulfillmentState.REJECTED, ctx.now)
    await story.write(tx, act_id)
    return fulfillment.finish_outcomes(outcomes)

"""Pack what was picked into a parcel, and buy its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import (
    CARRIERS,
    AllocationMove,
    AllocationRow,
    Carrier,
    FulfillmentState,
    NewShipment,
    PackFulfillment,
)
from orderwright.inventory import Move, Place
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def pack_fulfillments(
    tx: Transaction, ctx: Context, commands: Sequence[PackFulfillment], carriers: Mapping[str, Carrier] = CARRIERS
) -> list[Outcome]:
    """Book picked goods as packed. What ships gets a shipment that wants a label; a pick-up waits at the counter.

    Permission: `fulfillment.work`. Locks: orders, stock. Appends `fulfillment.packed`. Queues shipments for the
    label pump. Outcomes, in precedence: those of `check_step`, `unknown_carrier`, `unknown_service` (of what ships),
    `packed`.
    """
    ctx.require("fulfillment.work")
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, allowed = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.PACKED)
    going = []
    for i, command in allowed:
        ships = work.fulfillments[command.fulfillment_id].method == "ship"
        refusal = fulfillment.refuse_carrier(command, carriers) if ships else None
        if refusal is None:
            going.append((i, command))
        else:
            outcomes[i] = refusal
    if not going:
        return fulfillment.finish_outcomes(outcomes)
    act_id = await record_act(tx, ctx, "pack_fulfillments")
    lines = [a for _, c in going for a in work.allocations[c.fulfillment_id] if a.picked]
    await inventory.lock_stock(tx, [(a.sku_id, a.location_id) for a in lines])
    await inventory.move_goods(tx, act_id, [_pack_move(a) for a in lines], ctx.now)
    await fulfillment.move_allocations(tx, [AllocationMove(a, picked=-a.picked, packed=a.picked) for a in lines])
    await orders.move_quantities(
        tx, [QuantityMove(a.order_id, a.line_n, a.component_n, "picked", "packed", a.picked) for a in lines]
    )
    await fulfillment.change_state(tx, [c.fulfillment_id for _, c in going], FulfillmentState.PACKED, ctx.now)
    shipments = []
    story = orders.OrderStory(work.orders, ctx.now)
    for i, command in going:
        row = work.fulfillments[command.fulfillment_id]
        if row.method == "ship":
            shipments.append(
                NewShipment(
                    new_id(), row.id, row.order_id, command.carrier, command.service, new_id(), command.weight_g
                )
            )
        story.tell(row.order_id, "fulfillment.packed", {"fulfillment_id": encode_id("ful", row.id)})
        outcomes[i] = Outcome(code="packed", id=row.id)
    await fulfillment.open_shipments(tx, shipments)
    await enqueue_work(tx, "label", [shipment.id for shipment in shipments])
    await story.write(tx, act_id)
    return fulfillment.finish_outcomes(outcomes)


def _pack_move(allocation: AllocationRow) -> Move:
    location = allocation.location_id
    return Move(
        allocation.sku_id, Place(location, "picked"), Place(location, "packed"), allocation.picked, "pack",
        allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
    )  # fmt: skip

"""Pack what was picked into parcels, and buy their labels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.flows.locked_work import lock_fulfillments
from orderwright.fulfillment import (
    CARRIERS,
    AllocationMove,
    AllocationRow,
    Carrier,
    Divided,
    FulfillmentState,
    NewShipment,
    PackFulfillment,
    ShipmentState,
)
from orderwright.inventory import Move, Place
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import enqueue_work


async def pack_fulfillments(
    tx: Transaction, ctx: Context, commands: Sequence[PackFulfillment], carriers: Mapping[str, Carrier] = CARRIERS
) -> list[Outcome]:
    """Book picked goods as packed. What ships gets a shipment of one parcel or several, which want labels unless they
    have tracking numbers of their own; a pick-up waits at the counter, in no parcel of a carrier's.

    Permission: `fulfillment.work`. Locks: tracking numbers (where some are said), orders, stock. Appends
    `fulfillment.packed`. Queues shipments for the label pump. Outcomes, in precedence: those of `check_step`, and of
    what ships `unknown_carrier`, `unknown_service`, those of `divide`, `tracking_number_taken`; `packed`.
    """
    ctx.require("fulfillment.work")
    said = [p.tracking_number for c in commands for p in c.parcels if p.tracking_number is not None]
    taken: set[tuple[str, str]] = set()
    if said:
        await fulfillment.lock_tracking(tx)
        taken = {(p.carrier.lower(), p.tracking_number or "") for p in await fulfillment.parcels_by_tracking(tx, said)}
    work = await lock_fulfillments(tx, ctx, [c.fulfillment_id for c in commands])
    outcomes, allowed = fulfillment.check_step(work.fulfillments, commands, FulfillmentState.PACKED)
    going: list[tuple[int, PackFulfillment]] = []
    divided: dict[UUID, Divided] = {}
    for i, command in allowed:
        if work.fulfillments[command.fulfillment_id].method == "ship":
            parcels = _decide(command, work.allocations[command.fulfillment_id], carriers, taken)
            if isinstance(parcels, Outcome):
                outcomes[i] = parcels
                continue
            divided[command.fulfillment_id] = parcels
            carrier = command.carrier.lower()  # "UPS" is "ups"
            taken |= {(carrier, p.tracking_number) for p in parcels.parcels if p.tracking_number is not None}
        going.append((i, command))
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
        if row.id in divided:
            inside = divided[row.id].parcels
            shipments.append(NewShipment(new_id(), row.id, row.order_id, command.carrier, command.service, inside))
        story.tell(row.order_id, "fulfillment.packed", {"fulfillment_id": encode_id("ful", row.id)})
        outcomes[i] = Outcome(code="packed", id=row.id)
    await fulfillment.open_shipments(tx, shipments)
    await enqueue_work(tx, "label", [s.id for s in shipments if s.state is ShipmentState.LABEL_WANTED])
    await story.write(tx, act_id)
    return fulfillment.finish_outcomes(outcomes)


def _decide(
    command: PackFulfillment,
    allocations: Sequence[AllocationRow],
    carriers: Mapping[str, Carrier],
    taken: Collection[tuple[str, str]],
) -> Divided | Outcome:
    """The parcels of what ships. `taken`: (carrier in small letters, tracking number) of parcels that there
    are."""
    numbers = [p.tracking_number for p in command.parcels if p.tracking_number is not None]
    if not command.parcels or len(numbers) < len(command.parcels):
        refusal = fulfillment.refuse_carrier(command, carriers)
        if refusal is not None:
            return refusal
    parcels = fulfillment.divide(command, allocations)
    if isinstance(parcels, Outcome):
        return parcels
    for n, number in enumerate(numbers):
        if (command.carrier.lower(), number) in taken or number in numbers[:n]:
            return fulfillment.refuse("tracking_number_taken", carrier=command.carrier, tracking_number=number)
    return parcels


def _pack_move(allocation: AllocationRow) -> Move:
    location = allocation.location_id
    return Move(
        allocation.sku_id, Place(location, "picked"), Place(location, "packed"), allocation.picked, "pack",
        allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
    )  # fmt: skip

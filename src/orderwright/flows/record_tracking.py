"""Take in what carriers say of parcels, in whatever order and however often they say it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from orderwright import fulfillment, orders
from orderwright.fulfillment import (
    STATE_AFTER,
    AllocationMove,
    FulfillmentState,
    NewTracking,
    ParcelRow,
    ParcelState,
    RecordTracking,
    ShipmentState,
)
from orderwright.orders import QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome


async def record_tracking(tx: Transaction, ctx: Context, commands: Sequence[RecordTracking]) -> list[Outcome]:
    """Keep tracking events, bring parcels to the newest, deliver what arrived.

    Permission: `fulfillment.work`. Locks: orders. Appends `shipment.tracked` and `shipment.delivered` for what is
    new. Outcomes, in precedence: `unknown_tracking_number`, `not_shipped`, `repeated` (known already: nothing
    changes), `recorded`.
    """
    ctx.require("fulfillment.work")
    found = {
        p.tracking_number: p for p in await fulfillment.parcels_by_tracking(tx, [c.tracking_number for c in commands])
    }
    locked = await orders.lock_orders(tx, [p.order_id for p in found.values()])
    work = await fulfillment.read_fulfillments(tx, [p.fulfillment_id for p in found.values()])
    parcels = {
        p.tracking_number: p for p in await fulfillment.parcels_by_tracking(tx, [c.tracking_number for c in commands])
    }
    outcomes: list[Outcome | None] = []
    known: list[tuple[int, ParcelRow, NewTracking]] = []
    for i, command in enumerate(commands):
        parcel = parcels.get(command.tracking_number)
        if parcel is None:
            outcomes.append(fulfillment.refuse("unknown_tracking_number"))
        elif work[parcel.fulfillment_id].state not in (FulfillmentState.SHIPPED, FulfillmentState.DELIVERED):
            outcomes.append(fulfillment.refuse("not_shipped"))
        else:
            outcomes.append(None)
            event = NewTracking(
                parcel.id, command.key or _key(command), command.code, command.place, command.happened_at
            )
            known.append((i, parcel, event))
    act_id = await record_act(tx, ctx, "record_tracking")
    new = await fulfillment.insert_tracking(tx, act_id, [event for _, _, event in known])
    fresh: list[tuple[ParcelRow, NewTracking]] = []
    for i, parcel, event in known:
        first = (event.parcel_id, event.key) in new
        new.discard((event.parcel_id, event.key))
        outcomes[i] = Outcome(code="recorded" if first else "repeated", id=parcel.id)
        if first:
            fresh.append((parcel, event))
    await _apply(tx, ctx, act_id, orders.OrderStory(locked, ctx.now), fresh)
    return [outcome for outcome in outcomes if outcome is not None]


def _key(command: RecordTracking) -> str:
    """A key for carriers that give none: the same event is the same key."""
    text = f"{command.tracking_number}|{command.code}|{command.happened_at.isoformat()}|{command.place or ''}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


async def _apply(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    story: orders.OrderStory,
    fresh: Sequence[tuple[ParcelRow, NewTracking]],
) -> None:
    """Bring parcels, fulfillments and orders to what is new."""
    newest: dict[UUID, tuple[str, datetime]] = {}
    delivered: dict[UUID, tuple[ParcelRow, datetime]] = {}
    for parcel, event in sorted(fresh, key=lambda item: item[1].happened_at):
        state = STATE_AFTER[event.code]
        if newest.get(parcel.id, ("", event.happened_at))[0] != ParcelState.DELIVERED:
            newest[parcel.id] = (state.value, event.happened_at)
        data = {"shipment_id": encode_id("shp", parcel.shipment_id), "code": event.code}
        story.tell(parcel.order_id, "shipment.tracked", data, happened_at=event.happened_at)
        if state is ParcelState.DELIVERED and parcel.state != ParcelState.DELIVERED and parcel.id not in delivered:
            delivered[parcel.id] = (parcel, event.happened_at)
    await fulfillment.change_parcels(tx, [(parcel_id, *change) for parcel_id, change in newest.items()])
    arrived = [parcel for parcel, _ in delivered.values()]
    await fulfillment.change_shipments(tx, [p.shipment_id for p in arrived], ShipmentState.DELIVERED)
    changed = await fulfillment.change_state(
        tx, [p.fulfillment_id for p in arrived], FulfillmentState.DELIVERED, ctx.now
    )
    allocations = await fulfillment.read_allocations(tx, sorted(changed)) if changed else {}
    lines = [a for rows in allocations.values() for a in rows if a.shipped > a.delivered]
    await fulfillment.move_allocations(tx, [AllocationMove(a, delivered=a.shipped - a.delivered) for a in lines])
    await orders.move_quantities(
        tx,
        [QuantityMove(a.order_id, a.line_n, a.component_n, None, "delivered", a.shipped - a.delivered) for a in lines],
    )
    for parcel, happened_at in delivered.values():
        data = {"shipment_id": encode_id("shp", parcel.shipment_id)}
        story.tell(parcel.order_id, "shipment.delivered", data, happened_at=happened_at)
    await story.write(tx, act_id)

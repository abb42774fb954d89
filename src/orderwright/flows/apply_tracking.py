"""Bring parcels, fulfillments and orders to what carriers said of them."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import fulfillment, orders
from orderwright.fulfillment import (
    AllocationMove,
    FulfillmentState,
    NewTracking,
    ParcelRow,
    ShipmentState,
)
from orderwright.orders import QuantityMove
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id


async def apply_tracking(
    tx: Transaction, ctx: Context, story: orders.OrderStory, fresh: Sequence[tuple[ParcelRow, NewTracking]]
) -> None:
    """Apply tracking events of shipped parcels that were not applied yet, in whatever order they come: one older than
    the newest known does not overwrite, and delivered is final. A fulfillment left and arrived when the carrier says,
    not when we heard of it; it has arrived when its last parcel has.

    The caller holds the orders' locks and writes the story. Tells `shipment.tracked` of each event, and
    `shipment.delivered` once a parcel. Seven statements at most, or none.
    """
    for parcel, event in sorted(fresh, key=lambda item: item[1].happened_at):
        data = {"shipment_id": encode_id("shp", parcel.shipment_id), "code": event.code}
        story.tell(parcel.order_id, "shipment.tracked", data, happened_at=event.happened_at)
    await fulfillment.change_parcels(tx, fulfillment.newest_states(fresh))
    delivered = fulfillment.arrivals(fresh)
    arrived = [parcel for parcel, _ in delivered]
    changed = await fulfillment.derive_shipments(tx, list(dict.fromkeys(p.shipment_id for p in arrived)))
    complete = {s.fulfillment_id for s in changed if s.state == ShipmentState.DELIVERED}
    await fulfillment.change_state(tx, sorted(complete), FulfillmentState.DELIVERED, ctx.now)
    await fulfillment.stamp_tracking(tx, fulfillment.tracking_times(fresh, complete))
    units = await fulfillment.units_of_parcels(tx, [p.id for p in arrived])
    await fulfillment.move_allocations(tx, [AllocationMove(u, delivered=u.quantity) for u in units])
    await orders.move_quantities(
        tx, [QuantityMove(u.order_id, u.line_n, u.component_n, None, "delivered", u.quantity) for u in units]
    )
    for parcel, happened_at in delivered:
        data = {"shipment_id": encode_id("shp", parcel.shipment_id)}
        story.tell(parcel.order_id, "shipment.delivered", data, happened_at=happened_at)

"""The label pump: call the carrier outside any transaction, then write what it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import fulfillment, orders
from orderwright.fulfillment import Carrier, Label, LabelRequest, ParcelRow, ParcelState
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import finish_work


async def buy_labels(
    database: Database, ctx: Context, shipment_ids: Sequence[UUID], carriers: Mapping[str, Carrier]
) -> None:
    """Buy the labels of shipments whose intent was written by packing.

    The parcel's id is the idempotency key of the call: a crash between call and result repeats the call and gets the
    same label, never a second one.
    Permission: `fulfillment.work`. Locks (in the second transaction): orders. Appends `shipment.labelled`.
    """
    ctx.require("fulfillment.work")
    async with database.transaction(ctx.merchant) as tx:
        parcels = await fulfillment.parcels_of(tx, shipment_ids)
    wanted = [p for p in parcels if p.state == ParcelState.LABEL_WANTED]
    bought: list[tuple[ParcelRow, Label]] = []
    for name in sorted({p.carrier for p in wanted}):
        mine = [p for p in wanted if p.carrier == name]
        bought.extend(zip(mine, await _ask(carriers[name], mine), strict=True))
    async with database.transaction(ctx.merchant) as tx:
        await _write(tx, ctx, shipment_ids, bought)


async def _ask(carrier: Carrier, parcels: Sequence[ParcelRow]) -> list[Label]:
    requests = [LabelRequest(encode_id("pcl", p.id), p.weight_g, p.service) for p in parcels]
    results = await carrier.create_labels(requests)
    return [Label(p.id, r.tracking_number, dict(r.label)) for p, r in zip(parcels, results, strict=True)]


async def _write(
    tx: Transaction, ctx: Context, shipment_ids: Sequence[UUID], bought: Sequence[tuple[ParcelRow, Label]]
) -> None:
    """Keep the labels of parcels that still want one: another worker may have been here with the same ones."""
    locked = await orders.lock_orders(tx, [parcel.order_id for parcel, _ in bought])
    now = {p.id for p in await fulfillment.parcels_of(tx, shipment_ids) if p.state == ParcelState.LABEL_WANTED}
    new = [(parcel, label) for parcel, label in bought if parcel.id in now]
    if new:
        act_id = await record_act(tx, ctx, "buy_labels")
        await fulfillment.set_labels(tx, [label for _, label in new], [parcel.shipment_id for parcel, _ in new])
        story = orders.OrderStory(locked, ctx.now)
        for parcel, label in new:
            data = {
                "shipment_id": encode_id("shp", parcel.shipment_id),
                "fulfillment_id": encode_id("ful", parcel.fulfillment_id),
                "carrier": parcel.carrier,
                "tracking_number": label.tracking_number,
            }
            story.tell(parcel.order_id, "shipment.labelled", data)
        await story.write(tx, act_id)
    await finish_work(tx, "label", shipment_ids)

"""The label pump: call the carrier outside any transaction, then write what it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import customers, fulfillment, orders
from orderwright.fulfillment import Address, Carrier, Label, LabelRequest, NewLabelFile, ParcelRow, ParcelState
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import finish_work


class LabelNumberTaken(Exception):
    """Somebody typed the number that a carrier gives for another parcel: no label is written until one is corrected."""

    def __init__(self) -> None:
        super().__init__(
            "another parcel of this carrier has the tracking number of the label;"
            " correct the number of that parcel or of this one, then try again"
        )


async def buy_labels(
    database: Database, ctx: Context, shipment_ids: Sequence[UUID], carriers: Mapping[str, Carrier]
) -> None:
    """Buy the labels of shipments whose intent was written by packing.

    The parcel's id is the idempotency key of the call: a crash between call and result repeats the call and gets the
    same label, never a second one. A parcel that got a tracking number of one's own meanwhile keeps that one.
    Permission: `fulfillment.work`. Locks (in the second transaction): orders, contacts. Appends `shipment.labelled`.
    Raises LabelNumberTaken where another parcel has the number of a label.
    """
    ctx.require("fulfillment.work")
    async with database.transaction(ctx.merchant) as tx:
        parcels = await fulfillment.parcels_of(tx, shipment_ids)
        wanted = [p for p in parcels if p.state == ParcelState.LABEL_WANTED]
        to = await customers.ship_to_addresses(tx, {p.order_id for p in wanted})
    bought: list[tuple[ParcelRow, Label]] = []
    for name in sorted({p.carrier for p in wanted}):
        mine = [p for p in wanted if p.carrier == name]
        bought.extend(zip(mine, await _ask(carriers[name], mine, to), strict=True))
    async with database.transaction(ctx.merchant) as tx:
        await _write(tx, ctx, shipment_ids, bought)


async def _ask(carrier: Carrier, parcels: Sequence[ParcelRow], to: Mapping[UUID, customers.ContactRow]) -> list[Label]:
    requests = [
        LabelRequest(encode_id("pcl", p.id), p.weight_g, p.service, _address(to.get(p.order_id))) for p in parcels
    ]
    results = await carrier.create_labels(requests)
    return [Label(p.id, r.tracking_number, dict(r.label), r.file) for p, r in zip(parcels, results, strict=True)]


def _address(to: customers.ContactRow | None) -> Address | None:
    if to is None or to.country is None:  # erased
        return None
    return Address(to.name, to.company, to.line1, to.line2, to.city, to.region, to.postal_code, to.country)


async def _write(
    tx: Transaction, ctx: Context, shipment_ids: Sequence[UUID], bought: Sequence[tuple[ParcelRow, Label]]
) -> None:
    """Keep the labels of parcels that still want one: another worker may have been here with the same ones."""
    locked = await orders.lock_orders(tx, [parcel.order_id for parcel, _ in bought])
    now = {p.id for p in await fulfillment.parcels_of(tx, shipment_ids) if p.state == ParcelState.LABEL_WANTED}
    new = [(parcel, label) for parcel, label in bought if parcel.id in now]
    if new:
        await _refuse_taken(tx, new)
        erased = await customers.lock_erased_addresses(tx, [parcel.order_id for parcel, _ in new])
        act_id = await record_act(tx, ctx, "buy_labels")
        await fulfillment.set_labels(tx, [label for _, label in new], [parcel.shipment_id for parcel, _ in new])
        await fulfillment.put_labels(
            tx,
            [
                NewLabelFile(parcel.id, parcel.order_id, label.file.media_type, label.file.content, ctx.actor)
                for parcel, label in new
                if label.file is not None and parcel.order_id not in erased
            ],
        )
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


async def _refuse_taken(tx: Transaction, new: Sequence[tuple[ParcelRow, Label]]) -> None:
    """Raises LabelNumberTaken rather than to fail on an index, again and again, for no reason that anybody sees."""
    there = await fulfillment.parcels_by_tracking(tx, [label.tracking_number for _, label in new])
    owners = {(p.carrier, p.tracking_number): p.id for p in there}
    for parcel, label in new:
        if owners.setdefault((parcel.carrier, label.tracking_number), parcel.id) != parcel.id:
            raise LabelNumberTaken

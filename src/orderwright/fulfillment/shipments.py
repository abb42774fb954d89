"""Shipments and parcels: the intent, the label, and what the carrier says. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.fulfillment.queries import (
    APPEND_PARCELS,
    APPEND_SHIPMENTS,
    CANCEL_PARCELS,
    CHANGE_PARCELS,
    CHANGE_SHIPMENTS,
    INSERT_TRACKING,
    PARCELS_BY_TRACKING,
    PARCELS_OF_SHIPMENTS,
    SET_LABELS,
    SHIPMENTS_OF_FULFILLMENTS,
    TRACKING_OF,
    NewTracking,
    ParcelRow,
    ShipmentRow,
)
from orderwright.fulfillment.states import ParcelState, ShipmentState, sources
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.work import leave_work


class NewShipment(NamedTuple):
    """A shipment of one parcel. Order of the columns of `APPEND_SHIPMENTS`, then the parcel's id and weight."""

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    carrier: str
    service: str
    parcel_id: UUID
    weight_g: int | None


class Label(NamedTuple):
    """What the carrier gave for a parcel."""

    parcel_id: UUID
    tracking_number: str
    label: dict[str, Any]


# What a tracking code makes of a parcel.
STATE_AFTER: dict[str, ParcelState] = {
    "accepted": ParcelState.IN_TRANSIT,
    "in_transit": ParcelState.IN_TRANSIT,
    "out_for_delivery": ParcelState.OUT_FOR_DELIVERY,
    "exception": ParcelState.EXCEPTION,
    "delivered": ParcelState.DELIVERED,
}


async def open_shipments(tx: Transaction, shipments: Sequence[NewShipment]) -> None:
    """Write shipments that want labels, one parcel each. Two statements, or none."""
    await APPEND_SHIPMENTS.run(tx, [(*s[:5], ShipmentState.LABEL_WANTED.value) for s in shipments])
    wanted = ParcelState.LABEL_WANTED.value
    await APPEND_PARCELS.run(tx, [(s.parcel_id, s.id, s.order_id, 1, s.weight_g, s.carrier, wanted) for s in shipments])


async def shipments_of(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> dict[UUID, ShipmentRow]:
    """The shipment of each fulfillment that has one. One statement."""
    return {row.fulfillment_id: row for row in await SHIPMENTS_OF_FULFILLMENTS.fetch(tx, list(fulfillment_ids))}


async def parcels_of(tx: Transaction, shipment_ids: Sequence[UUID]) -> list[ParcelRow]:
    """The parcels of shipments. One statement."""
    return await PARCELS_OF_SHIPMENTS.fetch(tx, list(shipment_ids))


async def parcels_by_tracking(tx: Transaction, tracking_numbers: Sequence[str]) -> list[ParcelRow]:
    """The parcels that carry these tracking numbers. One statement."""
    return await PARCELS_BY_TRACKING.fetch(tx, list(set(tracking_numbers)))


async def set_labels(tx: Transaction, labels: Sequence[Label], shipment_ids: Sequence[UUID]) -> None:
    """Write labels and mark their shipments labelled. Two statements, or none."""
    if labels:
        rows = [(x.parcel_id, x.tracking_number, msgspec.json.encode(x.label).decode()) for x in labels]
        await SET_LABELS.run(tx, *columns(rows, 3))
        await change_shipments(tx, shipment_ids, ShipmentState.LABELLED)


async def change_shipments(tx: Transaction, shipment_ids: Sequence[UUID], target: ShipmentState) -> None:
    """Change the state of shipments whose state allows it (law T3). One statement, or none."""
    if shipment_ids:
        await CHANGE_SHIPMENTS.run(tx, list(shipment_ids), target.value, sources(target))


async def cancel_shipments(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> None:
    """Nothing of these fulfillments leaves: their shipments and parcels are cancelled, and no label is bought any more.
    Three statements, or none."""
    if fulfillment_ids:
        shipments = list((await shipments_of(tx, fulfillment_ids)).values())
        await change_shipments(tx, [s.id for s in shipments], ShipmentState.CANCELLED)
        await CANCEL_PARCELS.run(tx, [s.id for s in shipments], sources(ParcelState.CANCELLED))
        await leave_work(tx, ("label",), [s.id for s in shipments])


async def insert_tracking(tx: Transaction, act_id: UUID, events: Sequence[NewTracking]) -> set[tuple[UUID, str]]:
    """Keep tracking events; returns (parcel, key) of those that are new. One statement, or none."""
    if not events:
        return set()
    rows = await INSERT_TRACKING.fetch(tx, *columns(events, 5), act_id)
    return {(row.parcel_id, row.key) for row in rows}


async def tracking_of(tx: Transaction, parcel_ids: Sequence[UUID]) -> list[NewTracking]:
    """The tracking events of parcels. One statement, or none."""
    return await TRACKING_OF.fetch(tx, list(parcel_ids)) if parcel_ids else []


async def change_parcels(tx: Transaction, changes: Sequence[tuple[UUID, str, datetime]]) -> None:
    """Bring parcels to (state, when); older than known changes nothing, delivered is final. One statement, or none."""
    if changes:
        await CHANGE_PARCELS.run(tx, *columns(changes, 3))

"""Shipments and parcels: the intent, the label, and what the carrier says. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.fulfillment.carriers import LabelFile
from orderwright.fulfillment.queries import (
    APPEND_PARCELS,
    APPEND_SHIPMENTS,
    APPEND_UNITS,
    CHANGE_PARCELS,
    DERIVE_SHIPMENTS,
    INSERT_TRACKING,
    LOCK_TRACKING,
    PARCELS_BY_ID,
    PARCELS_BY_TRACKING,
    PARCELS_OF_SHIPMENTS,
    RETRACK_PARCELS,
    SET_LABELS,
    SHIP_PARCELS,
    SHIPMENTS_OF_FULFILLMENTS,
    TRACKING_OF,
    UNITS_OF_PARCELS,
    DerivedShipment,
    NewTracking,
    ParcelRow,
    ShipmentRow,
    UnitRow,
)
from orderwright.fulfillment.states import ParcelState, ShipmentState
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID


class NewParcel(NamedTuple):
    """A packed parcel. `units`: (line, component, how many). With a tracking number of one's own it wants no label."""

    id: UUID
    n: int
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    tracking_number: str | None
    units: Sequence[tuple[int, int, int]]

    @property
    def state(self) -> ParcelState:
        """Whether a label is to be bought."""
        return ParcelState.LABEL_WANTED if self.tracking_number is None else ParcelState.LABELLED


class NewShipment(NamedTuple):
    """A shipment with its parcels. Order of the columns of `APPEND_SHIPMENTS`, then the parcels."""

    id: UUID
    fulfillment_id: UUID
    order_id: UUID
    carrier: str
    service: str
    parcels: Sequence[NewParcel]

    @property
    def state(self) -> ShipmentState:
        """Whether a label is to be bought for any of them."""
        wanted = any(p.state is ParcelState.LABEL_WANTED for p in self.parcels)
        return ShipmentState.LABEL_WANTED if wanted else ShipmentState.LABELLED


class Label(NamedTuple):
    """What the carrier gave for a parcel."""

    parcel_id: UUID
    tracking_number: str
    label: dict[str, Any]
    file: LabelFile | None = None


# What a tracking code makes of a parcel.
STATE_AFTER: dict[str, ParcelState] = {
    "accepted": ParcelState.IN_TRANSIT,
    "in_transit": ParcelState.IN_TRANSIT,
    "out_for_delivery": ParcelState.OUT_FOR_DELIVERY,
    "exception": ParcelState.EXCEPTION,
    "delivered": ParcelState.DELIVERED,
}


async def open_shipments(tx: Transaction, shipments: Sequence[NewShipment]) -> None:
    """Write shipments with their parcels and what is in them. Three statements, or none."""
    await APPEND_SHIPMENTS.run(tx, [(*s[:5], s.state.value) for s in shipments])
    parcels = [(s, p) for s in shipments for p in s.parcels]
    await APPEND_PARCELS.run(
        tx, [(p.id, s.id, s.order_id, *p[1:6], s.carrier, p.tracking_number, p.state.value) for s, p in parcels]
    )
    await APPEND_UNITS.run(tx, [(p.id, *unit) for _, p in parcels for unit in p.units])


async def lock_tracking(tx: Transaction) -> None:
    """Let one caller at a time give parcels tracking numbers that it did not buy. Taken before orders. One
    statement."""
    await LOCK_TRACKING.run(tx)


async def shipments_of(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> dict[UUID, ShipmentRow]:
    """The shipment of each fulfillment that has one. One statement."""
    return {row.fulfillment_id: row for row in await SHIPMENTS_OF_FULFILLMENTS.fetch(tx, list(fulfillment_ids))}


async def parcels_of(tx: Transaction, shipment_ids: Sequence[UUID]) -> list[ParcelRow]:
    """The parcels of shipments. One statement."""
    return await PARCELS_OF_SHIPMENTS.fetch(tx, list(shipment_ids))


async def parcels_by_tracking(tx: Transaction, tracking_numbers: Sequence[str]) -> list[ParcelRow]:
    """The parcels that carry these tracking numbers. One statement."""
    return await PARCELS_BY_TRACKING.fetch(tx, list(set(tracking_numbers)))


async def parcels_by_id(tx: Transaction, parcel_ids: Sequence[UUID]) -> dict[UUID, ParcelRow]:
    """Parcels by id. One statement."""
    return {row.id: row for row in await PARCELS_BY_ID.fetch(tx, list(parcel_ids))}


async def units_of_parcels(tx: Transaction, parcel_ids: Sequence[UUID]) -> list[UnitRow]:
    """What is in parcels. One statement, or none."""
    return await UNITS_OF_PARCELS.fetch(tx, list(parcel_ids)) if parcel_ids else []


async def set_labels(tx: Transaction, labels: Sequence[Label], shipment_ids: Sequence[UUID]) -> None:
    """Write labels; shipments of which no parcel wants one any more are labelled. Two statements, or none."""
    if labels:
        rows = [(x.parcel_id, x.tracking_number, msgspec.json.encode(x.label).decode()) for x in labels]
        await SET_LABELS.run(tx, *columns(rows, 3))
        await derive_shipments(tx, shipment_ids)


async def retrack_parcels(tx: Transaction, changes: Sequence[tuple[UUID, str, str]]) -> None:
    """Give parcels another (carrier, tracking number). One statement, or none."""
    if changes:
        await RETRACK_PARCELS.run(tx, *columns(changes, 3))


async def ship_parcels(tx: Transaction, parcel_ids: Sequence[UUID], at: datetime) -> None:
    """Note that parcels left. One statement, or none."""
    if parcel_ids:
        await SHIP_PARCELS.run(tx, list(parcel_ids), at)


async def derive_shipments(tx: Transaction, shipment_ids: Sequence[UUID]) -> list[DerivedShipment]:
    """Bring shipments to the state that their parcels derive (law T3); returns those that changed. One statement, or
    none."""
    return await DERIVE_SHIPMENTS.fetch(tx, list(shipment_ids)) if shipment_ids else []


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

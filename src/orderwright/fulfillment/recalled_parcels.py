"""Packed units that are recalled leave the parcels that are still here: those that were packed last first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orderwright.fulfillment.cancelled_units import GivenUp
from orderwright.fulfillment.queries import (
    CANCEL_PARCELS,
    TAKE_UNITS,
    UNITS_HERE,
    DerivedShipment,
    UnitRow,
)
from orderwright.fulfillment.shipments import derive_shipments, shipments_of
from orderwright.fulfillment.states import ParcelState, ShipmentState, sources
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.work import leave_work


class TakenOut(NamedTuple):
    """What leaves parcels: (parcel, line, component, how many), and the parcels in which nothing is left."""

    units: list[tuple[UUID, int, int, int]]
    emptied: list[UUID]


def take_out(here: Sequence[UnitRow], given_up: Iterable[GivenUp]) -> TakenOut:
    """Which parcels give up packed units. `here`: what is in those that have not left, in the order to take. Pure."""
    wanted: dict[tuple[UUID, int, int], int] = {}
    for allocation, units, source in given_up:
        if source == "packed":
            wanted[allocation[:3]] = wanted.get(allocation[:3], 0) + units
    taken: list[tuple[UUID, int, int, int]] = []
    left: dict[UUID, int] = {}
    for row in here:
        units = min(row.quantity, wanted.get(row[:3], 0))
        if units:
            wanted[row[:3]] -= units
            taken.append((row.parcel_id, row.line_n, row.component_n, units))
        left[row.parcel_id] = left.get(row.parcel_id, 0) + row.quantity - units
    touched = dict.fromkeys(parcel_id for parcel_id, *_ in taken)
    return TakenOut(taken, [parcel_id for parcel_id in touched if not left[parcel_id]])


async def recall_parcels(tx: Transaction, given_up: Sequence[GivenUp]) -> list[DerivedShipment]:
    """Take what was recalled out of its parcels. A parcel in which nothing is left is cancelled, and no label is bought
    for it any more. Returns the shipments that are in another state by that. Six statements, or none."""
    fulfillment_ids = list(dict.fromkeys(a.fulfillment_id for a, _, source in given_up if source == "packed"))
    if not fulfillment_ids:
        return []
    taken = take_out(await UNITS_HERE.fetch(tx, fulfillment_ids), given_up)
    if not taken.units:
        return []  # goods that wait for a shopper are in no parcel
    shipments = [s.id for s in (await shipments_of(tx, fulfillment_ids)).values()]
    await TAKE_UNITS.run(tx, *columns(taken.units, 4))
    await CANCEL_PARCELS.run(tx, taken.emptied, sources(ParcelState.CANCELLED))
    changed = await derive_shipments(tx, shipments)
    await leave_work(tx, ("label",), [s.id for s in changed if s.state != ShipmentState.LABEL_WANTED])
    return changed

"""What carriers' words make of parcels, in whatever order and however often they are said. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.fulfillment.commands import RecordTracking
from orderwright.fulfillment.queries import NewTracking, ParcelRow
from orderwright.fulfillment.shipments import STATE_AFTER
from orderwright.fulfillment.states import ParcelState
from orderwright.platform.ids import UUID

Fresh = tuple[ParcelRow, NewTracking]  # a parcel as it is, and an event of it that was not applied yet


class Arrival(NamedTuple):
    """A parcel that was delivered, at the instant that the carrier gives."""

    parcel: ParcelRow
    happened_at: datetime


def tracking_key(command: RecordTracking) -> str:
    """What tells an event from others: the carrier's own key. Without one, the same event is the same key."""
    if command.key:
        return command.key
    text = f"{command.tracking_number}|{command.code}|{command.happened_at.isoformat()}|{command.place or ''}"
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def newest_states(fresh: Sequence[Fresh]) -> list[tuple[UUID, str, datetime]]:
    """The state of each parcel after its events, and since when. Delivered is final, whatever is said of later."""
    newest: dict[UUID, tuple[str, datetime]] = {}
    for parcel, event in sorted(fresh, key=lambda item: item[1].happened_at):
        if newest.get(parcel.id, ("", event.happened_at))[0] != ParcelState.DELIVERED:
            newest[parcel.id] = (STATE_AFTER[event.code].value, event.happened_at)
    return [(parcel_id, *change) for parcel_id, change in newest.items()]


def arrivals(fresh: Sequence[Fresh]) -> list[Arrival]:
    """Parcels that are delivered by these events, each once, in order of arrival."""
    found: dict[UUID, Arrival] = {}
    for parcel, event in sorted(fresh, key=lambda item: item[1].happened_at):
        is_new = parcel.state != ParcelState.DELIVERED and parcel.id not in found
        if is_new and STATE_AFTER[event.code] is ParcelState.DELIVERED:
            found[parcel.id] = Arrival(parcel, event.happened_at)
    return list(found.values())


def tracking_times(fresh: Sequence[Fresh], delivered: Collection[UUID]) -> list[tuple[UUID, datetime, datetime | None]]:
    """Of each fulfillment: when one of its parcels was first seen by the carrier, and when the last one was delivered,
    of those that are `delivered` by these events."""
    times: dict[UUID, tuple[UUID, datetime, datetime | None]] = {}
    last = {arrival.parcel.fulfillment_id: arrival.happened_at for arrival in arrivals(fresh)}
    for parcel, event in fresh:
        known = times.get(parcel.fulfillment_id)
        first = event.happened_at if known is None else min(known[1], event.happened_at)
        arrived = last.get(parcel.fulfillment_id) if parcel.fulfillment_id in delivered else None
        times[parcel.fulfillment_id] = (parcel.fulfillment_id, first, arrived)
    return sorted(times.values(), key=lambda row: row[0])

"""When goods that were just allocated will be where they are wanted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.fulfillment.calendar import promise_date, transit_days
from orderwright.fulfillment.work_rows import NewFulfillment
from orderwright.orders import NeedRow
from orderwright.platform.ids import UUID
from orderwright.sourcing import great_circle_km


class PromiseDate(NamedTuple):
    """A date local to a time zone (IANA)."""

    on: date
    zone: str


def promise_dates(
    opened: Iterable[NewFulfillment],
    locations: Mapping[UUID, LocationFacts],
    points: Mapping[UUID, PointRow],
    pools: Mapping[UUID, Collection[UUID]],
) -> dict[UUID, PromiseDate]:
    """The date of each order's latest fulfillment: when it arrives, or lies ready to be picked up.

    `pools`: those that an order is promised from. The time zone of where it goes is told by their locations alone, so
    that the date is the same whatever other orders there are.
    """
    latest: dict[UUID, PromiseDate] = {}
    for work in opened:
        near = [location for location in locations.values() if location.pool_id in pools[work.order_id]]
        promise = _promise(work, locations[work.location_id], points.get(work.order_id), near)
        before = latest.get(work.order_id)
        if before is None or promise.on > before.on:
            latest[work.order_id] = promise
    return latest


def later_promise(need: NeedRow, promise: PromiseDate | None) -> tuple[date | None, str | None]:
    """The later of what was promised before and what is promised now: a date and its zone, None where nothing is."""
    if promise is None or (need.promised_on is not None and need.promised_on >= promise.on):
        return need.promised_on, need.promise_zone
    return promise.on, promise.zone


def _promise(
    work: NewFulfillment, location: LocationFacts, point: PointRow | None, known: Collection[LocationFacts]
) -> PromiseDate:
    if work.method == "pickup":
        return PromiseDate(work.due_at.astimezone(ZoneInfo(location.time_zone)).date(), location.time_zone)
    if point is None or point.latitude is None or point.longitude is None:
        return PromiseDate(promise_date(work.due_at, transit_days(None), location.time_zone), location.time_zone)
    km = None
    if location.latitude is not None and location.longitude is not None:
        km = great_circle_km(point.latitude, point.longitude, location.latitude, location.longitude)
    zone = _zone_at(point.latitude, point.longitude, known) or location.time_zone
    return PromiseDate(promise_date(work.due_at, transit_days(km), zone), zone)


def _zone_at(latitude: float, longitude: float, known: Iterable[LocationFacts]) -> str | None:
    """The time zone of the location nearest to a place: as near as can be told without a map of time zones."""
    placed = [
        (x.latitude, x.longitude, x.time_zone) for x in known if x.latitude is not None and x.longitude is not None
    ]
    return min(((a - latitude) ** 2 + (b - longitude) ** 2, zone) for a, b, zone in placed)[1] if placed else None

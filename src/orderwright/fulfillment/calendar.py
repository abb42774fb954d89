"""When work at a location is due, and when what it ships arrives. Pure; instants are UTC, dates are local."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
DELIVERY_WEEKDAYS = (1, 2, 3, 4, 5)  # ISO: Monday to Friday

# Business days that the built-in carrier takes, by distance up to (km). In the manner of a ground service on one
# continent; carriers that are connected bring their own figures.
_TRANSIT = ((250.0, 1), (1_000.0, 2), (2_000.0, 3), (3_500.0, 4), (6_000.0, 5))
_TRANSIT_BEYOND = 8
_TRANSIT_UNKNOWN = 5


class LocationCalendar(Protocol):
    """When a location works, local to `time_zone` (IANA); `open_weekdays` are ISO days. A catalogue location fits."""

    @property
    def time_zone(self) -> str: ...
    @property
    def open_weekdays(self) -> Collection[int]: ...
    @property
    def holidays(self) -> Collection[date]: ...
    @property
    def cutoff(self) -> time: ...


def due_at(now: datetime, calendar: LocationCalendar) -> datetime:
    """The instant (UTC) by which work released at `now` is due: today's cut-off if it is still ahead on an open
    day, else the cut-off of the next open day.

    A cut-off that a change to summer time skips counts as that much later; one that comes twice, as the first.
    Raises ValueError without an open weekday.
    """
    weekdays, holidays = calendar.open_weekdays, calendar.holidays
    _require_weekday(weekdays)
    zone = ZoneInfo(calendar.time_zone)
    day = now.astimezone(zone).date()
    while True:  # ends: there is an open weekday every week, and each holiday closes one day
        if _is_open(day, weekdays, holidays):
            cutoff = datetime.combine(day, calendar.cutoff, zone).astimezone(UTC)
            if cutoff > now:
                return cutoff
        day += _DAY


def transit_days(distance_km: float | None) -> int:
    """Business days from hand-over to delivery by the built-in carrier; 5 where the distance is not known.

    | km up to | 250 | 1,000 | 2,000 | 3,500 | 6,000 | more |
    | -------- | --- | ----- | ----- | ----- | ----- | ---- |
    | days     | 1   | 2     | 3     | 4     | 5     | 8    |
    """
    if distance_km is None:
        return _TRANSIT_UNKNOWN
    return next((days for up_to_km, days in _TRANSIT if distance_km <= up_to_km), _TRANSIT_BEYOND)


def promise_date(
    ship_due: datetime,
    days: int,
    destination_zone: str,
    delivery_weekdays: Collection[int] = DELIVERY_WEEKDAYS,
    holidays: Collection[date] = (),
) -> date:
    """The local date at the destination by which goods arrive that are handed over at `ship_due`.

    `days` of transit count delivery weekdays that are no holiday, from the day after the hand-over as the
    destination's calendar dates it; with 0 it is that day, or the next on which the carrier delivers.
    """
    _require_weekday(delivery_weekdays)
    day = ship_due.astimezone(ZoneInfo(destination_zone)).date()
    left = days or int(not _is_open(day, delivery_weekdays, holidays))
    while left > 0:
        day += _DAY
        left -= _is_open(day, delivery_weekdays, holidays)
    return day


def _is_open(day: date, weekdays: Collection[int], holidays: Collection[date]) -> bool:
    return day.isoweekday() in weekdays and day not in holidays


def _require_weekday(weekdays: Collection[int]) -> None:
    if not any(1 <= day <= 7 for day in weekdays):
        raise ValueError("at least one weekday from 1 (Monday) to 7 is needed")

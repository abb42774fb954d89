"""The date that a fulfillment is promised for: local to where it goes, that of the latest, and what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from orderwright.customers import PointRow
from orderwright.fulfillment import NewFulfillment, PromiseDate, later_promise, promise_dates
from orderwright.orders import NeedRow
from orderwright.platform.ids import new_id
from tests.builders.facts import some_location

POOL = new_id()
OHIO = some_location(POOL, latitude=40.0, longitude=-82.8, time_zone="America/New_York")
OREGON = some_location(POOL, latitude=45.5, longitude=-122.7, time_zone="America/Los_Angeles")
NOWHERE = some_location(POOL, latitude=None, longitude=None, time_zone="America/Denver")
KNOWN = {location.id: location for location in (OHIO, OREGON, NOWHERE)}
DUE = datetime(2030, 3, 1, 21, 0, tzinfo=UTC)  # a Friday, 16:00 in New York


def promised(*works: tuple[Any, str], at: tuple[float, float] | None = (45.0, -122.0)) -> PromiseDate:
    order_id = new_id()
    opened = [NewFulfillment(new_id(), order_id, location.id, method, DUE) for location, method in works]
    points = {order_id: PointRow(order_id, at[0] if at else None, at[1] if at else None, "US", None)}
    return promise_dates(opened, KNOWN, points, {order_id: {POOL}})[order_id]


def test_the_date_is_local_to_the_destination() -> None:
    """Friday's hand-over in Oregon arrives 100 km away on Monday, in the zone of the nearest location."""
    assert promised((OREGON, "ship")) == PromiseDate(date(2030, 3, 4), "America/Los_Angeles")


def test_the_latest_fulfillment_counts() -> None:
    assert promised((OREGON, "ship"), (OHIO, "ship")) == PromiseDate(date(2030, 3, 7), "America/Los_Angeles")


def test_a_pick_up_lies_ready_when_its_work_is_due() -> None:
    assert promised((OHIO, "pickup")) == PromiseDate(date(2030, 3, 1), "America/New_York")


def test_places_that_are_not_known() -> None:
    assert promised((OHIO, "ship"), at=None) == PromiseDate(date(2030, 3, 8), "America/New_York")
    assert promised((NOWHERE, "ship")) == PromiseDate(date(2030, 3, 8), "America/Los_Angeles")


def test_a_promise_is_never_brought_forward() -> None:
    early, late = date(2030, 3, 4), date(2030, 3, 7)

    def told(before: date | None, now: date | None) -> tuple[date | None, str | None]:
        zone = None if before is None else "America/Denver"
        need = NeedRow(new_id(), 1, 1, POOL, new_id(), 1, None, "ship", before, zone)
        return later_promise(need, None if now is None else PromiseDate(now, "America/New_York"))

    assert told(None, None) == (None, None)
    assert told(None, early) == (early, "America/New_York")
    assert told(early, None) == (early, "America/Denver")
    assert told(early, late) == (late, "America/New_York")
    assert told(late, early) == (late, "America/Denver")

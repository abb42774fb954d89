"""Due instants and promise dates: cut-offs, closed days, changes of the clock, dates at the destination."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwright.fulfillment.calendar import due_at, promise_date, transit_days


class Hours(NamedTuple):
    time_zone: str = "America/New_York"
    open_weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[date, ...] = ()
    cutoff: time = time(16, 0)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hours", "due"),
    [
        # Monday 2026-01-05; New York is five hours behind UTC in winter
        ("2026-01-05 14:00", Hours(), "2026-01-05 21:00"),
        ("2026-01-05 20:59:59", Hours(), "2026-01-05 21:00"),
        ("2026-01-05 21:00", Hours(), "2026-01-06 21:00"),
        ("2026-01-05 23:00", Hours(), "2026-01-06 21:00"),
        # Tuesday in UTC is still Monday evening there
        ("2026-01-06 03:00", Hours(), "2026-01-06 21:00"),
        # Tuesday in UTC is still Monday before the cut-off in Honolulu
        ("2026-01-06 01:00", Hours("Pacific/Honolulu"), "2026-01-06 02:00"),
        # Monday in UTC is already Tuesday in Auckland
        ("2026-01-05 20:00", Hours("Pacific/Auckland"), "2026-01-06 03:00"),
        # Friday after the cut-off, Saturday, Sunday
        ("2026-01-09 21:30", Hours(), "2026-01-12 21:00"),
        ("2026-01-10 12:00", Hours(), "2026-01-12 21:00"),
        ("2026-01-10 12:00", Hours(open_weekdays=(6,)), "2026-01-10 21:00"),
        ("2026-01-05 12:00", Hours(open_weekdays=(7,)), "2026-01-11 21:00"),
        ("2026-01-11 22:00", Hours(open_weekdays=(7,)), "2026-01-18 21:00"),
        # holidays: today, and a run of them
        ("2026-01-05 12:00", Hours(holidays=(date(2026, 1, 5),)), "2026-01-06 21:00"),
        ("2026-01-05 22:00", Hours(holidays=tuple(date(2026, 1, n) for n in (6, 7, 8, 9, 12))), "2026-01-13 21:00"),
        # an edge of the day
        ("2026-01-05 05:00", Hours(cutoff=time(0, 0)), "2026-01-06 05:00"),
        ("2026-01-05 04:59:59", Hours(cutoff=time(23, 59, 59)), "2026-01-06 04:59:59"),
    ],
)
def test_work_is_due_at_the_next_cutoff_of_an_open_day(now: str, hours: Hours, due: str) -> None:
    assert due_at(utc(now), hours) == utc(due)


@pytest.mark.parametrize(
    ("now", "hours", "due"),
    [
        # the clock in New York goes from 2:00 to 3:00 on Sunday 2026-03-08 and back from 2:00 to 1:00 on 2026-11-01
        ("2026-03-06 22:00", Hours(), "2026-03-09 20:00"),
        ("2026-10-30 21:00", Hours(), "2026-11-02 21:00"),
        ("2026-03-08 06:00", Hours(open_weekdays=(7,), cutoff=time(2, 30)), "2026-03-08 07:30"),
        ("2026-03-08 07:30", Hours(open_weekdays=(7,), cutoff=time(2, 30)), "2026-03-15 06:30"),
        ("2026-11-01 05:00", Hours(open_weekdays=(7,), cutoff=time(1, 30)), "2026-11-01 05:30"),
        ("2026-11-01 05:45", Hours(open_weekdays=(7,), cutoff=time(1, 30)), "2026-11-08 06:30"),
        # a day that a country left out: Samoa had no 2011-12-30
        ("2011-12-30 03:00", Hours("Pacific/Apia", (1, 2, 3, 4, 5, 6, 7)), "2011-12-31 02:00"),
    ],
)
def test_changes_of_the_clock_keep_the_local_cutoff(now: str, hours: Hours, due: str) -> None:
    assert due_at(utc(now), hours) == utc(due)


def test_the_answer_is_in_utc_whatever_zone_now_is_in() -> None:
    now = datetime(2026, 1, 5, 15, 0, tzinfo=ZoneInfo("America/New_York"))
    assert due_at(now, Hours()) == utc("2026-01-05 21:00")
    assert due_at(now, Hours()).tzinfo is UTC


def test_a_thousand_holidays_in_a_row_are_passed() -> None:
    sundays = tuple(date(2026, 1, 4) + timedelta(days=7 * n) for n in range(1000))
    assert due_at(utc("2026-01-01 12:00"), Hours(open_weekdays=(7,), holidays=sundays)) == utc("2045-03-05 21:00")


@pytest.mark.parametrize("weekdays", [(), (0,), (8, 9)])
def test_a_location_that_never_opens_is_an_error(weekdays: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least one weekday from 1"):
        due_at(utc("2026-01-05 12:00"), Hours(open_weekdays=weekdays))
    with pytest.raises(ValueError, match="at least one weekday from 1"):
        promise_date(utc("2026-01-05 12:00"), 1, "UTC", weekdays)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.times(),
    st.frozensets(st.integers(0, 20), max_size=8),
)
def test_due_is_ahead_open_and_no_earlier_day_would_do(now, zone, weekdays, cutoff, closed) -> None:
    today = now.astimezone(ZoneInfo(zone)).date()
    holidays = tuple(today + timedelta(days=n) for n in closed)
    due = due_at(now, Hours(zone, tuple(weekdays), holidays, cutoff))
    assert due > now
    days = [today + timedelta(days=n) for n in range(80)]
    instants = [
        datetime.combine(day, cutoff, ZoneInfo(zone)).astimezone(UTC)
        for day in days
        if day.isoweekday() in weekdays and day not in holidays
    ]
    assert due == next(instant for instant in instants if instant > now)


@pytest.mark.parametrize(
    ("km", "days"),
    [
        (0.0, 1), (250.0, 1), (250.1, 2), (1_000.0, 2), (1_500.0, 3), (2_000.1, 4), (3_500.0, 4), (6_000.0, 5),
        (6_000.1, 8), (20_015.0, 8), (None, 5),
    ],
)  # fmt: skip
def test_transit_days_by_distance(km: float | None, days: int) -> None:
    assert transit_days(km) == days


@pytest.mark.parametrize(
    ("ship_due", "days", "zone", "arrives"),
    [
        ("2026-01-05 21:00", 1, "America/New_York", date(2026, 1, 6)),
        ("2026-01-05 21:00", 4, "America/New_York", date(2026, 1, 9)),
        ("2026-01-05 21:00", 5, "America/New_York", date(2026, 1, 12)),  # over a weekend
        ("2026-01-09 21:00", 1, "America/New_York", date(2026, 1, 12)),  # handed over on a Friday
        ("2026-01-10 21:00", 1, "America/New_York", date(2026, 1, 12)),  # on a Saturday
        ("2026-01-05 21:00", 1, "Asia/Tokyo", date(2026, 1, 7)),  # already Tuesday there
        ("2026-01-06 03:00", 1, "America/Los_Angeles", date(2026, 1, 6)),  # still Monday there
        ("2026-01-05 21:00", 0, "America/New_York", date(2026, 1, 5)),
        ("2026-01-10 21:00", 0, "America/New_York", date(2026, 1, 12)),
    ],
)
def test_the_promise_is_a_local_date_at_the_destination(ship_due: str, days: int, zone: str, arrives: date) -> None:
    assert promise_date(utc(ship_due), days, zone) == arrives


def test_a_carrier_s_own_weekdays_and_holidays_count() -> None:
    friday = utc("2026-01-09 21:00")
    assert promise_date(friday, 1, "America/New_York", (1, 2, 3, 4, 5, 6)) == date(2026, 1, 10)
    assert promise_date(friday, 1, "America/New_York", holidays=(date(2026, 1, 12),)) == date(2026, 1, 13)

"""The days of the right of withdrawal, by the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwright.returns.policy import WithdrawalTerms
from orderwright.returns.withdrawals.days import (
    closes_on,
    days_after,
    end_of,
    is_over,
    local_day,
    working_day,
    year_after,
)

BERLIN, TOKYO = "Europe/Berlin", "Asia/Tokyo"


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        (date(2026, 6, 22), date(2026, 7, 6)),  # Monday to Monday: the day of the delivery is not counted
        (date(2026, 6, 26), date(2026, 7, 10)),  # Friday
        (date(2026, 6, 27), date(2026, 7, 13)),  # the 14th day is a Saturday: the Monday after it
        (date(2026, 6, 28), date(2026, 7, 13)),  # a Sunday
        (date(2026, 12, 18), date(2027, 1, 1)),  # New Year's Day is a Friday: public holidays are not known
        (date(2028, 2, 15), date(2028, 2, 29)),
    ],
)
def test_fourteen_days_end_on_a_working_day(delivered: date, last: date) -> None:
    assert days_after(delivered, 14) == last


@pytest.mark.parametrize(
    ("initial", "last"),
    [
        (date(2026, 7, 6), date(2027, 7, 6)),  # a Tuesday
        (date(2026, 7, 10), date(2027, 7, 12)),  # a Saturday: the Monday after it
        (date(2028, 2, 29), date(2029, 2, 28)),  # there is no 29th
    ],
)
def test_twelve_months_end_on_the_same_date(initial: date, last: date) -> None:
    assert year_after(initial) == last


@given(st.dates(max_value=date(9998, 1, 1)))
def test_a_working_day_is_none_of_the_weekend_and_at_most_two_days_later(day: date) -> None:
    later = working_day(day)
    assert later.isoweekday() <= 5
    assert 0 <= (later - day).days <= 2


@pytest.mark.parametrize(
    ("terms", "delivered_at", "zone", "last"),
    [
        ({}, None, BERLIN, None),
        # 23:30 on Monday in Berlin; Tuesday morning in Tokyo
        ({}, datetime(2026, 6, 22, 21, 30, tzinfo=UTC), BERLIN, date(2026, 7, 6)),
        ({}, datetime(2026, 6, 22, 21, 30, tzinfo=UTC), TOKYO, date(2026, 7, 7)),
        # 00:30 on Tuesday in Berlin
        ({}, datetime(2026, 6, 22, 22, 30, tzinfo=UTC), BERLIN, date(2026, 7, 7)),
        ({"days": 30}, datetime(2026, 6, 22, 9, tzinfo=UTC), BERLIN, date(2026, 7, 22)),
        ({"informed": False}, datetime(2026, 6, 22, 9, tzinfo=UTC), BERLIN, date(2027, 7, 6)),
        ({"days": 30, "informed": False}, datetime(2026, 6, 22, 9, tzinfo=UTC), BERLIN, date(2027, 7, 22)),
    ],
)
def test_the_last_day_to_withdraw(terms: dict[str, int], delivered_at: datetime | None, zone: str, last: date) -> None:
    assert closes_on(WithdrawalTerms(**terms), delivered_at, zone) == last


def test_a_day_is_over_at_its_local_end() -> None:
    day = date(2026, 7, 6)
    assert end_of(day, BERLIN) == datetime(2026, 7, 6, 22, tzinfo=UTC)
    assert not is_over(day, datetime(2026, 7, 6, 21, 59, 59, tzinfo=UTC), BERLIN)
    assert is_over(day, datetime(2026, 7, 6, 22, tzinfo=UTC), BERLIN)
    assert not is_over(None, datetime(2036, 7, 6, 22, tzinfo=UTC), BERLIN)
    # on the day that summer time ends it is as late
    assert local_day(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), BERLIN) == date(2026, 10, 25)
    assert end_of(date(2026, 10, 25), BERLIN) == datetime(2026, 10, 25, 23, tzinfo=UTC)

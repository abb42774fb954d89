"""The days of the right of withdrawal. Pure.

Sources: Directive 2011/83/EU articles 9 (14 days from the delivery of the last goods of an order), 10 (12 months more
for who was not informed), 13 (14 days to pay back) and 14 (14 days to send back). Regulation (EEC, Euratom) 1182/71
article 3: the day of the event is not counted; a period of months ends on the same date; and one that would end on a
Saturday or Sunday ends on the next working day. Public holidays do the same, but are not known here.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orderwright.returns.policy import WithdrawalTerms

SEND_BACK_DAYS = REFUND_DAYS = 14
_FRIDAY, _WEEK = 4, 7


def working_day(day: date) -> date:
    """The day itself, or the Monday after it where it is a Saturday or Sunday."""
    return day if day.weekday() <= _FRIDAY else day + timedelta(days=_WEEK - day.weekday())


def days_after(day: date, days: int) -> date:
    """The last day of a period of days that an event on `day` begins."""
    return working_day(day + timedelta(days=days))


def year_after(day: date) -> date:
    """The last day of a period of twelve months: the same date, or the last of its month where there is none."""
    last = monthrange(day.year + 1, day.month)[1]
    return working_day(date(day.year + 1, day.month, min(day.day, last)))


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def closes_on(terms: WithdrawalTerms, delivered_at: datetime | None, zone: str) -> date | None:
    """The last day to withdraw; None while the last goods are not delivered, since it has not begun to run."""
    if delivered_at is None:
        return None
    initial = days_after(local_day(delivered_at, zone), terms.days)
    return initial if terms.informed else year_after(initial)


def is_over(day: date | None, now: datetime, zone: str) -> bool:
    """Whether a last day is over there."""
    return day is not None and local_day(now, zone) > day


def end_of(day: date, zone: str) -> datetime:
    """The moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))

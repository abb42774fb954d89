"""Templates: everything escaped, undefined names fail, and figures, money and moments as the reader writes them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from orderwright.api import Answer
from orderwright.platform.money import Money, exponent
from orderwright.screens.headers import PAGE_HEADERS, Header

HERE = Path(__file__).parent
HTML = b"text/html; charset=utf-8"
_COMPRESSED_FROM = 1_000  # bytes: below, compressing saves no packet
_JUST_NOW_S = 5
_SPANS = ((60, 1, "s"), (3_600, 60, "min"), (172_800, 3_600, "h"), (float("inf"), 86_400, "d"))
_LEVEL = 3  # of compression: a tenth of the time of the best, for a few per cent more bytes


def environment(folders: Sequence[Path], facts: Mapping[str, Any]) -> Environment:
    """Templates of folders, then those that all screens share; `facts` are there in every template."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, HERE / "templates")]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals.update(facts)
    return made


class Formats:
    """How one reader writes figures and moments: a locale such as `en_US`, and a time zone."""

    __slots__ = ("locale", "zone", "zone_name")

    def __init__(self, locale: str, zone_name: str) -> None:
        self.locale = locale
        self.zone_name = zone_name
        self.zone = ZoneInfo(zone_name)

    def number(self, value: float | Decimal) -> str:
        """12,345"""
        return _number(value, self.locale)

    def compact(self, value: float) -> str:
        """12K"""
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def percent(self, share: float | Decimal, digits: int = 0) -> str:
        """0.125 is 12.5%, with one digit."""
        pattern = "#,##0" + (f".{'0' * digits}" if digits else "") + "%"
        return format_percent(share, pattern, locale=self.locale)

    def money(self, money: Money | None) -> str:
        """$1,234.50. Nothing for None."""
        return "" if money is None else _money(money.amount, money.currency, self.locale)

    def minor(self, amount: int, currency: str) -> str:
        """An amount in minor units, as money."""
        return _money(amount, currency, self.locale)

    def day(self, day: date | datetime | None, *, year: bool | None = None) -> str:
        """Thu, Nov 26; with its year where that is not this one."""
        if day is None:
            return ""
        local = day.astimezone(self.zone).date() if isinstance(day, datetime) else day
        shown = year if year is not None else local.year != datetime.now(self.zone).year
        return _day(local, shown, self.locale)

    def instant(self, moment: datetime) -> str:
        """The exact instant, in the reader's zone: "Mon, Nov 23, 2026, 14:02:31 CST"."""
        local = moment.astimezone(self.zone)
        return f"{_day(local.date(), True, self.locale)}, {local:%H:%M:%S %Z}"

    def ago(self, moment: datetime) -> str:
        """How long ago, or in how long: "12 min ago". Scripts keep it so, in the same words: nothing jumps."""
        seconds = int((datetime.now(UTC) - moment).total_seconds())
        if abs(seconds) < _JUST_NOW_S:
            return "just now"
        size, unit = next((size, unit) for limit, size, unit in _SPANS if abs(seconds) < limit)
        return f"{seconds // size} {unit} ago" if seconds > 0 else f"in {-seconds // size} {unit}"

    def clock(self, moment: datetime) -> str:
        """The time of day: 14:02, as the locale writes it."""
        return format_time(moment, "short", tzinfo=self.zone, locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A day and a time, short, for a list."""
        return format_datetime(moment, "short", tzinfo=self.zone, locale=self.locale)


@lru_cache(maxsize=20_000)
def _number(value: float | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=20_000)
def _money(amount: int, currency: str, locale: str) -> str:
    places = exponent(currency)
    return format_currency(Decimal(amount).scaleb(-places), currency, locale=locale, currency_digits=True)


@lru_cache(maxsize=5_000)
def _day(day: date, year: bool, locale: str) -> str:
    if locale.startswith("en"):
        return format_date(day, "EEE, MMM d, y" if year else "EEE, MMM d", locale=locale)
    return format_date(day, "EEE, d. MMM y" if year else "EEE, d. MMM", locale=locale)


def html_answer(
    text: str, *, status: int = 200, headers: Sequence[Header] = (), compress: bool = False, vary: bytes = b"hx-request"
) -> Answer:
    """A page, or a part of one."""
    raw = text.encode()
    own = {name for name, _ in headers}
    kept = [header for header in PAGE_HEADERS if header[0] not in own]  # two policies would both hold
    sent = [*kept, (b"vary", vary + b", accept-encoding"), *headers]
    if compress and len(raw) >= _COMPRESSED_FROM:
        raw = gzip.compress(raw, _LEVEL, mtime=0)
        sent.append((b"content-encoding", b"gzip"))
    return Answer(raw, status, sent, HTML)


Render = Callable[..., str]

"""Figures, money and moments as the reader writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from orderwright.platform.money import Money
from orderwright.screens import Formats

AT = datetime(2026, 11, 23, 20, 2, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "number", "money", "yen"),
    [
        ("en_US", "1,234,567", "$1,234.50", "¥1,234"),
        ("en", "1,234,567", "$1,234.50", "¥1,234"),
        ("de_DE", "1.234.567", "1.234,50\N{NO-BREAK SPACE}$", "1.234\N{NO-BREAK SPACE}¥"),
    ],
)
def test_figures_and_money(locale: str, number: str, money: str, yen: str) -> None:
    formats = Formats(locale, "UTC")
    assert formats.number(1_234_567) == number
    assert formats.money(Money(123_450, "USD")) == money
    assert formats.minor(1_234, "JPY") == yen
    assert formats.money(None) == ""


def test_moments_are_in_the_zone_of_the_reader() -> None:
    chicago = Formats("en_US", "America/Chicago")
    assert chicago.instant(AT) == "Mon, Nov 23, 2026, 14:02:31 CST"
    assert chicago.clock(AT) == "2:02\N{NARROW NO-BREAK SPACE}PM"
    assert Formats("de_DE", "Europe/Berlin").clock(AT) == "21:02"
    assert chicago.day(date(2026, 11, 26), year=False) == "Thu, Nov 26"
    assert chicago.day(date(2027, 1, 2), year=True) == "Sat, Jan 2, 2027"
    assert Formats("de_DE", "UTC").day(date(2026, 11, 26), year=False) == "Do., 26. Nov."
    assert chicago.day(None) == ""

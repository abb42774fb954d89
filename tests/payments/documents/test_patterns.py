"""Numbers of documents, and patterns that would give two kinds the same."""

from __future__ import annotations

import pytest

from orderwright.payments.documents.patterns import are_apart, is_pattern, number_of, series_year


@pytest.mark.parametrize(
    ("pattern", "number", "year"),
    [
        ("INV-{year}-{n:06}", "INV-2026-000042", 2026),
        ("INV-{n}", "INV-42", 0),
        ("R{n:02}/{year}", "R42/2026", 2026),
        ("{n:04}", "0042", 0),
        ("A{year}{n:01}-X1", "A202642-X1", 2026),
    ],
)
def test_a_pattern_gives_numbers(pattern: str, number: str, year: int) -> None:
    assert is_pattern(pattern)
    assert number_of(pattern, 2026, 42) == number
    assert series_year(pattern, 2026) == year


def test_more_digits_than_wanted_are_all_there() -> None:
    assert number_of("INV-{n:02}", 2026, 1234) == "INV-1234"


@pytest.mark.parametrize(
    "pattern",
    [
        "INV", "INV-{year}", "{n}{n}", "{n}{year}{year}", "INV {n}", "1-{n}", "A1{n}", "{n:6}", "{n:00}",
        "{n.__class__}",
        "{n}}", "{{n}}", "#{n}", "INV-{n:012}", "é{n}", "{n}\n",
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_known(pattern: str) -> None:
    assert not is_pattern(pattern)


def test_patterns_that_begin_alike_are_known() -> None:
    assert are_apart(["INV-{n}", "CRN-{n}", "{n}"])
    assert not are_apart(["INV-{n}", "CRN-{n}", "INV-{year}-{n:06}"])

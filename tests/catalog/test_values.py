"""The small deciding functions: check digits, free JSON, countries and zones."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from orderwright.catalog.gtin import gtin_is_valid
from orderwright.catalog.places import COUNTRIES, time_zones
from orderwright.platform.db import Database
from orderwright.platform.json_values import check_nesting, jsonb_bytes_max, refuse_json, same_json


# 629104150021 with check digit 3 is the worked example of GS1.
@pytest.mark.parametrize("gtin", ["6291041500213", "4006381333931", "036000291452", "73513537", "10614141000415"])
def test_gtins_with_the_right_check_digit(gtin: str) -> None:
    assert gtin_is_valid(gtin)
    wrong = str((int(gtin[-1]) + 1) % 10)
    assert not gtin_is_valid(gtin[:-1] + wrong)


@pytest.mark.parametrize("gtin", ["", "000000000", "0000000000", "00000000000", "400638133393a", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_texts_that_are_no_gtins(gtin: str) -> None:
    assert not gtin_is_valid(gtin)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": [True]}, {"a": [1]}, False),
        ({"a": 1e23}, {"a": 10**23}, True),
        ({"a": 10**400}, {"a": 1.0}, False),
        ({"a": None}, {}, False),
        ({"a": 0}, {"a": False}, False),
        ({"a": "1"}, {"a": 1}, False),
        ([1, 2], [1], False),
        ({"a": {"b": [1, "x"]}}, {"a": {"b": [1, "x"]}}, True),
    ],
)
def test_whether_json_is_the_same(left: Any, right: Any, same: bool) -> None:
    assert same_json(left, right) is same
    assert same_json(right, left) is same


@pytest.mark.parametrize(
    "text", [b"", b'{"a": "{{{[[["}' * 300, b"[" * 200 + b"]" * 200, b"[{}]" * 5_000, b'"\\"{"' * 300]
)
def test_flat_json_is_flat(text: bytes) -> None:
    check_nesting(text)


@pytest.mark.parametrize("text", [b"[" * 201, b'{"a":' * 201, b'["[", ' * 201, b'["\\"", ' * 201])
def test_nested_json_is_refused(text: bytes) -> None:
    with pytest.raises(RecursionError):
        check_nesting(text)


@pytest.mark.parametrize("end", [b"", b"\\", b'"'])
def test_a_text_without_an_end_is_gone_through_once(end: bytes) -> None:
    """Fault: each of its quotes was taken for another beginning; 40 kB took five seconds, and 10 MB are allowed."""
    check_nesting(b"[" * 200 + b'"' + b'\\"' * 4_000_000 + end + b"[" * (end != b'"'))


def test_json_that_cannot_be_stored() -> None:
    deep: dict[str, Any] = {}
    for _ in range(32):
        deep = {"a": deep}
    assert refuse_json({}) is None
    assert refuse_json({"\\u0000": "\\u0000"}) is None
    assert refuse_json({"\0": 1}) == "unstorable_value"
    assert refuse_json({"a": ["b", {"c": "\0"}]}) == "unstorable_value"
    assert refuse_json(deep) == "unstorable_value"
    assert refuse_json(deep["a"]) is None
    assert refuse_json({"a": "x" * 16_000}) == "metadata_too_large"
    assert refuse_json({"a": [7] * 5_000}) == "metadata_too_large"


async def test_the_bound_of_a_values_size_holds(database: Database) -> None:
    dice = random.Random(7)

    def value(depth: int) -> Any:
        kinds = [
            lambda: dice.choice([None, True, False]),
            lambda: dice.randint(-(10**12), 10**12),
            lambda: dice.random() * 10 ** dice.randint(-30, 30),
            lambda: "ü" * dice.randint(0, 9),
            lambda: [value(depth - 1) for _ in range(dice.randint(0, 6))],
            lambda: {f"k{n}": value(depth - 1) for n in range(dice.randint(0, 6))},
        ]
        return dice.choice(kinds if depth else kinds[:4])()

    values = [{"v": value(5)} for _ in range(400)]
    async with database.transaction("acme") as tx:
        rows = await tx.fetch(
            "SELECT pg_column_size(v.doc::jsonb) AS bytes FROM unnest($1::text[]) WITH ORDINALITY AS v (doc, n)"
            " ORDER BY n",
            [msgspec.json.encode(v).decode() for v in values],
        )
    assert [row["bytes"] for row in rows if row["bytes"] > 8_000] == []
    assert all(jsonb_bytes_max(v) >= row["bytes"] for v, row in zip(values, rows, strict=True))


def test_countries_and_zones() -> None:
    assert len(COUNTRIES) == 250
    assert {"US", "DE", "XK"} <= COUNTRIES
    assert not {"UK", "EU", "ZZ", "us"} & COUNTRIES
    assert {"UTC", "America/New_York", "Europe/Berlin"} <= time_zones()

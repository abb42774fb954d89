"""What is wrong with a value, said without Python's names and without regular expressions."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta

from orderwright.api.events import EventType
from orderwright.api.shapes import OrderIdText
from orderwright.platform.fields import Code, Country, Currency, ShortText, Slug
from orderwright.platform.wording import Wrong, what_is_wrong

MOMENT = "a time such as 2026-03-01T09:30:00Z"


def wrong(kind: Any, text: str) -> Wrong:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(text, type=kind)
    return what_is_wrong(caught.value)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (int, "1.5", "expected a whole number, got a number with decimals"),
        (int | None, '"1"', "expected a whole number, got a text"),
        (int | Decimal, "true", "expected a whole number or a number, got true or false"),
        (int | Decimal, '"abc"', "expected a number"),
        (Annotated[int, Meta(ge=1)], "0", "expected a whole number, at least 1"),
        (Annotated[int, Meta(le=1_000_000)], "1000001", "expected a whole number, at most 1,000,000"),
        (Annotated[float, Meta(ge=-90)], "-91", "expected a number, at least -90"),
        (Annotated[str, Meta(max_length=200)], f'"{"x" * 201}"', "expected a text of at most 200 characters"),
        (Code, '""', "expected a text of at least 1 character"),
        (Annotated[list[int], Meta(min_length=1)], "[]", "expected a list of at least 1 item"),
        (Annotated[list[int], Meta(max_length=2)], "[1,2,3]", "expected a list of at most 2 items"),
        (dict[str, int], "[]", "expected an object, got a list"),
        (bool, "1", "expected true or false, got a whole number"),
        (Annotated[datetime, Meta(tz=True)], '"2026-03-02T14:05:09"', f"expected {MOMENT}, with its zone"),
        (datetime, '"yesterday"', f"expected {MOMENT}"),
        (date, '"2026-02-30"', "expected a date such as 2026-03-01"),
        (Annotated[time, Meta(tz=False)], '"10:00:00Z"', "expected a time of day such as 16:00, without a zone"),
        (Literal["ship", "pickup"], '"fly"', "'fly' is none of the words that it takes (see /v1/docs)"),
        (Currency, '"usd"', "expected three capital letters of ISO 4217 such as USD"),
        (Country, '"usa"', "expected two capital letters of ISO 3166-1 such as US"),
        (Slug, '"Bad Type"', "expected 1 to 50 small letters, digits and _, a letter first, such as fraud_check"),
        (Code, '"a\\u0000b"', "expected a text of 1 to 100 characters without control characters"),
        (ShortText, '"a\\u0000b"', "expected a text without NUL characters"),
        (EventType, '"nope"', "expected the name of a type of events such as order.placed"),
        (OrderIdText, '"ful_1"', "expected an id that begins with ord_, as it was returned"),
        (Annotated[str, Meta(pattern="x+")], '"y"', "expected a text of the form that /v1/docs names"),
    ],
)
def test_values(kind: Any, text: str, words: str) -> None:
    assert wrong(kind, text) == Wrong("", "value", words)


class _Thing(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[dict[Code, Annotated[int, Meta(ge=1)]]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", Wrong("lines", "missing")),
        ('{"lines": [], "x": 1}', Wrong("x", "unknown")),
        ('{"lines": [{"a": 0}]}', Wrong("lines[0][...]", "value", "expected a whole number, at least 1")),
        ('{"lines": [{"": 1}]}', Wrong("lines[0]", "value", "expected a text of at least 1 character")),
        (f'{{"lines": [], "{"x" * 300}": 1}}', Wrong("x" * 200 + "...", "unknown")),
    ],
)
def test_places(text: str, expected: Wrong) -> None:
    assert wrong(_Thing, text) == expected

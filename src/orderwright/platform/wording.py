"""What is wrong with a value, in words for people: msgspec's own name types of Python and regular expressions.

Shared by all that reads JSON: bodies, query strings, files. `cells.describe_type` tells the same of a table's column.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from orderwright.platform.fields import CODE, COUNTRY, CURRENCY, NO_NUL, SLUG

SHOWN_MAX = 200
MOMENT = "a time such as 2026-03-01T09:30:00Z"
DAY = "a date such as 2026-03-01"
OF_CURRENCY = "three capital letters of ISO 4217 such as USD"
OF_COUNTRY = "two capital letters of ISO 3166-1 such as US"
FORMS = {
    CURRENCY: OF_CURRENCY,
    COUNTRY: OF_COUNTRY,
    CODE: "a text of 1 to 100 characters without control characters",
    NO_NUL: "a text without NUL characters",
    SLUG: "1 to 50 small letters, digits and _, a letter first, such as fraud_check",
    r"\A[0-9]{8,14}\Z": "8 to 14 digits",
    r"\A[a-z_]+\.[a-z_]+\Z": "the name of a type of events such as order.placed",
    r"\A[^\x00-\x1f\x7f]*\Z": "a text without control characters",
}
_FORMS = {repr(pattern): words for pattern, words in FORMS.items()}
_ID = re.compile(r"'\\\\A([a-z]+)_\[")
_NOUNS = {
    "int": "a whole number", "float": "a number", "decimal": "a number", "str": "a text", "bool": "true or false",
    "array": "a list", "object": "an object", "null": "null", "datetime": MOMENT, "date": DAY,
    "time": "a time of day such as 16:00", "uuid": "an id",
}  # fmt: skip
_GOT = _NOUNS | {"float": "a number with decimals"}
_AT = re.compile(r" - at `(key)?(?:` in `| in )?\$?\.?(.*?)`\Z", re.DOTALL)
_NAMED = re.compile(r"Object (contains unknown|missing required) field `(.*)`\Z", re.DOTALL)
_EXPECTED = re.compile(r"Expected `([a-z| ]+)`(.*?)(?:, got `([a-z]+)`)?\Z", re.DOTALL)
_BOUND = re.compile(r" (of length )?(>=|<=) (.+)\Z")


class Wrong(NamedTuple):
    """Where a value is wrong (empty: all of it), and how. `kind`: missing, unknown or value; `words` are for the last:
    `expected a whole number, got a text`."""

    path: str
    kind: str
    words: str = ""


def what_is_wrong(error: msgspec.ValidationError) -> Wrong:
    """An error of decoding as a place and words."""
    text = str(error)
    at = _AT.search(text)
    path, text = (at[2], text[: at.start()]) if at else ("", text)
    if named := _NAMED.match(text):
        kind = "missing" if named[1] == "missing required" else "unknown"
        return Wrong(shorten(f"{path}.{named[2]}" if path else named[2]), kind)
    return Wrong(shorten(path), "value", shorten(_words(text)))


def shorten(text: str) -> str:
    """The beginning of a text that may be very long."""
    return text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "..."


def _words(text: str) -> str:
    expected = _EXPECTED.match(text)
    if expected is None:
        return _other(text)
    names, rest, got = expected[1].split(" | "), expected[2], expected[3]
    if rest.startswith(" matching regex "):
        return f"expected {_form(rest.removeprefix(' matching regex '))}"
    nouns = " or ".join(dict.fromkeys(_NOUNS.get(name, name) for name in names if name != "null"))
    if got is not None:
        return f"expected {nouns}, got {_GOT.get(got, got)}"
    if rest == " with a timezone component":
        return f"expected {nouns}, with its zone"
    if rest == " with no timezone component":
        return f"expected {nouns}, without a zone"
    bound = _BOUND.match(rest)
    return f"expected {_bounded(names[0], nouns, bound)}" if bound else f"expected {nouns}{rest}"


def _bounded(name: str, noun: str, bound: re.Match[str]) -> str:
    limit = bound[3].removesuffix(".0")
    limit = f"{int(limit):,}" if limit.lstrip("-").isdigit() else limit
    side = "at least" if bound[2] == ">=" else "at most"
    if not bound[1]:
        return f"{noun}, {side} {limit}"
    unit = {"str": "character", "array": "item", "object": "entry"}.get(name, "item")
    many = unit if limit == "1" else {"entry": "entries"}.get(unit, unit + "s")
    return f"{noun} of {side} {limit} {many}"


def _form(pattern: str) -> str:
    if made := _ID.match(pattern):
        return f"an id that begins with {made[1]}_, as it was returned"
    return _FORMS.get(pattern, "a text of the form that /v1/docs names")


def _other(text: str) -> str:
    """What is not of the form "Expected ..."."""
    if found := re.match(r"Invalid enum value (.*)\Z", text, re.DOTALL):
        return f"{found[1]} is none of the words that it takes (see /v1/docs)"
    if text.startswith("Invalid RFC3339 encoded "):
        return f"expected {_NOUNS.get(text.rpartition(' ')[2], 'a time')}"
    if text == "Invalid decimal string":
        return "expected a number"
    if text == "Invalid UUID":
        return "expected an id"
    return text[:1].lower() + text[1:]

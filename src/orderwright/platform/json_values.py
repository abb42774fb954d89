"""Free JSON (metadata, attributes): whether it can be stored, and whether two values are the same."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.platform.fields import METADATA_BYTES_MAX

DEPTH_MAX = 32
NESTING_MAX = 200
# A text without an end goes to the end, and nothing is looked at twice: the time is that of one pass whatever is sent.
_BRACKET_OR_TEXT = re.compile(rb"[\[\]{}]|\"(?:[^\"\\]|\\.)*+(?:\"|\\?\Z)", re.DOTALL)
_SAFE_JSON_BYTES = 500  # no JSON text grows 32-fold as jsonb


def check_nesting(text: bytes) -> None:
    """Raises RecursionError for JSON that is nested over 200 deep. Somewhat below a thousand, what was decoded in one
    place cannot be encoded in another, where more calls lie above it."""
    if text.count(b"{") + text.count(b"[") <= NESTING_MAX:
        return
    depth = 0
    for found in _BRACKET_OR_TEXT.finditer(text):
        bracket = found[0]
        if bracket in b"[{":
            depth += 1
            if depth > NESTING_MAX:
                raise RecursionError
        elif bracket in b"]}":
            depth -= 1


def refuse_json(value: dict[str, Any]) -> str | None:
    """The refusal code for a value that PostgreSQL would not take as jsonb, or that is too large; None if it is fine.

    `unstorable_value`: nested over 32 deep, or a text with a NUL character. `metadata_too_large`: over 16,000 bytes
    in PostgreSQL's own form, which may be larger or smaller than the JSON text.
    """
    if not value:
        return None
    try:
        text = msgspec.json.encode(value)
    except RecursionError:
        return "unstorable_value"
    if _may_be_too_deep_or_have_nul(text) and _is_too_deep_or_has_nul(value):
        return "unstorable_value"
    text_bytes = len(text)
    if text_bytes > METADATA_BYTES_MAX or (
        text_bytes > _SAFE_JSON_BYTES and jsonb_bytes_max(value) > METADATA_BYTES_MAX
    ):
        return "metadata_too_large"
    return None


def same_json(left: Any, right: Any) -> bool:
    """Equality of decoded JSON: 1 and 1.0 are the same number, 1 and true are not the same value."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        # By their decimal text: jsonb gives 1e23 back as an integer, which is not the float nearest to it.
        return Decimal(repr(left)) == Decimal(repr(right))
    return bool(left == right)


def jsonb_bytes_max(value: Any) -> int:
    """An upper bound of what `value` takes as jsonb (PostgreSQL: src/include/utils/jsonb.h).

    Every key, element and value has a 4-byte entry; texts stand as they are; a number takes a 4-byte header, 2 bytes
    of its own header and 2 bytes for each 4 digits on either side of the point; containers and numbers are
    aligned to 4.
    """
    total, stack = 8, [value]
    while stack:
        item = stack.pop()
        total += 4
        if isinstance(item, dict):
            total += 7
            stack += item.values()
            total += sum(4 + len(key.encode()) for key in item)
        elif isinstance(item, list):
            total += 7
            stack += item
        elif isinstance(item, str):
            total += len(item.encode())
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            total += 19 + _digits_max(item) // 2
    return total


def _digits_max(number: float) -> int:
    """Decimal digits written out in full: 1e300 has 301, 1e-5 has 5 behind the point."""
    if isinstance(number, int):
        return number.bit_length() // 3 + 1
    return 17 + abs(int(repr(number).partition("e")[2] or 0))


def _may_be_too_deep_or_have_nul(text: bytes) -> bool:
    """Quickly: no for nearly every value."""
    return b"\\u0000" in text or text.count(b"{") + text.count(b"[") > DEPTH_MAX


def _is_too_deep_or_has_nul(value: Any) -> bool:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEPTH_MAX:
            return True
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                if "\0" in item:
                    return True
            elif isinstance(item, dict):
                if any("\0" in key for key in item):
                    return True
                below += item.values()
            elif isinstance(item, list):
                below += item
        level = below
    return False

"""Order numbers in the merchant's format, `#{number}` unless it chose another."""

from __future__ import annotations

import re

DEFAULT_FORMAT = "#{number}"
_NUMBER_MAX = 2**63 - 1


def format_number(number: int, number_format: str) -> str:
    """`100234` as `#100234`."""
    return number_format.replace("{number}", str(number))


def parse_number(text: str, number_format: str) -> int | None:
    """The number in what somebody typed: bare, or in the merchant's format, however its letters are spaced and cased.

    None when it is no number of an order.
    """
    before, _, after = _plain(number_format).partition("{number}")
    digits = _plain(text).removeprefix("#").removeprefix(before).removesuffix(after)
    if not digits.isascii() or not digits.isdigit():
        return None
    number = int(digits)
    return number if 0 < number <= _NUMBER_MAX else None


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()

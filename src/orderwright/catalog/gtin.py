"""Check digits of trade item numbers. Source: GS1 General Specifications, section 7.9 (modulo 10)."""

from __future__ import annotations

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def gtin_is_valid(gtin: str) -> bool:
    """Whether a GTIN of digits has a length that exists and the right last digit.

    The digits weigh 3 and 1 in turn, beginning with 3 at the right of those before the check digit; the check digit
    makes the sum a multiple of ten.
    """
    if len(gtin) not in GTIN_LENGTHS or not (gtin.isascii() and gtin.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(gtin)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0

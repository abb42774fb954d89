"""Codes with which a rate of a tax is refused, and what to do about each."""

from __future__ import annotations

REFUSALS: dict[str, str] = {
    "duplicate_in_batch": "An earlier rate of this call is for the same tax and day. Send each once.",
    "rate_out_of_range": "A rate is a fraction from 0 to 1 with at most 6 decimals: 0.19 for 19 %. Correct `rate`.",
    "impossible_period": "The last day is before the first. Correct `valid_from` or `valid_to`.",
    "rate_not_found": "There is no rate of this tax that begins on this day. Correct it, or leave `remove` out.",
    "rate_overlaps": "The tax has another rate within these days. End that one first, by its own `valid_to`.",
}

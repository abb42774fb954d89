"""Codes with which an order is refused, in the order in which they are looked for, and what to do about each."""

from __future__ import annotations

from typing import Any, NamedTuple

REFUSALS: dict[str, str] = {
    "unknown_channel": "There is no channel of this code. Create it, or correct `channel`.",
    "channel_not_allowed": "The key is limited to other channels. Use a key for this channel.",
    "location_not_allowed": "The key is limited to locations: name one of them in each line, or use another key.",
    "currency_mismatch": "An amount is in another currency than the order. Send one currency an order.",
    "unknown_currency": "The currency is not one of ISO 4217. Correct `currency`.",
    "unstorable_value": "The field named holds a NUL character, or is nested over 32 deep. Correct it; send it again.",
    "metadata_too_large": "Metadata is over 16,000 bytes. Keep large data elsewhere and refer to it.",
    "implausible_time": "`placed_at` is more than a day ahead, or before 1990. Correct the clock or its zone.",
    "order_differs": (
        "This external_id is taken by an order with other content. Use a new one; to replace that order, cancel it too."
    ),
    "channel_inactive": "The channel is switched off. Activate it before sending orders.",
    "unknown_parent": "The parent order does not exist. Correct `parent`.",
    "unknown_location": "A line names a location that does not exist. Correct `location`.",
    "location_inactive": "A line names a location that is not open. Open it, or correct `location`.",
    "location_needed": "A pick-up line must name its location. Add `location`.",
    "address_needed": "The order ships but has no address. Add `ship_to`.",
    "provider_reserved": "Only goods that come back in exchange pay so. Name another `provider`, or none.",
    "store_credit_not_pending": "Only we take store credit. Send its payment as `pending`, or without `provider`.",
    "amount_out_of_range": "A price, rate or sum is negative, too large or no number. Correct the field named.",
    "discount_exceeds_lines": "Discounts are larger than what they reduce. Correct the discounts.",
    "totals_do_not_add_up": "The parts do not make `total`. Correct the amounts; `details` says what was expected.",
    "price_differs": "A price differs from the catalogue, and the channel asks for catalogue prices. Correct it.",
    "out_of_stock": "Stock is short, and the channel's policy is to refuse. Offer fewer units or other goods.",
    "backorder_limit": "More units would be owed than the SKU's backorder limit allows. Offer fewer units.",
}


CONTENT_DROPPED = "content_dropped"  # why the inbox keeps what was taken without a part of it
LEFT_OUT = frozenset({CONTENT_DROPPED, "currency_mismatch", "implausible_time"})  # the holds that say so
TAKEN_WITHOUT = "The order was taken and held, without what could not be stored. This is what was sent."

_CODES = list(REFUSALS)
_AFTER_IDENTITY = frozenset(_CODES[_CODES.index("order_differs") + 1 :])


class Refusal(NamedTuple):
    """Why one order was not taken. `details` names fields, codes and figures; it never holds personal data."""

    code: str
    details: dict[str, Any]

    @property
    def message(self) -> str:
        """The sentence for people."""
        return REFUSALS[self.code]

    @property
    def after_identity(self) -> bool:
        """Whether an earlier order with the same identity is the answer instead."""
        return self.code in _AFTER_IDENTITY

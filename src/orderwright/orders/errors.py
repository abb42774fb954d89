"""Codes with which an order is refused, in the order in which they are looked for, and what to do about each."""

from __future__ import annotations

from typing import Any, NamedTuple

REFUSALS: dict[str, str] = {
    "unknown_channel": "There is no channel of this code. Create it, or correct `channel`.",
    "channel_inactive": "The channel is switched off. Activate it before sending orders.",
    "channel_not_allowed": "The key is limited to other channels. Use a key for this channel.",
    "currency_mismatch": "An amount is in another currency than the order. Send one currency an order.",
    "unknown_currency": "The currency is not one of ISO 4217. Correct `currency`.",
    "unstorable_value": "A text holds a character that cannot be stored. Remove control characters and send it again.",
    "metadata_too_large": "Metadata is over 16,000 bytes. Keep large data elsewhere and refer to it.",
    "order_differs": "This external_id is taken by an order with other content. Edit that order, or use a new id.",
    "unknown_parent": "The parent order does not exist. Correct `parent`.",
    "unknown_location": "A line names a location that does not exist. Correct `location`.",
    "location_needed": "A pick-up line must name its location.",
    "address_needed": "The order ships but has no address. Add `ship_to`.",
    "amount_out_of_range": "A price, rate or sum is negative, too large or no number. Correct the field named.",
    "discount_exceeds_lines": "Discounts are larger than what they reduce. Correct the discounts.",
    "totals_do_not_add_up": "The parts do not make `total`. Correct the amounts; `details` says what was expected.",
    "price_differs": "A price differs from the catalogue, and the channel asks for catalogue prices. Correct it.",
    "out_of_stock": "Stock is short, and the channel's policy is to refuse. Offer fewer units or other goods.",
    "backorder_limit": "More units would be owed than the SKU's backorder limit allows. Offer fewer units.",
}


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

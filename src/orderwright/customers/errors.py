"""Codes with which an erasure is answered when there is nothing to erase, and what that means."""

from __future__ import annotations

NO_ERASURE: dict[str, str] = {
    "customer_not_found": "There is no customer of this id. Check the id and the merchant that the key belongs to.",
    "already_erased": "Nothing is left of this customer's personal data. There is nothing to do.",
    "order_not_found": "There is no such order. Check the id.",
    "channel_not_allowed": "The key or role is limited to other channels.",
    "customer_known": "The order has a customer. Erase the customer, whose id is in `details`: other orders hold"
    " the same person.",
}

"""Codes with which an erasure is answered when there is nothing to erase, and what that means."""

from __future__ import annotations

NO_ERASURE: dict[str, str] = {
    "customer_not_found": "There is no customer of this id. Check the id and the merchant that the key belongs to.",
    "already_erased": "Nothing is left of this customer's personal data. There is nothing to do.",
}

"""Codes with which verbs about customers say no, and what that means."""

from __future__ import annotations

from orderwright.platform.outcomes import Outcome, no

NO_ERASURE: dict[str, str] = {
    "customer_not_found": "There is no customer of this id. Check the id and the merchant that the key belongs to.",
    "already_erased": "Nothing is left of this customer's personal data. There is nothing to do.",
    "order_not_found": "There is no such order. Check the id.",
    "channel_not_allowed": "The key or role is limited to other channels.",
    "customer_known": "The order has a customer. Erase the customer, whose id is in `details`: other orders hold"
    " the same person.",
}

NO_MERGE: dict[str, str] = {
    "customer_not_found": "There is no customer of this id. Check both ids.",
    "same_customer": "These are one id. Send that of the other customer.",
    "customer_erased": "The data of one of them was erased: nobody can tell that they are the same. Leave them apart.",
    "customer_merged": "This customer was merged before. Name the one in `details` that its id leads to.",
    "in_another_merge": "Another item of this call merges one of them. Send this one in a call of its own, after it.",
}

NO_NOTE: dict[str, str] = {
    "customer_not_found": "There is no such customer, or the data was erased. Check the id.",
    "note_not_found": "There is no such note. It may have been removed; read the customer's notes again.",
    "too_many_notes": "A customer has at most 500 notes. Remove some, or add to one of yours.",
    "not_the_author": "Only who wrote a note changes its words. Write another note, or remove this one.",
}

NO_CONSENT: dict[str, str] = {
    "order_not_found": "There is no such order. Check the id, and what the key is limited to.",
    "no_customer": "This order has no customer, but a guest without e-mail address and telephone number: nobody can be"
    " written to.",
    "customer_not_found": "There is no such customer. Check the id.",
    "customer_erased": "The customer's data was erased: nobody is there to be written to.",
}


def refuse(messages: dict[str, str], code: str, **details: object) -> Outcome:
    """A "no" with its sentence."""
    return no(code, messages[code], **details)

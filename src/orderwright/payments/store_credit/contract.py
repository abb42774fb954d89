"""What may be done about store credit, and the codes of a "no"."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.orders.contract import Amount, OrderRef, SignedAmount
from orderwright.platform.fields import CODE, Slug
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no

CustomerRef = Annotated[str, Meta(max_length=40, pattern=CODE)]  # the id of a customer, as it is shown

MESSAGES = {
    "owner_needed": "Say to whom it is given: send either `customer` or `order`.",
    "customer_not_found": "There is no such customer. Check the id.",
    "order_not_found": "There is no such order. Check the id.",
    "account_not_found": "There is no such account. List the customer's accounts.",
    "account_moved": "The customer was merged, and the account is closed. Name the one in `details`, which has it all.",
    "no_customer": "The order is a guest's, and store credit belongs to a customer. Refund to the payments instead.",
    "customer_erased": "The customer was erased, so nobody could spend it. Refund to the payments instead.",
    "currency_differs": "This is in another currency. Send the amount in it.",
    "unknown_currency": "There is no such currency. Send a code of ISO 4217.",
    "amount_needed": "Nothing would move. Send an amount of one minor unit or more.",
    "exceeds_free": "Less is free to be taken. What is set aside for orders stays until they are over.",
}


class IssueStoreCredit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give a customer store credit out of goodwill: named by `customer` (its id), or by an `order` of theirs (its id),
    in that order's currency. The order's own money stays as it is."""

    amount: Amount
    customer: CustomerRef | None = None
    order: OrderRef | None = None
    reason: Slug = "goodwill"


class AdjustStoreCredit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Correct what an account has: more, or (negative) less, as far as it is free."""

    account_id: UUID
    amount: SignedAmount
    reason: Slug = "correction"


def refuse(code: str, **details: Any) -> Outcome:
    """A "no" with its sentence."""
    return no(code, MESSAGES[code], **details)

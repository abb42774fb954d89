"""Whose the personal data behind orders is, and which guests can be erased. Pure (law T5)."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.customers import NO_ERASURE, ErasableContact
from orderwright.orders.people import OwnedOrder
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no


def decide_guest(order: OwnedOrder | None, nothing_left: bool) -> Outcome:
    """What becomes of one order. Precedence: `order_not_found`, `customer_known`, `already_erased`, `erased`."""
    if order is None:
        return no("order_not_found", NO_ERASURE["order_not_found"])
    if order.customer_id is not None:
        name = encode_id("cus", order.customer_id)
        return no("customer_known", NO_ERASURE["customer_known"], customer_id=name)
    if nothing_left:
        return Outcome(code="already_erased", ok=False, id=order.id, message=NO_ERASURE["already_erased"])
    return Outcome(code="erased", id=order.id)


def owners_of_contacts(contacts: Iterable[ErasableContact], owned: Iterable[OwnedOrder]) -> dict[UUID, UUID]:
    """The customer of each contact: that of its order, or its own."""
    customer_of = {order.id: order.customer_id for order in owned}
    found = {c.id: customer_of[c.order_id] if c.order_id is not None else c.customer_id for c in contacts}
    return {contact_id: owner for contact_id, owner in found.items() if owner is not None}


def orders_by_owner(owned: Iterable[OwnedOrder]) -> dict[UUID, list[OwnedOrder]]:
    """The orders of each customer, without those of guests."""
    mine: dict[UUID, list[OwnedOrder]] = {}
    for order in owned:
        if order.customer_id is not None:
            mine.setdefault(order.customer_id, []).append(order)
    return mine

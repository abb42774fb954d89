"""Customers who may be one person: of the same e-mail address, telephone number, or name and postal code."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from orderwright import customers
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.queries import query
from orderwright.search.customers import (
    CUSTOMERS_OF_ORDERS,
    CustomerSummary,
    get_customer,
    order_ids_of,
    summary_of_buyer,
)

LOOKED_AT = 20  # orders of the customer
FOUND_MAX = 20


class SamePerson(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who may be the same person. `same`: what tells so: `email`, `phone`, `name` (with the postal code)."""

    customer: CustomerSummary
    same: list[str]


class SameRow(NamedTuple):
    """A customer who may be the same, and the newest order that tells so."""

    customer_id: UUID
    same: list[str]
    order_id: UUID


SAME_PEOPLE = query(__package__, "same_people", SameRow)


async def same_people(tx: Transaction, customer_id: UUID, ctx: Context) -> list[SamePerson] | None:
    """Who may be the same person as a customer, the likeliest first; None where there is no such customer. Six
    statements. No locks."""
    customer = await get_customer(tx, customer_id, ctx)
    if customer is None:
        return None
    ids = await order_ids_of(tx, customer_id, ctx, LOOKED_AT)
    keys: dict[str, str] = {}
    for contact in customer.contacts:
        words = customers.words_of(contact.name)
        if contact.name and len(words) > 1:  # one word is no name of a person
            keys[contact.name] = customers.pair_key(words[0], words[1])
    rows = await SAME_PEOPLE.fetch(tx, decode_id("cus", customer.id), ids, FOUND_MAX, list(keys), list(keys.values()))
    buyers = await CUSTOMERS_OF_ORDERS.fetch(tx, [row.order_id for row in rows], None, None)
    said = {buyer.order_id: buyer for buyer in buyers}
    return [
        SamePerson(customer=summary_of_buyer(said[row.order_id]), same=sorted(row.same))
        for row in rows
        if row.order_id in said
    ]

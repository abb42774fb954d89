"""All that is kept of a customer, to be handed to them (GDPR, articles 15 and 20)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.queries import query
from orderwright.search.customers import CustomerView, get_customer, order_ids_of
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.read_orders import ORDERS_MAX, get_orders
from orderwright.search.views import OrderView

HANDED_MAX = 1_000  # orders


class NoteOfOrder(NamedTuple):
    """What somebody wrote about an order."""

    order_id: UUID
    words: str
    created_at: datetime


class WrittenView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote about an order."""

    order: str
    words: str
    created_at: datetime


class CustomerData(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of a customer. Of more than a thousand orders the newest thousand; `more` says so."""

    customer: CustomerView
    orders: list[OrderView]
    notes: list[WrittenView]
    more: bool


NOTES_OF_ORDERS = query(__package__, "notes_of_orders", NoteOfOrder)


async def customer_data(
    tx: Transaction, customer_id: UUID, ctx: Context, *, number_format: str = DEFAULT_FORMAT
) -> CustomerData | None:
    """All that is kept of a customer; None where there is none, or none for the actor. Two statements for 200 orders,
    and four more. No locks."""
    customer = await get_customer(tx, customer_id, ctx)
    if customer is None:
        return None
    ids = await order_ids_of(tx, customer_id, ctx, HANDED_MAX + 1)
    shown = ids[:HANDED_MAX]
    orders: list[OrderView] = []
    for start in range(0, len(shown), ORDERS_MAX):
        orders += await get_orders(tx, shown[start : start + ORDERS_MAX], number_format=number_format, ctx=ctx)
    notes = await NOTES_OF_ORDERS.fetch(tx, shown) if shown else []
    return CustomerData(
        customer=customer,
        orders=orders,
        notes=[WrittenView(order=encode_id("ord", n.order_id), words=n.words, created_at=n.created_at) for n in notes],
        more=len(ids) > HANDED_MAX,
    )

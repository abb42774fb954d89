"""All that is kept of a customer, to be handed to them (GDPR, articles 15 and 20)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from orderwright import customers, messages
from orderwright.messages import MessageRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.queries import query
from orderwright.search.customers import CustomerView, get_customer, order_ids_of
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.read_orders import ORDERS_MAX, get_orders
from orderwright.search.views import OrderView

HANDED_MAX = 1_000  # orders
MESSAGES_HANDED_MAX = 10_000


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


class SpokenView(msgspec.Struct, frozen=True, kw_only=True):
    """What was said with a customer, about an order or (null) about none. `author`: who said it."""

    order: str | None
    direction: str
    medium: str
    author: str
    words: str
    said_at: datetime


class WrittenAboutView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote about a customer."""

    words: str
    created_at: datetime


class SaidOfConsentView(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer said of a purpose: that they consent (`given`), or no longer. `source`: through whom."""

    purpose: str
    given: bool
    source: str
    said_at: datetime


class CustomerData(msgspec.Struct, frozen=True, kw_only=True):
    """All that is kept of a customer. Of more than a thousand orders the newest thousand, and of more
    than ten thousand messages about them the oldest; `more` says so."""

    customer: CustomerView
    orders: list[OrderView]
    notes: list[WrittenView]
    messages: list[SpokenView]
    customer_notes: list[WrittenAboutView]
    consents: list[SaidOfConsentView]
    more: bool


NOTES_OF_ORDERS = query(__package__, "notes_of_orders", NoteOfOrder)


async def customer_data(
    tx: Transaction, customer_id: UUID, ctx: Context, *, number_format: str = DEFAULT_FORMAT
) -> CustomerData | None:
    """All that is kept of a customer; None where there is none, or none for the actor. Two statements for 200 orders,
    and seven more. No locks."""
    customer = await get_customer(tx, customer_id, ctx)
    if customer is None:
        return None
    customer_id = decode_id("cus", customer.id)
    ids = await order_ids_of(tx, customer_id, ctx, HANDED_MAX + 1)
    shown = ids[:HANDED_MAX]
    orders: list[OrderView] = []
    for start in range(0, len(shown), ORDERS_MAX):
        orders += await get_orders(tx, shown[start : start + ORDERS_MAX], number_format=number_format, ctx=ctx)
    notes = await NOTES_OF_ORDERS.fetch(tx, shown) if shown else []
    said = await messages.messages_to_hand_over(tx, ctx, customer_id, shown, MESSAGES_HANDED_MAX + 1)
    written = [] if ctx.limited else await customers.notes_of_customer(tx, customer_id)
    consents = [] if ctx.limited else await customers.consent_history(tx, customer_id)
    return CustomerData(
        customer=customer,
        orders=orders,
        notes=[WrittenView(order=encode_id("ord", n.order_id), words=n.words, created_at=n.created_at) for n in notes],
        messages=[_spoken(row) for row in said[:MESSAGES_HANDED_MAX]],
        customer_notes=[WrittenAboutView(words=note.words, created_at=note.created_at) for note in written],
        consents=[
            SaidOfConsentView(purpose=said_.purpose, given=said_.given, source=said_.source, said_at=said_.said_at)
            for said_ in consents
        ],
        more=len(ids) > HANDED_MAX or len(said) > MESSAGES_HANDED_MAX,
    )


def _spoken(row: MessageRow) -> SpokenView:
    return SpokenView(
        order=None if row.order_id is None else encode_id("ord", row.order_id), direction=row.direction,
        medium=row.medium, author=row.author, words=row.words or "", said_at=row.said_at,
    )  # fmt: skip

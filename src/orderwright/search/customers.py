"""Customers as people look for them: by what stands in their orders; what is known of them, and what they bought."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.fields import NO_NUL, ShortText
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import query
from orderwright.search.alike import or_alike
from orderwright.search.errors import InvalidFilter
from orderwright.search.filters import read_email, read_name, read_phone
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.sources import (
    FIND_BY_EMAIL,
    FIND_NEWEST,
    NEWEST,
    FoundRow,
    Indexed,
    Named,
    Source,
    Span,
    by_phone,
)
from orderwright.search.summaries import show, summary_of
from orderwright.search.views import OrderSummary

RECENT = 100  # orders whose contacts are shown with a customer
TOTALLED_MAX = 1_000  # orders that are summed up
PIECE = 200  # orders that are looked at at once
EXAMINED_MAX = 2_000


class CustomerFilters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to look for: by exactly one of these. `phone` may be written in any form; `name`: words of a person's or
    company's name in any order, the last may be unfinished; when nobody has them, words spelled alike are."""

    email: Annotated[str, Meta(min_length=3, max_length=320, pattern=NO_NUL)] | None = None
    phone: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    name: ShortText | None = None


class KnownContact(msgspec.Struct, frozen=True, kw_only=True):
    """A person or address as orders know it. `order` is the last one that does; null: the customer's own entry."""

    role: str
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    order: str | None
    said_at: datetime


class CustomerView(msgspec.Struct, frozen=True, kw_only=True):
    """A customer. `contacts` are those of the newest hundred orders, each said once, the last said first."""

    id: str
    contacts: list[KnownContact]
    external_refs: dict[str, Any]
    metadata: dict[str, Any]
    version: int
    created_at: datetime
    erased_at: datetime | None


class BoughtView(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer bought in one currency. `total` is that of orders which were not cancelled."""

    orders: int
    cancelled: int
    total: Money
    units_shipped: int
    units_returned: int
    first_at: datetime
    last_at: datetime


class CustomerTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer bought, by currency, in the newest thousand orders. `more`: there are older ones."""

    bought: list[BoughtView]
    more: bool


class CustomerSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in a list, with who bought in the newest order that was found."""

    id: str
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    city: str | None
    region: str | None
    country: str | None
    order: str
    ordered_at: datetime


class Found(NamedTuple):
    """Customers, and the order to look below for more; None when there are no more."""

    customers: list[CustomerSummary]
    stopped_at: UUID | None


class CustomerRow(NamedTuple):
    """A customer's record. The two objects are JSON text."""

    id: UUID
    external_refs: str
    metadata: str
    version: int
    created_at: datetime
    erased_at: datetime | None


class BoughtRow(NamedTuple):
    """What was bought in one currency."""

    currency: str
    orders: int
    cancelled: int
    total_minor: int
    shipped: int
    returned: int
    first_at: datetime
    last_at: datetime


class KnownContactRow(NamedTuple):
    """A contact, said once."""

    role: str
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    order_id: UUID | None
    said_at: datetime


class BuyerRow(NamedTuple):
    """A customer's order with who bought."""

    order_id: UUID
    customer_id: UUID
    placed_at: datetime
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    city: str | None
    region: str | None
    country: str | None


ORDERS_OF_CUSTOMER = query(__package__, "orders_of_customer", FoundRow)
CUSTOMER_BY_ID = query(__package__, "customer_by_id", CustomerRow)
CONTACTS_OF_CUSTOMER = query(__package__, "contacts_of_customer", KnownContactRow)
CUSTOMER_TOTALS = query(__package__, "customer_totals", BoughtRow)
CUSTOMERS_OF_ORDERS = query(__package__, "customers_of_orders", BuyerRow)


async def get_customer(tx: Transaction, customer_id: UUID, ctx: Context) -> CustomerView | None:
    """A customer with what is known of them; by the id of one that was merged, the one that was kept. None: there is
    none, or none of the orders is the actor's to see.

    Three statements. No locks.
    """
    row = await CUSTOMER_BY_ID.first(tx, customer_id)
    if row is None:
        return None
    order_ids = await _orders_of(tx, customer_id, ctx, NEWEST, RECENT)
    if not order_ids and ctx.limited:
        return None
    contacts = await CONTACTS_OF_CUSTOMER.fetch(tx, row.id, order_ids)
    return CustomerView(
        id=encode_id("cus", row.id),
        contacts=[_known(contact) for contact in contacts],
        external_refs=msgspec.json.decode(row.external_refs),
        metadata=msgspec.json.decode(row.metadata),
        version=row.version,
        created_at=row.created_at,
        erased_at=row.erased_at,
    )


async def list_customer_orders(
    tx: Transaction,
    customer_id: UUID,
    ctx: Context,
    *,
    below: UUID = NEWEST,
    limit: int = 50,
    number_format: str = DEFAULT_FORMAT,
) -> tuple[list[OrderSummary], UUID | None]:
    """A customer's orders, newest first, and the id to go on below; None at the end. Two statements. No locks."""
    found = await _orders_of(tx, customer_id, ctx, below, limit + 1)
    rows = await show(tx, found[:limit])
    return [summary_of(row, number_format) for row in rows], found[limit - 1] if len(found) > limit else None


async def total_customer(tx: Transaction, customer_id: UUID, ctx: Context) -> CustomerTotals:
    """What a customer bought in the newest thousand orders that the actor may touch. Two statements. No locks."""
    found = await _orders_of(tx, customer_id, ctx, NEWEST, TOTALLED_MAX + 1)
    rows = await CUSTOMER_TOTALS.fetch(tx, found[:TOTALLED_MAX]) if found else []
    return CustomerTotals(bought=[_bought(row) for row in rows], more=len(found) > TOTALLED_MAX)


async def list_customers(tx: Transaction, ctx: Context, *, below: UUID = NEWEST, limit: int = 50) -> Found:
    """Customers who bought lately, the newest order first. Paged like `find_customers`. No locks."""
    return await _customers_of(tx, Indexed(FIND_NEWEST), ctx, below, limit)


async def find_customers(
    tx: Transaction, filters: CustomerFilters, ctx: Context, *, below: UUID = NEWEST, limit: int = 50
) -> Found:
    """Customers by an e-mail address, a telephone number or a name in their orders, whose newest such order is newest.

    2,000 orders are looked at: a page may be short, or empty, and still have more behind it, and a customer with many
    orders may come again on a later page. Raises `InvalidFilter`. No locks.
    """
    return await _customers_of(tx, _source(filters), ctx, below, limit)


async def _customers_of(tx: Transaction, source: Source, ctx: Context, below: UUID, limit: int) -> Found:
    """The customers of a source's orders, each once."""
    found: dict[UUID, CustomerSummary] = {}
    for _ in range(EXAMINED_MAX // PIECE):
        order_ids = await source.take(tx, Span(below), PIECE)
        for row in await CUSTOMERS_OF_ORDERS.fetch(tx, order_ids, *_limits(ctx)) if order_ids else []:
            if row.customer_id not in found and len(found) == limit:
                return Found(list(found.values()), below)
            found.setdefault(row.customer_id, summary_of_buyer(row))
            below = row.order_id
        if len(order_ids) < PIECE:
            return Found(list(found.values()), None)
        below = order_ids[-1]
    return Found(list(found.values()), below)


def _source(filters: CustomerFilters) -> Source:
    given = [name for name in filters.__struct_fields__ if getattr(filters, name) is not None]
    if len(given) != 1:
        raise InvalidFilter("Look for a customer by exactly one of `email`, `phone` and `name`.", field="email")
    if filters.email is not None:
        return Indexed(FIND_BY_EMAIL, read_email(filters.email))
    if filters.phone is not None:
        phone = read_phone(filters.phone)
        if phone is None:
            raise InvalidFilter("A telephone number has at least five digits. Send it in any form.", field="phone")
        return by_phone(phone)
    typed = filters.name or ""
    name = read_name(typed)
    if name is None:
        raise InvalidFilter("There is no word in this name. Send some of it in letters or digits.", field="name")
    return or_alike(Named(name), typed)


async def order_ids_of(tx: Transaction, customer_id: UUID, ctx: Context, limit: int) -> list[UUID]:
    """A customer's orders that the actor may touch, newest first. One statement."""
    return await _orders_of(tx, customer_id, ctx, NEWEST, limit)


async def _orders_of(tx: Transaction, customer_id: UUID, ctx: Context, below: UUID, limit: int) -> list[UUID]:
    return [row.id for row in await ORDERS_OF_CUSTOMER.fetch(tx, customer_id, below, limit, *_limits(ctx))]


def _limits(ctx: Context) -> tuple[list[UUID] | None, list[UUID] | None]:
    return (
        None if ctx.channels is None else list(ctx.channels),
        None if ctx.locations is None else list(ctx.locations),
    )


def _bought(row: BoughtRow) -> BoughtView:
    return BoughtView(
        orders=row.orders,
        cancelled=row.cancelled,
        total=Money(row.total_minor, row.currency),
        units_shipped=row.shipped,
        units_returned=row.returned,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _known(row: KnownContactRow) -> KnownContact:
    fields = row._asdict()
    order_id = fields.pop("order_id")
    return KnownContact(**fields, order=None if order_id is None else encode_id("ord", order_id))


def summary_of_buyer(row: BuyerRow) -> CustomerSummary:
    """A customer by one of their orders."""
    return CustomerSummary(
        id=encode_id("cus", row.customer_id),
        name=row.name,
        company=row.company,
        email=row.email,
        phone=row.phone,
        city=row.city,
        region=row.region,
        country=row.country,
        order=encode_id("ord", row.order_id),
        ordered_at=row.placed_at,
    )

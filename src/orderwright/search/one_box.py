"""One box: what somebody typed, looked for among orders, customers, SKUs, parcels and returns.

Each kind is looked for only where the caller may read it. An order or customer shows whose it is, since who may read
orders or customers may read that; SKUs, parcels and returns show nobody.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.queries import query
from orderwright.search.customers import CustomerFilters, CustomerSummary, find_customers, get_customer
from orderwright.search.errors import InvalidFilter
from orderwright.search.filters import OrderFilters, read_phone, read_tracking_number
from orderwright.search.list_orders import list_orders
from orderwright.search.numbers import DEFAULT_FORMAT, format_number, parse_number
from orderwright.search.views import OrderSummary

EACH_MAX = 10
_PATTERN_MIN = 3  # characters; shorter ones have no trigram
_EMAIL_MIN, _PHONE_MIN = 3, 7
_GTIN_DIGITS = range(8, 15)

Kind = Literal["order", "customer", "sku", "parcel", "return"]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was found. `title` is what it is called, `detail` what tells it from others. `status`: its state,
    where it has one. `order` is the order that a parcel or return is of."""

    kind: Kind
    id: str
    title: str
    detail: str
    status: str | None = None
    order: str | None = None


class SkuRow(NamedTuple):
    """A SKU."""

    id: UUID
    code: str
    name: str
    active: bool


class ParcelRow(NamedTuple):
    """A parcel, with its order."""

    id: UUID
    tracking_number: str
    carrier: str
    state: str
    order_id: UUID
    number: int


class ReturnRow(NamedTuple):
    """A return, with its order."""

    id: UUID
    state: str
    tracking_number: str | None
    order_id: UUID
    number: int


FIND_SKUS = query(__package__, "find_skus", SkuRow)
FIND_PARCELS = query(__package__, "find_parcels", ParcelRow)
FIND_RETURNS = query(__package__, "find_returns", ReturnRow)


async def find_anything(
    tx: Transaction, ctx: Context, typed: str, limit: int = 5, *, number_format: str = DEFAULT_FORMAT
) -> list[Hit]:
    """What was typed, among all that the caller may read: at most `limit` of each kind, the likeliest kind first.

    Permission: `orders.read`, `customers.read`, `catalog.read`, `fulfillment.read` and `returns.read`, each for its
    kind. No locks. A dozen statements at most.
    """
    text = " ".join(typed.split())
    if not text:
        return []
    orders = await _orders(tx, ctx, text, limit, number_format) if ctx.may("orders.read") else []
    customers = await _customers(tx, ctx, text, limit) if ctx.may("customers.read") else []
    skus = await _skus(tx, text, limit) if ctx.may("catalog.read") else []
    parcels = await _parcels(tx, ctx, text, limit, number_format) if ctx.may("fulfillment.read") else []
    returns = await _returns(tx, ctx, text, limit, number_format) if ctx.may("returns.read") else []
    exact_sku = [hit for hit in skus if hit.title.casefold() == text.casefold()]
    others = [hit for hit in skus if hit not in exact_sku]
    return [*parcels, *exact_sku, *orders, *customers, *others, *returns]


async def _orders(tx: Transaction, ctx: Context, text: str, limit: int, number_format: str) -> list[Hit]:
    page = await list_orders(tx, OrderFilters(q=text), None, limit, number_format=number_format, ctx=ctx)
    return [_order(order) for order in page.data]


async def _customers(tx: Transaction, ctx: Context, text: str, limit: int) -> list[Hit]:
    try:
        known = await get_customer(tx, decode_id("cus", text), ctx)
    except InvalidId:
        filters = _customer_filters(text)
        if filters is None:
            return []
        try:
            found = await find_customers(tx, filters, ctx, limit=limit)
        except InvalidFilter:  # there is no word in it
            return []
        return [_customer(customer) for customer in found.customers]
    if known is None:
        return []
    contact = next(iter(known.contacts), None)
    if contact is None:
        return [Hit(kind="customer", id=known.id, title=known.id, detail="")]
    title = contact.name or contact.company or contact.email or known.id
    return [Hit(kind="customer", id=known.id, title=title, detail=contact.email or "")]


def _customer_filters(text: str) -> CustomerFilters | None:
    """How to look for a customer: by what was typed, if it can be an e-mail address, a telephone number or a name."""
    if "@" in text:
        return CustomerFilters(email=text) if len(text) >= _EMAIL_MIN else None
    phone = read_phone(text)
    if phone is not None and len(phone.digits) >= _PHONE_MIN and not any(map(str.isalpha, text)):
        return CustomerFilters(phone=text)
    return CustomerFilters(name=text) if any(map(str.isalpha, text)) and "_" not in text else None


async def _skus(tx: Transaction, text: str, limit: int) -> list[Hit]:
    gtin = text if text.isascii() and text.isdigit() and len(text) in _GTIN_DIGITS else None
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    # Of punctuation alone there are no trigrams: every SKU would be looked at.
    pattern = f"%{escaped}%" if len(text) >= _PATTERN_MIN and any(map(str.isalnum, text)) else None
    rows = await FIND_SKUS.fetch(tx, text, gtin, pattern, limit)
    return [
        Hit(
            kind="sku", id=encode_id("sku", row.id), title=row.code, detail=row.name,
            status="active" if row.active else "inactive",
        )
        for row in rows
    ]  # fmt: skip


async def _parcels(tx: Transaction, ctx: Context, text: str, limit: int, number_format: str) -> list[Hit]:
    if not any(map(str.isdigit, text)):  # as `guess` has it, a tracking number has a digit
        return []
    rows = await FIND_PARCELS.fetch(tx, read_tracking_number(text), *_limits(ctx), limit)
    return [
        Hit(
            kind="parcel", id=encode_id("pcl", row.id), title=row.tracking_number,
            detail=f"{row.carrier} · {format_number(row.number, number_format)}", status=row.state,
            order=encode_id("ord", row.order_id),
        )
        for row in rows
    ]  # fmt: skip


async def _returns(tx: Transaction, ctx: Context, text: str, limit: int, number_format: str) -> list[Hit]:
    try:
        return_id: UUID | None = decode_id("ret", text)
    except InvalidId:
        return_id = None
    if return_id is None and not any(map(str.isdigit, text)):
        return []
    number = parse_number(text, number_format)
    rows = await FIND_RETURNS.fetch(tx, return_id, read_tracking_number(text), number, *_limits(ctx), limit)
    return [
        Hit(
            kind="return", id=encode_id("ret", row.id), title=format_number(row.number, number_format),
            detail=row.tracking_number or "", status=row.state, order=encode_id("ord", row.order_id),
        )
        for row in rows
    ]  # fmt: skip


def _limits(ctx: Context) -> tuple[list[UUID] | None, list[UUID] | None]:
    return (
        None if ctx.channels is None else list(ctx.channels),
        None if ctx.locations is None else list(ctx.locations),
    )


def _order(order: OrderSummary) -> Hit:
    who = [order.customer, order.city, order.channel, order.external_id]
    return Hit(
        kind="order",
        id=order.id,
        title=order.number_text,
        detail=" · ".join(part for part in who if part),
        status=order.status,
    )


def _customer(customer: CustomerSummary) -> Hit:
    title = customer.name or customer.company or customer.email or customer.phone or customer.id
    where = [customer.company if customer.name else None, customer.email, customer.city, customer.country]
    detail = " · ".join(part for part in where if part and part != title)
    return Hit(kind="customer", id=customer.id, title=title, detail=detail)

"""Customers: who they are, how to find them, what they bought, and their erasure."""

from __future__ import annotations

import uuid
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import operation
from orderwright.api.orders import OrderPage, number_format_of
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.erase_customers import EraseCustomer, EraseGuest, erase_customers, erase_guests
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.db import Transaction
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import NO_NUL, ShortText
from orderwright.platform.ids import UUID
from orderwright.search import (
    NEWEST,
    CustomerData,
    CustomerFilters,
    CustomerSummary,
    CustomerTotals,
    CustomerView,
    customer_data,
    find_customers,
    get_customer,
    list_customer_orders,
    list_customers,
    total_customer,
)

_decode_key = msgspec.json.Decoder(tuple[uuid.UUID]).decode
_UNKNOWN = "There is no customer of this id. Check it, and what the key is limited to."


class CustomerPage(msgspec.Struct, frozen=True):
    """Whose newest order is newest first. `next`, unless null, is the `after` of the page that follows, even where a
    page is not full."""

    data: list[CustomerSummary]
    next: str | None


class SearchCustomers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to look for: by exactly one of `email`, `phone` (in any form) and `name` (words of a person's or company's
    name in any order, the last may be unfinished)."""

    email: Annotated[str, Meta(min_length=3, max_length=320, pattern=NO_NUL)] | None = None
    phone: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)] | None = None
    name: ShortText | None = None
    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ListCustomers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ListCustomerOrders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation(
    "GET", "/v1/customers/{customer_id}", tag="Customers", scope="customers.read", answer=CustomerView, refusals=(404,)
)
async def read_customer(call: Call) -> Answer:
    """Read a customer with what is known of them.

    People and addresses of the newest hundred orders, each said once. A key that is limited to channels or locations
    sees what stands in orders of those.
    """
    customer_id = call.id("customer_id")
    found = await call.read(lambda tx: get_customer(tx, customer_id, call.ctx))
    if found is None:
        raise NotFound(_UNKNOWN)
    return json_answer(found)


@operation(
    "GET",
    "/v1/customers/{customer_id}/orders",
    tag="Customers",
    scope="customers.read",
    answer=OrderPage,
    refusals=(404,),
)
async def list_orders_of_customer(call: Call, query: ListCustomerOrders) -> Answer:
    """List a customer's orders, newest first.

    Needs `orders.read` too.
    """
    call.ctx.require("orders.read")
    customer_id, below, number_format = call.id("customer_id"), _below(query.after), await number_format_of(call)
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        data, more = await list_customer_orders(
            tx, customer_id, call.ctx, below=below, limit=query.limit, number_format=number_format
        )
        if not data and await get_customer(tx, customer_id, call.ctx) is None:
            raise NotFound(_UNKNOWN)
    return json_answer(OrderPage(data, None if more is None else encode_cursor((more,))))


@operation("GET", "/v1/customers", tag="Customers", scope="customers.read", answer=CustomerPage)
async def list_buyers(call: Call, query: ListCustomers) -> Answer:
    """List customers who bought lately, the newest order first.

    A customer with many orders may come again on a later page. Guests have no customer.
    """
    below = _below(query.after)
    found = await call.read(lambda tx: list_customers(tx, call.ctx, below=below, limit=query.limit))
    more = None if found.stopped_at is None else encode_cursor((found.stopped_at,))
    return json_answer(CustomerPage(found.customers, more))


@operation(
    "GET", "/v1/customers/{customer_id}/totals", tag="Customers", scope="customers.read", answer=CustomerTotals,
    refusals=(404,),
)  # fmt: skip
async def read_customer_totals(call: Call) -> Answer:
    """Read what a customer bought, cancelled and sent back, by currency.

    Of the newest thousand orders that the key may see. Needs `orders.read` too.
    """
    call.ctx.require("orders.read")
    customer_id = call.id("customer_id")
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        totals = await total_customer(tx, customer_id, call.ctx)
        if not totals.bought and await get_customer(tx, customer_id, call.ctx) is None:
            raise NotFound(_UNKNOWN)
    return json_answer(totals)


@operation(
    "GET", "/v1/customers/{customer_id}/data", tag="Customers", scope="customers.read", answer=CustomerData,
    refusals=(404,),
)  # fmt: skip
async def read_customer_data(call: Call) -> Answer:
    """Read all that is kept of a customer, to be handed to them.

    People and addresses, orders whole, and what staff wrote about them. Needs `orders.read` too. It leaves an entry in
    the audit trail.
    """
    call.ctx.require("orders.read")
    customer_id, number_format = call.id("customer_id"), await number_format_of(call)
    found = await call.read(lambda tx: customer_data(tx, customer_id, call.ctx, number_format=number_format))
    if found is None:
        raise NotFound(_UNKNOWN)
    said = {"orders": len(found.orders)}

    async def keep(tx: Transaction) -> None:
        act_id = await record_act(tx, call.ctx, "read_customer_data")
        await record_changes(tx, act_id, [changed("customer_data", customer_id, None, said)])

    await call.write(keep)  # before anything of it is sent
    return json_answer(found)


@operation(
    "POST",
    "/v1/customers/search",
    tag="Customers",
    scope="customers.read",
    answer=CustomerPage,
    example={"email": "ada@example.com"},
)
async def search_customers(call: Call, body: SearchCustomers) -> Answer:
    """Search customers by e-mail address, telephone number or name.

    By what stands in their orders, so a customer with many may come again on a later page. Guests have no customer:
    find their orders by `POST /v1/orders/search`. It changes nothing and needs no Idempotency-Key.
    """
    filters = CustomerFilters(email=body.email, phone=body.phone, name=body.name)
    below = _below(body.after)
    found = await call.read(lambda tx: find_customers(tx, filters, call.ctx, below=below, limit=body.limit))
    more = None if found.stopped_at is None else encode_cursor((found.stopped_at,))
    return json_answer(CustomerPage(found.customers, more))


def _below(after: str | None) -> UUID:
    return NEWEST if after is None else UUID(str(decode_cursor(after, _decode_key)[0]))


CUSTOMERS = [
    list_buyers,
    read_customer,
    read_customer_totals,
    read_customer_data,
    list_orders_of_customer,
    search_customers,
    *operations_of(
        VerbRoute(
            id="erase_customer",
            verb=erase_customers,
            command=EraseCustomer,
            one="/v1/customers/{customer_id}/erase",
            many="/v1/customers/erase",
            tag="Customers",
            scope="customers.erase",
            prefix="cus",
            does="Erase a customer's personal data",
            does_many="Erase the personal data of up to 1,000 customers",
            more="Names, addresses, e-mail and telephone, in every order too, and refused orders of theirs. Orders,"
            " stock and money stay. It cannot be undone.",
            subject="customer_id",
            example={},
        )
    ),
    *operations_of(
        VerbRoute(
            id="erase_guest",
            verb=erase_guests,
            command=EraseGuest,
            one="/v1/orders/{order_id}/erase",
            many="/v1/orders/erase",
            tag="Customers",
            scope="customers.erase",
            prefix="ord",
            does="Erase the personal data of a guest's order",
            does_many="Erase the personal data of up to 1,000 guests' orders",
            more="Of an order without a customer (`customer` is null). It cannot be undone.",
            subject="order_id",
            example={},
        )
    ),
]

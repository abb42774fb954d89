"""Reading orders: one in full, lists, searches, timelines."""

from __future__ import annotations

import time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright import search
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import operation
from orderwright.api.shapes import fields_of
from orderwright.insights import merchant
from orderwright.platform.errors import NotFound
from orderwright.search import (
    DEFAULT_FORMAT,
    OrderFilters,
    OrderSummary,
    OrderView,
    TimelineEntry,
    get_order,
    timeline,
)

PERSONAL = frozenset({"q", "email", "phone", "name"})  # what may hold personal data
FORMAT_GOOD_FOR_S = 60.0

_paging: list[Any] = [
    ("after", Annotated[str, Meta(max_length=100)] | None, None),
    ("limit", Annotated[int, Meta(ge=1, le=200)], 50),
]


def _shape(name: str, doc: str, fields: list[Any]) -> Any:
    return msgspec.defstruct(
        name, [*fields, *_paging], frozen=True, kw_only=True, forbid_unknown_fields=True, namespace={"__doc__": doc}
    )


ListOrders: Any = _shape("ListOrders", "Filters without personal data.", fields_of(OrderFilters, PERSONAL))
SearchOrders: Any = _shape("SearchOrders", OrderFilters.__doc__ or "", fields_of(OrderFilters))


class OrderPage(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows, even where a page is not full."""

    data: list[OrderSummary]
    next: str | None


class Timeline(msgspec.Struct, frozen=True):
    """In order. `next`, unless null, is the `after` of the page that follows."""

    data: list[TimelineEntry]
    next: str | None


class ReadTimeline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before, or the `seq` of the last event seen."""

    after: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@operation("GET", "/v1/orders/{order_id}", tag="Orders", scope="orders.read", answer=OrderView, refusals=(404,))
async def read_order(call: Call) -> Answer:
    """Read an order with all that belongs to it."""
    order_id, number_format = call.id("order_id"), await number_format_of(call)
    found = await call.look(lambda tx: get_order(tx, order_id, number_format=number_format, ctx=call.ctx))
    if found is None:
        raise NotFound("There is no order of this id. Check it, and what the key is limited to.")
    return json_answer(found)


@operation("GET", "/v1/orders", tag="Orders", scope="orders.read", answer=OrderPage, query=ListOrders, refuses=PERSONAL)
async def list_all_orders(call: Call, query: Any) -> Answer:
    """List orders, newest first.

    All filters must be true of an order; `status`, `channel` and `location` may be given several times. What may hold
    personal data (`q`, `email`, `phone`, `name`) does not belong in an address: use the search for those.
    """
    return await _list(call, query)


@operation(
    "POST",
    "/v1/orders/search",
    tag="Orders",
    scope="orders.read",
    answer=OrderPage,
    body=SearchOrders,
    example={"name": "lovelace", "status": ["placed", "allocated"], "limit": 20},
)
async def search_orders(call: Call, body: Any) -> Answer:
    """Search orders by anything that is known of them.

    `q` guesses what was typed: a number, an id, an e-mail address, a telephone or tracking number, a SKU or a name.
    It changes nothing and needs no Idempotency-Key.
    """
    return await _list(call, body)


@operation("GET", "/v1/orders/{order_id}/timeline", tag="Orders", scope="orders.read", answer=Timeline, refusals=(404,))
async def read_timeline(call: Call, query: ReadTimeline) -> Answer:
    """Read what happened to an order, who did it, for whom and why."""
    order_id = call.id("order_id")
    async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
        entries = await timeline(tx, order_id, query.after, query.limit)
        if (call.ctx.limited or not entries) and await get_order(tx, order_id, ctx=call.ctx) is None:
            raise NotFound("There is no order of this id. Check it, and what the key is limited to.")
    full = len(entries) == query.limit
    return json_answer(Timeline(entries, str(entries[-1].seq) if full else None))


async def _list(call: Call, asked: Any) -> Answer:
    given = msgspec.structs.asdict(asked)
    after, limit, number_format = given.pop("after"), given.pop("limit"), await number_format_of(call)
    filters = OrderFilters(**given)
    page = await call.look(
        lambda tx: search.list_orders(tx, filters, after, limit, number_format=number_format, ctx=call.ctx)
    )
    return json_answer(OrderPage(page.data, page.next))


async def number_format_of(call: Call) -> str:
    """The merchant's format of order numbers, looked up once a minute."""
    known: dict[str, tuple[float, str]] = call.state.number_formats
    entry = known.get(call.ctx.merchant)
    now_s = time.monotonic()
    if entry is None or now_s - entry[0] > FORMAT_GOOD_FOR_S:
        found = await merchant(call.database, call.ctx.merchant)
        entry = now_s, found.order_number_format if found is not None else DEFAULT_FORMAT
        known[call.ctx.merchant] = entry
    return entry[1]


ORDERS = [list_all_orders, search_orders, read_order, read_timeline]

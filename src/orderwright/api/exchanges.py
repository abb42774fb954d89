"""Exchanges as they are read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call, parse_id
from orderwright.api.cursors import FIRST_ID, id_after, page_by_id
from orderwright.api.operations import operation
from orderwright.api.shapes import OrderIdText
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import query as sql_query

State = Literal["open", "settled", "cancelled", "lapsed"]


class ExchangeFacts(NamedTuple):
    """An exchange with its orders and its money."""

    id: UUID
    order_id: UUID
    order_number: int
    return_id: UUID
    new_order_id: UUID
    new_order_number: int
    mode: str
    state: str
    currency: str
    brings_minor: int
    brought_minor: int
    given_back_minor: int
    return_by: datetime
    requested_at: datetime
    entered_at: datetime
    version: int


EXCHANGES_PAGE = sql_query(__package__, "exchanges_page", ExchangeFacts)


class ExchangeView(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of an order that come back (`return_id`) for others (`new_order_id`). `brings` is what the return is to pay
    of the new order, `brought` what it has, `given_back` what the new order did not need after all. What has not come
    by `return_by` is not waited for any more."""

    id: str
    order_id: str
    order_number: int
    return_id: str
    new_order_id: str
    new_order_number: int
    mode: Literal["on_return", "advance"]
    state: State
    brings: Money
    brought: Money
    given_back: Money
    return_by: datetime
    requested_at: datetime
    entered_at: datetime
    version: int


class ExchangePage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[ExchangeView]
    next: str | None


class ListExchanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: an order's id, the earlier or the new one. `state`: one or several. `after`: the `next` of the page
    before."""

    order: OrderIdText | None = None
    state: Annotated[list[State], Meta(max_length=4)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/exchanges", tag="Exchanges", scope="returns.read", answer=ExchangePage)
async def list_exchanges(call: Call, query: ListExchanges) -> Answer:
    """List exchanges.

    Oldest first; of one order or all, in some states or all. A key that is limited to channels or locations sees those
    of its channels whose goods come back to its locations.
    """
    order_id = None if query.order is None else parse_id("ord", query.order, "order")
    after = id_after(query.after)
    rows = await _read(call, None, order_id, query.state, after, query.limit + 1)
    shown, more = page_by_id(rows, query.limit)
    return json_answer(ExchangePage([_view(row) for row in shown], more))


@operation(
    "GET", "/v1/exchanges/{exchange_id}", tag="Exchanges", scope="returns.read", answer=ExchangeView, refusals=(404,)
)
async def read_exchange(call: Call) -> Answer:
    """Read an exchange: what comes back, what is given for it, and who pays."""
    rows = await _read(call, call.id("exchange_id"), None, [], FIRST_ID, 1)
    if not rows:
        raise NotFound("There is no exchange of this id. Check it, and what the key is limited to.")
    return json_answer(_view(rows[0]))


async def _read(
    call: Call, exchange_id: UUID | None, order_id: UUID | None, states: list[State], after: uuid.UUID, limit: int
) -> list[ExchangeFacts]:
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    locations = None if call.ctx.locations is None else list(call.ctx.locations)
    return await call.read(
        lambda tx: EXCHANGES_PAGE.fetch(tx, exchange_id, order_id, states or None, channels, locations, after, limit)
    )


def _view(row: ExchangeFacts) -> ExchangeView:
    facts = row._asdict()
    for name in ("currency", "brings_minor", "brought_minor", "given_back_minor"):
        del facts[name]
    facts |= {
        "id": encode_id("exc", row.id),
        "order_id": encode_id("ord", row.order_id),
        "return_id": encode_id("ret", row.return_id),
        "new_order_id": encode_id("ord", row.new_order_id),
    }
    return ExchangeView(
        **facts, brings=Money(row.brings_minor, row.currency), brought=Money(row.brought_minor, row.currency),
        given_back=Money(row.given_back_minor, row.currency),
    )  # fmt: skip


EXCHANGES = [list_exchanges, read_exchange]

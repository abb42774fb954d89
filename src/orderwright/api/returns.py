"""Returns as they are read: what comes back, what nobody expected, and on what terms."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

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
from orderwright.returns import ReturnTerms

State = Literal["requested", "in_transit", "received", "inspected", "closed", "cancelled"]
UnexpectedStateName = Literal["parked", "matched", "disposed"]


class ReturnFacts(NamedTuple):
    """A return with its lines, goods and inspections as JSON."""

    id: UUID
    order_id: UUID
    order_number: int
    currency: str
    location: str
    state: str
    method: str
    tracking_number: str | None
    carrier: str | None
    label: str | None
    policy_version: int
    refund_on: str
    refund_to: str
    label_fee_minor: int
    scanned_at: datetime | None
    requested_at: datetime
    entered_at: datetime
    version: int
    lines: str
    goods: str
    inspections: str


class UnexpectedFacts(NamedTuple):
    """A parcel that no return expected, with its items as JSON."""

    id: UUID
    location: str
    state: str
    return_id: UUID | None
    matched_id: UUID | None
    tracking_number: str | None
    reference: str | None
    entered_at: datetime
    items: str


class PolicyFacts(NamedTuple):
    """The terms of a channel, as JSON."""

    channel: str
    version: int
    created_at: datetime
    terms: str


RETURNS_PAGE = sql_query(__package__, "returns_page", ReturnFacts)
UNEXPECTED_PAGE = sql_query(__package__, "unexpected_page", UnexpectedFacts)
RETURN_POLICIES = sql_query(__package__, "return_policies", PolicyFacts)


class _StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    quantity: int
    reason: str
    condition: str | None
    credited: int
    refused: int
    claimed: int
    lines_minor: int
    discounts_minor: int
    tax_minor: int
    shipping_minor: int
    fees_minor: int


class ReturnLineView(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a line: `quantity` were announced (0: none), `credited` brought their money back, of `refused` ones the
    charge stands, that of `claimed` ones a claim had given back before. The amounts are what was given back; `fee` was
    kept."""

    line: int
    quantity: int
    reason: str
    condition: str | None
    credited: int
    refused: int
    claimed: int
    goods: Money
    discounts: Money
    tax: Money
    shipping: Money
    fee: Money


class ReturnedGoods(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a component that came to a location. `sent_back`: of those inspected, to the customer again."""

    line: int
    component: int
    sku: str
    location: str
    received: int
    inspected: int
    sent_back: int


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody found, and what became of the goods."""

    line: int
    component: int
    quantity: int
    grade: str
    disposition: str
    accepted: bool
    at: datetime


class UnexpectedItem(msgspec.Struct, frozen=True, kw_only=True):
    """Units in a parcel. Those of a SKU that was `known` lie in quarantine."""

    sku: str
    known: bool
    quantity: int


class ReturnView(msgspec.Struct, frozen=True, kw_only=True):
    """Goods of one order that come back to a location. `label` is the carrier's, where we bought one; `goods` is what
    came, `inspections` what was found."""

    id: str
    order_id: str
    order_number: int
    location: str
    state: State
    method: str
    tracking_number: str | None
    carrier: str | None
    label: dict[str, Any] | None
    policy_version: int
    refund_on: str
    refund_to: str
    label_fee: Money
    scanned_at: datetime | None
    requested_at: datetime
    entered_at: datetime
    version: int
    lines: list[ReturnLineView]
    goods: list[ReturnedGoods]
    inspections: list[Inspection]


class ReturnPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[ReturnView]
    next: str | None


class ListReturns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: an order's id. `state`: one or several. `after`: the `next` of the page before."""

    order: OrderIdText | None = None
    state: Annotated[list[State], Meta(max_length=6)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class UnexpectedView(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel that no return expected. `return_id`: in whose parcel it was; `matched_id`: what it became."""

    id: str
    location: str
    state: UnexpectedStateName
    return_id: str | None
    matched_id: str | None
    tracking_number: str | None
    reference: str | None
    entered_at: datetime
    items: list[UnexpectedItem]


class UnexpectedPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[UnexpectedView]
    next: str | None


class ListUnexpected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state`: one or several, `parked` by default. `after`: the `next` of the page before."""

    state: Annotated[list[UnexpectedStateName], Meta(max_length=3)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PolicyView(msgspec.Struct, frozen=True):
    """The terms of a channel."""

    channel: str
    version: int
    since: datetime
    terms: ReturnTerms


class Policies(msgspec.Struct, frozen=True):
    """Channels that are not named take goods back on the built-in terms."""

    data: list[PolicyView]
    built_in: ReturnTerms


_decode_lines = msgspec.json.Decoder(list[_StoredLine]).decode
_decode_goods = msgspec.json.Decoder(list[ReturnedGoods]).decode
_decode_inspections = msgspec.json.Decoder(list[Inspection]).decode
_decode_items = msgspec.json.Decoder(list[UnexpectedItem]).decode
_decode_terms = msgspec.json.Decoder(ReturnTerms).decode


@operation("GET", "/v1/returns", tag="Returns", scope="returns.read", answer=ReturnPage)
async def list_returns(call: Call, query: ListReturns) -> Answer:
    """List returns.

    Oldest first; of one order or all, in some states or all. A key that is limited to channels or locations sees those
    of its channels that go to its locations.
    """
    order_id = None if query.order is None else parse_id("ord", query.order, "order")
    after = id_after(query.after)
    rows = await _read(call, None, order_id, query.state, after, query.limit + 1)
    shown, more = page_by_id(rows, query.limit)
    return json_answer(ReturnPage([_view(row) for row in shown], more))


@operation("GET", "/v1/returns/{return_id}", tag="Returns", scope="returns.read", answer=ReturnView, refusals=(404,))
async def read_return(call: Call) -> Answer:
    """Read a return with its lines, what came of them, and what was found."""
    rows = await _read(call, call.id("return_id"), None, [], FIRST_ID, 1)
    if not rows:
        raise NotFound("There is no return of this id. Check it, and what the key is limited to.")
    return json_answer(_view(rows[0]))


async def _read(
    call: Call, return_id: UUID | None, order_id: UUID | None, states: list[State], after: uuid.UUID, limit: int
) -> list[ReturnFacts]:
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    locations = None if call.ctx.locations is None else list(call.ctx.locations)
    return await call.read(
        lambda tx: RETURNS_PAGE.fetch(tx, return_id, order_id, states or None, channels, locations, after, limit)
    )


def _view(row: ReturnFacts) -> ReturnView:
    def money(amount: int) -> Money:
        return Money(amount, row.currency)

    facts = row._asdict()
    for name in ("currency", "label_fee_minor", "lines", "goods", "inspections"):
        del facts[name]
    facts |= {"id": encode_id("ret", row.id), "order_id": encode_id("ord", row.order_id)}
    facts["label"] = None if row.label is None else msgspec.json.decode(row.label)
    lines = [
        ReturnLineView(
            line=n.line, quantity=n.quantity, reason=n.reason, condition=n.condition, credited=n.credited,
            refused=n.refused, claimed=n.claimed, goods=money(n.lines_minor), discounts=money(n.discounts_minor),
            tax=money(n.tax_minor), shipping=money(n.shipping_minor), fee=money(n.fees_minor),
        )
        for n in _decode_lines(row.lines)
    ]  # fmt: skip
    return ReturnView(
        **facts, label_fee=money(row.label_fee_minor), lines=lines, goods=_decode_goods(row.goods),
        inspections=_decode_inspections(row.inspections),
    )  # fmt: skip


@operation("GET", "/v1/returns/unexpected", tag="Returns", scope="returns.read", answer=UnexpectedPage)
async def list_unexpected(call: Call, query: ListUnexpected) -> Answer:
    """List parcels that no return expected.

    Oldest first; those that are parked unless `state` says otherwise. They are of no channel: a key that is limited to
    channels may not see them.
    """
    call.ctx.require_all_channels("Parked goods are of no channel.")
    after = id_after(query.after)
    locations = None if call.ctx.locations is None else list(call.ctx.locations)
    rows = await call.read(
        lambda tx: UNEXPECTED_PAGE.fetch(tx, query.state or ["parked"], locations, after, query.limit + 1)
    )
    shown, more = page_by_id(rows, query.limit)
    return json_answer(UnexpectedPage([_view_unexpected(row) for row in shown], more))


def _view_unexpected(row: UnexpectedFacts) -> UnexpectedView:
    facts = row._asdict() | {
        "id": encode_id("urt", row.id),
        "return_id": None if row.return_id is None else encode_id("ret", row.return_id),
        "matched_id": None if row.matched_id is None else encode_id("ret", row.matched_id),
        "items": _decode_items(row.items),
    }
    return UnexpectedView(**facts)


@operation("GET", "/v1/return-policies", tag="Returns", scope="returns.read", answer=Policies)
async def list_return_policies(call: Call) -> Answer:
    """List the terms on which channels take goods back."""
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    rows = await call.read(lambda tx: RETURN_POLICIES.fetch(tx, channels))
    views = [PolicyView(row.channel, row.version, row.created_at, _decode_terms(row.terms)) for row in rows]
    return json_answer(Policies(views, ReturnTerms()))


RETURNS = [list_returns, list_unexpected, read_return, list_return_policies]

"""Claims as they are read: what went wrong, who caused it, what came of it, and what is asked of the carrier."""

from __future__ import annotations

import uuid
from datetime import date, datetime
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
from orderwright.returns import ClaimKind, Party, Resolution

State = Literal["open", "resolved", "rejected"]
CarrierStateName = Literal["none", "due", "filed", "paid", "denied"]


class ClaimFacts(NamedTuple):
    """A claim with its lines as JSON."""

    id: UUID
    order_id: UUID
    order_number: int
    currency: str
    kind: str
    state: str
    party: str
    step: str | None
    location: str | None
    parcel_id: UUID | None
    carrier: str | None
    tracking_number: str | None
    resolution: str | None
    reason: str | None
    child_order_id: UUID | None
    allowance_minor: int
    carrier_state: str
    file_by: date | None
    carrier_reference: str | None
    carrier_reason: str | None
    expected_minor: int | None
    recovered_minor: int
    opened_at: datetime
    entered_at: datetime
    version: int
    lines: str


CLAIMS_PAGE = sql_query(__package__, "claims_page", ClaimFacts)


class _StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    line: int
    quantity: int
    credited: int
    replaced: int
    lines_minor: int
    discounts_minor: int
    tax_minor: int
    shipping_minor: int


_decode_lines = msgspec.json.Decoder(list[_StoredLine]).decode


class ClaimLineView(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` units of a line: of `credited` ones the money was given back (the amounts), for `replaced` ones others
    were sent."""

    line: int
    quantity: int
    credited: int
    replaced: int
    goods: Money
    discounts: Money
    tax: Money
    shipping: Money


class CarrierClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the carrier: `expected` of it, `recovered` from it. None of that is the order's money."""

    state: CarrierStateName
    carrier: str | None
    tracking_number: str | None
    file_by: date | None
    reference: str | None
    reason: str | None
    expected: Money | None
    recovered: Money


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """Something was wrong with goods that left. `party` caused it, at `step`; `location` sent them. `child_order_id`:
    the order of the goods that were sent instead."""

    id: str
    order_id: str
    order_number: int
    kind: ClaimKind
    state: State
    party: Party
    step: str | None
    location: str | None
    parcel_id: str | None
    resolution: Resolution | None
    reason: str | None
    child_order_id: str | None
    allowance: Money
    carrier_claim: CarrierClaim
    opened_at: datetime
    entered_at: datetime
    version: int
    lines: list[ClaimLineView]


class ClaimPage(msgspec.Struct, frozen=True):
    """`next`, unless null, is the `after` of the page that follows."""

    data: list[ClaimView]
    next: str | None


class ListClaims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: an order's id. `state`, `carrier_state`, `kind`, `party`: one or several. `after`: the `next` of the
    page before."""

    order: OrderIdText | None = None
    state: Annotated[list[State], Meta(max_length=3)] = []
    carrier_state: Annotated[list[CarrierStateName], Meta(max_length=5)] = []
    kind: Annotated[list[ClaimKind], Meta(max_length=5)] = []
    party: Annotated[list[Party], Meta(max_length=7)] = []
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/claims", tag="Claims", scope="claims.read", answer=ClaimPage)
async def list_claims(call: Call, query: ListClaims) -> Answer:
    """List claims.

    Oldest first; of one order or all, of some states, kinds and parties or all. A key that is limited to channels or
    locations sees those of orders that it may see.
    """
    after = id_after(query.after)
    rows = await _read(call, None, query, after, query.limit + 1)
    shown, more = page_by_id(rows, query.limit)
    return json_answer(ClaimPage([_view(row) for row in shown], more))


@operation("GET", "/v1/claims/{claim_id}", tag="Claims", scope="claims.read", answer=ClaimView, refusals=(404,))
async def read_claim(call: Call) -> Answer:
    """Read a claim with its lines, what came of it, and what is asked of the carrier."""
    rows = await _read(call, call.id("claim_id"), ListClaims(), FIRST_ID, 1)
    if not rows:
        raise NotFound("There is no claim of this id. Check it, and what the key is limited to.")
    return json_answer(_view(rows[0]))


async def _read(call: Call, claim_id: UUID | None, query: ListClaims, after: uuid.UUID, limit: int) -> list[ClaimFacts]:
    channels = None if call.ctx.channels is None else list(call.ctx.channels)
    locations = None if call.ctx.locations is None else list(call.ctx.locations)
    order_id = None if query.order is None else parse_id("ord", query.order, "order")
    return await call.read(
        lambda tx: CLAIMS_PAGE.fetch(
            tx, claim_id, order_id, query.state or None, query.carrier_state or None, query.kind or None,
            query.party or None, channels, locations, after, limit,
        )
    )  # fmt: skip


def _view(row: ClaimFacts) -> ClaimView:
    def money(amount: int) -> Money:
        return Money(amount, row.currency)

    facts = {name: value for name, value in row._asdict().items() if name in ClaimView.__struct_fields__}
    facts |= {
        "id": encode_id("clm", row.id), "order_id": encode_id("ord", row.order_id),
        "parcel_id": None if row.parcel_id is None else encode_id("pcl", row.parcel_id),
        "child_order_id": None if row.child_order_id is None else encode_id("ord", row.child_order_id),
        "lines": [
            ClaimLineView(
                line=n.line, quantity=n.quantity, credited=n.credited, replaced=n.replaced, goods=money(n.lines_minor),
                discounts=money(n.discounts_minor), tax=money(n.tax_minor), shipping=money(n.shipping_minor),
            )
            for n in _decode_lines(row.lines)
        ],
    }  # fmt: skip
    asked: dict[str, Any] = {
        "state": row.carrier_state, "carrier": row.carrier, "tracking_number": row.tracking_number,
        "file_by": row.file_by, "reference": row.carrier_reference, "reason": row.carrier_reason,
        "expected": None if row.expected_minor is None else money(row.expected_minor),
        "recovered": money(row.recovered_minor),
    }  # fmt: skip
    return ClaimView(**facts, allowance=money(row.allowance_minor), carrier_claim=CarrierClaim(**asked))


CLAIMS = [list_claims, read_claim]

"""The inbox of refused orders: what came and was not taken, to be looked at, mended and sent again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

from orderwright import orders
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import operation
from orderwright.api.placing import CHUNK, ORDER_EXAMPLE
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.send_refused import send_refused
from orderwright.orders import SendRefused
from orderwright.platform.context import Context
from orderwright.platform.errors import NotFound
from orderwright.platform.fields import Code
from orderwright.platform.ids import UUID, encode_id
from orderwright.search import NEWEST

_decode_key = msgspec.json.Decoder(tuple[uuid.UUID]).decode


class RefusedSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A refused order without what stands in it. `code` and `message` say why, as the sender was told.

    `order`: the one with its channel and `external_id` that was taken before or since.
    """

    id: str
    channel: str | None
    external_id: str | None
    code: str
    message: str
    received_at: datetime
    order: str | None


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """A refused order. `body` is what was sent, with the people in it; `actor` and `request_id` say who and when."""

    id: str
    channel: str | None
    external_id: str | None
    code: str
    message: str
    received_at: datetime
    actor: str
    request_id: str
    body: Raw


class RefusedPage(msgspec.Struct, frozen=True):
    """Newest first. `next`, unless null, is the `after` of the page that follows."""

    data: list[RefusedSummary]
    next: str | None


class ListRefused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`channel`, `code`: of these; each may be given several times. `taken`: with an order of the same channel and
    `external_id`, or without. `after`: the `next` of the page before."""

    channel: Annotated[list[Code], Meta(max_length=100)] = []
    code: Annotated[list[Code], Meta(max_length=50)] = []
    taken: bool | None = None
    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/orders/refused", tag="Orders", scope="orders.read", answer=RefusedPage)
async def list_refused_orders(call: Call, query: ListRefused) -> Answer:
    """List refused orders, newest first.

    Kept for 90 days. Where the sender has mended one since, `order` names what was taken: `taken=false` leaves those
    out. Holds no personal data: read one for what was sent.
    """
    refuse_limited(call.ctx)
    below = NEWEST if query.after is None else UUID(str(decode_cursor(query.after, _decode_key)[0]))
    rows = await call.read(
        lambda tx: orders.list_refused(
            tx,
            call.ctx,
            below=below,
            limit=query.limit + 1,
            channels=query.channel or None,
            codes=query.code or None,
            taken=query.taken,
        )
    )
    shown = rows[: query.limit]
    data = [
        RefusedSummary(
            id=encode_id("rfs", row.id),
            channel=row.channel,
            external_id=row.external_id,
            code=row.code,
            message=row.message,
            received_at=row.received_at,
            order=None if row.order_id is None else encode_id("ord", row.order_id),
        )
        for row in shown
    ]
    return json_answer(RefusedPage(data, encode_cursor((shown[-1].id,)) if len(rows) > query.limit else None))


@operation(
    "GET", "/v1/orders/refused/{refused_id}", tag="Orders", scope="orders.read", answer=RefusedView, refusals=(404,)
)
async def read_refused_order(call: Call) -> Answer:
    """Read a refused order with what was sent."""
    refuse_limited(call.ctx)
    refused_id = call.id("refused_id")
    row = await call.read(lambda tx: orders.read_refused(tx, call.ctx, refused_id))
    if row is None:
        raise NotFound("There is no refused order of this id: it was taken, erased or is too old, or the key may not.")
    return json_answer(
        RefusedView(
            id=encode_id("rfs", row.id),
            channel=row.channel,
            external_id=row.external_id,
            code=row.code,
            message=row.message,
            received_at=row.received_at,
            actor=row.actor,
            request_id=row.request_id,
            body=Raw((row.body or "null").encode()),
        )
    )


def refuse_limited(ctx: Context) -> None:
    """Nobody knows yet where a refused order would ship from: a key that is limited to locations may not read it."""
    ctx.require_all_locations("Refused orders are of no location.")


REFUSED = [
    list_refused_orders,
    read_refused_order,
    *operations_of(
        VerbRoute(
            id="send_refused_order",
            verb=send_refused,
            command=SendRefused,
            one="/v1/orders/refused/{refused_id}/send",
            many="/v1/orders/refused/send",
            tag="Orders",
            scope="orders.place",
            prefix="ord",
            does="Send a refused order again",
            does_many="Send up to 1,000 refused orders again",
            more="As it was, after what it lacked is there; or mended, as `order`. One that is taken leaves the list;"
            " one that is refused again stands there as it was sent last.",
            subject="refused_id",
            chunk=CHUNK,
            example={"order": ORDER_EXAMPLE},
        )
    ),
]

"""Open holds of all orders: what somebody goes through, one after the other."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.platform.context import Context
from orderwright.platform.fields import Slug
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.queries import query as sql_query

COUNTED_MAX = 10_000
_FIRST = UUID(bytes(16))
_decode_after = msgspec.json.Decoder(tuple[uuid.UUID, str]).decode


class OpenHoldFacts(NamedTuple):
    """An open hold, and what may be known of its order without its people."""

    id: UUID
    order_id: UUID
    number: int
    status: str
    channel: str
    type: str
    blocks: list[str]
    since: datetime
    actor: str
    reason: str | None


class HoldCountRow(NamedTuple):
    """Open holds of a type."""

    type: str
    holds: int


OPEN_HOLDS_PAGE = sql_query(__package__, "open_holds_page", OpenHoldFacts)
COUNT_OPEN_HOLDS = sql_query(__package__, "count_open_holds", HoldCountRow)


class OpenHoldView(msgspec.Struct, frozen=True, kw_only=True):
    """An open hold: the steps that it `blocks`, `since` when, by whom (`actor`). The order has the rest of it. `cursor`
    is the `after` of a page that begins behind this one."""

    id: str
    order_id: str
    number_text: str
    status: str
    channel: str
    type: str
    blocks: list[str]
    since: datetime
    actor: str
    reason: str | None
    cursor: str


class OpenHoldPage(msgspec.Struct, frozen=True):
    """Those of the oldest orders first. `next`, unless null, is the `after` of the page that follows."""

    data: list[OpenHoldView]
    next: str | None


class HoldCount(msgspec.Struct, frozen=True):
    """How many open holds there are of a type."""

    type: str
    holds: int


class HoldCounts(msgspec.Struct, frozen=True, kw_only=True):
    """By type. `at_least`: there are more than were looked at. `next` is null."""

    data: list[HoldCount]
    at_least: bool
    next: None = None


class ListOpenHolds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`type`: one or several. `after`: the `next` of the page before."""

    type: Annotated[list[Slug], Meta(max_length=50)] = []
    after: Annotated[str, Meta(max_length=400)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@operation("GET", "/v1/holds", tag="Orders", scope="orders.read", answer=OpenHoldPage)
async def list_open_holds(call: Call, query: ListOpenHolds) -> Answer:
    """List open holds.

    What people go through one after the other: release it, mend the order, or cancel.
    """
    order_id, type_ = decode_cursor(query.after, _decode_after) if query.after else (_FIRST, "")
    channels, number_format = _channels(call.ctx), await number_format_of(call)
    rows = await call.look(
        lambda tx: OPEN_HOLDS_PAGE.fetch(tx, order_id, type_, query.type or None, channels, query.limit + 1)
    )
    shown = rows[: query.limit]
    more = encode_cursor((shown[-1].order_id, shown[-1].type)) if len(rows) > query.limit else None
    return json_answer(OpenHoldPage([_view(row, number_format) for row in shown], more))


@operation("GET", "/v1/holds/counts", tag="Orders", scope="orders.read", answer=HoldCounts)
async def count_holds(call: Call) -> Answer:
    """Count open holds by type.

    Of the 10,000 of the oldest orders.
    """
    channels = _channels(call.ctx)
    rows = await call.look(lambda tx: COUNT_OPEN_HOLDS.fetch(tx, channels, COUNTED_MAX))
    data = sorted((HoldCount(row.type, row.holds) for row in rows), key=lambda one: (-one.holds, one.type))
    return json_answer(HoldCounts(data=data, at_least=sum(row.holds for row in rows) >= COUNTED_MAX))


def _channels(ctx: Context) -> list[UUID] | None:
    """The channels whose orders are seen. Who is limited to locations sees none: many held orders have no place yet."""
    ctx.require_all_locations("A held order may be of no location yet.")
    return None if ctx.channels is None else list(ctx.channels)


def _view(row: OpenHoldFacts, number_format: str) -> OpenHoldView:
    return OpenHoldView(
        id=encode_id("hld", row.id), order_id=encode_id("ord", row.order_id),
        number_text=number_format.replace("{number}", str(row.number)), status=row.status, channel=row.channel,
        type=row.type, blocks=row.blocks, since=row.since, actor=row.actor, reason=row.reason,
        cursor=encode_cursor((row.order_id, row.type)),
    )  # fmt: skip


HOLDS: list[Operation] = [list_open_holds, count_holds]

"""Read orders whole: for a care agent's screen, for the API, for whoever must see everything of an order at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.queries import query
from orderwright.search.assemble import assemble
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.stored import READ_ORDERS, OrderRow, fulfillments_of
from orderwright.search.views import OrderView, TimelineEntry

ORDERS_MAX = 200
EVENTS_MAX = 500


class EventRow(NamedTuple):
    """An event of an order, with the act behind it. `data` is JSON."""

    id: UUID
    seq: int
    type: str
    data: str
    verb: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    cause: str | None
    request_id: str
    happened_at: datetime
    recorded_at: datetime


TIMELINE = query(__package__, "timeline", EventRow)


async def get_order(
    tx: Transaction, order_id: UUID, *, number_format: str = DEFAULT_FORMAT, ctx: Context | None = None
) -> OrderView | None:
    """An order with all that belongs to it, or None: there is none, or the actor may not touch it. One statement."""
    found = await get_orders(tx, [order_id], number_format=number_format, ctx=ctx)
    return found[0] if found else None


async def get_orders(
    tx: Transaction, order_ids: Sequence[UUID], *, number_format: str = DEFAULT_FORMAT, ctx: Context | None = None
) -> list[OrderView]:
    """Orders in the order of the ids, without those that do not exist or that the actor may not touch.

    `ctx`, where given, limits to its channels, and to orders with a fulfillment at its locations. No locks. One
    statement for any number, 200 at most. Raises `InvalidRequest` for more.
    """
    if len(order_ids) > ORDERS_MAX:
        raise InvalidRequest(f"At most {ORDERS_MAX} orders are read at once. Ask for fewer.")
    rows = {row.id: row for row in await READ_ORDERS.fetch(tx, list(order_ids))}
    found = (rows[order_id] for order_id in dict.fromkeys(order_ids) if order_id in rows)
    return [assemble(row, number_format) for row in found if ctx is None or _may_see(ctx, row)]


async def timeline(tx: Transaction, order_id: UUID, after: int = 0, limit: int = 100) -> list[TimelineEntry]:
    """What happened to an order, in order, from behind the event of seq `after`; empty when there is no such order.

    Events of the last moments are there too, before the sequencer has numbered them. One statement. Raises
    `InvalidRequest` for a limit outside 1 to 500.
    """
    if not 1 <= limit <= EVENTS_MAX:
        raise InvalidRequest(f"A page holds 1 to {EVENTS_MAX} events. Correct `limit`.", field="limit")
    return [_entry(row) for row in await TIMELINE.fetch(tx, order_id, after, limit)]


def _may_see(ctx: Context, row: OrderRow) -> bool:
    return ctx.may_order(row.channel_id, (f.location_id for f in fulfillments_of(row.fulfillments)))


def _entry(row: EventRow) -> TimelineEntry:
    return TimelineEntry(
        id=encode_id("evt", row.id),
        seq=row.seq,
        type=row.type,
        data=msgspec.json.decode(row.data),
        verb=row.verb,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        reason=row.reason,
        cause=row.cause,
        request_id=row.request_id,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
    )

"""List and search orders: newest first, paged by id, by any combination of what is known of them.

The source that is sparsest among the newest orders leads; what it finds is checked for the rest, in growing pieces. A
call looks at 10,000 orders at most: a page of a list whose filters seldom meet may be short, or empty, and still have a
`next`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import query
from orderwright.search.cursors import decode_cursor, encode_cursor
from orderwright.search.filters import OrderFilters
from orderwright.search.numbers import DEFAULT_FORMAT, format_number
from orderwright.search.sources import NEWEST, OLDEST, FoundRow, Source, Span
from orderwright.search.understand import Search, understand
from orderwright.search.views import OrderSummary

T = TypeVar("T")
PAGE_MAX = 200
EXAMINED_MAX = 10_000
_PIECE, _PIECE_MAX = 100, 2_500  # orders that are found and checked at once: at first, and at most


class Page(NamedTuple, Generic[T]):
    """A page of a list. `next`, when not None, is the `after` of the page that follows."""

    data: list[T]
    next: str | None


class SummaryRow(NamedTuple):
    """An order as a list shows it."""

    id: UUID
    number: int
    status: str
    hold_count: int
    channel: str
    external_id: str
    customer: str | None
    city: str | None
    region: str | None
    country: str | None
    lines: int
    units: int
    total_minor: int
    currency: str
    placed_at: datetime
    promised_on: date | None


class _Found(NamedTuple):
    """Orders newest first. `stopped_at`: the last one looked at, when there may be more behind it."""

    ids: list[UUID]
    stopped_at: UUID | None


MATCH_ORDERS = query(__package__, "match_orders", FoundRow)
SUMMARISE_ORDERS = query(__package__, "summarise_orders", SummaryRow)


async def list_orders(
    tx: Transaction,
    filters: OrderFilters,
    after: str | None = None,
    limit: int = 50,
    *,
    number_format: str = DEFAULT_FORMAT,
    ctx: Context | None = None,
) -> Page[OrderSummary]:
    """A page of the orders that all filters are true of, newest first.

    `after` is the `next` of the page before. `ctx`, where given, limits to the channels and locations that the actor
    may touch. No locks. Two statements where one thing is asked for; a few more for a combination. Raises
    `InvalidFilter`, `InvalidCursor`, and `InvalidRequest` for a limit outside 1 to 200.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} orders. Correct `limit`.", field="limit")
    below = NEWEST if after is None else decode_cursor(after, filters)
    search = await understand(tx, filters, number_format, ctx)
    found = _Found([], None) if search is None else await _find(tx, search, below, limit + 1)
    shown = found.ids[:limit]
    more = shown[-1] if len(found.ids) > limit else found.stopped_at
    summaries = await _summarise(tx, shown, number_format)
    return Page(summaries, None if more is None else encode_cursor(more, filters))


async def _summarise(tx: Transaction, order_ids: Sequence[UUID], number_format: str) -> list[OrderSummary]:
    if not order_ids:
        return []
    return [_summary(row, number_format) for row in await SUMMARISE_ORDERS.fetch(tx, order_ids)]


def _summary(row: SummaryRow, number_format: str) -> OrderSummary:
    return OrderSummary(
        id=encode_id("ord", row.id),
        number=row.number,
        number_text=format_number(row.number, number_format),
        status=row.status,
        held=row.hold_count > 0,
        channel=row.channel,
        external_id=row.external_id,
        customer=row.customer,
        city=row.city,
        region=row.region,
        country=row.country,
        lines=row.lines,
        units=row.units,
        total=Money(row.total_minor, row.currency),
        placed_at=row.placed_at,
        promised_on=row.promised_on,
    )


async def _find(tx: Transaction, search: Search, below: UUID, wanted: int) -> _Found:
    """The newest orders of a search, from the orders whose ids tell when they were placed and from the others."""
    span = Span(min(below, search.span.below), search.span.floor)
    found = await _find_in(tx, search, search.sources, span, wanted)
    if search.off_time is None:
        return found
    others = await _find_in(tx, search, [search.off_time], Span(below, OLDEST), wanted)
    stops = [stop for stop in (found.stopped_at, others.stopped_at) if stop is not None]
    horizon = max(stops, default=None)
    ids = sorted({*found.ids, *others.ids}, reverse=True)
    return _Found([i for i in ids if horizon is None or i >= horizon], horizon)


async def _find_in(tx: Transaction, search: Search, sources: Sequence[Source], span: Span, wanted: int) -> _Found:
    """The newest orders of one source, or of several the sparsest, that match."""
    if search.simple and search.off_time is None:
        return _Found(await sources[0].take(tx, span, wanted), None)
    pieces = [await source.take(tx, span, _PIECE) for source in sources]
    piece, source = min(zip(pieces, sources, strict=True), key=lambda pair: _reach(pair[0]))
    size, examined = _PIECE, 0
    found: list[UUID] = []
    while True:
        found += await _match(tx, search, piece)
        examined += len(piece)
        if len(piece) < size:
            return _Found(found, None)
        if len(found) >= wanted:
            return _Found(found[:wanted], None)
        if examined >= EXAMINED_MAX:
            return _Found(found, piece[-1])
        span = Span(piece[-1], span.floor)
        size = min(size * 5, _PIECE_MAX)
        piece = await source.take(tx, span, size)


def _reach(piece: Sequence[UUID]) -> tuple[bool, UUID | int]:
    """How far back a piece reaches: the farther, the sparser its source. One that is not full holds all there is."""
    return (True, piece[-1]) if len(piece) == _PIECE else (False, len(piece))


async def _match(tx: Transaction, search: Search, order_ids: Sequence[UUID]) -> list[UUID]:
    if not order_ids:
        return []
    return [row.id for row in await MATCH_ORDERS.fetch(tx, order_ids, *msgspec.structs.astuple(search.conditions))]

"""List and search orders: newest first, paged by id, by any combination of what is known of them.

The source that is sparsest among the newest orders leads; what it finds is checked for the rest, in growing pieces. A
call looks at 10,000 orders at most: a page of a list whose filters seldom meet may be short, or empty, and still have a
`next`.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.search.alike import Otherwise
from orderwright.search.cursors import decode_cursor, encode_cursor
from orderwright.search.filters import OrderFilters
from orderwright.search.find import find_orders
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.sources import NEWEST, Indexed, Named, Source, Span
from orderwright.search.summaries import SummaryRow, find_and_show, show, summary_of
from orderwright.search.understand import understand
from orderwright.search.views import OrderSummary

T = TypeVar("T")
PAGE_MAX = 200


class Page(NamedTuple, Generic[T]):
    """A page of a list. `next`, when not None, is the `after` of the page that follows."""

    data: list[T]
    next: str | None


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
    may touch. No locks. One statement where one thing is asked for; a few more for a combination. Raises
    `InvalidFilter`, `InvalidCursor`, and `InvalidRequest` for a limit outside 1 to 200.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} orders. Correct `limit`.", field="limit")
    below = NEWEST if after is None else decode_cursor(after, filters)
    search = await understand(tx, filters, number_format, ctx)
    if search is None:
        return Page([], None)
    if search.simple:
        rows = await _list_simply(tx, search.sources[0], Span(below), limit + 1)
        more = rows[limit - 1].id if len(rows) > limit else None
    else:
        found = await find_orders(tx, search, below, limit + 1)
        more = found.ids[limit - 1] if len(found.ids) > limit else found.stopped_at
        rows = await show(tx, found.ids[:limit])
    data = [summary_of(row, number_format) for row in rows[:limit]]
    return Page(data, None if more is None else encode_cursor(more, filters))


async def _list_simply(tx: Transaction, source: Source, span: Span, limit: int) -> list[SummaryRow]:
    """The newest orders of one source that has exactly what is wanted."""
    if isinstance(source, Otherwise):
        rows = await _list_simply(tx, source.first, span, limit)
        return rows or await show(tx, await source.otherwise(tx, span, limit))
    if isinstance(source, Named):
        rows = await find_and_show(tx, source.whole, span, limit)
        instead = None if rows else await source.instead(tx, span)
        return rows if instead is None else await find_and_show(tx, instead, span, limit)
    if isinstance(source, Indexed):
        return await find_and_show(tx, source, span, limit)
    return await show(tx, await source.take(tx, span, limit))

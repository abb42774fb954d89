"""How many orders a list has, and what they come to: exact up to a cap, so that it is fast however long the list is."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import Query, SqlFile, query
from orderwright.search.filters import OrderFilters
from orderwright.search.find import find_orders
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.sources import FINDERS, NEWEST, FoundRow, Indexed, Span
from orderwright.search.understand import Search, understand

COUNTED_MAX = 10_000
EXAMINED_MAX = 10_000  # by a search of which no source has exactly what is wanted


class Count(NamedTuple):
    """How many there are. `at_least`: so many were counted, and there are, or may be, more."""

    orders: int
    at_least: bool


class TotalRow(NamedTuple):
    """What orders in one currency come to."""

    currency: str
    orders: int
    units: int
    total_minor: int


class Totals(NamedTuple):
    """What the newest orders of a list come to. `at_least`: there are, or may be, more."""

    totals: list[TotalRow]
    at_least: bool


class _CountRow(NamedTuple):
    orders: int


def _counted(finder: Query[FoundRow]) -> Query[_CountRow]:
    """A statement that counts what a finder finds."""
    head = finder.file.head
    file = SqlFile(f"{finder.file.name}_counted", head, f"SELECT count(*) AS orders\nFROM ({finder.sql}) AS f")
    return Query(file, _CountRow, finder.schema)


COUNTED = {finder.file.name: _counted(finder) for finder in FINDERS}
SUM_ORDERS = query(__package__, "sum_orders", TotalRow)


async def count_orders(
    tx: Transaction,
    filters: OrderFilters,
    up_to: int = COUNTED_MAX,
    *,
    number_format: str = DEFAULT_FORMAT,
    ctx: Context | None = None,
) -> Count:
    """How many orders all filters are true of, counted up to `up_to`.

    One statement where one thing is asked for; a few more for a combination, which looks at 10,000 orders at most and
    then answers how many it met. No locks. Raises `InvalidFilter`.
    """
    search = await understand(tx, filters, number_format, ctx)
    if search is None:
        return Count(0, at_least=False)
    source = search.sources[0]
    if search.simple and isinstance(source, Indexed):
        row = await COUNTED[source.finder.file.name].first(tx, *Span(), up_to + 1, *source.args)
        assert row is not None
        return Count(min(row.orders, up_to), row.orders > up_to)
    ids, more = await _gather(tx, search, up_to)
    return Count(len(ids), more)


async def sum_orders(
    tx: Transaction,
    filters: OrderFilters,
    up_to: int = COUNTED_MAX,
    *,
    number_format: str = DEFAULT_FORMAT,
    ctx: Context | None = None,
) -> Totals:
    """What the orders come to that all filters are true of, by currency; of the newest `up_to` where there are more.

    Statements as for `count_orders`, and one more. No locks. Raises `InvalidFilter`.
    """
    search = await understand(tx, filters, number_format, ctx)
    if search is None:
        return Totals([], at_least=False)
    ids, more = await _gather(tx, search, up_to)
    return Totals(await SUM_ORDERS.fetch(tx, ids) if ids else [], more)


async def _gather(tx: Transaction, search: Search, up_to: int) -> tuple[list[UUID], bool]:
    """The newest orders of a search, and whether there are, or may be, more."""
    if search.simple:
        ids = await search.sources[0].take(tx, Span(), up_to + 1)
        return ids[:up_to], len(ids) > up_to
    found = await find_orders(tx, search, NEWEST, up_to + 1, EXAMINED_MAX)
    return found.ids[:up_to], len(found.ids) > up_to or found.stopped_at is not None

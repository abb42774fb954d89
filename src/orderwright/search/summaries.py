"""Orders as a list shows them: of given ids, or found and shown by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import Money
from orderwright.platform.queries import Query, SqlFile, query
from orderwright.search.numbers import format_number
from orderwright.search.sources import FINDERS, FoundRow, Indexed, Span
from orderwright.search.views import OrderSummary


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


SUMMARISE_ORDERS = query(__package__, "summarise_orders", SummaryRow)


def _found_and_shown(finder: Query[FoundRow]) -> Query[SummaryRow]:
    """One statement of two: the ids that `summarise_orders` takes are what the finder finds, not an argument."""
    ids = f"(SELECT array_agg(f.id) FROM ({finder.sql}) AS f)"
    assert "(SELECT $1::uuid[])" in SUMMARISE_ORDERS.sql
    file = SqlFile(
        f"{finder.file.name}_shown",
        f"{finder.file.head}, {SUMMARISE_ORDERS.file.head.partition('-- uses:')[2]}",
        SUMMARISE_ORDERS.sql.replace("(SELECT $1::uuid[])", ids),
    )
    return Query(file, SummaryRow, finder.schema)


SHOWN = {finder.file.name: _found_and_shown(finder) for finder in FINDERS}


async def show(tx: Transaction, order_ids: Sequence[UUID]) -> list[SummaryRow]:
    """Orders, newest first. One statement, or none."""
    return await SUMMARISE_ORDERS.fetch(tx, list(order_ids)) if order_ids else []


async def find_and_show(tx: Transaction, source: Indexed, span: Span, limit: int) -> list[SummaryRow]:
    """The newest orders of a source within the span, newest first. One statement."""
    return await SHOWN[source.finder.file.name].fetch(tx, *span, limit, *source.args)


def summary_of(row: SummaryRow, number_format: str) -> OrderSummary:
    """The view of a row, taken apart at once: field by field takes half as long again."""
    (
        order_id, number, status, hold_count, channel, external_id, customer, city, region, country, lines, units,
        total_minor, currency, placed_at, promised_on,
    ) = row  # fmt: skip
    return OrderSummary(
        encode_id("ord", order_id), number, format_number(number, number_format), status, hold_count > 0, channel,
        external_id, customer, city, region, country, lines, units, Money(total_minor, currency), placed_at,
        promised_on,
    )  # fmt: skip

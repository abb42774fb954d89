"""Orders as a table: in pieces, newest first, so that a million take no more memory than a thousand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.money import exponent
from orderwright.platform.queries import query
from orderwright.search.filters import OrderFilters
from orderwright.search.numbers import format_number
from orderwright.search.sources import NEWEST
from orderwright.search.walk_orders import matching_ids

PLAIN_COLUMNS = (
    "order_id", "number", "channel", "external_id", "kind", "status", "held", "priority", "placed_at", "promised_on",
    "currency", "lines_total", "shipping", "fees", "discount", "tax", "total", "lines", "units", "customer_id",
    "ship_to_country", "ship_to_region", "tags",
)  # fmt: skip
PERSONAL_COLUMNS = (
    "buyer_name", "buyer_company", "buyer_email", "buyer_phone", "ship_to_name", "ship_to_company", "ship_to_line1",
    "ship_to_line2", "ship_to_city", "ship_to_postal_code",
)  # fmt: skip


class ExportRow(NamedTuple):
    """An order as a table exports it. Those from `buyer_name` on are personal data."""

    id: UUID
    number: int
    channel: str
    external_id: str
    kind: str
    status: str
    held: bool
    priority: int
    placed_at: datetime
    promised_on: date | None
    currency: str
    lines_minor: int
    shipping_minor: int
    fees_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    lines: int
    units: int
    customer_id: UUID | None
    ship_to_country: str | None
    ship_to_region: str | None
    tags: str | None
    buyer_name: str | None
    buyer_company: str | None
    buyer_email: str | None
    buyer_phone: str | None
    ship_to_name: str | None
    ship_to_company: str | None
    ship_to_line1: str | None
    ship_to_line2: str | None
    ship_to_city: str | None
    ship_to_postal_code: str | None


class Piece(NamedTuple):
    """Some orders of a table. `below`: where the next piece begins; None at the end."""

    rows: list[ExportRow]
    below: UUID | None


class SeenOrder(NamedTuple):
    """An order that the actor may see."""

    id: UUID


SEEN_ORDERS = query(__package__, "seen_orders", SeenOrder)
EXPORT_ORDERS = query(__package__, "export_orders", ExportRow)
_FIRST_PERSONAL = ExportRow._fields.index("buyer_name")


async def export_piece(
    tx: Transaction, filters: OrderFilters, below: UUID = NEWEST, *, number_format: str, ctx: Context
) -> Piece:
    """A thousand orders at most that all filters are true of, newest first, from below an id.

    A piece may be empty and still have more behind it. No locks. Raises `InvalidFilter`.
    """
    ids, more = await matching_ids(tx, filters, below, number_format=number_format, ctx=ctx)
    return Piece(await EXPORT_ORDERS.fetch(tx, ids) if ids else [], more)


async def export_named(tx: Transaction, order_ids: Sequence[UUID], *, ctx: Context) -> list[ExportRow]:
    """Orders that were named, newest first, less those that the actor may not see. Two statements."""
    seen = await SEEN_ORDERS.fetch(tx, sorted(set(order_ids), reverse=True), _ids(ctx.channels), _ids(ctx.locations))
    return await EXPORT_ORDERS.fetch(tx, [row.id for row in seen]) if seen else []


def _ids(some: Collection[UUID] | None) -> list[UUID] | None:
    return None if some is None else sorted(some)


def export_header(*, personal: bool) -> Sequence[str]:
    """The names of the columns."""
    return (*PLAIN_COLUMNS, *PERSONAL_COLUMNS) if personal else PLAIN_COLUMNS


def export_cells(row: ExportRow, number_format: str, *, personal: bool) -> list[object]:
    """The cells of an order. Amounts are decimals in the currency's own unit: 19.99."""
    places = -exponent(row.currency)

    def amount(minor: int) -> object:
        return f"{Decimal(minor).scaleb(places):f}"

    cells: list[object] = [
        encode_id("ord", row.id), format_number(row.number, number_format), row.channel, row.external_id, row.kind,
        row.status, "yes" if row.held else "no", row.priority, row.placed_at, row.promised_on, row.currency,
        amount(row.lines_minor), amount(row.shipping_minor), amount(row.fees_minor), amount(row.discount_minor),
        amount(row.tax_minor), amount(row.total_minor), row.lines, row.units,
        None if row.customer_id is None else encode_id("cus", row.customer_id), row.ship_to_country,
        row.ship_to_region, row.tags,
    ]  # fmt: skip
    return [*cells, *row[_FIRST_PERSONAL:]] if personal else cells

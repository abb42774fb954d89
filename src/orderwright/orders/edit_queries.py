"""What an edit reads of orders and writes to them. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from orderwright.orders.edit import EditableRow, EditLineRow
from orderwright.orders.placement import Placement
from orderwright.orders.pricing import unit_price_minor
from orderwright.orders.queries import (
    APPEND_CHARGES,
    APPEND_COMPONENTS,
    APPEND_LINES,
    APPEND_PROMISES,
    INSERT_BACKORDERS,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class ChargeRow(NamedTuple):
    """A charge of an order, with each line's share in line order."""

    order_id: UUID
    n: int
    kind: str
    code: str | None
    name: str | None
    rate: Decimal | None
    amount_minor: int
    shares_minor: list[int]


class LineAmounts(NamedTuple):
    """What a line carries after an edit, in minor units."""

    order_id: UUID
    n: int
    discount: int
    tax: int
    charge_tax: int
    shipping: int


class EditedOrder(NamedTuple):
    """An order's sums after an edit. Column order of `update_edited.sql`."""

    order_id: UUID
    lines: int
    shipping: int
    discount: int
    tax: int
    total: int
    line_count: int
    unit_count: int
    ship_to_contact_id: UUID | None


class PromisedRow(NamedTuple):
    """The date that an order is promised for, local to its destination."""

    id: UUID
    promised_on: date | None


PROMISED = query(__package__, "promised_dates", PromisedRow)
EDITABLE = query(__package__, "editable", EditableRow)
EDIT_LINES = query(__package__, "edit_lines", EditLineRow)
READ_CHARGES = query(__package__, "read_charges", ChargeRow)
DELETE_CHARGES = statement(__package__, "delete_charges")
UPDATE_LINES = statement(__package__, "update_lines")
UPDATE_EDITED = statement(__package__, "update_edited")
RAISE_REVISIONS = statement(__package__, "raise_revisions")


async def read_editable(
    tx: Transaction, order_ids: Iterable[UUID]
) -> tuple[dict[UUID, EditableRow], dict[UUID, list[EditLineRow]]]:
    """Orders to be edited, and their lines in order. Two statements."""
    ids = list(order_ids)
    lines: dict[UUID, list[EditLineRow]] = {}
    found = {row.order_id: row for row in await EDITABLE.fetch(tx, ids)}
    for row in await EDIT_LINES.fetch(tx, ids):
        lines.setdefault(row.order_id, []).append(row)
    return found, lines


async def read_charges(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, list[ChargeRow]]:
    """The charges of orders, in order. One statement."""
    found: dict[UUID, list[ChargeRow]] = {}
    for row in await READ_CHARGES.fetch(tx, list(order_ids)):
        found.setdefault(row.order_id, []).append(row)
    return found


async def promised_dates(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, date | None]:
    """The promised dates of orders. One statement."""
    return {row.id: row.promised_on for row in await PROMISED.fetch(tx, list(order_ids))}


async def raise_revisions(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """These orders are not what they were: whoever edits by what was read before is told. One statement."""
    await RAISE_REVISIONS.run(tx, list(order_ids))


async def write_charges(tx: Transaction, charges: Mapping[UUID, Sequence[ChargeRow]]) -> None:
    """Put these charges in place of those that the orders had. Two statements."""
    await DELETE_CHARGES.run(tx, list(charges))
    await APPEND_CHARGES.run(tx, [tuple(row) for rows in charges.values() for row in rows])


async def update_lines(tx: Transaction, amounts: Sequence[LineAmounts]) -> None:
    """Write what lines carry. One statement, or none."""
    if amounts:
        await UPDATE_LINES.run(tx, *columns(amounts, 6))


async def update_edited(tx: Transaction, orders: Sequence[EditedOrder]) -> None:
    """Write the sums of edited orders, and raise their revision. One statement."""
    await UPDATE_EDITED.run(tx, *columns(orders, 9))


async def write_added(
    tx: Transaction, added: Mapping[UUID, tuple[Placement, Mapping[int, LineAmounts]]], priorities: Mapping[UUID, int]
) -> None:
    """Write lines that an edit adds, with what is promised to them. Four statements at most."""
    lines = [
        (
            order_id, line.n, line.line.reference, line.sku.id if line.sku else None, line.line.sku,
            line.line.name or (line.sku.name if line.sku else None), line.line.quantity,
            unit_price_minor(line.line.unit_price), placement.draft.priced.subtotals_minor[i], mine.discount, mine.tax,
            mine.shipping, 0, line.delivery, line.location.id if line.location else None, mine.charge_tax,
        )
        for order_id, (placement, amounts) in added.items()
        for i, line in enumerate(placement.draft.lines)
        for mine in (amounts[line.n],)
    ]  # fmt: skip
    await APPEND_LINES.run(tx, lines)
    components = [
        (order_id, c.component.line_n, c.component.n, c.component.sku, q.ordered, q.pending, q.external, q.cancelled,
         q.backordered, q.promised)
        for order_id, (placement, _) in added.items() for c in placement.components for q in (c.quantities,)
    ]  # fmt: skip
    await APPEND_COMPONENTS.run(tx, components)
    await APPEND_PROMISES.run(tx, [(i, *promise) for i, (p, _) in added.items() for promise in p.promises])
    waiting = [(i, *b[:5], priorities[i], b.quantity) for i, (p, _) in added.items() for b in p.backorders]
    if waiting:
        await INSERT_BACKORDERS.run(tx, *columns(waiting, 8))

"""Issue the documents that orders are missing. The stage `document` (`flows.issue_documents`) runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from orderwright.payments.documents.contract import DocumentKind
from orderwright.payments.documents.derive import Draft, Invoiced, Issued, derive
from orderwright.payments.documents.items import NOTHING, Item, Key, plus, tax_data, tax_parts
from orderwright.payments.documents.patterns import number_of, series_year
from orderwright.payments.documents.queries import (
    APPEND_DOCUMENT_LINES,
    APPEND_DOCUMENTS,
    INVOICING_OF_ORDERS,
    ISSUED_LINES,
    ORDERS_TO_DOCUMENT,
    TAKE_NUMBERS,
    TAXES_OF_ORDERS,
    TEXTS_OF_LINES,
    InvoicingRow,
    TaxRow,
)
from orderwright.payments.documents.reverse_charge import is_reverse_charge
from orderwright.payments.documents.tax_split import TaxShare
from orderwright.payments.ledger import read_balances, read_payments, read_units
from orderwright.payments.queries import PaymentRow
from orderwright.payments.shares import OrderUnits
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.work import enqueue_work

_Series = tuple[UUID, str, int]
_encode = msgspec.json.Encoder().encode


class NewDocument(NamedTuple):
    """A document that was issued, as its event tells it."""

    id: UUID
    order_id: UUID
    kind: DocumentKind
    number: str


class Missing(NamedTuple):
    """A document to be issued, with what it is written with. `due_on`: by when an invoice is to be paid."""

    draft: Draft
    order: InvoicingRow
    n: int
    due_on: date | None
    texts: Mapping[Key, tuple[str | None, str | None]]  # code and name of what its lines are about
    reverse_charge: bool


async def queue_documents(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """Queue those of some orders whose channel has documents; the caller holds their locks. Two statements at most."""
    ids = list(order_ids)
    if ids:
        await enqueue_work(tx, "document", [row.id for row in await ORDERS_TO_DOCUMENT.fetch(tx, ids)])


async def missing_documents(tx: Transaction, order_ids: Iterable[UUID]) -> list[Missing]:
    """The documents that orders are missing by now; the caller holds their locks. Nine statements for any number."""
    orders = {row.order_id: row for row in await INVOICING_OF_ORDERS.fetch(tx, list(order_ids))}
    if not orders:
        return []
    ids = list(orders)
    units = await read_units(tx, ids)
    balances, payments = await read_balances(tx, ids), await read_payments(tx, ids)
    taxes = _taxes(units, await TAXES_OF_ORDERS.fetch(tx, ids))
    texts: dict[UUID, dict[Key, tuple[str | None, str | None]]] = {order_id: {} for order_id in ids}
    for order_id, n, code, name in await TEXTS_OF_LINES.fetch(tx, ids):
        texts[order_id]["line", n] = code, name
    issued = await _issued(tx, ids)
    found: list[Missing] = []
    for order_id, row in orders.items():
        paid = payments.get(order_id, [])
        texts[order_id] |= {("payment", p.n): (p.method, None) for p in paid}
        so_far, own = issued.get(order_id, []), taxes[order_id]
        state = Invoiced(row.invoice_at, row.receipts, units[order_id], own, balances.get(order_id, {}), paid)
        untaxed = is_reverse_charge(row, [share for shares in own.values() for share in shares])
        for n, draft in enumerate(derive(state, so_far), len(so_far) + 1):
            due_on = _due_on(paid) if draft.kind == "invoice" else None
            found.append(Missing(draft, row, n, due_on, texts[order_id], untaxed))
    return found


def _taxes(units: Mapping[UUID, OrderUnits], rows: Sequence[TaxRow]) -> dict[UUID, dict[int, list[TaxShare]]]:
    """Each line's share of the taxes of its order; lines that came after a tax was fixed have none of it."""
    taxes: dict[UUID, dict[int, list[TaxShare]]] = {
        order_id: {line.line.n: [] for line in counted.lines} for order_id, counted in units.items()
    }
    for row in rows:
        for i, shares in enumerate(taxes[row.order_id].values()):
            share = row.shares_minor[i] if i < len(row.shares_minor) else 0
            shares.append(TaxShare(row.name, row.rate, share))
    return taxes


async def _issued(tx: Transaction, order_ids: list[UUID]) -> dict[UUID, list[Issued]]:
    items: dict[tuple[UUID, UUID, str], dict[Key, Item]] = {}
    for row in await ISSUED_LINES.fetch(tx, order_ids):
        of = items.setdefault((row.order_id, row.id, row.document_kind), {})
        taxes = tax_parts(msgspec.json.decode(row.taxes))
        of[row.kind, row.ref] = Item(row.units, row.net_minor, row.tax_minor, taxes)
    issued: dict[UUID, list[Issued]] = {}
    for (order_id, document_id, kind), of in items.items():
        issued.setdefault(order_id, []).append(Issued(document_id, kind, of))
    return issued


def _due_on(payments: Sequence[PaymentRow]) -> date | None:
    """By when what is paid on terms is due."""
    return max((p.due_on for p in payments if p.due_on is not None), default=None)


async def write_documents(
    tx: Transaction, act_id: UUID, missing: Sequence[Missing], now: datetime
) -> list[NewDocument]:
    """Number documents and write them. Three statements for any number, none for none.

    Locks: the series, which must be the last locks that the transaction takes; whoever issues of the same company waits
    for its end. When it is rolled back, its numbers are given again: there is no gap.
    """
    if not missing:
        return []
    days = [now.astimezone(ZoneInfo(m.order.time_zone)).date() for m in missing]
    numbers = await _take_numbers(tx, missing, days)
    rows: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    made: list[NewDocument] = []
    for new, one, day, (year, n) in zip(new_ids(len(missing)), missing, days, numbers, strict=True):
        order, draft = one.order, one.draft
        number = number_of(_pattern(order, draft.kind), day.year, n)
        total = NOTHING
        for i, (key, item) in enumerate(_in_order(draft.items), 1):
            total = plus(total, item)
            code, name = one.texts.get(key, (None, None))
            taxes = _encode(tax_data(item.taxes)).decode()
            lines.append(
                (new, i, *key, code, name, item.units, item.net_minor, item.tax_minor, item.gross_minor, taxes)
            )
        data = {"prices_include_tax": order.prices_include_tax, "due_on": one.due_on, "notes": _notes(one)}
        rows.append(
            (
                new, draft.kind, order.legal_entity_id, order.legal_entity_version, year, n, number, order.order_id,
                one.n, draft.refers_to, order.currency, total.net_minor, total.tax_minor, total.gross_minor,
                _encode(data).decode(), order.bill_to_contact_id, day, now, act_id,
            )
        )  # fmt: skip
        made.append(NewDocument(new, order.order_id, draft.kind, number))
    await APPEND_DOCUMENTS.run(tx, rows)
    await APPEND_DOCUMENT_LINES.run(tx, lines)
    return made


async def _take_numbers(tx: Transaction, missing: Sequence[Missing], days: Sequence[date]) -> list[tuple[int, int]]:
    """Year and number of each document in its series. One statement."""
    series: list[_Series] = []
    for one, day in zip(missing, days, strict=True):
        kind = one.draft.kind
        series.append((one.order.legal_entity_id, kind, series_year(_pattern(one.order, kind), day.year)))
    counts = sorted(Counter(series).items())
    taken = await TAKE_NUMBERS.fetch(tx, *columns([(*key, count) for key, count in counts], 4))
    following = {(row[0], row[1], row[2]): row.last_number - count + 1
                 for row, (_, count) in zip(sorted(taken), counts, strict=True)}  # fmt: skip
    numbers = []
    for key in series:
        numbers.append((key[2], following[key]))
        following[key] += 1
    return numbers


def _in_order(items: Mapping[Key, Item]) -> list[tuple[Key, Item]]:
    """Lines first, in their order, then what is of the whole order."""
    rank = {"line": 0, "payment": 0, "charges": 1, "allowance": 2, "rounding": 3}
    return sorted(items.items(), key=lambda found: (rank[found[0][0]], found[0][1]))


def _pattern(order: InvoicingRow, kind: DocumentKind) -> str:
    return {
        "invoice": order.invoice_numbers,
        "credit_note": order.credit_note_numbers,
        "receipt": order.receipt_numbers,
    }[kind]


def _notes(one: Missing) -> list[str]:
    return ["reverse_charge"] if one.reverse_charge and one.draft.kind != "receipt" else []

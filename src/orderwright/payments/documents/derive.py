"""Which documents an order is missing, given what it comes to by now and what its documents said so far. Pure.

Run again it finds nothing: what is missing is said, and then it is no longer missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.payments.accounts import Account
from orderwright.payments.documents.contract import DocumentKind
from orderwright.payments.documents.items import Item, Items, Key, TaxPart, missing, negative, plus
from orderwright.payments.documents.targets import ALLOWANCE, ROUNDING, Taxes, given_up, to_invoice
from orderwright.payments.queries import PaymentRow
from orderwright.payments.shares import OrderUnits
from orderwright.platform.ids import UUID


class Issued(NamedTuple):
    """A document that an order has. A credit note's items are positive, as they are printed."""

    id: UUID
    kind: str
    items: Items


class Draft(NamedTuple):
    """A document to be issued."""

    kind: DocumentKind
    items: dict[Key, Item]
    refers_to: UUID | None = None


class Invoiced(NamedTuple):
    """What documents are derived from. `invoice_at`: shipment, placement or never."""

    invoice_at: str
    receipts: bool
    units: OrderUnits
    taxes: Taxes
    balances: Mapping[Account, int]
    payments: Sequence[PaymentRow]


def derive(order: Invoiced, so_far: Sequence[Issued]) -> list[Draft]:
    """The documents that an order is missing, in the order in which they are to be numbered: credit notes, an invoice,
    a receipt.

    What is too much on earlier invoices goes onto a credit note of the newest invoice that has it. What the ledger took
    back beyond units is credited once as much of the order is invoiced.
    """
    drafts = _invoices(order, so_far) if order.invoice_at != "never" else []
    return drafts + (_receipts(order, so_far) if order.receipts else [])


def _invoices(order: Invoiced, so_far: Sequence[Issued]) -> list[Draft]:
    wanted = to_invoice(order.units, order.taxes, at_placement=order.invoice_at == "placement")
    allowance = given_up(order.units, order.balances, order.taxes)
    if allowance is not None and sum(item.gross_minor for item in wanted.values()) + allowance.gross_minor >= 0:
        wanted[ALLOWANCE] = allowance
    rest = missing(wanted, _said(so_far))
    if all(item.is_worthless for item in rest.values()):
        return []
    more = {key: item for key, item in rest.items() if item.sign >= 0 and key != ROUNDING}
    less = {key: negative(item) for key, item in rest.items() if item.sign < 0 and key != ROUNDING}
    if not any(document.kind == "invoice" for document in so_far):  # there is nothing to credit yet
        more, less = dict(rest), {}
    elif ROUNDING in rest:
        if more or (not less and rest[ROUNDING].sign > 0):
            more[ROUNDING] = rest[ROUNDING]
        else:
            less[ROUNDING] = negative(rest[ROUNDING])
    drafts = _credit_notes(less, so_far)
    return [*drafts, Draft("invoice", more)] if any(not item.is_worthless for item in more.values()) else drafts


def _said(so_far: Sequence[Issued]) -> dict[Key, Item]:
    """What invoices less credit notes came to."""
    sums: dict[Key, Item] = {}
    for document in so_far:
        if document.kind == "receipt":
            continue
        sign = -1 if document.kind == "credit_note" else 1
        for key, item in document.items.items():
            sums[key] = plus(sums[key], item, sign) if key in sums else (item if sign > 0 else negative(item))
    return sums


def _credit_notes(less: Mapping[Key, Item], so_far: Sequence[Issued]) -> list[Draft]:
    """A credit note for each invoice that has something of it; what none has goes with the newest."""
    invoices = [document for document in so_far if document.kind == "invoice"]
    by_invoice: dict[UUID, dict[Key, Item]] = {}
    for key, item in less.items():
        of = next((document.id for document in reversed(invoices) if key in document.items), invoices[-1].id)
        by_invoice.setdefault(of, {})[key] = item
    return [
        Draft("credit_note", items, of)
        for of, items in by_invoice.items()
        if any(not item.is_worthless for item in items.values())
    ]


def _receipts(order: Invoiced, so_far: Sequence[Issued]) -> list[Draft]:
    """A receipt for what came of each payment since the last one. What went back is no receipt's matter."""
    said: dict[Key, int] = {}
    for document in so_far:
        if document.kind == "receipt":
            for key, item in document.items.items():
                said[key] = said.get(key, 0) + item.gross_minor
    came = {("payment", p.n): p.captured_minor - said.get(("payment", p.n), 0) for p in order.payments}
    items = {key: Item(0, amount, 0, [TaxPart(None, None, amount, 0)]) for key, amount in came.items() if amount > 0}
    return [Draft("receipt", items)] if items else []

"""Documents as PDF, by typst. What comes from outside is handed over as data and set as text, never read as markup.

The same document gives the same bytes: fonts come with typst (what they lack, such as Chinese, is taken from those of
the machine), the time is that of the document, and nothing is fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import typst

from orderwright.payments.documents.amount_texts import address_lines, amount_text, country_name, paper_of, rate_text
from orderwright.payments.documents.contract import PutLegalEntity
from orderwright.payments.documents.items import TaxPart
from orderwright.payments.documents.queries import BillToRow, DocumentLineRow, StatementRow
from orderwright.payments.documents.read_documents import FoundDocument, FoundLine
from orderwright.payments.documents.statement import CurrencyStatement, Statement

_TEMPLATES = Path(__file__).parent / "templates"
TITLES = {"invoice": "Invoice", "credit_note": "Credit note", "receipt": "Receipt"}
NOTES = {
    "reverse_charge": "Reverse charge: the recipient accounts for the value added tax (Articles 138 and 196 of"
    " Directive 2006/112/EC).",
}
_KINDS = {"charges": "Shipping and fees", "rounding": "Rounding", "allowance": "Returned goods and allowances"}
_MOVES = {
    "placement": "Order", "cancellation": "Cancelled", "edit": "Order changed", "capture": "Payment",
    "refund": "Refund", "store_credit": "Store credit", "allowance": "Allowance",
    "write_off": "Written off", "return": "Returned",
    "claim": "Claim", "claim_allowance": "Allowance", "return_fee": "Fee for a return",
    "exchange": "Paid for an exchange", "exchange_back": "Back from an exchange",
    "allowance_back": "Allowance taken back", "write_off_back": "Written off no more",
}  # fmt: skip
Format = Literal["pdf", "png"]


async def render_document(document: FoundDocument, number_format: str, *, form: Format = "pdf") -> bytes:
    """A document as PDF, or its first page as PNG. `number_format`: how the merchant writes order numbers. Runs beside
    the event loop."""
    data = document_payload(document, number_format)
    return await asyncio.to_thread(_compile, "document.typ", data, document.row.issued_at, form)


async def render_statement(
    statement: Statement,
    issuer: PutLegalEntity,
    to: BillToRow | None,
    number_format: str,
    *,
    form: Format = "pdf",
) -> bytes:
    """A customer's statement as PDF, or its first page as PNG. Runs beside the event loop."""
    data = statement_payload(statement, issuer, to, number_format)
    return await asyncio.to_thread(_compile, "statement.typ", data, statement.ends, form)


class Letter(NamedTuple):
    """A letter about one thing: what it says in paragraphs, a table, and notes below it. `issuer` is None where no
    company invoices the channel: then `sender` is all that is known. `facts`: labels beside their values."""

    issuer: PutLegalEntity | None
    sender: str
    to: BillToRow | None
    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
    written_at: datetime


async def render_letter(letter: Letter, *, form: Format = "pdf") -> bytes:
    """A letter as PDF, or its first page as PNG. Runs beside the event loop."""
    return await asyncio.to_thread(_compile, "letter.typ", letter_payload(letter), letter.written_at, form)


def letter_payload(letter: Letter) -> dict[str, Any]:
    """What the template of letters is given. Pure."""
    issuer = letter.issuer or PutLegalEntity(code="none", name=letter.sender, address=[], country="ZZ")
    data = _letter(issuer, letter.to, letter.title, letter.number, [list(fact) for fact in letter.facts])
    if letter.issuer is None:
        data["issuer"]["address"] = []
    return data | {
        "paragraphs": letter.paragraphs, "head": letter.head, "rows": letter.rows, "notes": letter.notes,
    }  # fmt: skip


def _compile(template: str, data: Mapping[str, Any], made_at: datetime, form: Format) -> bytes:
    made: bytes | list[bytes] = typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        font_paths=_fonts(),
        format=form,
        ppi=110.0,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        timestamp=int(made_at.timestamp()),
    )
    return made if isinstance(made, bytes) else made[0]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


def document_payload(document: FoundDocument, number_format: str) -> dict[str, Any]:
    """What the template of documents is given: texts, in the order in which they stand. Pure."""
    row, currency = document.row, document.row.currency
    receipt = row.kind == "receipt"
    facts = [["Number", row.number], ["Date", row.issued_on.isoformat()]]
    if row.refers_to_number is not None and row.refers_to_issued_on is not None:
        facts.append(["Corrects invoice", row.refers_to_number])
    facts.append(["Order", number_format.replace("{number}", str(row.order_number))])
    facts.append(["Ordered on", row.order_placed_at.date().isoformat()])
    if document.data.due_on is not None:
        facts.append(["Due on", document.data.due_on.isoformat()])
    head = ["Paid by", currency] if receipt else ["Description", "Units", "Tax", "Net", f"Gross {currency}"]
    return {
        **_letter(document.issuer, document.bill_to, TITLES[row.kind], row.number, facts),
        "widths": ["rest"] + ["auto"] * (len(head) - 1),
        "head": head,
        "rows": [_receipt_row(line.row, currency) if receipt else _row(line, currency) for line in document.lines],
        "tax_head": ["Tax", "On", "Amount"],
        "taxes": [] if receipt else [_tax_row(tax, currency) for tax in document.taxes],
        "totals": _totals(document),
        "notes": [NOTES[note] for note in document.data.notes]
        + ([document.issuer.note] if document.issuer.note else []),
    }


def _letter(
    issuer: PutLegalEntity, to: BillToRow | None, title: str, number: str, facts: list[list[str]]
) -> dict[str, Any]:
    """What stands around every document."""
    paper = paper_of((to.country if to else None) or issuer.country)
    return {
        "title": title,
        "number": number,
        "paper": paper,
        "issuer": {
            "name": issuer.name,
            "address": [*issuer.address, country_name(issuer.country)],
            "tax_ids": [[it.label, it.value] for it in issuer.tax_ids],
            "bank": [[it.label, it.value] for it in issuer.bank],
            "register": issuer.register,
        },
        "to": address_lines(to, issuer.country),
        "facts": facts,
    }


def _row(line: FoundLine, currency: str) -> list[Any]:
    row = line.row
    rates = [rate_text(tax.rate) or (tax.name or "") for tax in line.taxes if tax.tax_minor or tax.rate is not None]
    return [
        {"name": row.name or _KINDS.get(row.kind) or row.code or "", "code": row.code if row.name else None},
        str(row.units) if row.units else "",
        " + ".join(dict.fromkeys(filter(None, rates))),
        amount_text(row.net_minor, currency),
        amount_text(row.gross_minor, currency),
    ]


def _receipt_row(row: DocumentLineRow, currency: str) -> list[Any]:
    name = (row.code or "payment").replace("_", " ")
    return [{"name": name[:1].upper() + name[1:], "code": None}, amount_text(row.gross_minor, currency)]


def _tax_row(tax: TaxPart, currency: str) -> list[str]:
    label = " ".join(filter(None, (tax.name, rate_text(tax.rate)))) or ("Tax" if tax.tax_minor else "Untaxed")
    return [label, amount_text(tax.base_minor, currency), amount_text(tax.tax_minor, currency)]


def _totals(document: FoundDocument) -> list[list[str]]:
    row, currency = document.row, document.row.currency
    total = amount_text(row.gross_minor, currency)
    if row.kind == "receipt":
        return [[f"Received {currency}", total]]
    label = "Credit" if row.kind == "credit_note" else "Total"
    net, tax = amount_text(row.net_minor, currency), amount_text(row.tax_minor, currency)
    return [["Net", net], ["Tax", tax], [f"{label} {currency}", total]]


def statement_payload(
    statement: Statement, issuer: PutLegalEntity, to: BillToRow | None, number_format: str
) -> dict[str, Any]:
    """What the template of statements is given. The last day is the one before `ends`. Pure."""
    first, last = statement.begins.date(), (statement.ends - timedelta(microseconds=1)).date()
    facts = [["From", first.isoformat()], ["To", last.isoformat()]]
    facts += [[f"Balance {it.currency}", amount_text(it.closing_minor, it.currency)] for it in statement.currencies]
    return {
        **_letter(issuer, to, "Account statement", f"{first.isoformat()} {last.isoformat()}", facts),
        "currencies": [
            _currency(one, first.isoformat(), last.isoformat(), number_format) for one in statement.currencies
        ],
        "notes": ["A balance above zero is owed to us; one below zero is owed to you."],
    }


def _currency(one: CurrencyStatement, first: str, last: str, number_format: str) -> dict[str, Any]:
    currency, balance = one.currency, one.opening_minor
    rows = [[first, "", "Balance before", "", amount_text(balance, currency)]]
    for entry in one.entries:
        balance += entry.amount_minor
        rows.append(
            [
                entry.happened_at.date().isoformat(),
                number_format.replace("{number}", str(entry.order_number)),
                move_text(entry),
                amount_text(entry.amount_minor, currency),
                amount_text(balance, currency),
            ]
        )
    rows.append([last, "", "Balance after", "", amount_text(balance, currency)])
    orders = [
        [number_format.replace("{number}", str(it.order_number)), *_amounts(it[2:], currency)] for it in one.balances
    ]
    return {
        "currency": currency,
        "head": ["Date", "Order", "What", "Amount", "Balance"],
        "rows": rows,
        "order_head": ["Order", "Before", "Charged", "Paid", "After"],
        "orders": orders,
    }


def move_text(entry: StatementRow) -> str:
    """What moved an account, in a few words."""
    what = _MOVES.get(entry.kind) or entry.kind.replace("_", " ").capitalize()
    return f"{what}, {entry.method.replace('_', ' ')}" if entry.method else what


def _amounts(amounts: Iterable[int], currency: str) -> list[str]:
    return [amount_text(amount, currency) for amount in amounts]

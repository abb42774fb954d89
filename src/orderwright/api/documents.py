"""Invoices, credit notes and receipts as data and as PDF, and who issues them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.limits import visible_order
from orderwright.api.operations import Items, Operation, operation
from orderwright.api.orders import number_format_of
from orderwright.api.outcomes import Outcomes, view_invalid, view_outcome
from orderwright.api.verbs import Verb, run_verb
from orderwright.payments import documents
from orderwright.payments.documents import (
    DocumentKind,
    FoundDocument,
    InvoiceAt,
    PutChannelInvoicing,
    PutLegalEntity,
    ReplaceLegalEntity,
    TaxPart,
    put_channel_invoicing,
    put_legal_entities,
)
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import encode_id
from orderwright.platform.money import Money
from orderwright.platform.outcomes import Outcome

PDF = "application/pdf"
_UNKNOWN = "There is no document of this id. Check it, and what the key is limited to."


class DocumentTax(msgspec.Struct, frozen=True, kw_only=True):
    """A tax: `amount` on `base`. `rate` is a fraction. Without name and rate: what is not taxed."""

    name: str | None
    rate: Decimal | None
    base: Money
    amount: Money


class DocumentLine(msgspec.Struct, frozen=True, kw_only=True):
    """`kind`: units of a `line` of the order (`ref` is its number), `charges` (shipping and fees), `rounding`, an
    `allowance` (returned goods and what was given up), or a `payment`."""

    kind: str
    ref: int
    code: str | None
    name: str | None
    units: int
    net: Money
    tax: Money
    gross: Money
    taxes: list[DocumentTax]


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """To whom a document is addressed, by what is still known. `erased`: it was erased."""

    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    erased: bool


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was issued; it never changes. A credit note's amounts are positive; `refers_to` is the invoice
    that it corrects. `issued_on` is the day by the company's clock. `issuer` is the company as it was then."""

    id: str
    kind: DocumentKind
    number: str
    order_id: str
    order_number: int
    refers_to: str | None
    issued_on: date
    issued_at: datetime
    due_on: date | None
    prices_include_tax: bool
    notes: list[str]
    net: Money
    tax: Money
    gross: Money
    taxes: list[DocumentTax]
    lines: list[DocumentLine]
    issuer: PutLegalEntity
    bill_to: Recipient | None


class DocumentList(msgspec.Struct, frozen=True):
    """In the order in which they were issued; `next` is null."""

    data: list[DocumentView]
    next: None = None


class LegalEntityView(msgspec.Struct, frozen=True, kw_only=True):
    """A company as it is now."""

    id: str
    version: int
    entity: PutLegalEntity


class LegalEntities(msgspec.Struct, frozen=True):
    """By code; `next` is null."""

    data: list[LegalEntityView]
    next: None = None


class ChannelInvoicingView(msgspec.Struct, frozen=True, kw_only=True):
    """Which company invoices the orders of a channel, and when."""

    id: str
    version: int
    channel: str
    legal_entity: str
    invoice_at: InvoiceAt
    receipts: bool


class ChannelInvoicings(msgspec.Struct, frozen=True):
    """By the channel's code; `next` is null."""

    data: list[ChannelInvoicingView]
    next: None = None


@operation(
    "GET", "/v1/orders/{order_id}/documents", tag="Documents", scope="documents.read", answer=DocumentList,
    refusals=(404,),
)  # fmt: skip
async def list_documents_of_order(call: Call) -> Answer:
    """List the invoices, credit notes and receipts of an order."""

    async def read(tx: Transaction) -> list[FoundDocument]:
        return await documents.documents_of_order(tx, call.ctx, await visible_order(tx, call))

    return json_answer(DocumentList([_view(found) for found in await call.read(read)]))


@operation(
    "GET", "/v1/documents/{document_id}", tag="Documents", scope="documents.read", answer=DocumentView, refusals=(404,)
)
async def read_document(call: Call) -> Answer:
    """Read an invoice, credit note or receipt."""
    return json_answer(_view(await _found(call)))


@operation(
    "GET", "/v1/documents/{document_id}/pdf", tag="Documents", scope="documents.read", answer=None, refusals=(404,),
    media_type=PDF,
)  # fmt: skip
async def read_document_as_pdf(call: Call) -> Answer:
    """Read an invoice, credit note or receipt as PDF.

    On A4, or on US Letter where that is used. The same document gives the same bytes, until its address is erased.
    """
    found = await _found(call)
    made = await documents.render_document(found, await number_format_of(call))
    return pdf_answer(made, found.row.number)


def pdf_answer(content: bytes, name: str) -> Answer:
    """A PDF to be shown, with a name to keep it under."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    return Answer(
        content, headers=((b"content-disposition", f'inline; filename="{safe}.pdf"'.encode()),), media_type=PDF.encode()
    )


async def _found(call: Call) -> FoundDocument:
    document_id = call.id("document_id")
    found = await call.read(lambda tx: documents.read_documents(tx, call.ctx, [document_id]))
    if not found:
        raise NotFound(_UNKNOWN)
    return found[0]


def _view(found: FoundDocument) -> DocumentView:
    row, currency = found.row, found.row.currency

    def of(minor: int) -> Money:
        return Money(minor, currency)

    def taxes(parts: Sequence[TaxPart]) -> list[DocumentTax]:
        return [DocumentTax(name=t.name, rate=t.rate, base=of(t.base_minor), amount=of(t.tax_minor)) for t in parts]

    to = found.bill_to
    return DocumentView(
        id=encode_id("doc", row.id), kind=cast(DocumentKind, row.kind), number=row.number,
        order_id=encode_id("ord", row.order_id), order_number=row.order_number,
        refers_to=None if row.refers_to is None else encode_id("doc", row.refers_to),
        issued_on=row.issued_on, issued_at=row.issued_at, due_on=found.data.due_on,
        prices_include_tax=found.data.prices_include_tax, notes=found.data.notes, net=of(row.net_minor),
        tax=of(row.tax_minor), gross=of(row.gross_minor), taxes=taxes(found.taxes),
        lines=[
            DocumentLine(
                kind=line.row.kind, ref=line.row.ref, code=line.row.code, name=line.row.name, units=line.row.units,
                net=of(line.row.net_minor), tax=of(line.row.tax_minor), gross=of(line.row.gross_minor),
                taxes=taxes(line.taxes),
            )
            for line in found.lines
        ],
        issuer=found.issuer,
        bill_to=None if to is None else Recipient(**{f: getattr(to, f) for f in Recipient.__struct_fields__}),
    )  # fmt: skip


@operation("GET", "/v1/legal_entities", tag="Documents", scope="documents.read", answer=LegalEntities)
async def list_legal_entities(call: Call) -> Answer:
    """List the companies that issue documents."""
    found = await call.read(lambda tx: documents.list_legal_entities(tx, call.ctx))
    views = [LegalEntityView(id=encode_id("len", e.id), version=e.version, entity=e.content) for e in found]
    return json_answer(LegalEntities(views))


@operation(
    "PUT", "/v1/legal_entities", tag="Documents", scope="documents.write", answer=Outcomes,
    example={
        "data": [
            {
                "code": "acme-de", "name": "Acme Handels GmbH", "address": ["Lindenallee 12", "10115 Berlin"],
                "country": "DE", "time_zone": "Europe/Berlin",
                "tax_ids": [{"label": "VAT ID", "value": "DE123456789"}],
                "bank": [{"label": "IBAN", "value": "DE02 1203 0000 0000 2020 51"}],
            }
        ]
    },
)  # fmt: skip
async def put_legal_entities_in_bulk(call: Call, items: Items[ReplaceLegalEntity]) -> Answer:
    """Create or replace companies that issue documents.

    Each is addressed by its code and made to be as it is sent. Documents that were issued show it as it was. Answers
    one outcome an item, in order.
    """
    return await _put(call, put_legal_entities, items, "len")


@operation("GET", "/v1/channel_invoicing", tag="Documents", scope="documents.read", answer=ChannelInvoicings)
async def list_channel_invoicing(call: Call) -> Answer:
    """List which company invoices the orders of which channel."""
    rows = await call.read(lambda tx: documents.list_channel_invoicing(tx, call.ctx))
    return json_answer(ChannelInvoicings([msgspec.convert(_invoicing(row), ChannelInvoicingView) for row in rows]))


def _invoicing(row: documents.ChannelInvoicingRow) -> dict[str, object]:
    return {
        "id": None if row.id is None else encode_id("civ", row.id), "version": row.version, "channel": row.channel,
        "legal_entity": row.legal_entity, "invoice_at": row.invoice_at, "receipts": row.receipts,
    }  # fmt: skip


@operation(
    "PUT", "/v1/channel_invoicing", tag="Documents", scope="documents.write", answer=Outcomes,
    example={"data": [{"channel": "web", "legal_entity": "acme-de", "invoice_at": "shipment", "receipts": False}]},
)  # fmt: skip
async def put_channel_invoicing_in_bulk(call: Call, items: Items[PutChannelInvoicing]) -> Answer:
    """Say which company invoices the orders of channels, and when.

    It holds from now on: an order gets what it misses by it when it is next looked at, and stays with the company that
    issued its first document. Answers one outcome an item, in order.
    """
    return await _put(call, put_channel_invoicing, items, "civ")


async def _put(call: Call, verb: Verb, items: Items[msgspec.Struct], prefix: str) -> Answer:
    outcomes: list[Outcome] = list(
        await run_verb(call, verb, [item for item in items if not isinstance(item, InvalidRequest)])
    )
    told = iter(outcomes)
    views = [view_invalid(i) if isinstance(i, InvalidRequest) else view_outcome(next(told), prefix) for i in items]
    return json_answer(Outcomes(views))


DOCUMENTS: list[Operation] = [
    list_documents_of_order,
    read_document,
    read_document_as_pdf,
    list_legal_entities,
    put_legal_entities_in_bulk,
    list_channel_invoicing,
    put_channel_invoicing_in_bulk,
]

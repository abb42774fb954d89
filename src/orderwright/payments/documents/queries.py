"""The SQL of documents, by type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from orderwright.platform.ids import UUID
from orderwright.platform.queries import append, query, statement


class InvoicingRow(NamedTuple):
    """How an order is invoiced, by whom and to whom."""

    order_id: UUID
    currency: str
    prices_include_tax: bool
    invoice_at: str
    receipts: bool
    channel_kind: str
    legal_entity_id: UUID
    legal_entity_version: int
    country: str
    time_zone: str
    invoice_numbers: str
    credit_note_numbers: str
    receipt_numbers: str
    bill_to_contact_id: UUID | None
    bill_to_country: str | None


class TaxRow(NamedTuple):
    """A tax of an order; shares by line, in line order."""

    order_id: UUID
    name: str | None
    rate: Decimal | None
    shares_minor: list[int]


class LineTextRow(NamedTuple):
    """What a line is called."""

    order_id: UUID
    n: int
    sku_code: str
    name: str | None


class IssuedLineRow(NamedTuple):
    """A line of a document of an order. `taxes` is JSON."""

    order_id: UUID
    id: UUID
    document_kind: str
    kind: str
    ref: int
    units: int
    net_minor: int
    tax_minor: int
    taxes: str


class SeriesRow(NamedTuple):
    """A series with its last number."""

    legal_entity_id: UUID
    kind: str
    year: int
    last_number: int


class IdRow(NamedTuple):
    """An id."""

    id: UUID


class EntityRow(NamedTuple):
    """A version of a company. `tax_ids` and `bank` are JSON."""

    id: UUID
    code: str
    version: int
    name: str
    address: list[str]
    country: str
    time_zone: str
    tax_ids: str
    register: str | None
    bank: str
    note: str | None
    invoice_numbers: str
    credit_note_numbers: str
    receipt_numbers: str


class ChannelInvoicingRow(NamedTuple):
    """How a channel's orders are invoiced; without an id: not at all."""

    channel_id: UUID
    channel: str
    id: UUID | None
    legal_entity: str | None
    invoice_at: str | None
    receipts: bool | None
    version: int | None


class DocumentRow(NamedTuple):
    """A document, with the company's version and the order that it is of. `data` is JSON."""

    id: UUID
    kind: str
    number: str
    legal_entity_id: UUID
    legal_entity_version: int
    order_id: UUID
    order_number: int
    order_placed_at: datetime
    n: int
    refers_to: UUID | None
    refers_to_number: str | None
    refers_to_issued_on: date | None
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    data: str
    bill_to_contact_id: UUID | None
    issued_on: date
    issued_at: datetime


class DocumentLineRow(NamedTuple):
    """A line of a document. `taxes` is JSON."""

    document_id: UUID
    n: int
    kind: str
    ref: int
    code: str | None
    name: str | None
    units: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    taxes: str


class BillToRow(NamedTuple):
    """To whom a document is addressed. All but the id is None once erased."""

    id: UUID
    name: str | None
    company: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    erased: bool


class StatementRow(NamedTuple):
    """What moved a customer's account: positive is owed to us."""

    order_id: UUID
    order_number: int
    currency: str
    kind: str
    payment_id: UUID | None
    method: str | None
    happened_at: datetime
    first_id: UUID
    amount_minor: int


class OpeningRow(NamedTuple):
    """What an order's account stood at before a statement begins."""

    order_id: UUID
    order_number: int
    currency: str
    balance_minor: int


class OrderIssuerRow(NamedTuple):
    """Who writes to the customer of an order (None: no company invoices its channel), and to whom."""

    code: str | None
    contact_id: UUID | None


class IssuerRow(NamedTuple):
    """Who writes a statement, and to whom."""

    code: str
    contact_id: UUID | None


INVOICING_OF_ORDERS = query(__package__, "invoicing_of_orders", InvoicingRow)
TAXES_OF_ORDERS = query(__package__, "taxes_of_orders", TaxRow)
TEXTS_OF_LINES = query(__package__, "texts_of_lines", LineTextRow)
ISSUED_LINES = query(__package__, "issued_lines", IssuedLineRow)
ORDERS_TO_DOCUMENT = query(__package__, "orders_to_document", IdRow)
TAKE_NUMBERS = query(__package__, "take_numbers", SeriesRow)
APPEND_DOCUMENTS = append(
    "document",
    "id kind legal_entity_id legal_entity_version year series_number number order_id n refers_to currency net_minor"
    " tax_minor gross_minor data bill_to_contact_id issued_on issued_at act_id",
)
APPEND_DOCUMENT_LINES = append(
    "document_line", "document_id n kind ref code name units net_minor tax_minor gross_minor taxes"
)
LOCK_LEGAL_ENTITIES = statement(__package__, "lock_legal_entities")
READ_LEGAL_ENTITIES = query(__package__, "read_legal_entities", EntityRow)
READ_ENTITY_VERSIONS = query(__package__, "read_entity_versions", EntityRow)
PUT_LEGAL_ENTITIES = statement(__package__, "put_legal_entities")
APPEND_ENTITY_VERSIONS = append(
    "legal_entity_version",
    "legal_entity_id version name address country time_zone tax_ids register bank note invoice_numbers"
    " credit_note_numbers receipt_numbers act_id",
)
READ_CHANNEL_INVOICING = query(__package__, "read_channel_invoicing", ChannelInvoicingRow)
PUT_CHANNEL_INVOICING = statement(__package__, "put_channel_invoicing")
READ_DOCUMENTS = query(__package__, "read_documents", DocumentRow)
DOCUMENTS_OF_ORDER = query(__package__, "documents_of_order", IdRow)
READ_DOCUMENT_LINES = query(__package__, "read_document_lines", DocumentLineRow)
READ_BILL_TO = query(__package__, "read_bill_to", BillToRow)
STATEMENT_ENTRIES = query(__package__, "statement_entries", StatementRow)
STATEMENT_OPENINGS = query(__package__, "statement_openings", OpeningRow)
READ_ORDER_ISSUER = query(__package__, "read_order_issuer", OrderIssuerRow)
STATEMENT_ISSUER = query(__package__, "statement_issuer", IssuerRow)

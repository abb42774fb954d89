"""Documents: invoices, credit notes and receipts with numbers that have no gap, and customers' account statements."""

from orderwright.payments.documents.contract import (
    DocumentKind,
    InvoiceAt,
    Labelled,
    PutChannelInvoicing,
    PutLegalEntity,
    ReplaceLegalEntity,
)
from orderwright.payments.documents.issue import NewDocument, missing_documents, queue_documents, write_documents
from orderwright.payments.documents.items import TaxPart
from orderwright.payments.documents.list_invoicing import (
    list_channel_invoicing,
    list_legal_entities,
    order_issuer,
    statement_issuer,
)
from orderwright.payments.documents.put_channel_invoicing import put_channel_invoicing
from orderwright.payments.documents.put_legal_entities import put_legal_entities
from orderwright.payments.documents.queries import BillToRow, ChannelInvoicingRow
from orderwright.payments.documents.read_documents import FoundDocument, documents_of_order, read_documents
from orderwright.payments.documents.render import Letter, render_document, render_letter, render_statement
from orderwright.payments.documents.statement import CurrencyStatement, Statement, read_statement

__all__ = [
    "BillToRow",
    "ChannelInvoicingRow",
    "CurrencyStatement",
    "DocumentKind",
    "FoundDocument",
    "InvoiceAt",
    "Labelled",
    "Letter",
    "NewDocument",
    "PutChannelInvoicing",
    "PutLegalEntity",
    "ReplaceLegalEntity",
    "Statement",
    "TaxPart",
    "documents_of_order",
    "list_channel_invoicing",
    "list_legal_entities",
    "missing_documents",
    "order_issuer",
    "put_channel_invoicing",
    "put_legal_entities",
    "queue_documents",
    "read_documents",
    "read_statement",
    "render_document",
    "render_letter",
    "render_statement",
    "statement_issuer",
    "write_documents",
]

"""Read documents as they were issued, with the company as it was then, and the address as far as it is still known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from orderwright.payments.documents.contract import PutLegalEntity
from orderwright.payments.documents.items import TaxPart, add_taxes, tax_parts
from orderwright.payments.documents.put_legal_entities import content_of
from orderwright.payments.documents.queries import (
    DOCUMENTS_OF_ORDER,
    READ_BILL_TO,
    READ_DOCUMENT_LINES,
    READ_DOCUMENTS,
    READ_ENTITY_VERSIONS,
    BillToRow,
    DocumentLineRow,
    DocumentRow,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID

READ_PERMISSION = "documents.read"


class DocumentData(msgspec.Struct, frozen=True):
    """What a document keeps besides its columns: codes and dates."""

    prices_include_tax: bool
    due_on: date | None
    notes: list[str]


class FoundLine(NamedTuple):
    """A line with its taxes."""

    row: DocumentLineRow
    taxes: list[TaxPart]


class FoundDocument(NamedTuple):
    """A whole document. `taxes`: of all lines, by name and rate. `bill_to` is None where the order has no contact."""

    row: DocumentRow
    data: DocumentData
    lines: list[FoundLine]
    taxes: list[TaxPart]
    issuer: PutLegalEntity
    bill_to: BillToRow | None


_decode_data = msgspec.json.Decoder(DocumentData).decode


async def documents_of_order(tx: Transaction, ctx: Context, order_id: UUID) -> list[FoundDocument]:
    """The documents of an order, in the order in which they were issued. Needs `documents.read`. Five statements."""
    ids = [row.id for row in await DOCUMENTS_OF_ORDER.fetch(tx, order_id)]
    return await read_documents(tx, ctx, ids)


async def read_documents(tx: Transaction, ctx: Context, document_ids: Sequence[UUID]) -> list[FoundDocument]:
    """Documents by id, those left out that do not exist or are of orders that the caller may not see. Needs
    `documents.read`. Four statements."""
    ctx.require(READ_PERMISSION)
    channels = None if ctx.channels is None else list(ctx.channels)
    locations = None if ctx.locations is None else list(ctx.locations)
    rows = await READ_DOCUMENTS.fetch(tx, list(document_ids), channels, locations)
    lines: dict[UUID, list[FoundLine]] = {}
    for line in await READ_DOCUMENT_LINES.fetch(tx, [row.id for row in rows]):
        lines.setdefault(line.document_id, []).append(FoundLine(line, tax_parts(msgspec.json.decode(line.taxes))))
    versions = sorted({(row.legal_entity_id, row.legal_entity_version) for row in rows})
    issuers = {(v.id, v.version): v for v in await READ_ENTITY_VERSIONS.fetch(tx, *columns(versions, 2))}
    contacts = {c.id: c for c in await READ_BILL_TO.fetch(tx, [row.bill_to_contact_id for row in rows])}
    return [
        FoundDocument(
            row,
            _decode_data(row.data),
            lines[row.id],
            add_taxes(tax for line in lines[row.id] for tax in line.taxes),
            content_of(issuers[row.legal_entity_id, row.legal_entity_version]),
            contacts.get(row.bill_to_contact_id) if row.bill_to_contact_id is not None else None,
        )
        for row in rows
    ]

"""Read the companies that invoice, and for which channels they do."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.payments.documents.contract import PutLegalEntity
from orderwright.payments.documents.put_legal_entities import content_of
from orderwright.payments.documents.queries import (
    READ_BILL_TO,
    READ_CHANNEL_INVOICING,
    READ_LEGAL_ENTITIES,
    READ_ORDER_ISSUER,
    STATEMENT_ISSUER,
    BillToRow,
    ChannelInvoicingRow,
)
from orderwright.payments.documents.read_documents import READ_PERMISSION
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


class StoredEntity(NamedTuple):
    """A company as it is now."""

    id: UUID
    version: int
    content: PutLegalEntity


async def list_legal_entities(tx: Transaction, ctx: Context) -> list[StoredEntity]:
    """All companies, by code: a merchant has a handful. Needs `documents.read`. One statement."""
    ctx.require(READ_PERMISSION)
    rows = await READ_LEGAL_ENTITIES.fetch(tx, None)
    return [StoredEntity(row.id, row.version, content_of(row)) for row in rows]


async def list_channel_invoicing(tx: Transaction, ctx: Context) -> list[ChannelInvoicingRow]:
    """How channels are invoiced, by code: those that somebody invoices for, and that the caller may touch. Needs
    `documents.read`. One statement."""
    ctx.require(READ_PERMISSION)
    return await READ_CHANNEL_INVOICING.fetch(tx, None, None if ctx.channels is None else list(ctx.channels))


async def statement_issuer(
    tx: Transaction, ctx: Context, customer_id: UUID
) -> tuple[PutLegalEntity, BillToRow | None] | None:
    """Who writes a customer's statement, and to whom; None where no company invoices any order of theirs. Three
    statements."""
    ctx.require(READ_PERMISSION)
    found = await STATEMENT_ISSUER.first(tx, customer_id, None if ctx.channels is None else list(ctx.channels))
    if found is None:
        return None
    [issuer] = await READ_LEGAL_ENTITIES.fetch(tx, [found.code])
    contacts = await READ_BILL_TO.fetch(tx, [found.contact_id])
    return content_of(issuer), contacts[0] if contacts else None


async def order_issuer(tx: Transaction, order_id: UUID) -> tuple[PutLegalEntity | None, BillToRow | None]:
    """Who writes to the customer of an order, None where no company invoices its channel; and to whom, by what is
    still known. For callers that may see the order. Three statements at most."""
    found = await READ_ORDER_ISSUER.first(tx, order_id)
    if found is None:
        return None, None
    issuers = [] if found.code is None else await READ_LEGAL_ENTITIES.fetch(tx, [found.code])
    contacts = await READ_BILL_TO.fetch(tx, [found.contact_id])
    return content_of(issuers[0]) if issuers else None, contacts[0] if contacts else None

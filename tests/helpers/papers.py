"""A desk with a book-keeper: channels whose orders are invoiced, and what their documents say."""

from __future__ import annotations

from typing import Any

from orderwright.flows.issue_documents import issue_documents
from orderwright.payments.documents import (
    FoundDocument,
    Labelled,
    PutChannelInvoicing,
    PutLegalEntity,
    documents_of_order,
    put_channel_invoicing,
    put_legal_entities,
)
from orderwright.platform.ids import UUID
from tests.helpers.desk import Desk


def a_company(**fields: Any) -> PutLegalEntity:
    """A company in Berlin."""
    defaults: dict[str, Any] = {
        "code": "acme-de", "name": "Acme Handels GmbH", "address": ["Lindenallee 12", "10115 Berlin"], "country": "DE",
        "time_zone": "Europe/Berlin", "tax_ids": [Labelled("VAT ID", "DE123456789")],
        "register": "Amtsgericht Charlottenburg, HRB 12345 B",
        "bank": [Labelled("IBAN", "DE02 1203 0000 0000 2020 51"), Labelled("BIC", "BYLADEM1001")],
    }  # fmt: skip
    return PutLegalEntity(**defaults | fields)


class Papers:
    """The documents of a desk's merchant."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def company(self, **fields: Any) -> PutLegalEntity:
        """A company that invoices."""
        made = a_company(**fields)
        [outcome] = await self.desk.run(put_legal_entities, [made])
        assert outcome.ok, outcome
        return made

    async def invoiced(
        self, channel: str, invoice_at: Any, company: str = "acme-de", *, receipts: bool = False
    ) -> None:
        """Let a company invoice a channel's orders."""
        command = PutChannelInvoicing(channel=channel, legal_entity=company, invoice_at=invoice_at, receipts=receipts)
        [outcome] = await self.desk.run(put_channel_invoicing, [command])
        assert outcome.ok, outcome

    async def issue(self, *order_ids: UUID) -> list[tuple[str, str]]:
        """The document pump; returns kind and number of what it issued."""
        return [(made.kind, made.number) for made in await self.desk.run(issue_documents, list(order_ids))]

    async def of(self, order_id: UUID) -> list[FoundDocument]:
        """An order's documents."""
        async with self.desk.database.transaction(self.desk.merchant, read_only=True) as tx:
            return await documents_of_order(tx, self.desk.ctx, order_id)

    async def totals(self, order_id: UUID) -> list[tuple[str, int, int, int]]:
        """Kind, net, tax and gross of an order's documents."""
        return [(d.row.kind, d.row.net_minor, d.row.tax_minor, d.row.gross_minor) for d in await self.of(order_id)]

    async def lines(self, order_id: UUID) -> list[list[tuple[str, int, int, int, int]]]:
        """Kind, units, net, tax and gross of the lines of an order's documents."""
        return [
            [(i.row.kind, i.row.units, i.row.net_minor, i.row.tax_minor, i.row.gross_minor) for i in d.lines]
            for d in await self.of(order_id)
        ]

    async def taxes(self, order_id: UUID) -> list[list[tuple[str | None, str | None, int, int]]]:
        """Name, rate, base and amount of the taxes of an order's documents."""
        return [
            [(t.name, None if t.rate is None else str(t.rate), t.base_minor, t.tax_minor) for t in d.taxes]
            for d in await self.of(order_id)
        ]

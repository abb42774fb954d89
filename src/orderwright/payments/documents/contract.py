"""What may be said of those who invoice, and of the channels that they invoice for."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from orderwright.platform.fields import NO_NUL, Code, Country, ShortText
from orderwright.platform.versions import SeenVersion

InvoiceAt = Literal["shipment", "placement", "never"]
DocumentKind = Literal["invoice", "credit_note", "receipt"]
NumberPattern = Annotated[str, Meta(min_length=3, max_length=60, pattern=NO_NUL)]
Note = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=NO_NUL)]


class Labelled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is printed behind its label: `VAT ID` and `DE123456789`."""

    label: Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_NUL)]
    value: ShortText


class PutLegalEntity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A company that invoices, as it is printed. `address`: by line, without the country. `register`: where it is
    registered. `bank`: how it is paid. `note` stands at the foot of every document.

    Numbers are patterns with `{n}` (`{n:06}` for six digits at least), which count from 1 without a gap, and `{year}`
    where they are to start anew each year, of the company's `time_zone`.
    """

    code: Code
    name: ShortText
    address: Annotated[list[ShortText], Meta(min_length=1, max_length=6)]
    country: Country
    time_zone: Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)] = "UTC"
    tax_ids: Annotated[list[Labelled], Meta(max_length=5)] = field(default_factory=list)
    register: ShortText | None = None
    bank: Annotated[list[Labelled], Meta(max_length=6)] = field(default_factory=list)
    note: Note | None = None
    invoice_numbers: NumberPattern = "INV-{year}-{n:06}"
    credit_note_numbers: NumberPattern = "CRN-{year}-{n:06}"
    receipt_numbers: NumberPattern = "RCP-{year}-{n:06}"

    @property
    def patterns(self) -> dict[DocumentKind, str]:
        """The pattern of numbers, by kind."""
        return {
            "invoice": self.invoice_numbers,
            "credit_note": self.credit_note_numbers,
            "receipt": self.receipt_numbers,
        }


class ReplaceLegalEntity(PutLegalEntity, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A company as it is to be. `version`: which one the writer saw (0: none); another by now is refused."""

    version: SeenVersion | None = None

    @property
    def content(self) -> PutLegalEntity:
        """The company alone."""
        return PutLegalEntity(**{name: getattr(self, name) for name in PutLegalEntity.__struct_fields__})


class PutChannelInvoicing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which company invoices the orders of a channel, and when: what has left at `shipment`, all of it at `placement`,
    or `never`. With `receipts` money that came is acknowledged. Both codes are those of the channel and the company.
    `version`: which one the writer saw (0: none); another by now is refused."""

    channel: Code
    legal_entity: Code
    invoice_at: InvoiceAt
    receipts: bool = False
    version: SeenVersion | None = None

"""Settings of invoices: the companies that issue them, and who invoices what."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_entries import id_of, version_of
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.settings_of_channels import CHANNEL
from orderwright.console.words import words


def _new_entity(before: Body | None, after: Body) -> list[str]:
    return ["Documents issued from now on show this. Those that were issued show it as it was."]


def _new_invoicing(before: Body | None, after: Body) -> list[str]:
    return [
        "An order gets what it misses by this when it is next looked at, and stays with its first document's company."
    ]


def _entity(row: Any) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(row.entity)
    return body


def _invoicing(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("channel", "legal_entity", "invoice_at", "receipts")}


LEGAL_ENTITIES = SettingKind(
    path="companies",
    title="Companies",
    one="company",
    group="Invoices",
    icon="building-store",
    what="The legal entities that issue invoices: what is printed on them, and how they are numbered.",
    needs="documents.read",
    writes="documents.write",
    lists="list_legal_entities",
    write="put_legal_entities_in_bulk",
    in_bulk=True,
    entry=_entity,
    id_of=id_of,
    version_of=version_of,
    history="legal_entity",
    warns=_new_entity,
    empty="No company yet. Without one no invoice is issued.",
    columns=(
        ("Company", lambda r: r["name"]),
        ("Country", lambda r: r["country"]),
        ("Invoices", lambda r: r.get("invoice_numbers") or ""),
    ),
    fields=(
        Field(name="code", label="Code", required=True, fixed=True),
        Field(name="name", label="Name", required=True, help="As it is registered."),
        Field(name="address", label="Address", kind="lines", required=True, help="By line, without the country."),
        Field(name="country", label="Country", required=True, help="Two letters, such as DE."),
        Field(name="time_zone", label="Time zone", default="UTC", help="By which a document has its day."),
        Field(
            name="tax_ids",
            label="Tax numbers",
            kind="pairs",
            group="What is printed",
            help="One a line, as label: number. Such as VAT ID: DE123456789.",
        ),
        Field(name="register", label="Register", help="Where it is registered, and as what."),
        Field(
            name="bank", label="How it is paid", kind="pairs", help="One a line, as label: value. Such as IBAN: DE02…"
        ),
        Field(name="note", label="Foot of every document", kind="long"),
        Field(
            name="invoice_numbers",
            label="Numbers of invoices",
            default="INV-{year}-{n:06}",
            group="Numbers",
            help="{n} counts from 1 without a gap, {n:06} with six digits at least; {year} starts anew each year.",
        ),
        Field(name="credit_note_numbers", label="Numbers of credit notes", default="CRN-{year}-{n:06}"),
        Field(name="receipt_numbers", label="Numbers of receipts", default="RCP-{year}-{n:06}"),
    ),
)

INVOICING = SettingKind(
    path="invoicing",
    title="Invoicing of channels",
    one="invoicing",
    group="Invoices",
    icon="file-text",
    what="Which company invoices the orders of which channel, and when.",
    needs="documents.read",
    writes="documents.write",
    lists="list_channel_invoicing",
    write="put_channel_invoicing_in_bulk",
    in_bulk=True,
    code="channel",
    entry=_invoicing,
    id_of=id_of,
    version_of=version_of,
    history="channel_invoicing",
    warns=_new_invoicing,
    empty="No channel is invoiced yet.",
    columns=(
        ("Company", lambda r: r["legal_entity"]),
        ("Invoices", lambda r: words(r["invoice_at"])),
        ("Receipts", lambda r: "yes" if r.get("receipts") else "no"),
    ),
    fields=(
        CHANNEL,
        Field(name="legal_entity", label="Company", kind="choice", required=True, source="companies"),
        Field(
            name="invoice_at",
            label="When",
            kind="choice",
            required=True,
            default="shipment",
            options=[
                ("shipment", "When goods have left, of what has left"),
                ("placement", "When the order comes, of all of it"),
                ("never", "Never"),
            ],
        ),
        Field(name="receipts", label="Receipts for money that came", kind="yes"),
    ),
)

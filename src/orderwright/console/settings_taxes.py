"""Settings of taxes: by which engine each channel is taxed, and the rates."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_entries import id_of, version_of
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.settings_of_channels import CHANNEL, no_id, percent, terms_of
from orderwright.console.words import words


def _new_taxes(before: Body | None, after: Body) -> list[str]:
    return ["What changes of the channel's orders from now on is taxed so. What was charged stays."]


def _new_rate(before: Body | None, after: Body) -> list[str]:
    if after.get("remove"):
        return ["The rate is taken away as if it had never been. Orders keep the taxes that they have."]
    return ["Orders keep what they were charged. What changes from the first day on is taxed by it."]


def _rate(row: Any) -> dict[str, Any]:
    body = msgspec.to_builtins(row)
    body.pop("version")
    return {name: value for name, value in body.items() if value is not None}


CHANNEL_TAXES = SettingKind(
    path="channel-taxes",
    title="Tax engines",
    one="tax engine",
    group="Taxes",
    icon="receipt",
    what="By which engine what changes of a channel's orders is taxed.",
    needs="taxes.read",
    writes="taxes.write",
    lists="list_taxes_of_channels",
    write="put_channel_tax",
    code="channel",
    entry=terms_of,
    id_of=no_id,
    version_of=version_of,
    history="channel_tax",
    warns=_new_taxes,
    empty="No channel has an engine: all keep to the rates that their orders came with.",
    columns=(
        ("Engine", lambda r: words(r["terms"].get("engine", "as_placed"))),
        ("Rounds", lambda r: f"each {r['terms'].get('rounding', 'line')}"),
    ),
    fields=(
        CHANNEL,
        Field(
            name="terms.engine",
            label="Engine",
            kind="choice",
            required=True,
            default="as_placed",
            options=[
                ("as_placed", "The rates that an order came with"),
                ("jurisdictions", "The table of rates, by where goods go to"),
                ("eu_vat", "VAT of the European Union"),
            ],
        ),
        Field(
            name="terms.rounding",
            label="Fractions are rounded",
            kind="choice",
            required=True,
            default="line",
            options=[("line", "For each line"), ("order", "Once for each tax of an order")],
        ),
        Field(
            name="terms.ship_from.country",
            label="Country",
            group="Where goods leave from",
            help="VAT of the EU needs it.",
        ),
        Field(name="terms.ship_from.region", label="State or province"),
        Field(name="terms.ship_from.postal_code", label="Postal code"),
        Field(
            name="terms.eu_vat",
            label="Settings of VAT",
            kind="json",
            group="VAT of the European Union",
            help='As JSON: {"below_threshold": true, "established_in": "DE"}.',
        ),
    ),
)

TAX_RATES = SettingKind(
    path="tax-rates",
    title="Tax rates",
    one="rate",
    group="Taxes",
    icon="receipt",
    what="What each tax is, from which day to which. A new rate needs the end of the one before it.",
    needs="taxes.read",
    writes="taxes.write",
    lists="list_tax_rates",
    write="put_tax_rate",
    code="id",
    paged=True,
    entry=_rate,
    id_of=id_of,
    version_of=version_of,
    history="tax_rate",
    warns=_new_rate,
    empty="No rate yet. Channels whose engine is the table of rates charge none.",
    columns=(
        ("Tax", lambda r: r["name"]),
        (
            "Where",
            lambda r: (
                "-".join(filter(None, (r["country"], r.get("region"))))
                + (f" {r['postal_prefix']}…" if r.get("postal_prefix") else "")
            ),
        ),
        ("Class", lambda r: r.get("tax_class") or "all"),
        ("Rate", lambda r: percent(r["rate"])),
        ("From", lambda r: str(r["valid_from"])),
        ("To", lambda r: str(r.get("valid_to") or "further notice")),
    ),
    fields=(
        Field(name="country", label="Country", required=True, fixed=True, help="Two letters, such as US."),
        Field(
            name="region",
            label="State or province",
            fixed=True,
            help="A code such as IL. Left out: all of the country.",
        ),
        Field(name="postal_prefix", label="Postal codes that begin with", fixed=True, help="Left out: all."),
        Field(name="tax_class", label="Tax class", fixed=True, help="Of SKUs. Left out: all."),
        Field(name="name", label="Name", required=True, fixed=True, help="As it stands on invoices."),
        Field(name="rate", label="Rate, %", kind="percent", required=True),
        Field(name="valid_from", label="First day", required=True, fixed=True, help="Such as 2026-07-01."),
        Field(name="valid_to", label="Last day", help="Left out: until further notice."),
        Field(name="applies_to_shipping", label="On shipping too", kind="yes"),
        Field(name="compound", label="On the other taxes too", kind="yes"),
        Field(
            name="remove",
            label="Take this rate away",
            kind="yes",
            group="Removal",
            help="As if it had never been. For what was typed by mistake.",
        ),
    ),
)

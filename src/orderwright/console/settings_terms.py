"""Settings of returns, taxes and invoices: return policies, rates, engines, companies, and who invoices what."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.words import plural, words

_CHANNEL = Field(name="channel", label="Channel", kind="choice", required=True, source="channels", fixed=True)


def _percent(value: Any) -> str:
    return f"{float(value or 0) * 100:g}%"


def _terms_of(row: Any) -> dict[str, Any]:
    return {"channel": row.channel, "terms": msgspec.to_builtins(row.terms)}


def _none(_: Any) -> str | None:
    return None


def _version(row: Any) -> int | None:
    return int(row.version)


def _new_version(before: Body | None, after: Body) -> list[str]:
    return ["Returns that are asked for from now on go by it. Those that were asked for keep their terms."]


def _new_taxes(before: Body | None, after: Body) -> list[str]:
    return ["What changes of the channel's orders from now on is taxed so. What was charged stays."]


def _new_rate(before: Body | None, after: Body) -> list[str]:
    if after.get("remove"):
        return ["The rate is taken away as if it had never been. Orders keep the taxes that they have."]
    return ["Orders keep what they were charged. What changes from the first day on is taxed by it."]


def _new_invoicing(before: Body | None, after: Body) -> list[str]:
    return [
        "An order gets what it misses by this when it is next looked at, and stays with its first document's company."
    ]


def _new_entity(before: Body | None, after: Body) -> list[str]:
    return ["Documents issued from now on show this. Those that were issued show it as it was."]


RETURN_POLICIES = SettingKind(
    path="return-policies",
    title="Return policies",
    one="return policy",
    group="Returns",
    icon="arrow-back-up",
    what="On what terms each channel takes goods back. A channel without a policy takes them back for 30 days.",
    needs="returns.read",
    writes="returns.override",
    lists="list_return_policies",
    write="put_return_policy",
    code="channel",
    entry=_terms_of,
    id_of=_none,
    version_of=_version,
    history="return_policy",
    warns=_new_version,
    empty="No channel has a policy of its own: all take goods back for 30 days after delivery, on the built-in terms.",
    columns=(
        ("Takes back", lambda r: "yes" if r["terms"].get("accepts_returns", True) else "no"),
        ("For", lambda r: plural(r["terms"].get("window_days", 30), "day")),
        ("Money goes back on", lambda r: words(r["terms"].get("refund_on", "inspection"))),
        ("Restocking fee", lambda r: _percent(r["terms"].get("restocking_rate"))),
        ("EU withdrawal", lambda r: "yes" if (r["terms"].get("withdrawal") or {}).get("enabled") else "no"),
    ),
    fields=(
        _CHANNEL,
        Field(name="terms.accepts_returns", label="Takes goods back", kind="yes", default=True),
        Field(name="terms.window_days", label="For how many days", kind="whole", default=30, help="From delivery."),
        Field(
            name="terms.transit_days",
            label="Days in transit",
            kind="whole",
            default=7,
            help="While nobody knows of a delivery, the days run from this many after shipping.",
        ),
        Field(
            name="terms.conditions",
            label="In which conditions",
            kind="many",
            default=["unopened", "opened", "damaged"],
            options=[(c, c.capitalize()) for c in ("unopened", "opened", "used", "damaged")],
        ),
        Field(
            name="terms.methods",
            label="How goods come back",
            kind="many",
            default=["label", "drop_off"],
            options=[("label", "With our label"), ("drop_off", "Handed in")],
        ),
        Field(
            name="terms.refund_on",
            label="When money goes back",
            kind="choice",
            required=True,
            default="inspection",
            group="Money",
            options=[
                ("scan", "When the carrier has the parcel"),
                ("receipt", "When it arrives"),
                ("inspection", "When it was inspected"),
            ],
        ),
        Field(
            name="terms.restocking_rate",
            label="Restocking fee, %",
            kind="percent",
            default="0",
            help="Of what comes back. Not taken for the reasons below.",
        ),
        Field(name="terms.label_fee_minor", label="Fee for a label, in minor units", kind="whole", default=0),
        Field(
            name="terms.free_reasons",
            label="Reasons without fees",
            kind="lines",
            default=["damaged", "wrong_item", "not_as_described", "late"],
            help="One a line.",
        ),
        Field(name="terms.keep_outbound_shipping", label="What delivery cost is kept", kind="yes", default=True),
        Field(
            name="terms.outbound_shipping_max_minor",
            label="At most this much of it goes back, in minor units",
            kind="whole",
        ),
        Field(
            name="terms.store_credit_bonus_rate",
            label="Bonus for store credit, %",
            kind="percent",
            default="0",
            help="On top for who takes store credit in place of money.",
        ),
        Field(
            name="terms.exchange_days",
            label="Days to send goods back for an exchange",
            kind="whole",
            default=14,
            group="Exchanges",
        ),
        Field(name="terms.exchange_fees", label="Take the fees for exchanges too", kind="yes"),
        Field(name="terms.label_carrier", label="Carrier of labels", default="builtin", group="Labels"),
        Field(name="terms.label_service", label="Service of labels", default="standard"),
        Field(
            name="terms.withdrawal.enabled",
            label="Customers are consumers in the EU",
            kind="yes",
            group="Right of withdrawal (EU)",
            help="They may withdraw without a reason (Directive 2011/83/EU).",
        ),
        Field(name="terms.withdrawal.days", label="For how many days", kind="whole", default=14, help="14 at least."),
        Field(
            name="terms.withdrawal.informed",
            label="They are told of it before they buy",
            kind="yes",
            default=True,
            help="Who was not told has twelve months more.",
        ),
        Field(
            name="terms.withdrawal.standard_shipping_minor",
            label="Least expensive delivery, in minor units",
            kind="whole",
            help="Of what delivery cost no more goes back. Left out: all of it.",
        ),
        Field(
            name="terms.withdrawal.time_zone",
            label="Whose days count",
            default="UTC",
            help="The time zone of the customers.",
        ),
        Field(
            name="terms.categories",
            label="Other terms by category",
            kind="json",
            group="Beside it",
            help='As JSON: {"mugs": {"window_days": 60, "final_sale": false}}. SKUs have it as an attribute.',
        ),
        Field(
            name="terms.grade_rates",
            label="What a grade brings",
            kind="json",
            help='Shares by grade where money goes back on inspection: {"a": "1", "b": "0.8", "c": "0.5", "d": "0"}.',
        ),
    ),
)

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
    entry=_terms_of,
    id_of=_none,
    version_of=_version,
    history="channel_tax",
    warns=_new_taxes,
    empty="No channel has an engine: all keep to the rates that their orders came with.",
    columns=(
        ("Engine", lambda r: words(r["terms"].get("engine", "as_placed"))),
        ("Rounds", lambda r: f"each {r['terms'].get('rounding', 'line')}"),
    ),
    fields=(
        _CHANNEL,
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


def _rate(row: Any) -> dict[str, Any]:
    body = msgspec.to_builtins(row)
    body.pop("version")
    return {name: value for name, value in body.items() if value is not None}


def _id(row: Any) -> str | None:
    return str(row.id)


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
    id_of=_id,
    version_of=_version,
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
        ("Rate", lambda r: _percent(r["rate"])),
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


def _entity(row: Any) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(row.entity)
    return body


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
    id_of=_id,
    version_of=_version,
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


def _invoicing(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("channel", "legal_entity", "invoice_at", "receipts")}


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
    id_of=_id,
    version_of=_version,
    history="channel_invoicing",
    warns=_new_invoicing,
    empty="No channel is invoiced yet.",
    columns=(
        ("Company", lambda r: r["legal_entity"]),
        ("Invoices", lambda r: words(r["invoice_at"])),
        ("Receipts", lambda r: "yes" if r.get("receipts") else "no"),
    ),
    fields=(
        _CHANNEL,
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

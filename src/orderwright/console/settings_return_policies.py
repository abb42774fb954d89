"""Settings of return policies, each field explained."""

from __future__ import annotations

from orderwright.console.settings_entries import version_of
from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, SettingKind
from orderwright.console.settings_of_channels import CHANNEL, no_id, percent, terms_of
from orderwright.console.words import plural, words


def _new_version(before: Body | None, after: Body) -> list[str]:
    return ["Returns that are asked for from now on go by it. Those that were asked for keep their terms."]


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
    entry=terms_of,
    id_of=no_id,
    version_of=version_of,
    history="return_policy",
    warns=_new_version,
    empty="No channel has a policy of its own: all take goods back for 30 days after delivery, on the built-in terms.",
    columns=(
        ("Takes back", lambda r: "yes" if r["terms"].get("accepts_returns", True) else "no"),
        ("For", lambda r: plural(r["terms"].get("window_days", 30), "day")),
        ("Money goes back on", lambda r: words(r["terms"].get("refund_on", "inspection"))),
        ("Restocking fee", lambda r: percent(r["terms"].get("restocking_rate"))),
        ("EU withdrawal", lambda r: "yes" if (r["terms"].get("withdrawal") or {}).get("enabled") else "no"),
    ),
    fields=(
        CHANNEL,
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

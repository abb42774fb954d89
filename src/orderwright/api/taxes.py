"""Taxes over HTTP: by which engine channels are taxed, the table of rates, and quotes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import Operation, operation
from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.payments.taxes.channel_terms import PutChannelTax, TaxTerms
from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.list_channel_taxes import list_channel_taxes
from orderwright.payments.taxes.put_channel_taxes import put_channel_taxes
from orderwright.payments.taxes.put_tax_rates import put_tax_rates
from orderwright.payments.taxes.queries import TaxRateRow
from orderwright.payments.taxes.quote_taxes import QuoteTaxes, quote_taxes
from orderwright.payments.taxes.read_tax_rates import PAGE_MAX, read_tax_rates
from orderwright.platform.fields import Country
from orderwright.platform.ids import encode_id

_decode_after = msgspec.json.Decoder(tuple[str]).decode


class ChannelTaxView(msgspec.Struct, frozen=True, kw_only=True):
    """How the orders of a channel are taxed when they change, and since when."""

    channel: str
    version: int
    since: datetime
    terms: TaxTerms


class ChannelTaxes(msgspec.Struct, frozen=True):
    """By the channel's code. Channels that are not listed keep to the rates that their orders came with; `next` is
    null."""

    data: list[ChannelTaxView]
    next: None = None


class TaxRateView(msgspec.Struct, frozen=True, kw_only=True):
    """What a tax is from a day on. A `region`, `postal_prefix` or `tax_class` that is null: every one. `valid_to` is
    the last day, null until further notice."""

    id: str
    version: int
    country: str
    region: str | None
    postal_prefix: str | None
    tax_class: str | None
    name: str
    rate: Decimal
    applies_to_shipping: bool
    compound: bool
    valid_from: date
    valid_to: date | None


class TaxRates(msgspec.Struct, frozen=True):
    """By tax and first day. `next`, unless null, is the `after` of the page that follows."""

    data: list[TaxRateView]
    next: str | None


class ListTaxRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`country`, `region` (a code of ISO 3166-2 without the country; empty for the country's own rates), `on`: the day
    that they hold on. `after`: the `next` of the page before."""

    country: Country | None = None
    region: Annotated[str, Meta(pattern=r"\A[A-Z0-9]{0,20}\Z")] | None = None
    on: date | None = None
    after: Annotated[str, Meta(max_length=2_000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50


@operation("GET", "/v1/channel-taxes", tag="Taxes", scope="taxes.read", answer=ChannelTaxes)
async def list_taxes_of_channels(call: Call) -> Answer:
    """List by which engine the orders of channels are taxed."""
    found = await call.read(lambda tx: list_channel_taxes(tx, call.ctx))
    views = [ChannelTaxView(channel=f.channel, version=f.version, since=f.created_at, terms=f.terms) for f in found]
    return json_answer(ChannelTaxes(views))


@operation("GET", "/v1/taxes/rates", tag="Taxes", scope="taxes.read", answer=TaxRates)
async def list_tax_rates(call: Call, query: ListTaxRates) -> Answer:
    """List the rates of taxes that the engine `jurisdictions` goes by."""
    after = decode_cursor(query.after, _decode_after)[0] if query.after else None
    page = await call.read(
        lambda tx: read_tax_rates(
            tx, call.ctx, country=query.country, region=query.region, on=query.on, after=after, limit=query.limit
        )
    )
    more = None if page.next is None else encode_cursor((page.next,))
    return json_answer(TaxRates([_view(row) for row in page.data], more))


def _view(row: TaxRateRow) -> TaxRateView:
    facts = row._asdict()
    for name in ("region", "postal_prefix", "tax_class"):
        facts[name] = facts[name] or None
    return TaxRateView(**facts | {"id": encode_id("txr", row.id), "rate": row.rate.normalize()})


_ROUTES = [
    VerbRoute(
        id="put_channel_tax",
        verb=put_channel_taxes,
        command=PutChannelTax,
        one="/v1/channel-taxes",
        many="/v1/channel-taxes/bulk",
        tag="Taxes",
        scope="taxes.write",
        prefix="chn",
        does="Set by which engine a channel's orders are taxed when they change",
        does_many="Set by which engine the orders of up to 1,000 channels are taxed when they change",
        more="Each is a new version, and holds for what changes from now on.",
        natural_key=True,
        example={"channel": "web", "terms": {"engine": "jurisdictions", "rounding": "line"}},
    ),
    VerbRoute(
        id="put_tax_rate",
        verb=put_tax_rates,
        command=PutTaxRate,
        one="/v1/taxes/rates",
        many="/v1/taxes/rates/bulk",
        tag="Taxes",
        scope="taxes.write",
        prefix="txr",
        does="Add, change or remove a rate of a tax",
        does_many="Add, change or remove up to 1,000 rates of taxes",
        more="It is known by its tax (country to name) and its first day. A new rate needs the end of the one before"
        " it: send both in one call. Orders keep what they were charged.",
        natural_key=True,
        example={"country": "US", "region": "IL", "name": "State", "rate": "0.0625", "valid_from": "2020-01-01"},
    ),
    VerbRoute(
        id="quote_taxes",
        verb=quote_taxes,
        command=QuoteTaxes,
        one="/v1/taxes/quote",
        many="/v1/taxes/quote/bulk",
        tag="Taxes",
        scope="taxes.read",
        prefix="chn",
        does="Quote what a channel's engine would charge",
        does_many="Quote what the engines of channels would charge, for up to 1,000 orders",
        more="The taxes of each item, their sum, and notes that say why. Nothing is kept.",
        natural_key=True,
        example={
            "channel": "web", "currency": "USD", "ship_to": {"country": "US", "region": "IL", "postal_code": "60601"},
            "on": "2026-05-01", "items": [{"key": "1", "amount_minor": 10_000}],
        },
    ),
]  # fmt: skip

TAXES: list[Operation] = [
    list_taxes_of_channels,
    list_tax_rates,
    *(made for route in _ROUTES for made in operations_of(route)),
]

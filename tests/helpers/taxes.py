"""Channels that are taxed by an engine of their own, and what their orders were charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from orderwright.orders.contract import Tax
from orderwright.payments.taxes.channel_terms import PutChannelTax, ShipFrom, TaxTerms
from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.put_channel_taxes import put_channel_taxes
from orderwright.payments.taxes.put_tax_rates import put_tax_rates
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import usd
from tests.helpers.desk import Desk

GERMANY = ShipFrom(country="DE", postal_code="10115")
# State, county and city of Illinois; one rate for all of New York, on shipping too.
US_RATES: list[dict[str, Any]] = [
    {"region": "IL", "name": "State", "rate": Decimal("0.0625")},
    {"region": "IL", "postal_prefix": "606", "name": "County", "rate": Decimal("0.0175")},
    {"region": "NY", "name": "State", "rate": Decimal("0.04"), "applies_to_shipping": True},
    {"region": "OR", "name": "None", "rate": Decimal(0)},
]


async def taxed_by(desk: Desk, shop: Shop, engine: Any, **terms: Any) -> None:
    """The shop's channel is taxed by an engine from now on."""
    command = PutChannelTax(channel=shop.channel.code, terms=TaxTerms(engine=engine, **terms))
    [outcome] = await desk.run(put_channel_taxes, [command])
    assert outcome.code == "set", outcome


async def us_rates(desk: Desk) -> None:
    """The rates above."""
    commands = [PutTaxRate(country="US", valid_from=date(2020, 1, 1), **rate) for rate in US_RATES]
    assert {outcome.code for outcome in await desk.run(put_tax_rates, commands)} == {"created"}


def a_tax(minor: int, name: str, rate: str) -> Tax:
    """A tax as an order comes with it."""
    return Tax(amount=usd(minor), name=name, rate=Decimal(rate))


async def taxes(desk: Desk, order_id: UUID) -> list[tuple[str, str, list[int]]]:
    """The taxes of an order: name, rate, and what each line carries."""
    rows = await desk.fetch(
        "SELECT name, rate, shares_minor FROM order_charge WHERE order_id = $1 AND kind = 'tax' ORDER BY n", order_id
    )
    return [(row["name"], f"{row['rate'].normalize():f}", list(row["shares_minor"])) for row in rows]

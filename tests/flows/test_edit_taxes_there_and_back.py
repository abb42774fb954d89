"""An order that moves and comes back is charged what it was; wherever it is, it is charged what a quote says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderwright.orders.contract import Address, Charge, Discount, Tax
from orderwright.orders.edit_contract import SetShipTo
from orderwright.payments.taxes.quote_taxes import Destination, QuotedItem, QuoteTaxes, quote_taxes
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order, usd
from tests.flows.test_edit_orders import a_stocked_shop, edit
from tests.flows.test_edit_taxes import BERLIN, CHICAGO, NEW_YORK, PARIS, PORTLAND, ZURICH
from tests.helpers.desk import Desk
from tests.helpers.taxes import GERMANY, taxed_by, us_rates

LINES = [(3, 333, 100), (1, 1999, 0), (2, 1249, 1249)]  # units, price, discount
ITEMS = [
    *(QuotedItem(key=f"{n}", amount_minor=q * p - off, quantity=q) for n, (q, p, off) in enumerate(LINES)),
    QuotedItem(key="shipping", amount_minor=595, kind="shipping"),
    QuotedItem(key="fee", amount_minor=99, kind="fee"),
]


async def quoted(desk: Desk, shop: Shop, to: Address, *, inclusive: bool) -> tuple[int, dict[str, list[Tax]]]:
    """The tax of the items in all, and of each."""
    place = Destination(country=to.country, region=to.region, postal_code=to.postal_code)
    question = QuoteTaxes(
        channel=shop.channel.code, currency="USD", ship_to=place, items=ITEMS, prices_include_tax=inclusive
    )
    [outcome] = await desk.run(quote_taxes, [question])
    taxes = {
        item["key"]: [
            Tax(amount=usd(tax["amount_minor"]), name=tax["name"], rate=Decimal(tax["rate"])) for tax in item["taxes"]
        ]
        for item in outcome.details["items"]
    }
    return outcome.details["tax_minor"], taxes


@pytest.mark.parametrize("rounding", ["line", "order"])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize(
    ("engine", "way"),
    [
        ("jurisdictions", [CHICAGO, NEW_YORK, PORTLAND, CHICAGO]),
        ("eu_vat", [BERLIN, PARIS, ZURICH, PARIS, BERLIN]),
    ],
)
async def test_there_and_back(desk: Desk, engine: str, way: list[Address], inclusive: bool, rounding: str) -> None:
    shop = await a_stocked_shop(desk)
    terms: dict[str, Any] = {"rounding": rounding}
    if engine == "eu_vat":
        terms["ship_from"] = GERMANY
    else:
        await us_rates(desk)
    await taxed_by(desk, shop, engine, **terms)
    tax, said = await quoted(desk, shop, way[0], inclusive=inclusive)
    lines = [
        a_line(sku.code, q, p, discounts=[Discount(amount=usd(off))] if off else [], taxes=said[f"{n}"])
        for n, (sku, (q, p, off)) in enumerate(zip(shop.skus, LINES, strict=True))
    ]
    total = sum(item.amount_minor for item in ITEMS) + (0 if inclusive else tax)
    order = an_order(
        shop.channel.code, lines, ship_to=way[0], total=usd(total), prices_include_tax=inclusive,
        shipping=[Charge(amount=usd(595), code="std", taxes=said["shipping"])],
        fees=[Charge(amount=usd(99), code="gift", taxes=said["fee"])],
    )  # fmt: skip
    order_id = await desk.placed(order)
    difference = 0
    for revision, place in enumerate(way[1:]):
        outcome = await edit(desk, order_id, SetShipTo(ship_to=place), revision=revision)
        tax, _ = await quoted(desk, shop, place, inclusive=inclusive)
        assert (outcome.code, outcome.details["tax_minor"]) == ("edited", tax)
        difference += outcome.details["difference_minor"]
    assert (difference, outcome.details["total_minor"]) == (0, total)

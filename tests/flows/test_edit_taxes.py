"""What edits are taxed: by the engine of the channel, for where the order goes to; what has left keeps its taxes."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.catalog import upsert_locations
from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.orders import EditOrder
from orderwright.orders.contract import Charge, Discount, Tax
from orderwright.orders.edit_contract import (
    AddDiscount,
    AddLine,
    SetQuantity,
    SetShipping,
    SetShipTo,
    SwapSku,
)
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop, a_location
from tests.builders.orders import a_line, an_address, an_order, usd
from tests.flows.test_edit_orders import a_stocked_shop, edit, money, ship
from tests.flows.test_statement_counts import Counting
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers
from tests.helpers.taxes import GERMANY, a_tax, taxed_by, taxes, us_rates

BERLIN = an_address(city="Berlin", region=None, postal_code="10117", country="DE", latitude=52.5, longitude=13.4)
PARIS = an_address(city="Paris", region=None, postal_code="75001", country="FR", latitude=48.9, longitude=2.3)
ZURICH = an_address(city="Zürich", region=None, postal_code="8001", country="CH", latitude=47.4, longitude=8.5)
CHICAGO = an_address(city="Chicago", postal_code="60601")
NEW_YORK = an_address(city="New York", region="NY", postal_code="10001")
PORTLAND = an_address(city="Portland", region="OR", postal_code="97201")


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def a_vat_shop(desk: Desk) -> Shop:
    shop = await a_stocked_shop(desk)
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    return shop


async def a_us_shop(desk: Desk) -> Shop:
    shop = await a_stocked_shop(desk)
    await us_rates(desk)
    await taxed_by(desk, shop, "jurisdictions")
    return shop


async def a_berlin_order(desk: Desk, shop: Shop, **fields: Any) -> UUID:
    """Two at 119.00 with 19 % VAT inside, and 5.95 of shipping with 0.95 of it inside."""
    line = a_line(shop.skus[0].code, 2, 11_900, taxes=[a_tax(3800, "VAT", "0.19")])
    shipping = [Charge(amount=usd(595), code="dhl", taxes=[a_tax(95, "VAT", "0.19")])]
    given = {"total": usd(24_395), "prices_include_tax": True, "shipping": shipping, "ship_to": BERLIN}
    return await desk.placed(an_order(shop.channel.code, [line], **given | fields))


def springfield(shop: Shop, units: int = 1, **fields: Any) -> Any:
    """Units at 100.00 with the state's 6.25 % on top."""
    line = a_line(shop.skus[0].code, units, 10_000, taxes=[a_tax(625 * units, "State", "0.0625")])
    return an_order(shop.channel.code, [line], **{"total": usd(10_625 * units)} | fields)


async def lines(desk: Desk, order_id: UUID) -> list[tuple[int, int]]:
    """Tax, and what of it is on shipping and fees, of each line."""
    rows = await desk.fetch(
        "SELECT tax_minor, charge_tax_minor FROM order_line WHERE order_id = $1 ORDER BY n", order_id
    )
    return [tuple(row) for row in rows]


# ---- prices without tax, by the table ----


async def test_state_and_county_where_the_address_moves(desk: Desk, bank: Bank) -> None:
    shop = await a_us_shop(desk)
    order_id = await desk.placed(springfield(shop))

    outcome = await edit(desk, order_id, SetShipTo(ship_to=CHICAGO), verb=preview_edits)
    told = {name: outcome.details[name] for name in ("tax_before_minor", "tax_minor", "difference_minor", "tax_notes")}
    assert told == {"tax_before_minor": 625, "tax_minor": 800, "difference_minor": 175, "tax_notes": []}
    assert await taxes(desk, order_id) == [("State", "0.0625", [625])]  # a preview keeps nothing

    outcome = await edit(desk, order_id, SetShipTo(ship_to=CHICAGO))
    assert outcome.details == {"revision": 1, "total_minor": 10_800, "tax_minor": 800, "difference_minor": 175}
    assert await taxes(desk, order_id) == [("State", "0.0625", [625]), ("County", "0.0175", [175])]
    assert await bank.due(order_id) == 10_800


async def test_shipping_is_taxed_where_its_new_state_does(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    order = springfield(shop, shipping=[Charge(amount=usd(1000), code="ground")], total=usd(11_625))
    order_id = await desk.placed(order)

    outcome = await edit(desk, order_id, SetShipTo(ship_to=NEW_YORK))

    assert outcome.details["difference_minor"] == -185  # 4.00 and 0.40 in place of 6.25
    assert await taxes(desk, order_id) == [("State", "0.04", [440])]
    assert await lines(desk, order_id) == [(440, 40)]


async def test_what_is_added_and_swapped_has_the_rates_of_the_channel(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    line = a_line(shop.skus[0].code, 1, 10_000, taxes=[a_tax(900, "Sales tax", "0.09")])  # what the shop said
    order_id = await desk.placed(
        an_order(shop.channel.code, [line, a_line(shop.skus[1].code, 1, 1000)], total=usd(11_900), ship_to=CHICAGO)
    )

    outcome = await edit(
        desk, order_id, AddLine(line=a_line(shop.skus[2].code, 1, 5_000)), SwapSku(line=2, sku=shop.skus[2].code)
    )

    assert outcome.details["difference_minor"] == 5_401 + 81  # halves of a cent go up
    assert await taxes(desk, order_id) == [
        ("Sales tax", "0.09", [900, 0, 0, 0]), ("State", "0.0625", [0, 0, 313, 63]),
        ("County", "0.0175", [0, 0, 88, 18]),
    ]  # fmt: skip


async def test_new_shipping_is_asked_where_the_order_goes_to(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    line = a_line(shop.skus[0].code, 1, 10_000, taxes=[a_tax(400, "State", "0.04")])
    order_id = await desk.placed(an_order(shop.channel.code, [line], total=usd(10_400), ship_to=NEW_YORK))

    outcome = await edit(desk, order_id, SetShipping(shipping=[Charge(amount=usd(2_500), code="express")]))

    assert outcome.details["difference_minor"] == 2_600
    assert await lines(desk, order_id) == [(500, 100)]
    assert await taxes(desk, order_id) == [("State", "0.04", [500])]


async def test_new_shipping_to_another_place_and_a_fee_that_stays(desk: Desk) -> None:
    """4 % of 100.00, of 5.00 of shipping and of 3.00 for wrapping."""
    shop = await a_us_shop(desk)
    fees = [Charge(amount=usd(300), code="gift", taxes=[a_tax(19, "State", "0.0625")])]
    order = springfield(shop, shipping=[Charge(amount=usd(1000))], fees=fees, total=usd(11_944))
    order_id = await desk.placed(order)

    express = SetShipping(shipping=[Charge(amount=usd(500), code="express")])
    outcome = await edit(desk, order_id, express, SetShipTo(ship_to=NEW_YORK))

    assert outcome.details["tax_minor"] == 432
    assert await money(desk, order_id) == (10_000, 500, 300, 0, 432, 0, 11_232, 1)
    assert await lines(desk, order_id) == [(432, 32)]


async def test_a_place_without_a_rate_is_refused(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    order_id = await desk.placed(springfield(shop))
    before = await money(desk, order_id), await taxes(desk, order_id), await desk.units(order_id)

    nowhere = an_address(region="TX", city="Austin", postal_code="73301")
    outcome = await edit(desk, order_id, SetShipTo(ship_to=nowhere))

    assert (outcome.code, outcome.details) == ("tax_unknown", {"lines": [1]})
    assert (await money(desk, order_id), await taxes(desk, order_id), await desk.units(order_id)) == before
    # A rate of 0 says that nothing is taxed, which is not the same as not to know.
    outcome = await edit(desk, order_id, SetShipTo(ship_to=PORTLAND))
    assert outcome.details["difference_minor"] == -625
    assert await taxes(desk, order_id) == [("None", "0", [0])]


async def test_an_order_whose_address_was_erased_gets_no_new_lines(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    order_id = await desk.placed(springfield(shop))
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE contact SET country = NULL, erased_at = now() WHERE order_id = $1", order_id)
    outcome = await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 1000)))
    assert (outcome.code, outcome.details) == ("tax_unknown", {"lines": []})
    # what needs no rate can be done all the same
    assert (await edit(desk, order_id, AddDiscount(discount=Discount(amount=usd(1000))))).code == "edited"
    assert await taxes(desk, order_id) == [("State", "0.0625", [563])]


async def test_another_street_changes_no_tax(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    line = a_line(shop.skus[0].code, 1, 10_000, taxes=[a_tax(999, "What the shop said", "0.0999")])
    order_id = await desk.placed(an_order(shop.channel.code, [line], total=usd(10_999)))
    outcome = await edit(desk, order_id, SetShipTo(ship_to=an_address(line1="9 Side St")))
    assert outcome.details["difference_minor"] == 0
    assert await taxes(desk, order_id) == [("What the shop said", "0.0999", [999])]


async def test_without_an_engine_a_new_address_keeps_the_taxes(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(springfield(shop))
    outcome = await edit(desk, order_id, SetShipTo(ship_to=NEW_YORK))
    assert outcome.details["difference_minor"] == 0
    assert await taxes(desk, order_id) == [("State", "0.0625", [625])]


async def test_what_is_fetched_is_taxed_where_it_is_fetched(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    store = a_location(shop.pool_code, country="US", region="NY", postal_code="10001")
    await desk.run(upsert_locations, [store])
    await desk.receive(shop.skus[1], store, 5)
    order_id = await desk.placed(springfield(shop))

    fetched = a_line(shop.skus[1].code, 1, 10_000, delivery="pickup", location=store.code)
    outcome = await edit(desk, order_id, AddLine(line=fetched))
    assert outcome.details["difference_minor"] == 10_400
    # and stays so when the rest goes elsewhere
    outcome = await edit(desk, order_id, SetShipTo(ship_to=CHICAGO), revision=1)
    assert outcome.details["difference_minor"] == 175
    assert await taxes(desk, order_id) == [
        ("State", "0.0625", [625, 0]), ("County", "0.0175", [175, 0]), ("State", "0.04", [0, 400]),
    ]  # fmt: skip


# ---- prices with VAT ----


async def test_from_germany_to_france_the_price_stays_and_its_vat_changes(desk: Desk, bank: Bank) -> None:
    shop = await a_vat_shop(desk)
    order_id = await a_berlin_order(desk, shop)

    outcome = await edit(desk, order_id, SetShipTo(ship_to=PARIS))

    # 238.00 / 1.20 leaves 39.67, 5.95 / 1.20 leaves 0.99
    assert outcome.details == {"revision": 1, "total_minor": 24_395, "tax_minor": 4_066, "difference_minor": 0}
    assert await taxes(desk, order_id) == [("TVA", "0.2", [4_066])]
    assert await lines(desk, order_id) == [(4_066, 99)]
    balances = await bank.balances(order_id)
    assert (balances["tax"], balances["tax_included"]) == (-4_066, 4_066)


async def test_new_shipping_is_taxed_as_the_goods_are(desk: Desk) -> None:
    """10.00 with 119.00 at 19 % and 107.00 at 7 %: 5.27 and 4.73, with 0.84 and 0.31 of tax inside."""
    shop = await a_vat_shop(desk)
    book = await desk.sku(tax_class="reduced")
    await desk.receive(book, shop.locations[0], 5)
    made = [
        a_line(shop.skus[0].code, 1, 11_900, taxes=[a_tax(1_900, "MwSt", "0.19")]),
        a_line(book.code, 1, 10_700, taxes=[a_tax(700, "MwSt", "0.07")]),
    ]
    order_id = await desk.placed(
        an_order(shop.channel.code, made, total=usd(22_600), prices_include_tax=True, ship_to=BERLIN)
    )
    outcome = await edit(desk, order_id, SetShipping(shipping=[Charge(amount=usd(1000))]))
    assert outcome.details["difference_minor"] == 1000
    assert [(name, rate, sum(shares)) for name, rate, shares in await taxes(desk, order_id)] == [
        ("MwSt", "0.19", 1_984), ("MwSt", "0.07", 731),
    ]  # fmt: skip
    assert sum(on_charges for _, on_charges in await lines(desk, order_id)) == 115


async def test_within_a_country_of_one_rate_nothing_is_touched(desk: Desk) -> None:
    shop = await a_vat_shop(desk)
    order_id = await a_berlin_order(desk, shop)
    munich = an_address(city="München", region=None, postal_code="80331", country="DE")
    assert (await edit(desk, order_id, SetShipTo(ship_to=munich))).details["difference_minor"] == 0
    assert await taxes(desk, order_id) == [("VAT", "0.19", [3_895])]  # by the name that it came with


async def test_out_of_the_union_nothing_is_taxed(desk: Desk, bank: Bank) -> None:
    shop = await a_vat_shop(desk)
    order_id = await a_berlin_order(desk, shop)
    outcome = await edit(desk, order_id, SetShipTo(ship_to=ZURICH), verb=preview_edits)
    assert (outcome.details["tax_before_minor"], outcome.details["tax_notes"]) == (3_895, ["export"])
    outcome = await edit(desk, order_id, SetShipTo(ship_to=ZURICH))
    assert outcome.details == {"revision": 1, "total_minor": 24_395, "tax_minor": 0, "difference_minor": 0}
    assert await taxes(desk, order_id) == [("VAT", "0", [0])]
    assert "tax" not in await bank.balances(order_id)


async def test_a_company_abroad_accounts_for_the_tax_itself(desk: Desk) -> None:
    shop = await a_vat_shop(desk)
    order_id = await a_berlin_order(desk, shop)
    change = SetShipTo(ship_to=PARIS)
    [outcome] = await desk.run(
        preview_edits, [EditOrder(order_id=order_id, revision=0, changes=[change], vat_id="FR12345678901")]
    )
    assert (outcome.details["tax_minor"], outcome.details["tax_notes"]) == (0, ["reverse_charge"])
    await desk.run(edit_orders, [EditOrder(order_id=order_id, revision=0, changes=[change], vat_id="FR12345678901")])
    assert await taxes(desk, order_id) == [("VAT reverse charge", "0", [0])]
    # A later edit that touches no tax still says so.
    assert (await edit(desk, order_id, SetQuantity(line=1, quantity=1), revision=1)).code == "edited"
    assert await taxes(desk, order_id) == [("VAT reverse charge", "0", [0])]
    for table in ("event", "act", "order_charge", "orders", "idempotency"):
        assert await desk.value(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%FR12345678901%'") == 0


# ---- what has left ----


async def two_lines_one_shipped(desk: Desk, bank: Bank, shop: Shop) -> UUID:
    """119.00 twice with 11.90 of shipping; the first has left from its own location."""
    first, second = (
        a_line(sku.code, 1, 11_900, taxes=[a_tax(1900, "VAT", "0.19")]) for sku in (shop.skus[0], shop.skus[1])
    )
    shipping = [Charge(amount=usd(1190), code="dhl", taxes=[a_tax(190, "VAT", "0.19")])]
    order = an_order(
        shop.channel.code, [first, second], total=usd(24_990), prices_include_tax=True, shipping=shipping,
        ship_to=BERLIN, payments=[await bank.authorized(24_990)],
    )  # fmt: skip
    order_id = await desk.placed(order)
    await bank.work()
    [work] = [w for w in await desk.fulfillments(order_id) if w.location_id == shop.locations[0].id]
    await desk.pick(work.id)
    await desk.pack(work.id)
    await bank.work()
    await desk.ship(work.id)
    await bank.work()
    return order_id


async def a_vat_shop_in_two_places(desk: Desk) -> Shop:
    shop = await desk.shop(locations=2, skus=3)
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    await desk.receive(shop.skus[1], shop.locations[1], 5)
    await desk.receive(shop.skus[2], shop.locations[1], 5)
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    return shop


async def test_lines_that_have_left_keep_their_taxes_and_their_share_of_shipping(desk: Desk, bank: Bank) -> None:
    shop = await a_vat_shop_in_two_places(desk)
    papers = Papers(desk)
    await papers.company()
    await papers.invoiced(shop.channel.code, "shipment")
    order_id = await two_lines_one_shipped(desk, bank, shop)
    assert await papers.totals(order_id) == [("invoice", 10_500, 1_995, 12_495)]

    outcome = await edit(desk, order_id, SetShipTo(ship_to=PARIS))

    # of the second: 119.00 / 1.20 leaves 19.83; of its half of the shipping, 5.95 / 1.20 leaves 0.99
    assert outcome.details["difference_minor"] == 0
    assert await lines(desk, order_id) == [(1_995, 95), (2_082, 99)]
    assert await taxes(desk, order_id) == [("VAT", "0.19", [1_995, 0]), ("TVA", "0.2", [0, 2_082])]
    await ship(desk, bank, order_id)
    assert await bank.due(order_id) == 0
    # What was invoiced stays; the second invoice has what left then.
    assert await papers.totals(order_id) == [("invoice", 10_500, 1_995, 12_495), ("invoice", 10_413, 2_082, 12_495)]
    told = [[(name, tax) for name, _, _, tax in taxes if tax] for taxes in await papers.taxes(order_id)]
    assert told == [[("VAT", 1_995)], [("TVA", 2_082)]]


async def test_an_invoice_of_the_whole_is_corrected(desk: Desk, bank: Bank) -> None:
    """Invoiced at placement: what was said of the old tax is taken back, to the cent."""
    shop = await a_vat_shop(desk)
    papers = Papers(desk)
    await papers.company()
    await papers.invoiced(shop.channel.code, "placement")
    order_id = await a_berlin_order(desk, shop, payments=[await bank.authorized(24_395)])
    await bank.work()
    await edit(desk, order_id, SetShipTo(ship_to=ZURICH))
    await bank.work()
    assert await papers.totals(order_id) == [("invoice", 20_500, 3_895, 24_395), ("credit_note", -3_895, 3_895, 0)]


async def a_partly_shipped_line(desk: Desk, bank: Bank, shop: Shop) -> UUID:
    """Three of one line at 119.00, one of them shipped."""
    line = a_line(shop.skus[0].code, 3, 11_900, taxes=[a_tax(5_700, "VAT", "0.19")])
    order = an_order(
        shop.channel.code, [line], total=usd(35_700), prices_include_tax=True, ship_to=BERLIN,
        payments=[await bank.authorized(35_700)],
    )  # fmt: skip
    order_id = await desk.placed(order)
    await bank.work()
    works = [w for w in await desk.fulfillments(order_id) if w.state == "released"]
    await desk.pick(works[0].id)
    await desk.pack(works[0].id)
    await bank.work()
    await desk.ship(works[0].id)
    await bank.work()
    return order_id


async def test_a_line_of_which_a_part_has_left_is_refused_and_can_be_divided(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop(locations=2, skus=1)
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    await desk.receive(shop.skus[0], shop.locations[1], 2)
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    order_id = await a_partly_shipped_line(desk, bank, shop)
    assert sorted((await desk.units(order_id))[1, 1].values()) == [1, 2]
    gone = (await desk.units(order_id))[1, 1]["shipped"]
    before = await money(desk, order_id), await taxes(desk, order_id)

    outcome = await edit(desk, order_id, SetShipTo(ship_to=PARIS))

    assert (outcome.code, outcome.details) == ("tax_partly_charged", {"line": 1, "gone": gone})
    assert (await money(desk, order_id), await taxes(desk, order_id)) == before
    rest = a_line(shop.skus[0].code, 3 - gone, 11_900)
    outcome = await edit(
        desk, order_id, SetQuantity(line=1, quantity=gone), AddLine(line=rest), SetShipTo(ship_to=PARIS)
    )
    assert (outcome.code, outcome.details["difference_minor"]) == ("edited", 0)
    vat = {1: 1_983, 2: 3_967}[3 - gone]
    assert await taxes(desk, order_id) == [("VAT", "0.19", [5_700, 0]), ("TVA", "0.2", [0, vat])]
    assert (await bank.balances(order_id))["tax"] == -(1_900 * gone + vat)
    await ship(desk, bank, order_id)
    assert await bank.due(order_id) == 0


async def test_a_part_that_has_left_does_not_matter_where_the_tax_is_the_same(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop(locations=2, skus=1)
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    await desk.receive(shop.skus[0], shop.locations[1], 2)
    await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY)
    order_id = await a_partly_shipped_line(desk, bank, shop)
    munich = an_address(city="München", region=None, postal_code="80331", country="DE")
    assert (await edit(desk, order_id, SetShipTo(ship_to=munich))).code == "edited"
    assert await taxes(desk, order_id) == [("VAT", "0.19", [5_700])]


async def test_rounding_by_order_is_the_channels_choice(desk: Desk) -> None:
    """0.99 three times at 19 %: 0.57 by line, 0.56 by order."""
    found = {}
    for rounding in ("line", "order"):
        shop = await a_stocked_shop(desk)
        await taxed_by(desk, shop, "eu_vat", ship_from=GERMANY, rounding=rounding)
        order_id = await desk.placed(an_order(shop.channel.code, [a_line(shop.skus[0].code, 1, 1000)], ship_to=ZURICH))
        added = [AddLine(line=a_line(sku.code, 1, 99)) for sku in shop.skus]
        outcome = await edit(desk, order_id, *added, SetShipTo(ship_to=BERLIN))
        found[rounding] = outcome.details["tax_minor"]
    assert found == {"line": 190 + 57, "order": 246}  # 12.97 x 0.19 is 2.4643


async def test_a_tax_that_came_with_a_line_is_never_asked(desk: Desk) -> None:
    shop = await a_us_shop(desk)
    order_id = await desk.placed(springfield(shop))
    given = a_line(shop.skus[1].code, 1, 1000, taxes=[Tax(amount=usd(123), name="Theirs")])
    await edit(desk, order_id, AddLine(line=given))
    assert (await lines(desk, order_id))[1] == (123, 0)


# ---- statements ----


async def test_edits_that_are_taxed_by_place_take_as_many_statements_for_100_as_for_one(database: Database) -> None:
    counts = [await count_edits(Counting(database), n) for n in (1, 100)]
    assert counts[0] == counts[1] == {"preview_edits": 80, "edit_orders": 51}


async def count_edits(desk: Counting, n: int) -> dict[str, int]:
    """Orders that go to another place, and get more: to be sent there, and to be fetched."""
    shop = await desk.shop(skus=n)
    store = a_location(shop.pool_code, country="US", region="NY", postal_code="10001")
    await desk.run(upsert_locations, [store])
    for location in (store, shop.locations[0]):
        goods = [ReceiveStock(sku=sku.code, location=location.code, quantity=9) for sku in shop.skus]
        await desk.run(receive_stock, goods)
    if n == 1:  # the merchant has them then
        await us_rates(desk)
    await taxed_by(desk, shop, "jurisdictions")
    orders = [an_order(shop.channel.code, [a_line(sku.code, 1, 1000)], ship_to=NEW_YORK) for sku in shop.skus]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders)]
    fetched: dict[str, Any] = {"delivery": "pickup", "location": store.code}
    edits = [
        EditOrder(
            order_id=order_id,
            revision=0,
            changes=[
                AddLine(line=a_line(sku.code, 1, 1000)),
                AddLine(line=a_line(sku.code, 1, 1000, **fetched)),
                SetShipTo(ship_to=PORTLAND),
            ],
        )
        for order_id, sku in zip(order_ids, shop.skus, strict=True)
    ]
    await desk.step("preview_edits", preview_edits, edits, "previewed")
    await desk.step("edit_orders", edit_orders, edits, "edited")
    return desk.statements

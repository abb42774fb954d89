"""Orders are changed until they are picked: stock, money and promise stay right, and nothing is done by halves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderwright.flows.edit_orders import edit_orders, preview_edits
from orderwright.orders import EditOrder
from orderwright.orders.contract import Amount, Charge, Discount, Tax, UnitPrice
from orderwright.orders.edit_contract import (
    AddDiscount,
    AddLine,
    RemoveLine,
    SetQuantity,
    SetShipping,
    SetShipTo,
    SwapSku,
)
from orderwright.payments import AskKind
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_address, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk

_MONEY = (
    "SELECT lines_minor, shipping_minor, fees_minor, discount_minor, tax_minor, rounding_minor, total_minor, revision"
    " FROM orders WHERE id = $1"
)


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def a_stocked_shop(desk: Desk, units: int = 20, **fields: Any) -> Shop:
    shop = await desk.shop(skus=3, **fields)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], units)
    return shop


async def edit(desk: Desk, order_id: UUID, *changes: Any, revision: int = 0, verb: Any = edit_orders) -> Outcome:
    [outcome] = await desk.run(verb, [EditOrder(order_id=order_id, revision=revision, changes=list(changes))])
    return outcome  # type: ignore[no-any-return]


async def money(desk: Desk, order_id: UUID) -> tuple[int, ...]:
    """Lines, shipping, fees, discount, tax, rounding, total, revision."""
    [row] = await desk.fetch(_MONEY, order_id)
    return tuple(row)


# ---- lines ----


async def test_a_line_is_added(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()

    outcome = await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 1000)))

    assert (outcome.code, outcome.id) == ("edited", order_id)
    assert outcome.details == {"revision": 1, "total_minor": 4998, "tax_minor": 0, "difference_minor": 1000}
    assert await money(desk, order_id) == (4998, 0, 0, 0, 0, 0, 4998, 1)
    assert await desk.units(order_id) == {(1, 1): {"allocated": 2}, (2, 1): {"promised": 1}}
    assert (await desk.events(order_id))[-1] == "order.edited"
    # and what the payment does not cover is authorized besides
    await bank.work()
    assert await bank.sums(order_id) == [(4998, 0, 0, 0)]
    assert await bank.at_provider(order_id) == [(4998, 0, 0, 0)]
    assert await desk.units(order_id) == {(1, 1): {"allocated": 2}, (2, 1): {"allocated": 1}}


async def test_fewer_units_give_stock_and_money_back(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await bank.work()

    outcome = await edit(desk, order_id, SetQuantity(line=1, quantity=1))

    assert outcome.details["difference_minor"] == -3998
    assert await desk.units(order_id) == {(1, 1): {"allocated": 1, "cancelled": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (19, 0, 0)
    assert await bank.due(order_id) == 1999


async def test_more_units_are_a_line_of_their_own(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    line = a_line(shop.skus[0].code, 2, 1000, taxes=[Tax(amount=usd(380), name="VAT", rate=Decimal("0.19"))])
    order_id = await desk.placed(an_order(shop.channel.code, [line], total=usd(2380)))

    outcome = await edit(desk, order_id, SetQuantity(line=1, quantity=5))

    assert outcome.details == {"revision": 1, "total_minor": 5950, "tax_minor": 950, "difference_minor": 3570}
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}, (2, 1): {"promised": 3}}
    taxes = await desk.fetch("SELECT name, amount_minor, shares_minor FROM order_charge WHERE order_id = $1", order_id)
    assert [tuple(row) for row in taxes] == [("VAT", 950, [380, 570])]


async def test_a_sku_is_swapped(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()

    price = UnitPrice(2500, "USD")
    outcome = await edit(desk, order_id, SwapSku(line=1, sku=shop.skus[2].code, unit_price=price))

    assert outcome.details["difference_minor"] == 1002
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 2}, (2, 1): {"promised": 2}}
    assert await desk.states(order_id) == ["cancelled"]
    await bank.work()
    assert await desk.states(order_id) == ["cancelled", "released"]
    assert await bank.sums(order_id) == [(5000, 0, 0, 0)]


async def test_a_kit_is_cut_by_whole_kits(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    kit = await desk.kit((shop.skus[0], 2), (shop.skus[1], 1))
    order_id = await desk.placed(an_order(shop.channel.code, [a_line(kit.code, 3, 1000)]))
    outcome = await edit(desk, order_id, SetQuantity(line=1, quantity=2))
    assert outcome.details["difference_minor"] == -1000
    assert await desk.units(order_id) == {
        (1, 1): {"promised": 4, "cancelled": 2}, (1, 2): {"promised": 2, "cancelled": 1},
    }  # fmt: skip


async def test_several_edits_in_a_row(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    for revision, change in enumerate(
        [
            AddLine(line=a_line(shop.skus[1].code, 2, 500)),
            SetQuantity(line=2, quantity=1),
            RemoveLine(line=1),
            AddDiscount(discount=Discount(amount=usd(100), code="SORRY")),
        ]
    ):
        assert (await edit(desk, order_id, change, revision=revision)).code == "edited"
        await bank.work()
    assert await bank.due(order_id) == 400
    await ship(desk, bank, order_id)
    assert await bank.due(order_id) == 0
    [(_, _, captured, _)] = await bank.sums(order_id)
    assert captured == 400


async def ship(desk: Desk, bank: Bank, order_id: UUID) -> None:
    await bank.work()
    for work in await desk.fulfillments(order_id):
        if work.state == "released":
            await desk.pick(work.id)
            await desk.pack(work.id)
            await bank.work()
            await desk.ship(work.id)
    await bank.work()


# ---- money ----


async def test_a_discount_is_shared_and_its_tax_goes_with_it(desk: Desk) -> None:
    """10 % off 100.00 and 50.00 at 19 %: the tax of each line is computed anew."""
    shop = await a_stocked_shop(desk)
    rate = Decimal("0.19")
    lines = [
        a_line(shop.skus[0].code, 1, 10_000, taxes=[Tax(amount=usd(1900), name="VAT", rate=rate)]),
        a_line(shop.skus[1].code, 1, 5_000, taxes=[Tax(amount=usd(950), name="VAT", rate=rate)]),
    ]
    order_id = await desk.placed(an_order(shop.channel.code, lines, total=usd(17_850)))

    outcome = await edit(desk, order_id, AddDiscount(discount=Discount(amount=usd(1_500), code="TEN")))

    assert outcome.details["difference_minor"] == -1785
    assert await money(desk, order_id) == (15_000, 0, 0, 1_500, 2_565, 0, 16_065, 1)
    rows = await desk.fetch("SELECT discount_minor, tax_minor FROM order_line WHERE order_id = $1 ORDER BY n", order_id)
    assert [tuple(row) for row in rows] == [(1_000, 1_710), (500, 855)]


async def test_a_discount_where_units_are_cancelled_is_what_it_says(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [a_line(shop.skus[0].code, 3, 1000)]))
    await desk.cancel(order_id, (1, 1))

    outcome = await edit(desk, order_id, AddDiscount(discount=Discount(amount=usd(501))), revision=1)

    assert outcome.details["difference_minor"] == -501
    assert await bank.due(order_id) == 1499


async def test_shipping_is_replaced_and_its_tax_goes_with_it(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order = an_order(
        shop.channel.code, [a_line(shop.skus[0].code, 1, 1000)], total=usd(1595),
        shipping=[Charge(amount=usd(500), code="standard", taxes=[Tax(amount=usd(95), name="VAT")])],
    )  # fmt: skip
    order_id = await desk.placed(order)

    express = SetShipping(shipping=[Charge(amount=usd(1000), code="express")])
    outcome = await edit(desk, order_id, express)

    assert outcome.details["difference_minor"] == 595
    assert await money(desk, order_id) == (1000, 1000, 0, 0, 190, 0, 2190, 1)
    assert await desk.value("SELECT charge_tax_minor FROM order_line WHERE order_id = $1", order_id) == 190


async def test_what_is_added_and_waits_while_there_is_some_wakes_the_pump(desk: Desk, bank: Bank) -> None:
    """Fault: only intake woke the backorder pump for what the channel's buffer kept back, or what came in meanwhile."""
    shop = await desk.shop(skus=2, channel={"buffer": 5})
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 10)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await bank.work()
    assert (await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 8, 1000)))).code == "edited"
    assert await desk.queue("backorders") == {shop.skus[1].id}


async def test_where_prices_include_tax(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    line = a_line(shop.skus[0].code, 2, 1190, taxes=[Tax(amount=usd(380), name="VAT", rate=Decimal("0.19"))])
    order_id = await desk.placed(an_order(shop.channel.code, [line], total=usd(2380), prices_include_tax=True))
    outcome = await edit(
        desk, order_id, AddDiscount(discount=Discount(amount=usd(238))), AddLine(line=a_line(shop.skus[1].code, 1, 119))
    )
    assert outcome.details == {"revision": 1, "total_minor": 2261, "tax_minor": 361, "difference_minor": -119}
    assert (await bank.balances(order_id))["tax"] == -361


# ---- the address ----


async def test_another_address_is_verified_and_sourced_again(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    assert await desk.states(order_id) == ["released"]

    moved = an_address(line1="2 Side St", city="Chicago", postal_code="60601")
    assert (await edit(desk, order_id, SetShipTo(ship_to=moved))).code == "edited"

    assert await desk.units(order_id) == {(1, 1): {"promised": 2}}
    assert await desk.states(order_id) == ["cancelled"]
    assert await desk.queue("verify") == {order_id}
    await bank.work()
    assert await desk.states(order_id) == ["cancelled", "released"]
    found = await desk.value(
        "SELECT c.line1 FROM orders AS o JOIN contact AS c ON c.id = o.ship_to_contact_id WHERE o.id = $1", order_id
    )
    assert found == "2 Side St"


# ---- trying it ----


async def test_a_preview_tells_all_and_keeps_nothing(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    tables = ("orders", "order_line", "component", "promise", "money_entry", "event", "act", "availability", "stock")
    before = await desk.counts(*tables), await money(desk, order_id), await desk.units(order_id)

    added = AddLine(line=a_line(shop.skus[1].code, 5, 1000))
    outcome = await edit(desk, order_id, added, verb=preview_edits)

    assert (outcome.code, outcome.id) == ("previewed", order_id)
    day = outcome.details.pop("promised_on")
    assert day == (await desk.value("SELECT promised_on FROM orders WHERE id = $1", order_id)).isoformat()
    assert outcome.details == {
        "revision": 1, "total_minor": 8998, "tax_minor": 0, "difference_minor": 5000,
        "added": [{"line": 2, "sku": shop.skus[1].code, "promised": 3, "backordered": 2}],
        "tax_before_minor": 0, "tax_notes": ["as_placed"],
    }  # fmt: skip
    assert (await desk.counts(*tables), await money(desk, order_id), await desk.units(order_id)) == before
    # and the edit itself comes to the same
    done = await edit(desk, order_id, added)
    assert done.details == {"revision": 1, "total_minor": 8998, "tax_minor": 0, "difference_minor": 5000}


# ---- what may not be ----


async def test_of_two_who_edit_at_once_the_later_is_told(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    assert (await edit(desk, order_id, SetQuantity(line=1, quantity=2))).code == "edited"
    late = await edit(desk, order_id, SetQuantity(line=1, quantity=1))
    assert (late.code, late.details) == ("revision_differs", {"revision": 1})
    await desk.cancel(order_id, (1, 1))
    late = await edit(desk, order_id, SetQuantity(line=1, quantity=1), revision=1)
    assert (late.code, late.details) == ("revision_differs", {"revision": 2})


async def test_what_has_shipped_is_not_edited(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop(locations=2, skus=2)
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    await desk.receive(shop.skus[1], shop.locations[1], 2)
    order_id = await desk.placed(
        await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2), (shop.skus[1].code, 1)])
    )
    await bank.work()
    [work] = [w for w in await desk.fulfillments(order_id) if w.location_id == shop.locations[0].id]
    await desk.pick(work.id)
    picked = await edit(desk, order_id, RemoveLine(line=1))
    assert picked.code == "being_picked"
    moved = await edit(desk, order_id, SetShipTo(ship_to=an_address(line1="3 Other St")))
    assert moved.code == "being_picked"
    await desk.pack(work.id)
    await bank.work()
    await desk.ship(work.id)
    for change in (RemoveLine(line=1), SetQuantity(line=1, quantity=1), SwapSku(line=1, sku=shop.skus[1].code)):
        outcome = await edit(desk, order_id, change)
        assert (outcome.code, outcome.details["change"]) == ("line_shipped", 0)
    # the other line still can go
    assert (await edit(desk, order_id, RemoveLine(line=2))).code == "edited"
    await bank.work()
    assert await bank.due(order_id) == 0
    final = await edit(desk, order_id, AddLine(line=a_line(shop.skus[0].code)), revision=1)
    assert final.code == "already_final"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (RemoveLine(line=7), "unknown_line"),
        (AddLine(line=a_line("NEW")), "unknown_sku"),
        (AddDiscount(discount=Discount(amount=usd(100_000))), "discount_exceeds_lines"),
        (AddDiscount(discount=Discount(amount=Amount(1, "EUR"))), "currency_mismatch"),
        (SetQuantity(line=1, quantity=2), "nothing_changes"),
        (AddDiscount(discount=Discount(amount=usd(1), name="a\0b")), "unstorable_value"),
        (SetShipTo(ship_to=an_address(line1="1\0 St")), "unstorable_value"),
    ],
)
async def test_what_cannot_be(desk: Desk, change: Any, code: str) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    before = await money(desk, order_id)
    assert (await edit(desk, order_id, change)).code == code
    assert await money(desk, order_id) == before
    assert (await edit(desk, new_id(), change)).code == "order_not_found"


async def test_nothing_is_done_by_halves(desk: Desk) -> None:
    """The line that is out of stock fails the whole edit, also the line that was to go."""
    shop = await a_stocked_shop(desk, 5, channel={"short_line_policy": "reject"})
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    outcome = await edit(desk, order_id, RemoveLine(line=1), AddLine(line=a_line(shop.skus[1].code, 6)))
    assert (outcome.code, outcome.details["sku"]) == ("out_of_stock", shop.skus[1].code)
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}}
    assert await desk.atp(shop.skus[1], shop.pool_id) == (5, 0, 0)


async def test_an_increment_that_is_declined_holds_the_order_and_spares_what_was_set_aside(
    desk: Desk, bank: Bank
) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    await bank.fails(AskKind.INCREMENT, Mode.DECLINE, code="insufficient_funds")
    await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 1000)))
    await bank.work()
    assert await desk.holds(order_id) == ["payment_refused"]
    assert await bank.sums(order_id) == [(3998, 0, 0, 0)]
    # when the line goes again and the hold is released, the first authorization is captured as ever
    assert (await edit(desk, order_id, RemoveLine(line=2), revision=1)).code == "edited"
    await desk.release_holds(order_id)
    await ship(desk, bank, order_id)
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]

"""Faults of exchanges that were found by looking for them: each has a test that would have caught it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.flows.park_returns import resolve_parked
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.insights.waiting import read_stuck
from orderwright.orders.contract import Amount, Charge, Line, Tax, UnitPrice
from orderwright.payments import RefundOrder, documents
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import NewLine, RequestedLine, RequestExchange, ResolveParked
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, a_payment, an_address, an_order
from tests.flows.test_exchanges import exchange, exchanged, ids, lapse, ship, sold, usd
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def stocked(back: ReturnsDesk, skus: int = 2) -> Shop:
    """20 of each SKU are there."""
    shop = await back.desk.shop(skus=skus)
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 20)
    return shop


async def bought(back: ReturnsDesk, shop: Shop, total: int, *lines: Line, **fields: object) -> UUID:
    """Lines that were shipped and paid by card."""
    paid = [await back.bank.authorized(total)]
    order = an_order(shop.channel.code, list(lines), total=Amount(total, "USD"), payments=paid, **fields)
    return await back.shipped(order)


async def comes(back: ReturnsDesk, return_id: UUID, shop: Shop, units: int) -> int:
    """Units of the first SKU come back and are as new; what they bring."""
    await back.receive(return_id, (shop.skus[0], units))
    outcome = await back.inspect(return_id, shop.skus[0], units)
    await back.bank.work()
    return outcome.details["amount_minor"]  # type: ignore[no-any-return]


async def test_an_exchange_that_is_refused_does_not_take_the_goods_of_the_next_one(back: ReturnsDesk) -> None:
    """Fault: what a refused one was to send back counted as announced for the rest of the batch."""
    shop, order_id = await sold(back)
    all_of_it = [RequestedLine(line=1, quantity=3)]
    unpriced = NewLine(sku=shop.skus[1].code, quantity=3)
    even = NewLine(sku=shop.skus[1].code, quantity=3, in_place_of=1)
    commands = [RequestExchange(order_id=order_id, lines=all_of_it, new_lines=[new]) for new in (unpriced, even)]
    outcomes = await back.desk.run(request_exchanges, commands)
    assert [outcome.code for outcome in outcomes] == ["price_needed", "requested"]


async def test_odd_cents_of_goods_and_of_tax_together_hold_nobody_up(back: ReturnsDesk) -> None:
    """Two units for 19.99 and 4.01 of tax: one is worth 12.01, the other 11.99. Fault: with more than a cent a unit
    missing, the new goods waited for ever."""
    shop = await stocked(back)
    tax = Tax(amount=Amount(401, "USD"), name="Sales tax", rate=Decimal("0.2"))
    line = Line(sku=shop.skus[0].code, quantity=2, unit_price=UnitPrice(Decimal("999.5"), "USD"), taxes=[tax])
    order_id = await bought(back, shop, 2400, line)
    new = NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1)
    made = [await exchanged(back, order_id, 1, new) for _ in range(2)]
    brought = [await comes(back, ids(outcome)[0], shop, 1) for outcome in made]
    assert ([o.details["total_minor"] for o in made], brought) == ([1201, 1201], [1201, 1199])
    for outcome in made:
        assert await back.desk.holds(ids(outcome)[1]) == []
        assert await back.bank.due(ids(outcome)[1]) == 0
    assert (await back.bank.balances(ids(made[1])[1]))["allowances"] == 2


async def test_cents_are_not_given_up_while_more_is_to_come(back: ReturnsDesk) -> None:
    """Three units at a cent each. Fault: when the first came, the other two were given up, and paid out later."""
    shop = await stocked(back)
    order_id = await bought(back, shop, 3, a_line(shop.skus[0].code, 3, 1))
    new = NewLine(sku=shop.skus[1].code, quantity=3, in_place_of=1)
    return_id, new_order = ids(await exchanged(back, order_id, 3, new))
    for _ in range(3):
        await comes(back, return_id, shop, 1)
    assert await back.bank.balances(new_order) == {"lines": -3, "captured": 3}
    assert await back.bank.at_provider(order_id) == [(3, 0, 3, 0)]


async def test_cents_that_were_given_back_before_are_not_given_up_too(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = NewLine(sku=shop.skus[1].code, quantity=3, in_place_of=1)
    return_id, new_order = ids(await exchanged(back, order_id, 3, new))
    await back.desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=Amount(2, "USD"))])
    await back.bank.work()
    await comes(back, return_id, shop, 3)
    assert await back.bank.due(new_order) == 2
    assert await back.desk.holds(new_order) == ["awaiting_return"]


async def test_a_difference_on_invoice_lets_the_new_goods_go(back: ReturnsDesk) -> None:
    """Fault: they waited for money that is due after they left."""
    shop, order_id = await sold(back)
    invoice = a_payment(3001, method="invoice", state="pending")
    dearer = NewLine(sku=shop.skus[1].code, quantity=1, unit_price=usd(5000))
    return_id, new_order = ids(await exchanged(back, order_id, 1, dearer, payments=[invoice]))
    await back.bank.work()
    assert await back.desk.holds(new_order) == ["awaiting_return"]
    await comes(back, return_id, shop, 1)
    assert await back.desk.holds(new_order) == []
    await ship(back, new_order)
    assert await back.bank.due(new_order) == 3001
    assert await back.bank.listed() == {new_order: "awaiting_payment"}


@pytest.mark.parametrize(("mode", "price", "needed"), [("on_return", 5000, 3001), ("advance", 1999, 1999)])
async def test_a_card_is_let_go_at_once_when_the_new_goods_are_cancelled(
    back: ReturnsDesk, mode: str, price: int, needed: int
) -> None:
    """Fault: it stayed blocked until the others were back, though nothing was owed any more."""
    shop, order_id = await sold(back)
    card = await back.bank.authorized(needed)
    new = NewLine(sku=shop.skus[1].code, quantity=1, unit_price=usd(price))
    return_id, new_order = ids(await exchanged(back, order_id, 1, new, mode=mode, payments=[card]))
    await back.bank.work()
    assert (await back.desk.cancel(new_order, recall=True)).code == "cancelled"
    await back.bank.work()
    assert await back.bank.at_provider(new_order) == [(needed, needed, 0, 0)]

    # when the others come all the same, their money goes where it came from
    await comes(back, return_id, shop, 1)
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 1999)]
    assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (0, 0)


async def test_what_delivery_brings_back_is_limited_in_the_quote_too(back: ReturnsDesk) -> None:
    """Two lines, 10.00 of delivery, of which no more than 5.00 goes back: 2.50 with each. Fault: the exchange of one
    line was promised 4.01 for it, so that the new goods were short of 1.51."""
    shop = await stocked(back, skus=3)
    await back.terms(shop.channel.code, keep_outbound_shipping=False, outbound_shipping_max_minor=500)
    delivery = [Charge(amount=Amount(1000, "USD"), name="Parcel")]
    lines = [a_line(sku.code) for sku in shop.skus[:2]]
    order_id = await bought(back, shop, 4998, *lines, shipping=delivery)
    new = NewLine(sku=shop.skus[2].code, quantity=1, unit_price=usd(2400))
    outcome = await exchanged(back, order_id, 1, new, payments=[await back.bank.authorized(151)])
    assert (outcome.details["brought_minor"], outcome.details["needed_minor"]) == (2249, 151)
    assert await comes(back, ids(outcome)[0], shop, 1) == 2249


async def test_more_parts_of_kits_than_can_be_counted_are_refused(back: ReturnsDesk) -> None:
    """Fault: a database error."""
    shop, order_id = await sold(back)
    kit = await back.desk.kit((shop.skus[1], 9_999))
    refused = await exchange(back, order_id, 1, NewLine(sku=kit.code, quantity=1_000_000, unit_price=usd(0)))
    assert (refused.code, refused.details) == ("amount_out_of_range", {"field": "lines[0].quantity"})
    assert await back.desk.value("SELECT count(*) FROM customer_return") == 0


async def test_a_download_waits_for_nothing(back: ReturnsDesk) -> None:
    """Fault: a hold of release and shipping stayed on an order that has neither."""
    shop, order_id = await sold(back)
    download = await back.desk.sku(kind="digital")
    outcome = await exchanged(back, order_id, 1, NewLine(sku=download.code, quantity=1, in_place_of=1))
    return_id, new_order = ids(outcome)
    await back.bank.work()
    assert await back.desk.holds(new_order) == []
    await lapse(back, outcome, days=13)
    await comes(back, return_id, shop, 1)
    assert await back.bank.due(new_order) == 0
    assert await back.desk.value("SELECT state FROM exchange") == "settled"


async def test_the_goods_of_an_exchange_are_exchanged_and_their_money_finds_its_way_back(back: ReturnsDesk) -> None:
    """OCA/rma#413, #473, once more: through two exchanges to the card that paid for the first order."""
    shop, first = await sold(back)
    [old, new] = shop.skus
    return_id, second = ids(await exchanged(back, first, 2, NewLine(sku=new.code, quantity=2, in_place_of=1)))
    await comes(back, return_id, shop, 2)
    await ship(back, second)
    return_id, third = ids(await exchanged(back, second, 1, NewLine(sku=old.code, quantity=1, in_place_of=1)))
    await back.receive(return_id, (new, 1))
    await back.inspect(return_id, new, 1)
    await ship(back, third)
    await comes(back, await back.requested(third, (1, 1)), shop, 1)
    assert await back.bank.at_provider(first) == [(5997, 0, 5997, 1999)]
    assert [await back.bank.due(i) for i in (first, second, third)] == [0, 0, 0]


async def test_new_goods_that_wait_for_the_others_are_not_stuck_but_those_that_wait_in_vain_are(
    back: ReturnsDesk,
) -> None:
    """Fault: every exchange was listed as stuck after a day, for the two weeks that it may take."""
    shop, order_id = await sold(back)
    even = NewLine(sku=shop.skus[1].code, quantity=2, in_place_of=1)
    return_id, new_order = ids(await exchanged(back, order_id, 2, even))
    await back.bank.work()

    async def held() -> list[UUID]:
        async with back.desk.database.transaction("acme") as tx:
            stuck = await read_stuck(tx, back.desk.ctx.now + timedelta(days=2))
        return [row.subject_id for row in stuck.oldest if row.state == "held"]

    assert await held() == []
    # when only one of them came, and no more comes
    await comes(back, return_id, shop, 1)
    assert (await back.close(return_id)).code == "closed"
    await back.bank.work()
    assert await held() == [new_order]


async def test_a_clerk_at_a_location_is_told_for_when_new_goods_would_be_promised(back: ReturnsDesk) -> None:
    """Fault: the quote looked for a location with the clerk's own limits, under which a new order is not seen."""
    shop, order_id = await sold(back, locations=2)
    back.desk.ctx = replace(back.desk.ctx, locations=frozenset({shop.locations[0].id}))
    even = NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1)
    command = RequestExchange(order_id=order_id, lines=[RequestedLine(line=1, quantity=1)], new_lines=[even])
    [quoted] = await back.desk.run(quote_exchanges, [command])
    assert quoted.code == "quoted"
    assert quoted.details["promised_on"] is not None


async def test_a_statement_does_not_charge_twice_what_was_exchanged(back: ReturnsDesk) -> None:
    """Fault: what the return paid for the new goods stood there as charged for the old ones."""
    shop, order_id = await sold(back)
    even = NewLine(sku=shop.skus[1].code, quantity=2, in_place_of=1)
    return_id, new_order = ids(await exchanged(back, order_id, 2, even))
    await comes(back, return_id, shop, 2)
    await ship(back, new_order)
    now = back.desk.ctx.now
    async with back.desk.database.transaction("acme") as tx:
        customer = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", order_id)
        begins, ends = now - timedelta(days=1), now + timedelta(days=1)
        [found] = (await documents.read_statement(tx, back.desk.ctx, customer, begins, ends)).currencies
    sums = {b.order_id: (b.charged_minor, b.paid_minor, b.closing_minor) for b in found.balances}
    assert sums == {order_id: (1999, 1999, 0), new_order: (3998, 3998, 0)}


async def test_goods_that_nobody_paid_yet_bring_nothing_but_others(back: ReturnsDesk) -> None:
    """Two units on invoice; one comes back for another, which comes back for its money: a unit is owed."""
    shop = await stocked(back)
    [old, new] = shop.skus
    invoice = a_payment(3998, method="invoice", state="pending")
    order_id = await back.shipped(an_order(shop.channel.code, [(old.code, 2)], payments=[invoice]))
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await comes(back, return_id, shop, 1)
    await ship(back, new_order)
    assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (3998, 0)
    again = await back.requested(new_order, (1, 1))
    await back.receive(again, (new, 1))
    await back.inspect(again, new, 1)
    await back.bank.work()
    assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (1999, 0)


async def test_goods_of_an_exchange_that_came_without_a_name_pay_for_the_new_ones(back: ReturnsDesk) -> None:
    """Fault: a parked parcel became a second return, which was refunded, while the exchange waited until it lapsed."""
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=2, in_place_of=1)))
    parked = [await back.park(shop.locations[0].code, (old, 1)) for _ in range(2)]

    commands = [ResolveParked(unexpected_id=p.id, order_id=encode_id("ord", order_id)) for p in parked if p.id]
    outcomes = await back.desk.run(resolve_parked, commands)

    assert [o.details for o in outcomes] == [{"return_id": encode_id("ret", return_id)}] * 2
    assert (await back.inspect(return_id, old, 2)).details == {"amount_minor": 3998, "state": "closed"}
    await ship(back, new_order)
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 0)]
    assert await back.bank.due(new_order) == 0


async def test_what_cost_nothing_is_exchanged_when_it_is_back_too(back: ReturnsDesk) -> None:
    """Fault: nothing had to be paid, so the new goods left at once."""
    shop = await stocked(back)
    [old, new] = shop.skus
    gift = an_order(shop.channel.code, [a_line(old.code, 1, 0)], total=Amount(0, "USD"))
    order_id = await back.shipped(gift)
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await back.bank.work()
    assert await back.desk.holds(new_order) == ["awaiting_return"]

    assert await comes(back, return_id, shop, 1) == 0

    assert await back.desk.holds(new_order) == []
    await ship(back, new_order)
    assert await back.desk.status(new_order) == "shipped"


@pytest.mark.parametrize("state", ["pending", "captured"])
async def test_a_channel_cannot_say_that_an_exchange_paid(
    back: ReturnsDesk, state: Literal["pending", "captured"]
) -> None:
    """Fault: such a payment was awaited for ever, and nothing captured meanwhile."""
    shop = await stocked(back)
    paid = a_payment(1999, state=state, provider="exchange", reference="exc_1")
    [outcome] = await back.desk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid]))
    if state == "pending":
        assert outcome.code == "provider_reserved"
    else:  # it says that it is paid, so it is never refused
        assert outcome.holds == ["provider_reserved"]


async def test_goods_whose_money_was_given_back_are_quoted_at_nothing(back: ReturnsDesk) -> None:
    """Fault: the quote counted on what the customer has already, and the new order waited for ever."""
    shop, order_id = await sold(back)
    [outcome] = await back.desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=Amount(5997, "USD"))])
    assert outcome.code == "refunding"
    await back.bank.work()
    refused = await exchange(back, order_id, 1, NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1))
    assert (refused.code, refused.details) == ("payment_needed", {"needed_minor": 1999, "offered_minor": 0})


async def test_a_nul_in_what_is_given_is_refused(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1, name="a\x00b")
    refused = await exchange(back, order_id, 1, new)
    assert (refused.code, refused.details) == ("unstorable_value", {"field": "lines[0].name"})
    new = NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1)
    refused = await exchange(back, order_id, 1, new, ship_to=an_address(line1="a\x00b"))
    assert (refused.code, refused.details) == ("unstorable_value", {"field": "ship_to.line1"})


async def test_new_goods_that_wait_while_there_are_some_wake_the_pump(back: ReturnsDesk) -> None:
    """Fault: only intake woke the backorder pump for what the channel's buffer kept back, or what came in meanwhile."""
    shop, order_id = await sold(back, channel={"buffer": 5})
    new = shop.skus[1]
    await back.bank.work()
    card = await back.bank.authorized(80)
    made = await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=8, unit_price=usd(10)), payments=[card])
    assert made.details["backordered"] == 3
    assert await back.desk.queue("backorders") == {new.id}

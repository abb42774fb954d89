"""Goods come back for others: promised at once, paid by what comes back, and undone without a trace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.end_exchanges import cancel_exchanges, lapse_exchanges
from orderwright.flows.exchange_provider import ExchangeProvider
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.move_money import move_money
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.flows.settle_orders import settle_orders
from orderwright.orders import CancelOrder
from orderwright.orders.contract import Amount, Discount, Line, Tax, UnitPrice
from orderwright.payments import EXCHANGE, Answer, Ask, AskKind, Verdict, WebhookRefused
from orderwright.platform.ids import UUID, decode_id, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import (
    ExchangeCommand,
    InspectedItem,
    InspectReturn,
    NewLine,
    RequestedLine,
    RequestExchange,
)
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk
from tests.helpers.papers import Papers
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


def usd(minor: int) -> UnitPrice:
    return UnitPrice(minor, "USD")


async def sold(back: ReturnsDesk, **shop: Any) -> tuple[Shop, UUID]:
    """Three units of SKU 1 at 19.99, shipped and paid; 10 of SKU 2 are there to be had for them."""
    made, order_id = await back.sale(skus=2, **shop)
    await back.desk.receive(made.skus[1], made.locations[0], 10)
    return made, order_id


async def exchange(back: ReturnsDesk, order_id: UUID, units: int, *new: NewLine, **fields: Any) -> Outcome:
    command = RequestExchange(
        order_id=order_id, lines=[RequestedLine(line=1, quantity=units)], new_lines=list(new), **fields
    )
    [outcome] = await back.desk.run(request_exchanges, [command])
    return outcome  # type: ignore[no-any-return]


async def exchanged(back: ReturnsDesk, order_id: UUID, units: int, *new: NewLine, **fields: Any) -> Outcome:
    outcome = await exchange(back, order_id, units, *new, **fields)
    assert outcome.code == "requested", outcome
    return outcome


def ids(outcome: Outcome) -> tuple[UUID, UUID]:
    """The return and the new order."""
    return decode_id("ret", outcome.details["return_id"]), decode_id("ord", outcome.details["new_order_id"])


async def ship(back: ReturnsDesk, order_id: UUID) -> None:
    await back.bank.work()
    for work in await back.desk.fulfillments(order_id):
        assert (await back.desk.pick(work.id)).code == "picked"
        assert await back.desk.pack(work.id) == ["packed"]
        await back.bank.work()
        assert await back.desk.ship(work.id) == ["shipped"]
    await back.bank.work()


async def lapse(back: ReturnsDesk, outcome: Outcome, *, days: int) -> None:
    """The stage looks at an exchange, days later."""
    async with back.desk.database.transaction(back.desk.merchant) as tx:
        later = replace(back.desk.ctx, now=back.desk.ctx.now + timedelta(days=days))
        await lapse_exchanges(tx, later, [outcome.id])  # type: ignore[list-item]
    await back.desk.audit()


async def test_an_even_exchange_across_skus_waits_for_the_goods_and_costs_nothing(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus

    # when two of the three come back for two others, at their price
    outcome = await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=2, in_place_of=1))
    return_id, new_order = ids(outcome)
    assert outcome.details | {"return_id": "", "new_order_id": "", "number": 0} == {
        "return_id": "", "new_order_id": "", "number": 0, "currency": "USD", "total_minor": 3998,
        "brought_minor": 3998, "needed_minor": 0, "backordered": 0,
    }  # fmt: skip

    # then they are promised at once, and leave only when the others are back
    assert await back.desk.atp(new, shop.pool_id) == (8, 2, 0)
    await back.bank.work()
    assert await back.desk.holds(new_order) == ["awaiting_return"]
    assert [work.state for work in await back.desk.fulfillments(new_order)] == ["open"]
    await back.receive(return_id, (old, 2))
    assert (await back.inspect(return_id, old, 2)).details == {"amount_minor": 3998, "state": "closed"}
    await back.bank.work()
    assert await back.desk.holds(new_order) == []
    await ship(back, new_order)

    # then nobody is charged or refunded, and what was paid once pays for what the customer has
    assert await back.bank.sums(order_id) == [(5997, 0, 5997, 0)]
    assert await back.bank.balances(order_id) == {"lines": -1999, "captured": 5997, "exchanged": -3998}
    assert await back.bank.sums(new_order) == [(3998, 0, 3998, 0)]
    assert await back.bank.balances(new_order) == {"lines": -3998, "captured": 3998}
    assert await back.bank.listed() == {}
    assert [e for e in await back.desk.events(new_order) if e.startswith("exchange")] == [
        "exchange.paid", "exchange.settled",
    ]  # fmt: skip


async def test_what_comes_back_is_credited_and_what_is_given_for_it_invoiced(back: ReturnsDesk) -> None:
    papers = Papers(back.desk)
    shop = await back.desk.shop(skus=2)
    [old, new] = shop.skus
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 20)
    await papers.company()
    await papers.invoiced(shop.channel.code, "shipment")
    order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(old.code, 3)]))
    return_id, new_order = ids(await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=2, in_place_of=1)))
    await back.receive(return_id, (old, 2))
    await back.inspect(return_id, old, 2)
    await ship(back, new_order)
    assert await papers.totals(order_id) == [("invoice", 5997, 0, 5997), ("credit_note", 3998, 0, 3998)]
    assert await papers.totals(new_order) == [("invoice", 3998, 0, 3998)]


async def test_what_an_exchange_brought_is_refunded_to_the_first_card_when_it_comes_back_too(
    back: ReturnsDesk,
) -> None:
    """OCA/rma#413, #473: the return of something that was exchanged."""
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=2, in_place_of=1)))
    await back.receive(return_id, (old, 2))
    await back.inspect(return_id, old, 2)
    await ship(back, new_order)

    # when one of the new ones comes back for its money
    again = await back.requested(new_order, (1, 1))
    await back.receive(again, (new, 1))
    await back.inspect(again, new, 1)
    await back.bank.work()

    # then the card that paid for the first order gets it
    assert await back.bank.sums(new_order) == [(3998, 0, 3998, 1999)]
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 1999)]
    assert await back.bank.balances(order_id) == {"lines": -1999, "captured": 3998, "exchanged": -1999}
    assert await back.bank.due(new_order) == 0


async def test_dearer_goods_need_a_payment_for_the_difference(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    line = NewLine(sku=new.code, quantity=1, unit_price=usd(5000))

    # when nobody pays for the difference
    refused = await exchange(back, order_id, 1, line)
    assert (refused.code, refused.details) == ("payment_needed", {"needed_minor": 3001, "offered_minor": 0})
    assert await back.desk.value("SELECT count(*) FROM customer_return") == 0
    assert await back.desk.value("SELECT count(*) FROM orders") == 1
    assert await back.desk.atp(new, shop.pool_id) == (10, 0, 0)

    # when a card does
    card = await back.bank.authorized(3001)
    return_id, new_order = ids(await exchanged(back, order_id, 1, line, payments=[card]))
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await ship(back, new_order)
    assert await back.bank.sums(new_order) == [(3001, 0, 3001, 0), (1999, 0, 1999, 0)]
    assert await back.bank.due(new_order) == 0
    assert await back.bank.listed() == {}


async def test_cheaper_goods_bring_the_rest_back_to_the_card(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(
        await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=1, unit_price=usd(1500)))
    )
    await back.receive(return_id, (old, 2))
    await back.inspect(return_id, old, 2)
    await ship(back, new_order)
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 2498)]
    assert await back.bank.due(order_id) == 0
    assert await back.bank.due(new_order) == 0


async def test_taxes_and_discounts_of_even_and_other_exchanges_are_exact(back: ReturnsDesk) -> None:
    """Three at 33.34 with tax in it, 10.01 off, 19 %: the even exchange of two is worth what they cost, odd cents too;
    goods at another price are taxed as the order was."""
    shop = await back.desk.shop(skus=2)
    [old, new] = shop.skus
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 20)
    off = Discount(amount=Amount(1001, "USD"), code="TEN")
    tax = Tax(amount=Amount(1437, "USD"), name="VAT", rate=Decimal("0.19"))
    line = a_line(old.code, 3, 3334, discounts=[off], taxes=[tax])
    paid = [await back.bank.authorized(9001)]
    order = an_order(shop.channel.code, [line], prices_include_tax=True, total=Amount(9001, "USD"), payments=paid)
    order_id = await back.shipped(order)

    even = await exchanged(back, order_id, 2, NewLine(sku=new.code, quantity=2, in_place_of=1))
    assert (even.details["total_minor"], even.details["needed_minor"]) == (6000, 0)
    rows = await back.desk.fetch(
        "SELECT subtotal_minor, discount_minor, tax_minor FROM order_line WHERE order_id = $1", ids(even)[1]
    )
    assert [tuple(row) for row in rows] == [(6668, 668, 958)]

    card = [await back.bank.authorized(1000)]
    other = NewLine(sku=new.code, quantity=1, unit_price=usd(4000))
    dearer = await exchanged(back, order_id, 1, other, payments=card)
    assert (dearer.details["total_minor"], dearer.details["needed_minor"]) == (4000, 1000)
    rows = await back.desk.fetch(
        "SELECT name, rate, amount_minor FROM order_charge WHERE order_id = $1 AND kind = 'tax'", ids(dearer)[1]
    )
    assert [tuple(row) for row in rows] == [("VAT", Decimal("0.190000"), 639)]
    for outcome, units in ((even, 2), (dearer, 1)):
        return_id, new_order = ids(outcome)
        await back.receive(return_id, (old, units))
        await back.inspect(return_id, old, units)
        await ship(back, new_order)
        assert await back.bank.due(new_order) == 0
    assert await back.bank.due(order_id) == 0
    assert await back.bank.at_provider(order_id) == [(9001, 0, 9001, 0)]
    assert await back.bank.at_provider(ids(dearer)[1]) == [(1000, 1, 999, 0)]  # the third unit was worth one more


async def test_a_unit_that_is_worth_a_cent_less_than_another_holds_nobody_up(back: ReturnsDesk) -> None:
    """Two units for 19.99: one is worth 10.00, the other 9.99; each is exchanged at the price of the first."""
    shop = await back.desk.shop(skus=2)
    [old, new] = shop.skus
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 20)
    line = Line(sku=old.code, quantity=2, unit_price=UnitPrice(Decimal("999.5"), "USD"))
    paid = [await back.bank.authorized(1999)]
    order = an_order(shop.channel.code, [line], total=Amount(1999, "USD"), payments=paid)
    order_id = await back.shipped(order)
    made = [await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)) for _ in range(2)]
    for outcome in made:
        return_id, new_order = ids(outcome)
        await back.receive(return_id, (old, 1))
        await back.inspect(return_id, old, 1)
        await ship(back, new_order)
        assert await back.bank.due(new_order) == 0
    assert [o.details["total_minor"] for o in made] == [1000, 1000]
    assert await back.bank.at_provider(order_id) == [(1999, 0, 1999, 0)]
    assert [(await back.bank.balances(ids(o)[1])).get("allowances", 0) for o in made] == [0, 1]


async def test_in_advance_the_goods_leave_at_once_and_the_card_is_let_go_when_the_others_are_back(
    back: ReturnsDesk,
) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    line = NewLine(sku=new.code, quantity=1, in_place_of=1)
    refused = await exchange(back, order_id, 1, line, mode="advance")
    assert (refused.code, refused.details) == ("payment_needed", {"needed_minor": 1999, "offered_minor": 0})

    # when all of it is set aside, the goods leave, and nothing is taken
    card = await back.bank.authorized(1999)
    return_id, new_order = ids(await exchanged(back, order_id, 1, line, mode="advance", payments=[card]))
    await ship(back, new_order)
    assert await back.bank.at_provider(new_order) == [(1999, 0, 0, 0)]
    assert await back.bank.listed() == {}

    # when the others are back, it is let go
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await back.bank.work()
    assert await back.bank.at_provider(new_order) == [(1999, 1999, 0, 0)]
    assert await back.bank.due(new_order) == 0
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 0)]


async def test_goods_that_do_not_come_back_in_time_are_charged_and_refunded_when_they_do(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    card = await back.bank.authorized(1999)
    line = NewLine(sku=new.code, quantity=1, in_place_of=1)
    outcome = await exchanged(back, order_id, 1, line, mode="advance", payments=[card])
    return_id, new_order = ids(outcome)
    await ship(back, new_order)

    # when their time is over
    await lapse(back, outcome, days=15)
    await back.bank.work()
    assert await back.bank.at_provider(new_order) == [(1999, 0, 1999, 0)]
    assert await back.desk.value("SELECT state FROM exchange") == "lapsed"

    # when they come after all, the first card gets their money
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await back.bank.work()
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 1999)]
    assert await back.bank.due(new_order) == 0


async def test_a_new_order_that_waits_in_vain_gives_its_stock_back(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = shop.skus[1]
    outcome = await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1))
    return_id, new_order = ids(outcome)
    await back.bank.work()

    # not before its time
    await lapse(back, outcome, days=13)
    assert await back.desk.value("SELECT state FROM exchange") == "open"
    await lapse(back, outcome, days=15)
    await back.bank.work()
    assert await back.state(return_id) == "cancelled"
    assert await back.desk.status(new_order) == "cancelled"
    assert await back.desk.atp(new, shop.pool_id) == (10, 0, 0)
    assert await back.bank.due(new_order) == 0
    assert await back.desk.queue("exchange") == set()


async def test_an_exchange_is_cancelled_with_its_return_and_its_new_goods(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = shop.skus[1]
    card = await back.bank.authorized(3001)
    line = NewLine(sku=new.code, quantity=1, unit_price=usd(5000))
    outcome = await exchanged(back, order_id, 1, line, payments=[card])
    return_id, new_order = ids(outcome)
    await back.bank.work()

    # the return alone is not cancelled
    refused = await back.cancel(return_id)
    assert refused.code == "of_exchange"
    assert outcome.id is not None
    [done] = await back.desk.run(cancel_exchanges, [ExchangeCommand(exchange_id=outcome.id)])
    assert done.code == "cancelled"
    await back.bank.work()
    assert await back.state(return_id) == "cancelled"
    assert await back.desk.status(new_order) == "cancelled"
    assert await back.bank.at_provider(new_order) == [(3001, 3001, 0, 0)]
    assert await back.bank.due(new_order) == 0
    [again] = await back.desk.run(cancel_exchanges, [ExchangeCommand(exchange_id=outcome.id)])
    assert (again.code, again.details) == ("wrong_state", {"state": "cancelled"})

    # and the goods may come back for others another time
    assert (await exchange(back, order_id, 3, NewLine(sku=new.code, quantity=3, in_place_of=1))).code == "requested"


async def test_what_has_left_or_is_on_its_way_is_not_undone(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    line = NewLine(sku=new.code, quantity=1, in_place_of=1)
    first = await exchanged(back, order_id, 1, line)
    await back.receive(ids(first)[0], (old, 1))
    second = await exchanged(
        back, order_id, 1, line, mode="advance", payments=[await back.bank.authorized(1999)]
    )  # fmt: skip
    await ship(back, ids(second)[1])
    assert first.id is not None
    assert second.id is not None
    outcomes = await back.desk.run(
        cancel_exchanges, [ExchangeCommand(exchange_id=first.id), ExchangeCommand(exchange_id=second.id)]
    )
    assert [outcome.code for outcome in outcomes] == ["on_its_way", "has_left"]


async def test_an_exchange_for_something_out_of_stock_changes_nothing(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back, channel={"short_line_policy": "reject"})
    new = shop.skus[1]
    refused = await exchange(back, order_id, 1, NewLine(sku=new.code, quantity=11, unit_price=usd(10)))
    assert (refused.code, refused.details) == ("out_of_stock", {"line": 1, "sku": new.code})
    assert await back.desk.value("SELECT count(*) FROM customer_return") == 0
    assert await back.desk.value("SELECT count(*) FROM exchange") == 0
    assert await back.desk.value("SELECT count(*) FROM orders") == 1
    assert await back.desk.atp(new, shop.pool_id) == (10, 0, 0)


async def test_what_is_waited_for_comes_to_the_new_order_too(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back, channel={"short_line_policy": "backorder"})
    new = shop.skus[1]
    card = await back.bank.authorized(20)
    outcome = await exchanged(
        back, order_id, 1, NewLine(sku=new.code, quantity=12, unit_price=usd(10)), payments=[card]
    )
    assert outcome.details["backordered"] == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (NewLine(sku="NO-SUCH", quantity=1, in_place_of=1), "unknown_sku"),
        (NewLine(sku="SKU", quantity=1), "price_needed"),
        (NewLine(sku="SKU", quantity=2, in_place_of=1), "price_needed"),
        (NewLine(sku="SKU", quantity=1, in_place_of=2), "price_needed"),
        (NewLine(sku="SKU", quantity=1, unit_price=UnitPrice(5, "EUR")), "currency_mismatch"),
    ],
)
async def test_what_cannot_be_given_is_refused(back: ReturnsDesk, line: NewLine, code: str) -> None:
    shop, order_id = await sold(back)
    sku = shop.skus[1].code if line.sku == "SKU" else line.sku
    new = NewLine(sku=sku, quantity=line.quantity, in_place_of=line.in_place_of, unit_price=line.unit_price)
    assert (await exchange(back, order_id, 1, new)).code == code
    assert await back.desk.value("SELECT count(*) FROM customer_return") == 0


async def test_a_quote_says_what_it_comes_to_and_keeps_nothing(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = shop.skus[1]
    command = RequestExchange(
        order_id=order_id,
        lines=[RequestedLine(line=1, quantity=1)],
        new_lines=[NewLine(sku=new.code, quantity=1, unit_price=usd(2500))],
    )
    [quoted] = await back.desk.run(quote_exchanges, [command])
    promised = quoted.details.pop("promised_on")
    assert promised is not None
    assert (quoted.code, quoted.details) == (
        "quoted",
        {"currency": "USD", "total_minor": 2500, "brought_minor": 1999, "needed_minor": 501, "backordered": 0},
    )
    assert await back.desk.value("SELECT count(*) FROM orders") == 1
    assert await back.desk.value("SELECT count(*) FROM exchange") == 0
    assert await back.desk.atp(new, shop.pool_id) == (10, 0, 0)


async def test_a_customer_who_does_not_get_all_back_pays_the_rest_by_the_same_card(back: ReturnsDesk) -> None:
    """The goods are worn: they bring half. What is missing is set aside on the card of the difference."""
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    await back.terms(shop.channel.code, grade_rates={"c": Decimal("0.5")})
    card = await back.bank.authorized(1)
    line = NewLine(sku=new.code, quantity=1, unit_price=usd(2000))
    return_id, new_order = ids(await exchanged(back, order_id, 1, line, payments=[card]))
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1, grade="c")
    await ship(back, new_order)
    assert await back.bank.due(new_order) == 0
    assert await back.bank.sums(new_order) == [(1000, 0, 1000, 0), (1000, 0, 1000, 0)]


async def test_what_is_set_aside_in_advance_is_taken_before_it_lapses(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    card = await back.bank.authorized(1999, "tok_expires_3600")
    line = NewLine(sku=new.code, quantity=1, in_place_of=1)
    return_id, new_order = ids(await exchanged(back, order_id, 1, line, mode="advance", payments=[card]))
    await ship(back, new_order)
    async with back.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = 'watch'")

    # when the goods are on their way, and the card gives no longer
    await back.scan(return_id)
    await back.bank.work()
    assert await back.bank.at_provider(new_order) == [(1999, 0, 1999, 0)]
    assert await back.desk.value("SELECT state FROM exchange") == "lapsed"
    assert await back.desk.queue("exchange") == set()

    # then what they bring goes to the first card
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    assert await back.refunded(order_id) == 1999
    assert await back.bank.due(new_order) == 0


async def test_a_refund_whose_answer_is_lost_is_made_once(back: ReturnsDesk) -> None:
    """The worker dies between the entry on the first order and the result on the new one."""
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await back.bank.work()
    assert (await back.desk.cancel(new_order)).code == "cancelled"
    async with back.desk.database.transaction("acme") as tx:
        await settle_orders(tx, back.desk.ctx, [new_order])
    [payment] = await back.desk.queue("pay")

    # when it was asked, did it, and nobody heard
    provider = Mute(ExchangeProvider(back.desk.database))
    with pytest.raises(ConnectionError):
        await move_money(back.desk.database, back.desk.ctx, [payment], {EXCHANGE: provider})  # type: ignore[dict-item]
    assert await back.bank.sums(new_order) == [(1999, 0, 1999, 0)]
    assert (await back.bank.balances(order_id))["captured"] == 5997

    # then it is looked up, not done again
    await back.bank.work()
    assert provider.refunds == 1
    assert await back.bank.sums(new_order) == [(1999, 0, 1999, 1999)]
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 1999)]
    assert await back.bank.balances(order_id) == {"lines": -3998, "captured": 3998}


class Mute:
    """A provider that does what it is asked, and whose answer does not arrive."""

    settled_after_s = 0.0

    def __init__(self, real: ExchangeProvider) -> None:
        self._real = real
        self.refunds = 0

    async def fetch(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        return await self._real.fetch(merchant, asks)

    async def refund(self, merchant: str, asks: Sequence[Ask]) -> list[Answer]:
        self.refunds += len(asks)
        await self._real.refund(merchant, asks)
        raise ConnectionError

    authorize = increment = capture = void = refund


async def test_the_provider_of_exchanges_keeps_to_the_rules(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    [old, new] = shop.skus
    return_id, new_order = ids(await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1)))
    await back.receive(return_id, (old, 1))
    await back.inspect(return_id, old, 1)
    await back.bank.work()
    [payment] = await back.bank.payments(new_order)
    provider, other = ExchangeProvider(back.desk.database), encode_id("pay", new_id())

    def ask(amount: int, of: str = encode_id("pay", payment.id)) -> Ask:
        return Ask(encode_id("prq", new_id()), of, AskKind.REFUND, amount, "USD", payment.reference)

    too_much, unknown = ask(2000), ask(1, other)
    answers = await provider.refund("acme", [too_much, unknown])
    assert [(a.verdict, a.code) for a in answers] == [
        (Verdict.REFUSED, "exceeds_captured"), (Verdict.REFUSED, "unknown_payment"),
    ]  # fmt: skip
    assert [a.verdict for a in await provider.fetch("acme", [too_much, unknown])] == [Verdict.UNKNOWN] * 2
    assert [a.code for a in await provider.authorize("acme", [ask(1)])] == ["not_supported"]
    with pytest.raises(WebhookRefused):
        provider.parse_webhook("acme", {}, b"{}")
    assert await back.bank.balances(order_id) == {"lines": -3998, "captured": 5997, "exchanged": -1999}


async def test_two_exchanges_of_the_same_goods_at_once_take_them_once(back: ReturnsDesk) -> None:
    shop, order_id = await sold(back)
    new = shop.skus[1]
    command = RequestExchange(
        order_id=order_id,
        lines=[RequestedLine(line=1, quantity=2)],
        new_lines=[NewLine(sku=new.code, quantity=2, in_place_of=1)],
    )
    found = await asyncio.gather(
        *(back.desk.run(request_exchanges, [command], audited=False) for _ in range(6))
    )  # fmt: skip
    assert Counter(outcome.code for [outcome] in found) == {"requested": 1, "exceeds_returnable": 5}
    await back.desk.audit()
    assert await back.desk.atp(new, shop.pool_id) == (8, 2, 0)


async def test_goods_that_come_back_and_a_new_order_that_is_cancelled_meet_in_either_order(back: ReturnsDesk) -> None:
    """Both lock both orders, whichever is first; the money is where the customer has it, once."""
    shop, _ = await sold(back)
    [old, new] = shop.skus
    await back.desk.receive(old, shop.locations[0], 40)
    sales = []
    for _ in range(8):
        order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(old.code, 1)]))
        made = await exchanged(back, order_id, 1, NewLine(sku=new.code, quantity=1, in_place_of=1))
        return_id, new_order = ids(made)
        await back.receive(return_id, (old, 1))
        sales.append((order_id, return_id, new_order))
    looked = [InspectedItem(sku=old.code, quantity=1)]

    async def inspect(return_id: UUID) -> str:
        command = InspectReturn(return_id=return_id, items=looked)
        [outcome] = await back.desk.run(inspect_returns, [command], audited=False)
        return outcome.code  # type: ignore[no-any-return]

    async def cancel(order_id: UUID) -> str:
        command = CancelOrder(order_id=order_id, recall=True)
        [outcome] = await back.desk.run(cancel_orders, [command], audited=False)
        return outcome.code  # type: ignore[no-any-return]

    found = await asyncio.gather(
        *(step for n, (_, return_id, new_order) in enumerate(sales)
          for step in ((inspect(return_id), cancel(new_order)) if n % 2 else (cancel(new_order), inspect(return_id))))
    )  # fmt: skip
    assert Counter(found) == {"inspected": 8, "cancelled": 8}
    await back.bank.work()
    for order_id, _, new_order in sales:
        assert await back.bank.at_provider(order_id) == [(1999, 0, 1999, 1999)]
        assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (0, 0)

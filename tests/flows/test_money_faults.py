"""Faults of money, edits and returns that were found by looking for them: each stays mended."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import msgspec
import pytest

from orderwright.catalog import SkuFacts
from orderwright.flows.change_money import record_payments, refund_orders, retry_payments
from orderwright.flows.edit_orders import edit_orders
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.move_money import move_money
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_exchanges import request_exchanges
from orderwright.flows.request_returns import request_returns
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.watch_payments import watch_payments
from orderwright.orders import EditOrder
from orderwright.orders.contract import Discount, UnitPrice
from orderwright.orders.edit_contract import AddDiscount, AddLine, RemoveLine, SetQuantity, SwapSku
from orderwright.payments import Ask, AskKind, RecordPayment, RefundOrder, RetryPayment
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.context import system_context
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.returns import (
    CountedItem,
    InspectedItem,
    InspectReturn,
    NewLine,
    ReceiveReturn,
    RequestedLine,
    RequestExchange,
    RequestReturn,
)
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, a_payment, an_order, usd
from tests.flows.test_edit_orders import a_stocked_shop, edit, ship
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def give_back(desk: Desk, order_id: UUID, sku: SkuFacts) -> None:
    """A unit of the first line comes back and is accepted."""
    lines = [RequestedLine(line=1, quantity=1, reason="other")]
    [asked] = await desk.run(request_returns, [RequestReturn(order_id=order_id, lines=lines)])
    counted = [CountedItem(sku=sku.code, quantity=1)]
    await desk.run(receive_returns, [ReceiveReturn(return_id=asked.id, items=counted)])
    seen = [InspectedItem(sku=sku.code, quantity=1, grade="a")]
    await desk.run(inspect_returns, [InspectReturn(return_id=asked.id, items=seen)])


async def one_here_one_awaited(desk: Desk, bank: Bank) -> tuple[Shop, UUID]:
    """Two lines of 19.99, authorized: the first is in stock, the second is not."""
    shop = await desk.shop(skus=3, channel={"short_line_policy": "backorder"})
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    lines = [(shop.skus[0].code, 1), (shop.skus[1].code, 1)]
    return shop, await desk.placed(await bank.paid_order(shop.channel.code, lines))


async def look(desk: Desk, bank: Bank, order_id: UUID) -> None:
    """Fetch how the payments of an order stand."""
    ids = [p.id for p in await bank.payments(order_id)]
    await watch_payments(desk.database, system_context("acme", "test"), ids, {"builtin": bank.provider})


# ---- discounts where units are cancelled ----


async def test_a_discount_never_exceeds_what_its_line_costs(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    line = msgspec.structs.replace(a_line(shop.skus[0].code, 3, 0), unit_price=UnitPrice(Decimal("166.6667"), "USD"))
    order_id = await desk.placed(an_order(shop.channel.code, [line], total=usd(500)))
    await desk.cancel(order_id, (1, 2))
    outcome = await edit(desk, order_id, AddDiscount(discount=Discount(amount=usd(167))), revision=1)
    assert (outcome.code, outcome.details["difference_minor"]) == ("edited", -167)


async def test_two_discounts_lose_no_cent(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    lines = [a_line(shop.skus[0].code, 3, 100)]
    order_id = await desk.placed(
        an_order(shop.channel.code, lines, discounts=[Discount(amount=usd(5))], total=usd(295))
    )
    await desk.cancel(order_id, (1, 1))
    outcome = await edit(desk, order_id, AddDiscount(discount=Discount(amount=usd(3))), revision=1)
    assert outcome.details["difference_minor"] == -3


# ---- authorizing more ----


async def test_two_edits_before_the_provider_answers_are_both_authorized(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    for revision in (0, 1):
        await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 1000)), revision=revision)
    await bank.work()
    assert await bank.sums(order_id) == [(5998, 0, 0, 0)]


async def test_an_order_goes_on_when_another_payment_covers_it(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    card = a_payment(1999, state="pending", provider="builtin", reference="tok_declined")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[card]))
    await bank.work()
    assert await desk.holds(order_id) == ["payment_refused"]
    await desk.run(record_payments, [RecordPayment(order_id=order_id, amount=usd(1999))])
    await bank.work()
    assert await desk.holds(order_id) == []
    assert await desk.states(order_id) == ["released"]


# ---- orders that are partly still to leave ----


async def test_a_capture_that_is_refused_is_seen_before_the_rest_leaves(desk: Desk, bank: Bank) -> None:
    _, order_id = await one_here_one_awaited(desk, bank)
    await bank.work()
    await bank.fails(AskKind.CAPTURE, Mode.DECLINE, code="expired")
    await ship(desk, bank, order_id)
    assert await bank.listed() == {order_id: "refused"}
    assert await desk.holds(order_id) == ["payment_refused"]


async def test_what_came_back_is_refunded_before_the_rest_leaves(desk: Desk, bank: Bank) -> None:
    shop, order_id = await one_here_one_awaited(desk, bank)
    await ship(desk, bank, order_id)
    assert await bank.sums(order_id) == [(3998, 0, 1999, 0)]
    await give_back(desk, order_id, shop.skus[0])
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 1999, 1999)]
    await desk.receive(shop.skus[1], shop.locations[0], 5)
    await ship(desk, bank, order_id)
    assert await bank.sums(order_id) == [(3998, 0, 3998, 1999)]
    assert await bank.due(order_id) == 0


@pytest.mark.parametrize("lost", [False, True])
async def test_goodwill_is_not_taken_back_while_a_capture_is_unanswered(desk: Desk, bank: Bank, lost: bool) -> None:
    shop, order_id = await one_here_one_awaited(desk, bank)
    await ship(desk, bank, order_id)
    await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(500))])
    await desk.receive(shop.skus[1], shop.locations[0], 5)
    await bank.work()
    if lost:
        await bank.fails(AskKind.CAPTURE, Mode.TIMEOUT_AFTER)
    await ship(desk, bank, order_id)
    await give_back(desk, order_id, shop.skus[0])
    await desk.run(settle_orders, [order_id])
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = 'pay'")
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 3998, 2499)]
    assert await bank.due(order_id) == 0


async def test_a_line_that_was_dropped_and_paid_is_refunded_at_once(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop(skus=2, channel={"short_line_policy": "drop"})
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    card = a_payment(3998, provider="bazaar")
    lines = [(shop.skus[0].code, 1), (shop.skus[1].code, 1)]
    order_id = await desk.placed(an_order(shop.channel.code, lines, payments=[card]))
    await bank.work()
    assert await bank.due(order_id) == -1999
    assert await bank.listed() == {order_id: "refund_by_hand"}


# ---- money that moved without us ----


@pytest.mark.parametrize("declined", [False, True])
async def test_nothing_is_recorded_of_a_payment_that_we_are_still_to_authorize(
    desk: Desk, bank: Bank, declined: bool
) -> None:
    shop = await a_stocked_shop(desk)
    token = "tok_declined" if declined else "tok_ok"
    card = a_payment(1999, state="pending", provider="builtin", reference=token)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[card]))
    if declined:
        await bank.work()
    [payment] = await bank.payments(order_id)
    command = RecordPayment(order_id=order_id, amount=usd(99), payment=encode_id("pay", payment.id))
    [outcome] = await desk.run(record_payments, [command])
    assert outcome.code == "managed_payment"
    await desk.run(retry_payments, [RetryPayment(payment_id=payment.id, token="tok_ok")])
    await bank.work()
    assert await bank.sums(order_id) == await bank.at_provider(order_id) == [(1999, 0, 0, 0)]


# ---- what stands at the provider ----


async def test_an_authorization_that_is_being_captured_does_not_lapse(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    await edit(desk, order_id, SetQuantity(line=1, quantity=1))
    await bank.work()
    await bank.fails(AskKind.CAPTURE, Mode.TIMEOUT_AFTER)
    [work] = await desk.fulfillments(order_id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    await bank.work()
    await desk.ship(work.id)
    await desk.run(settle_orders, [order_id])
    [payment] = await bank.payments(order_id)
    ctx = system_context("acme", "test")
    await move_money(desk.database, ctx, [payment.id], {"builtin": bank.provider})
    await look(desk, bank, order_id)
    assert await desk.holds(order_id) == []


async def test_what_one_payment_brought_for_one_order_is_not_counted_for_another(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    card = await bank.authorized(1999)
    lines = [(shop.skus[0].code, 1)]
    first, second = [await desk.placed(an_order(shop.channel.code, lines, payments=[card])) for _ in range(2)]
    await bank.work()
    await desk.hold(second)
    await ship(desk, bank, first)
    await look(desk, bank, second)
    assert (await bank.due(first), await bank.due(second)) == (0, 1999)


# ---- edits ----


async def test_an_order_that_is_edited_away_keeps_no_hold(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.hold(order_id)
    await edit(desk, order_id, RemoveLine(line=1))
    assert (await desk.status(order_id), await desk.holds(order_id)) == ("cancelled", [])
    assert await desk.queue("verify") == set()


async def test_a_line_that_ships_needs_an_address(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    here = a_line(shop.skus[0].code, 1, 1000, delivery="pickup", location=shop.locations[0].code)
    order_id = await desk.placed(an_order(shop.channel.code, [here], ship_to=None))
    outcome = await edit(desk, order_id, AddLine(line=a_line(shop.skus[1].code, 1, 1000)))
    assert (outcome.code, outcome.details) == ("address_needed", {"line": 2})
    more = a_line(shop.skus[1].code, 1, 1000, delivery="pickup", location=shop.locations[0].code)
    assert (await edit(desk, order_id, AddLine(line=more))).code == "edited"
    assert await desk.units(order_id) == {(1, 1): {"allocated": 1}, (2, 1): {"promised": 1}}


async def test_swaps_to_and_fro_wait_for_each_other_and_do_not_lock_up(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 200)
    ids = []
    for n in range(12):
        have, want = shop.skus[n % 2], shop.skus[1 - n % 2]
        order_id, _ = await desk.sourced(an_order(shop.channel.code, [(have.code, 1)]))
        ids.append((order_id, want))

    async def swap(order_id: UUID, to: SkuFacts) -> str:
        command = EditOrder(order_id=order_id, revision=0, changes=[SwapSku(line=1, sku=to.code)])
        [outcome] = await desk.run(edit_orders, [command], audited=False)
        return outcome.code  # type: ignore[no-any-return]

    found = await asyncio.gather(*(swap(order_id, to) for order_id, to in ids), return_exceptions=True)
    assert Counter(map(str, found)) == {"edited": 12}
    await desk.audit()


# ---- exchanges ----


async def exchanged_for_the_same_price(back: ReturnsDesk) -> tuple[Shop, UUID, UUID, UUID]:
    """A unit of SKU 1 at 19.99 comes back for one of SKU 2; returns the shop, the order, the return, the new order."""
    shop, order_id = await back.sale(units=1, skus=2)
    await back.desk.receive(shop.skus[1], shop.locations[0], 5)
    command = RequestExchange(
        order_id=order_id,
        lines=[RequestedLine(line=1, quantity=1)],
        new_lines=[NewLine(sku=shop.skus[1].code, quantity=1, in_place_of=1)],
    )
    [made] = await back.desk.run(request_exchanges, [command])
    return shop, order_id, decode_id("ret", made.details["return_id"]), decode_id("ord", made.details["new_order_id"])


@pytest.mark.parametrize("cents", [1999, 999])
async def test_goods_whose_money_was_given_back_before_do_not_pay_for_others_again(desk: Desk, cents: int) -> None:
    back = ReturnsDesk(desk)
    shop, order_id, return_id, new_order = await exchanged_for_the_same_price(back)
    await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(cents))])
    await back.bank.work()
    await back.receive(return_id, (shop.skus[0], 1))
    await back.inspect(return_id, shop.skus[0], 1)
    await back.bank.work()
    assert await back.bank.sums(order_id) == [(1999, 0, 1999, cents)]
    assert await back.bank.sums(new_order) == [(1999 - cents, 0, 1999 - cents, 0)]
    assert (await back.bank.due(order_id), await back.bank.due(new_order)) == (0, cents)
    assert await desk.holds(new_order) == ["awaiting_return"]


async def test_more_than_is_left_given_back_elsewhere_asks_for_nothing_below_zero(desk: Desk) -> None:
    back = ReturnsDesk(desk)
    shop, order_id = await back.sale(units=2)
    await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(1000))])
    await back.bank.work()
    for to, elsewhere in (("store_credit", 1399), ("payment", 0)):
        return_id = await back.requested(order_id, (1, 1), refund_to=to)
        await back.receive(return_id, (shop.skus[0], 1))
        await back.inspect(return_id, shop.skus[0], 1)
        if elsewhere:
            [payment] = await back.bank.payments(order_id)
            ask = Ask("x", encode_id("pay", payment.id), AskKind.REFUND, elsewhere, "USD", payment.reference)
            await back.bank.provider.act_at_desk("acme", ask)
            await look(desk, back.bank, order_id)
    await back.bank.work()
    assert await back.bank.sums(order_id) == [(3998, 0, 3998, 2399)]
    assert (await back.bank.due(order_id), await desk.value("SELECT balance_minor FROM credit_account")) == (0, 1999)

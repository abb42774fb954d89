"""Money where flows meet: edits, refunds and returns of one order, and what we authorize ourselves."""

from __future__ import annotations

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.flows.edit_orders import edit_orders
from orderwright.orders import EditOrder
from orderwright.orders.edit_contract import SetQuantity
from orderwright.payments import RefundOrder
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.desk import Desk, codes
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def test_units_added_while_the_authorization_is_under_way_are_authorized_too(back: ReturnsDesk) -> None:
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    pay = a_payment(order.total.amount, state="pending", provider="builtin", reference="tok_ok")
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pay])
    order_id = await back.desk.placed(order)
    edit = EditOrder(order_id=order_id, revision=0, changes=[SetQuantity(line=1, quantity=2)])
    assert codes(await back.desk.run(edit_orders, [edit])) == ["edited"]

    await back.bank.work()

    assert (await back.bank.payments(order_id))[0].authorized_minor == 2 * order.total.amount


async def test_goods_that_come_back_after_a_goodwill_refund_leave_no_balance(back: ReturnsDesk) -> None:
    shop = await back.desk.shop()
    sku = shop.skus[0]
    await back.desk.receive(sku, shop.locations[0], 9)
    order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(sku.code, 1)]))
    refund = RefundOrder(order_id=order_id, amount=usd(500))
    assert codes(await back.desk.run(refund_orders, [refund])) == ["refunding"]
    await back.bank.work()
    return_id = await back.requested(order_id, (1, 1))
    await back.receive(return_id, (sku, 1))
    await back.inspect(return_id, sku, 1)
    await back.bank.work()

    assert await back.desk.fetch("SELECT why FROM open_balance") == []
    assert await back.bank.sums(order_id) == [(1999, 0, 1999, 1999)]
    assert await back.bank.balances(order_id) == {}


async def test_what_we_authorize_ourselves_is_watched_too(back: ReturnsDesk) -> None:
    shop = await back.desk.shop()
    await back.desk.receive(shop.skus[0], shop.locations[0], 9)
    pay = a_payment(1999, state="pending", provider="builtin", reference="tok_ok")
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pay])
    order_id = await back.desk.placed(order)
    await back.bank.work()
    [payment] = await back.bank.payments(order_id)
    assert payment.authorized_minor == 1999
    assert await back.desk.queue("watch") == {payment.id}

"""What people do to the money of orders: refund, record, write off, try again."""

from __future__ import annotations

from datetime import date

import pytest

from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.orders.contract import Amount
from orderwright.payments import AskKind, RecordPayment, RefundOrder, RetryPayment, WriteOffBalance
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def a_shipped_order(desk: Desk, bank: Bank) -> UUID:
    """39.98, captured."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id, _, _ = await desk.shipped(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    return order_id


async def refund(desk: Desk, order_id: UUID, amount: int, **fields: object) -> Outcome:
    command = RefundOrder(order_id=order_id, amount=usd(amount), **fields)  # type: ignore[arg-type]
    [outcome] = await desk.run(refund_orders, [command])
    return outcome  # type: ignore[no-any-return]


# ---- refunds ----


async def test_goodwill_is_given_back_as_an_allowance(desk: Desk, bank: Bank) -> None:
    order_id = await a_shipped_order(desk, bank)

    assert (await refund(desk, order_id, 500)).code == "refunding"
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 500)]
    assert await bank.at_provider(order_id) == [(3998, 0, 3998, 500)]
    assert await bank.balances(order_id) == {"lines": -3998, "captured": 3498, "allowances": 500}
    assert (await desk.events(order_id))[-2:] == ["payment.refund_asked", "payment.refunded"]


async def test_refunds_are_limited_in_total(desk: Desk, bank: Bank) -> None:
    """saleor/saleor#19645: the limit was checked for each refund, and not for all together."""
    order_id = await a_shipped_order(desk, bank)
    assert (await refund(desk, order_id, 2000)).code == "refunding"
    refused = await refund(desk, order_id, 1999)
    assert (refused.code, refused.details) == ("exceeds_refundable", {"refundable": 1998})
    assert (await refund(desk, order_id, 1998)).code == "refunding"
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 3998, 3998)]
    assert (await refund(desk, order_id, 1)).code == "exceeds_refundable"


async def test_a_refund_of_nothing_is_refused(desk: Desk, bank: Bank) -> None:
    assert (await refund(desk, await a_shipped_order(desk, bank), 0)).code == "exceeds_refundable"


async def test_a_refund_in_another_currency_is_refused(desk: Desk, bank: Bank) -> None:
    order_id = await a_shipped_order(desk, bank)
    [outcome] = await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=Amount(100, "EUR"))])
    assert (outcome.code, outcome.details) == ("currency_differs", {"currency": "USD"})


async def test_what_others_took_they_must_give_back(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[a_payment(1999, provider="bazaar")])
    )
    assert (await refund(desk, order_id, 100)).code == "refund_elsewhere"
    assert (await refund(desk, order_id, 100, payment=encode_id("pay", new_id()))).code == "payment_not_found"
    assert (await refund(desk, new_id(), 100)).code == "order_not_found"


async def test_a_refund_that_is_refused_is_work_for_people_and_can_be_tried_again(desk: Desk, bank: Bank) -> None:
    order_id = await a_shipped_order(desk, bank)
    await bank.fails(AskKind.REFUND, Mode.DECLINE, code="account_closed")
    await refund(desk, order_id, 500)
    await bank.work()

    # then nothing moved, the allowance stands, and people see it
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.due(order_id) == -500
    assert await bank.listed() == {order_id: "refund_by_hand"}

    # when somebody tries again
    [payment] = await bank.payments(order_id)
    [outcome] = await desk.run(retry_payments, [RetryPayment(payment_id=payment.id)])
    assert (outcome.code, outcome.id) == ("retried", order_id)
    await bank.work()
    assert await bank.sums(order_id) == [(3998, 0, 3998, 500)]
    assert await bank.listed() == {}
    [outcome] = await desk.run(retry_payments, [RetryPayment(payment_id=payment.id)])
    assert outcome.code == "not_refused"


# ---- what moved without us ----


async def test_a_bank_transfer_pays_what_is_due(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order = an_order(
        shop.channel.code, [(shop.skus[0].code, 2)], payments=[a_payment(3998, "invoice", state="pending")]
    )
    order_id, _, _ = await desk.shipped(order)
    await bank.work()
    assert await bank.listed() == {order_id: "awaiting_payment"}
    [payment] = await bank.payments(order_id)

    [outcome] = await desk.run(
        record_payments, [RecordPayment(order_id=order_id, amount=usd(3998), payment=encode_id("pay", payment.id))]
    )

    assert outcome.code == "recorded"
    assert await bank.due(order_id) == 0
    assert await bank.listed() == {}
    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]


async def test_an_invoice_with_terms_is_not_late_before_it_is_due(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    terms = a_payment(3998, "invoice", state="pending", due_on=date(2031, 1, 31))
    order_id, _, _ = await desk.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=[terms]))
    await bank.work()
    assert await desk.fetch("SELECT order_id, due_on, why FROM open_balance") == [
        (order_id, date(2031, 1, 31), "awaiting_payment")
    ]


async def test_money_that_came_some_other_way_is_a_payment_of_its_own(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    command = RecordPayment(order_id=order_id, amount=usd(1000), method="cash", reference="till 4")
    [outcome] = await desk.run(record_payments, [command])
    [payment] = await bank.payments(order_id)
    assert (payment.n, payment.method, payment.reference, payment.captured_minor) == (1, "cash", "till 4", 1000)
    assert await bank.due(order_id) == 2998

    # given back by hand, it is recorded too, but no more than there was
    back = RecordPayment(order_id=order_id, amount=usd(600), payment=encode_id("pay", payment.id), direction="refunded")
    assert [o.code for o in await desk.run(record_payments, [back])] == ["recorded"]
    [outcome] = await desk.run(record_payments, [back])
    assert (outcome.code, outcome.details) == ("exceeds_refundable", {"refundable": 400})
    assert await bank.due(order_id) == 3598


async def test_what_a_channel_captured_uses_up_what_it_had_authorized(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    paid = a_payment(1999, "wallet", state="authorized", provider="pocketpay", reference="pp-1")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid]))
    [payment] = await bank.payments(order_id)
    await desk.run(
        record_payments, [RecordPayment(order_id=order_id, amount=usd(1999), payment=encode_id("pay", payment.id))]
    )
    assert await bank.sums(order_id) == [(1999, 0, 1999, 0)]
    assert await bank.balances(order_id) == {"lines": -1999, "captured": 1999}


async def test_what_we_move_ourselves_is_not_recorded_by_hand(desk: Desk, bank: Bank) -> None:
    order_id = await a_shipped_order(desk, bank)
    [payment] = await bank.payments(order_id)
    for direction in ("received", "refunded"):
        command = RecordPayment(
            order_id=order_id, amount=usd(1), payment=encode_id("pay", payment.id), direction=direction
        )
        assert [o.code for o in await desk.run(record_payments, [command])] == ["managed_payment"]


# ---- write-offs ----


async def test_what_nobody_will_pay_is_written_off(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id, _, _ = await desk.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await bank.work()
    assert await bank.listed() == {order_id: "unpaid"}

    codes = [
        (await desk.run(write_off_balances, [WriteOffBalance(order_id=order_id, amount=amount)]))[0].code
        for amount in (usd(2000), usd(999), None, None)
    ]

    assert codes == ["exceeds_due", "written_off", "written_off", "nothing_due"]
    assert await bank.balances(order_id) == {"lines": -1999, "write_offs": 1999}
    assert await bank.listed() == {}


# ---- trying again ----


async def test_a_declined_card_is_replaced(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    pending = a_payment(1999, state="pending", provider="builtin", reference="tok_declined")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pending]))
    await bank.work()
    assert await desk.holds(order_id) == ["payment_refused"]
    [payment] = await bank.payments(order_id)

    [outcome] = await desk.run(retry_payments, [RetryPayment(payment_id=payment.id, token="tok_ok")])
    assert outcome.code == "retried"
    await bank.work()

    assert await desk.holds(order_id) == []
    assert await bank.sums(order_id) == [(1999, 0, 0, 0)]


@pytest.mark.parametrize(
    ("verb", "command", "scope"),
    [
        (refund_orders, RefundOrder(order_id=new_id(), amount=usd(1)), "payments.refund"),
        (record_payments, RecordPayment(order_id=new_id(), amount=usd(1)), "payments.write"),
        (write_off_balances, WriteOffBalance(order_id=new_id()), "payments.write"),
        (retry_payments, RetryPayment(payment_id=new_id()), "payments.write"),
    ],
)
async def test_each_needs_its_scope(desk: Desk, verb: object, command: object, scope: str) -> None:
    poor = Desk(desk.database, permissions=frozenset({"orders.read", "payments.read"}))
    with pytest.raises(PermissionDenied) as refused:
        await poor.run(verb, [command])  # type: ignore[arg-type]
    assert refused.value.details == {"permission": scope}

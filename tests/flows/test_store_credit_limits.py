"""Payments and store credit together never give back more than was captured, whatever is settled by itself after."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderwright.flows.change_money import record_payments, refund_orders, write_off_balances
from orderwright.orders.contract import SignedAmount
from orderwright.payments import RecordPayment, RefundOrder, WriteOffBalance
from orderwright.platform.ids import UUID, encode_id
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk, codes


@pytest.fixture
def credit(desk: Desk) -> CreditDesk:
    return CreditDesk(desk)


async def to_credit(credit: CreditDesk, order_id: UUID, minor: int) -> None:
    [outcome] = await credit.desk.run(
        refund_orders, [RefundOrder(order_id=order_id, amount=usd(minor), to="store_credit")]
    )
    assert outcome.code == "credited"


async def test_goodwill_is_not_refunded_again_while_other_units_are_still_to_leave(credit: CreditDesk) -> None:
    """19.99 of the first unit became store credit out of goodwill; then it comes back: the card gets nothing of it."""
    shop, order_id, second = await credit.half_shipped()
    await to_credit(credit, order_id, 1999)
    line = await credit.desk.value("SELECT line_n FROM component WHERE order_id = $1 AND shipped = 1", order_id)
    return_id = await credit.requested(order_id, (line, 1))
    await credit.receive(return_id, (shop.skus[line - 1], 1))
    await credit.inspect(return_id, shop.skus[line - 1], 1, at=shop.locations[line - 1].code)
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(3998, 0, 1999, 0)]
    await credit.desk.ship(second)
    await credit.bank.work()
    # As with goodwill to the card: what was given up stays so, and pays for the second.
    assert await credit.bank.sums(order_id) == [(3998, 1999, 1999, 0)]
    assert await credit.bank.due(order_id) == 0
    assert await credit.bank.listed() == {}


async def test_what_was_written_off_is_not_refunded_beyond_what_was_captured(credit: CreditDesk) -> None:
    """39.98 charged: 19.99 paid, 19.99 written off, 10.00 given as store credit. All comes back: 9.99 are left, and
    nothing is written off any more."""
    shop = await credit.stocked()
    paid = [await credit.bank.authorized(1999)]
    order_id = await credit.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 2)], payments=paid))
    given_up = await credit.desk.run(write_off_balances, [WriteOffBalance(order_id=order_id)])
    assert codes(given_up) == ["written_off"]
    await to_credit(credit, order_id, 1000)
    return_id = await credit.requested(order_id, (1, 2))
    await credit.receive(return_id, (shop.skus[0], 2))
    await credit.inspect(return_id, shop.skus[0], 2)
    await credit.bank.work()
    assert await credit.bank.sums(order_id) == [(1999, 0, 1999, 999)]
    assert await credit.bank.balances(order_id) == {"captured": 1000, "store_credit": -1000}
    assert await credit.bank.listed() == {}


# ---- bonuses ----


async def test_a_bonus_goes_with_the_credit_for_what_never_came(credit: CreditDesk) -> None:
    """Given on a scan: 39.98 and 10 % on top. One unit comes, the other never does: half of each is taken back."""
    shop, order_id = await credit.sale(2)
    await credit.terms(shop.channel.code, refund_on="scan", store_credit_bonus_rate=Decimal("0.1"))
    return_id = await credit.requested(order_id, (1, 2), refund_to="store_credit")
    await credit.scan(return_id)
    account = await credit.desk.value("SELECT id FROM credit_account")
    assert await credit.account(account) == (3998 + 400, 0)
    await credit.receive(return_id, (shop.skus[0], 1))
    await credit.inspect(return_id, shop.skus[0], 1)
    await credit.close(return_id)
    await credit.bank.work()
    assert await credit.entries(account) == [
        ("refunded", 3998), ("issued", 400), ("refunded", -1999), ("adjusted", -200),
    ]  # fmt: skip
    assert await credit.account(account) == (1999 + 200, 0)
    assert await credit.bank.due(order_id) == 0


async def test_a_bonus_is_taken_back_as_far_as_it_is_free(credit: CreditDesk) -> None:
    shop, order_id = await credit.sale(1)
    await credit.terms(shop.channel.code, refund_on="scan", store_credit_bonus_rate=Decimal("0.1"))
    return_id = await credit.requested(order_id, (1, 1), refund_to="store_credit")
    await credit.scan(return_id)
    account = await credit.desk.value("SELECT id FROM credit_account")
    await credit.adjust(account, amount=SignedAmount(-150, "USD"))
    await credit.close(return_id)
    await credit.bank.work()
    assert await credit.entries(account) == [
        ("refunded", 1999), ("issued", 200), ("adjusted", -150), ("refunded", -1999), ("adjusted", -50),
    ]  # fmt: skip


# ---- what others say of it ----


@pytest.mark.parametrize("state", ["authorized", "captured"])
async def test_nobody_else_can_have_taken_it(credit: CreditDesk, state: Any) -> None:
    """A channel that says so is refused, or, where its order is never refused, the order waits for somebody."""
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    said = a_payment(1999, "store_credit", state=state, provider="store_credit", reference=encode_id("crd", account))
    [outcome] = await credit.desk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[said]))
    if state == "authorized":
        assert outcome.code == "store_credit_not_pending"
    else:
        assert await credit.desk.holds(outcome.order_id) == ["store_credit_not_pending"]
    assert await credit.account(account) == (5000, 0)


async def test_nobody_records_that_it_was_taken(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    order_id = await credit.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    said = RecordPayment(order_id=order_id, amount=usd(1999), method="store_credit", provider="store_credit")
    assert codes(await credit.desk.run(record_payments, [said])) == ["managed_payment"]

"""Money follows the goods: captured when they leave, let go or given back when they are cancelled."""

from __future__ import annotations

import pytest

from orderwright.orders.contract import Charge, Discount, Tax
from orderwright.payments import AskKind
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.ids import UUID
from tests.builders.orders import a_line, a_payment, an_order
from tests.builders.orders import usd as _usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def ship_all(desk: Desk, bank: Bank, order_id: UUID) -> None:
    """Bring all work of an order to the carrier."""
    await bank.work()
    for work in await desk.fulfillments(order_id):
        if work.state == "released":
            assert (await desk.pick(work.id)).code == "picked"
            assert await desk.pack(work.id) == ["packed"]
            await bank.work()
            assert await desk.ship(work.id) == ["shipped"]


async def test_an_order_is_charged_when_it_is_placed(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    lines = [a_line(shop.skus[0].code, 2, 1000, taxes=[Tax(amount=_usd(160))], discounts=[Discount(amount=_usd(100))])]
    order = an_order(
        shop.channel.code, lines, shipping=[Charge(amount=_usd(500), taxes=[Tax(amount=_usd(40))])],
        fees=[Charge(amount=_usd(99))], rounding=_usd(-1), total=_usd(2698), payments=[await bank.authorized(2698)],
    )  # fmt: skip

    order_id = await desk.placed(order)

    assert await bank.balances(order_id) == {
        "receivable": 2698, "lines": -2000, "discounts": 100, "tax": -200, "shipping": -500, "fees": -99, "rounding": 1,
        "authorized": 2698, "payer": -2698,
    }  # fmt: skip
    assert await bank.sums(order_id) == [(2698, 0, 0, 0)]


async def test_what_leaves_is_captured_and_the_last_capture_is_final(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))

    await ship_all(desk, bank, order_id)
    assert await bank.sums(order_id) == [(3998, 0, 0, 0)]
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.at_provider(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.balances(order_id) == {"lines": -3998, "captured": 3998}
    assert (await desk.events(order_id))[-2:] == ["order.shipped", "payment.captured"]
    assert await bank.listed() == {}


async def test_a_part_that_leaves_is_captured_pro_rata(desk: Desk, bank: Bank) -> None:
    """7.00 of shipping over lines of 20.00 and 10.01: the first line carries 4.67, the second 2.33."""
    shop = await desk.shop(locations=2, skus=2)
    here, there = shop.locations
    await desk.receive(shop.skus[0], here, 2)
    await desk.receive(shop.skus[1], there, 1)
    lines = [a_line(shop.skus[0].code, 2, 1000), a_line(shop.skus[1].code, 1, 1001)]
    order = an_order(shop.channel.code, lines, shipping=[Charge(amount=_usd(700))], total=_usd(3701),
                     payments=[await bank.authorized(3701)])  # fmt: skip
    order_id = await desk.placed(order)
    await bank.work()
    first, second = await desk.fulfillments(order_id)
    for work, captured in ((first, None), (second, 3701)):
        await desk.pick(work.id)
        await desk.pack(work.id)
        await bank.work()
        await desk.ship(work.id)
        await bank.work()
        worth = {here.id: 2000 + 467, there.id: 1001 + 233}
        expected = captured or worth[work.location_id]
        assert await bank.sums(order_id) == [(3701, 0, expected, 0)]
    assert await bank.due(order_id) == 0


async def test_a_cancelled_order_lets_its_authorization_go(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))

    assert (await desk.cancel(order_id)).code == "cancelled"
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 3998, 0, 0)]
    assert await bank.at_provider(order_id) == [(3998, 3998, 0, 0)]
    assert await bank.balances(order_id) == {}
    assert "payment.voided" in await desk.events(order_id)


async def test_the_rest_of_an_authorization_goes_with_the_last_capture(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    assert (await desk.cancel(order_id, (1, 1))).code == "cancelled"

    await ship_all(desk, bank, order_id)
    await bank.work()

    assert await bank.sums(order_id) == [(5997, 1999, 3998, 0)]
    assert await bank.at_provider(order_id) == [(5997, 1999, 3998, 0)]


async def test_what_was_paid_and_is_cancelled_is_refunded(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop(locations=2, skus=2)
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    await desk.receive(shop.skus[1], shop.locations[1], 9)
    lines = [a_line(shop.skus[0].code, 2, 1000), a_line(shop.skus[1].code, 1, 1001)]
    order = an_order(shop.channel.code, lines, payments=[await bank.authorized(3001)])
    order_id = await desk.placed(order)
    await bank.work()
    [work] = [w for w in await desk.fulfillments(order_id) if w.location_id == shop.locations[0].id]
    await desk.pick(work.id)
    await desk.pack(work.id)
    await bank.work()
    await desk.ship(work.id)
    await bank.work()
    assert await bank.sums(order_id) == [(3001, 0, 2000, 0)]

    # when the rest is cancelled, nothing more is captured, and what is set aside is let go
    assert (await desk.cancel(order_id, (2, None))).code == "cancelled"
    await bank.work()

    assert await bank.sums(order_id) == [(3001, 1001, 2000, 0)]
    assert await bank.due(order_id) == 0


async def test_a_prepaid_order_that_is_cancelled_is_refunded_where_we_can(desk: Desk, bank: Bank) -> None:
    """What a marketplace took, it must give back: it is listed for people."""
    shop = await desk.shop()
    paid = an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[a_payment(1999, provider="bazaar")])
    order_id = await desk.placed(paid)

    await desk.cancel(order_id)
    await bank.work()

    assert await bank.due(order_id) == -1999
    assert await bank.listed() == {order_id: "refund_by_hand"}


async def test_an_order_that_nobody_paid_is_listed_once_it_has_left(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await ship_all(desk, bank, order_id)
    assert await bank.listed() == {}
    await bank.work()
    assert await bank.listed() == {order_id: "unpaid"}
    assert await bank.due(order_id) == 1999


@pytest.mark.parametrize("mode", [Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER, Mode.CRASH, Mode.CRASH_AFTER])
async def test_a_capture_whose_answer_is_lost_is_done_once(desk: Desk, bank: Bank, mode: Mode) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await ship_all(desk, bank, order_id)
    await bank.fails(AskKind.CAPTURE, mode)

    await bank.work()
    [payment] = await bank.payments(order_id)
    assert (payment.captured_minor, payment.capturing_minor) == (0, 3998)
    assert await desk.fetch("SELECT state FROM payment_request") == [("sent",)]
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET due = now() WHERE stage = 'pay'")
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.at_provider(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.due(order_id) == 0


async def test_a_capture_that_is_refused_is_work_for_people(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id = await desk.placed(await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await ship_all(desk, bank, order_id)
    await bank.fails(AskKind.CAPTURE, Mode.DECLINE, code="card_lost")

    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 0, 0)]
    assert await bank.due(order_id) == 3998
    assert await bank.listed() == {order_id: "refused"}
    assert (await desk.events(order_id))[-1] == "payment.refused"


async def test_a_pending_payment_is_authorized_and_the_order_waits_for_it(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    pending = a_payment(1999, state="pending", provider="builtin", reference="tok_ok")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pending]))
    assert await desk.holds(order_id) == ["payment_pending"]

    await bank.work()

    assert await desk.holds(order_id) == []
    assert await bank.sums(order_id) == [(1999, 0, 0, 0)]
    assert await desk.states(order_id) == ["released"]
    await ship_all(desk, bank, order_id)
    await bank.work()
    assert await bank.sums(order_id) == [(1999, 0, 1999, 0)]


async def test_an_order_whose_authorization_is_declined_is_held(desk: Desk, bank: Bank) -> None:
    shop = await desk.shop()
    pending = a_payment(1999, state="pending", provider="builtin", reference="tok_insufficient_funds")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pending]))

    await bank.work()

    assert await desk.holds(order_id) == ["payment_refused"]
    [payment] = await bank.payments(order_id)
    assert payment.refused_code == "insufficient_funds"

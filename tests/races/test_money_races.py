"""Races about money: two connections, or two workers, and never a cent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.change_money import record_payments, refund_orders, write_off_balances
from orderwright.flows.move_money import move_money
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import ShipFulfillment
from orderwright.orders import CancelLine, CancelOrder, PlaceOrder
from orderwright.payments import Answer, Ask, RecordPayment, RefundOrder, WriteOffBalance
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Call = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def a_stocked_shop(desk: Desk) -> Shop:
    """Two SKUs, each at a location of its own."""
    shop = await desk.shop(locations=2, skus=2)
    for sku, at in zip(shop.skus, shop.locations, strict=True):
        await desk.receive(sku, at, 9)
    return shop


async def packed(desk: Desk, bank: Bank, order: PlaceOrder) -> tuple[UUID, list[UUID]]:
    """An order of which all parcels wait for the carrier."""
    order_id, works = await desk.sourced(order)
    ids = [work.id for work in works]
    assert set(await desk.release(*ids)) == {"released"}
    for work_id in ids:
        assert (await desk.pick(work_id)).code == "picked"
    assert set(await desk.pack(*ids)) == {"packed"}
    await bank.work()
    return order_id, ids


async def a_paid_order(desk: Desk, bank: Bank) -> UUID:
    """An order of 19.99 that has left and is paid."""
    shop = await a_stocked_shop(desk)
    order_id, ids = await packed(desk, bank, await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.ship(*ids)
    await bank.work()
    assert await bank.sums(order_id) == [(1999, 0, 1999, 0)]
    return order_id


def on(desk: Desk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, desk.ctx, [command])


async def test_of_two_refunds_of_the_whole_one_is_refused(desk: Desk, bank: Bank) -> None:
    order_id = await a_paid_order(desk, bank)
    whole = on(desk, refund_orders, RefundOrder(order_id=order_id, amount=usd(1999)))

    first, second = await race(desk, whole, whole)
    await bank.work()

    assert codes(first) == ["refunding"]
    assert (codes(second), second[0].details) == (["exceeds_refundable"], {"refundable": 0})
    assert await bank.sums(order_id) == [(1999, 0, 1999, 1999)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    assert await bank.balances(order_id) == {"lines": -1999, "allowances": 1999}


async def test_a_refund_that_is_rolled_back_leaves_the_other_all(desk: Desk, bank: Bank) -> None:
    order_id = await a_paid_order(desk, bank)
    whole = on(desk, refund_orders, RefundOrder(order_id=order_id, amount=usd(1999)))

    _, second = await race(desk, whole, whole, keep=False)
    await bank.work()

    assert codes(second) == ["refunding"]
    assert await bank.sums(order_id) == [(1999, 0, 1999, 1999)]


async def test_what_was_given_back_elsewhere_is_recorded_once(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    paid = a_payment(1999, provider="bazaar")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid]))
    [payment] = await bank.payments(order_id)
    ref = encode_id("pay", payment.id)
    said = RecordPayment(order_id=order_id, amount=usd(1999), direction="refunded", payment=ref)

    first, second = await race(desk, on(desk, record_payments, said), on(desk, record_payments, said))

    assert (codes(first), codes(second)) == (["recorded"], ["exceeds_refundable"])
    assert await bank.sums(order_id) == [(1999, 0, 1999, 1999)]


async def test_a_balance_is_written_off_once(desk: Desk, bank: Bank) -> None:
    shop = await a_stocked_shop(desk)
    order_id, ids = await packed(desk, bank, an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.ship(*ids)
    await bank.work()
    off = on(desk, write_off_balances, WriteOffBalance(order_id=order_id))

    first, second = await race(desk, off, off)

    assert (codes(first), codes(second)) == (["written_off"], ["nothing_due"])
    assert await bank.due(order_id) == 0


@pytest.mark.parametrize("ship_first", [True, False])
async def test_settling_against_shipping(desk: Desk, bank: Bank, ship_first: bool) -> None:
    """The first parcel is being settled while the second leaves: both are captured, the last one finally."""
    shop = await a_stocked_shop(desk)
    lines = [(sku.code, 1) for sku in shop.skus]
    order_id, [one, two] = await packed(desk, bank, await bank.paid_order(shop.channel.code, lines))
    await desk.ship(one)
    settling: Call = lambda tx: settle_orders(tx, desk.ctx, [order_id])  # noqa: E731
    shipping = on(desk, ship_fulfillments, ShipFulfillment(fulfillment_id=two))

    await race(desk, *((shipping, settling) if ship_first else (settling, shipping)))
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    asked = await desk.fetch("SELECT amount_minor FROM payment_request ORDER BY id")
    assert [row[0] for row in asked] == ([3998] if ship_first else [1999, 1999])
    assert await bank.due(order_id) == 0


@pytest.mark.parametrize("cancel_first", [True, False])
async def test_settling_against_cancelling(desk: Desk, bank: Bank, cancel_first: bool) -> None:
    """One parcel has left; the other line is cancelled while that is settled: the rest is let go, once."""
    shop = await a_stocked_shop(desk)
    order_id, works = await desk.sourced(await bank.paid_order(shop.channel.code, [(s.code, 1) for s in shop.skus]))
    [one] = [w.id for w in works if w.location_id == shop.locations[0].id]
    await desk.release(one)
    await desk.pick(one)
    await desk.pack(one)
    await desk.label(one)
    await desk.ship(one)
    settling: Call = lambda tx: settle_orders(tx, desk.ctx, [order_id])  # noqa: E731
    cancelling = on(desk, cancel_orders, CancelOrder(order_id=order_id, lines=[CancelLine(line=2)]))

    await race(desk, *((cancelling, settling) if cancel_first else (settling, cancelling)))
    await bank.work()

    assert await bank.sums(order_id) == [(3998, 1999, 1999, 0)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    assert await bank.due(order_id) == 0


class _Meeting:
    """The built-in provider, at which calls about captures, voids and refunds wait until so many have come."""

    code = "builtin"

    def __init__(self, bank: Bank, parties: int, meanwhile: Callable[[], Awaitable[Any]] | None = None) -> None:
        self._bank, self._barrier, self._meanwhile = bank, asyncio.Barrier(parties), meanwhile
        self.settled_after_s = 0.0
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def call(merchant: str, asks: Sequence[Ask]) -> list[Answer]:
            if name != "fetch" and self._meanwhile is not None:
                meanwhile, self._meanwhile = self._meanwhile, None
                await meanwhile()
            self.calls += [name] * len(asks)
            said: list[Answer] = await getattr(self._bank.provider, name)(merchant, asks)
            if asks:
                await self._barrier.wait()
            return said

        return call


async def capturing(desk: Desk, bank: Bank) -> tuple[UUID, UUID]:
    """An order of 39.98 that has left, and its payment, whose capture is asked for."""
    shop = await a_stocked_shop(desk)
    order_id, ids = await packed(desk, bank, await bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.ship(*ids)
    await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))
    [payment] = await bank.payments(order_id)
    return order_id, payment.id


async def test_two_workers_that_pay_the_same_payment_take_it_once(desk: Desk, bank: Bank) -> None:
    """Both have the same request: one sends it, the other looks it up; or both send it, with the same key."""
    order_id, payment_id = await capturing(desk, bank)
    meeting: Any = _Meeting(bank, 2)
    calls = [move_money(desk.database, desk.ctx, [payment_id], {"builtin": meeting}) for _ in range(2)]

    await asyncio.wait_for(asyncio.gather(*calls), 20)
    await desk.audit()

    assert await bank.sums(order_id) == [(3998, 0, 3998, 0)]
    assert await bank.at_provider(order_id) == [(3998, 0, 3998, 0)]
    assert (await desk.events(order_id)).count("payment.captured") == 1
    assert await desk.value("SELECT count(*) FROM money_entry WHERE kind = 'capture'") == 2
    await bank.work()
    assert await desk.queue("pay") == set()


async def test_a_cancellation_while_the_capture_is_on_its_way(desk: Desk, bank: Bank) -> None:
    """A parcel's capture is at the provider when the other line is cancelled: what is not owed is let go after it."""
    shop = await a_stocked_shop(desk)
    order_id, works = await desk.sourced(await bank.paid_order(shop.channel.code, [(s.code, 1) for s in shop.skus]))
    [one] = [w.id for w in works if w.location_id == shop.locations[0].id]
    await desk.release(one)
    await desk.pick(one)
    await desk.pack(one)
    await desk.label(one)
    await desk.ship(one)
    await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))
    [payment] = await bank.payments(order_id)

    async def cancel() -> None:
        assert (await desk.cancel(order_id, (2, None))).code == "cancelled"
        await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))

    meeting: Any = _Meeting(bank, 1, cancel)
    await move_money(desk.database, desk.ctx, [payment.id], {"builtin": meeting})
    await bank.work()

    assert meeting.calls == ["capture"]
    assert await bank.sums(order_id) == [(3998, 1999, 1999, 0)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)


async def test_a_cancellation_while_the_authorization_is_on_its_way(desk: Desk, bank: Bank) -> None:
    """What is set aside for an order that is cancelled by then is let go."""
    shop = await a_stocked_shop(desk)
    pending = a_payment(1999, state="pending", provider="builtin", reference="tok_ok")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[pending]))
    [payment] = await bank.payments(order_id)

    async def cancel() -> None:
        assert (await desk.cancel(order_id)).code == "cancelled"
        await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))

    meeting: Any = _Meeting(bank, 1, cancel)
    await move_money(desk.database, desk.ctx, [payment.id], {"builtin": meeting})
    await bank.work()

    assert await bank.sums(order_id) == [(1999, 1999, 0, 0)]
    assert await bank.sums(order_id) == await bank.at_provider(order_id)
    assert await desk.holds(order_id) == []

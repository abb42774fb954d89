"""The worker dies around a call to the payment provider: the next one finds out what became of it, and pays once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.flows.move_money import move_money
from orderwright.flows.settle_orders import settle_orders
from orderwright.payments import Answer, Ask, AskKind, RefundOrder
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from tests.builders.orders import a_payment, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk

KINDS = (AskKind.AUTHORIZE, AskKind.CAPTURE, AskKind.VOID, AskKind.REFUND)
AMOUNT = 3998


class _Died(BaseException):
    """The worker is gone: nothing in it can do anything about it."""


class _Deadly:
    """The built-in provider, for a worker that dies before the call leaves it, or before the answer reaches it."""

    code = "builtin"
    settled_after_s = 0.0

    def __init__(self, bank: Bank, *, before: bool) -> None:
        self._bank, self._before = bank, before

    def __getattr__(self, name: str) -> Any:
        async def call(merchant: str, asks: Sequence[Ask]) -> list[Answer]:
            if name != "fetch" and not self._before:
                await getattr(self._bank.provider, name)(merchant, asks)
            if name != "fetch":
                raise _Died
            return await self._bank.provider.fetch(merchant, asks)

        return call


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def bank(desk: Desk) -> Bank:
    return Bank(desk)


async def asked(desk: Desk, bank: Bank, kind: AskKind) -> tuple[UUID, UUID]:
    """An order with one payment, of which one thing is wanted; returns both ids."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    lines = [(shop.skus[0].code, 2)]
    if kind is AskKind.AUTHORIZE:
        pending = a_payment(AMOUNT, state="pending", provider="builtin", reference="tok_ok")
        order_id = await desk.placed(an_order(shop.channel.code, lines, payments=[pending]))
    elif kind is AskKind.VOID:
        order_id = await desk.placed(await bank.paid_order(shop.channel.code, lines))
        await desk.cancel(order_id)
        await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))
    else:
        order_id, _, _ = await desk.shipped(await bank.paid_order(shop.channel.code, lines))
        await desk.run(lambda tx, ctx: settle_orders(tx, ctx, [order_id]))
        if kind is AskKind.REFUND:
            await bank.work()
            await desk.run(refund_orders, [RefundOrder(order_id=order_id, amount=usd(AMOUNT))])
    [payment] = await bank.payments(order_id)
    assert payment.under_way == [kind]
    return order_id, payment.id


EXPECTED = {
    AskKind.AUTHORIZE: (AMOUNT, 0, 0, 0),
    AskKind.CAPTURE: (AMOUNT, 0, AMOUNT, 0),
    AskKind.VOID: (AMOUNT, AMOUNT, 0, 0),
    AskKind.REFUND: (AMOUNT, 0, AMOUNT, AMOUNT),
}


async def assert_done_once(desk: Desk, bank: Bank, order_id: UUID, kind: AskKind) -> None:
    """The provider did it once, and the ledger has it once."""
    assert await bank.sums(order_id) == [EXPECTED[kind]]
    assert await bank.at_provider(order_id) == [EXPECTED[kind]]
    done = "SELECT count(*) FROM builtin_operation WHERE kind = $1 AND key LIKE 'prq%' AND done"
    assert await desk.value(done, kind.value) == 1
    assert await desk.value("SELECT count(*) FROM payment_request WHERE kind = $1 AND state = 'done'", kind.value) == 1
    assert await desk.value("SELECT count(*) FROM payment_request WHERE state <> 'done'") == 0
    assert await desk.queue("pay") == set()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [True, False], ids=["before the call", "before the answer"])
async def test_a_worker_dies_around_the_call(desk: Desk, bank: Bank, kind: AskKind, before: bool) -> None:
    order_id, payment_id = await asked(desk, bank, kind)
    deadly: Any = _Deadly(bank, before=before)

    with pytest.raises(_Died):
        await move_money(desk.database, desk.ctx, [payment_id], {"builtin": deadly})

    assert [tuple(r) for r in await desk.fetch("SELECT kind FROM payment_request WHERE state = 'sent'")] == [(kind,)]
    await desk.audit()
    async with desk.database.transaction("acme") as tx:  # the lease of the dead worker ends
        await tx.execute("UPDATE work SET due = now()")
    await bank.work()
    await assert_done_once(desk, bank, order_id, kind)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_dies_before_the_intent_is_committed(desk: Desk, bank: Bank, kind: AskKind) -> None:
    """Nobody was asked: the request is as it was."""
    order_id, payment_id = await asked(desk, bank, kind)

    class Cut:
        """A database whose transactions are lost at their commit."""

        def transaction(self, merchant: str) -> Any:
            return _Lost(desk.database.transaction(merchant))

    cut: Any = Cut()
    with pytest.raises(_Died):
        await move_money(cut, desk.ctx, [payment_id], {"builtin": bank.provider})

    assert await desk.value("SELECT count(*) FROM payment_request WHERE state = 'wanted'") == 1
    await bank.work()
    await assert_done_once(desk, bank, order_id, kind)


class _Lost:
    """A transaction that is rolled back where it would have been committed."""

    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction

    async def __aenter__(self) -> Any:
        return await self._transaction.__aenter__()

    async def __aexit__(self, *error: object) -> Any:
        died = _Died()
        await self._transaction.__aexit__(_Died, died, None)
        raise died


@pytest.mark.parametrize("kind", KINDS)
async def test_a_worker_dies_after_the_result_is_committed(desk: Desk, bank: Bank, kind: AskKind) -> None:
    """It has done all; whoever claims the payment again finds nothing to do."""
    order_id, payment_id = await asked(desk, bank, kind)
    await move_money(desk.database, desk.ctx, [payment_id], {"builtin": bank.provider})
    before = await desk.counts("payment_request", "money_entry", "event", "act")
    async with desk.database.transaction("acme") as tx:
        await tx.execute("INSERT INTO work (stage, subject_id) VALUES ('pay', $1)", payment_id)

    await move_money(desk.database, desk.ctx, [payment_id], {"builtin": bank.provider})

    assert await desk.counts("payment_request", "money_entry", "event", "act") == before
    await bank.work()
    await assert_done_once(desk, bank, order_id, kind)

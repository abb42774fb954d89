"""Races about store credit, and answers that are lost: never a cent twice, never more than there is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orderwright.flows.change_money import refund_orders
from orderwright.flows.move_money import move_money
from orderwright.flows.settle_orders import settle_orders
from orderwright.payments import Answer, Ask, AskKind, RefundOrder, Verdict
from orderwright.payments.store_credit import IssueStoreCredit, StoreCreditProvider, issue_store_credit
from orderwright.platform.clock import utc_now
from orderwright.platform.context import system_context
from orderwright.platform.ids import UUID, encode_id
from tests.builders.orders import usd
from tests.helpers.credits import CreditDesk
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race


@pytest.fixture
def credit(desk: Desk) -> CreditDesk:
    return CreditDesk(desk)


class Troubled:
    """The provider, whose calls of one kind meet at a barrier, or whose answers are lost."""

    code = "store_credit"
    settled_after_s = 0.0

    def __init__(self, credit: CreditDesk, kind: str, mode: str, parties: int = 1) -> None:
        self._provider, self._kind, self._mode = StoreCreditProvider(credit.desk.database), kind, mode
        self._barrier = asyncio.Barrier(parties)
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def call(merchant: str, asks: Sequence[Ask]) -> list[Answer]:
            self.calls += [name] * len(asks)
            mode = self._mode if name == self._kind and asks else ""
            if mode == "meet":
                await self._barrier.wait()
            if mode in ("lost", "never"):
                self._mode = ""
            if mode == "never":
                return [Answer(ask.key, Verdict.UNKNOWN) for ask in asks]
            said: list[Answer] = await getattr(self._provider, name)(merchant, asks)
            if mode == "lost":
                raise ConnectionError("the answer is lost")
            return said

        return call


async def two_orders(credit: CreditDesk, minor: int) -> tuple[UUID, list[UUID], list[UUID]]:
    """An account, and two orders of 19.99 that are to be paid from it; with their payments."""
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), minor)
    order_ids = [await credit.desk.placed(await credit.order(shop, account, 1999)) for _ in range(2)]
    payments = [p.id for i in order_ids for p in await credit.bank.payments(i)]
    return account, order_ids, payments


async def test_two_orders_that_spend_the_last_of_a_balance(credit: CreditDesk) -> None:
    account, order_ids, payments = await two_orders(credit, 3000)
    meeting: Any = Troubled(credit, "authorize", "meet", 2)
    calls = [move_money(credit.desk.database, credit.desk.ctx, [i], {"store_credit": meeting}) for i in payments]
    await asyncio.wait_for(asyncio.gather(*calls), 20)
    await credit.bank.work()
    refused = [p.refused_code for i in order_ids for p in await credit.bank.payments(i)]
    assert sorted(map(str, refused)) == ["None", "insufficient_funds"]
    assert await credit.account(account) == (3000, 1999)
    assert sorted(["payment_refused" in await credit.desk.holds(i) for i in order_ids]) == [False, True]


async def test_one_batch_spends_no_more_than_there_is(credit: CreditDesk) -> None:
    account, order_ids, _ = await two_orders(credit, 3000)
    await credit.bank.work()
    assert ["payment_refused" in await credit.desk.holds(i) for i in order_ids] == [False, True]
    assert await credit.account(account) == (3000, 1999)


async def test_two_workers_with_the_same_request_set_it_aside_once(credit: CreditDesk) -> None:
    account, order_ids, payments = await two_orders(credit, 5000)
    meeting: Any = Troubled(credit, "authorize", "meet", 2)
    # The second finds the request sent, and nothing of it known: both send it, with the same key.
    later = replace(credit.desk.ctx, now=utc_now() + timedelta(minutes=1))
    calls = [move_money(credit.desk.database, later, [payments[0]], {"store_credit": meeting}) for _ in range(2)]
    await asyncio.wait_for(asyncio.gather(*calls), 20)
    assert meeting.calls.count("authorize") == 2
    assert await credit.account(account) == (5000, 1999)
    assert await credit.bank.sums(order_ids[0]) == [(1999, 0, 0, 0)]
    await credit.bank.work()
    assert await credit.account(account) == (5000, 3998)


@pytest.mark.parametrize("mode", ["lost", "never"])
@pytest.mark.parametrize("kind", ["authorize", "capture", "void", "refund"])
async def test_an_answer_that_is_lost_is_looked_up(credit: CreditDesk, kind: str, mode: str) -> None:
    """The worker dies after the call, or the call never came: in the end it was done, once."""
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 5000)
    troubled: Any = Troubled(credit, kind, mode)
    credit.providers["store_credit"] = troubled
    order_id = await credit.desk.placed(await credit.order(shop, account, 3998))
    await pay(credit, order_id)
    if kind == "void":
        await credit.desk.cancel(order_id)
    else:
        await credit.bank.work()
        for work in await credit.desk.fulfillments(order_id):
            await credit.desk.pick(work.id)
            await credit.desk.pack(work.id)
            await credit.bank.work()
            await credit.desk.ship(work.id)
    await pay(credit, order_id)
    if kind == "refund":
        back = RefundOrder(order_id=order_id, amount=usd(1000))
        assert codes(await credit.desk.run(refund_orders, [back])) == ["refunding"]
        await pay(credit, order_id)
    await credit.bank.work()
    balance = {"authorize": 1002, "capture": 1002, "void": 5000, "refund": 2002}[kind]
    assert await credit.account(account) == (balance, 0)
    made = [name for name in troubled.calls if name == kind]
    assert len(made) == (2 if mode == "never" else 1)
    found = await credit.desk.value("SELECT count(*) FROM credit_operation WHERE kind = $1", kind)
    assert found == 1


async def pay(credit: CreditDesk, order_id: UUID) -> None:
    """Settle an order, and let its payment be asked: three times, as a worker that dies is followed by others."""
    await credit.desk.run(settle_orders, [order_id])
    for _ in range(3):
        [payment] = await credit.bank.payments(order_id)
        try:
            await move_money(credit.desk.database, system_context("acme", "test"), [payment.id], credit.providers)
        except ConnectionError:
            continue


@pytest.mark.parametrize("first", ["payment", "store_credit"])
async def test_of_two_refunds_of_the_whole_one_is_refused(credit: CreditDesk, first: Any) -> None:
    """One to the card, one to store credit, whichever comes first."""
    _, order_id = await credit.sale(1)
    order = [first, "store_credit" if first == "payment" else "payment"]
    said = await race(credit.desk, *(_refund(credit.desk, order_id, to) for to in order))
    await credit.bank.work()
    assert [codes(one) for one in said] == [
        ["refunding" if first == "payment" else "credited"], ["exceeds_refundable"]
    ]  # fmt: skip
    assert said[1][0].details == {"refundable": 0}
    refunded = 1999 if first == "payment" else 0
    assert await credit.bank.sums(order_id) == [(1999, 0, 1999, refunded)]
    assert await credit.desk.value("SELECT coalesce(sum(balance_minor), 0)::int FROM credit_account") == 1999 - refunded


def _refund(desk: Desk, order_id: UUID, to: Any) -> Any:
    return lambda tx: refund_orders(tx, desk.ctx, [RefundOrder(order_id=order_id, amount=usd(1999), to=to)])


async def test_two_gifts_make_one_account(credit: CreditDesk) -> None:
    shop = await credit.stocked()
    owner = encode_id("cus", await credit.customer(shop))
    command = IssueStoreCredit(customer=owner, amount=usd(500))
    first, second = await race(
        credit.desk, *(lambda tx: issue_store_credit(tx, credit.desk.ctx, [command]) for _ in range(2))
    )
    assert codes(first + second) == ["issued", "issued"]
    assert first[0].id == second[0].id
    assert second[0].details == {"balance_minor": 1000}
    assert await credit.account(first[0].id) == (1000, 0)


async def test_asking_again_after_all_is_over_changes_nothing(credit: CreditDesk) -> None:
    """What was asked is answered as it was, beside how it stands now."""
    shop = await credit.stocked()
    account = await credit.issued(await credit.customer(shop), 3998)
    order_id = await credit.shipped(await credit.order(shop, account, 3998))
    rows = await credit.desk.fetch("SELECT id, payment_id, kind, amount_minor, final FROM payment_request ORDER BY id")
    [payment] = await credit.bank.payments(order_id)
    for row in rows:
        kind = AskKind(row["kind"])
        token = encode_id("crd", account) if kind is AskKind.AUTHORIZE else None
        reference = None if token else payment.reference
        ask = Ask(
            encode_id("prq", row["id"]), encode_id("pay", row["payment_id"]), kind, row["amount_minor"], "USD",
            reference, token, row["final"],
        )  # fmt: skip
        [answer] = await getattr(credit.provider, kind)("acme", [ask])
        assert answer.verdict is Verdict.DONE
        assert answer.standing is not None
        assert (answer.standing.captured_minor, answer.standing.released_minor) == (3998, 0)
    assert [row["kind"] for row in rows] == ["authorize", "capture"]
    assert await credit.account(account) == (0, 0)

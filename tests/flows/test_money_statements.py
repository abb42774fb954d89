"""Settling, asking the providers, refunding and watching take as many statements for 1,000 orders as for one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from orderwright.flows.change_money import record_payments, refund_orders, retry_payments, write_off_balances
from orderwright.flows.move_money import move_money
from orderwright.flows.place_orders import place_orders
from orderwright.flows.settle_orders import settle_orders
from orderwright.flows.watch_payments import watch_payments
from orderwright.payments import Ask, AskKind, RecordPayment, RefundOrder, RetryPayment, WriteOffBalance
from orderwright.payments.providers.builtin import Mode
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, a_payment, an_order, usd
from tests.helpers.bank import Bank
from tests.helpers.desk import Desk

STATEMENTS = {
    "settle_orders": 13,
    "capture, before the call": 4,
    "capture, after it": 20,
    "refund_orders": 20,
    "refund, before the call": 4,
    "refund, after it": 20,
    "watch, before the call": 2,
    "watch, after it": 4,
    "capture, refused, before the call": 4,
    "capture, refused, after it": 20,
    "watch, authorized, before the call": 2,
    "watch, authorized, after it": 4,
    "retry_payments": 27,
    "record_payments": 19,
    "write_off_balances": 17,
}


class Counting:
    """A database that keeps how many statements each of its transactions took."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements: list[int] = []

    @contextlib.asynccontextmanager
    async def transaction(self, merchant: str, **how: Any) -> AsyncIterator[Transaction]:
        async with self._database.transaction(merchant, **how) as tx:
            yield tx
            self.statements.append(tx.statements)


async def paid_orders(desk: Desk, bank: Bank, shop: Shop, n: int) -> tuple[list[UUID], list[UUID]]:
    """`n` orders of 19.99 whose goods have left, each with a card that was authorized; their ids, and the payments'."""
    asks = [
        Ask(encode_id("prq", key), "checkout", AskKind.AUTHORIZE, 1999, "USD", token="tok_ok") for key in new_ids(n)
    ]
    references = [a.standing.reference for a in await bank.provider.authorize("acme", asks) if a.standing is not None]
    line = a_line(shop.skus[0].code, delivery="digital")
    orders = [
        an_order(
            shop.channel.code,
            [line],
            payments=[a_payment(1999, state="authorized", provider="builtin", reference=reference)],
        )
        for reference in references
    ]
    order_ids = [outcome.order_id for outcome in await desk.run(place_orders, orders, audited=False)]
    return order_ids, await payments_of(desk, order_ids)


async def payments_of(desk: Desk, order_ids: list[UUID]) -> list[UUID]:
    return [r[0] for r in await desk.fetch("SELECT id FROM payment WHERE order_id = ANY ($1::uuid[])", order_ids)]


async def count_money(desk: Desk, n: int) -> dict[str, int]:
    """The statements of each transaction that moves the money of `n` orders."""
    bank, counting = Bank(desk), Counting(desk.database)
    provider = {"builtin": bank.provider}
    shop = await desk.shop(sku={"kind": "digital"})
    made: dict[str, int] = {}

    async def verb(name: str, run: Any, commands: Any) -> Any:
        async with counting.transaction("acme") as tx:
            answers = await run(tx, desk.ctx, commands)
        made[name] = counting.statements.pop()
        return answers

    async def pay(name: str, run: Any, payment_ids: list[UUID]) -> None:
        any_database: Any = counting
        await run(any_database, desk.ctx, payment_ids, provider)
        made[f"{name}, before the call"], made[f"{name}, after it"] = counting.statements
        counting.statements.clear()

    order_ids, payment_ids = await paid_orders(desk, bank, shop, n)
    await verb("settle_orders", settle_orders, order_ids)
    await pay("capture", move_money, payment_ids)
    refunds = [RefundOrder(order_id=i, amount=usd(1000)) for i in order_ids]
    answers = await verb("refund_orders", refund_orders, refunds)
    assert {a.code for a in answers} == {"refunding"}
    await pay("refund", move_money, payment_ids)
    sums = "SELECT DISTINCT captured_minor, refunded_minor FROM payment WHERE id = ANY ($1::uuid[])"
    assert await desk.fetch(sums, payment_ids) == [(1999, 1000)]
    await pay("watch", watch_payments, payment_ids)

    refused_ids, refused = await paid_orders(desk, bank, shop, n)
    await desk.run(settle_orders, refused_ids, audited=False)
    await bank.fails(AskKind.CAPTURE, Mode.DECLINE, n)
    await pay("capture, refused", move_money, refused)
    await pay("watch, authorized", watch_payments, refused)
    answers = await verb("retry_payments", retry_payments, [RetryPayment(payment_id=i) for i in refused])
    assert {a.code for a in answers} == {"retried"}
    unpaid = [an_order(shop.channel.code, [a_line(shop.skus[0].code, delivery="digital")]) for _ in range(n)]
    unpaid_ids = [outcome.order_id for outcome in await desk.run(place_orders, unpaid, audited=False)]
    part = [RecordPayment(order_id=i, amount=usd(1)) for i in unpaid_ids]
    assert {a.code for a in await verb("record_payments", record_payments, part)} == {"recorded"}
    rest = [WriteOffBalance(order_id=i) for i in unpaid_ids]
    assert {a.code for a in await verb("write_off_balances", write_off_balances, rest)} == {"written_off"}
    await desk.audit()
    return made


async def test_money_takes_as_many_statements_for_a_thousand_orders_as_for_one(desk: Desk) -> None:
    counts = {n: await count_money(desk, n) for n in (1, 100, 1_000)}
    assert counts[1_000] == counts[100] == counts[1]
    assert counts[1] == STATEMENTS

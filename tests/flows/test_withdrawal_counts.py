"""Withdrawing takes as many statements for 100 orders as for one, and for 100 lines as for one."""

from __future__ import annotations

from orderwright.flows.withdraw_orders import withdraw_orders
from orderwright.orders import PlaceOrder
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.returns import PutReturnPolicy, ReturnTerms, put_return_policies
from orderwright.returns.policy import WithdrawalTerms
from orderwright.returns.withdrawals import WithdrawnLine, WithdrawOrder
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.flows.test_return_counts import _shipped
from tests.flows.test_statement_counts import Counting
from tests.helpers.bank import Bank

WITHDRAWALS: dict[str, int] = {
    "withdraw_orders, allocated": 40,
    "withdraw_orders, sent": 26,
    "withdraw_orders, said before": 17,
}


async def test_a_batch_of_100_withdrawals_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_withdrawals(Counting(database), orders=n, lines=1) for n in (1, 100)}
    assert counts[100] == counts[1]
    assert counts[1] == WITHDRAWALS


async def test_a_withdrawal_from_100_lines_takes_as_many_statements_as_one_from_one(database: Database) -> None:
    assert await run_withdrawals(Counting(database), orders=1, lines=100) == WITHDRAWALS


async def run_withdrawals(desk: Counting, *, orders: int, lines: int) -> dict[str, int]:
    """One unit of each line of so many orders, that are allocated, and that were sent; and the same again."""
    shop = await desk.shop(skus=lines)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 4 * orders)
    terms = ReturnTerms(withdrawal=WithdrawalTerms(enabled=True))
    await desk.run(put_return_policies, [PutReturnPolicy(channel=shop.channel.code, terms=terms)])
    desk.statements = {}
    sent = await _shipped(desk, shop, orders)
    allocated = await _allocated(desk, shop, orders)
    asked = [WithdrawnLine(line=n + 1, quantity=1) for n in range(lines)]
    for name, order_ids in (("allocated", allocated), ("sent", sent)):
        commands = [WithdrawOrder(order_id=i, lines=asked) for i in order_ids]
        await desk.step(f"withdraw_orders, {name}", withdraw_orders, commands, "withdrawn")
    await desk.step("withdraw_orders, said before", withdraw_orders, commands, "unchanged")
    await desk.audit()
    return desk.statements


async def _allocated(desk: Counting, shop: Shop, count: int) -> list[UUID]:
    bank = Bank(desk)
    made: list[PlaceOrder] = []
    for _ in range(count):
        lines = [a_line(sku.code, 2) for sku in shop.skus]
        made.append(an_order(shop.channel.code, lines, payments=[await bank.authorized(3998 * len(lines))]))
    order_ids = [outcome.order_id for outcome in await desk.place(*made)]
    await bank.work()
    return [i for i in order_ids if i is not None]

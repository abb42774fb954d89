"""Every verb on exchanges takes as many statements for 100 as for one, and so do those that make them pay."""

from __future__ import annotations

from orderwright.flows.end_exchanges import cancel_exchanges, lapse_exchanges
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.flows.settle_orders import settle_orders
from orderwright.orders import PlaceOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID, decode_id
from orderwright.returns import (
    CountedItem,
    ExchangeCommand,
    InspectedItem,
    InspectReturn,
    NewLine,
    ReceiveReturn,
    RequestedLine,
    RequestExchange,
)
from tests.builders.orders import a_line, an_order
from tests.flows.test_statement_counts import Counting
from tests.helpers.returns import ReturnsDesk, shipped_at_once

EXCHANGES: dict[str, int] = {
    "quote_exchanges": 78,
    "request_exchanges": 48,
    "cancel_exchanges": 61,
    "lapse_exchanges": 14,
    "inspect_returns": 44,
    "settle_orders": 19,
}


async def test_a_batch_of_100_exchanges_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_exchanges(Counting(database), orders=n, lines=1) for n in (1, 100)}
    assert counts[100] == counts[1]
    assert counts[1] == EXCHANGES


async def test_an_exchange_of_100_lines_takes_as_many_statements_as_one_of_one(database: Database) -> None:
    assert await run_exchanges(Counting(database), orders=1, lines=100) == EXCHANGES


async def run_exchanges(desk: Counting, *, orders: int, lines: int) -> dict[str, int]:
    """Every verb on exchanges, of so many orders with so many lines."""
    shop = await desk.shop(skus=2 * lines)
    old, new = shop.skus[:lines], shop.skus[lines:]
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 6 * orders)
    back = ReturnsDesk(desk)
    sales: list[PlaceOrder] = []
    for _ in range(orders):
        paid = [await back.bank.authorized(3998 * lines)]
        sales.append(an_order(shop.channel.code, [a_line(sku.code, 2) for sku in old], payments=paid))
    order_ids = await shipped_at_once(back, sales)
    desk.statements = {}
    commands = [
        RequestExchange(
            order_id=i,
            lines=[RequestedLine(line=n, quantity=1) for n in range(1, lines + 1)],
            new_lines=[NewLine(sku=sku.code, quantity=1, in_place_of=n) for n, sku in enumerate(new, 1)],
        )
        for i in order_ids
    ]
    await desk.step("quote_exchanges", quote_exchanges, commands, "quoted")
    made = await desk.step("request_exchanges", request_exchanges, commands, "requested")
    await desk.step("cancel_exchanges", cancel_exchanges, [ExchangeCommand(exchange_id=o.id) for o in made])
    await back.bank.work()
    made = await desk.step("request_exchanges", request_exchanges, commands, "requested")
    await desk.step("lapse_exchanges", _lapse, [o.id for o in made])
    counted = [CountedItem(sku=sku.code, quantity=1) for sku in old]
    looked = [InspectedItem(sku=sku.code, quantity=1) for sku in old]
    returns = [decode_id("ret", o.details["return_id"]) for o in made]
    new_orders = [decode_id("ord", o.details["new_order_id"]) for o in made]
    await back.bank.work()
    await back.receive_all([ReceiveReturn(return_id=i, items=counted) for i in returns])
    inspected = [InspectReturn(return_id=i, items=looked) for i in returns]
    await desk.step("inspect_returns", inspect_returns, inspected, "inspected")
    await desk.step("settle_orders", _settle, new_orders)
    await back.bank.work()
    return desk.statements


async def _lapse(tx: Transaction, ctx: Context, ids: list[UUID]) -> list[UUID]:
    """Before their time: they are looked at, and stay."""
    await lapse_exchanges(tx, ctx, ids)
    return []


async def _settle(tx: Transaction, ctx: Context, ids: list[UUID]) -> list[UUID]:
    await settle_orders(tx, ctx, ids)
    return []

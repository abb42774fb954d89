"""Every verb on returns takes as many statements for 100 items as for one, and for 100 lines as for one."""

from __future__ import annotations

from decimal import Decimal

from orderwright.flows.end_returns import cancel_returns, close_returns, scan_returns
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.park_returns import park_returns, resolve_parked
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_returns import quote_returns, request_returns
from orderwright.orders import PlaceOrder
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import (
    CloseReturn,
    CountedItem,
    InspectedItem,
    InspectReturn,
    ParkReturn,
    PutReturnPolicy,
    QuoteReturn,
    ReceiveReturn,
    RequestedLine,
    RequestReturn,
    ResolveParked,
    ReturnCommand,
    ReturnTerms,
    put_return_policies,
)
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.flows.test_statement_counts import Counting
from tests.helpers.bank import Bank
from tests.helpers.returns import ReturnsDesk, shipped_at_once

RETURNS: dict[str, int] = {
    "put_return_policies": 6,
    "quote_returns": 15,
    "request_returns": 19,
    "cancel_returns": 16,
    "scan_returns": 18,
    "receive_returns": 24,
    "inspect_returns": 28,
    "close_returns": 19,
    "park_returns": 11,
    "resolve_parked": 28,
}


async def test_a_batch_of_100_returns_takes_as_many_statements_as_one(database: Database) -> None:
    counts = {n: await run_returns(Counting(database), orders=n, lines=1) for n in (1, 100)}
    assert counts[100] == counts[1]
    assert counts[1] == RETURNS


async def test_a_return_of_100_lines_takes_as_many_statements_as_one_of_one(database: Database) -> None:
    assert await run_returns(Counting(database), orders=1, lines=100) == RETURNS


async def run_returns(desk: Counting, *, orders: int, lines: int) -> dict[str, int]:
    """Every verb on returns, of so many orders with so many lines."""
    shop = await desk.shop(skus=lines)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 4 * orders)
    desk.statements = {}
    terms = ReturnTerms(refund_on="scan", restocking_rate=Decimal("0.1"), label_fee_minor=100)
    policy = PutReturnPolicy(channel=shop.channel.code, terms=terms)
    await desk.step("put_return_policies", put_return_policies, [policy], "set")
    order_ids = await _shipped(desk, shop, orders)
    asked = [RequestedLine(line=n + 1, quantity=2) for n in range(lines)]
    quotes = [QuoteReturn(order_id=i, lines=asked) for i in order_ids]
    await desk.step("quote_returns", quote_returns, quotes, "quoted")
    commands = [RequestReturn(order_id=i, lines=asked) for i in order_ids]
    for name, verb in (("cancel_returns", cancel_returns), ("scan_returns", scan_returns)):
        made = await desk.step("request_returns", request_returns, commands, "requested")
        await desk.step(name, verb, [ReturnCommand(return_id=o.id) for o in made])
    counted = [CountedItem(sku=sku.code, quantity=1) for sku in shop.skus]
    received = [ReceiveReturn(return_id=o.id, items=counted) for o in made]
    await desk.step("receive_returns", receive_returns, received, "received")
    looked = [
        InspectReturn(return_id=o.id, items=[InspectedItem(sku=sku.code, quantity=1) for sku in shop.skus])
        for o in made
    ]
    await desk.step("inspect_returns", inspect_returns, looked, "inspected")
    await desk.step("close_returns", close_returns, [CloseReturn(return_id=o.id) for o in made], "closed")
    parcels = [ParkReturn(location=shop.locations[0].code, items=counted) for _ in order_ids]
    parked = await desk.step("park_returns", park_returns, parcels, "parked")
    whose = [
        ResolveParked(unexpected_id=o.id, order_id=encode_id("ord", i)) for o, i in zip(parked, order_ids, strict=True)
    ]
    await desk.step("resolve_parked", resolve_parked, whose, "matched")
    await desk.audit()
    return desk.statements


async def _shipped(desk: Counting, shop: Shop, count: int) -> list[UUID]:
    """Orders of two of each SKU, all of which has left."""
    back = ReturnsDesk(desk)
    orders: list[PlaceOrder] = [await _paid(back.bank, shop) for _ in range(count)]
    before = dict(desk.statements)
    made = await shipped_at_once(back, orders)
    desk.statements = before
    return made


async def _paid(bank: Bank, shop: Shop) -> PlaceOrder:
    lines = [a_line(sku.code, 2) for sku in shop.skus]
    return an_order(shop.channel.code, lines, payments=[await bank.authorized(3998 * len(lines))])

"""What an order would be promised while it is typed is what placing and sourcing then promise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orderwright.catalog import SkuFacts
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.promise_quotes import Quote, quote_promise
from orderwright.inventory import ExpectSupply
from orderwright.orders import PromiseAsked, PromiseLine, PromiseTo, QuotedLine, Rest
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import an_address, an_order
from tests.helpers.desk import Desk

NEAR = {"country": "US", "postal_code": "43004", "latitude": 40.0, "longitude": -82.9}
_ORDER = "SELECT promised_on, promise_zone FROM orders WHERE id = $1"
_PROMISED = "SELECT pool_id, quantity FROM promise WHERE order_id = $1 ORDER BY line_n, component_n, quantity"


async def quote(desk: Desk, shop: Shop, *lines: tuple[SkuFacts, int], **fields: Any) -> Quote:
    wanted = [PromiseLine(sku=sku.code, quantity=quantity) for sku, quantity in lines]
    asked = PromiseAsked(channel=shop.channel.code, lines=wanted, **{"ship_to": PromiseTo(**NEAR)} | fields)
    async with desk.database.transaction("acme", read_only=True) as tx:  # a write would be refused
        return await quote_promise(tx, desk.ctx, asked)


async def place(desk: Desk, shop: Shop, *lines: tuple[SkuFacts, int], **fields: Any) -> UUID:
    wanted = [(sku.code, quantity) for sku, quantity in lines]
    return await desk.placed(an_order(shop.channel.code, wanted, ship_to=an_address(**NEAR), **fields))


async def test_a_whole_order_and_its_date_are_what_placing_and_sourcing_promise(desk: Desk) -> None:
    shop = await desk.shop(skus=2, channel={"buffer": 1})
    mug, box = shop.skus
    await desk.receive(mug, shop.locations[0], 5)
    await desk.receive(box, shop.locations[0], 9)
    kit = await desk.kit((mug, 1), (box, 2))
    said = await quote(desk, shop, (mug, 1), (kit, 3))
    assert (said.refusal, said.holds) == (None, [])
    assert said.lines == [
        QuotedLine(1, {shop.pool_id: 1}, None),
        QuotedLine(3, {shop.pool_id: 9}, None),
    ]
    assert said.pools == {shop.pool_id: shop.pool_code}
    order_id = await place(desk, shop, (mug, 1), (kit, 3))
    assert [tuple(row) for row in await desk.fetch(_PROMISED, order_id)] == [
        (shop.pool_id, 1), (shop.pool_id, 3), (shop.pool_id, 6),
    ]  # fmt: skip
    await desk.verify(order_id)
    await desk.release_holds(order_id)
    assert await desk.source(order_id) == ["sourced"]
    [row] = await desk.fetch(_ORDER, order_id)
    assert isinstance(row["promised_on"], date)
    assert (said.promised_on, said.zone) == tuple(row)
    assert said.zone == "America/New_York"


SHORT: dict[str, tuple[dict[str, Any], QuotedLine, str]] = {
    "backorder": ({}, QuotedLine(3, {}, Rest(2, "backorder", None)), "placed"),
    "reject": ({"short_line_policy": "reject"}, QuotedLine(3, {}, Rest(2, "reject", None)), "out_of_stock"),
    "drop": ({"short_line_policy": "drop"}, QuotedLine(3, {}, Rest(2, "drop", None)), "placed"),
    "preorder": (
        {"short_line_policy": "preorder"}, QuotedLine(3, {}, Rest(2, "preorder", date(2031, 5, 2))), "placed",
    ),
    "hold": (
        {"short_line_policy": "reject", "kind": "marketplace"}, QuotedLine(3, {}, Rest(2, "hold", None)), "placed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SHORT)
async def test_a_short_line_comes_to_what_the_policy_makes_of_it(desk: Desk, how: str) -> None:
    channel, expected, code = SHORT[how]
    shop = await desk.shop(skus=2, channel=channel)
    short, whole = shop.skus
    await desk.receive(short, shop.locations[0], 3)
    await desk.receive(whole, shop.locations[0], 1)
    if how == "preorder":
        supply = ExpectSupply(sku=short.code, pool=shop.pool_code, quantity=10, due_on=date(2031, 5, 2))
        await desk.run(expect_supply, [supply])
    said = await quote(desk, shop, (short, 5), (whole, 1))
    assert said.lines == [expected._replace(pools={shop.pool_id: 3}), QuotedLine(1, {shop.pool_id: 1}, None)]
    lines = [(short.code, 5), (whole.code, 1)]
    [outcome] = await desk.place(an_order(shop.channel.code, lines, ship_to=an_address(**NEAR)))
    assert outcome.code == code
    assert (said.refusal.code if said.refusal is not None else "placed") == code
    assert said.holds == outcome.holds
    assert outcome.backordered == (2 if how in ("backorder", "preorder") else 0)
    assert outcome.dropped_lines == ([1] if how == "drop" else [])
    if outcome.order_id is None:
        assert said.promised_on is None
        return
    await desk.verify(outcome.order_id)
    await desk.release_holds(outcome.order_id)
    assert await desk.source(outcome.order_id) == ["sourced"]
    [row] = await desk.fetch(_ORDER, outcome.order_id)
    assert (said.promised_on, said.zone) == tuple(row)
    assert isinstance(said.promised_on, date)
    if how == "preorder":
        assert said.promised_on == date(2031, 5, 2)


async def test_what_is_beyond_a_backorder_limit_refuses_and_money_taken_holds_it(desk: Desk) -> None:
    shop = await desk.shop(sku={"backorder_limit": 1})
    said = await quote(desk, shop, (shop.skus[0], 2))
    assert said.refusal is not None
    assert (said.refusal.code, said.lines) == ("backorder_limit", [QuotedLine(0, {}, Rest(2, "reject", None))])
    paid = await quote(desk, shop, (shop.skus[0], 2), paid=True)
    assert (paid.refusal, paid.holds) == (None, ["out_of_stock"])
    assert paid.lines == [QuotedLine(0, {}, Rest(2, "hold", None))]


async def test_an_unknown_code_is_held_and_a_place_that_is_not_known_yet_has_a_date(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    unknown = shop.skus[0]._replace(code="NOTHING")
    said = await quote(desk, shop, (shop.skus[0], 1), (unknown, 2), ship_to=None)
    assert (said.refusal, said.holds) == (None, ["unknown_sku"])
    assert said.lines == [QuotedLine(1, {shop.pool_id: 1}, None), QuotedLine(0, {}, Rest(2, "hold", None))]
    assert said.promised_on is not None


async def test_a_caller_of_other_channels_is_told_nothing(desk: Desk) -> None:
    shop, other = await desk.shop(), await desk.shop()
    said = await quote(Desk(desk.database, channels=frozenset({other.channel.id})), shop, (shop.skus[0], 1))
    assert said.refusal is not None
    assert (said.refusal.code, said.lines, said.pools) == ("channel_not_allowed", [], {})


async def test_100_lines_take_as_many_statements_as_one(desk: Desk) -> None:
    shop = await desk.shop(skus=100, channel={"short_line_policy": "preorder"}, location={"daily_capacity": 50})
    kits = [await desk.kit((sku, 1)) for sku in shop.skus[:2]]
    for sku in shop.skus[:3]:
        await desk.receive(sku, shop.locations[0], 5)
    counts = []
    for wanted in ([kits[0]], [*kits, *shop.skus[2:]]):
        lines = [PromiseLine(sku=sku.code, quantity=1) for sku in wanted]
        asked = PromiseAsked(channel=shop.channel.code, lines=lines, paid=True)

        async def counted(tx: Transaction, asked: PromiseAsked = asked) -> int:
            before = tx.statements
            assert len((await quote_promise(tx, desk.ctx, asked)).lines) == len(asked.lines)
            return tx.statements - before

        async with desk.database.transaction("acme", read_only=True) as tx:
            counts.append(await counted(tx))
    assert counts == [9, 9]

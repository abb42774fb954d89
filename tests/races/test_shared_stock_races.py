"""Races for what is shared by more than one channel or pool: buffers, limits, dated supply, tills, the pump's queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from orderwright.flows.change_supplies import change_supplies
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ChangeSupply, ExpectSupply, ReceiveStock
from orderwright.orders import PlaceOrder
from orderwright.platform.db import Transaction
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Call = Callable[[Transaction], Awaitable[Any]]


async def a_stocked_shop(desk: Desk, units: int, **fields: Any) -> Shop:
    shop = await desk.shop(**fields)
    if units:
        await desk.receive(shop.skus[0], shop.locations[0], units)
    return shop


def buy(desk: Desk, shop: Shop, units: int = 1, **fields: Any) -> Call:
    order = an_order(shop.channel.code, [(shop.skus[0].code, units)], **fields)
    return placing(desk, order)


def placing(desk: Desk, *orders: PlaceOrder) -> Call:
    return lambda tx: place_orders(tx, desk.ctx, list(orders))


def receiving(desk: Desk, shop: Shop, units: int) -> Call:
    command = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=units)
    return lambda tx: receive_stock(tx, desk.ctx, [command])


def filling(desk: Desk, shop: Shop) -> Call:
    return lambda tx: fill_backorders(tx, desk.ctx, [shop.skus[0].id])


async def test_the_buffer_of_another_channel_is_kept(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 5, channel={"short_line_policy": "reject", "buffer": 2})
    careless = await desk.shop(channel={"short_line_policy": "reject", "pools": [shop.pool_code]})
    order = an_order(careless.channel.code, [(shop.skus[0].code, 3)])
    one, two = await race(desk, placing(desk, order), buy(desk, shop, 1))
    assert (codes(one), codes(two)) == (["placed"], ["out_of_stock"])


async def test_many_buyers_get_what_there_is_and_no_more(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 10, channel={"short_line_policy": "reject"})

    async def one() -> str:
        async with desk.database.transaction("acme") as tx:
            return codes(await buy(desk, shop)(tx))[0]

    answers = await asyncio.gather(*[one() for _ in range(24)])
    assert sorted(answers) == ["out_of_stock"] * 14 + ["placed"] * 10
    await desk.audit()
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 10, 0)


async def test_two_buyers_of_the_last_units_of_a_dated_supply(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    expected = ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=5, due_on=date(2031, 1, 1))
    await desk.run(expect_supply, [expected])
    one, two = await race(desk, buy(desk, shop, 3), buy(desk, shop, 3))
    assert (codes(one), codes(two)) == (["placed"], ["out_of_stock"])
    assert await desk.value("SELECT preordered FROM supply") == 3


@pytest.mark.parametrize("change", [{"due_on": date(2031, 2, 1)}, {"due_on": date(2030, 12, 1)}])
async def test_a_preorder_is_promised_for_the_date_that_its_supply_has_by_then(
    desk: Desk, change: dict[str, Any]
) -> None:
    """Fault: only the units of the supply were looked at again, and the order kept the date of before."""
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    expected = ExpectSupply(sku=shop.skus[0].code, pool=shop.pool_code, quantity=5, due_on=date(2031, 1, 1))
    [supply] = await desk.run(expect_supply, [expected])
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))  # makes the balance that both lock
    command = ChangeSupply(supply_id=supply.id, **change)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    [changed], [placed] = await race(desk, lambda tx: change_supplies(tx, desk.ctx, [command]), placing(desk, order))
    assert (changed.code, placed.code) == ("changed", "placed")
    dates = await desk.fetch("SELECT promised_on FROM orders WHERE id = $1", placed.order_id)
    assert dates == [(change["due_on"],)]


async def test_a_backorder_limit_holds_over_pools_that_have_no_balance_yet(desk: Desk) -> None:
    """Fault: the limit spans pools, but each buyer locked only those of his own channel."""
    shop, other = await desk.shop(sku={"backorder_limit": 3}), await desk.shop()
    elsewhere = an_order(other.channel.code, [(shop.skus[0].code, 2)])
    one, two = await race(desk, buy(desk, shop, 2), placing(desk, elsewhere))
    assert (codes(one), codes(two)) == (["placed"], ["backorder_limit"])


async def test_what_leaves_a_till_while_an_order_is_placed(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 5, channel={"short_line_policy": "reject"})
    till = await desk.shop(channel={"kind": "pos", "pools": [shop.pool_code]})
    line = a_line(shop.skus[0].code, 3, delivery="pickup", location=shop.locations[0].code)
    sale = an_order(till.channel.code, [line], ship_to=None)
    handed, placed = await race(desk, placing(desk, sale), buy(desk, shop, 3))
    assert (codes(handed), codes(placed)) == (["placed"], ["out_of_stock"])
    assert await desk.atp(shop.skus[0], shop.pool_id) == (2, 0, 0)


async def test_two_tills_sell_the_last_unit(desk: Desk) -> None:
    """Both did: one of them found it."""
    shop = await a_stocked_shop(desk, 1, channel={"kind": "pos"})
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)
    sales = [an_order(shop.channel.code, [line], ship_to=None) for _ in range(2)]
    one, two = await race(desk, placing(desk, sales[0]), placing(desk, sales[1]))
    assert [outcome.status for outcome in (*one, *two)] == ["delivered", "delivered"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)
    assert await desk.value("SELECT sum(quantity) FROM movement WHERE kind = 'adjustment'") == 1


async def test_no_arrival_is_forgotten(desk: Desk) -> None:
    """Fault: goods arrive after the pump looked for who waits and before it took its work off the queue."""
    shop = await desk.shop()
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    _, filled = await race(desk, receiving(desk, shop, 5), filling(desk, shop))
    assert filled == 0
    assert await desk.queue("backorders") == {shop.skus[0].id}
    assert await desk.fill(shop.skus[0]) == 2
    assert await desk.queue("backorders") == set()


async def test_no_arrival_in_another_pool_is_forgotten(desk: Desk) -> None:
    """Goods come into the second pool while an order begins to wait in the first: neither has seen the other."""
    shop, far = await desk.shop(), await desk.shop()
    both = await desk.shop(channel={"pools": [shop.pool_code, far.pool_code]})
    order = an_order(both.channel.code, [(shop.skus[0].code, 2)])
    await desk.placed(an_order(both.channel.code, [(shop.skus[0].code, 1)]))
    arrival = ReceiveStock(sku=shop.skus[0].code, location=far.locations[0].code, quantity=5)

    async def place_and_receive(tx: Transaction) -> Any:
        placed = await placing(desk, order)(tx)
        await desk.run(receive_stock, [arrival], audited=False)
        return placed

    # The pump has read who waits, and waits for the balances; the newcomer is not among them.
    _, filled = await race(desk, place_and_receive, filling(desk, shop))
    assert filled == 1
    assert await desk.queue("backorders") == {shop.skus[0].id}
    assert await desk.fill(shop.skus[0]) == 2
    assert await desk.queue("backorders") == set()

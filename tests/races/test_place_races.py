"""A location closes or moves while others use it: whoever commits first, the books are right and nothing is promised
from where it may not be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from orderwright.catalog import (
    CloseLocation,
    MoveLocation,
    OpenLocation,
    read_locations,
    upsert_locations,
    upsert_pools,
)
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.close_locations import close_locations
from orderwright.flows.move_locations import move_locations
from orderwright.flows.open_locations import open_locations
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.fulfillment import RejectFulfillment
from orderwright.inventory import AdjustStock, ReceiveStock
from orderwright.orders import PlaceOrder
from orderwright.platform.db import RETRYABLE_ERRORS, Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop, a_pool
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Work = Callable[[Transaction], Awaitable[Any]]


async def a_shop(desk: Desk, units: int) -> Shop:
    shop = await desk.shop(locations=2, channel={"short_line_policy": "reject"})
    await desk.receive(shop.skus[0], shop.locations[0], units)
    return shop


async def a_pool_of(desk: Desk) -> str:
    pool = a_pool()
    await desk.run(upsert_pools, [pool])
    return pool.code


def buyer(shop: Shop, units: int = 1) -> PlaceOrder:
    return an_order(shop.channel.code, [(shop.skus[0].code, units)])


def closing(desk: Desk, shop: Shop) -> Work:
    return lambda tx: close_locations(tx, desk.ctx, [CloseLocation(location=shop.locations[0].code)])


def moving(desk: Desk, shop: Shop, pool: str) -> Work:
    return lambda tx: move_locations(tx, desk.ctx, [MoveLocation(location=shop.locations[0].code, pool=pool)])


def placing(desk: Desk, *orders: PlaceOrder) -> Work:
    return lambda tx: place_orders(tx, desk.ctx, orders)


def sourcing(desk: Desk, *order_ids: UUID) -> Work:
    return lambda tx: source_orders(tx, desk.ctx, order_ids)


def receiving(desk: Desk, shop: Shop, units: int) -> Work:
    command = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=units)
    return lambda tx: receive_stock(tx, desk.ctx, [command])


async def test_nothing_is_promised_of_what_was_just_closed(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    closed, placed = await race(desk, closing(desk, shop), placing(desk, buyer(shop)))
    assert (codes(closed), codes(placed)) == (["closed"], ["out_of_stock"])


async def test_what_was_just_promised_becomes_short(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    placed, closed = await race(desk, placing(desk, buyer(shop, 2)), closing(desk, shop))
    assert (codes(placed), codes(closed)) == (["placed"], ["closed"])
    assert closed[0].details["short_units"] == 2
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 2, 0)


async def test_an_order_is_not_sourced_to_a_location_that_just_closed(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order_id = await desk.placed(buyer(shop))
    await desk.verify(order_id)
    _, sourced = await race(desk, closing(desk, shop), sourcing(desk, order_id))
    assert codes(sourced) == ["overtaken"]
    assert await desk.source(order_id) == ["unsourced"]
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"withheld": 5}


async def test_an_order_that_was_just_sourced_there_is_taken_off(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order_id = await desk.placed(buyer(shop, 2))
    await desk.verify(order_id)
    sourced, closed = await race(desk, sourcing(desk, order_id), closing(desk, shop))
    assert (codes(sourced), codes(closed)) == (["sourced"], ["closed"])
    assert closed[0].details["taken_off"] == 2
    assert await desk.states(order_id) == ["cancelled"]


async def test_an_order_is_not_sourced_out_of_a_pool_that_its_goods_just_left(desk: Desk) -> None:
    shop, pool = await a_shop(desk, 5), await a_pool_of(desk)
    order_id = await desk.placed(buyer(shop))
    await desk.verify(order_id)
    _, sourced = await race(desk, moving(desk, shop, pool), sourcing(desk, order_id))
    assert codes(sourced) == ["overtaken"]
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 5}


async def test_goods_do_not_come_in_where_it_just_closed(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    _, received = await race(desk, closing(desk, shop), receiving(desk, shop, 3))
    assert codes(received) == ["location_inactive"]


async def test_goods_that_just_came_in_are_withheld_too(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    await race(desk, receiving(desk, shop, 3), closing(desk, shop))
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"withheld": 8}


async def test_goods_come_in_for_the_pool_that_the_location_just_moved_to(desk: Desk) -> None:
    shop, pool = await a_shop(desk, 5), await a_pool_of(desk)
    _, received = await race(desk, moving(desk, shop, pool), receiving(desk, shop, 3))
    assert codes(received) == ["received"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)


@pytest.mark.parametrize("first", ["reject", "close"])
async def test_what_is_given_back_meanwhile_is_withheld(desk: Desk, first: str) -> None:
    shop = await a_shop(desk, 5)
    _, [work] = await desk.sourced(buyer(shop, 2))
    await desk.release(work.id)
    await desk.start(work.id)
    no = RejectFulfillment(fulfillment_id=work.id, reason="other")
    reject: Work = lambda tx: reject_fulfillments(tx, desk.ctx, [no])  # noqa: E731
    both = [reject, closing(desk, shop)]
    await race(desk, *(both if first == "reject" else both[::-1]))
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"withheld": 5}


@pytest.mark.parametrize("first", ["place", "move"])
async def test_an_order_that_names_a_location_is_promised_by_the_pool_that_it_is_in(desk: Desk, first: str) -> None:
    shop, pool = await a_shop(desk, 5), await a_pool_of(desk)
    line = a_line(shop.skus[0].code, 2, delivery="pickup", location=shop.locations[0].code)
    place = placing(desk, an_order(shop.channel.code, [line], ship_to=None))
    both = [place, moving(desk, shop, pool)]
    await race(desk, *(both if first == "place" else both[::-1]))
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 3, "allocated": 2}


async def test_all_at_once_and_the_books_are_right(desk: Desk) -> None:
    """Four rounds of everything that touches a location, on as many connections as come: what fails is done again, as
    the interface does, and nobody waits for somebody who waits."""
    shop, pool = await a_shop(desk, 50), await a_pool_of(desk)
    own, code = shop.pool_code, shop.locations[0].code
    await desk.receive(shop.skus[0], shop.locations[1], 20)

    async def again(work: Work) -> None:
        for _ in range(20):
            try:
                async with desk.database.transaction(desk.merchant) as tx:
                    await work(tx)
                return
            except RETRYABLE_ERRORS:
                continue
        raise AssertionError("it never got through")

    async def bought() -> None:
        async with desk.database.transaction(desk.merchant) as tx:
            [outcome] = await place_orders(tx, desk.ctx, [buyer(shop)])
        if outcome.order_id is not None:
            await again(sourcing(desk, outcome.order_id))

    opening: Work = lambda tx: open_locations(tx, desk.ctx, [OpenLocation(location=code)])  # noqa: E731
    count = AdjustStock(sku=shop.skus[0].code, location=code, delta=-1, reason="count")
    counting: Work = lambda tx: adjust_stock(tx, desk.ctx, [count])  # noqa: E731
    for _ in range(4):
        await asyncio.gather(
            *(bought() for _ in range(3)),
            again(closing(desk, shop)), again(opening), again(counting), again(receiving(desk, shop, 2)),
            again(moving(desk, shop, pool)), again(moving(desk, shop, own)),
        )  # fmt: skip
        await desk.audit()


@pytest.mark.parametrize("first", ["move", "close"])
async def test_one_that_moves_and_closes_at_once_does_both(desk: Desk, first: str) -> None:
    shop, pool = await a_shop(desk, 5), await a_pool_of(desk)
    both = [moving(desk, shop, pool), closing(desk, shop)]
    done = await race(desk, *(both if first == "move" else both[::-1]))
    assert [codes(outcomes) for outcomes in done] == (
        [["moved"], ["closed"]] if first == "move" else [["closed"], ["moved"]]
    )
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"withheld": 5}


@pytest.mark.parametrize("first", ["close", "rename"])
async def test_one_that_closes_while_it_is_renamed_is_both(desk: Desk, first: str) -> None:
    shop = await a_shop(desk, 5)
    location_id = shop.locations[0].id
    async with desk.database.transaction(desk.merchant) as tx:
        [stored] = await read_locations(tx, codes=[shop.locations[0].code])
    renamed = msgspec.structs.replace(stored.content, name="Columbus South")
    rename: Work = lambda tx: upsert_locations(tx, desk.ctx, [renamed])  # noqa: E731
    both = [closing(desk, shop), rename]
    done = await race(desk, *(both if first == "close" else both[::-1]))
    answer = {"close": [["closed"], ["active_change_refused"]], "rename": [["updated"], ["closed"]]}
    assert [codes(outcomes) for outcomes in done] == answer[first]
    events = ["location.created", "location.closed"]
    assert await desk.events(location_id) == (
        events if first == "close" else [events[0], "location.updated", events[1]]
    )

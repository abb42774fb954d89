"""Races of the steps between placing and picking: holds, verification, resolving, sourcing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.release_orders import release_orders
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.orders import CancelOrder, HoldOrder, ReleaseHold, hold_orders
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Call = Callable[[Transaction], Awaitable[Any]]


async def a_stocked_shop(desk: Desk, *units: int) -> Shop:
    """A location for each number of units of the one SKU."""
    shop = await desk.shop(locations=len(units))
    for at, there in zip(shop.locations, units, strict=True):
        await desk.receive(shop.skus[0], at, there)
    return shop


async def an_order_of(desk: Desk, shop: Shop, units: int) -> UUID:
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, units)]))


def sourcing(desk: Desk, *order_ids: UUID) -> Call:
    return lambda tx: source_orders(tx, desk.ctx, list(order_ids))


def cancelling(desk: Desk, order_id: UUID) -> Call:
    return lambda tx: cancel_orders(tx, desk.ctx, [CancelOrder(order_id=order_id)])


def on(desk: Desk, verb: Any, command: Any) -> Call:
    return lambda tx: verb(tx, desk.ctx, [command])


async def test_an_order_that_was_overtaken_is_due_at_once(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3, 3)
    one, two = await an_order_of(desk, shop, 3), await an_order_of(desk, shop, 3)
    await desk.verify(one, two)
    await race(desk, sourcing(desk, one), sourcing(desk, two))
    assert await desk.fetch("SELECT subject_id, due <= now(), attempts FROM work WHERE stage = 'source'") == [
        (two, True, 0)
    ]


async def test_an_order_is_held_while_it_is_sourced(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await an_order_of(desk, shop, 3)
    held, sourced = await race(desk, on(desk, hold_orders, HoldOrder(order_id=order_id)), sourcing(desk, order_id))
    assert (codes(held), codes(sourced)) == (["held"], ["order_held"])


async def test_a_hold_is_released_twice_at_the_same_time(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await an_order_of(desk, shop, 1)
    await desk.hold(order_id)
    release = on(desk, release_orders, ReleaseHold(order_id=order_id))
    one, two = await race(desk, release, release)
    assert (codes(one), codes(two)) == (["released"], ["no_such_hold"])
    assert await desk.value("SELECT hold_count FROM orders") == 0


async def test_an_order_is_cancelled_while_it_is_verified(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await an_order_of(desk, shop, 1)
    cancelled, found = await race(desk, cancelling(desk, order_id), lambda tx: verify_orders(tx, desk.ctx, [order_id]))
    assert (codes(cancelled), found) == (["cancelled"], {})
    assert await desk.events(order_id) == ["order.placed", "order.cancelled"]


async def test_an_order_is_resolved_twice_at_the_same_time(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW", 2)]))
    new = await desk.sku(code="NEW")
    await desk.release_holds(order_id)
    resolve: Call = lambda tx: resolve_orders(tx, desk.ctx, [order_id])  # noqa: E731
    await race(desk, resolve, resolve)
    assert await desk.units(order_id) == {(1, 1): {"backordered": 2}}
    assert await desk.atp(new, shop.pool_id) == (0, 0, 2)

"""Races of the steps between placing and picking: holds, verification, resolving, sourcing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.release_orders import release_orders
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import RecordTracking, ShipFulfillment
from orderwright.orders import CancelOrder, HoldOrder, ReleaseHold, hold_orders
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.databases import waiting_backend
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


@pytest.mark.parametrize(("lost", "code"), [(0, "sourced"), (1, "partly_sourced")])
async def test_an_order_is_woken_while_it_is_sourced(desk: Desk, lost: int, code: str) -> None:
    """Fault: the wake-up was overwritten, and what had just arrived was looked at ten minutes later."""
    shop = await desk.shop(skus=2)
    [at] = shop.locations
    for sku in shop.skus:
        await desk.receive(sku, at, 1)
    order_id = await desk.placed(an_order(shop.channel.code, [(sku.code, 1) for sku in shop.skus]))
    await desk.verify(order_id)
    if lost:
        await desk.adjust(shop.skus[1], at, -lost)

    async def source() -> Any:
        async with desk.database.transaction(desk.merchant) as tx:
            return await source_orders(tx, desk.ctx, [order_id])

    async with desk.database.transaction(desk.merchant) as other:
        await other.execute("SELECT FROM stock FOR UPDATE")
        sourcing = asyncio.create_task(source())
        await waiting_backend(desk.database)
        async with desk.database.transaction(desk.merchant) as tx:
            await enqueue_work(tx, "source", [order_id])
    assert codes(await sourcing) == [code]
    assert await desk.fetch("SELECT subject_id, due <= now() FROM work WHERE stage = 'source'") == [(order_id, True)]


async def test_what_arrives_while_an_order_is_sourced_by_hand_is_not_missed(desk: Desk) -> None:
    """Fault: an order that no worker has claimed is due, and was not woken, but then asked again ten minutes later."""
    shop = await a_stocked_shop(desk, 1)
    [at] = shop.locations
    order_id = await an_order_of(desk, shop, 1)
    await desk.verify(order_id)
    await desk.adjust(shop.skus[0], at, -1)
    async with desk.database.transaction(desk.merchant) as tx:
        assert codes(await source_orders(tx, desk.ctx, [order_id])) == ["unsourced"]
        await desk.receive(shop.skus[0], at, 1)
        await desk.fill(shop.skus[0])
    assert await desk.fetch("SELECT subject_id, due <= now() FROM work WHERE stage = 'source'") == [(order_id, True)]
    assert await desk.source(order_id) == ["sourced"]


async def test_an_order_is_held_while_it_is_sourced(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3)
    order_id = await an_order_of(desk, shop, 3)
    await desk.verify(order_id)
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


async def test_the_carrier_speaks_while_the_parcel_is_marked_shipped(desk: Desk) -> None:
    """Whoever is first: what it said is applied, once."""
    shop = await a_stocked_shop(desk, 3)
    for first in ("ship", "track"):
        order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
        await desk.release(work.id)
        await desk.pick(work.id)
        await desk.pack(work.id)
        [parcel] = await desk.label(work.id)
        said = RecordTracking(tracking_number=parcel.tracking_number or "", code="delivered", happened_at=desk.ctx.now)
        calls = [
            on(desk, ship_fulfillments, ShipFulfillment(fulfillment_id=work.id)),
            on(desk, record_tracking, said),
        ]
        await race(desk, *(calls if first == "ship" else reversed(calls)))
        assert await desk.status(order_id) == "delivered"
        assert (await desk.events(order_id)).count("shipment.tracked") == 1

"""Two connections that want the same stock: who commits first wins, and nothing is promised or given away twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from orderwright.catalog import SkuFacts
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.source_orders import source_orders
from orderwright.fulfillment import PickFulfillment
from orderwright.inventory import AdjustStock, ReceiveStock
from orderwright.orders import CancelOrder, PlaceOrder, PlaceOutcome
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Work = Callable[[Transaction], Awaitable[Any]]


async def a_shop(desk: Desk, units: int, policy: str = "backorder", **fields: Any) -> Shop:
    """A shop with so many units of each SKU at its first location."""
    shop = await desk.shop(channel={"short_line_policy": policy}, **fields)
    for sku in shop.skus:
        if units:
            await desk.receive(sku, shop.locations[0], units)
    return shop


def buyer(shop: Shop, units: int = 1, sku: SkuFacts | None = None) -> PlaceOrder:
    return an_order(shop.channel.code, [((sku or shop.skus[0]).code, units)])


def placing(desk: Desk, *orders: PlaceOrder) -> Work:
    return lambda tx: place_orders(tx, desk.ctx, orders)


def sourcing(desk: Desk, *order_ids: UUID) -> Work:
    return lambda tx: source_orders(tx, desk.ctx, order_ids)


def cancelling(desk: Desk, *order_ids: UUID) -> Work:
    return lambda tx: cancel_orders(tx, desk.ctx, [CancelOrder(order_id=i) for i in order_ids])


def receiving(desk: Desk, shop: Shop, units: int) -> Work:
    command = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=units)
    return lambda tx: receive_stock(tx, desk.ctx, [command])


def adjusting(desk: Desk, shop: Shop, delta: int) -> Work:
    command = AdjustStock(sku=shop.skus[0].code, location=shop.locations[0].code, delta=delta, reason="count")
    return lambda tx: adjust_stock(tx, desk.ctx, [command])


def filling(desk: Desk, shop: Shop) -> Work:
    return lambda tx: fill_backorders(tx, desk.ctx, [shop.skus[0].id])


def picking(desk: Desk, fulfillment_id: UUID) -> Work:
    return lambda tx: pick_fulfillments(tx, desk.ctx, [PickFulfillment(fulfillment_id=fulfillment_id)])


async def balance(desk: Desk, shop: Shop) -> tuple[int, int, int]:
    """(ATP, promised, backordered) of the shop's first SKU."""
    return await desk.atp(shop.skus[0], shop.pool_id)


# ---- place and place ----


@pytest.mark.parametrize(
    ("policy", "second_code", "backordered", "after"),
    [
        ("reject", "out_of_stock", 0, (0, 1, 0)),
        ("drop", "out_of_stock", 0, (0, 1, 0)),
        ("backorder", "placed", 1, (0, 1, 1)),
    ],
)
async def test_two_buyers_of_the_last_unit(
    desk: Desk, policy: str, second_code: str, backordered: int, after: tuple[int, int, int]
) -> None:
    shop = await a_shop(desk, 1, policy)
    [first], [second] = await race(desk, placing(desk, buyer(shop)), placing(desk, buyer(shop)))
    assert (first.code, first.backordered) == ("placed", 0)
    assert (second.code, second.backordered) == (second_code, backordered)
    assert await balance(desk, shop) == after


async def test_both_buyers_get_theirs_when_there_is_enough(desk: Desk) -> None:
    shop = await a_shop(desk, 3, "reject")
    first, second = await race(desk, placing(desk, buyer(shop)), placing(desk, buyer(shop, 2)))
    assert codes([*first, *second]) == ["placed", "placed"]
    assert await balance(desk, shop) == (0, 3, 0)


async def test_a_buyer_gets_what_the_first_one_did_not_keep(desk: Desk) -> None:
    shop = await a_shop(desk, 1, "reject")
    _, [second] = await race(desk, placing(desk, buyer(shop)), placing(desk, buyer(shop)), keep=False)
    assert second.code == "placed"
    assert await balance(desk, shop) == (0, 1, 0)


async def test_a_kit_and_its_component_share_the_last_units(desk: Desk) -> None:
    shop = await a_shop(desk, 3, "reject")
    kit = await desk.kit((shop.skus[0], 2))
    [first], [second] = await race(desk, placing(desk, buyer(shop, 1, kit)), placing(desk, buyer(shop, 2)))
    assert (first.code, second.code) == ("placed", "out_of_stock")
    assert await balance(desk, shop) == (1, 2, 0)


async def test_a_backorder_limit_is_kept_by_two_buyers(desk: Desk) -> None:
    shop = await a_shop(desk, 0, sku={"backorder_limit": 3})
    [first], [second] = await race(desk, placing(desk, buyer(shop, 2)), placing(desk, buyer(shop, 2)))
    assert (first.code, first.backordered, second.code) == ("placed", 2, "backorder_limit")
    assert await balance(desk, shop) == (0, 0, 2)


async def test_batches_that_name_their_skus_in_opposite_order_do_not_deadlock(desk: Desk) -> None:
    shop = await a_shop(desk, 5, "reject", skus=40)
    forth = an_order(shop.channel.code, [a_line(sku.code, 3) for sku in shop.skus])
    back = an_order(shop.channel.code, [a_line(sku.code, 3) for sku in reversed(shop.skus)])

    async def place(order: PlaceOrder) -> PlaceOutcome:
        [outcome] = await desk.run(place_orders, [order], audited=False)
        return outcome  # type: ignore[no-any-return]

    outcomes = await asyncio.gather(place(forth), place(back))

    assert sorted(codes(outcomes)) == ["out_of_stock", "placed"]
    await desk.audit()
    assert [await desk.atp(sku, shop.pool_id) for sku in shop.skus] == [(2, 3, 0)] * 40


# ---- place and what changes the stock ----


async def test_a_buyer_comes_after_a_loss(desk: Desk) -> None:
    shop = await a_shop(desk, 1, "reject")
    [adjusted], [placed] = await race(desk, adjusting(desk, shop, -1), placing(desk, buyer(shop)))
    assert (adjusted.code, placed.code) == ("adjusted", "out_of_stock")
    assert await balance(desk, shop) == (0, 0, 0)


async def test_a_loss_comes_after_a_buyer(desk: Desk) -> None:
    shop = await a_shop(desk, 1, "reject")
    [placed], [adjusted] = await race(desk, placing(desk, buyer(shop)), adjusting(desk, shop, -1))
    assert (placed.code, adjusted.code) == ("placed", "adjusted")
    assert await balance(desk, shop) == (-1, 1, 0)  # the shortfall is there to be seen
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {}


async def test_a_buyer_who_would_have_waited_gets_what_arrives(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    await desk.adjust(shop.skus[0], shop.locations[0], -1)
    [received], [placed] = await race(desk, receiving(desk, shop, 1), placing(desk, buyer(shop)))
    assert (received.code, placed.code, placed.backordered) == ("received", "placed", 0)
    assert await balance(desk, shop) == (0, 1, 0)


async def test_an_arrival_after_a_backorder_finds_it(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    [placed], [received] = await race(desk, placing(desk, buyer(shop)), receiving(desk, shop, 1))
    assert (placed.backordered, received.code) == (1, "received")
    assert await balance(desk, shop) == (1, 0, 1)
    assert await desk.queue("backorders") == {shop.skus[0].id}
    assert await desk.fill(shop.skus[0]) == 1
    assert await balance(desk, shop) == (0, 1, 0)


async def test_two_first_arrivals_of_a_sku_make_one_balance(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    [first], [second] = await race(desk, receiving(desk, shop, 2), receiving(desk, shop, 3))
    assert (first.code, second.code) == ("received", "received")
    assert await balance(desk, shop) == (5, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 5}
    assert await desk.counts("stock", "availability", "movement") == {"stock": 1, "availability": 1, "movement": 2}


async def test_two_losses_take_no_more_than_there_is(desk: Desk) -> None:
    shop = await a_shop(desk, 3)
    [first], [second] = await race(desk, adjusting(desk, shop, -2), adjusting(desk, shop, -2))
    assert (first.code, second.code) == ("adjusted", "insufficient_stock")
    assert await balance(desk, shop) == (1, 0, 0)


# ---- backorders ----


async def a_waiting_order(desk: Desk, shop: Shop, units: int = 1) -> UUID:
    """An order that waits, and as many units that came in and are not given to it yet."""
    order_id = await desk.placed(buyer(shop, units))
    await desk.receive(shop.skus[0], shop.locations[0], units)
    assert await balance(desk, shop) == (units, 0, units)
    return order_id


@pytest.mark.parametrize("pump_first", [True, False])
async def test_only_the_pump_takes_what_is_spoken_for(desk: Desk, pump_first: bool) -> None:
    shop = await a_shop(desk, 0)
    waiting = await a_waiting_order(desk, shop)
    works = [filling(desk, shop), placing(desk, buyer(shop))]

    results = await race(desk, *(works if pump_first else works[::-1]))

    units, [placed] = results if pump_first else results[::-1]
    assert (units, placed.code, placed.backordered) == (1, "placed", 1)
    assert await desk.units(waiting) == {(1, 1): {"promised": 1}}
    assert await balance(desk, shop) == (0, 1, 1)


async def test_a_channel_that_refuses_never_takes_what_is_spoken_for(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    waiting = await a_waiting_order(desk, shop)
    other = await desk.shop(channel={"short_line_policy": "reject", "pools": [shop.pool_code]})
    [outcome] = await desk.place(an_order(other.channel.code, [(shop.skus[0].code, 1)]))
    assert outcome.code == "out_of_stock"
    assert await desk.fill(shop.skus[0]) == 1
    assert await desk.units(waiting) == {(1, 1): {"promised": 1}}


async def test_two_pumps_of_one_sku_promise_once(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    waiting = await a_waiting_order(desk, shop, 2)
    assert await race(desk, filling(desk, shop), filling(desk, shop)) == (2, 0)
    assert await desk.units(waiting) == {(1, 1): {"promised": 2}}
    assert await balance(desk, shop) == (0, 2, 0)


async def test_a_cancelled_backorder_is_not_filled(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    waiting = await a_waiting_order(desk, shop)
    [cancelled], units = await race(desk, cancelling(desk, waiting), filling(desk, shop))
    assert (cancelled.code, units) == ("cancelled", 0)
    assert await balance(desk, shop) == (1, 0, 0)


async def test_a_filled_backorder_is_cancelled(desk: Desk) -> None:
    shop = await a_shop(desk, 0)
    waiting = await a_waiting_order(desk, shop)
    units, [cancelled] = await race(desk, filling(desk, shop), cancelling(desk, waiting))
    assert (units, cancelled.code) == (1, "cancelled")
    assert await desk.units(waiting) == {(1, 1): {"cancelled": 1}}
    assert await balance(desk, shop) == (1, 0, 0)


# ---- sourcing ----


async def test_two_workers_want_the_same_goods(desk: Desk) -> None:
    shop = await a_shop(desk, 1, locations=2)
    sku, (near, far) = shop.skus[0], shop.locations
    await desk.receive(sku, far, 1)
    one, other = [await desk.placed(buyer(shop)) for _ in range(2)]
    await desk.verify(one, other)

    [first], [second] = await race(desk, sourcing(desk, one), sourcing(desk, other))

    assert (first.code, second.code) == ("sourced", "overtaken")
    assert await balance(desk, shop) == (0, 1, 0)
    assert await desk.queue("source") == {other}
    assert await desk.source(other) == ["sourced"]
    places = {work.location_id for i in (one, other) for work in await desk.fulfillments(i)}
    assert places == {near.id, far.id}
    assert await desk.stock(sku, near) == await desk.stock(sku, far) == {"allocated": 1}


async def test_two_workers_source_one_order_once(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order_id = await desk.placed(buyer(shop, 2))
    await desk.verify(order_id)
    [first], [second] = await race(desk, sourcing(desk, order_id), sourcing(desk, order_id))
    assert (first.code, second.code) == ("sourced", "nothing_to_source")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 3, "allocated": 2}


async def test_a_loss_overtakes_sourcing(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(buyer(shop))
    await desk.verify(order_id)
    [adjusted], [sourced] = await race(desk, adjusting(desk, shop, -1), sourcing(desk, order_id))
    assert (adjusted.code, sourced.code) == ("adjusted", "overtaken")
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}
    assert await balance(desk, shop) == (-1, 1, 0)


async def test_a_loss_that_looked_before_goods_were_allocated_says_so(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(buyer(shop))
    await desk.verify(order_id)
    [sourced], [adjusted] = await race(desk, sourcing(desk, order_id), adjusting(desk, shop, -1))
    assert (sourced.code, adjusted.code) == ("sourced", "stock_changed")
    assert (await desk.adjust(shop.skus[0], shop.locations[0], -1)).details == {"broken": 1}
    assert await balance(desk, shop) == (-1, 1, 0)


# ---- cancelling ----


async def test_cancelling_before_sourcing(desk: Desk) -> None:
    shop = await a_shop(desk, 2)
    order_id = await desk.placed(buyer(shop, 2))
    [cancelled], [sourced] = await race(desk, cancelling(desk, order_id), sourcing(desk, order_id))
    assert (cancelled.code, sourced.code) == ("cancelled", "nothing_to_source")
    assert await balance(desk, shop) == (2, 0, 0)
    assert await desk.states(order_id) == []


async def test_cancelling_after_sourcing(desk: Desk) -> None:
    shop = await a_shop(desk, 2)
    order_id = await desk.placed(buyer(shop, 2))
    await desk.verify(order_id)
    [sourced], [cancelled] = await race(desk, sourcing(desk, order_id), cancelling(desk, order_id))
    assert (sourced.code, cancelled.code) == ("sourced", "cancelled")
    assert await balance(desk, shop) == (2, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 2}
    assert await desk.states(order_id) == ["cancelled"]


async def a_pick(desk: Desk, shop: Shop, units: int = 1) -> tuple[UUID, UUID]:
    """An order and its fulfillment, released."""
    order_id, [work] = await desk.sourced(buyer(shop, units))
    assert await desk.release(work.id) == ["released"]
    return order_id, work.id


async def test_cancelling_before_the_pick(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id, work_id = await a_pick(desk, shop)
    [cancelled], [picked] = await race(desk, cancelling(desk, order_id), picking(desk, work_id))
    assert (cancelled.code, picked.code) == ("cancelled", "wrong_state")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 1}


async def test_cancelling_after_the_pick(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id, work_id = await a_pick(desk, shop)
    [picked], [cancelled] = await race(desk, picking(desk, work_id), cancelling(desk, order_id))
    assert (picked.code, cancelled.code) == ("picked", "already_picked")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"picked": 1}


async def test_a_loss_before_the_pick_breaks_it(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id, work_id = await a_pick(desk, shop)
    [adjusted], [picked] = await race(desk, adjusting(desk, shop, -1), picking(desk, work_id))
    assert (adjusted.details, picked.code) == ({"broken": 1}, "wrong_state")
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}


async def test_what_is_picked_is_not_lost(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id, work_id = await a_pick(desk, shop)
    [picked], [adjusted] = await race(desk, picking(desk, work_id), adjusting(desk, shop, -1))
    assert (picked.code, adjusted.code) == ("picked", "insufficient_stock")
    assert await desk.units(order_id) == {(1, 1): {"picked": 1}}


async def test_a_small_loss_waits_for_no_more_orders_than_it_breaks(desk: Desk) -> None:
    """Fault: it locked every order that had the SKU allocated there."""
    shop = await a_shop(desk, 3)
    (early, _), (middle, _), (late, _) = [await a_pick(desk, shop) for _ in range(3)]
    async with desk.database.transaction("acme") as tx, asyncio.timeout(10):
        await tx.fetch("SELECT id FROM orders WHERE id = $1 FOR UPDATE", early)
        outcome = await desk.adjust(shop.skus[0], shop.locations[0], -2)
    assert (outcome.code, outcome.details) == ("adjusted", {"broken": 2})
    assert [await desk.units(i) for i in (early, middle, late)] == [
        {(1, 1): {"allocated": 1}}, {(1, 1): {"promised": 1}}, {(1, 1): {"promised": 1}},
    ]  # fmt: skip


async def test_a_loss_breaks_the_next_when_the_latest_is_picked_meanwhile(desk: Desk) -> None:
    shop = await a_shop(desk, 2)
    (early, _), (late, late_work) = [await a_pick(desk, shop) for _ in range(2)]
    [picked], [adjusted] = await race(desk, picking(desk, late_work), adjusting(desk, shop, -1))
    assert (picked.code, adjusted.code, adjusted.details) == ("picked", "adjusted", {"broken": 1})
    assert await desk.units(late) == {(1, 1): {"picked": 1}}
    assert await desk.units(early) == {(1, 1): {"promised": 1}}
    assert await balance(desk, shop) == (-1, 1, 0)


async def test_a_loss_breaks_nothing_when_enough_comes_back_meanwhile(desk: Desk) -> None:
    shop = await a_shop(desk, 2)
    (early, _), (late, _) = [await a_pick(desk, shop) for _ in range(2)]
    [cancelled], [adjusted] = await race(desk, cancelling(desk, late), adjusting(desk, shop, -1))
    assert (cancelled.code, adjusted.code, adjusted.details) == ("cancelled", "adjusted", {})
    assert await desk.units(early) == {(1, 1): {"allocated": 1}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"allocated": 1}


async def test_a_released_unit_goes_to_the_next_buyer(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(buyer(shop))
    [cancelled], [placed] = await race(desk, cancelling(desk, order_id), placing(desk, buyer(shop)))
    assert (cancelled.code, placed.code, placed.backordered) == ("cancelled", "placed", 0)
    assert await balance(desk, shop) == (0, 1, 0)


async def test_two_batches_that_cancel_in_opposite_order_do_not_deadlock(desk: Desk) -> None:
    shop = await a_shop(desk, 40)
    order_ids: Sequence[UUID] = [
        o.order_id for o in await desk.place(*[buyer(shop) for _ in range(40)]) if o.order_id is not None
    ]

    async def cancel(ids: Sequence[UUID]) -> list[str]:
        return codes(await desk.run(cancel_orders, [CancelOrder(order_id=i) for i in ids], audited=False))

    outcomes = await asyncio.gather(cancel(order_ids), cancel(order_ids[::-1]))

    assert sorted(outcomes) == [["already_cancelled"] * 40, ["cancelled"] * 40]
    await desk.audit()
    assert await balance(desk, shop) == (40, 0, 0)

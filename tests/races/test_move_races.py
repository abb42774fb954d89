"""Units are moved while somebody else moves, picks, buys or loses them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orderwright.catalog import CloseLocation, MoveLocation, upsert_pools
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.close_locations import close_locations
from orderwright.flows.move_locations import move_locations
from orderwright.flows.move_units import move_units
from orderwright.flows.start_picks import start_picks
from orderwright.fulfillment import FulfillmentCommand, MoveUnits, UnitsToMove
from orderwright.inventory import AdjustStock
from orderwright.orders import CancelOrder
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_pool
from tests.builders.orders import an_order
from tests.helpers.desk import Desk
from tests.helpers.races import race

Work = Callable[[Transaction], Awaitable[Any]]


async def a_shop(desk: Desk, there: int) -> tuple[Shop, UUID, UUID]:
    """A shop of two locations, and an order of two units at the first, released to its floor."""
    shop = await desk.shop(locations=2)
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    await desk.receive(shop.skus[0], shop.locations[1], there)
    return shop, *await an_order_of(desk, shop)


async def an_order_of(desk: Desk, shop: Shop) -> tuple[UUID, UUID]:
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    assert await desk.release(work.id) == ["released"]
    return order_id, work.id


def moving(desk: Desk, shop: Shop, order_id: UUID, work: UUID, count: int = 2) -> Work:
    entry = UnitsToMove(line=1, quantity=count, fulfillment=encode_id("ful", work))
    command = MoveUnits(order_id=order_id, to=shop.locations[1].code, units=[entry])
    return lambda tx: move_units(tx, desk.ctx, [command])


async def test_two_agents_move_the_same_units_and_they_move_once(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    [first], [second] = await race(desk, *[moving(desk, shop, order_id, work)] * 2)
    assert (first.code, second.code) == ("moved", "work_has_begun")
    assert second.details["state"] == "cancelled"
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"available": 7, "allocated": 2}


async def test_two_agents_move_parts_of_a_line_and_both_do(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    [first], [second] = await race(desk, *[moving(desk, shop, order_id, work, 1)] * 2)
    assert (first.code, second.code) == ("moved", "moved")
    assert await desk.states(order_id) == ["cancelled", "open", "open"]


async def test_the_picker_who_starts_first_keeps_the_units(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    starting = lambda tx: start_picks(tx, desk.ctx, [FulfillmentCommand(fulfillment_id=work)])  # noqa: E731
    [started], [moved] = await race(desk, starting, moving(desk, shop, order_id, work))
    assert (started.code, moved.code) == ("picking", "work_has_begun")
    assert await desk.states(order_id) == ["picking"]


async def test_the_picker_who_comes_later_finds_the_work_gone(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    starting = lambda tx: start_picks(tx, desk.ctx, [FulfillmentCommand(fulfillment_id=work)])  # noqa: E731
    [moved], [started] = await race(desk, moving(desk, shop, order_id, work), starting)
    assert (moved.code, started.code, started.details) == ("moved", "wrong_state", {"state": "cancelled"})


async def test_two_orders_want_the_last_units_of_a_location(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 2)
    other, its_work = await an_order_of(desk, shop)
    [first], [second] = await race(desk, moving(desk, shop, order_id, work), moving(desk, shop, other, its_work))
    assert (first.code, second.code) == ("moved", "too_few_at_location")
    assert await desk.units(other) == {(1, 1): {"allocated": 2}}


async def test_units_that_are_lost_meanwhile_are_not_moved_to(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 2)
    gone = AdjustStock(sku=shop.skus[0].code, location=shop.locations[1].code, delta=-1, reason="theft")
    [lost], [moved] = await race(
        desk, lambda tx: adjust_stock(tx, desk.ctx, [gone]), moving(desk, shop, order_id, work)
    )
    assert (lost.code, moved.code, moved.details["available"]) == ("adjusted", "too_few_at_location", 1)


async def test_a_location_that_changes_its_pool_meanwhile_gets_nothing_of_the_old_pools_promises(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    pool = a_pool()
    await desk.run(upsert_pools, [pool])
    away = MoveLocation(location=shop.locations[1].code, pool=pool.code)
    [gone], [moved] = await race(
        desk, lambda tx: move_locations(tx, desk.ctx, [away]), moving(desk, shop, order_id, work)
    )
    assert (gone.code, moved.code, moved.details) == ("moved", "overtaken", {"to": shop.locations[1].code})
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"available": 9}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (7, 0, 0)


async def test_a_location_that_closes_meanwhile_gets_nothing(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    closing = CloseLocation(location=shop.locations[1].code)
    [closed], [moved] = await race(
        desk, lambda tx: close_locations(tx, desk.ctx, [closing]), moving(desk, shop, order_id, work)
    )
    assert (closed.code, moved.code, moved.details["available"]) == ("closed", "too_few_at_location", 0)


async def test_an_order_that_is_cancelled_meanwhile_is_not_moved(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 9)
    cancelling = lambda tx: cancel_orders(tx, desk.ctx, [CancelOrder(order_id=order_id)])  # noqa: E731
    [cancelled], [moved] = await race(desk, cancelling, moving(desk, shop, order_id, work))
    assert (cancelled.code, moved.code) == ("cancelled", "work_has_begun")


async def test_a_move_that_is_rolled_back_leaves_the_units_to_the_next(desk: Desk) -> None:
    shop, order_id, work = await a_shop(desk, 2)
    _, [second] = await race(desk, *[moving(desk, shop, order_id, work)] * 2, keep=False)
    assert second.code == "moved"

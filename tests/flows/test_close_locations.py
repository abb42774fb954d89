"""Locations that close, open again and move between pools: what may be promised follows, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.catalog import (
    CloseLocation,
    MoveLocation,
    OpenLocation,
    read_locations,
    upsert_locations,
    upsert_pools,
)
from orderwright.flows.close_locations import close_locations
from orderwright.flows.move_locations import move_locations
from orderwright.flows.open_locations import open_locations
from orderwright.flows.preview_places import preview_closings, preview_moves, preview_openings
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop, a_channel, a_location, a_pool, accepted
from tests.builders.orders import a_line, an_order
from tests.flows.test_statement_counts import Counting
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk, codes

PLACES: dict[str, int] = {
    "close_locations": 37,
    "open_locations": 24,
    "move_locations": 25,
    "preview_closings": 39,
    "preview_openings": 26,
    "preview_moves": 27,
}


async def a_shop(desk: Desk, *units: int, **fields: Any) -> Shop:
    """Two locations in one pool; so many units of the first SKU at each."""
    shop = await desk.shop(**{"locations": 2} | fields)
    for at, n in zip(shop.locations, units, strict=False):
        if n:
            await desk.receive(shop.skus[0], at, n)
    return shop


async def close(desk: Desk, at: Any, **fields: Any) -> Outcome:
    [outcome] = await desk.run(close_locations, [CloseLocation(location=at.code, **fields)])
    return outcome  # type: ignore[no-any-return]


async def open_again(desk: Desk, at: Any, **fields: Any) -> Outcome:
    [outcome] = await desk.run(open_locations, [OpenLocation(location=at.code, **fields)])
    return outcome  # type: ignore[no-any-return]


async def move(desk: Desk, at: Any, pool: str, **fields: Any) -> Outcome:
    [outcome] = await desk.run(move_locations, [MoveLocation(location=at.code, pool=pool, **fields)])
    return outcome  # type: ignore[no-any-return]


async def other_pool(desk: Desk) -> tuple[UUID, str]:
    pool = a_pool()
    [pool_id] = accepted(await desk.run(upsert_pools, [pool]))
    return pool_id, pool.code


def buyer(shop: Shop, units: int, **fields: Any) -> Any:
    return an_order(shop.channel.code, [(shop.skus[0].code, units)], **fields)


# ---- closing ----


async def test_what_a_closed_location_has_is_not_promised(desk: Desk) -> None:
    shop = await a_shop(desk, 5, 2)
    sku, (here, there) = shop.skus[0], shop.locations

    outcome = await close(desk, here)

    assert outcome.code == "closed"
    assert await desk.stock(sku, here) == {"withheld": 5}
    assert await desk.stock(sku, there) == {"available": 2}
    assert await desk.atp(sku, shop.pool_id) == (2, 0, 0)
    assert outcome.details == {
        "location": here.code, "pool": shop.pool_code, "units": 5, "skus": 1, "promisable": -5, "taken_off": 0,
        "held": 0, "finishing": 0, "fulfillments": [], "short_skus": 0, "short_units": 0, "expected_returns": 0,
        "in_transit": 0,
        "by_sku": [{"sku": sku.code, "units": 5, "taken_off": 0, "promisable": -5, "short": 0}],
    }  # fmt: skip
    assert await desk.events(here.id) == ["location.created", "location.closed"]
    assert (await desk.receive(sku, here, 1)).code == "location_inactive"
    assert await desk.fetch("SELECT from_bucket, to_bucket, quantity, kind FROM movement WHERE kind = 'closing'") == [
        ("available", "withheld", 5, "closing")
    ]


async def test_work_that_nobody_has_begun_goes_elsewhere(desk: Desk) -> None:
    shop = await a_shop(desk, 5, 0)
    sku, (here, there) = shop.skus[0], shop.locations
    open_id, _ = await desk.sourced(buyer(shop, 2))
    _, [begun] = await desk.sourced(buyer(shop, 1))
    await desk.release(begun.id)
    await desk.start(begun.id)
    await desk.receive(sku, there, 4)

    outcome = await close(desk, here)

    said = outcome.details
    assert (said["units"], said["taken_off"], said["promisable"], said["finishing"]) == (2, 2, -4, 1)
    assert await desk.states(open_id) == ["cancelled"]
    assert await desk.events(open_id) == ["order.placed", "order.verified", "order.sourced", "fulfillment.cancelled"]
    assert await desk.stock(sku, here) == {"withheld": 4, "allocated": 1}
    assert await desk.atp(sku, shop.pool_id) == (2, 2, 0)
    assert await desk.source(open_id) == ["sourced"]
    assert [w.location_id for w in await desk.fulfillments(open_id) if w.state == "open"] == [there.id]
    assert (await desk.pick(begun.id)).code == "picked"
    assert await desk.pack(begun.id) == ["packed"]


async def test_what_is_cancelled_of_work_at_a_closed_location_is_withheld(desk: Desk) -> None:
    shop = await a_shop(desk, 3, 0)
    order_id, [work] = await desk.sourced(buyer(shop, 2))
    await desk.release(work.id)
    await desk.start(work.id)
    await close(desk, shop.locations[0])

    await desk.reject(work.id)

    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"withheld": 3}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 2, 0)
    await desk.cancel(order_id)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)


async def test_promises_that_become_short_are_counted_and_worked_off(desk: Desk) -> None:
    shop = await a_shop(desk, 3, 0)
    order_id = await desk.placed(buyer(shop, 2))
    await desk.verify(order_id)

    outcome = await close(desk, shop.locations[0])

    assert (outcome.details["short_skus"], outcome.details["short_units"]) == (1, 2)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 2, 0)
    assert await desk.source(order_id) == ["unsourced"]
    await desk.receive(shop.skus[0], shop.locations[1], 2)
    assert await desk.source(order_id) == ["sourced"]


async def test_an_order_that_names_a_closed_location_is_held(desk: Desk) -> None:
    shop = await a_shop(desk, 3, 3)
    here = shop.locations[0]
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=here.code)
    order_id = await desk.placed(an_order(shop.channel.code, [line], ship_to=None))
    await desk.verify(order_id)
    assert await desk.states(order_id) == ["open"]

    outcome = await close(desk, here)

    assert outcome.details["held"] == 1
    assert await desk.holds(order_id) == ["location_rejected"]
    assert await desk.states(order_id) == ["cancelled"]
    await open_again(desk, here)
    await desk.release_holds(order_id)
    assert await desk.source(order_id) == ["sourced"]


async def test_a_till_of_a_closed_location_is_believed(desk: Desk) -> None:
    shop = await a_shop(desk, 3, 0)
    till = a_channel(shop.pool_code, kind="pos")
    await desk.run(upsert_channels, [till])
    _, [work] = await desk.sourced(buyer(shop, 1))
    await desk.release(work.id)
    await desk.start(work.id)
    await close(desk, shop.locations[0])
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)

    [outcome] = await desk.place(an_order(till.code, [line], ship_to=None))

    assert outcome.status == "delivered"
    await desk.audit()


async def test_locations_are_refused_in_precedence(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    here, there = shop.locations
    outcomes = await desk.run(close_locations, [
        CloseLocation(location=here.code), CloseLocation(location=here.code), CloseLocation(location="nowhere"),
        CloseLocation(location=there.code, version=7),
    ])  # fmt: skip
    assert codes(outcomes) == ["closed", "duplicate_in_batch", "unknown_location", "version_conflict"]
    assert outcomes[3].details == {"version": 1}
    assert (await close(desk, here)).code == "unchanged"
    assert (await open_again(desk, there)).code == "unchanged"
    assert (await move(desk, here, shop.pool_code)).code == "unchanged"
    assert (await move(desk, here, "no pool")).code == "unknown_pool"


async def test_only_whoever_may_changes_them(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    here, there = shop.locations
    own = Desk(desk.database, locations=frozenset({here.id}))
    assert (await close(own, there)).code == "location_not_allowed"
    assert (await close(own, here)).code == "closed"
    with pytest.raises(PermissionDenied):
        await move(own, here, shop.pool_code)
    desk.ctx = a_context("acme", permissions=frozenset({"catalog.read"}))
    with pytest.raises(PermissionDenied):
        await close(desk, there)


async def test_a_preview_keeps_nothing(desk: Desk) -> None:
    shop = await a_shop(desk, 4)
    here = shop.locations[0]
    pool_id, pool = await other_pool(desk)
    await desk.sourced(buyer(shop, 1))
    before = await desk.counts("movement", "event", "act", "change", "hold")

    [closing] = await desk.run(preview_closings, [CloseLocation(location=here.code)])
    [moving] = await desk.run(preview_moves, [MoveLocation(location=here.code, pool=pool)])
    [opening] = await desk.run(preview_openings, [OpenLocation(location=here.code)])

    assert codes([closing, moving, opening]) == ["previewed", "previewed", "unchanged"]
    assert (closing.details["units"], closing.details["taken_off"]) == (3, 1)
    assert (moving.details["to"], moving.details["promisable"], moving.details["finishing"]) == (pool, -3, 1)
    assert await desk.counts("movement", "event", "act", "change", "hold") == before
    assert (await close(desk, here)).details == closing.details
    assert await desk.atp(shop.skus[0], pool_id) == (0, 0, 0)


# ---- opening ----


async def test_an_opened_location_serves_those_who_wait(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    sku, here = shop.skus[0], shop.locations[0]
    await close(desk, here)
    order_id = await desk.placed(buyer(shop, 2))
    assert await desk.units(order_id) == {(1, 1): {"backordered": 2}}

    outcome = await open_again(desk, here)

    assert (outcome.code, outcome.details["units"], outcome.details["promisable"]) == ("opened", 5, 5)
    assert await desk.queue("backorders") == {sku.id}
    assert await desk.fill(sku) == 2
    assert await desk.stock(sku, here) == {"available": 5}
    assert await desk.atp(sku, shop.pool_id) == (3, 2, 0)
    assert await desk.events(here.id) == ["location.created", "location.closed", "location.opened"]


async def test_a_closed_location_is_not_opened_by_an_upsert(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    here = shop.locations[0]
    [entry] = await desk.run(lambda tx, _: read_locations(tx, codes=[here.code]))
    await close(desk, here)
    assert codes(await desk.run(upsert_locations, [entry.content])) == ["active_change_refused"]
    fresh = a_location(shop.pool_code, active=False)
    assert codes(await desk.run(upsert_locations, [fresh])) == ["created"]
    opened = a_location(shop.pool_code, code=fresh.code, name=fresh.name)
    assert codes(await desk.run(upsert_locations, [opened])) == ["updated"]


# ---- moving ----


async def test_what_a_location_has_is_promised_by_its_new_pool(desk: Desk) -> None:
    shop = await a_shop(desk, 5, 2)
    sku, (here, _) = shop.skus[0], shop.locations
    pool_id, pool = await other_pool(desk)
    allocated_id, [work] = await desk.sourced(buyer(shop, 1))

    outcome = await move(desk, here, pool)

    assert (outcome.code, outcome.details["pool"], outcome.details["to"]) == ("moved", shop.pool_code, pool)
    at_here = work.location_id == here.id
    assert await desk.atp(sku, pool_id) == (4 if at_here else 5, 0, 0)
    assert await desk.atp(sku, shop.pool_id) == (2 if at_here else 1, 0, 0)
    assert await desk.events(here.id) == ["location.created", "location.moved"]
    await desk.cancel(allocated_id)
    assert await desk.atp(sku, pool_id) == (5, 0, 0)
    assert await desk.atp(sku, shop.pool_id) == (2, 0, 0)


async def test_a_pool_that_owes_more_than_it_kept_is_short(desk: Desk) -> None:
    shop = await a_shop(desk, 3)
    sku, here = shop.skus[0], shop.locations[0]
    pool_id, pool = await other_pool(desk)
    order_id = await desk.placed(buyer(shop, 2))
    await desk.verify(order_id)

    outcome = await move(desk, here, pool)

    assert (outcome.details["short_skus"], outcome.details["short_units"]) == (1, 2)
    assert await desk.atp(sku, shop.pool_id) == (-2, 2, 0)
    assert await desk.atp(sku, pool_id) == (3, 0, 0)
    assert await desk.source(order_id) == ["unsourced"]
    await move(desk, here, shop.pool_code)
    assert await desk.source(order_id) == ["sourced"]


async def test_lines_that_name_a_location_go_along(desk: Desk) -> None:
    shop = await a_shop(desk, 2)
    sku, here = shop.skus[0], shop.locations[0]
    pool_id, pool = await other_pool(desk)

    async def pick_up(units: int) -> UUID:
        line = a_line(sku.code, units, delivery="pickup", location=here.code)
        return await desk.placed(an_order(shop.channel.code, [line], ship_to=None))

    await desk.adjust(sku, here, 1)
    promised = await pick_up(2)
    await desk.adjust(sku, here, -3)  # broken: its units are promised again
    waiting = await pick_up(3)
    assert await desk.atp(sku, shop.pool_id) == (-2, 2, 3)

    await move(desk, here, pool)

    assert await desk.atp(sku, shop.pool_id) == (0, 0, 0)
    assert await desk.atp(sku, pool_id) == (-2, 2, 3)
    await desk.receive(sku, here, 5)
    assert await desk.fill(sku) == 3
    await desk.verify(promised, waiting)
    assert await desk.source(promised, waiting) == ["sourced", "sourced"]


async def test_a_closed_location_moves_with_nothing_to_promise(desk: Desk) -> None:
    shop = await a_shop(desk, 3)
    sku, here = shop.skus[0], shop.locations[0]
    pool_id, pool = await other_pool(desk)
    await close(desk, here)
    assert (await move(desk, here, pool)).details["units"] == 0
    await open_again(desk, here)
    assert await desk.atp(sku, pool_id) == (3, 0, 0)
    assert await desk.atp(sku, shop.pool_id) == (0, 0, 0)


async def test_a_pool_takes_no_more_than_can_be_counted(desk: Desk) -> None:
    shop = await a_shop(desk, 1_000_000)
    there = await desk.shop()
    sku, here = shop.skus[0], shop.locations[0]
    await desk.receive(sku, there.locations[0], 1_000_000)
    async with desk.database.transaction("acme") as tx:  # near the end of what an integer holds
        for table, place in (("stock", "available"), ("availability", "available_to_promise")):
            where = "location_id" if table == "stock" else "pool_id"
            at = there.locations[0].id if table == "stock" else there.pool_id
            await tx.execute(f"UPDATE {table} SET {place} = 2147483647 WHERE sku_id = $1 AND {where} = $2", sku.id, at)
    [outcome] = await desk.run(move_locations, [MoveLocation(location=here.code, pool=there.pool_code)], audited=False)
    assert outcome.code == "too_many_units"
    assert await desk.atp(sku, shop.pool_id) == (1_000_000, 0, 0)


# ---- how many statements ----


async def test_a_thousand_skus_take_as_many_statements_as_one(database: Database) -> None:
    few = await run_places(Counting(database), 1)
    many = await run_places(Counting(database), 1_000)
    assert many == few == PLACES


async def run_places(desk: Counting, n: int) -> dict[str, int]:
    """Close, open and move a location with `n` SKUs, and an order with work there for each of a tenth of them."""
    shop = await desk.shop(locations=2, skus=n)
    here = shop.locations[0]
    await desk.run(
        receive_stock, [ReceiveStock(sku=s.code, location=here.code, quantity=5) for s in shop.skus], audited=False
    )
    _, pool = await other_pool(desk)
    orders = [an_order(shop.channel.code, [(s.code, 1)]) for s in shop.skus[: max(1, n // 10)]]
    await desk.sourced_work(orders)
    desk.statements = {}
    closing, opening = [CloseLocation(location=here.code)], [OpenLocation(location=here.code)]
    moving = [MoveLocation(location=here.code, pool=pool)]
    await desk.step("preview_closings", preview_closings, closing, "previewed")
    await desk.step("preview_moves", preview_moves, moving, "previewed")
    await desk.step("close_locations", close_locations, closing, "closed")
    await desk.step("preview_openings", preview_openings, opening, "previewed")
    await desk.step("open_locations", open_locations, opening, "opened")
    await desk.sourced_work([an_order(shop.channel.code, [(s.code, 1)]) for s in shop.skus[: max(1, n // 10)]])
    await desk.step("move_locations", move_locations, moving, "moved")
    await desk.audit()
    return desk.statements


async def test_what_a_till_of_a_closed_location_sells_was_withheld_there(desk: Desk) -> None:
    """Not found besides: the units would be there twice once the location is open again."""
    shop = await a_shop(desk, 3, 0)
    sku, here = shop.skus[0], shop.locations[0]
    till = a_channel(shop.pool_code, kind="pos")
    await desk.run(upsert_channels, [till])
    await close(desk, here)

    await desk.place(an_order(till.code, [a_line(sku.code, 2, delivery="pickup", location=here.code)], ship_to=None))

    assert await desk.stock(sku, here) == {"withheld": 1}
    assert await desk.atp(sku, shop.pool_id) == (0, 0, 0)
    assert await desk.fetch("SELECT count(*) FROM movement WHERE kind = 'adjustment'") == [(0,)]
    await desk.place(an_order(till.code, [a_line(sku.code, 2, delivery="pickup", location=here.code)], ship_to=None))
    assert await desk.stock(sku, here) == {}
    assert await desk.fetch("SELECT quantity FROM movement WHERE kind = 'adjustment'") == [(1,)]
    await desk.audit()

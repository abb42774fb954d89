"""Cancelling: from every quantity, in part, kits, twice; stock, supply and fulfillments given back exactly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.expect_supply import expect_supply
from orderwright.inventory import ExpectSupply
from orderwright.orders import CancelOrder
from orderwright.platform.ids import new_id
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes


async def test_promised_units_go_back_to_the_pool(desk: Desk) -> None:
    shop = await desk.shop()
    sku = shop.skus[0]
    await desk.receive(sku, shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(sku.code, 3)]))

    outcome = await desk.cancel(order_id, reason="fraud")

    assert (outcome.code, outcome.id, outcome.details) == ("cancelled", order_id, {})
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 3}}
    assert await desk.atp(sku, shop.pool_id) == (5, 0, 0)
    assert await desk.status(order_id) == "cancelled"
    assert await desk.events(order_id) == ["order.placed", "order.cancelled"]
    data = await desk.value("SELECT data::text FROM event WHERE type = 'order.cancelled'")
    assert data == '{"kept": 0, "lines": [{"line": 1, "units": 3}], "reason": "fraud"}'
    assert await desk.counts("promise") == {"promise": 0}
    assert await desk.queue("backorders") >= {sku.id}


async def test_backordered_units_leave_the_queue(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    assert (await desk.cancel(order_id, (1, 1))).code == "cancelled"
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 1, "backordered": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 2)
    assert (await desk.cancel(order_id)).code == "cancelled"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)
    assert await desk.counts("backorder") == {"backorder": 0}


async def test_preordered_units_free_their_supply(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    sku = shop.skus[0]
    expected = ExpectSupply(sku=sku.code, pool=shop.pool_code, quantity=5, due_on=date(2031, 1, 1))
    await desk.run(expect_supply, [expected])
    order_id = await desk.placed(an_order(shop.channel.code, [(sku.code, 5)]))
    assert codes(await desk.place(an_order(shop.channel.code, [(sku.code, 1)]))) == ["out_of_stock"]
    assert (await desk.cancel(order_id, (1, 2))).code == "cancelled"
    assert await desk.fetch("SELECT quantity, preordered FROM supply") == [(5, 3)]
    assert codes(await desk.place(an_order(shop.channel.code, [(sku.code, 2)]))) == ["placed"]


async def test_pending_units(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [("NOPE", 3)]))
    assert (await desk.cancel(order_id, (1, 1))).code == "cancelled"
    assert await desk.units(order_id) == {(1, 1): {"pending": 2, "cancelled": 1}}
    assert await desk.holds(order_id) == ["unknown_sku"]
    assert (await desk.cancel(order_id)).code == "cancelled"
    assert (await desk.holds(order_id), await desk.status(order_id)) == ([], "cancelled")
    assert await desk.events(order_id) == [
        "order.placed", "order.held", "order.cancelled", "order.cancelled", "order.released",
    ]  # fmt: skip


async def test_allocated_units_go_back_to_the_shelf_and_empty_work_is_closed(desk: Desk) -> None:
    shop = await desk.shop(skus=2)
    one, two = shop.skus
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 5)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(one.code, 3), (two.code, 1)]))
    assert await desk.stock(one, shop.locations[0]) == {"available": 2, "allocated": 3}

    assert (await desk.cancel(order_id, (1, 2))).code == "cancelled"
    assert await desk.stock(one, shop.locations[0]) == {"available": 4, "allocated": 1}
    assert await desk.atp(one, shop.pool_id) == (4, 0, 0)
    assert await desk.states(order_id) == ["open"]

    assert await desk.release(work.id) == ["released"]
    assert (await desk.cancel(order_id)).code == "cancelled"
    assert await desk.stock(one, shop.locations[0]) == {"available": 5}
    assert await desk.states(order_id) == ["cancelled"]
    assert await desk.events(order_id) == [
        "order.placed", "order.verified", "order.sourced", "order.cancelled", "fulfillment.released", "order.cancelled",
        "fulfillment.cancelled",
    ]  # fmt: skip
    assert (await desk.pick(work.id)).code == "wrong_state"


async def test_what_is_being_picked_stays(desk: Desk) -> None:
    shop = await desk.shop(skus=2, locations=2)
    one, two = shop.skus
    await desk.receive(one, shop.locations[0], 5)
    await desk.receive(two, shop.locations[1], 5)
    order_id, works = await desk.sourced(an_order(shop.channel.code, [(one.code, 3), (two.code, 1)]))
    first = next(work for work in works if work.location_id == shop.locations[0].id)
    assert await desk.release(first.id) == ["released"]
    assert await desk.start(first.id) == ["picking"]

    assert (await desk.cancel(order_id, (1, 1))).code == "not_cancellable"
    outcome = await desk.cancel(order_id)

    assert (outcome.code, outcome.details) == ("partly_cancelled", {"kept": 3})
    assert await desk.units(order_id) == {(1, 1): {"allocated": 3}, (2, 1): {"cancelled": 1}}
    assert (await desk.cancel(order_id)).code == "already_picked"
    assert (await desk.pick(first.id)).code == "picked"
    assert (await desk.cancel(order_id)).code == "already_picked"
    assert await desk.status(order_id) == "picking"


async def test_a_held_kit_with_a_download_is_cancelled_whole(desk: Desk) -> None:
    """Fault: the order ended as delivered, and its hold stayed open."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    song = await desk.sku(kind="digital")
    kit = await desk.kit((shop.skus[0], 1), (song, 1))
    order_id = await desk.placed(an_order(shop.channel.code, [(kit.code, 2)]))
    assert await desk.hold(order_id) == "held"

    assert (await desk.cancel(order_id, (1, 1))).code == "cancelled"
    assert await desk.units(order_id) == {(1, 1): {"promised": 1, "cancelled": 1}, (1, 2): {"external": 2}}
    outcome = await desk.cancel(order_id)

    assert (outcome.code, outcome.details) == ("cancelled", {})
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 2}, (1, 2): {"cancelled": 2}}
    assert (await desk.status(order_id), await desk.holds(order_id)) == ("cancelled", [])
    assert await desk.atp(shop.skus[0], shop.pool_id) == (5, 0, 0)
    assert await desk.queue("verify") == set()
    assert (await desk.cancel(order_id)).code == "already_cancelled"


async def test_whole_kits_go(desk: Desk) -> None:
    shop = await desk.shop(skus=2)
    one, two = shop.skus
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 9)
    kit = await desk.kit((one, 2), (two, 1))
    order_id, _ = await desk.sourced(an_order(shop.channel.code, [(kit.code, 3)]))
    assert (await desk.cancel(order_id, (1, 1))).code == "cancelled"
    assert await desk.units(order_id) == {
        (1, 1): {"cancelled": 2, "allocated": 4}, (1, 2): {"cancelled": 1, "allocated": 2},
    }  # fmt: skip
    assert (await desk.cancel(order_id)).code == "cancelled"
    assert await desk.status(order_id) == "cancelled"
    assert await desk.atp(one, shop.pool_id) == (9, 0, 0)


async def test_a_second_cancellation_changes_nothing(desk: Desk) -> None:
    """Fault: a release runs twice, and the reserved quantity goes negative."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    async with desk.database.transaction("acme") as tx:
        command = CancelOrder(order_id=order_id)
        outcomes = await cancel_orders(tx, desk.ctx, [command, command])
    assert codes(outcomes) == ["cancelled", "duplicate_in_batch"]
    assert (await desk.cancel(order_id)).code == "already_cancelled"
    assert (await desk.cancel(order_id, (1, 1))).code == "already_cancelled"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (5, 0, 0)
    assert len(await desk.events(order_id)) == 2


async def test_a_cancelled_order_frees_what_others_wait_for(desk: Desk) -> None:
    shop = await desk.shop()
    sku = shop.skus[0]
    await desk.receive(sku, shop.locations[0], 3)
    first, _ = await desk.sourced(an_order(shop.channel.code, [(sku.code, 3)]))
    second = await desk.placed(an_order(shop.channel.code, [(sku.code, 2)]))
    assert (await desk.cancel(first)).code == "cancelled"
    assert await desk.queue("backorders") == {sku.id}
    assert await desk.fill(sku) == 2
    assert await desk.units(second) == {(1, 1): {"promised": 2}}
    assert await desk.atp(sku, shop.pool_id) == (1, 2, 0)


async def test_what_has_left_cannot_be_cancelled(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id, _, _ = await desk.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    assert (await desk.cancel(order_id)).code == "already_shipped"


async def test_the_rest_of_an_order_that_left_in_part(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 5)])
    order_id = await desk.placed(order)
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]
    [work] = await desk.fulfillments(order_id)
    await desk.release(work.id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    await desk.label(work.id)
    await desk.ship(work.id)
    assert await desk.status(order_id) == "partly_shipped"
    outcome = await desk.cancel(order_id)
    assert (outcome.code, outcome.details) == ("cancelled", {})
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 3, "shipped": 2}}
    assert await desk.status(order_id) == "shipped"
    assert await desk.events(order_id) == [
        "order.placed", "order.verified", "order.sourced", "fulfillment.released", "fulfillment.picked",
        "fulfillment.packed", "shipment.labelled", "shipment.shipped", "order.cancelled", "order.shipped",
    ]  # fmt: skip


async def test_who_may_cancel_what(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1), a_line(shop.skus[0].code, 1)]))
    assert (await desk.cancel(new_id())).code == "order_not_found"
    assert (await desk.cancel(order_id, (3, 1))).code == "unknown_line"
    assert (await Desk(desk.database, channels=frozenset()).cancel(order_id)).code == "order_not_found"
    assert (await Desk(desk.database, "bolt").cancel(order_id)).code == "order_not_found"
    assert await desk.status(order_id) == "backordered"


# ---- the queues ----


async def test_a_wholly_cancelled_order_stands_in_no_queue(desk: Desk) -> None:
    """Fault: it stayed in the queues of the stages until their workers came by and found nothing to do."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    new = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    verified = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    unknown = await desk.placed(an_order(shop.channel.code, [("NEW", 1)]))
    sourced, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await desk.verify(verified)
    await desk.release_holds(unknown)
    queues = [await desk.queue(stage) for stage in ("verify", "resolve", "source", "release")]
    assert queues == [{new, unknown}, {unknown}, {verified}, {work.id}]
    for order_id in (new, verified, unknown, sourced):
        assert (await desk.cancel(order_id)).code == "cancelled"
    assert await desk.fetch("SELECT stage, subject_id FROM work WHERE stage NOT IN ('backorders', 'settle')") == []


async def test_what_is_left_of_an_order_stays_in_its_queue(desk: Desk) -> None:
    shop = await desk.shop(skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(sku.code, 1) for sku in shop.skus]))
    assert (await desk.cancel(order_id, (1, None))).code == "cancelled"
    assert await desk.queue("verify") == {order_id}


# ---- half a kit ----


@pytest.mark.parametrize("line", [(), ((1, None),)])
async def test_what_is_left_of_a_kit_of_which_half_has_shipped_can_be_ended(desk: Desk, line: Any) -> None:
    """Fault: it answered `already_picked`, and the order stood half shipped for ever."""
    shop = await desk.shop(skus=2)
    one, two = shop.skus
    kit = await desk.kit((one, 2), (two, 1))
    await desk.receive(one, shop.locations[0], 4)
    order_id = await desk.placed(an_order(shop.channel.code, [(kit.code, 2)]))
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]
    [work] = await desk.fulfillments(order_id)
    await desk.release(work.id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    [parcel] = await desk.label(work.id)
    await desk.ship(work.id)
    assert await desk.status(order_id) == "partly_shipped"
    assert (await desk.cancel(order_id, (1, 1))).code == "not_cancellable"

    outcome = await desk.cancel(order_id, *line)

    assert (outcome.code, outcome.details) == ("cancelled", {})
    assert await desk.units(order_id) == {(1, 1): {"shipped": 4}, (1, 2): {"cancelled": 2}}
    assert await desk.atp(two, shop.pool_id) == (0, 0, 0)
    assert await desk.status(order_id) == "shipped"
    assert (await desk.events(order_id))[-2:] == ["order.cancelled", "order.shipped"]
    await desk.track(parcel.tracking_number, "delivered", desk.ctx.now)
    assert await desk.status(order_id) == "delivered"


async def test_a_kit_that_is_half_picked_loses_what_nobody_picked(desk: Desk) -> None:
    shop = await desk.shop(skus=2, locations=2)
    one, two = shop.skus
    kit = await desk.kit((one, 1), (two, 1))
    await desk.receive(one, shop.locations[0], 2)
    await desk.receive(two, shop.locations[1], 2)
    order_id, works = await desk.sourced(an_order(shop.channel.code, [(kit.code, 2)]))
    [first] = [work for work in works if work.location_id == shop.locations[0].id]
    await desk.release(first.id)
    await desk.pick(first.id)
    outcome = await desk.cancel(order_id)
    assert (outcome.code, outcome.details) == ("partly_cancelled", {"kept": 2})
    assert await desk.units(order_id) == {(1, 1): {"picked": 2}, (1, 2): {"cancelled": 2}}
    assert await desk.stock(two, shop.locations[1]) == {"available": 2}


async def test_holds_go_when_a_download_is_all_that_is_left(desk: Desk) -> None:
    """Fault: the order was delivered, and its hold stayed open with nothing to block."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    song = await desk.sku(kind="digital")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 2), (song.code, 1)]))
    assert await desk.hold(order_id) == "held"
    assert (await desk.cancel(order_id, (1, None))).code == "cancelled"
    assert await desk.status(order_id) == "delivered"
    assert await desk.holds(order_id) == []
    assert await desk.value("SELECT hold_count FROM orders WHERE id = $1", order_id) == 0


# ---- what a location has begun on ----


@pytest.mark.parametrize("steps", [("start",), ("pick",), ("pick", "pack"), ("pick", "pack", "label")])
async def test_what_is_recalled_is_put_back_on_the_shelf(desk: Desk, steps: tuple[str, ...]) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.release(work.id)
    for step in steps:
        await getattr(desk, step)(work.id)
    assert (await desk.cancel(order_id)).code == "already_picked"

    outcome = await desk.cancel(order_id, recall=True)

    assert (outcome.code, outcome.details) == ("cancelled", {})
    assert await desk.status(order_id) == "cancelled"
    assert await desk.states(order_id) == ["cancelled"]
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 9}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (9, 0, 0)
    assert {"fulfillment.cancelled", "fulfillment.recalled"} <= set(await desk.events(order_id))
    assert await desk.queue("label") == set()
    if "pack" in steps:
        assert await desk.fetch(
            "SELECT s.state, p.state FROM shipment AS s JOIN parcel AS p ON p.shipment_id = s.id"
        ) == [("cancelled", "cancelled")]
    assert (await desk.ship(work.id))[0] == "wrong_state"


async def test_a_part_is_recalled_from_what_is_picked(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    await desk.release(work.id)
    await desk.pick(work.id)

    assert (await desk.cancel(order_id, (1, 2), recall=True)).code == "cancelled"

    assert await desk.units(order_id) == {(1, 1): {"cancelled": 2, "picked": 3}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 6, "picked": 3}
    assert await desk.states(order_id) == ["picked"]
    assert await desk.pack(work.id) == ["packed"]
    await desk.label(work.id)
    assert await desk.ship(work.id) == ["shipped"]
    assert await desk.units(order_id) == {(1, 1): {"cancelled": 2, "shipped": 3}}
    assert (await desk.cancel(order_id, recall=True)).code == "already_shipped"

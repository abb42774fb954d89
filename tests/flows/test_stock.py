"""Stock that arrives, is corrected and is lost; who is served with it, and whose allocation it breaks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orderwright.catalog import SkuFacts, upsert_locations
from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.source_orders import source_orders
from orderwright.inventory import AdjustStock, ExpectSupply, ReceiveStock
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_location
from tests.builders.orders import an_order
from tests.helpers.desk import Desk, codes


async def waits(desk: Desk, shop: Shop, units: int, priority: int = 0) -> UUID:
    """An order that is backordered."""
    return await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, units)], priority=priority))


# ---- receipts ----


async def test_a_receipt_raises_what_is_available_and_what_can_be_promised(desk: Desk) -> None:
    shop = await desk.shop()
    outcome = await desk.receive(shop.skus[0], shop.locations[0], 5, reference="PO-1")
    assert (outcome.code, outcome.ok) == ("received", True)
    assert outcome.id is not None
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 5}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (5, 0, 0)
    assert await desk.events(outcome.id) == ["stock.received"]
    assert await desk.fetch("SELECT from_bucket, to_bucket, quantity, kind, subject_id FROM movement") == [
        ("supplier", "available", 5, "receipt", outcome.id)
    ]
    assert await desk.queue("backorders") == {shop.skus[0].id}


async def test_receipts_that_cannot_be(desk: Desk) -> None:
    shop = await desk.shop()
    sku, at = shop.skus[0].code, shop.locations[0].code
    kit = await desk.kit((shop.skus[0], 1))
    song = await desk.sku(kind="digital")
    make = lambda sku, at, **rest: ReceiveStock(sku=sku, location=at, quantity=1, **rest)  # noqa: E731
    commands = [
        make("nope", "nope"), make(sku, "nope"), make(kit.code, at), make(song.code, at), make(sku, at, supply="x"),
        make(sku, at, supply="sup_00000000000000000000000000"), make(sku, at), make(sku, at),
    ]  # fmt: skip
    assert codes(await desk.run(receive_stock, commands)) == [
        "unknown_sku", "unknown_location", "not_stocked", "not_stocked", "unknown_supply", "unknown_supply",
        "received", "received",
    ]  # fmt: skip
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 2}
    stranger = Desk(desk.database, locations=frozenset())
    assert (await stranger.receive(shop.skus[0], shop.locations[0], 1)).code == "location_not_allowed"
    with pytest.raises(PermissionDenied):
        await Desk(desk.database, permissions={"orders.place"}).receive(shop.skus[0], shop.locations[0], 1)


async def test_nothing_comes_in_at_an_inactive_location(desk: Desk) -> None:
    """Nobody is sent there for goods, so that none of its units may be promised."""
    shop = await desk.shop(location={"active": False})
    sku, closed = shop.skus[0], shop.locations[0]
    assert (await desk.receive(sku, closed, 5)).code == "location_inactive"
    assert (await desk.adjust(sku, closed, 5, "found")).code == "location_inactive"
    assert (await desk.adjust(sku, closed, 0)).code == "zero_quantity"
    assert (await desk.adjust(sku, closed, -5)).code == "insufficient_stock"
    assert await desk.stock(sku, closed) == {}
    assert await desk.atp(sku, shop.pool_id) == (0, 0, 0)
    assert await desk.queue("backorders") == set()

    await desk.run(upsert_locations, [a_location(shop.pool_code, code=closed.code)])

    assert (await desk.receive(sku, closed, 5)).code == "received"
    assert await desk.atp(sku, shop.pool_id) == (5, 0, 0)


# ---- the backorder pump ----


async def test_those_who_wait_are_served_first_come_first_served_within_priority(desk: Desk) -> None:
    shop = await desk.shop()
    first, second, third = [await waits(desk, shop, 2, priority) for priority in (0, 5, 0)]
    await desk.verify(first, second, third)
    await desk.run(lambda tx, ctx: source_orders(tx, ctx, [first, second, third]))
    await desk.receive(shop.skus[0], shop.locations[0], 3)

    assert await desk.fill(shop.skus[0]) == 3

    assert await desk.units(second) == {(1, 1): {"promised": 2}}
    assert await desk.units(first) == {(1, 1): {"promised": 1, "backordered": 1}}
    assert await desk.units(third) == {(1, 1): {"backordered": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 3, 3)
    assert await desk.queue("source") == {first, second}
    assert await desk.queue("backorders") == set()
    assert await desk.events(second) == ["order.placed", "order.verified", "order.backorder_filled"]
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    assert await desk.fill(shop.skus[0]) == 3
    assert await desk.fill(shop.skus[0]) == 0
    assert await desk.atp(shop.skus[0], shop.pool_id) == (6, 6, 0)
    assert await desk.counts("backorder") == {"backorder": 0}


async def test_a_new_order_takes_nothing_that_others_wait_for(desk: Desk) -> None:
    """Goods for four have come in; two of five that were waited for are free, and only the pump deals them out."""
    shop = await desk.shop(channel={"short_line_policy": "backorder"})
    first = await waits(desk, shop, 2)
    await desk.receive(shop.skus[0], shop.locations[0], 4)
    second = await waits(desk, shop, 3)
    assert await desk.units(second) == {(1, 1): {"promised": 2, "backordered": 1}}
    assert await desk.fill(shop.skus[0]) == 2
    assert await desk.units(first) == {(1, 1): {"promised": 2}}


async def test_an_order_waits_for_several_things(desk: Desk) -> None:
    shop = await desk.shop(skus=2)
    one, two = shop.skus
    order_id = await desk.placed(an_order(shop.channel.code, [(one.code, 1), (two.code, 2), (one.code, 1)]))
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 2)
    assert await desk.fill(one, two) == 4
    assert await desk.units(order_id) == {
        (1, 1): {"promised": 1}, (2, 1): {"promised": 2}, (3, 1): {"promised": 1},
    }  # fmt: skip
    assert (await desk.events(order_id)).count("order.backorder_filled") == 1


async def test_a_negative_atp_is_made_good_before_anybody_is_served(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 3)
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await desk.adjust(shop.skus[0], shop.locations[0], -3, "theft")
    waiting = await waits(desk, shop, 1)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-3, 3, 1)
    await desk.receive(shop.skus[0], shop.locations[0], 3)
    assert await desk.fill(shop.skus[0]) == 0
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    assert await desk.fill(shop.skus[0]) == 1
    assert await desk.units(waiting) == {(1, 1): {"promised": 1}}


async def test_what_an_order_that_was_cancelled_meanwhile_waited_for_goes_to_the_next(desk: Desk) -> None:
    shop = await desk.shop()
    first, second = await waits(desk, shop, 2), await waits(desk, shop, 2)
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    await desk.cancel(first)
    assert await desk.fill(shop.skus[0]) == 2
    assert await desk.units(second) == {(1, 1): {"promised": 2}}


# ---- dated supply ----


async def some_supply(desk: Desk, shop: Shop, sku: SkuFacts, quantity: int) -> str:
    expected = ExpectSupply(sku=sku.code, pool=shop.pool_code, quantity=quantity, due_on=date(2031, 1, 1))
    [outcome] = await desk.run(expect_supply, [expected])
    return encode_id("sup", outcome.id)


async def supply_of(desk: Desk) -> tuple[int, int]:
    [row] = await desk.fetch("SELECT quantity, preordered FROM supply")
    return tuple(row)


async def test_a_supply_that_comes_in_parts_is_never_promised_twice(desk: Desk) -> None:
    """Fault: what came in was taken off the promises of the supply twice, and the rest was sold again."""
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    sku = shop.skus[0]
    supply = await some_supply(desk, shop, sku, 10)
    first = await waits(desk, shop, 10)
    assert await supply_of(desk) == (10, 10)

    await desk.receive(sku, shop.locations[0], 4, supply=supply)
    assert await supply_of(desk) == (6, 6)
    assert await desk.fill(sku) == 4
    assert await supply_of(desk) == (6, 6)
    assert await desk.units(first) == {(1, 1): {"promised": 4, "backordered": 6}}
    assert codes(await desk.place(an_order(shop.channel.code, [(sku.code, 1)]))) == ["out_of_stock"]

    await desk.receive(sku, shop.locations[0], 6, supply=supply)
    assert await supply_of(desk) == (0, 0)
    assert await desk.fill(sku) == 6
    assert await desk.units(first) == {(1, 1): {"promised": 10}}


async def test_other_goods_that_serve_a_preorder_free_its_supply(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    sku = shop.skus[0]
    await some_supply(desk, shop, sku, 10)
    await waits(desk, shop, 8)
    await desk.receive(sku, shop.locations[0], 3)
    assert await desk.fill(sku) == 3
    assert await supply_of(desk) == (10, 5)
    assert codes(await desk.place(an_order(shop.channel.code, [(sku.code, 5)]))) == ["placed"]
    assert await supply_of(desk) == (10, 10)


async def test_a_supply_that_goes_to_others_stays_promised_for_what_is_left_of_it(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    sku = shop.skus[0]
    supply = await some_supply(desk, shop, sku, 5)
    preordered = await waits(desk, shop, 5)
    urgent = await desk.shop(channel={"pools": [shop.pool_code]})
    first = await desk.placed(an_order(urgent.channel.code, [(sku.code, 3)], priority=50))
    await desk.receive(sku, shop.locations[0], 3, supply=supply)
    assert await desk.fill(sku) == 3
    assert await desk.units(first) == {(1, 1): {"promised": 3}}
    assert await supply_of(desk) == (2, 2)
    assert (await desk.cancel(preordered, (1, 2))).code == "cancelled"
    assert await supply_of(desk) == (2, 2)
    assert (await desk.cancel(preordered, (1, 2))).code == "cancelled"
    assert await supply_of(desk) == (2, 1)


async def test_more_than_expected_arrives(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "preorder"})
    supply = await some_supply(desk, shop, shop.skus[0], 5)
    await waits(desk, shop, 2)
    await desk.receive(shop.skus[0], shop.locations[0], 9, supply=supply)
    assert await supply_of(desk) == (0, 0)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (9, 0, 2)


async def test_a_supply_of_another_sku_or_pool(desk: Desk) -> None:
    shop, other = await desk.shop(skus=2), await desk.shop()
    supply = await some_supply(desk, shop, shop.skus[0], 5)
    assert (await desk.receive(shop.skus[1], shop.locations[0], 1, supply=supply)).code == "unknown_supply"
    assert (await desk.receive(shop.skus[0], other.locations[0], 1, supply=supply)).code == "unknown_supply"
    assert await supply_of(desk) == (5, 0)


# ---- adjustments ----


async def test_what_is_found_serves_those_who_wait(desk: Desk) -> None:
    shop = await desk.shop()
    await waits(desk, shop, 2)
    outcome = await desk.adjust(shop.skus[0], shop.locations[0], 3, "found")
    assert (outcome.code, outcome.details) == ("adjusted", {})
    assert outcome.id is not None
    assert await desk.events(outcome.id) == ["stock.adjusted"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 0, 2)
    assert await desk.queue("backorders") == {shop.skus[0].id}


async def test_a_loss_of_what_nobody_was_promised(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    assert (await desk.adjust(shop.skus[0], shop.locations[0], -2)).code == "adjusted"
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 3}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 0, 0)


async def test_a_loss_breaks_allocations_the_latest_promise_first(desk: Desk) -> None:
    shop = await desk.shop()
    sku, here = shop.skus[0], shop.locations[0]
    await desk.receive(sku, here, 7)
    early, _ = await desk.sourced(an_order(shop.channel.code, [(sku.code, 3)]))
    late, _ = await desk.sourced(an_order(shop.channel.code, [(sku.code, 3)]))
    await desk.run(lambda tx, ctx: tx.execute("UPDATE orders SET promised_on = '2020-01-01' WHERE id = $1", early))

    outcome = await desk.adjust(sku, here, -5, "damage")

    assert (outcome.code, outcome.details) == ("adjusted", {"broken": 4})
    assert await desk.stock(sku, here) == {"allocated": 2}
    assert await desk.units(late) == {(1, 1): {"promised": 3}}
    assert await desk.units(early) == {(1, 1): {"promised": 1, "allocated": 2}}
    assert await desk.atp(sku, shop.pool_id) == (-4, 4, 0)
    assert await desk.states(late) == ["cancelled"]
    assert await desk.states(early) == ["open"]
    assert await desk.queue("source") == {early, late}
    assert (await desk.events(late))[-2:] == ["fulfillment.broken", "fulfillment.cancelled"]
    assert (await desk.events(early))[-1] == "fulfillment.broken"
    assert await desk.source(early, late) == ["unsourced", "unsourced"]
    await desk.receive(sku, here, 4)
    assert await desk.atp(sku, shop.pool_id) == (0, 4, 0)
    assert await desk.source(early, late) == ["sourced", "sourced"]


async def test_what_was_picked_cannot_be_lost_by_a_count(desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 3)
    _, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.release(work.id)
    await desk.pick(work.id)
    outcome = await desk.adjust(shop.skus[0], shop.locations[0], -2)
    assert (outcome.code, outcome.details) == (
        "insufficient_stock", {"sku": shop.skus[0].code, "location": shop.locations[0].code},
    )  # fmt: skip
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 1, "picked": 2}


async def test_a_broken_order_with_another_line_keeps_its_work(desk: Desk) -> None:
    shop = await desk.shop(skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 1)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(sku.code, 1) for sku in shop.skus]))
    await desk.adjust(shop.skus[0], shop.locations[0], -1)
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}, (2, 1): {"allocated": 1}}
    assert await desk.states(order_id) == ["open"]
    assert await desk.release(work.id) == ["released"]
    assert (await desk.pick(work.id)).code == "picked"


async def test_adjustments_of_one_batch_follow_one_another(desk: Desk) -> None:
    shop = await desk.shop()
    sku, at = shop.skus[0].code, shop.locations[0].code
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    make = lambda delta, **rest: AdjustStock(  # noqa: E731
        **{"sku": sku, "location": at, "delta": delta, "reason": "count"} | rest
    )
    commands: list[Any] = [make(-4), make(-4), make(3), make(-4), make(0), make(-1, sku="nope")]
    outcomes = await desk.run(adjust_stock, commands)
    assert codes(outcomes) == [
        "adjusted", "insufficient_stock", "adjusted", "adjusted", "zero_quantity", "unknown_sku",
    ]  # fmt: skip
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {}


async def test_two_merchants_keep_their_own_stock(desk: Desk) -> None:
    other = Desk(desk.database, "bolt")
    mine, theirs = await desk.shop(), await other.shop()
    await desk.receive(mine.skus[0], mine.locations[0], 5)
    assert (await other.receive(mine.skus[0], mine.locations[0], 5)).code == "unknown_sku"
    assert (await other.adjust(theirs.skus[0], theirs.locations[0], 2, "found")).code == "adjusted"
    assert await desk.counts("movement") == {"movement": 1}
    assert await other.counts("movement") == {"movement": 1}
    await other.audit()

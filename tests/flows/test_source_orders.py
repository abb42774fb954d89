"""Sourcing: complete, split, excluded, overtaken, limited by capacity; the date that is promised with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from orderwright.catalog import upsert_locations
from orderwright.flows.source_orders import source_orders
from orderwright.platform.ids import UUID, new_id
from tests.builders.catalog import Shop, a_location
from tests.builders.orders import an_address, an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk

NEAR = an_address(latitude=40.0, longitude=-82.8)


async def two_locations(desk: Desk, first: int, second: int, **fields: Any) -> Shop:
    """A shop with two locations, and so many units of its first SKU at each."""
    shop = await desk.shop(**{"locations": 2} | fields)
    for at, units in zip(shop.locations, (first, second), strict=True):
        if units:
            await desk.receive(shop.skus[0], at, units)
    return shop


# ---- where ----


async def test_an_order_comes_from_one_location_where_one_has_all(desk: Desk) -> None:
    shop = await two_locations(desk, 2, 9)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    assert (work.location_id, work.method, work.state) == (shop.locations[1].id, "ship", "open")
    assert await desk.units(order_id) == {(1, 1): {"allocated": 5}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (6, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"available": 4, "allocated": 5}
    assert await desk.counts("promise", "allocation") == {"promise": 0, "allocation": 1}
    assert (await desk.queue("source"), await desk.queue("release")) == (set(), {work.id})
    assert await desk.fetch("SELECT n, outcome, explanation ->> 'rule' FROM sourcing_decision") == [
        (1, "sourced", "complete")
    ]


async def test_a_split_order(desk: Desk) -> None:
    shop = await two_locations(desk, 2, 3)
    order_id, works = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    assert {work.location_id for work in works} == {location.id for location in shop.locations}
    assert await desk.units(order_id) == {(1, 1): {"allocated": 5}}
    assert await desk.value("SELECT explanation ->> 'rule' FROM sourcing_decision") == "split"


async def test_what_several_pools_promised_comes_from_each(desk: Desk) -> None:
    one, two = await two_locations(desk, 2, 0), await two_locations(desk, 0, 0)
    sku = one.skus[0]
    await desk.receive(sku, two.locations[0], 3)
    both = await desk.shop(channel={"pools": [one.pool_code, two.pool_code]})
    _, works = await desk.sourced(an_order(both.channel.code, [(sku.code, 5)]))
    assert {work.location_id for work in works} == {one.locations[0].id, two.locations[0].id}
    assert await desk.atp(sku, one.pool_id) == (0, 0, 0)
    assert await desk.atp(sku, two.pool_id) == (0, 0, 0)


async def test_an_excluded_location_is_not_asked_again(desk: Desk) -> None:
    shop = await two_locations(desk, 5, 5)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    assert await desk.reject(work.id, "no_capacity") == "rejected"
    assert await desk.queue("source") == {order_id}
    assert await desk.source(order_id) == ["sourced"]
    _, again = await desk.fulfillments(order_id)
    assert again.location_id != work.location_id
    assert await desk.reject(again.id, "no_capacity") == "rejected"
    assert await desk.source(order_id) == ["unsourced"]
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}}
    other, _ = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    assert await desk.units(other) == {(1, 1): {"allocated": 2}}


async def a_rejected_order(desk: Desk, reason: str) -> tuple[Shop, UUID]:
    """An order of one unit, which its only location rejected."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 5)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    assert await desk.reject(work.id, reason) == "rejected"
    assert await desk.source(order_id) == ["unsourced"]
    return shop, order_id


async def test_a_location_is_asked_again_after_a_day(desk: Desk) -> None:
    """Fault: once it had rejected an order, it never saw it again, and the order waited for ever."""
    _, order_id = await a_rejected_order(desk, "no_capacity")
    age = "UPDATE sourcing_exclusion SET created_at = now() - make_interval(mins => $1)"
    await desk.run(lambda tx, ctx: tx.execute(age, 24 * 60 - 1))
    assert await desk.source(order_id) == ["unsourced"]
    assert [o.code for o in await desk.run(lambda tx, ctx: source_orders(tx, ctx, [order_id], 48))] == ["unsourced"]
    await desk.run(lambda tx, ctx: tx.execute(age, 24 * 60 + 1))
    assert [o.code for o in await desk.run(lambda tx, ctx: source_orders(tx, ctx, [order_id], 48))] == ["unsourced"]
    assert await desk.source(order_id) == ["sourced"]
    [_, again] = await desk.fulfillments(order_id)
    assert await desk.reject(again.id, "closed") == "rejected"  # it says no once more, which begins anew
    assert await desk.source(order_id) == ["unsourced"]
    assert await desk.fetch("SELECT reason FROM sourcing_exclusion") == [("closed",)]


@pytest.mark.parametrize(
    ("reason", "codes"), [("out_of_stock", "sourced"), ("other", "sourced"), ("closed", "unsourced")]
)
async def test_a_location_is_asked_again_when_the_goods_come_in_there(desk: Desk, reason: str, codes: str) -> None:
    shop, order_id = await a_rejected_order(desk, reason)
    other = await desk.sku()
    await desk.receive(other, shop.locations[0], 5)
    assert await desk.source(order_id) == ["unsourced"]
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    await desk.fill(shop.skus[0])
    assert await desk.fetch("SELECT due <= now() FROM work WHERE stage = 'source'") == [(True,)]
    assert await desk.source(order_id) == [codes]


async def test_a_location_that_found_the_goods_after_all_is_asked_again(desk: Desk) -> None:
    shop, order_id = await a_rejected_order(desk, "out_of_stock")
    await desk.adjust(shop.skus[0], shop.locations[0], -2)
    assert await desk.source(order_id) == ["unsourced"]
    await desk.adjust(shop.skus[0], shop.locations[0], 1, "found")
    assert await desk.source(order_id) == ["sourced"]


async def test_what_nobody_can_bring_is_asked_again_later(desk: Desk) -> None:
    """A unit was lost after it was promised: it stays promised, and the order due in ten minutes."""
    shop = await two_locations(desk, 5, 0)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    assert (await desk.adjust(shop.skus[0], shop.locations[0], -2)).code == "adjusted"
    await desk.verify(order_id)
    claim = "UPDATE work SET due = now() + interval '5 minutes' WHERE stage = 'source'"
    await desk.run(lambda tx, ctx: tx.execute(claim))
    assert await desk.source(order_id) == ["partly_sourced"]
    assert await desk.units(order_id) == {(1, 1): {"promised": 2, "allocated": 3}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 2, 0)
    [row] = await desk.fetch("SELECT due - now() AS wait, attempts FROM work WHERE stage = 'source'")
    assert timedelta(minutes=9) < row["wait"] <= timedelta(minutes=10)
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    assert await desk.source(order_id) == ["sourced"]
    assert await desk.queue("source") == set()


async def test_orders_of_a_batch_share_the_stock(desk: Desk) -> None:
    shop = await two_locations(desk, 3, 2)
    orders = [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, n)])) for n in (2, 3)]
    await desk.verify(*orders)
    assert await desk.source(*orders) == ["sourced", "sourced"]
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"allocated": 3}
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"allocated": 2}


async def test_sourcing_twice_changes_nothing(desk: Desk) -> None:
    shop = await two_locations(desk, 5, 0)
    order_id, _ = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    assert await desk.source(order_id) == ["nothing_to_source"]
    assert await desk.source(new_id()) == ["order_not_found"]
    assert len(await desk.fulfillments(order_id)) == 1


# ---- capacity ----


async def test_capacity_is_counted_for_the_day_on_which_the_work_is_due(desk: Desk) -> None:
    """Fault: work that is due after the weekend was not counted, so that a Friday evening had no limit."""
    shop = await desk.shop(location={"daily_capacity": 1, "open_weekdays": [1, 2, 3, 4, 5], "cutoff": time(16)})
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    friday_evening = datetime(2030, 3, 1, 23, 0, tzinfo=UTC)  # 18:00 in New York: due on Monday
    orders = [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)])) for _ in range(3)]

    await desk.verify(*orders)

    async def source(now: datetime, *order_ids: Any) -> list[str]:
        ctx = a_context(now=now)
        async with desk.database.transaction("acme") as tx:
            return [o.code for o in await source_orders(tx, ctx, order_ids)]

    assert await source(friday_evening, *orders[:1]) == ["sourced"]
    assert await source(friday_evening, *orders[1:2]) == ["unsourced"]
    assert await source(friday_evening + timedelta(days=2), *orders[1:2]) == ["unsourced"]
    monday_evening = friday_evening + timedelta(days=3)
    assert await source(monday_evening, *orders[1:]) == ["sourced", "unsourced"]
    await desk.audit()


async def test_a_location_without_capacity_is_passed_over(desk: Desk) -> None:
    shop = await desk.shop(location={"daily_capacity": 0})
    spare = a_location(shop.pool_code)
    await desk.run(lambda tx, ctx: upsert_locations(tx, ctx, [spare]))
    for at in (shop.locations[0], spare):
        await desk.receive(shop.skus[0], at, 9)
    _, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    assert work.location_id != shop.locations[0].id


# ---- when ----


async def promise_of(desk: Desk) -> tuple[Any, ...]:
    return tuple((await desk.fetch("SELECT promised_on, promise_zone FROM orders"))[0])


async def test_an_order_is_promised_when_it_is_sourced(desk: Desk) -> None:
    shop = await two_locations(desk, 5, 0)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=NEAR))
    assert await promise_of(desk) == (None, None)
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]
    on, zone = await promise_of(desk)
    assert zone == "America/New_York"
    assert on > datetime.now(UTC).date()
    data = await desk.value("SELECT data::text FROM event WHERE type = 'order.sourced'")
    assert f'"promised_on": "{on}"' in data
    assert '"promise_zone": "America/New_York"' in data


@pytest.mark.parametrize(("before", "kept"), [(date(2020, 1, 1), False), (date(2040, 1, 1), True)])
async def test_a_promise_only_moves_to_a_later_date(desk: Desk, before: date, kept: bool) -> None:
    shop = await two_locations(desk, 5, 0)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=NEAR))
    set_promise = "UPDATE orders SET promised_on = $1, promise_zone = 'America/Denver'"
    await desk.run(lambda tx, ctx: tx.execute(set_promise, before))
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]
    on, zone = await promise_of(desk)
    assert (on == before, zone) == (kept, "America/Denver" if kept else "America/New_York")
    data = await desk.value("SELECT data ->> 'promised_on' FROM event WHERE type = 'order.sourced'")
    assert data == str(on)


async def test_an_order_that_nobody_can_bring_is_told_of_once(desk: Desk) -> None:
    """Fault: it was decided and told anew every ten minutes, for as long as nothing changed."""
    shop = await two_locations(desk, 5, 0)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    await desk.adjust(shop.skus[0], shop.locations[0], -5)
    await desk.verify(order_id)
    assert [await desk.source(order_id) for _ in range(3)] == [["unsourced"]] * 3
    assert await desk.events(order_id) == ["order.placed", "order.verified", "order.sourced"]
    assert await desk.counts("sourcing_decision") == {"sourcing_decision": 1}
    await desk.receive(shop.skus[0], shop.locations[0], 2)
    assert await desk.source(order_id) == ["partly_sourced"]
    assert [await desk.source(order_id) for _ in range(2)] == [["unsourced"]] * 2
    assert await desk.fetch("SELECT n, outcome FROM sourcing_decision ORDER BY n") == [
        (1, "unsourced"),
        (2, "partly_sourced"),
        (3, "unsourced"),
    ]
    assert (await desk.events(order_id)).count("order.sourced") == 3

"""A channel sells from several pools: whatever comes into any of them serves those who wait, in turn."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from orderwright.catalog import (
    LocationFacts,
    SkuFacts,
    locations_by_code,
    upsert_locations,
    upsert_pools,
)
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.stages import stages
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ExpectSupply
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.pumps import drain
from tests.builders.catalog import a_channel, a_location, a_pool, accepted
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes


class Pools(NamedTuple):
    """Two pools of a location each, and one SKU."""

    near: LocationFacts
    far: LocationFacts
    codes: tuple[str, str]
    sku: SkuFacts


async def two_pools(desk: Desk) -> Pools:
    pools = [a_pool(), a_pool()]
    places = [a_location(pool.code) for pool in pools]

    async def verb(tx: Transaction, ctx: Context) -> list[LocationFacts]:
        accepted(await upsert_pools(tx, ctx, pools))
        accepted(await upsert_locations(tx, ctx, places))
        found = await locations_by_code(tx, [place.code for place in places])
        return [found[place.code] for place in places]

    near, far = await desk.run(verb)
    return Pools(near, far, (pools[0].code, pools[1].code), await desk.sku())


async def sells_from(desk: Desk, *pools: str, **fields: Any) -> str:
    """The code of a new channel."""
    channel = a_channel(*pools, **fields)

    async def verb(tx: Transaction, ctx: Context) -> None:
        accepted(await upsert_channels(tx, ctx, [channel]))

    await desk.run(verb)
    return channel.code


async def waits(desk: Desk, channel: str, sku: SkuFacts, units: int, **fields: Any) -> UUID:
    return await desk.placed(an_order(channel, [(sku.code, units)], **fields))


async def test_what_comes_into_the_second_pool_serves_those_who_wait(desk: Desk) -> None:
    """Fault: they waited in the first pool only."""
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes)
    order_id = await waits(desk, both, p.sku, 5)
    assert await desk.atp(p.sku, p.near.pool_id) == (0, 0, 5)
    await desk.receive(p.sku, p.far, 3)

    assert await desk.fill(p.sku) == 3

    assert await desk.units(order_id) == {(1, 1): {"promised": 3, "backordered": 2}}
    assert await desk.atp(p.sku, p.near.pool_id) == (0, 0, 2)
    assert await desk.atp(p.sku, p.far.pool_id) == (0, 3, 0)
    assert await desk.queue("backorders") == set()
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]
    assert [f.location_id for f in await desk.fulfillments(order_id)] == [p.far.id]


async def test_one_line_is_served_from_both_pools_the_first_of_the_channel_first(desk: Desk) -> None:
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes)
    order_id = await waits(desk, both, p.sku, 5)
    await desk.receive(p.sku, p.far, 9)
    await desk.receive(p.sku, p.near, 2)
    assert await desk.fill(p.sku) == 5
    assert await desk.atp(p.sku, p.near.pool_id) == (0, 2, 0)
    assert await desk.atp(p.sku, p.far.pool_id) == (6, 3, 0)
    assert await desk.units(order_id) == {(1, 1): {"promised": 5}}
    assert (await desk.events(order_id)).count("order.backorder_filled") == 1


async def test_those_of_all_pools_stand_in_one_queue(desk: Desk) -> None:
    """First come first served within priority, wherever a line was placed to wait."""
    p = await two_pools(desk)
    both, far_only = await sells_from(desk, *p.codes), await sells_from(desk, p.codes[1])
    near_only = await sells_from(desk, p.codes[0])
    never = await waits(desk, near_only, p.sku, 9, priority=50)
    first = await waits(desk, both, p.sku, 2)
    second = await waits(desk, far_only, p.sku, 2)
    urgent = await waits(desk, both, p.sku, 2, priority=5)
    await desk.receive(p.sku, p.far, 5)
    assert await desk.fill(p.sku) == 5
    assert await desk.units(urgent) == {(1, 1): {"promised": 2}}
    assert await desk.units(first) == {(1, 1): {"promised": 2}}
    assert await desk.units(second) == {(1, 1): {"promised": 1, "backordered": 1}}
    assert await desk.units(never) == {(1, 1): {"backordered": 9}}
    assert await desk.queue("backorders") == set()


async def test_what_one_pass_cannot_give_comes_with_the_next(desk: Desk) -> None:
    """The first in turn takes the near pool, so that the far one is free for the second."""
    p = await two_pools(desk)
    both, far_only = await sells_from(desk, *p.codes), await sells_from(desk, p.codes[1])
    first, second = await waits(desk, both, p.sku, 5), await waits(desk, far_only, p.sku, 5)
    await desk.receive(p.sku, p.near, 5)
    await desk.receive(p.sku, p.far, 5)
    await drain(desk.database, "acme", [stage for stage in stages() if stage.name == "backorders"])
    assert await desk.units(first) == {(1, 1): {"promised": 5}}
    assert await desk.units(second) == {(1, 1): {"promised": 5}}
    await desk.audit()


async def test_a_line_that_names_its_location_waits_for_its_pool_only(desk: Desk) -> None:
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes)
    line = a_line(p.sku.code, 2, delivery="pickup", location=p.near.code)
    order_id = await desk.placed(an_order(both, [line]))
    await desk.receive(p.sku, p.far, 2)
    assert await desk.fill(p.sku) == 0
    assert await desk.queue("backorders") == set()
    await desk.receive(p.sku, p.near, 2)
    assert await desk.fill(p.sku) == 2
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}}


async def test_a_new_order_takes_nothing_that_lines_in_another_pool_wait_for(desk: Desk) -> None:
    """Goods for six have come in, five of which are waited for: only the pump deals those out (law G3)."""
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes)
    far_only = await sells_from(desk, p.codes[1], short_line_policy="reject")
    first = await waits(desk, both, p.sku, 5)
    await desk.receive(p.sku, p.far, 6)
    assert codes(await desk.place(an_order(far_only, [(p.sku.code, 2)]))) == ["out_of_stock"]
    assert codes(await desk.place(an_order(far_only, [(p.sku.code, 1)]))) == ["placed"]
    second = await waits(desk, both, p.sku, 1)
    assert await desk.units(second) == {(1, 1): {"backordered": 1}}
    assert await desk.fill(p.sku) == 5
    assert await desk.units(first) == {(1, 1): {"promised": 5}}


async def test_a_new_order_takes_what_those_who_wait_cannot_have(desk: Desk) -> None:
    """They wait in another pool, and their channel does not sell from this one or leaves its buffer."""
    p = await two_pools(desk)
    near_only, careful = await sells_from(desk, p.codes[0]), await sells_from(desk, *p.codes, buffer=3)
    far_only = await sells_from(desk, p.codes[1], short_line_policy="reject")
    await waits(desk, near_only, p.sku, 5)
    await waits(desk, careful, p.sku, 5)
    await desk.receive(p.sku, p.far, 3)
    assert await desk.fill(p.sku) == 0
    assert codes(await desk.place(an_order(far_only, [(p.sku.code, 3)]))) == ["placed"]


async def test_a_line_that_begins_to_wait_beside_stock_in_another_pool_wakes_the_pump(desk: Desk) -> None:
    """Units of the far pool are spoken for by a line that its buffer keeps from them: the newcomer may have them."""
    p = await two_pools(desk)
    careful, both = await sells_from(desk, p.codes[1], buffer=2), await sells_from(desk, *p.codes)
    await desk.receive(p.sku, p.far, 2)
    await waits(desk, careful, p.sku, 4)
    assert await desk.fill(p.sku) == 0
    newcomer = await waits(desk, both, p.sku, 1)
    assert await desk.units(newcomer) == {(1, 1): {"backordered": 1}}
    assert await desk.queue("backorders") == {p.sku.id}
    assert await desk.fill(p.sku) == 1
    assert await desk.units(newcomer) == {(1, 1): {"promised": 1}}


async def test_what_is_cancelled_in_one_pool_serves_a_line_of_another(desk: Desk) -> None:
    p = await two_pools(desk)
    both, far_only = await sells_from(desk, *p.codes), await sells_from(desk, p.codes[1])
    await desk.receive(p.sku, p.far, 2)
    gone = await waits(desk, far_only, p.sku, 2)
    order_id = await waits(desk, both, p.sku, 2)
    assert (await desk.cancel(gone)).code == "cancelled"
    assert await desk.queue("backorders") == {p.sku.id}
    assert await desk.fill(p.sku) == 2
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}}


async def test_a_paid_order_that_is_resolved_waits_for_all_pools(desk: Desk) -> None:
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes)
    order_id = await desk.placed(an_order(both, [("LATER", 2)]))
    later = await desk.sku(code="LATER")
    await desk.release_holds(order_id)
    await desk.resolve(order_id)
    assert await desk.units(order_id) == {(1, 1): {"backordered": 2}}
    await desk.receive(later, p.far, 2)
    assert await desk.fill(later) == 2
    assert await desk.atp(later, p.far.pool_id) == (0, 2, 0)


async def test_a_channel_that_sells_from_one_more_pool_or_keeps_less_wakes_the_pump(desk: Desk) -> None:
    p = await two_pools(desk)
    channel = await sells_from(desk, p.codes[0])
    order_id = await waits(desk, channel, p.sku, 5)
    await desk.receive(p.sku, p.far, 3)
    assert await desk.fill(p.sku) == 0

    await sells_from(desk, *p.codes, code=channel, buffer=1)
    assert await desk.queue("backorders") == {p.sku.id}
    assert await desk.fill(p.sku) == 2
    await sells_from(desk, *p.codes, code=channel)
    assert await desk.queue("backorders") == {p.sku.id}
    assert await desk.fill(p.sku) == 1
    assert await desk.units(order_id) == {(1, 1): {"promised": 3, "backordered": 2}}
    assert await desk.queue("backorders") == set()


async def test_a_preorder_is_served_from_any_pool_and_gives_its_claim_back(desk: Desk) -> None:
    p = await two_pools(desk)
    both = await sells_from(desk, *p.codes, short_line_policy="preorder")
    expected = ExpectSupply(sku=p.sku.code, pool=p.codes[1], quantity=5, due_on=date(2031, 1, 1))
    await desk.run(expect_supply, [expected])
    order_id = await waits(desk, both, p.sku, 4)
    assert await desk.atp(p.sku, p.far.pool_id) == (0, 0, 4)
    await desk.receive(p.sku, p.near, 3)
    assert await desk.fill(p.sku) == 3
    assert await desk.units(order_id) == {(1, 1): {"promised": 3, "backordered": 1}}
    assert await desk.value("SELECT preordered FROM supply") == 1

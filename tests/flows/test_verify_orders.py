"""Verification comes first, and once: nothing is sourced or released before it (ADR 0008), whoever queues it."""

from __future__ import annotations

from orderwright.flows.stages import stages
from orderwright.platform.pumps import drain, retry_set_aside
from orderwright.platform.work import enqueue_work
from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.desk import Desk

NOWHERE = an_address(postal_code="00000")


async def a_stocked_shop(desk: Desk) -> Shop:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    return shop


async def test_an_order_is_not_sourced_before_it_is_verified(desk: Desk) -> None:
    """Fault: whatever stood in the queue was sourced, also an order that verification would have held."""
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=NOWHERE))
    async with desk.database.transaction("acme") as tx:
        await enqueue_work(tx, "source", [order_id])

    assert await desk.source(order_id) == ["order_not_verified"]

    assert (await desk.queue("source"), await desk.queue("verify")) == (set(), {order_id})
    assert await desk.verify(order_id) == {order_id: ["address_invalid"]}
    assert await desk.queue("source") == {order_id}
    assert await desk.source(order_id) == ["order_held"]
    assert await desk.events(order_id) == ["order.placed", "order.verified", "order.held"]


async def test_a_pick_up_is_not_released_before_it_is_verified(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)
    order_id = await desk.placed(an_order(shop.channel.code, [line]))
    [work] = await desk.fulfillments(order_id)
    async with desk.database.transaction("acme") as tx:
        await enqueue_work(tx, "release", [work.id])

    assert await desk.release(work.id) == ["order_not_verified"]

    assert await desk.queue("release") == set()
    await desk.verify(order_id)
    assert await desk.queue("release") == {work.id}
    assert await desk.release(work.id) == ["released"]


async def test_a_verification_that_was_set_aside_keeps_its_order_until_it_is_tried_again(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=NOWHERE))
    async with desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET set_aside_at = now() WHERE stage = 'verify'")
        await enqueue_work(tx, "source", [order_id])
    await drain(desk.database, "acme", stages())
    assert (await desk.states(order_id), await desk.queue("verify")) == ([], {order_id})

    async with desk.database.transaction("acme") as tx:
        assert await retry_set_aside(tx, "verify", [order_id]) == 1
    await drain(desk.database, "acme", stages())

    assert await desk.holds(order_id) == ["address_invalid"]
    assert (await desk.states(order_id), await desk.queue("verify")) == ([], set())


async def test_what_a_person_released_is_not_held_again_when_the_batch_runs_again(desk: Desk) -> None:
    """Fault: the answer to a COMMIT was lost, the pump ran the batch again, and the order was held once more."""
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=NOWHERE))
    await desk.verify(order_id)
    await desk.release_holds(order_id)

    assert await desk.verify(order_id) == {}

    assert await desk.holds(order_id) == []
    assert await desk.events(order_id) == ["order.placed", "order.verified", "order.held", "order.released"]


async def test_an_order_that_was_delivered_at_its_placement_is_left_alone(desk: Desk) -> None:
    """Fault: a download of more than the limit was held after its end."""
    shop = await desk.shop(channel={"checks": {"total_max": 1}})
    song = await desk.sku(kind="digital")
    order_id = await desk.placed(an_order(shop.channel.code, [(song.code, 1)], ship_to=None))
    assert await desk.status(order_id) == "delivered"
    assert await desk.verify(order_id) == {}
    assert (await desk.holds(order_id), await desk.queue("verify"), await desk.queue("source")) == ([], set(), set())
    assert await desk.events(order_id) == ["order.placed"]

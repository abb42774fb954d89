"""What carriers say: late, twice, out of order, after the end, of nobody's parcel."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from orderwright.flows.record_tracking import record_tracking
from orderwright.fulfillment import ParcelRow, RecordTracking
from orderwright.fulfillment.carriers.builtin import tracking_number
from orderwright.orders import lock_orders
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.databases import waiting_backend
from tests.helpers.desk import Desk, codes

T0 = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORY = [("accepted", T0), ("in_transit", T0 + HOUR), ("out_for_delivery", T0 + 2 * HOUR), ("delivered", T0 + 3 * HOUR)]


async def a_stocked_shop(desk: Desk) -> Shop:
    shop = await desk.shop(skus=1)
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    return shop


async def on_its_way(desk: Desk) -> tuple[UUID, ParcelRow]:
    shop = await a_stocked_shop(desk)
    order_id, _, parcel = await desk.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    return order_id, parcel


async def parcel_state(desk: Desk) -> tuple[str, datetime]:
    [row] = await desk.fetch("SELECT state, tracked_at FROM parcel")
    return tuple(row)


async def test_a_parcel_arrives(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    states = []
    for code, at in STORY:
        assert await desk.track(parcel.tracking_number, code, at) == "recorded"
        states.append((await parcel_state(desk))[0])
    assert states == ["in_transit", "in_transit", "out_for_delivery", "delivered"]
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}
    assert (await desk.status(order_id), await desk.states(order_id)) == ("delivered", ["delivered"])
    assert await desk.value("SELECT state FROM shipment") == "delivered"
    assert (await desk.events(order_id))[-6:] == [
        "shipment.tracked", "shipment.tracked", "shipment.tracked", "shipment.tracked", "shipment.delivered",
        "order.delivered",
    ]  # fmt: skip
    assert await desk.value("SELECT happened_at FROM event WHERE type = 'shipment.delivered'") == T0 + 3 * HOUR


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
@pytest.mark.parametrize("at_once", [True, False])
async def test_whatever_the_order_the_end_is_the_same(desk: Desk, order: tuple[int, ...], at_once: bool) -> None:
    """Fault: tracking "shipped" after "delivered" overwrites."""
    order_id, parcel = await on_its_way(desk)
    assert parcel.tracking_number is not None
    commands = [
        RecordTracking(tracking_number=parcel.tracking_number, code=STORY[i][0], happened_at=STORY[i][1])  # type: ignore[arg-type]
        for i in order
    ]
    for batch in [commands] if at_once else [[command] for command in commands]:
        assert set(codes(await desk.run(record_tracking, batch))) == {"recorded"}
    assert await parcel_state(desk) == ("delivered", T0 + 3 * HOUR)
    assert await desk.status(order_id) == "delivered"
    assert (await desk.events(order_id)).count("shipment.delivered") == 1
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}


async def test_an_older_event_does_not_take_a_parcel_back(desk: Desk) -> None:
    _, parcel = await on_its_way(desk)
    await desk.track(parcel.tracking_number, "out_for_delivery", T0 + 2 * HOUR)
    assert await desk.track(parcel.tracking_number, "in_transit", T0 + HOUR) == "recorded"
    assert await parcel_state(desk) == ("out_for_delivery", T0 + 2 * HOUR)


async def test_an_exception_passes(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    await desk.track(parcel.tracking_number, "exception", T0)
    assert (await parcel_state(desk))[0] == "exception"
    await desk.track(parcel.tracking_number, "delivered", T0 + HOUR)
    assert await desk.status(order_id) == "delivered"


async def test_an_event_is_taken_once(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    number = parcel.tracking_number
    assert await desk.track(number, "delivered", T0, key="k-1") == "recorded"
    before = await desk.events(order_id)
    assert await desk.track(number, "delivered", T0, key="k-1") == "repeated"
    assert await desk.track(number, "in_transit", T0 + HOUR, key="k-1") == "repeated"
    assert await desk.events(order_id) == before
    assert await desk.counts("tracking_event") == {"tracking_event": 1}


async def test_events_without_a_key_are_told_apart_by_what_they_say(desk: Desk) -> None:
    _, parcel = await on_its_way(desk)
    number = parcel.tracking_number
    assert await desk.track(number, "in_transit", T0, place="Ohio") == "recorded"
    assert await desk.track(number, "in_transit", T0, place="Ohio") == "repeated"
    assert await desk.track(number, "in_transit", T0, place="Utah") == "recorded"
    assert await desk.track(number, "in_transit", T0 + HOUR, place="Ohio") == "recorded"


async def test_twins_of_one_batch(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    assert parcel.tracking_number is not None
    command = RecordTracking(tracking_number=parcel.tracking_number, code="delivered", happened_at=T0)
    unknown = RecordTracking(tracking_number="nobody's", code="delivered", happened_at=T0)
    assert codes(await desk.run(record_tracking, [command, unknown, command])) == [
        "recorded", "unknown_tracking_number", "repeated",
    ]  # fmt: skip
    assert (await desk.events(order_id)).count("shipment.delivered") == 1


async def test_delivered_twice_is_delivered_once(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    await desk.track(parcel.tracking_number, "delivered", T0)
    assert await desk.track(parcel.tracking_number, "delivered", T0 + HOUR) == "recorded"
    assert (await desk.events(order_id))[-2:] == ["order.delivered", "shipment.tracked"]
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}


async def labelled(desk: Desk) -> tuple[UUID, UUID, ParcelRow]:
    """An order whose parcel waits for the carrier, with its fulfillment."""
    shop = await a_stocked_shop(desk)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.release(work.id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    [parcel] = await desk.label(work.id)
    return order_id, work.id, parcel


async def test_what_is_said_before_the_parcel_is_marked_shipped_is_applied_when_it_is(desk: Desk) -> None:
    """Fault: it was refused, and lost where the carrier does not repeat itself."""
    order_id, work, parcel = await labelled(desk)
    number = parcel.tracking_number
    early = RecordTracking(tracking_number=number or "", code="in_transit", happened_at=T0 + HOUR)
    [outcome] = await desk.run(record_tracking, [early])
    assert (outcome.code, outcome.ok, outcome.details) == ("recorded", True, {"waits_for": "shipping"})
    assert await desk.track(number, "in_transit", T0 + HOUR) == "repeated"
    assert await desk.track(number, "accepted", T0) == "recorded"
    assert await desk.fetch("SELECT state, tracked_at FROM parcel") == [("labelled", None)]
    assert (await desk.status(order_id), await desk.states(order_id)) == ("packed", ["packed"])
    assert "shipment.tracked" not in await desk.events(order_id)

    assert await desk.ship(work) == ["shipped"]

    assert await parcel_state(desk) == ("in_transit", T0 + HOUR)
    assert await desk.status(order_id) == "shipped"
    assert (await desk.events(order_id))[-4:] == [
        "shipment.shipped", "shipment.tracked", "shipment.tracked", "order.shipped",
    ]  # fmt: skip
    assert await desk.track(number, "accepted", T0, key="late") == "recorded"
    assert await parcel_state(desk) == ("in_transit", T0 + HOUR)
    assert await desk.track(number, "delivered", T0 + 2 * HOUR) == "recorded"
    assert await desk.status(order_id) == "delivered"


async def test_a_parcel_that_arrived_before_it_was_marked_shipped(desk: Desk) -> None:
    order_id, work, parcel = await labelled(desk)
    for code, at in (STORY[3], STORY[0]):
        assert await desk.track(parcel.tracking_number, code, at) == "recorded"
    assert await desk.ship(work) == ["shipped"]
    assert await parcel_state(desk) == ("delivered", T0 + 3 * HOUR)
    assert (await desk.status(order_id), await desk.states(order_id)) == ("delivered", ["delivered"])
    assert await desk.value("SELECT state FROM shipment") == "delivered"
    assert await desk.units(order_id) == {(1, 1): {"shipped": 1, "delivered": 1}}
    assert (await desk.events(order_id))[-5:] == [
        "shipment.shipped", "shipment.tracked", "shipment.tracked", "shipment.delivered", "order.delivered",
    ]  # fmt: skip
    assert await desk.track(parcel.tracking_number, "out_for_delivery", T0 + 4 * HOUR) == "recorded"
    assert await parcel_state(desk) == ("delivered", T0 + 3 * HOUR)


async def test_another_merchant_s_parcel(desk: Desk) -> None:
    order_id, parcel = await on_its_way(desk)
    assert await Desk(desk.database, "bolt").track(parcel.tracking_number, "delivered", T0) == "unknown_tracking_number"
    assert await desk.status(order_id) == "shipped"


async def test_two_parcels_of_one_order(desk: Desk) -> None:
    shop = await desk.shop(locations=2)
    for at in shop.locations:
        await desk.receive(shop.skus[0], at, 2)
    order_id, works = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 4)]))
    parcels: list[Any] = []
    for work in works:
        await desk.release(work.id)
        await desk.pick(work.id)
        await desk.pack(work.id)
        parcels += await desk.label(work.id)
        await desk.ship(work.id)
    assert await desk.status(order_id) == "shipped"
    await desk.track(parcels[0].tracking_number, "delivered", T0)
    assert (await desk.status(order_id), await desk.units(order_id)) == (
        "shipped", {(1, 1): {"shipped": 4, "delivered": 2}},
    )  # fmt: skip
    await desk.track(parcels[1].tracking_number, "delivered", T0)
    assert await desk.status(order_id) == "delivered"


# ---- when it happened ----


@pytest.mark.parametrize(
    "at",
    [datetime(2056, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, tzinfo=UTC)],
)
async def test_a_time_that_cannot_be_is_not_recorded(desk: Desk, at: datetime) -> None:
    """Fault: it was, for good, and nothing that the carrier said later was newer."""
    _, parcel = await on_its_way(desk)
    assert await desk.track(parcel.tracking_number, "in_transit", at) == "implausible_time"
    assert await desk.counts("tracking_event") == {"tracking_event": 0}


async def test_a_clock_that_is_a_little_ahead_is_fine(desk: Desk) -> None:
    _, parcel = await on_its_way(desk)
    assert await desk.track(parcel.tracking_number, "in_transit", desk.ctx.now + timedelta(hours=23)) == "recorded"


async def times(desk: Desk) -> tuple[datetime, datetime | None]:
    [row] = await desk.fetch("SELECT shipped_at, delivered_at FROM fulfillment")
    return tuple(row)


async def test_it_arrived_when_the_carrier_says(desk: Desk) -> None:
    """Fault: when we heard of it."""
    _, parcel = await on_its_way(desk)
    left, _ = await times(desk)
    assert left == desk.ctx.now
    delivered = desk.ctx.now + 3 * HOUR
    await desk.track(parcel.tracking_number, "in_transit", desk.ctx.now + HOUR)
    assert await times(desk) == (left, None)
    await desk.track(parcel.tracking_number, "delivered", delivered)
    assert await times(desk) == (left, delivered)


async def test_it_left_before_the_carrier_had_it_but_not_before_it_was_packed(desk: Desk) -> None:
    _, parcel = await on_its_way(desk)
    async with desk.database.transaction("acme") as tx:
        await tx.fetch("UPDATE fulfillment SET packed_at = $1", desk.ctx.now - 2 * HOUR)
    await desk.track(parcel.tracking_number, "accepted", desk.ctx.now - HOUR)
    assert await times(desk) == (desk.ctx.now - HOUR, None)
    await desk.track(parcel.tracking_number, "delivered", desk.ctx.now - 3 * HOUR)
    assert await times(desk) == (desk.ctx.now - 2 * HOUR, desk.ctx.now - 2 * HOUR)


async def test_a_label_that_is_stored_meanwhile_is_not_known_yet(desk: Desk) -> None:
    """Fault: its order is not locked; the call failed as a whole."""
    shop = await a_stocked_shop(desk)
    order_id, _, parcel = await desk.shipped(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    _, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.release(work.id)
    await desk.pick(work.id)
    await desk.pack(work.id)
    late = tracking_number(encode_id("pcl", await desk.value("SELECT max(id::text)::uuid FROM parcel")))
    said = [
        RecordTracking(tracking_number=number or "", code="accepted", happened_at=T0)
        for number in (parcel.tracking_number, late)
    ]
    async with desk.database.transaction("acme") as other:
        await lock_orders(other, [order_id])
        recording = asyncio.create_task(desk.run(record_tracking, said))
        await waiting_backend(desk.database)
        [labelled] = await desk.label(work.id)
        assert labelled.tracking_number == late
    assert codes(await recording) == ["recorded", "unknown_tracking_number"]
    assert codes(await desk.run(record_tracking, said)) == ["repeated", "recorded"]

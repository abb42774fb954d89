"""The date that an order is promised for: its own, whatever comes with it in a batch, and whoever promises it."""

from __future__ import annotations

from datetime import date

from tests.builders.catalog import Shop
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.desk import Desk

_PROMISES = "SELECT promised_on, promise_zone FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id"


async def a_stocked_shop(desk: Desk, **location: object) -> Shop:
    shop = await desk.shop(location=location)
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    return shop


async def test_the_time_zone_of_a_destination_does_not_depend_on_other_orders(desk: Desk) -> None:
    """Fault: the nearest location of the whole batch told the zone, also one of another channel's pools."""
    here = await a_stocked_shop(desk, time_zone="America/New_York")
    far = await a_stocked_shop(desk, time_zone="Asia/Tokyo", latitude=35.6, longitude=139.7, country="JP")
    to_japan = {
        "ship_to": an_address(country="JP", latitude=35.0, longitude=135.0, postal_code="600-8216", region="26")
    }
    alone, one, two = [
        await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], **to_japan))
        for shop in (here, here, far)
    ]
    await desk.verify(alone, one, two)
    for order_id in (alone, one, two):
        await desk.release_holds(order_id)
    assert await desk.source(alone) == ["sourced"]
    assert await desk.source(one, two) == ["sourced", "sourced"]
    by_itself, together, from_japan = await desk.fetch(_PROMISES, [alone, one, two])
    assert together == by_itself
    assert (together["promise_zone"], from_japan["promise_zone"]) == ("America/New_York", "Asia/Tokyo")


async def test_a_parcel_from_a_named_location_is_promised_for_the_same_date_as_from_one_that_was_chosen(
    desk: Desk,
) -> None:
    """Fault: intake did not look where the parcel goes, and promised five days for a trip of one."""
    shop = await a_stocked_shop(desk)
    near = an_address(latitude=40.0, longitude=-82.9)
    named = a_line(shop.skus[0].code, 1, location=shop.locations[0].code)
    orders = [
        await desk.placed(an_order(shop.channel.code, [line], ship_to=near)) for line in (named, (shop.skus[0].code, 1))
    ]
    assert await desk.states(orders[0]) == ["open"]
    await desk.verify(*orders)
    assert await desk.source(*orders) == ["nothing_to_source", "sourced"]
    by_intake, by_sourcing = await desk.fetch(_PROMISES, orders)
    assert by_intake == by_sourcing
    assert isinstance(by_intake["promised_on"], date)

"""The same thing said twice at once: one of the two does it, the other is told that it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.release_orders import release_orders
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import PickFulfillment, RecordTracking, RejectFulfillment, ShipFulfillment, shipments_of
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.orders import CancelOrder, HoldOrder, PlaceOrder, ReleaseHold, hold_orders
from orderwright.orders.contract import Person
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import Shop
from tests.builders.orders import an_address, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.races import race

Work = Callable[[Transaction], Awaitable[Any]]


async def a_shop(desk: Desk, units: int, **fields: Any) -> Shop:
    shop = await desk.shop(**fields)
    await desk.receive(shop.skus[0], shop.locations[0], units)
    return shop


def saying(desk: Desk, verb: Any, *commands: Any) -> Work:
    return lambda tx: verb(tx, desk.ctx, commands)


def an_order_of(shop: Shop, units: int = 1) -> PlaceOrder:
    return an_order(shop.channel.code, [(shop.skus[0].code, units)])


# ---- customers ----


async def customers_of(desk: Desk, *order_ids: UUID | None) -> set[tuple[UUID, UUID]]:
    """Whose the orders are, with whose their contacts are."""
    rows = await desk.fetch(
        "SELECT o.customer_id, c.customer_id AS of_contact FROM orders o JOIN contact c ON c.order_id = o.id"
        " WHERE o.id = ANY ($1::uuid[])",
        list(order_ids),
    )
    return {(row["customer_id"], row["of_contact"]) for row in rows}


async def test_two_orders_of_one_new_person_at_once_are_of_one_customer(desk: Desk) -> None:
    """The second finds nobody, makes the person as late as it can, and learns that the first was faster."""
    shop = await a_shop(desk, 5)
    buyer = Person(name="Ada Lovelace", email="ada@example.com")
    one, two = (msgspec.structs.replace(an_order_of(shop), customer=buyer, bill_to=an_address()) for _ in range(2))
    [first], [second, stranger] = await race(
        desk, saying(desk, place_orders, one), saying(desk, place_orders, two, an_order_of(shop))
    )
    assert codes([first, second, stranger]) == ["placed", "placed", "placed"]
    [(customer, of_contacts)] = await customers_of(desk, first.order_id, second.order_id)
    assert customer == of_contacts
    [(other, of_its_contacts)] = await customers_of(desk, stranger.order_id)
    assert other == of_its_contacts != customer
    assert await desk.counts("customer", "contact") == {"customer": 2, "contact": 5}


async def test_one_customer_also_where_an_order_is_decided_anew(desk: Desk) -> None:
    shop = await desk.shop(channel={"short_line_policy": "reject"})
    other = await desk.sku()
    for sku in (shop.skus[0], other):
        await desk.receive(sku, shop.locations[0], 2)
    ada = {"customer": Person(name="Ada Lovelace", email="ada@example.com")}
    one = an_order(shop.channel.code, [(shop.skus[0].code, 2)], **ada)
    late = an_order(shop.channel.code, [(shop.skus[0].code, 1)], **ada)
    fine = an_order(shop.channel.code, [(other.code, 1)], **ada)
    [first], [short, second] = await race(desk, saying(desk, place_orders, one), saying(desk, place_orders, late, fine))
    assert codes([first, short, second]) == ["placed", "out_of_stock", "placed"]
    [(customer, of_contacts)] = await customers_of(desk, first.order_id, second.order_id)
    assert customer == of_contacts
    assert await desk.counts("customer") == {"customer": 1}


# ---- orders ----


async def test_the_same_order_twice_at_once_is_one_order(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order = an_order_of(shop, 2)
    [first], [second] = await race(desk, saying(desk, place_orders, order), saying(desk, place_orders, order))
    assert (first.code, second.code) == ("placed", "replayed")
    assert (second.order_id, second.number, second.status) == (first.order_id, first.number, "placed")
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 2, 0)
    assert await desk.counts("orders", "order_identity") == {"orders": 1, "order_identity": 1}


async def test_the_same_id_with_other_content_is_a_conflict(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order = an_order_of(shop, 2)
    other = msgspec.structs.replace(an_order_of(shop, 3), external_id=order.external_id)
    [first], [second] = await race(desk, saying(desk, place_orders, order), saying(desk, place_orders, other))
    assert (first.code, second.code, second.order_id) == ("placed", "order_differs", first.order_id)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 2, 0)


async def test_the_second_is_placed_when_the_first_is_lost(desk: Desk) -> None:
    shop = await a_shop(desk, 5)
    order = an_order_of(shop, 2)
    work = saying(desk, place_orders, order)
    [first], [second] = await race(desk, work, work, keep=False)
    assert (first.code, second.code) == ("placed", "placed")
    assert second.order_id != first.order_id
    assert await desk.counts("orders", "order_identity") == {"orders": 1, "order_identity": 1}


async def test_the_second_is_decided_anew_when_the_first_is_refused(desk: Desk) -> None:
    shop = await a_shop(desk, 1, channel={"short_line_policy": "reject"})
    order = an_order_of(shop, 2)
    work = saying(desk, place_orders, order)
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("out_of_stock", "out_of_stock")
    assert await desk.counts("orders", "order_identity") == {"orders": 0, "order_identity": 0}


async def test_batches_with_the_same_orders_in_opposite_order_do_not_deadlock(desk: Desk) -> None:
    shop = await a_shop(desk, 500)
    orders = [an_order_of(shop) for _ in range(100)]

    async def place(batch: Sequence[PlaceOrder]) -> list[str]:
        return codes(await desk.run(place_orders, batch, audited=False))

    outcomes = await asyncio.gather(place(orders), place(orders[::-1]))

    assert sorted(outcomes) == [["placed"] * 100, ["replayed"] * 100]
    await desk.audit()
    assert await desk.atp(shop.skus[0], shop.pool_id) == (400, 100, 0)


async def test_overlapping_batches_share_out_their_orders(desk: Desk) -> None:
    shop = await a_shop(desk, 500)
    one, two, three = [an_order_of(shop) for _ in range(3)]
    first, second = await race(desk, saying(desk, place_orders, two, one), saying(desk, place_orders, one, three, two))
    assert codes(first) == ["placed", "placed"]
    assert codes(second) == ["replayed", "placed", "replayed"]
    assert await desk.counts("orders") == {"orders": 3}


# ---- holds and cancellations ----


async def test_two_people_cancel_one_order(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(an_order_of(shop))
    work = saying(desk, cancel_orders, CancelOrder(order_id=order_id))
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("cancelled", "already_cancelled")
    assert await desk.atp(shop.skus[0], shop.pool_id) == (1, 0, 0)


async def test_two_people_hold_one_order(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(an_order_of(shop))
    work = saying(desk, hold_orders, HoldOrder(order_id=order_id))
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("held", "already_held")
    assert await desk.holds(order_id) == ["manual"]


async def test_a_hold_is_released_before_its_order_is_cancelled(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(an_order_of(shop))
    assert await desk.hold(order_id) == "held"
    release = saying(desk, release_orders, ReleaseHold(order_id=order_id))
    cancel = saying(desk, cancel_orders, CancelOrder(order_id=order_id))
    [released], [cancelled] = await race(desk, release, cancel)
    assert (released.code, cancelled.code) == ("released", "cancelled")
    assert await desk.events(order_id) == ["order.placed", "order.held", "order.released", "order.cancelled"]


async def test_a_cancelled_order_has_no_hold_left_to_release(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id = await desk.placed(an_order_of(shop))
    assert await desk.hold(order_id) == "held"
    release = saying(desk, release_orders, ReleaseHold(order_id=order_id))
    cancel = saying(desk, cancel_orders, CancelOrder(order_id=order_id))
    [cancelled], [released] = await race(desk, cancel, release)
    assert (cancelled.code, released.code) == ("cancelled", "no_such_hold")
    assert await desk.holds(order_id) == []


# ---- fulfillments ----


async def a_pick(desk: Desk) -> tuple[Shop, UUID, UUID]:
    """A shop, an order and its released fulfillment."""
    shop = await a_shop(desk, 1)
    order_id, [work] = await desk.sourced(an_order_of(shop))
    assert await desk.release(work.id) == ["released"]
    return shop, order_id, work.id


async def test_two_people_pick_one_fulfillment(desk: Desk) -> None:
    shop, order_id, work_id = await a_pick(desk)
    work = saying(desk, pick_fulfillments, PickFulfillment(fulfillment_id=work_id))
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("picked", "wrong_state")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"picked": 1}
    assert await desk.units(order_id) == {(1, 1): {"picked": 1}}


async def test_what_is_rejected_is_not_picked(desk: Desk) -> None:
    shop, order_id, work_id = await a_pick(desk)
    reject = saying(desk, reject_fulfillments, RejectFulfillment(fulfillment_id=work_id, reason="other"))
    pick = saying(desk, pick_fulfillments, PickFulfillment(fulfillment_id=work_id))
    [rejected], [picked] = await race(desk, reject, pick)
    assert (rejected.code, picked.code) == ("rejected", "wrong_state")
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 1}


async def test_two_workers_buy_one_label(desk: Desk) -> None:
    _, order_id, work_id = await a_pick(desk)
    await desk.pick(work_id)
    await desk.pack(work_id)
    async with desk.database.transaction("acme") as tx:
        shipment = (await shipments_of(tx, [work_id]))[work_id]
    carriers = {"builtin": BuiltinCarrier()}
    await asyncio.gather(*[buy_labels(desk.database, desk.ctx, [shipment.id], carriers) for _ in range(2)])
    await desk.audit()
    assert (await desk.events(order_id)).count("shipment.labelled") == 1
    assert await desk.counts("parcel") == {"parcel": 1}


async def test_two_people_ship_one_parcel(desk: Desk) -> None:
    shop, _, work_id = await a_pick(desk)
    await desk.pick(work_id)
    await desk.pack(work_id)
    await desk.label(work_id)
    work = saying(desk, ship_fulfillments, ShipFulfillment(fulfillment_id=work_id))
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("shipped", "wrong_state")
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {}


async def test_the_carrier_says_the_same_twice_at_once(desk: Desk) -> None:
    shop = await a_shop(desk, 1)
    order_id, _, parcel = await desk.shipped(an_order_of(shop))
    assert parcel.tracking_number is not None
    said = RecordTracking(tracking_number=parcel.tracking_number, code="delivered", happened_at=desk.ctx.now)
    work = saying(desk, record_tracking, said)
    [first], [second] = await race(desk, work, work)
    assert (first.code, second.code) == ("recorded", "repeated")
    assert (await desk.events(order_id)).count("shipment.delivered") == 1
    assert await desk.units(order_id) == {(1, 1): {"shipped": 1, "delivered": 1}}

"""Goods come back, whatever was announced: counted, looked at, moved; and only as far as they left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.receive_returns import receive_returns
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import new_id
from orderwright.returns import (
    CountedItem,
    InspectedItem,
    InspectReturn,
    ReceiveReturn,
)
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk, codes
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def test_what_comes_back_is_looked_at_restocked_and_refunded(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    sku, [at] = shop.skus[0], shop.locations
    assert await back.bank.sums(order_id) == [(5997, 0, 5997, 0)]

    # when two are announced, come and are as new
    return_id = await back.requested(order_id, (1, 2))
    assert await back.state(return_id) == "requested"
    received = await back.receive(return_id, (sku, 2))
    assert (received.code, received.details) == ("received", {})
    assert await back.state(return_id) == "received"
    assert await back.desk.stock(sku, at) == {"available": 17, "quarantine": 2}
    assert await back.desk.atp(sku, shop.pool_id) == (17, 0, 0)
    assert await back.returned(order_id) == {(1, 1): 2}
    assert await back.refunded(order_id) == 0
    inspected = await back.inspect(return_id, sku, 2)

    # then they can be promised again, and their money goes back to the card
    assert inspected.details == {"amount_minor": 3998, "state": "closed"}
    assert await back.desk.stock(sku, at) == {"available": 19}
    assert await back.desk.atp(sku, shop.pool_id) == (19, 0, 0)
    assert await back.refunded(order_id) == 3998
    assert await back.bank.at_provider(order_id) == [(5997, 0, 5997, 3998)]
    assert await back.bank.balances(order_id) == {"lines": -1999, "captured": 1999}
    assert await back.booked(return_id) == [("lines", "receivable", "return", 3998)]
    assert [e for e in await back.desk.events(order_id) if e.startswith(("return", "payment.refunded"))] == [
        "return.requested", "return.received", "return.inspected", "return.credited", "return.closed",
        "payment.refunded",
    ]  # fmt: skip


async def test_no_more_comes_back_than_left_and_nothing_twice(back: ReturnsDesk) -> None:
    _, order_id = await back.sale()

    too_many = await back.request(order_id, (1, 4))
    assert (too_many.code, too_many.details) == ("exceeds_returnable", {"line": 1, "returnable": 3})
    return_id = await back.requested(order_id, (1, 2))
    again = await back.request(order_id, (1, 2))
    assert (again.code, again.details) == ("exceeds_returnable", {"line": 1, "returnable": 1})
    assert (await back.cancel(return_id)).code == "cancelled"
    assert (await back.request(order_id, (1, 3))).code == "requested"
    assert (await back.cancel(return_id)).code == "wrong_state"


async def test_what_has_not_left_cannot_come_back(back: ReturnsDesk) -> None:
    shop = await back.desk.shop()
    order_id = await back.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))

    assert (await back.request(order_id, (1, 1))).code == "not_shipped"
    assert (await back.request(order_id, (2, 1))).code == "unknown_line"
    assert (await back.request(order_id, (1, 1), (1, 1))).code == "duplicate_line"
    assert (await back.request(new_id(), (1, 1))).code == "order_not_found"


async def test_a_parcel_that_is_short_stays_open_until_it_is_closed(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    return_id = await back.requested(order_id, (1, 3))

    short = await back.receive(return_id, (shop.skus[0], 2))
    assert short.details == {"missing": [{"line": 1, "quantity": 1}]}
    assert (await back.close(return_id)).code == "not_inspected"
    assert (await back.inspect(return_id, shop.skus[0], 2)).details["state"] == "inspected"
    assert (await back.close(return_id)).code == "closed"

    assert await back.refunded(order_id) == 3998
    assert await back.returned(order_id) == {(1, 1): 2}
    # what never came may be announced again
    assert (await back.request(order_id, (1, 1))).code == "requested"


async def test_more_than_announced_is_taken_as_far_as_it_left_and_the_rest_is_parked(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    sku = shop.skus[0]
    return_id = await back.requested(order_id, (1, 1))

    over = await back.receive(return_id, (sku, 5))

    assert over.code == "received"
    assert over.details["over"] == [{"sku": sku.code, "quantity": 2}]
    assert await back.returned(order_id) == {(1, 1): 3}
    assert await back.desk.stock(sku, shop.locations[0]) == {"available": 17, "quarantine": 5}
    assert await back.desk.value("SELECT return_id FROM unexpected_return") == return_id
    await back.inspect(return_id, sku, 3)
    assert await back.refunded(order_id) == 5997


async def test_a_wrong_or_unknown_article_is_parked(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale(skus=2)
    return_id = await back.requested(order_id, (1, 1))

    wrong = await back.receive(return_id, (shop.skus[1], 1), ("NEVER-SEEN", 1))

    assert wrong.code == "parked"
    assert await back.state(return_id) == "requested"
    assert await back.returned(order_id) == {}
    assert await back.desk.stock(shop.skus[1], shop.locations[0]) == {"quarantine": 1}
    assert await back.desk.fetch("SELECT sku_id, sku_code, quantity FROM unexpected_item ORDER BY n") == [
        (shop.skus[1].id, shop.skus[1].code, 1), (None, "NEVER-SEEN", 1),
    ]  # fmt: skip


async def test_a_line_that_was_not_announced_is_taken_back_too(back: ReturnsDesk) -> None:
    shop = await back.desk.shop(skus=2)
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 5)
    order_id = await back.shipped(await back.bank.paid_order(shop.channel.code, [(s.code, 1) for s in shop.skus]))
    return_id = await back.requested(order_id, (1, 1))

    await back.receive(return_id, (shop.skus[1], 1))
    first = await back.inspect(return_id, shop.skus[1], 1)

    assert first.details == {"amount_minor": 1999, "state": "inspected"}
    assert await back.desk.fetch("SELECT line_n, quantity, reason, credited FROM return_line ORDER BY line_n") == [
        (1, 1, "changed_mind", 0), (2, 0, "unannounced", 1),
    ]  # fmt: skip
    assert (await back.close(return_id)).code == "closed"


async def test_what_arrives_after_the_end_is_parked(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    return_id = await back.requested(order_id, (1, 1))
    await back.cancel(return_id)

    late = await back.receive(return_id, (shop.skus[0], 1))

    assert late.code == "parked"
    assert await back.desk.stock(shop.skus[0], shop.locations[0]) == {"available": 17, "quarantine": 1}


async def test_a_kit_comes_back_in_parts_and_is_refunded_when_it_is_whole(back: ReturnsDesk) -> None:
    shop = await back.desk.shop(skus=2)
    cup, plate = shop.skus
    for sku in shop.skus:
        await back.desk.receive(sku, shop.locations[0], 20)
    kit = await back.desk.kit((cup, 2), (plate, 1))
    lines = [a_line(kit.code, 2, 5000)]
    order = an_order(shop.channel.code, lines, payments=[await back.bank.authorized(10000)])
    order_id = await back.shipped(order)
    await back.terms(shop.channel.code, grade_rates={"b": Decimal("0.8")})
    return_id = await back.requested(order_id, (1, 1))

    short = await back.receive(return_id, (cup, 2))
    assert short.details == {"missing": [{"line": 1, "quantity": 1}]}
    assert (await back.inspect(return_id, cup, 2, "b")).details["amount_minor"] == 0
    await back.receive(return_id, (plate, 1))
    assert (await back.inspect(return_id, plate, 1)).details == {"amount_minor": 4000, "state": "closed"}
    assert await back.returned(order_id) == {(1, 1): 2, (1, 2): 1}
    assert (await back.receive(return_id, (kit.code, 1))).code == "not_stocked"


async def test_a_parked_parcel_becomes_a_return_of_its_order(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    sku, [at] = shop.skus[0], shop.locations
    parked = await back.park(at.code, (sku, 2))
    assert parked.id is not None
    assert await back.desk.stock(sku, at) == {"available": 17, "quarantine": 2}

    matched = await back.resolve(parked.id, order_id)

    assert matched.code == "matched"
    assert await back.returned(order_id) == {(1, 1): 2}
    return_id = await back.desk.value("SELECT matched_id FROM unexpected_return")
    assert await back.state(return_id) == "received"
    assert (await back.inspect(return_id, sku, 2)).details == {"amount_minor": 3998, "state": "closed"}
    assert (await back.resolve(parked.id, order_id)).code == "wrong_state"
    assert await back.desk.events(parked.id) == ["return.parked", "return.matched"]


async def test_a_parked_parcel_is_nobodys(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    sku, [at] = shop.skus[0], shop.locations
    parked = await back.park(at.code, (sku, 4), ("NEVER-SEEN", 1))
    assert parked.id is not None

    assert (await back.resolve(parked.id, order_id)).code == "unknown_goods"
    assert (await back.resolve(parked.id)).code == "disposed"

    assert await back.desk.stock(sku, at) == {"available": 21}
    assert await back.desk.atp(sku, shop.pool_id) == (21, 0, 0)
    more = await back.park(at.code, (sku, 4))
    assert more.id is not None
    assert (await back.resolve(more.id, order_id)).code == "not_of_order"
    assert (await back.park("NOWHERE", (sku, 1))).code == "unknown_location"


async def test_restocked_goods_go_to_those_who_wait(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    waiting = await back.desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 18)]))
    assert (await back.desk.units(waiting))[1, 1] == {"promised": 17, "backordered": 1}
    return_id = await back.requested(order_id, (1, 1))
    await back.receive(return_id, (shop.skus[0], 1))

    await back.inspect(return_id, shop.skus[0], 1)
    await back.bank.work()

    assert "backordered" not in (await back.desk.units(waiting))[1, 1]


async def test_two_returns_of_one_order_in_one_batch(back: ReturnsDesk) -> None:
    """Each sees what the other took: of three units two parcels with two each bring three."""
    shop, order_id = await back.sale()
    sku = shop.skus[0]
    ids = [await back.requested(order_id, (1, 2)), await back.requested(order_id, (1, 1))]
    parcels = [ReceiveReturn(return_id=i, items=[CountedItem(sku=sku.code, quantity=2)]) for i in ids]

    received = await back.desk.run(receive_returns, [*parcels, parcels[0]])

    assert codes(received) == ["received", "received", "duplicate_in_batch"]
    assert received[1].details["over"] == [{"sku": sku.code, "quantity": 1}]
    looked = [
        InspectReturn(return_id=i, items=[InspectedItem(sku=sku.code, quantity=n)])
        for i, n in zip(ids, (2, 1), strict=True)
    ]
    inspected = await back.desk.run(inspect_returns, looked)
    assert [o.details["amount_minor"] for o in inspected] == [3998, 1999]
    assert await back.refunded(order_id) == 5997


async def test_goods_are_inspected_where_they_are(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale(locations=2)
    sku, (home, away) = shop.skus[0], shop.locations
    return_id = await back.requested(order_id, (1, 2))
    await back.receive(return_id, (sku, 1), location=away.code)
    await back.receive(return_id, (sku, 1))

    assert (await back.inspect(return_id, sku, 2)).code == "not_received"
    assert (await back.inspect(return_id, sku, 1, at=away.code)).details["state"] == "received"
    assert (await back.inspect(return_id, sku, 1)).details["state"] == "closed"
    assert await back.desk.stock(sku, home) == {"available": 18}
    assert await back.desk.stock(sku, away) == {"available": 1}


async def test_a_location_sees_the_returns_that_come_to_it(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale(locations=2)
    home, away = shop.locations
    return_id = await back.requested(order_id, (1, 1), location=away.code)
    every = back.desk.ctx

    back.desk.ctx = replace(every, locations=frozenset({home.id}))
    assert (await back.receive(return_id, (shop.skus[0], 1))).code == "return_not_found"
    back.desk.ctx = replace(every, locations=frozenset({away.id}))
    assert (await back.receive(return_id, (shop.skus[0], 1), location=home.code)).code == "location_not_allowed"
    assert (await back.receive(return_id, (shop.skus[0], 1))).code == "received"
    back.desk.ctx = replace(every, permissions=frozenset({"returns.read", "returns.write"}))
    with pytest.raises(PermissionDenied, match=r"returns\.receive"):
        await back.inspect(return_id, shop.skus[0], 1)

"""Holds, their release, and the lines that are looked up again after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from orderwright.flows.release_orders import release_orders
from orderwright.orders import HoldOrder, PlaceOrder, ReleaseHold, hold_orders
from orderwright.orders.contract import Person, ReportedPayment
from orderwright.platform.ids import new_id
from tests.builders.catalog import Shop, a_sku
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.desk import Desk, codes


async def a_stocked_shop(desk: Desk, units: int = 9, **fields: Any) -> Shop:
    shop = await desk.shop(**fields)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], units)
    return shop


def paid(order: PlaceOrder) -> PlaceOrder:
    return msgspec.structs.replace(
        order, payments=[ReportedPayment(method="card", state="captured", amount=order.total)]
    )


# ---- by hand ----


async def test_a_held_order_is_not_sourced_until_released(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.verify(order_id)
    assert await desk.hold(order_id, "fraud", blocks=["source"], note="call the bank") == "held"
    assert await desk.source(order_id) == ["order_held"]
    assert await desk.queue("source") == set()
    outcome = await desk.release_holds(order_id)
    assert (outcome.code, outcome.details) == ("released", {"types": ["fraud"]})
    assert await desk.queue("source") == {order_id}
    assert await desk.source(order_id) == ["sourced"]
    assert await desk.events(order_id) == [
        "order.placed", "order.verified", "order.held", "order.released", "order.sourced",
    ]  # fmt: skip
    assert await desk.value("SELECT hold_count FROM orders") == 0


async def test_each_step_is_held_by_those_that_name_it(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.verify(order_id)
    await desk.hold(order_id, "later", blocks=["release"])
    await desk.hold(order_id, "last", blocks=["ship"])
    assert await desk.source(order_id) == ["sourced"]
    [work] = await desk.fulfillments(order_id)
    assert await desk.queue("release") == {work.id}
    assert await desk.release(work.id) == ["order_held"]
    assert await desk.queue("release") == set()
    assert (await desk.release_holds(order_id, "later")).details == {"types": ["later"]}
    assert await desk.queue("release") == {work.id}
    assert await desk.release(work.id) == ["released"]
    await desk.pick(work.id)
    await desk.pack(work.id)
    await desk.label(work.id)
    assert await desk.ship(work.id) == ["order_held"]
    assert (await desk.release_holds(order_id)).details == {"types": ["last"]}
    assert await desk.ship(work.id) == ["shipped"]


async def test_a_hold_is_opened_and_released_once(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    command = HoldOrder(order_id=order_id, type="fraud")
    assert codes(await desk.run(hold_orders, [command, command])) == ["held", "already_held"]
    assert await desk.hold(order_id, "fraud") == "already_held"
    assert await desk.value("SELECT hold_count FROM orders") == 1
    release = ReleaseHold(order_id=order_id, type="fraud")
    assert codes(await desk.run(release_orders, [release, release])) == ["released", "released"]
    assert (await desk.release_holds(order_id)).code == "no_such_hold"
    assert await desk.hold(order_id, "fraud") == "held"
    assert await desk.events(order_id) == ["order.placed", "order.held", "order.released", "order.held"]


async def test_an_open_hold_is_widened_to_the_steps_that_are_asked_for(desk: Desk) -> None:
    """Fault: `already_held` was the answer, and the order was sourced all the same."""
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.verify(order_id)
    assert await desk.hold(order_id, "manual", blocks=["ship"]) == "held"
    assert await desk.hold(order_id, "manual", blocks=["ship", "source"]) == "widened"
    assert await desk.hold(order_id, "manual", blocks=["source"]) == "already_held"
    assert await desk.source(order_id) == ["order_held"]
    assert await desk.fetch("SELECT blocks FROM hold") == [(["source", "ship"],)]
    assert await desk.value("SELECT hold_count FROM orders") == 1
    told = await desk.fetch("SELECT data -> 'blocks' FROM event WHERE type = 'order.held' ORDER BY seq")
    assert [row[0] for row in told] == ['["ship"]', '["source", "ship"]']
    assert (await desk.release_holds(order_id)).details == {"types": ["manual"]}
    assert await desk.source(order_id) == ["sourced"]


async def test_holds_of_one_type_in_one_batch_are_one_hold_of_all_their_steps(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    commands = [HoldOrder(order_id=order_id, blocks=[step]) for step in ("ship", "source")]
    assert codes(await desk.run(hold_orders, commands)) == ["held", "already_held"]
    assert await desk.fetch("SELECT blocks FROM hold") == [(["source", "ship"],)]


async def test_a_call_that_does_nothing_leaves_no_act(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.cancel(order_id)
    before = await desk.counts("act")
    assert await desk.hold(order_id) == "already_final"
    assert (await desk.release_holds(new_id())).code == "order_not_found"
    await desk.verify(order_id)
    await desk.resolve(order_id)
    assert await desk.track("nobody's", "delivered", datetime.now(UTC)) == "unknown_tracking_number"
    assert await desk.counts("act") == before


async def test_what_is_finished_cannot_be_held(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.cancel(order_id)
    assert await desk.hold(order_id) == "already_final"
    assert await desk.hold(new_id()) == "order_not_found"
    assert (await desk.release_holds(new_id())).code == "order_not_found"
    other = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    stranger = Desk(desk.database, channels=frozenset())
    assert await stranger.hold(other) == "order_not_found"
    assert (await stranger.release_holds(other)).code == "order_not_found"
    assert await Desk(desk.database, "bolt").hold(other) == "order_not_found"


# ---- verification ----


async def test_what_does_not_verify_is_held(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, channel={"checks": {"quantity_max": 3}})
    good = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    much = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 4)]))
    nowhere = await desk.placed(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(postal_code="00000"))
    )
    found = await desk.verify(good, much, nowhere)
    assert found == {much: ["over_limit"], nowhere: ["address_invalid"]}
    assert await desk.queue("verify") == set()
    assert await desk.queue("source") == {good, much, nowhere}
    assert await desk.source(good, much, nowhere) == ["sourced", "order_held", "order_held"]
    assert await desk.events(good) == ["order.placed", "order.verified", "order.sourced"]


async def test_an_order_that_looks_like_an_earlier_one_is_held(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    person = Person(email="twice@example.com")
    orders = [an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=person) for _ in range(2)]
    first, second = [await desk.placed(order) for order in orders]
    found = await desk.verify(first, second)
    assert found == {second: ["possible_duplicate"]}


async def test_an_order_that_was_cancelled_before_its_verification_stays_as_it_is(desk: Desk) -> None:
    """Fault: it was held after its end, and stood in the list of held orders for ever."""
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(
        an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(postal_code="00000"))
    )
    await desk.cancel(order_id)
    assert await desk.verify(order_id) == {}
    assert (await desk.holds(order_id), await desk.queue("verify"), await desk.queue("source")) == ([], set(), set())
    assert await desk.events(order_id) == ["order.placed", "order.cancelled"]


async def test_a_paid_order_without_an_address_is_held_until_a_person_has_looked(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(paid(an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=None)))
    assert await desk.holds(order_id) == ["address_needed"]
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["order_held"]


async def test_a_hold_that_is_released_before_the_verification_does_not_skip_it(desk: Desk) -> None:
    """Fault: the release queued the order for sourcing at once."""
    shop = await a_stocked_shop(desk)
    bad = an_order(shop.channel.code, [(shop.skus[0].code, 1)], ship_to=an_address(postal_code="00000"))
    order_id = await desk.placed(bad)
    await desk.hold(order_id)
    assert (await desk.release_holds(order_id)).code == "released"
    assert (await desk.queue("verify"), await desk.queue("source")) == ({order_id}, set())
    assert await desk.verify(order_id) == {order_id: ["address_invalid"]}
    assert await desk.queue("source") == {order_id}
    assert await desk.source(order_id) == ["order_held"]


async def test_a_pick_up_that_is_released_before_the_verification_waits_for_it_too(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=shop.locations[0].code)
    order_id = await desk.placed(an_order(shop.channel.code, [line]))
    [work] = await desk.fulfillments(order_id)
    await desk.hold(order_id)
    await desk.release_holds(order_id)
    assert (await desk.queue("release"), await desk.queue("source")) == (set(), set())
    await desk.verify(order_id)
    assert await desk.queue("release") == {work.id}


async def test_a_line_that_is_resolved_before_the_verification_waits_for_it(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW", 1)]))
    new = await desk.sku(code="NEW")
    await desk.receive(new, shop.locations[0], 1)
    await desk.release_holds(order_id)
    await desk.resolve(order_id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}
    assert (await desk.queue("verify"), await desk.queue("source")) == ({order_id}, set())


async def test_a_backorder_that_is_met_before_the_verification_waits_for_it(desk: Desk) -> None:
    shop = await desk.shop()
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await desk.receive(shop.skus[0], shop.locations[0], 1)
    assert await desk.fill(shop.skus[0]) == 1
    assert (await desk.queue("verify"), await desk.queue("source")) == ({order_id}, set())
    await desk.verify(order_id)
    assert await desk.queue("source") == {order_id}


# ---- resolving ----


async def released(desk: Desk, order_id: Any) -> None:
    """Release all holds and run the resolve pump, on a verified order."""
    await desk.verify(order_id)
    assert (await desk.release_holds(order_id)).code == "released"
    assert await desk.queue("resolve") == {order_id}
    await desk.resolve(order_id)
    assert (await desk.queue("resolve"), await desk.queue("source")) == (set(), {order_id})


async def test_an_unknown_sku_is_known_by_now(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW", 5), (shop.skus[0].code, 1)]))
    new = await desk.sku(code="NEW", name="New thing")
    await desk.receive(new, shop.locations[0], 3)
    await released(desk, order_id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 3, "backordered": 2}, (2, 1): {"promised": 1}}
    assert await desk.fetch("SELECT sku_id, name FROM order_line WHERE n = 1") == [(new.id, "New thing")]
    assert await desk.value("SELECT sku_id FROM component WHERE line_n = 1") == new.id
    assert await desk.atp(new, shop.pool_id) == (0, 3, 2)
    assert await desk.events(order_id) == [
        "order.placed", "order.held", "order.verified", "order.released", "order.resolved",
    ]  # fmt: skip
    assert await desk.source(order_id) == ["sourced"]


async def test_an_unknown_sku_that_turns_out_to_be_a_kit_becomes_its_parts(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, skus=2)
    one, two = shop.skus
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW-KIT", 4)]))
    await desk.cancel(order_id, (1, 1))
    kit = await desk.kit((one, 2), (two, 5), code="NEW-KIT")
    await released(desk, order_id)
    assert await desk.units(order_id) == {
        (1, 1): {"cancelled": 2, "promised": 6}, (1, 2): {"cancelled": 5, "promised": 9, "backordered": 6},
    }  # fmt: skip
    assert await desk.fetch("SELECT n, sku_id, ordered FROM component ORDER BY n") == [
        (1, one.id, 8), (2, two.id, 20),
    ]  # fmt: skip
    assert await desk.value("SELECT sku_id FROM order_line") == kit.id
    assert await desk.source(order_id) == ["sourced"]
    assert (await desk.cancel(order_id)).code == "cancelled"


async def test_a_kit_that_was_switched_off_is_resolved_as_its_parts_too(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, skus=2)
    one, two = shop.skus
    kit = await desk.kit((one, 1), (two, 1), active=False)
    order_id = await desk.placed(an_order(shop.channel.code, [(kit.code, 2)]))
    assert await desk.holds(order_id) == ["inactive_sku"]
    await desk.kit((one, 1), (two, 1), code=kit.code, name=kit.name)
    await released(desk, order_id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 2}, (1, 2): {"promised": 2}}


async def test_a_download_among_the_parts_of_a_kit_needs_no_stock(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, channel={"short_line_policy": "reject"})
    song = await desk.sku(kind="digital")
    kit = await desk.kit((shop.skus[0], 10), (song, 1))
    order_id = await desk.placed(paid(an_order(shop.channel.code, [(kit.code, 1)])))
    assert await desk.units(order_id) == {(1, 1): {"pending": 10}, (1, 2): {"pending": 1}}
    await released(desk, order_id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 9, "backordered": 1}, (1, 2): {"external": 1}}


async def test_a_download_that_was_not_known(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("SONG", 1), a_line("SONG", 1, delivery="channel")]))
    await desk.sku(code="SONG", kind="digital")
    await released(desk, order_id)
    assert await desk.units(order_id) == {(1, 1): {"external": 1}, (2, 1): {"external": 1}}
    assert await desk.status(order_id) == "delivered"
    assert await desk.fetch("SELECT delivery FROM order_line ORDER BY n") == [("digital",), ("digital",)]


async def test_what_is_still_unknown_is_held_again(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("NOPE", 1), ("LATE", 1), ("NADA", 2)]))
    await desk.sku(code="LATE")
    await desk.sku(code="NADA", active=False)
    await released(desk, order_id)
    assert await desk.holds(order_id) == ["inactive_sku", "unknown_sku"]
    assert await desk.units(order_id) == {(1, 1): {"pending": 1}, (2, 1): {"backordered": 1}, (3, 1): {"pending": 2}}
    assert await desk.events(order_id) == [
        "order.placed", "order.held", "order.verified", "order.released", "order.resolved", "order.held", "order.held",
    ]  # fmt: skip
    assert await desk.value("SELECT hold_count FROM orders") == 2


@pytest.mark.parametrize("policy", ["reject", "preorder", "drop"])
async def test_a_paid_order_that_was_short_waits_for_supply_once_a_person_said_so(desk: Desk, policy: str) -> None:
    shop = await a_stocked_shop(desk, 2, channel={"short_line_policy": policy}, sku={"backorder_limit": 1})
    order_id = await desk.placed(paid(an_order(shop.channel.code, [(shop.skus[0].code, 5)])))
    assert await desk.holds(order_id) == ["out_of_stock"]
    await released(desk, order_id)
    assert await desk.units(order_id) == {(1, 1): {"promised": 2, "backordered": 3}}


async def test_resolving_takes_nothing_that_others_wait_for(desk: Desk) -> None:
    shop = await desk.shop()
    sku = shop.skus[0]
    late = await desk.placed(an_order(shop.channel.code, [("NEW", 1)]))
    new = await desk.sku(code="NEW")
    first = await desk.placed(an_order(shop.channel.code, [("NEW", 4), (sku.code, 1)]))
    await desk.receive(new, shop.locations[0], 3)
    await released(desk, late)
    assert await desk.units(late) == {(1, 1): {"backordered": 1}}
    assert await desk.fill(new) == 3
    assert await desk.units(late) == {(1, 1): {"promised": 1}}  # it came first
    assert (await desk.units(first))[1, 1] == {"promised": 2, "backordered": 2}


async def test_two_holds_resolve_when_theirs_is_released(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW", 1)]))
    await desk.hold(order_id, "manual")
    await desk.sku(code="NEW")
    assert (await desk.release_holds(order_id, "unknown_sku")).code == "released"
    await desk.resolve(order_id)
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["order_held"]
    assert (await desk.release_holds(order_id)).code == "released"
    assert await desk.source(order_id) == ["nothing_to_source"]


async def test_lines_that_another_hold_names_wait_for_its_release(desk: Desk) -> None:
    """Fault: releasing the unknown SKU promised the switched-off one too, while its hold stood open."""
    shop = await a_stocked_shop(desk)
    off = await desk.sku(active=False)
    order_id = await desk.placed(an_order(shop.channel.code, [("NEW", 1), (off.code, 1)]))
    await desk.verify(order_id)
    await desk.sku(code="NEW")
    await desk.upsert(a_sku(code=off.code))

    await desk.release_holds(order_id, "unknown_sku")
    await desk.resolve(order_id)

    assert await desk.units(order_id) == {(1, 1): {"backordered": 1}, (2, 1): {"pending": 1}}
    assert await desk.holds(order_id) == ["inactive_sku"]
    await desk.release_holds(order_id, "inactive_sku")
    await desk.resolve(order_id)
    assert await desk.units(order_id) == {(1, 1): {"backordered": 1}, (2, 1): {"backordered": 1}}
    told = await desk.fetch("SELECT data -> 'lines' FROM event WHERE type = 'order.resolved' ORDER BY seq")
    assert [row[0] for row in told] == ["[1]", "[2]"]


async def test_acts_say_why(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    clerk = Desk(desk.database, actor="user:ada", reason="the bank called", on_behalf_of="user:bob")
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    await clerk.hold(order_id)
    [row] = await desk.fetch(
        "SELECT a.verb, a.actor, a.reason, a.on_behalf_of, a.recorded_at FROM event AS e JOIN act AS a"
        " ON a.id = e.act_id WHERE e.type = 'order.held'"
    )
    assert tuple(row)[:4] == ("hold_orders", "user:ada", "the bank called", "user:bob")
    assert datetime.now(UTC) - row["recorded_at"] < timedelta(minutes=1)

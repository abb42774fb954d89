"""Units that somebody lets leave from another location: in the pool, from another pool, promised or allocated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from orderwright.catalog import LocationFacts, upsert_locations
from orderwright.flows.move_units import move_units, preview_moves
from orderwright.fulfillment import MoveUnits, UnitsToMove
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome
from tests.builders.catalog import Shop, a_location
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk, codes

NEAR = an_address(latitude=40.0, longitude=-82.8)


def units(line: int, quantity: int, work: UUID | None = None, component: int = 1) -> UnitsToMove:
    """An entry of a move."""
    fulfillment = None if work is None else encode_id("ful", work)
    return UnitsToMove(line=line, component=component, quantity=quantity, fulfillment=fulfillment)


async def moved(desk: Desk, order_id: UUID, to: LocationFacts | str, *entries: UnitsToMove, **more: Any) -> Outcome:
    """Move units of one order; the books are right after."""
    code = to if isinstance(to, str) else to.code
    [outcome] = await desk.run(move_units, [MoveUnits(order_id=order_id, to=code, units=list(entries), **more)])
    return outcome  # type: ignore[no-any-return]


async def a_shop(desk: Desk, here: int, there: int, **fields: Any) -> Shop:
    """A shop of two locations with so many units of its one SKU."""
    shop = await desk.shop(**{"locations": 2} | fields)
    for at, count in zip(shop.locations, (here, there), strict=True):
        if count:
            await desk.receive(shop.skus[0], at, count)
    return shop


async def an_allocated_order(desk: Desk, shop: Shop, count: int, **fields: Any) -> tuple[UUID, UUID]:
    """An order of so many units that its first location brings: (order, fulfillment)."""
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, count)], **fields))
    assert work.location_id == shop.locations[0].id
    return order_id, work.id


# ---- what is moved ----


async def test_a_line_is_split_and_both_places_bring_their_part(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 3)
    outcome = await moved(desk, order_id, shop.locations[1], units(1, 1, work), reason="keep_stock")
    assert (outcome.code, outcome.id, outcome.details["units"]) == ("moved", order_id, 1)
    assert (outcome.details["fulfillments_before"], outcome.details["fulfillments"]) == (1, 2)
    old, new = await desk.fulfillments(order_id)
    assert (old.id, old.state, new.location_id, new.state) == (work, "open", shop.locations[1].id, "open")
    assert outcome.details["fulfillment_id"] == encode_id("ful", new.id)
    assert await desk.units(order_id) == {(1, 1): {"allocated": 3}}
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 7, "allocated": 2}
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"available": 1, "allocated": 1}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (8, 0, 0)
    assert new.id in await desk.queue("release")
    assert order_id not in await desk.queue("source")
    assert (await desk.events(order_id))[-2:] == ["order.units_moved", "order.sourced"]
    told = await desk.value("SELECT data FROM event WHERE type = 'order.units_moved'")
    assert msgspec.json.decode(told) == {
        "to": shop.locations[1].code, "units": 1, "from": [shop.locations[0].code], "reason": "keep_stock",
        "lines": [{"line": 1, "quantity": 1}],
    }  # fmt: skip


async def test_all_of_it_is_sourced_elsewhere_and_the_old_work_ends(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 3)
    order_id, work = await an_allocated_order(desk, shop, 3)
    assert await desk.release(work) == ["released"]
    outcome = await moved(desk, order_id, shop.locations[1], units(1, 3, work))
    assert (outcome.code, outcome.details["fulfillments"]) == ("moved", 1)
    assert await desk.states(order_id) == ["cancelled", "open"]
    assert work not in await desk.queue("release")
    events = await desk.events(order_id)
    assert events[-3:] == ["order.units_moved", "fulfillment.cancelled", "order.sourced"]
    assert await desk.start(work) == ["wrong_state"]


async def test_the_decision_is_kept_with_who_was_chosen_instead_of_whom_and_why(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 3)
    order_id, work = await an_allocated_order(desk, shop, 2, ship_to=NEAR)
    await moved(desk, order_id, shop.locations[1], units(1, 1, work), reason="customer_asked", note="Ada rang")
    assert await desk.fetch(
        "SELECT n, outcome, explanation ->> 'rule', explanation ->> 'why', explanation -> 'candidates' -> 0 ->>"
        " 'location', explanation -> 'candidates' -> 1 ->> 'reason' FROM sourcing_decision ORDER BY n DESC LIMIT 1"
    ) == [(2, "sourced", "chosen", "customer_asked", shop.locations[1].code, "moved_away")]


async def test_units_that_wait_for_a_location_are_given_one(desk: Desk) -> None:
    shop = await a_shop(desk, 3, 2)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 4)]))
    await desk.verify(order_id)
    outcome = await moved(desk, order_id, shop.locations[1], units(1, 2))
    assert outcome.code == "moved"
    assert await desk.units(order_id) == {(1, 1): {"promised": 2, "allocated": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (1, 2, 0)
    assert order_id in await desk.queue("source")
    assert await desk.value("SELECT outcome FROM sourcing_decision") == "partly_sourced"
    assert await desk.source(order_id) == ["sourced"]


async def test_the_day_promised_becomes_later_and_never_earlier(desk: Desk) -> None:
    now = datetime(2031, 1, 6, 9, tzinfo=UTC)
    desk.ctx = replace(desk.ctx, now=now)
    shop = await desk.shop()
    far = a_location(shop.pool_code, latitude=34.0, longitude=-118.0)
    await desk.run(upsert_locations, [far])
    for code in (shop.locations[0].code, far.code):
        await desk.receive(shop.skus[0], a_location(shop.pool_code, code=code), 5)
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)], ship_to=NEAR))
    first = await desk.value("SELECT promised_on FROM orders WHERE id = $1", order_id)
    outcome = await moved(desk, order_id, far.code, units(1, 1, work.id))
    assert outcome.details["was_promised_on"] == first == date(2031, 1, 7)
    assert outcome.details["promised_on"] == date(2031, 1, 10)
    assert await desk.value("SELECT promised_on FROM orders WHERE id = $1", order_id) == date(2031, 1, 10)
    assert outcome.details["distance_km"] > 3000
    assert outcome.details["left"] == [{"location": shop.locations[0].code, "units": 1, "distance_km": 0.0}]
    new = (await desk.fulfillments(order_id))[-1]
    back = await moved(desk, order_id, shop.locations[0], units(1, 1, new.id))
    assert (back.details["was_promised_on"], back.details["promised_on"]) == (date(2031, 1, 10),) * 2


async def test_a_part_of_a_kit_leaves_from_elsewhere(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2, skus=2)
    await desk.receive(shop.skus[1], shop.locations[0], 9)
    kit = await desk.kit((shop.skus[0], 2), (shop.skus[1], 1))
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, [(kit.code, 1)]))
    assert (await moved(desk, order_id, shop.locations[1], units(1, 2, work.id))).code == "moved"
    assert await desk.units(order_id) == {(1, 1): {"allocated": 2}, (1, 2): {"allocated": 1}}
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"allocated": 2}


async def test_several_orders_want_the_last_units_of_a_location_and_the_first_gets_them(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    works = [await an_allocated_order(desk, shop, 2) for _ in range(2)]
    commands = [MoveUnits(order_id=i, to=shop.locations[1].code, units=[units(1, 2, w)]) for i, w in works]
    first, second = await desk.run(move_units, commands)
    assert (first.code, second.code) == ("moved", "too_few_at_location")
    assert second.details == {"line": 1, "available": 0, "wanted": 2}
    assert await desk.units(works[1][0]) == {(1, 1): {"allocated": 2}}


# ---- across pools ----


async def two_pools(desk: Desk, here: int, there: int, **channel: Any) -> tuple[Shop, Shop]:
    """Two shops, the channel of the first of which sells from the pools of both, first from its own."""
    far = await desk.shop()
    shop = await desk.shop()
    channel = {"pools": [shop.pool_code, far.pool_code], **channel}
    both = await desk.shop(locations=0, skus=0, channel=channel)
    shop = shop._replace(channel=both.channel)
    for at, count in ((shop.locations[0], here), (far.locations[0], there)):
        if count:
            await desk.receive(shop.skus[0], at, count)
    return shop, far


async def test_units_of_another_pool_are_promised_by_it_and_free_in_the_first(desk: Desk) -> None:
    shop, far = await two_pools(desk, 5, 5)
    order_id, work = await an_allocated_order(desk, shop, 3)
    assert (await moved(desk, order_id, far.locations[0], units(1, 2, work))).code == "moved"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (4, 0, 0)
    assert await desk.atp(shop.skus[0], far.pool_id) == (3, 0, 0)
    assert await desk.stock(shop.skus[0], far.locations[0]) == {"available": 3, "allocated": 2}
    assert await desk.queue("backorders") == {shop.skus[0].id}


async def test_promised_units_change_the_pool_that_promised_them(desk: Desk) -> None:
    shop, far = await two_pools(desk, 5, 5)
    order_id = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 3)]))
    await desk.verify(order_id)
    assert await desk.atp(shop.skus[0], shop.pool_id) == (2, 3, 0)
    assert (await moved(desk, order_id, far.locations[0], units(1, 2))).code == "moved"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (4, 1, 0)
    assert await desk.atp(shop.skus[0], far.pool_id) == (3, 0, 0)
    assert await desk.units(order_id) == {(1, 1): {"promised": 1, "allocated": 2}}


async def test_a_pool_does_not_give_what_it_has_promised_or_what_the_channel_leaves_to_others(desk: Desk) -> None:
    shop, far = await two_pools(desk, 5, 3, buffer=1)
    order_id, work = await an_allocated_order(desk, shop, 3)
    outcome = await moved(desk, order_id, far.locations[0], units(1, 3, work))
    assert (outcome.code, outcome.details) == ("pool_short", {"line": 1})
    assert await desk.atp(shop.skus[0], far.pool_id) == (3, 0, 0)
    assert (await moved(desk, order_id, far.locations[0], units(1, 2, work))).code == "moved"


async def test_a_pool_that_the_channel_does_not_sell_from_gives_nothing(desk: Desk) -> None:
    shop, other = await a_shop(desk, 5, 0), await desk.shop()
    await desk.receive(shop.skus[0], other.locations[0], 5)
    order_id, work = await an_allocated_order(desk, shop, 2)
    assert (await moved(desk, order_id, other.locations[0], units(1, 1, work))).code == "pool_not_sold"


# ---- what is refused ----


async def test_what_cannot_be_moved_is_refused_and_nothing_changes(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 3)
    here, there = shop.locations
    before = await desk.counts("event", "movement", "sourcing_decision", "fulfillment")
    for to, entries, code in (
        ("NOWHERE", [units(1, 1, work)], "unknown_location"),
        (there, [units(1, 1, new_id())], "unknown_fulfillment"),
        (there, [UnitsToMove(line=1, quantity=1, fulfillment="ful_nonsense")], "unknown_fulfillment"),
        (here, [units(1, 1, work)], "already_there"),
        (there, [units(1, 4, work)], "too_few_to_move"),
        (there, [units(1, 2, work), units(1, 2, work)], "too_few_to_move"),
        (there, [units(2, 1, work)], "too_few_to_move"),
        (there, [units(1, 1)], "too_few_to_move"),
        (there, [units(1, 3, work)], "too_few_at_location"),
    ):
        assert (await moved(desk, order_id, to, *entries)).code == code, code
    assert (await moved(desk, new_id(), there, units(1, 1, work))).code == "order_not_found"
    twice = [MoveUnits(order_id=order_id, to=there.code, units=[units(1, 3, work)])] * 2
    assert codes(await desk.run(move_units, twice)) == ["too_few_at_location", "duplicate_in_batch"]
    assert await desk.counts("event", "movement", "sourcing_decision", "fulfillment") == before


async def test_what_somebody_has_begun_to_pick_stays_where_it_is(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 1)
    await desk.release(work)
    await desk.start(work)
    outcome = await moved(desk, order_id, shop.locations[1], units(1, 1, work))
    assert (outcome.code, outcome.details) == ("work_has_begun", {"line": 1, "state": "picking"})


async def test_a_closed_location_and_a_line_that_names_its_own_are_refused(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    here, there = shop.locations
    line = a_line(shop.skus[0].code, 1, delivery="pickup", location=here.code)
    pickup = await desk.placed(an_order(shop.channel.code, [line], ship_to=None))
    await desk.verify(pickup)
    [work] = await desk.fulfillments(pickup)
    assert (await moved(desk, pickup, there, units(1, 1, work.id))).code == "line_names_location"
    order_id, other = await an_allocated_order(desk, shop, 1)
    closed = a_location(shop.pool_code, active=False)
    await desk.run(upsert_locations, [closed])
    assert (await moved(desk, order_id, closed.code, units(1, 1, other))).code == "location_inactive"


async def test_a_held_order_and_one_that_is_not_verified_wait(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    unverified = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    assert (await moved(desk, unverified, shop.locations[1], units(1, 1))).code == "order_not_verified"
    order_id, work = await an_allocated_order(desk, shop, 1)
    await desk.hold(order_id, blocks=["source"])
    assert (await moved(desk, order_id, shop.locations[1], units(1, 1, work))).code == "order_held"


async def test_who_is_limited_moves_only_between_their_locations(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 1)
    every = desk.ctx
    desk.ctx = replace(every, locations=frozenset({shop.locations[0].id}))
    assert (await moved(desk, order_id, shop.locations[1], units(1, 1, work))).code == "unknown_location"
    desk.ctx = replace(every, locations=frozenset({shop.locations[1].id}))
    assert (await moved(desk, order_id, shop.locations[1], units(1, 1, work))).code == "order_not_found"
    desk.ctx = replace(every, locations=frozenset(at.id for at in shop.locations))
    assert (await moved(desk, order_id, shop.locations[1], units(1, 1, work))).code == "moved"


@pytest.mark.parametrize("verb", [move_units, preview_moves])
async def test_it_needs_its_permission(desk: Desk, verb: Any) -> None:
    command = MoveUnits(order_id=new_id(), to="X", units=[units(1, 1)], note="Ada rang")
    has = {"orders.read"}
    for missing in ("orders.edit", "sourcing.read", "orders.note"):
        desk.ctx = a_context(permissions=frozenset(has))
        with pytest.raises(PermissionDenied) as refused:
            await desk.run(verb, [command], audited=False)
        assert refused.value.details == {"permission": missing}
        has.add(missing)
    desk.ctx = a_context(permissions=frozenset(has))
    assert codes(await desk.run(verb, [command], audited=False)) == ["order_not_found"]
    desk.ctx = a_context(permissions=frozenset(has - {"orders.note"}))
    unsaid = MoveUnits(order_id=new_id(), to="X", units=[units(1, 1)])
    assert codes(await desk.run(verb, [unsaid], audited=False)) == ["order_not_found"]


async def test_what_is_said_of_a_move_is_a_note_that_can_be_erased_and_stands_nowhere_else(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 3)
    order_id, work = await an_allocated_order(desk, shop, 2)
    await desk.run(
        preview_moves,
        [MoveUnits(order_id=order_id, to=shop.locations[1].code, units=[units(1, 1, work)], note="Ada rang")],
    )
    assert await desk.value("SELECT count(*) FROM order_note") == 0
    outcome = await moved(desk, order_id, shop.locations[1], units(1, 1, work), note="Ada rang")
    [row] = await desk.fetch("SELECT id, order_id, words, pinned FROM order_note")
    assert tuple(row) == (row[0], order_id, "Ada rang", False)
    assert outcome.details["note_id"] == encode_id("nte", row[0])
    assert await desk.value("SELECT count(*) FROM sourcing_decision WHERE explanation::text LIKE '%rang%'") == 0
    assert await desk.value("SELECT count(*) FROM event WHERE data::text LIKE '%rang%'") == 0
    assert (await desk.events(order_id))[-3:] == ["order.units_moved", "order.sourced", "order.note_added"]
    unsaid = await moved(desk, order_id, shop.locations[1], units(1, 1, work))
    assert unsaid.details["note_id"] is None


async def test_the_same_units_named_twice_are_summed(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 4)
    order_id, work = await an_allocated_order(desk, shop, 4)
    assert (await moved(desk, order_id, shop.locations[1], units(1, 1, work), units(1, 2, work))).code == "moved"
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 8, "allocated": 1}
    assert await desk.stock(shop.skus[0], shop.locations[1]) == {"available": 1, "allocated": 3}


async def test_a_preview_says_what_the_move_does_and_keeps_nothing(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 3)
    command = MoveUnits(order_id=order_id, to=shop.locations[1].code, units=[units(1, 2, work)])
    before = await desk.counts("event", "movement", "sourcing_decision", "fulfillment", "act")
    [seen] = await desk.run(preview_moves, [command])
    assert await desk.counts("event", "movement", "sourcing_decision", "fulfillment", "act") == before
    [done] = await desk.run(move_units, [command])
    assert (seen.code, seen.id, done.code) == ("previewed", order_id, "moved")
    assert seen.details == {n: value for n, value in done.details.items() if n not in ("fulfillment_id", "note_id")}


async def test_a_refusal_says_what_to_do(desk: Desk) -> None:
    shop = await a_shop(desk, 9, 2)
    order_id, work = await an_allocated_order(desk, shop, 3)
    outcome = await moved(desk, order_id, "NOWHERE", units(1, 1, work))
    assert outcome.message == "There is no location of this code, or it is not yours. Correct `to`."
    assert not outcome.ok

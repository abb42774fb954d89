"""Lines that name their location: what left a till is a fact, what is picked up is allocated there by intake itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orderwright.catalog import ChannelFacts, SkuFacts, UpsertChannel
from orderwright.flows.place_orders import place_orders
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Amount, Line, ReportedPayment
from tests.builders.catalog import Shop, a_channel
from tests.builders.orders import a_line, an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk, codes


async def a_store(desk: Desk, units: int = 5, **fields: Any) -> tuple[Shop, UpsertChannel]:
    """Two stores, one with `units` of the first SKU; the shop's own channel, and a till beside it."""
    shop = await desk.shop(**{"locations": 2, "skus": 2} | fields)
    till = a_channel(shop.pool_code, kind="pos")
    await desk.run(upsert_channels, [till])
    if units:
        await desk.receive(shop.skus[0], shop.locations[0], units)
    return shop, till


def line(shop: Shop, quantity: int = 1, sku: SkuFacts | None = None, at: int = 0, **fields: Any) -> Line:
    code = (sku or shop.skus[0]).code
    return a_line(code, quantity, **{"delivery": "pickup", "location": shop.locations[at].code} | fields)


def sale(channel: UpsertChannel | ChannelFacts, *lines: Line, **fields: Any) -> PlaceOrder:
    return an_order(channel.code, list(lines), **{"ship_to": None} | fields)


# ---- what left a till ----


async def test_a_sale_at_a_till_is_delivered_at_once(desk: Desk) -> None:
    shop, till = await a_store(desk)
    sold_at = datetime.now(UTC) - timedelta(hours=3)

    [outcome] = await desk.place(sale(till, line(shop, 2), placed_at=sold_at))

    assert (outcome.code, outcome.status, outcome.holds) == ("placed", "delivered", [])
    assert outcome.order_id is not None
    assert await desk.units(outcome.order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 3}
    [work] = await desk.fulfillments(outcome.order_id)
    assert (work.location_id, work.method, work.state) == (shop.locations[0].id, "pickup", "delivered")
    assert await desk.value("SELECT delivered_at FROM fulfillment") == sold_at
    assert await desk.fetch(
        "SELECT from_bucket, to_bucket, quantity, happened_at FROM movement WHERE order_id = $1", outcome.order_id
    ) == [("available", "customer", 2, sold_at)]
    assert await desk.events(outcome.order_id) == ["order.placed", "fulfillment.handed_over", "order.delivered"]
    assert await desk.queue("verify") == set()


async def test_a_sale_at_a_till_is_recorded_though_the_books_know_of_no_goods(desk: Desk) -> None:
    """They were there: the missing units are found, and nobody else's promise is touched."""
    shop, till = await a_store(desk, 1)
    order_id = await desk.placed(sale(till, line(shop, 3)))
    assert await desk.units(order_id) == {(1, 1): {"shipped": 3, "delivered": 3}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {}
    [event] = await desk.fetch("SELECT data::text, act_id FROM event WHERE type = 'stock.adjusted'")
    assert '"delta": 2' in event["data"]
    assert '"reason": "found"' in event["data"]
    placed_by = await desk.value("SELECT act_id FROM event WHERE type = 'order.placed'")
    assert event["act_id"] == placed_by
    moves = await desk.fetch("SELECT kind, quantity FROM movement WHERE order_id = $1 ORDER BY id", order_id)
    assert moves == [("adjustment", 2), ("hand_over", 3)]


async def test_goods_never_seen_before_may_leave_a_till(desk: Desk) -> None:
    shop, till = await a_store(desk, 0)
    order_id = await desk.placed(sale(till, line(shop, 1, at=1)))
    assert await desk.status(order_id) == "delivered"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)


async def test_goods_that_left_a_till_at_an_inactive_location_are_a_fact(desk: Desk) -> None:
    shop, till = await a_store(desk, 0, location={"active": False})
    order_id = await desk.placed(sale(till, line(shop, 2)))
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}
    assert await desk.holds(order_id) == []
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {}


async def test_nobody_picks_up_at_an_inactive_location(desk: Desk) -> None:
    shop, _ = await a_store(desk, 0, location={"active": False})
    assert codes(await desk.place(sale(shop.channel, line(shop)))) == ["location_inactive"]
    paid = [ReportedPayment(method="card", state="captured", amount=Amount(1999, "USD"))]
    order_id = await desk.placed(sale(shop.channel, line(shop), payments=paid))
    assert await desk.holds(order_id) == ["location_inactive"]
    assert await desk.units(order_id) == {(1, 1): {"backordered": 1}}


async def test_a_sale_at_a_till_may_make_atp_negative(desk: Desk) -> None:
    """Five units were promised to the web; two of them walk out of the door (law G2: listed, never hidden)."""
    shop, till = await a_store(desk)
    promised = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 5)]))
    await desk.placed(sale(till, line(shop, 2)))
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 5, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 3}
    await desk.verify(promised)
    assert await desk.source(promised) == ["partly_sourced"]
    assert codes(await desk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))) == ["placed"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-2, 2, 1)


async def test_a_sale_at_a_till_breaks_allocations_the_latest_promise_first(desk: Desk) -> None:
    shop, till = await a_store(desk)
    early, [first] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    late, [second] = await desk.sourced(an_order(shop.channel.code, [(shop.skus[0].code, 2)]))
    await desk.run(lambda tx, ctx: tx.execute("UPDATE orders SET promised_on = '2031-01-01' WHERE id = $1", early))

    sold = await desk.placed(sale(till, line(shop, 4)))

    # 1 was available; 2 come from the order that was promised latest, 1 from the other
    assert await desk.units(early) == {(1, 1): {"promised": 2}}
    assert await desk.units(late) == {(1, 1): {"promised": 1, "allocated": 1}}
    assert (await desk.states(early), await desk.states(late)) == (["cancelled"], ["open"])
    assert await desk.events(early) == [
        "order.placed", "order.verified", "order.sourced", "fulfillment.broken", "fulfillment.cancelled",
    ]  # fmt: skip
    assert await desk.events(late) == ["order.placed", "order.verified", "order.sourced", "fulfillment.broken"]
    assert await desk.status(sold) == "delivered"
    assert await desk.atp(shop.skus[0], shop.pool_id) == (-3, 3, 0)
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"allocated": 1}
    assert {early, late} <= await desk.queue("source")
    assert await desk.release(first.id, second.id) == ["wrong_state", "released"]
    acts = await desk.fetch("SELECT DISTINCT act_id FROM movement WHERE kind = 'hand_over'")
    assert len(acts) == 1


async def test_what_a_till_takes_is_not_promised_to_the_next_order_of_the_batch(desk: Desk) -> None:
    shop, till = await a_store(desk, 5, channel={"short_line_policy": "reject"})
    web = lambda: an_order(shop.channel.code, [(shop.skus[0].code, 3)])  # noqa: E731
    outcomes = await desk.place(sale(till, line(shop, 3)), web(), sale(till, line(shop, 2)))
    assert codes(outcomes) == ["placed", "out_of_stock", "placed"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 0)


async def test_a_kit_leaves_a_till_with_all_its_parts(desk: Desk) -> None:
    shop, till = await a_store(desk)
    kit = await desk.kit((shop.skus[0], 2), (shop.skus[1], 1))
    order_id = await desk.placed(sale(till, line(shop, 2, kit)))
    assert await desk.units(order_id) == {
        (1, 1): {"shipped": 4, "delivered": 4}, (1, 2): {"shipped": 2, "delivered": 2},
    }  # fmt: skip
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 1}
    assert await desk.counts("fulfillment") == {"fulfillment": 1}


async def test_a_till_may_also_sell_what_is_sent_home(desk: Desk) -> None:
    shop, till = await a_store(desk)
    order = an_order(till.code, [line(shop, 1), a_line(shop.skus[0].code, 1)])
    order_id = await desk.placed(order)
    assert await desk.units(order_id) == {(1, 1): {"shipped": 1, "delivered": 1}, (2, 1): {"promised": 1}}
    assert await desk.status(order_id) == "partly_shipped"
    assert await desk.queue("verify") == {order_id}
    await desk.verify(order_id)
    assert await desk.source(order_id) == ["sourced"]


async def test_an_unknown_sku_at_a_till_is_held_and_booked_when_it_is_known(desk: Desk) -> None:
    shop, till = await a_store(desk)
    order_id = await desk.placed(sale(till, a_line("NEW", 2, delivery="pickup", location=shop.locations[0].code)))
    assert (await desk.holds(order_id), await desk.status(order_id)) == (["unknown_sku"], "placed")
    new = await desk.sku(code="NEW")
    assert (await desk.release_holds(order_id)).code == "released"
    await desk.resolve(order_id)
    assert await desk.status(order_id) == "delivered"
    assert await desk.units(order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}
    assert await desk.atp(new, shop.pool_id) == (0, 0, 0)
    assert await desk.events(order_id) == [
        "order.placed", "order.held", "order.released", "order.resolved", "fulfillment.handed_over", "order.delivered",
    ]  # fmt: skip


async def test_a_sale_that_is_understood_later_breaks_allocations_like_any_other(desk: Desk) -> None:
    """Fault: goods that were allocated to somebody, and had left the till, were booked as found."""
    shop, till = await a_store(desk)
    order_id = await desk.placed(sale(till, a_line("NEW", 4, delivery="pickup", location=shop.locations[0].code)))
    new = await desk.sku(code="NEW")
    await desk.receive(new, shop.locations[0], 5)
    early, _ = await desk.sourced(an_order(shop.channel.code, [("NEW", 2)]))
    late, _ = await desk.sourced(an_order(shop.channel.code, [("NEW", 2)]))
    await desk.run(lambda tx, ctx: tx.execute("UPDATE orders SET promised_on = '2031-01-01' WHERE id = $1", early))
    await desk.release_holds(order_id)

    await desk.resolve(order_id)

    # 1 was available; 2 come from the order that was promised latest, 1 from the other
    assert await desk.status(order_id) == "delivered"
    assert await desk.units(early) == {(1, 1): {"promised": 2}}
    assert await desk.units(late) == {(1, 1): {"promised": 1, "allocated": 1}}
    assert (await desk.states(early), await desk.states(late)) == (["cancelled"], ["open"])
    assert (await desk.events(late))[-1] == "fulfillment.broken"
    assert await desk.atp(new, shop.pool_id) == (-3, 3, 0)
    assert await desk.stock(new, shop.locations[0]) == {"allocated": 1}
    assert await desk.value("SELECT count(*) FROM movement WHERE kind = 'adjustment'") == 0
    assert await desk.queue("source") >= {early, late}


async def test_a_sale_that_is_understood_later_and_was_more_than_anybody_knew_of(desk: Desk) -> None:
    shop, till = await a_store(desk)
    order_id = await desk.placed(sale(till, a_line("NEW", 4, delivery="pickup", location=shop.locations[0].code)))
    new = await desk.sku(code="NEW")
    await desk.receive(new, shop.locations[0], 1)
    other, _ = await desk.sourced(an_order(shop.channel.code, [("NEW", 1)]))
    await desk.release_holds(order_id)
    await desk.resolve(order_id)
    assert await desk.units(other) == {(1, 1): {"promised": 1}}
    assert await desk.value("SELECT sum(quantity) FROM movement WHERE kind = 'adjustment'") == 3
    assert await desk.atp(new, shop.pool_id) == (-1, 1, 0)


async def test_who_sold_it_stands_in_the_books(desk: Desk) -> None:
    """Two tills in one batch: each movement refers to its own (law T6)."""
    shop, till = await a_store(desk, 1)
    senders = [a_context(actor="key:north"), a_context(actor="key:south")]
    orders = [sale(till, line(shop, 1)), sale(till, line(shop, 1))]
    async with desk.database.transaction("acme") as tx:
        await place_orders(tx, desk.ctx, orders, senders)
    await desk.audit()
    rows = await desk.fetch(
        "SELECT a.actor, m.kind FROM movement AS m JOIN act AS a ON a.id = m.act_id WHERE m.order_id IS NOT NULL"
        " ORDER BY m.id"
    )
    assert sorted(map(tuple, rows)) == [
        ("key:north", "hand_over"), ("key:south", "adjustment"), ("key:south", "hand_over"),
    ]  # fmt: skip


# ---- pick-up in store ----


async def test_a_pick_up_is_allocated_by_intake(desk: Desk) -> None:
    shop, _ = await a_store(desk)
    order = an_order(shop.channel.code, [line(shop, 2), line(shop, 1), a_line(shop.skus[0].code, 1)])
    [outcome] = await desk.place(order)
    assert outcome.order_id is not None
    order_id = outcome.order_id
    assert await desk.units(order_id) == {
        (1, 1): {"allocated": 2}, (2, 1): {"allocated": 1}, (3, 1): {"promised": 1},
    }  # fmt: skip
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"available": 2, "allocated": 3}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (1, 1, 0)
    [work] = await desk.fulfillments(order_id)
    assert (work.location_id, work.method, work.state) == (shop.locations[0].id, "pickup", "open")
    assert await desk.events(order_id) == ["order.placed", "order.sourced"]
    assert outcome.status == await desk.status(order_id) == "placed"

    # nobody picks it before the order is verified
    assert (await desk.queue("release"), await desk.queue("verify")) == (set(), {order_id})
    await desk.verify(order_id)
    assert (await desk.queue("release"), await desk.queue("source")) == ({work.id}, {order_id})
    assert await desk.source(order_id) == ["sourced"]
    assert len(await desk.fulfillments(order_id)) == 2


async def test_a_pick_up_alone_is_allocated_as_a_whole_and_handed_over_at_the_counter(desk: Desk) -> None:
    shop, _ = await a_store(desk)
    [outcome] = await desk.place(sale(shop.channel, line(shop, 2)))
    assert (outcome.status, outcome.code) == ("allocated", "placed")
    assert outcome.order_id is not None
    [work] = await desk.fulfillments(outcome.order_id)
    promised = await desk.fetch("SELECT promised_on, promise_zone FROM orders")
    local = work.due_at.astimezone(ZoneInfo("America/New_York")).date()
    assert promised == [(local, "America/New_York")]
    await desk.verify(outcome.order_id)
    assert await desk.release(work.id) == ["released"]
    assert (await desk.pick(work.id)).code == "picked"
    assert await desk.pack(work.id) == ["packed"]
    assert await desk.queue("label") == set()
    assert await desk.ship(work.id) == ["handed_over"]
    assert await desk.status(outcome.order_id) == "delivered"
    assert await desk.units(outcome.order_id) == {(1, 1): {"shipped": 2, "delivered": 2}}
    assert await desk.events(outcome.order_id) == [
        "order.placed", "order.sourced", "order.verified", "fulfillment.released", "fulfillment.picked",
        "fulfillment.packed", "fulfillment.handed_over", "order.delivered",
    ]  # fmt: skip


async def test_a_pick_up_that_is_held_is_not_allocated(desk: Desk) -> None:
    shop, _ = await a_store(desk)
    order_id = await desk.placed(sale(shop.channel, line(shop, 1), a_line("NOPE", 1, delivery="digital")))
    assert await desk.holds(order_id) == ["unknown_sku"]
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}, (2, 1): {"pending": 1}}
    assert await desk.fulfillments(order_id) == []


async def test_a_pick_up_beyond_what_lies_there_waits(desk: Desk) -> None:
    shop, _ = await a_store(desk)
    await desk.receive(shop.skus[0], shop.locations[1], 9)
    order_id = await desk.placed(sale(shop.channel, line(shop, 7)))
    assert await desk.units(order_id) == {(1, 1): {"allocated": 5, "backordered": 2}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (9, 0, 2)
    assert await desk.status(order_id) == "allocated"


async def test_two_pick_ups_of_one_batch_share_one_shelf(desk: Desk) -> None:
    shop, _ = await a_store(desk, 3, channel={"short_line_policy": "reject"})
    await desk.receive(shop.skus[0], shop.locations[1], 9)
    orders = [sale(shop.channel, line(shop, n)) for n in (2, 2, 1)]
    outcomes = await desk.place(*orders)
    assert codes(outcomes) == ["placed", "out_of_stock", "placed"]
    assert await desk.stock(shop.skus[0], shop.locations[0]) == {"allocated": 3}


async def test_a_line_that_ships_may_name_its_location_too(desk: Desk) -> None:
    shop, _ = await a_store(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [line(shop, 1, delivery="ship")]))
    [work] = await desk.fulfillments(order_id)
    assert (work.method, work.location_id) == ("ship", shop.locations[0].id)


async def test_a_pick_up_that_its_store_rejected_is_held_until_somebody_sends_it_on(desk: Desk) -> None:
    """Fault: the store was passed over every ten minutes, for ever, and nobody knew."""
    shop, _ = await a_store(desk)
    order_id = await desk.placed(sale(shop.channel, line(shop, 1)))
    [work] = await desk.fulfillments(order_id)
    await desk.verify(order_id)
    assert await desk.reject(work.id, "closed") == "rejected"
    assert await desk.holds(order_id) == ["location_rejected"]
    [hold] = await desk.fetch("SELECT blocks, detail ->> 'lines' AS lines, detail ->> 'reason' AS why FROM hold")
    assert tuple(hold) == (["source"], "[1]", "closed")
    assert await desk.source(order_id) == ["order_held"]
    assert await desk.queue("source") == set()
    assert await desk.units(order_id) == {(1, 1): {"promised": 1}}
    assert await desk.states(order_id) == ["rejected"]

    assert (await desk.release_holds(order_id, "location_rejected")).code == "released"

    assert await desk.queue("source") == {order_id}
    assert await desk.source(order_id) == ["sourced"]
    assert await desk.units(order_id) == {(1, 1): {"allocated": 1}}
    assert await desk.states(order_id) == ["rejected", "open"]


async def test_a_pick_up_cannot_be_sourced_from_elsewhere(desk: Desk) -> None:
    shop, _ = await a_store(desk, 1)
    await desk.receive(shop.skus[0], shop.locations[1], 9)
    order_id = await desk.placed(sale(shop.channel, line(shop, 1)))
    [work] = await desk.fulfillments(order_id)
    await desk.verify(order_id)
    await desk.release(work.id)
    assert (await desk.pick(work.id, (1, 1, 1))).code == "picked_short"
    assert await desk.holds(order_id) == ["location_rejected"]
    assert (await desk.events(order_id))[-1] == "order.held"
    await desk.release_holds(order_id)
    claim = "UPDATE work SET due = now() + interval '5 minutes' WHERE stage = 'source'"
    await desk.run(lambda tx, ctx: tx.execute(claim))
    assert await desk.source(order_id) == ["unsourced"]
    [row] = await desk.fetch("SELECT due > now() + interval '9 minutes' FROM work WHERE stage = 'source'")
    assert row[0]


async def test_only_the_line_that_names_the_location_holds_its_order(desk: Desk) -> None:
    """A parcel of the same store is simply sourced elsewhere."""
    shop, _ = await a_store(desk)
    await desk.receive(shop.skus[0], shop.locations[1], 9)
    parcel = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    pick_up = await desk.placed(sale(shop.channel, line(shop, 1)))
    await desk.verify(parcel, pick_up)
    await desk.source(parcel)
    for order_id in (parcel, pick_up):
        [work] = await desk.fulfillments(order_id)
        assert await desk.reject(work.id) == "rejected"
    assert (await desk.holds(parcel), await desk.holds(pick_up)) == ([], ["location_rejected"])
    assert await desk.source(parcel) == ["sourced"]


@pytest.mark.parametrize("policy", ["reject", "drop", "backorder", "preorder"])
async def test_a_sale_at_a_till_knows_no_policy(desk: Desk, policy: str) -> None:
    shop = await desk.shop(channel={"kind": "pos", "short_line_policy": policy, "buffer": 3})
    order_id = await desk.placed(sale(shop.channel, line(shop, 2)))
    assert await desk.status(order_id) == "delivered"

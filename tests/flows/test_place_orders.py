"""Placing orders: every policy, replays, twins, refusals, holds, and what is written of each."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from orderwright.catalog import Price
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.place_orders import place_orders
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ExpectSupply
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Amount, Charge, Discount, Person, ReportedPayment, Tax
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.ids import encode_id
from tests.builders.catalog import Shop, a_channel
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk, codes

WRITTEN = ("orders", "order_identity", "order_line", "component", "promise", "backorder", "contact", "hold", "event")


async def a_stocked_shop(desk: Desk, units: int = 5, **fields: Any) -> Shop:
    """One location, `skus` SKUs, `units` of each."""
    shop = await desk.shop(**fields)
    for sku in shop.skus:
        if units:
            await desk.receive(sku, shop.locations[0], units)
    return shop


def paid(order: PlaceOrder) -> PlaceOrder:
    payment = ReportedPayment(method="card", state="captured", amount=order.total)
    return msgspec.structs.replace(order, payments=[payment])


# ---- an order that is placed ----


async def test_everything_of_an_order_is_written(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, skus=2)
    first, second = shop.skus
    order = an_order(
        shop.channel.code,
        [a_line(first.code, 2, reference="l-1", taxes=[Tax(amount=Amount(300, "USD"), name="VAT")]), (second.code, 1)],
        total=Amount(5997 + 300 + 500 - 100, "USD"),
        shipping=[Charge(amount=Amount(500, "USD"), code="STANDARD")],
        discounts=[Discount(amount=Amount(100, "USD"), code="TEN")],
        payments=[ReportedPayment(method="card", state="authorized", amount=Amount(6697, "USD"), reference="p-1")],
        bill_to=an_address(name="Accounts"),
        tags=["gift"],
        metadata={"source": "test"},
        priority=3,
    )

    [outcome] = await desk.place(order)

    assert (outcome.code, outcome.status, outcome.holds, outcome.backordered) == ("placed", "placed", [], 0)
    assert outcome.order_id is not None
    assert await desk.counts(*WRITTEN) == {
        "orders": 1, "order_identity": 1, "order_line": 2, "component": 2, "promise": 2, "backorder": 0, "contact": 2,
        "hold": 0, "event": await desk.value("SELECT count(*) FROM event"),
    }  # fmt: skip
    [row] = await desk.fetch("SELECT * FROM orders")
    assert (row["id"], row["number"], row["status"], row["priority"]) == (outcome.order_id, 100001, "placed", 3)
    assert (row["lines_minor"], row["shipping_minor"], row["discount_minor"]) == (5997, 500, 100)
    assert (row["tax_minor"], row["total_minor"], row["event_seq"]) == (300, 6697, 1)
    assert [tuple(r) for r in await desk.fetch("SELECT order_id, tag FROM order_tag")] == [(outcome.order_id, "gift")]
    lines = await desk.fetch("SELECT * FROM order_line ORDER BY n")
    assert [(r["reference"], r["discount_minor"], r["tax_minor"], r["shipping_minor"]) for r in lines] == [
        ("l-1", 67, 300, 333), (None, 33, 0, 167),
    ]  # fmt: skip
    assert await desk.units(outcome.order_id) == {(1, 1): {"promised": 2}, (2, 1): {"promised": 1}}
    assert await desk.atp(first, shop.pool_id) == (3, 2, 0)
    assert await desk.stock(first, shop.locations[0]) == {"available": 5}
    assert await desk.events(outcome.order_id) == ["order.placed"]
    assert await desk.queue("verify") == {outcome.order_id}
    assert await desk.value("SELECT count(*) FROM payment WHERE reference = 'p-1'") == 1


async def test_orders_are_served_in_order_of_arrival(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 3, channel={"short_line_policy": "reject"})
    orders = [an_order(shop.channel.code, [(shop.skus[0].code, units)]) for units in (2, 2, 1)]
    outcomes = await desk.place(*orders)
    assert codes(outcomes) == ["placed", "out_of_stock", "placed"]
    assert [o.number for o in outcomes] == [100001, None, 100002]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 3, 0)


async def test_a_batch_of_one_customer_s_orders_makes_one_customer(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    person = Person(name="Ada", email="ada@example.com")
    await desk.place(*[an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=person) for _ in range(2)])
    assert await desk.value("SELECT count(DISTINCT customer_id) FROM orders") == 1
    assert await desk.counts("customer") == {"customer": 1}


async def test_no_orders(desk: Desk) -> None:
    assert await desk.place() == []


async def test_placing_needs_its_permission(desk: Desk) -> None:
    clerk = Desk(desk.database, permissions={"orders.read"})
    with pytest.raises(PermissionDenied):
        await clerk.place(an_order("web", [("THING", 1)]))


# ---- contacts ----


async def contact_rows(desk: Desk) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await desk.fetch("SELECT role, name, email, phone, city FROM contact ORDER BY role DESC")]


@pytest.mark.parametrize(
    ("buyer", "ship_to", "rows"),
    [
        (Person(name="Ada", email="a@x.org"), {"name": "Ada"}, [("ship_to", "Ada", "a@x.org", None, "Springfield")]),
        (Person(email="a@x.org"), {"name": "Ada"}, [("ship_to", "Ada", "a@x.org", None, "Springfield")]),
        (
            Person(name="Bob", email="b@x.org"),
            {"name": "Ada"},
            [("ship_to", "Ada", None, None, "Springfield"), ("buyer", "Bob", "b@x.org", None, None)],
        ),
        (  # neither address is lost: the buyer's is for the receipt, the other for the courier
            Person(name="Ada", email="ada@home.org"),
            {"name": "Ada", "email": "ada@work.org"},
            [("ship_to", "Ada", "ada@work.org", None, "Springfield"), ("buyer", "Ada", "ada@home.org", None, None)],
        ),
        (
            Person(name="Ada", phone="1"),
            {"name": "Ada", "phone": "2"},
            [("ship_to", "Ada", None, "2", "Springfield"), ("buyer", "Ada", None, "1", None)],
        ),
        (
            Person(name="Ada", email="a@x.org", phone="1"),
            {"name": "Ada", "email": "a@x.org"},
            [("ship_to", "Ada", "a@x.org", "1", "Springfield")],
        ),
    ],
)
async def test_the_buyer_shares_the_address_only_when_nothing_is_lost(
    desk: Desk, buyer: Person, ship_to: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    shop = await a_stocked_shop(desk)
    address = an_address(**ship_to)
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], customer=buyer, ship_to=address))
    assert await contact_rows(desk) == rows


# ---- policies ----


@pytest.mark.parametrize("policy", ["reject", "drop", "backorder", "preorder"])
async def test_a_short_order(desk: Desk, policy: str) -> None:
    shop = await a_stocked_shop(desk, 2, skus=2, channel={"short_line_policy": policy})
    short, there = shop.skus
    [outcome] = await desk.place(an_order(shop.channel.code, [(short.code, 5), (there.code, 1)]))
    taken = {"reject": None, "drop": (0, 1), "backorder": (2, 1), "preorder": None}[policy]
    if taken is None:
        assert (outcome.code, outcome.details) == ("out_of_stock", {"line": 1, "sku": short.code})
        assert await desk.counts("orders", "order_identity", "promise", "inbox") == {
            "orders": 0, "order_identity": 0, "promise": 0, "inbox": 1,
        }  # fmt: skip
        assert await desk.atp(short, shop.pool_id) == (2, 0, 0)
        return
    assert outcome.order_id is not None
    units = await desk.units(outcome.order_id)
    if policy == "drop":
        assert outcome.dropped_lines == [1]
        assert units == {(1, 1): {"cancelled": 5}, (2, 1): {"promised": 1}}
        assert await desk.atp(short, shop.pool_id) == (2, 0, 0)
    else:
        assert (outcome.backordered, outcome.status) == (3, "placed")
        assert units == {(1, 1): {"promised": 2, "backordered": 3}, (2, 1): {"promised": 1}}
        assert await desk.atp(short, shop.pool_id) == (0, 2, 3)


@pytest.mark.parametrize("policy", ["reject", "drop", "preorder"])
@pytest.mark.parametrize("kind", ["marketplace", "storefront"])
async def test_a_short_order_that_is_never_refused_is_held(desk: Desk, policy: str, kind: str) -> None:
    shop = await a_stocked_shop(desk, 2, channel={"short_line_policy": policy, "kind": kind})
    order = an_order(shop.channel.code, [(shop.skus[0].code, 5)])
    [outcome] = await desk.place(order if kind == "marketplace" else paid(order))
    assert (outcome.code, outcome.holds) == ("placed", ["out_of_stock"])
    assert outcome.order_id is not None
    assert await desk.units(outcome.order_id) == {(1, 1): {"pending": 5}}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (2, 0, 0)
    assert await desk.events(outcome.order_id) == ["order.placed", "order.held"]


async def test_a_backorder_limit_spans_pools(desk: Desk) -> None:
    shop = await desk.shop(sku={"backorder_limit": 5})
    order = lambda units: an_order(shop.channel.code, [(shop.skus[0].code, units)])  # noqa: E731
    outcomes = await desk.place(order(3), order(3), order(2))
    assert codes(outcomes) == ["placed", "backorder_limit", "placed"]
    assert codes(await desk.place(order(1))) == ["backorder_limit"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 0, 5)


async def test_a_preorder_is_promised_from_dated_supply(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 1, channel={"short_line_policy": "preorder"})
    sku = shop.skus[0]
    expected = ExpectSupply(sku=sku.code, pool=shop.pool_code, quantity=4, due_on=date(2031, 5, 6))
    await desk.run(expect_supply, [expected])
    order = lambda units: an_order(shop.channel.code, [(sku.code, units)])  # noqa: E731
    outcomes = await desk.place(order(4), order(2), order(1))
    assert codes(outcomes) == ["placed", "out_of_stock", "placed"]
    assert [o.backordered for o in outcomes] == [3, 0, 1]
    assert await desk.fetch("SELECT quantity, preordered FROM supply") == [(4, 4)]
    rows = await desk.fetch("SELECT promised_on FROM orders ORDER BY number")
    assert [row[0] for row in rows] == [date(2031, 5, 6)] * 2


# ---- lines that are not understood, kits, what needs no stock ----


async def test_an_unknown_sku_is_held_and_takes_its_neighbours_stock(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order_id = await desk.placed(an_order(shop.channel.code, [("NOPE", 2), (shop.skus[0].code, 1)]))
    assert await desk.units(order_id) == {(1, 1): {"pending": 2}, (2, 1): {"promised": 1}}
    assert await desk.holds(order_id) == ["unknown_sku"]


async def test_kits_share_their_components(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 5, skus=2, channel={"short_line_policy": "reject"})
    thing, other = shop.skus
    kit = await desk.kit((thing, 2), (other, 1))
    order = lambda *lines: an_order(shop.channel.code, list(lines))  # noqa: E731
    outcomes = await desk.place(order((kit.code, 2), (thing.code, 2)), order((kit.code, 2), (thing.code, 1)))
    assert codes(outcomes) == ["out_of_stock", "placed"]
    assert outcomes[1].order_id is not None
    assert await desk.units(outcomes[1].order_id) == {
        (1, 1): {"promised": 4}, (1, 2): {"promised": 2}, (2, 1): {"promised": 1},
    }  # fmt: skip
    assert await desk.atp(thing, shop.pool_id) == (0, 5, 0)


async def test_what_needs_no_stock_of_ours(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 0)
    song = await desk.sku(kind="digital")
    lines = [(song.code, 1), a_line(shop.skus[0].code, 2, delivery="channel")]
    [outcome] = await desk.place(an_order(shop.channel.code, lines, ship_to=None))
    assert (outcome.code, outcome.status) == ("placed", "delivered")
    assert outcome.order_id is not None
    assert await desk.units(outcome.order_id) == {(1, 1): {"external": 1}, (2, 1): {"external": 2}}
    await desk.verify(outcome.order_id)
    assert await desk.source(outcome.order_id) == ["nothing_to_source"]


# ---- who an order is ----


async def test_a_replay_is_answered_with_the_first_order_and_changes_nothing(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    [first] = await desk.place(order)
    before = await desk.counts(*WRITTEN, "act", "inbox", "work")
    [again] = await desk.place(order)
    assert (again.code, again.order_id, again.number, again.status) == ("replayed", first.order_id, 100001, "placed")
    assert again.accepted
    assert await desk.counts(*WRITTEN, "act", "inbox", "work") == before


async def test_a_differing_replay_names_the_fields(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1), (shop.skus[0].code, 2)])
    [first] = await desk.place(order)
    other = msgspec.structs.replace(
        order, lines=[order.lines[0], a_line(shop.skus[0].code, 1)], total=Amount(3998, "USD")
    )
    [answer] = await desk.place(other)
    assert (answer.code, answer.order_id, answer.accepted) == ("order_differs", first.order_id, False)
    assert answer.details == {"fields": ["lines[1]", "total"]}
    assert await desk.counts("orders", "inbox") == {"orders": 1, "inbox": 1}


async def test_a_replay_is_known_even_where_the_same_order_would_be_refused_by_now(desk: Desk) -> None:
    """Repeating a request never repeats its effect nor denies it (law T1): the catalogue may have changed since."""
    shop = await a_stocked_shop(desk, channel={"verify_prices": True})
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    [first] = await desk.place(order)
    await desk.sku(code=shop.skus[0].code, name="Dearer", price=Price(2500, "USD"))
    differing = msgspec.structs.replace(order, total=Amount(1, "USD"))
    again, differs, new = await desk.place(order, differing, msgspec.structs.replace(order, external_id="another"))
    assert (again.code, again.order_id) == ("replayed", first.order_id)
    assert (differs.code, differs.order_id, differs.details) == ("order_differs", first.order_id, {"fields": ["total"]})
    assert new.code == "price_differs"


async def test_a_replay_is_known_though_its_channel_was_closed_since(desk: Desk) -> None:
    """Fault: it was answered `channel_inactive`, as if the order were not here."""
    shop = await a_stocked_shop(desk)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    [first] = await desk.place(order)
    closed = a_channel(shop.pool_code, code=shop.channel.code, active=False)
    await desk.run(lambda tx, ctx: upsert_channels(tx, ctx, [closed]))
    dearer = msgspec.structs.replace(order, total=Amount(1, "USD"))
    again, differs, new = await desk.place(order, dearer, msgspec.structs.replace(order, external_id="another"))
    assert (again.code, again.order_id) == ("replayed", first.order_id)
    assert (differs.code, differs.order_id) == ("order_differs", first.order_id)
    assert (new.code, new.order_id) == ("channel_inactive", None)
    assert await desk.counts("orders") == {"orders": 1}


async def test_twins_in_one_batch(desk: Desk) -> None:
    """The first wins, the rest are compared with it."""
    shop = await a_stocked_shop(desk)
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    dearer = msgspec.structs.replace(order, lines=[a_line(shop.skus[0].code, 1, 2999)], total=Amount(2999, "USD"))
    wrong = msgspec.structs.replace(order, total=Amount(5, "USD"))
    outcomes = await desk.place(wrong, order, order, dearer, wrong)
    assert codes(outcomes) == ["totals_do_not_add_up", "placed", "replayed", "order_differs", "order_differs"]
    assert {o.order_id for o in outcomes[1:]} == {outcomes[1].order_id}
    assert [o.details for o in outcomes[3:]] == [{"fields": ["lines[0]", "total"]}, {"fields": ["total"]}]
    assert await desk.counts("orders", "inbox") == {"orders": 1, "inbox": 3}


async def test_a_twin_of_a_refused_order_is_refused_as_well(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 0, channel={"short_line_policy": "reject"})
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    assert codes(await desk.place(order, order)) == ["out_of_stock", "out_of_stock"]
    assert await desk.counts("order_identity", "orders") == {"order_identity": 0, "orders": 0}


async def test_a_refused_order_keeps_no_identity_and_may_be_sent_again_mended(desk: Desk) -> None:
    shop = await a_stocked_shop(desk, 1, channel={"short_line_policy": "reject"})
    order = an_order(shop.channel.code, [(shop.skus[0].code, 2)])
    [refused] = await desk.place(order)
    assert (refused.code, refused.order_id, refused.accepted) == ("out_of_stock", None, False)
    [body] = await desk.fetch("SELECT channel, external_id, code, message, body::text AS body FROM inbox")
    assert (body["channel"], body["external_id"], body["code"]) == (order.channel, order.external_id, "out_of_stock")
    assert body["message"] == refused.message
    assert msgspec.json.decode(body["body"].encode(), type=PlaceOrder) == order
    mended = msgspec.structs.replace(order, lines=[a_line(shop.skus[0].code, 1)], total=Amount(1999, "USD"))
    assert codes(await desk.place(mended)) == ["placed"]


async def test_the_same_external_id_on_two_channels_is_two_orders(desk: Desk) -> None:
    one, two = await a_stocked_shop(desk), await a_stocked_shop(desk)
    orders = [an_order(shop.channel.code, [(shop.skus[0].code, 1)], external_id="1") for shop in (one, two)]
    assert codes(await desk.place(*orders)) == ["placed", "placed"]


# ---- what is refused takes nothing ----


async def test_an_order_with_an_unknown_parent_takes_no_stock(desk: Desk) -> None:
    """Fault: it was refused after its stock was taken, and the units were lost to everybody."""
    shop = await a_stocked_shop(desk)
    parent = await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))
    order = lambda name: an_order(  # noqa: E731
        shop.channel.code, [(shop.skus[0].code, 1)], kind="exchange", parent=name
    )
    known, unknown, nonsense = await desk.place(
        order(encode_id("ord", parent)), order("ord_00000000000000000000000000"), order("nonsense")
    )
    assert codes([known, unknown, nonsense]) == ["placed", "unknown_parent", "unknown_parent"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (3, 2, 0)
    assert await desk.value("SELECT parent_id FROM orders WHERE id = $1", known.order_id) == parent


async def test_the_neighbours_of_a_refused_order_are_placed(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    good = [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(2)]
    bad = an_order("no-such-channel", [(shop.skus[0].code, 1)])
    assert codes(await desk.place(good[0], bad, good[1])) == ["placed", "unknown_channel", "placed"]
    [row] = await desk.fetch("SELECT channel, code FROM inbox")
    assert (row["channel"], row["code"]) == ("no-such-channel", "unknown_channel")


async def test_a_refused_order_stands_in_the_inbox_with_whoever_sent_it(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    senders = [a_context(actor="key:one", request_id="r-1"), a_context(actor="key:two", request_id="r-2")]
    orders = [an_order("nope", [(shop.skus[0].code, 1)]), an_order(shop.channel.code, [(shop.skus[0].code, 1)])]
    async with desk.database.transaction("acme") as tx:
        await place_orders(tx, desk.ctx, orders, senders)
    await desk.audit()
    refused = await desk.fetch("SELECT a.actor, a.request_id FROM inbox AS i JOIN act AS a ON a.id = i.act_id")
    placed = await desk.fetch(
        "SELECT a.actor, a.request_id FROM event AS e JOIN act AS a ON a.id = e.act_id WHERE e.type = 'order.placed'"
    )
    assert (refused, placed) == ([("key:one", "r-1")], [("key:two", "r-2")])


async def test_a_caller_limited_to_other_channels(desk: Desk) -> None:
    shop = await a_stocked_shop(desk)
    clerk = Desk(desk.database, channels=frozenset())
    assert codes(await clerk.place(an_order(shop.channel.code, [(shop.skus[0].code, 1)]))) == ["channel_not_allowed"]


# ---- two merchants ----


async def test_two_merchants_do_not_touch_each_other(desk: Desk) -> None:
    other = Desk(desk.database, "bolt")
    ours, theirs = await a_stocked_shop(desk), await a_stocked_shop(other)
    order = an_order(ours.channel.code, [(ours.skus[0].code, 1)])
    assert codes(await desk.place(order)) == ["placed"]
    assert codes(await other.place(order)) == ["unknown_channel"]
    same = an_order(theirs.channel.code, [(theirs.skus[0].code, 1)], external_id=order.external_id)
    assert codes(await other.place(same)) == ["placed"]
    assert await desk.counts("orders", "inbox") == {"orders": 1, "inbox": 0}
    assert await other.counts("orders", "inbox") == {"orders": 1, "inbox": 1}
    assert await desk.atp(ours.skus[0], ours.pool_id) == (4, 1, 0)
    assert await other.atp(theirs.skus[0], theirs.pool_id) == (4, 1, 0)

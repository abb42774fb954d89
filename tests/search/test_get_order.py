"""An order read whole."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from orderwright.search import get_order, get_orders
from tests.helpers.contexts import a_context
from tests.search.conftest import NOW, History


def plain(value: object) -> object:
    """A view as the JSON that it becomes."""
    return msgspec.json.decode(msgspec.json.encode(value))


def usd(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "USD"}


async def test_an_order_with_all_that_belongs_to_it(shared_database: Database, history: History) -> None:
    async with shared_database.transaction("acme") as tx:
        order = await get_order(tx, history.ids["rich"], number_format="OW-{number}")
        row = (await tx.fetch("SELECT * FROM orders WHERE id = $1", history.ids["rich"]))[0]
        [work] = await tx.fetch("SELECT * FROM fulfillment WHERE order_id = $1", row["id"])
        [decision] = await tx.fetch("SELECT * FROM sourcing_decision WHERE order_id = $1", row["id"])
    assert order is not None
    first, second, _ = (sku.code for sku in history.shop.skus)

    assert (order.id, order.number, order.number_text) == (
        encode_id("ord", history.ids["rich"]),
        history.numbers["rich"],
        f"OW-{history.numbers['rich']}",
    )
    assert (order.kind, order.parent, order.status, order.held, order.holds) == ("sale", None, "allocated", False, [])
    assert (order.channel, order.channel_name, order.external_id) == (
        history.shop.channel.code,
        order.channel_name,
        "WEB-1",
    )
    assert (order.placed_at, order.tags, order.metadata) == (NOW, ["gift"], {"note": 1})
    assert (order.events, order.version) == (row["event_seq"], row["version"])
    assert order.customer == encode_id("cus", row["customer_id"])
    assert plain(order.totals) == {
        "lines": usd(4998),
        "shipping": usd(700),
        "fees": usd(0),
        "discount": usd(500),
        "tax": usd(301),
        "rounding": usd(0),
        "total": usd(5499),
    }
    assert [(line.n, line.reference, line.sku, line.name, line.quantity) for line in order.lines] == [
        (1, "L-1", first, history.shop.skus[0].name, 2),
        (2, None, second, "Second thing, blue", 1),
    ]
    assert plain(order.lines[0].unit_price) == usd(1999)
    assert [(plain(line.subtotal), plain(line.discount)) for line in order.lines] == [
        (usd(3998), usd(500)),
        (usd(1000), usd(0)),
    ]
    assert [(c.n, c.sku, c.ordered, c.promised, c.allocated) for line in order.lines for c in line.components] == [
        (1, first, 2, 0, 2),
        (1, second, 1, 0, 1),
    ]
    assert [(c.kind, c.code, c.name, c.amount.amount, [s.amount for s in c.shares]) for c in order.charges] == [
        ("discount", "SPRING", None, 500, [500, 0]),
        ("shipping", "ground", "Ground", 700, [560, 140]),
        ("tax", None, "Sales tax", 301, [234, 67]),
    ]
    assert str(order.charges[2].rate) == "0.0625"
    [payment] = plain(order.payments)
    assert payment.pop("id").startswith("pay_")
    assert payment == {
        "n": 1, "method": "card", "state": "captured", "provider": "pay", "reference": "p-1", "amount": usd(5499),
        "authorized": usd(5499), "captured": usd(5499), "refunded": usd(0), "under_way": usd(0), "expires_at": None,
        "refused": None,
    }  # fmt: skip
    assert plain(order.balance_due) == usd(0)
    assert order.buyer is not None
    assert order.ship_to is not None
    assert order.bill_to is not None
    assert (order.buyer.name, order.buyer.email, order.buyer.phone) == (
        "Grace Hopper",
        "Grace@Example.com",
        "+16175550132",
    )
    assert (order.ship_to.name, order.ship_to.company, order.ship_to.postal_code) == (
        "Ada Lovelace",
        "Analytical Engines",
        "62701",
    )
    assert (order.bill_to.name, order.bill_to.line2, order.bill_to.erased) == ("Charles Babbage", "Floor 2", False)
    [fulfillment] = order.fulfillments
    assert (fulfillment.id, fulfillment.location, fulfillment.state) == (
        encode_id("ful", work["id"]),
        history.shop.locations[0].code,
        "open",
    )
    assert (fulfillment.due_at, fulfillment.shipment, fulfillment.shipped_at) == (work["due_at"], None, None)
    assert [(a.line, a.component, a.sku, a.quantity, a.picked) for a in fulfillment.allocations] == [
        (1, 1, first, 2, 0),
        (2, 1, second, 1, 0),
    ]
    [sourcing] = order.sourcing
    assert (sourcing.n, sourcing.outcome, sourcing.decided_at) == (1, "sourced", decision["decided_at"])
    assert sourcing.explanation == msgspec.json.decode(decision["explanation"])
    assert order.backorders == []


async def test_an_order_on_its_way_has_its_parcel(shared_database: Database, history: History) -> None:
    async with shared_database.transaction("acme") as tx:
        order = await get_order(tx, history.ids["shipped"])
    assert order is not None
    [fulfillment] = order.fulfillments
    assert (order.status, order.number_text, fulfillment.state) == (
        "shipped",
        f"#{history.numbers['shipped']}",
        "shipped",
    )
    assert fulfillment.shipment is not None
    assert (fulfillment.shipment.carrier, fulfillment.shipment.state) == ("builtin", "shipped")
    [parcel] = fulfillment.shipment.parcels
    assert (parcel.n, parcel.tracking_number, parcel.weight_g) == (1, history.tracking_number, 700)
    assert order.lines[0].components[0].shipped == 1


async def test_holds_backorders_and_what_is_not_understood(shared_database: Database, history: History) -> None:
    async with shared_database.transaction("acme") as tx:
        held = await get_order(tx, history.ids["held"])
        unknown = await get_order(tx, history.ids["unknown"])
        since = await tx.fetchval("SELECT created_at FROM hold WHERE order_id = $1", history.ids["held"])
    assert held is not None
    assert unknown is not None
    assert [(h.type, h.blocks, h.detail, h.since) for h in held.holds] == [
        ("manual", ["source", "release", "ship"], {"note": "look at it"}, since)
    ]
    assert held.held
    assert since - NOW < timedelta(hours=1)  # NOW is when the tests were collected
    assert [hold.type for hold in unknown.holds] == ["unknown_sku"]
    [component] = unknown.lines[0].components
    assert (component.sku, component.pending, unknown.lines[0].sku) == (None, 1, "NO-SUCH-SKU")
    assert unknown.fulfillments == unknown.sourcing == unknown.charges == unknown.payments == []


async def test_one_order_takes_as_many_statements_as_many(shared_database: Database, history: History) -> None:
    ids = list(history.ids.values())
    async with shared_database.transaction("acme") as tx:
        one = await get_orders(tx, ids[:1])
        assert tx.statements == 1
        found = await get_orders(tx, [*reversed(ids), new_id(), ids[0]])
        assert tx.statements == 2
        assert await get_orders(tx, []) == []
    assert history.words([order.id for order in found]) == list(reversed(history.ids))
    assert one[0] == found[-1]


async def test_what_an_actor_may_not_touch_is_not_there(shared_database: Database, history: History) -> None:
    ids = list(history.ids.values())
    web = a_context(channels=frozenset({history.shop.channel.id}))
    here = a_context(locations=frozenset({history.shop.locations[0].id}))
    there = a_context(locations=frozenset({history.shop.locations[1].id}))
    async with shared_database.transaction("acme") as tx:
        of_web = await get_orders(tx, ids, ctx=web)
        of_here = await get_orders(tx, ids, ctx=here)
        assert await get_orders(tx, ids, ctx=there) == []
        assert await get_order(tx, ids[2], ctx=web) is None
        assert await get_order(tx, new_id()) is None
    assert history.words([order.id for order in of_web]) == ["rich", "shipped", "unknown", "cancelled", "held"]
    assert history.words([order.id for order in of_here]) == ["rich", "shipped"]


async def test_another_merchant_has_none_of_it(shared_database: Database, history: History) -> None:
    async with shared_database.transaction("bolt") as tx:
        assert await get_orders(tx, list(history.ids.values())) == []

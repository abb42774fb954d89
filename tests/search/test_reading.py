"""Timelines, availability, and the small things that searching is made of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import encode_id, new_id
from orderwright.search import PoolStock, SkuStock, availability_of, format_number, parse_number, timeline
from orderwright.search.filters import Name, Phone, read_name, read_phone, read_tracking_number
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


async def test_a_timeline_says_what_happened_who_did_it_and_why(database: Database, ctx: MakeContext) -> None:
    then = datetime(2026, 3, 1, 12, tzinfo=UTC)
    context = ctx(actor="key:abc", on_behalf_of="agent-7", reason="asked by phone", cause="ticket 1", now=then)
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(shop.skus[0].code, 1)])])
        assert placed.order_id is not None
        await hold_orders(tx, context, [HoldOrder(order_id=placed.order_id)])

    async with database.transaction("acme", read_only=True) as tx:
        before = await timeline(tx, placed.order_id)
        assert tx.statements == 1
    async with database.transaction("acme") as tx:
        await sequence_events(tx)
    async with database.transaction("acme", read_only=True) as tx:
        after = await timeline(tx, placed.order_id)
        assert await timeline(tx, placed.order_id, after=1) == after[1:]
        assert await timeline(tx, placed.order_id, limit=1) == after[:1]
        assert await timeline(tx, placed.order_id, after=2) == []
        assert await timeline(tx, new_id()) == []
        [first, *_] = await tx.fetch("SELECT id, recorded_at FROM event ORDER BY subject_id, seq")
        recorded = await tx.fetch(
            "SELECT id, recorded_at FROM event WHERE subject_id = $1 ORDER BY seq", placed.order_id
        )
    assert before == after
    assert first is not None
    assert [(e.seq, e.type, e.verb) for e in after] == [
        (1, "order.placed", "place_orders"),
        (2, "order.held", "hold_orders"),
    ]
    for entry, row in zip(after, recorded, strict=True):
        assert (entry.id, entry.recorded_at) == (encode_id("evt", row["id"]), row["recorded_at"])
        assert (entry.actor, entry.on_behalf_of, entry.reason, entry.cause, entry.request_id, entry.happened_at) == (
            "key:abc",
            "agent-7",
            "asked by phone",
            "ticket 1",
            context.request_id,
            then,
        )
    assert after[0].data["channel"] == shop.channel.code
    async with database.transaction("acme", read_only=True) as tx:
        for limit in (0, 501):
            with pytest.raises(InvalidRequest):
                await timeline(tx, placed.order_id, limit=limit)


async def test_availability_by_sku_and_pool(database: Database, ctx: MakeContext) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2, skus=2)
        other = await a_shop(tx, context, skus=0)
        one, never = (sku.code for sku in shop.skus)
        here, there = (location.code for location in shop.locations)
        stock = [
            ReceiveStock(sku=one, location=here, quantity=5),
            ReceiveStock(sku=one, location=there, quantity=2),
            ReceiveStock(sku=one, location=other.locations[0].code, quantity=1),
        ]
        await receive_stock(tx, context, stock)
        await place_orders(
            tx, context, [an_order(shop.channel.code, [(one, 3)]), an_order(shop.channel.code, [(one, 9)])]
        )

    def pool(code: str, atp: int, promised: int, backordered: int, on_hand: int) -> PoolStock:
        return PoolStock(code, atp, 0, promised, backordered, on_hand)

    async with database.transaction("acme", read_only=True) as tx:
        found = await availability_of(tx, [one])
        assert tx.statements == 2
        both = await availability_of(tx, [never, one, "NO-SUCH-SKU", one])
        assert tx.statements == 4
        assert await availability_of(tx, []) == []
        with pytest.raises(InvalidRequest):
            await availability_of(tx, ["x"] * 501)
    pools = sorted([pool(shop.pool_code, 0, 7, 5, 7), pool(other.pool_code, 1, 0, 0, 1)], key=lambda p: p.pool)
    assert found == [SkuStock(one, shop.skus[0].name, pools)]
    assert both == sorted([*found, SkuStock(never, shop.skus[1].name, [])], key=lambda s: s.sku)


@pytest.mark.parametrize(
    ("text", "number_format", "number"),
    [
        ("100234", "#{number}", 100234),
        ("#100234", "#{number}", 100234),
        (" # 100 234 ", "#{number}", 100234),
        ("#100234", "OW-{number}-US", 100234),
        ("ow-100234-us", "OW-{number}-US", 100234),
        ("ow-100234", "OW-{number}-US", 100234),
        ("100234", "OW-{number}-US", 100234),
        ("20261", "2026{number}", 1),
        ("", "#{number}", None),
        ("#", "#{number}", None),
        ("0", "#{number}", None),
        ("-5", "#{number}", None),
        ("12a", "#{number}", None),
        ("١٢", "#{number}", None),
        (str(2**63), "#{number}", None),
    ],
)
def test_numbers(text: str, number_format: str, number: int | None) -> None:
    assert parse_number(text, number_format) == number


def test_a_number_in_the_merchants_format() -> None:
    assert format_number(100234, "OW-{number}-{number}") == "OW-100234-100234"
    assert format_number(7, "{not a field} {number}") == "{not a field} 7"


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+1 (617) 555-0132", Phone("75550132", "16175550132")),
        ("0044 20 7946 0018", Phone("79460018", "442079460018")),
        ("+44 (0)20 7946 0018", Phone("79460018", "442079460018")),
        ("12345", Phone("12345", "12345")),
        ("1234", None),
        ("", None),
    ],
)
def test_phones(text: str, phone: Phone | None) -> None:
    assert read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada", Name("ada", [], "ada", None, [])),
        ("Ada L", Name(" ada l", [], None, "ada", [])),
        ("Ada Lov", Name(" ada lov", [], "lov", "ada", [])),
        ("Ada King Lov", Name(" ada king", [" king lov"], "lov", "king", ["ada"])),
        ("山", Name("山", [], "山", None, [])),
        ("!", None),
    ],
)
def test_names(text: str, name: Name | None) -> None:
    assert read_name(text) == name


def test_tracking_numbers() -> None:
    assert read_tracking_number("1z 999-aa1") == ["1Z999AA1", "1z 999-aa1"]
    assert read_tracking_number("OW1") == ["OW1"]

"""Timelines, and the small things that searching is made of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orderwright.flows.place_orders import place_orders
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import encode_id, new_id
from orderwright.search import format_number, parse_number, timeline
from orderwright.search.filters import Name, Phone, read_name, read_phone, read_tracking_number
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


async def test_a_timeline_says_what_happened_who_did_it_and_why(database: Database, ctx: MakeContext) -> None:
    then = datetime(2026, 3, 1, 12, tzinfo=UTC)
    context = ctx(actor="key:abc", on_behalf_of="agent-7", reason="asked by phone", cause="ticket 1", now=then)
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        order = an_order(shop.channel.code, [(shop.skus[0].code, 1)], placed_at=then)
        [placed] = await place_orders(tx, context, [order])
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

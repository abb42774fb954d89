"""What is paid or came from a marketplace is taken even where a part of it cannot be written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from orderwright.flows.place_orders import place_orders
from orderwright.flows.send_refused import send_refused
from orderwright.orders import PlaceOrder, SendRefused
from orderwright.orders.contract import Amount, Person, ReportedPayment
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.desk import Desk, codes


async def a_shop(desk: Desk, kind: str = "marketplace") -> Shop:
    shop = await desk.shop(channel={"kind": kind})
    await desk.receive(shop.skus[0], shop.locations[0], 1_000)
    return shop


def the_order(shop: Shop, **fields: Any) -> PlaceOrder:
    return msgspec.structs.replace(an_order(shop.channel.code, [(shop.skus[0].code, 1)]), **fields)


def in_euros(amount: int) -> ReportedPayment:
    return ReportedPayment(method="card", state="captured", amount=Amount(amount, "EUR"))


async def inbox(desk: Desk) -> list[tuple[str, str, str]]:
    rows = await desk.fetch("SELECT code, external_id, body::text AS body FROM inbox ORDER BY id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("fields", "hold"),
    [
        ({"customer": Person(name="Ada", email="a\0@b.org")}, "content_dropped"),
        ({"metadata": {"large": "x" * 17_000}}, "content_dropped"),
        ({"metadata": {"nul": "\0"}}, "content_dropped"),
        ({"payments": [in_euros(1999)]}, "currency_mismatch"),
        ({"placed_at": datetime(2056, 1, 1, tzinfo=UTC)}, "implausible_time"),
        ({"placed_at": datetime(1, 1, 1, tzinfo=UTC)}, "implausible_time"),
    ],
)
async def test_it_is_held_and_all_of_it_is_in_the_inbox(desk: Desk, fields: dict[str, Any], hold: str) -> None:
    shop = await a_shop(desk)
    order = the_order(shop, **fields)
    [outcome] = await desk.place(order)
    assert (outcome.code, outcome.holds) == ("placed", [hold])
    [(code, external_id, body)] = await inbox(desk)
    assert (code, external_id) == ("content_dropped", order.external_id)
    assert body.count("\\u0000") == 0
    kept = msgspec.json.decode(body.encode(), type=PlaceOrder)
    assert msgspec.json.encode(kept).replace("\ufffd".encode(), b"\\u0000") == msgspec.json.encode(order)


async def test_repeating_it_changes_nothing(desk: Desk) -> None:
    shop = await a_shop(desk)
    order = the_order(shop, metadata={"large": "x" * 17_000}, placed_at=datetime(2056, 1, 1, tzinfo=UTC))
    [first, again] = await desk.place(order, order)
    [later] = await desk.place(order)
    assert codes([first, again, later]) == ["placed", "replayed", "replayed"]
    assert await desk.counts("orders", "inbox") == {"orders": 1, "inbox": 1}


async def test_a_refused_order_with_a_nul_is_in_the_inbox_as_well(desk: Desk) -> None:
    """Fault: its body could not be stored, so neither was it, and its batch was tried in halves of halves."""
    shop = await a_shop(desk, "storefront")
    order = the_order(shop, customer=Person(name="a\\u0000b\0", email="a@b.org"), metadata={"\0": "\\\0"})
    [outcome] = await desk.place(order)
    assert (outcome.code, outcome.details) == ("unstorable_value", {"field": "customer.name"})
    [(code, _, body)] = await inbox(desk)
    kept = msgspec.json.decode(body.encode(), type=PlaceOrder)
    assert (code, kept.metadata) == ("unstorable_value", {"\ufffd": "\\\ufffd"})
    assert kept.customer == Person(name="a\\u0000b\ufffd", email="a@b.org")


async def test_a_mended_order_may_lose_a_part_of_its_own(desk: Desk) -> None:
    """The body that is kept of it is not taken for one that was refused again."""
    shop = await a_shop(desk)
    await desk.place(*[the_order(shop, channel="nope") for _ in range(2)])
    ids = [row["id"] for row in await desk.fetch("SELECT id FROM inbox ORDER BY id")]
    taken = the_order(shop, metadata={"nul": "\0"})
    refused = the_order(shop, channel="no-such")
    outcomes = await desk.run(send_refused, [SendRefused(refused_id=ids[0], order=taken),
                                             SendRefused(refused_id=ids[1], order=refused)])  # fmt: skip
    assert codes(outcomes) == ["placed", "unknown_channel"]
    assert [row[:2] for row in await inbox(desk)] == [
        ("unknown_channel", refused.external_id),
        ("content_dropped", taken.external_id),
    ]


@pytest.mark.parametrize("kind", ["storefront", "marketplace"])
async def test_nul_characters_cost_no_statements_more(desk: Desk, kind: str) -> None:
    """Fault: 1,000 orders with one in every second e-mail took 72 s."""
    shop = await a_shop(desk, kind)

    def orders(bad: int) -> list[PlaceOrder]:
        return [
            the_order(shop, customer=Person(name="Ada", email=f"a{n}.{bad}{chr(0) * (n % bad == 0)}@b.org"))
            for n in range(100)
        ]

    async def statements(batch: list[PlaceOrder]) -> tuple[int, set[str]]:
        async with desk.database.transaction("acme") as tx:
            answers = await place_orders(tx, desk.ctx, batch)
            return tx.statements, set(codes(answers))

    one = await statements(orders(100))
    half = await statements(orders(2))
    assert one == half
    assert half[1] == ({"placed", "unstorable_value"} if kind == "storefront" else {"placed"})

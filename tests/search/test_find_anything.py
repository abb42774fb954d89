"""One box: what somebody typed, among orders, customers, SKUs, parcels and returns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import encode_id, new_id
from orderwright.search import find_anything
from tests.helpers.contexts import a_context
from tests.search.conftest import History


@pytest_asyncio.fixture
async def tx(shared_database: Database) -> AsyncIterator[Transaction]:
    async with shared_database.transaction("acme", read_only=True) as opened:
        yield opened


async def kinds(tx: Transaction, typed: str, **ctx: Any) -> list[tuple[str, str]]:
    """Kinds and titles of what is found."""
    return [(hit.kind, hit.title) for hit in await find_anything(tx, a_context(**ctx), typed)]


def number(history: History, word: str) -> str:
    return f"#{history.numbers[word]}"


async def test_an_order_is_found_by_its_number_and_id(tx: Transaction, history: History) -> None:
    rich, order_id = number(history, "rich"), encode_id("ord", history.ids["rich"])
    for typed in (rich, f" {rich} ", order_id):
        [hit] = await find_anything(tx, a_context(), typed)
        assert (hit.kind, hit.id, hit.title, hit.status) == ("order", order_id, rich, "allocated")
        assert hit.detail == f"Grace Hopper · Springfield · {history.shop.channel.code} · WEB-1"


async def test_a_parcel_comes_first_and_names_its_order(tx: Transaction, history: History) -> None:
    shipped = number(history, "shipped")
    hits = await find_anything(tx, a_context(), history.tracking_number.lower())
    assert [(hit.kind, hit.title) for hit in hits] == [("parcel", history.tracking_number), ("order", shipped)]
    assert (hits[0].order, hits[0].detail) == (encode_id("ord", history.ids["shipped"]), f"builtin · {shipped}")


async def test_a_person_is_found_as_customer_and_in_orders(tx: Transaction, history: History) -> None:
    rich = number(history, "rich")
    for typed in ("Grace@Example.com", "grace hopper", "Hopper, Gra", "hoper"):
        assert await kinds(tx, typed) == [("order", rich), ("customer", "Grace Hopper")], typed
    [*_, customer] = await find_anything(tx, a_context(), "grace hopper")
    assert customer.detail == "Grace@Example.com"
    [again] = await find_anything(tx, a_context(), customer.id)
    assert (again.kind, again.id) == ("customer", customer.id)


async def test_a_sku_is_found_by_code_beginning_and_name(tx: Transaction, history: History) -> None:
    first = history.shop.skus[0]
    hits = await find_anything(tx, a_context(permissions={"catalog.read"}), first.code)
    assert (hits[0].kind, hits[0].title) == ("sku", first.code)
    assert [hit.title for hit in await find_anything(tx, a_context(permissions={"catalog.read"}), "%")] == []
    assert await kinds(tx, first.code.lower(), permissions={"catalog.read"}) != []
    assert len(await find_anything(tx, a_context(permissions={"catalog.read"}), "sku", 2)) <= 2


@pytest.mark.parametrize(
    ("typed", "statements"), [("grace hopper", 7), ("nobody at all", 11), ("---", 3), ("+1 617 555 0132", 9)]
)
async def test_only_what_it_can_be_is_looked_for(
    tx: Transaction, history: History, typed: str, statements: int
) -> None:
    """A tracking number has a digit; of punctuation alone no index of SKUs knows anything."""
    await find_anything(tx, a_context(), typed)
    assert tx.statements == statements


@pytest.mark.parametrize(
    "typed", ["", "  ", "\\", "%", "_", "'", '"', "\u202e", "ord_", "ret_01", "#", "-", "0", "9" * 200]
)
async def test_what_nothing_is_called_finds_nothing(tx: Transaction, history: History, typed: str) -> None:
    assert await kinds(tx, typed) == []


async def test_who_may_not_read_a_kind_finds_none_of_it(tx: Transaction, history: History) -> None:
    rich = number(history, "rich")
    assert await kinds(tx, "grace hopper", permissions={"orders.read"}) == [("order", rich)]
    assert await kinds(tx, "grace hopper", permissions={"customers.read"}) == [("customer", "Grace Hopper")]
    assert await kinds(tx, "grace hopper", permissions={"search.read"}) == []
    assert await kinds(tx, history.tracking_number, permissions={"fulfillment.read"}) == [
        ("parcel", history.tracking_number)
    ]


async def test_who_is_limited_finds_what_is_theirs(tx: Transaction, history: History) -> None:
    for limits in ({"channels": frozenset({new_id()})}, {"locations": frozenset({new_id()})}):
        for typed in ("grace hopper", number(history, "rich"), history.tracking_number):
            assert await kinds(tx, typed, **limits) == []
    mine = frozenset({history.shop.channel.id})
    assert await kinds(tx, number(history, "rich"), channels=mine) == [("order", number(history, "rich"))]


async def test_a_return_is_found_by_its_id_and_its_orders_number(shared_database: Database, history: History) -> None:
    return_id, order_id = new_id(), history.ids["shipped"]
    async with shared_database.transaction("acme") as tx:
        place = await tx.fetchval("SELECT location_id FROM fulfillment WHERE order_id = $1 LIMIT 1", order_id)
        await tx.execute(
            "INSERT INTO customer_return"
            " (id, order_id, location_id, state, method, tracking_number, policy_version, terms)"
            " VALUES ($1, $2, $3, 'in_transit', 'label', 'RT900900900', 0, '{}')",
            return_id, order_id, place,
        )  # fmt: skip
        shipped = number(history, "shipped")
        for typed in (encode_id("ret", return_id), "rt 900-900-900", "RT900900900"):
            assert await kinds(tx, typed) == [("return", shipped)], typed
        assert await kinds(tx, shipped) == [("order", shipped), ("return", shipped)]
        await tx.execute("DELETE FROM customer_return WHERE id = $1", return_id)

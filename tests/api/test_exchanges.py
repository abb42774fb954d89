"""Exchanges by HTTP: quoted, asked for, read, cancelled; and what a key may not."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(database: Database) -> ReturnsDesk:
    return ReturnsDesk(Desk(database))


async def a_sale(back: ReturnsDesk, shop: Shop) -> str:
    """Two units of the first SKU at 19.99, shipped and paid."""
    return encode_id("ord", await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)])))


def even(shop: Shop, **fields: Any) -> dict[str, Any]:
    new = {"sku": shop.skus[1].code, "quantity": 1, "in_place_of": 1}
    return {"lines": [{"line": 1, "quantity": 1}], "new_lines": [new]} | fields


async def test_an_exchange_from_quote_to_cancel(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    order = await a_sale(back, shop)
    quoted = (await api.post(f"/v1/orders/{order}/exchanges/quote", even(shop))).json()
    assert (quoted["code"], quoted["id"], quoted["details"]["total_minor"]) == ("quoted", order, 1999)
    assert (await api.get("/v1/exchanges")).json() == {"data": [], "next": None}

    made = (await api.post(f"/v1/orders/{order}/exchanges", even(shop))).json()
    assert (made["code"], made["details"]["needed_minor"]) == ("requested", 0)
    new_order = made["details"]["new_order_id"]
    seen = (await api.get(f"/v1/exchanges/{made['id']}")).json()
    assert {name: seen[name] for name in ("order_id", "new_order_id", "mode", "state", "brings", "brought")} == {
        "order_id": order, "new_order_id": new_order, "mode": "on_return", "state": "open",
        "brings": {"amount": 1999, "currency": "USD"}, "brought": {"amount": 0, "currency": "USD"},
    }  # fmt: skip
    child = (await api.get(f"/v1/orders/{new_order}")).json()
    assert (child["kind"], child["parent"]) == ("exchange", order)
    [seen_there] = (await api.get(f"/v1/orders/{order}")).json()["children"]
    assert seen_there == {
        "id": new_order, "number": child["number"], "kind": "exchange", "status": child["status"],
    }  # fmt: skip
    for named in (order, new_order):
        assert [e["id"] for e in (await api.get(f"/v1/exchanges?order={named}")).json()["data"]] == [made["id"]]
    assert (await api.get("/v1/exchanges?state=settled")).json()["data"] == []

    assert (await api.post(f"/v1/exchanges/{made['id']}/cancel", {})).json()["code"] == "cancelled"
    assert (await api.get(f"/v1/exchanges/{made['id']}")).json()["state"] == "cancelled"
    assert problem(await api.post(f"/v1/exchanges/{made['id']}/cancel", {})) == (409, "wrong_state")


async def test_many_are_asked_for_at_once_each_with_its_answer(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    first, second = await a_sale(back, shop), await a_sale(back, shop)
    items = [
        even(shop, order_id=first),
        even(shop, order_id=first),
        even(shop, order_id=second, lines=[{"line": 1, "quantity": 3}]),
        even(shop, order_id=encode_id("ord", new_id())),
    ]
    answer = await api.post("/v1/exchanges/request", {"data": items})
    assert [one["code"] for one in answer.json()["data"]] == [
        "requested", "duplicate_in_batch", "exceeds_returnable", "order_not_found",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"new_lines": []}, {"lines": []}, {"mode": "later"}, {"new_lines": [{"sku": "A", "quantity": 0}]}, {"x": 1}],
)
async def test_what_cannot_be_read_is_refused(api: Api, shop: Shop, back: ReturnsDesk, change: dict[str, Any]) -> None:
    order = await a_sale(back, shop)
    answer = await api.post(f"/v1/orders/{order}/exchanges", even(shop) | change)
    assert problem(answer)[0] in (400, 422)
    assert (await api.get("/v1/returns")).json()["data"] == []


async def test_a_key_sees_and_touches_what_it_is_limited_to(
    api: Api, shop: Shop, back: ReturnsDesk, database: Database
) -> None:
    order = await a_sale(back, shop)
    made = (await api.post(f"/v1/orders/{order}/exchanges", even(shop))).json()["id"]
    other = await back.desk.shop()
    elsewhere = api.using(await a_key(database, channel_ids=[other.channel.id]))
    there = api.using(await a_key(database, location_ids=[shop.locations[1].id]))
    for limited in (elsewhere, there):
        assert problem(await limited.get(f"/v1/exchanges/{made}")) == (404, "not_found")
        assert (await limited.get("/v1/exchanges")).json()["data"] == []
        assert problem(await limited.post(f"/v1/exchanges/{made}/cancel", {})) == (404, "exchange_not_found")
        assert problem(await limited.post(f"/v1/orders/{order}/exchanges", even(shop))) == (404, "order_not_found")


async def test_who_may_not_override_is_told(api: Api, shop: Shop, back: ReturnsDesk, database: Database) -> None:
    order = await a_sale(back, shop)
    clerk = api.using(await a_key(database, "returns.write"))
    answer = await clerk.post(f"/v1/orders/{order}/exchanges", even(shop, override=True))
    assert problem(answer) == (403, "permission_denied")

"""Returns by HTTP: announced, received, inspected, read; and what a key may not."""

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
    """Two units of the first SKU, shipped and paid."""
    return encode_id("ord", await back.shipped(await back.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)])))


async def a_return(api: Api, order: str, quantity: int = 2) -> str:
    answer = await api.post(f"/v1/orders/{order}/returns", {"lines": [{"line": 1, "quantity": quantity}]})
    assert answer.json()["code"] == "requested", answer.text
    return str(answer.json()["id"])


async def test_a_return_from_quote_to_close(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    order, sku = await a_sale(back, shop), shop.skus[0].code
    lines = {"lines": [{"line": 1, "quantity": 2, "reason": "too_small"}]}

    quote = (await api.post(f"/v1/orders/{order}/returns/quote", lines)).json()
    assert (quote["code"], quote["details"]["total_minor"]) == ("quoted", 3998)
    made = (await api.post(f"/v1/orders/{order}/returns", lines)).json()
    path = f"/v1/returns/{made['id']}"
    assert (await api.post(f"{path}/scan", {})).json()["code"] == "scanned"
    items = {"items": [{"sku": sku, "quantity": 2}]}
    assert (await api.post(f"{path}/receive", items)).json()["code"] == "received"
    assert problem(await api.post(f"{path}/close", {})) == (409, "not_inspected")
    looked = {"items": [{"sku": sku, "quantity": 1}, {"sku": sku, "quantity": 1, "grade": "d"}]}
    inspected = (await api.post(f"{path}/inspect", looked)).json()
    assert inspected["details"] == {"amount_minor": 3998, "state": "closed"}

    seen = (await api.get(path)).json()
    [line] = seen["lines"]
    none = {"amount": 0, "currency": "USD"}
    assert (seen["state"], seen["location"], seen["order_id"]) == ("closed", shop.locations[0].code, order)
    assert line == {
        "line": 1, "quantity": 2, "reason": "too_small", "condition": None, "credited": 2, "refused": 0,
        "claimed": 0,
        "goods": {"amount": 3998, "currency": "USD"}, "discounts": none, "tax": none, "shipping": none, "fee": none,
    }  # fmt: skip
    assert seen["goods"] == [{
        "line": 1, "component": 1, "sku": sku, "location": shop.locations[0].code, "received": 2, "inspected": 2,
        "sent_back": 0,
    }]  # fmt: skip
    assert [(i["grade"], i["disposition"]) for i in seen["inspections"]] == [("a", "restock"), ("d", "scrap")]


async def test_returns_are_listed_by_order_state_and_key(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    first, second = await a_sale(back, shop), await a_sale(back, shop)
    made = [await a_return(api, first, 1), await a_return(api, second, 1), await a_return(api, first, 1)]
    await api.post(f"/v1/returns/{made[2]}/cancel", {})

    async def listed(query: str) -> list[str]:
        return [row["id"] for row in (await api.get(f"/v1/returns?{query}")).json()["data"]]

    assert await listed("") == made
    assert await listed(f"order={first}") == [made[0], made[2]]
    assert await listed("state=requested") == made[:2]
    page = (await api.get("/v1/returns?limit=2")).json()
    assert await listed(f"limit=2&after={page['next']}") == [made[2]]


async def test_bulk_answers_one_outcome_an_item(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    order = await a_sale(back, shop)
    line = {"line": 1, "quantity": 1}
    unknown = encode_id("ord", new_id())
    data = [{"order_id": order, "lines": [line]}, {"order_id": unknown, "lines": [line]}, {"order_id": order}]
    answer = (await api.post("/v1/returns/request", {"data": data})).json()["data"]
    assert [row["code"] for row in answer] == ["requested", "order_not_found", "invalid_request"]


async def test_policies_are_set_and_read(api: Api, shop: Shop) -> None:
    body: dict[str, Any] = {"channel": shop.channel.code, "terms": {"window_days": 60, "restocking_rate": "0.1"}}
    assert (await api.post("/v1/return-policies", body)).json()["details"] == {"version": 1}
    assert (await api.post("/v1/return-policies", body)).json()["code"] == "unchanged"
    body["terms"]["restocking_rate"] = "1.5"
    assert problem(await api.post("/v1/return-policies", body)) == (422, "wrong_rate")
    body["terms"]["restocking_rate"] = "NaN"
    assert problem(await api.post("/v1/return-policies", body)) == (422, "wrong_rate")

    [row] = (await api.get("/v1/return-policies")).json()["data"]
    assert (row["channel"], row["version"], row["terms"]["window_days"]) == (shop.channel.code, 1, 60)
    assert row["terms"]["restocking_rate"] == "0.1"


async def test_parked_parcels_are_listed_until_they_are_resolved(api: Api, shop: Shop, back: ReturnsDesk) -> None:
    order = await a_sale(back, shop)
    body = {"location": shop.locations[0].code, "items": [{"sku": shop.skus[0].code, "quantity": 1}]}
    parked = (await api.post("/v1/returns/unexpected", body)).json()["id"]
    [row] = (await api.get("/v1/returns/unexpected")).json()["data"]
    assert (row["id"], row["items"]) == (parked, [{"sku": shop.skus[0].code, "known": True, "quantity": 1}])

    resolved = (await api.post(f"/v1/returns/unexpected/{parked}/resolve", {"order_id": order})).json()

    assert resolved["code"] == "matched"
    assert (await api.get("/v1/returns/unexpected")).json()["data"] == []
    [row] = (await api.get("/v1/returns/unexpected?state=matched")).json()["data"]
    assert row["matched_id"] == resolved["details"]["return_id"]


async def test_a_key_sees_and_touches_what_it_is_limited_to(
    api: Api, shop: Shop, back: ReturnsDesk, database: Database
) -> None:
    order = await a_sale(back, shop)
    made = await a_return(api, order, 1)
    other = await back.desk.shop()
    elsewhere = api.using(await a_key(database, channel_ids=[other.channel.id]))
    there = api.using(await a_key(database, location_ids=[shop.locations[1].id]))
    lines = {"lines": [{"line": 1, "quantity": 1}]}

    for limited in (elsewhere, there):
        assert problem(await limited.get(f"/v1/returns/{made}")) == (404, "not_found")
        assert (await limited.get("/v1/returns")).json()["data"] == []
        assert problem(await limited.post(f"/v1/returns/{made}/cancel", {})) == (404, "return_not_found")
        assert problem(await limited.post(f"/v1/orders/{order}/returns", lines)) == (404, "order_not_found")
        assert problem(await limited.post(f"/v1/orders/{order}/returns/quote", lines)) == (404, "order_not_found")
    assert problem(await elsewhere.get("/v1/returns/unexpected")) == (403, "permission_denied")


async def test_who_may_not_override_is_told(api: Api, shop: Shop, back: ReturnsDesk, database: Database) -> None:
    order = await a_sale(back, shop)
    clerk = api.using(await a_key(database, "returns.write"))
    lines = {"lines": [{"line": 1, "quantity": 1}], "override": True}
    assert problem(await clerk.post(f"/v1/orders/{order}/returns", lines)) == (403, "permission_denied")
    made = await a_return(clerk, order, 1)
    assert problem(await clerk.post(f"/v1/returns/{made}/scan", {})) == (403, "permission_denied")

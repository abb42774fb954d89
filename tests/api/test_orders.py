"""Reading orders by HTTP: in full, in lists, by search, and what happened to them."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.customers import CONTACT_WORDS
from orderwright.platform.context import system_context
from orderwright.platform.db import Database
from orderwright.platform.events import read_events, sequence_events
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, ids, problem


async def _place(api: Api, shop: Shop, **fields: Any) -> str:
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 2), **fields))
    assert answer.status_code == 201, answer.text
    order_id: str = answer.json()["id"]
    return order_id


async def test_an_order_is_read_in_full(api: Api, shop: Shop) -> None:
    order_id = await _place(api, shop, external_id="W-FULL", tags=["gift"], metadata={"till": 4})
    answer = await api.get(f"/v1/orders/{order_id}")
    assert answer.status_code == 200, answer.text
    order = answer.json()
    expected = {
        "id": order_id, "number": 100001, "number_text": "#100001", "status": "placed", "held": False, "holds": [],
        "channel": shop.channel.code, "external_id": "W-FULL", "placed_at": "2026-03-02T14:05:09Z", "tags": ["gift"],
        "metadata": {"till": 4},
    }  # fmt: skip
    assert {key: order[key] for key in expected} == expected
    assert order["totals"]["total"] == {"amount": 3998, "currency": "USD"}
    [line] = order["lines"]
    assert (line["sku"], line["quantity"], line["components"][0]["promised"]) == (shop.skus[0].code, 2, 2)
    assert order["ship_to"]["city"] == "Springfield"


async def test_lists_are_newest_first_and_page(api: Api, shop: Shop) -> None:
    placed = [await _place(api, shop) for _ in range(5)]
    seen: list[str] = []
    path = "/v1/orders?limit=2"
    after = ""
    for _ in range(3):
        page = (await api.get(path + after)).json()
        seen += ids(page["data"])
        after = f"&after={page['next']}"
    assert seen == placed[::-1]
    assert page["next"] is None
    [summary] = (await api.get("/v1/orders?limit=1")).json()["data"]
    assert (summary["customer"], summary["units"], summary["total"]["amount"]) == ("Ada Lovelace", 2, 3998)


async def test_filters(api: Api, shop: Shop) -> None:
    first, second = await _place(api, shop, external_id="W-A"), await _place(api, shop, external_id="W-B")
    await api.post(f"/v1/orders/{first}/cancel")
    await api.post(f"/v1/orders/{second}/hold")

    async def found(query: str) -> list[str]:
        answer = await api.get(f"/v1/orders?{query}")
        assert answer.status_code == 200, answer.text
        return ids(answer.json()["data"])

    assert await found("external_id=W-A") == [first]
    assert await found("number=%23100002") == [second]
    assert await found("status=cancelled") == [first]
    assert await found("status=cancelled&status=placed") == [second, first]
    assert await found("held=true") == [second]
    assert await found(f"channel={shop.channel.code}&held=false") == [first]
    assert await found(f"sku={shop.skus[0].code}") == [second, first]
    assert await found(f"sku={shop.skus[1].code}") == []
    assert await found("placed_after=2026-03-02T00:00:00Z&placed_before=2026-03-03T00:00:00Z") == [second, first]
    assert await found("placed_before=2026-03-02T00:00:00Z") == []


@pytest.mark.parametrize("name", ["q", "email", "phone", "name"])
async def test_personal_data_does_not_belong_in_an_address(api: Api, name: str) -> None:
    answer = await api.get(f"/v1/orders?{name}=ada@example.com")
    assert problem(answer) == (400, "personal_data_in_url")
    assert answer.json()["details"] == {"parameter": name}
    assert "ada" not in answer.text


@pytest.mark.parametrize(
    "query",
    ["status=lost", "held=null", "held=maybe", "placed_after=yesterday", "placed_after=2026-03-02T00:00:00", "limit=0"],
)
async def test_filters_that_cannot_be(api: Api, query: str) -> None:
    assert problem(await api.get(f"/v1/orders?{query}")) == (400, "invalid_parameter")


async def test_codes_of_the_search_itself(api: Api, shop: Shop) -> None:
    assert problem(await api.get("/v1/orders?number=abc")) == (400, "invalid_filter")
    assert problem(await api.get("/v1/orders?after=nonsense")) == (400, "invalid_cursor")
    for _ in range(2):
        await _place(api, shop)
    page = (await api.get("/v1/orders?limit=1")).json()
    assert problem(await api.get(f"/v1/orders?held=true&after={page['next']}")) == (400, "invalid_cursor")


async def test_search_by_what_people_know(api: Api, shop: Shop, database: Database) -> None:
    customer = {"name": "Grace Hopper", "email": "grace@example.org", "phone": "+1 202 555 0143"}
    wanted = await _place(api, shop, customer=customer)
    await _place(api, shop)
    async with database.transaction("acme") as tx:
        await sequence_events(tx)
        events = await read_events(tx, 0, 1_000, CONTACT_WORDS.types)
        await CONTACT_WORDS.handle(tx, system_context("acme", "tests"), events)
    for body in (
        {"email": "Grace@Example.org"},
        {"name": "hopper grace"},
        {"phone": "202-555-0143"},
        {"q": "grace@example.org"},
        {"q": "Hopper"},
        {"name": "hopper", "status": ["placed"], "limit": 1},
    ):
        answer = await api.call("POST", "/v1/orders/search", json=body)
        assert answer.status_code == 200, answer.text
        assert ids(answer.json()["data"]) == [wanted], body
    assert problem(await api.post("/v1/orders/search", {"colour": "red"})) == (400, "invalid_request")
    everything = await api.post("/v1/orders/search", {})
    assert len(everything.json()["data"]) == 2


async def test_the_timeline(api: Api, shop: Shop) -> None:
    order_id = await _place(api, shop)
    await api.post(f"/v1/orders/{order_id}/hold", headers={"Orderwright-Reason": "looks odd", "X-Request-Id": "rq-7"})
    whole = (await api.get(f"/v1/orders/{order_id}/timeline")).json()
    assert [(e["seq"], e["type"], e["verb"]) for e in whole["data"]] == [
        (1, "order.placed", "place_orders"),
        (2, "order.held", "hold_orders"),
    ]
    held = whole["data"][1]
    assert (held["reason"], held["request_id"], held["actor"][:4]) == ("looks odd", "rq-7", "key:")
    page = (await api.get(f"/v1/orders/{order_id}/timeline?limit=1")).json()
    rest = (await api.get(f"/v1/orders/{order_id}/timeline?limit=1&after={page['next']}")).json()
    assert page["data"] + rest["data"] == whole["data"]
    end = (await api.get(f"/v1/orders/{order_id}/timeline?after=2")).json()
    assert end == {"data": [], "next": None}


async def test_a_limited_key_sees_its_own_orders(api: Api, shop: Shop, database: Database) -> None:
    order_id = await _place(api, shop)
    other = {"code": "other", "name": "Other", "kind": "pos", "currency": "USD", "pools": [shop.pool_code]}
    made = await api.call("PUT", "/v1/channels", json={"data": [other]})
    channel_id = made.json()["data"][0]["id"]
    from orderwright.platform.ids import decode_id

    limited = api.using(await a_key(database, channel_ids=[decode_id("chn", channel_id)]))
    assert problem(await limited.get(f"/v1/orders/{order_id}")) == (404, "not_found")
    assert problem(await limited.get(f"/v1/orders/{order_id}/timeline")) == (404, "not_found")
    assert (await limited.get("/v1/orders")).json()["data"] == []
    owner = api.using(await a_key(database, channel_ids=[shop.channel.id]))
    assert ids((await owner.get("/v1/orders")).json()["data"]) == [order_id]

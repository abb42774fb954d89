"""Placing orders by HTTP, one and many."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, codes, problem


async def _orders(database: Database, merchant: str = "acme") -> int:
    async with database.transaction(merchant) as tx:
        return int(await tx.fetchval("SELECT count(*) FROM orders"))


async def test_a_new_order_is_created(api: Api, shop: Shop) -> None:
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 2)))
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/orders/{answer.json()['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "code": "placed",
        "ok": True,
        "id": answer.json()["id"],
        "number": 100001,
        "status": "placed",
        "holds": [],
        "backordered": 0,
        "dropped_lines": [],
    }


async def test_the_same_order_again_answers_with_the_first(api: Api, shop: Shop, database: Database) -> None:
    body = an_order_body(shop.channel.code, (shop.skus[0].code, 2))
    first = (await api.post("/v1/orders", body)).json()
    again = await api.post("/v1/orders", body)
    assert (again.status_code, again.json()["code"], again.json()["id"]) == (200, "replayed", first["id"])
    assert await _orders(database) == 1


async def test_the_same_order_with_other_content_is_a_conflict_that_names_the_fields(api: Api, shop: Shop) -> None:
    sku = shop.skus[0].code
    body = an_order_body(shop.channel.code, (sku, 2))
    first = (await api.post("/v1/orders", body)).json()
    other = an_order_body(shop.channel.code, (sku, 3), external_id=body["external_id"], customer=body["customer"])
    answer = await api.post("/v1/orders", other)
    assert problem(answer) == (409, "order_differs")
    assert answer.json()["details"] == {"order_id": first["id"], "fields": ["lines[0]", "total"]}


async def test_a_refused_order_changes_nothing(api: Api, shop: Shop, database: Database) -> None:
    refused = {
        "unknown_channel": an_order_body("no-such", (shop.skus[0].code, 1)),
        "totals_do_not_add_up": an_order_body(
            shop.channel.code, (shop.skus[0].code, 1), total={"amount": 5, "currency": "USD"}
        ),
        "currency_mismatch": an_order_body(
            shop.channel.code, (shop.skus[0].code, 1), total={"amount": 1999, "currency": "EUR"}
        ),
    }
    for code, body in refused.items():
        assert problem(await api.post("/v1/orders", body)) == (422, code)
    assert await _orders(database) == 0


async def test_concurrent_orders_are_placed_once_each(api: Api, shop: Shop, database: Database) -> None:
    bodies = [an_order_body(shop.channel.code, (shop.skus[0].code, 1)) for _ in range(20)]
    answers = await asyncio.gather(*(api.post("/v1/orders", body) for body in bodies for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200] * 40 + [201] * 20
    assert await _orders(database) == 20


async def test_each_of_concurrent_callers_is_written_down(api: Api, shop: Shop, database: Database) -> None:
    async def place(who: str) -> None:
        body = an_order_body(shop.channel.code, (shop.skus[0].code, 1), external_id=who)
        headers = {"Orderwright-On-Behalf-Of": who, "Orderwright-Reason": "phone order", "X-Request-Id": f"rq-{who}"}
        assert (await api.post("/v1/orders", body, headers=headers)).status_code == 201

    await asyncio.gather(place("agent-1"), place("agent-2"))
    async with database.transaction("acme") as tx:
        rows = await tx.fetch(
            "SELECT e.data ->> 'external_id', a.on_behalf_of, a.reason, a.request_id, a.actor LIKE 'key:%' FROM event e"
            " JOIN act a ON a.id = e.act_id WHERE e.type = 'order.placed' ORDER BY 1"
        )
    assert [tuple(row) for row in rows] == [
        ("agent-1", "agent-1", "phone order", "rq-agent-1", True),
        ("agent-2", "agent-2", "phone order", "rq-agent-2", True),
    ]


async def test_a_bulk_call_places_the_good_ones_and_names_what_is_wrong_with_the_others(
    api: Api, shop: Shop, database: Database
) -> None:
    sku, channel = shop.skus[0].code, shop.channel.code
    good = [an_order_body(channel, (sku, 1)) for _ in range(3)]
    missing: dict[str, Any] = {k: v for k, v in an_order_body(channel, (sku, 1)).items() if k != "total"}
    answer = await api.post(
        "/v1/orders/bulk",
        {
            "data": [
                good[0],
                an_order_body(channel, (sku, 0)),
                good[1],
                an_order_body(channel, (sku, 1), colour="red"),
                missing,
                "order",
                an_order_body("no-such", (sku, 1)),
                good[0],
                good[2],
            ]
        },
    )
    invalid = "invalid_request"
    assert codes(answer) == [
        "placed", invalid, "placed", invalid, invalid, invalid, "unknown_channel", "replayed", "placed",
    ]  # fmt: skip
    data = answer.json()["data"]
    assert [data[i]["details"]["field"] for i in (1, 3, 4, 5)] == ["lines[0].quantity", "colour", "total", ""]
    assert data[7]["id"] == data[0]["id"]
    assert await _orders(database) == 3


async def test_a_value_that_cannot_be_stored_fails_its_own_order_only(api: Api, shop: Shop, database: Database) -> None:
    sku, channel = shop.skus[0].code, shop.channel.code
    bodies = [an_order_body(channel, (sku, 1)) for _ in range(5)]
    bodies[2]["customer"]["email"] = "a\x00b@example.com"
    answer = await api.post("/v1/orders/bulk", {"data": bodies})
    assert codes(answer) == ["placed", "placed", "unstorable_value", "placed", "placed"]
    single = await api.post("/v1/orders", an_order_body(channel, (sku, 1), customer=bodies[2]["customer"]))
    assert problem(single) == (422, "unstorable_value")
    assert await _orders(database) == 4


async def test_a_thousand_orders_in_one_call(api: Api, shop: Shop, database: Database) -> None:
    bodies = [an_order_body(shop.channel.code, (shop.skus[0].code, 1)) for _ in range(1_000)]
    assert codes(await api.post("/v1/orders/bulk", {"data": bodies})) == ["placed"] * 1_000
    assert problem(await api.post("/v1/orders/bulk", {"data": [*bodies, bodies[0]]})) == (400, "invalid_request")
    assert await _orders(database) == 1_000


async def test_merchants_do_not_see_each_other(api: Api, shop: Shop, database: Database) -> None:
    other = api.using(await a_key(database, merchant="bolt"))
    body = an_order_body(shop.channel.code, (shop.skus[0].code, 1))
    assert problem(await other.post("/v1/orders", body)) == (422, "unknown_channel")
    assert (await api.post("/v1/orders", body)).status_code == 201
    assert (await other.get("/v1/channels")).json() == {"data": [], "next": None}
    assert await _orders(database, "bolt") == 0

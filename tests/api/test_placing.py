"""Placing orders by HTTP, one and many."""

from __future__ import annotations

from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, problem


async def test_a_new_order_is_created(api: Api, shop: Shop) -> None:
    body = an_order_body(shop.channel.code, (shop.skus[0].code, 2))
    answer = await api.post("/v1/orders", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/orders/{answer.json()['id']}"
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

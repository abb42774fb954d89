"""An Idempotency-Key: the same command again is answered again, not done again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem

RECEIPTS = "/v1/stock/receipts"


def _key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


def _receipt(shop: Shop, quantity: int = 5, **rest: Any) -> dict[str, Any]:
    return {"sku": shop.skus[0].code, "location": shop.locations[1].code, "quantity": quantity} | rest


async def _received(database: Database, shop: Shop) -> int:
    async with database.transaction("acme") as tx:
        units = await tx.fetchval("SELECT available FROM stock WHERE location_id = $1", shop.locations[1].id)
    return int(units or 0)


async def test_a_repeated_command_is_answered_with_what_was_answered(api: Api, shop: Shop, database: Database) -> None:
    first = await api.post(RECEIPTS, _receipt(shop), headers=_key("receipt-1"))
    assert (first.status_code, first.json()["code"]) == (200, "received")
    assert "idempotent-replayed" not in first.headers
    again = await api.post(RECEIPTS, _receipt(shop), headers=_key("receipt-1"))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert await _received(database, shop) == 5


async def test_another_key_is_another_command(api: Api, shop: Shop, database: Database) -> None:
    for key in ("receipt-1", "receipt-2"):
        assert (await api.post(RECEIPTS, _receipt(shop), headers=_key(key))).status_code == 200
    assert await _received(database, shop) == 10


async def test_the_same_key_with_other_content_is_a_conflict(api: Api, shop: Shop, database: Database) -> None:
    await api.post(RECEIPTS, _receipt(shop), headers=_key("receipt-1"))
    for path, body in (
        (RECEIPTS, _receipt(shop, 6)),
        (f"{RECEIPTS}/bulk", {"data": [_receipt(shop)]}),
        ("/v1/stock/adjustments", {**_receipt(shop), "quantity": None}),
    ):
        answer = await api.post(path, body, headers=_key("receipt-1"))
        if path == "/v1/stock/adjustments":
            assert problem(answer) == (400, "invalid_request")  # what cannot be read is not looked up
        else:
            assert problem(answer) == (409, "idempotency_key_reused")
    assert await _received(database, shop) == 5


async def test_a_race_is_done_once(api: Api, shop: Shop, database: Database) -> None:
    answers = await asyncio.gather(*(api.post(RECEIPTS, _receipt(shop), headers=_key("race")) for _ in range(10)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [False] + [True] * 9
    assert await _received(database, shop) == 5


async def test_a_bulk_call_is_done_once(api: Api, shop: Shop, database: Database) -> None:
    body = {"data": [_receipt(shop, 2), _receipt(shop, 0), _receipt(shop, 3)]}
    first = await api.post(f"{RECEIPTS}/bulk", body, headers=_key("bulk-1"))
    assert [item["code"] for item in first.json()["data"]] == ["received", "invalid_request", "received"]
    again = await api.post(f"{RECEIPTS}/bulk", body, headers=_key("bulk-1"))
    assert again.content == first.content
    assert await _received(database, shop) == 5


async def test_a_no_is_not_kept_so_that_the_same_key_may_try_again(api: Api, shop: Shop, database: Database) -> None:
    loss = {"sku": shop.skus[0].code, "location": shop.locations[1].code, "delta": -3, "reason": "damage"}
    refused = await api.post("/v1/stock/adjustments", loss, headers=_key("loss"))
    assert problem(refused) == (409, "insufficient_stock")
    await api.post(RECEIPTS, _receipt(shop, 4))
    done = await api.post("/v1/stock/adjustments", loss, headers=_key("loss"))
    assert (done.status_code, done.json()["code"]) == (200, "adjusted")
    again = await api.post("/v1/stock/adjustments", loss, headers=_key("loss"))
    assert (again.content, again.headers["idempotent-replayed"]) == (done.content, "true")
    assert await _received(database, shop) == 1


async def test_a_key_is_its_callers_own(api: Api, shop: Shop, database: Database) -> None:
    """Fault: a caller with other limits was answered with what another had done, and could not use the key itself."""
    body = _receipt(shop)
    first = await api.post(RECEIPTS, body, headers=_key("1"))
    assert first.status_code == 200
    limits: dict[str, Any] = {"location_ids": [shop.locations[0].id]}
    other = api.using(await a_key(database, "stock.write", **limits))
    again = await other.post(RECEIPTS, body, headers=_key("1"))
    assert problem(again) == (403, "location_not_allowed")
    another = api.using(await a_key(database, "stock.write", **limits))
    mine = await another.post(RECEIPTS, body | {"location": shop.locations[0].code}, headers=_key("1"))
    assert (mine.status_code, mine.json()["code"]) == (200, "received")
    assert "idempotent-replayed" not in mine.headers
    assert (await api.post(RECEIPTS, body, headers=_key("1"))).content == first.content
    assert await _received(database, shop) == 5


async def test_merchants_have_keys_of_their_own(api: Api, shop: Shop, database: Database) -> None:
    await api.post(RECEIPTS, _receipt(shop), headers=_key("receipt-1"))
    other = api.using(await a_key(database, merchant="bolt"))
    answer = await other.post(RECEIPTS, _receipt(shop), headers=_key("receipt-1"))
    assert problem(answer) == (422, "unknown_sku")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/stock/receipts",
        "/v1/stock/adjustments/bulk",
        "/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2m/cancel",
        "/v1/orders/hold",
        "/v1/fulfillments/pick",
    ],
)
async def test_a_missing_or_strange_key(api: Api, shop: Shop, path: str) -> None:
    body: Any = _receipt(shop) if path.endswith("receipts") else {}
    if path.endswith(("bulk", "hold", "pick")):
        body = {"data": [{}]}
    plain = {"Authorization": f"Bearer {api.key}"}
    answer = await api._http.post(path, json=body, headers=plain)
    assert problem(answer) == (400, "idempotency_key_required")
    for key in ("", "x" * 201, "a b"):
        answer = await api._http.post(path, json=body, headers=plain | {"Idempotency-Key": key})
        assert problem(answer) == (400, "invalid_idempotency_key")


async def test_no_key_is_needed_where_the_command_says_which_one_it_is(api: Api, shop: Shop) -> None:
    plain = {"Authorization": f"Bearer {api.key}"}
    body = an_order_body(shop.channel.code, (shop.skus[0].code, 1))
    assert (await api._http.post("/v1/orders", json=body, headers=plain)).status_code == 201
    skus = {"data": [{"code": "MUG", "name": "Mug"}]}
    assert (await api._http.put("/v1/skus", json=skus, headers=plain)).status_code == 200

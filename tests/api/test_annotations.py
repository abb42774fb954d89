"""Notes, tags and files of orders by HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, codes, problem
from tests.orders.test_pictures import plain, telling


async def an_order(api: Api, shop: Shop, **fields: Any) -> str:
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)) | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_notes_are_written_read_changed_and_removed(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    first = (await api.post(f"/v1/orders/{order_id}/notes", {"words": "Call first", "pinned": True})).json()["id"]
    await api.post(f"/v1/orders/{order_id}/notes", {"words": "Called"})
    notes = (await api.get(f"/v1/orders/{order_id}/notes")).json()["data"]
    assert [(n["words"], n["pinned"], n["version"], n["author"][:4]) for n in notes] == [
        ("Call first", True, 1, "key:"), ("Called", False, 1, "key:"),
    ]  # fmt: skip
    changed = await api.post(f"/v1/notes/{first}/change", {"words": "Write instead"})
    assert (changed.status_code, changed.json()["code"]) == (200, "changed")
    assert codes(await api.post("/v1/notes/remove", {"data": [{"note_id": first}]})) == ["removed"]
    assert problem(await api.post(f"/v1/notes/{first}/remove", {})) == (404, "note_not_found")
    assert [n["words"] for n in (await api.get(f"/v1/orders/{order_id}/notes")).json()["data"]] == ["Called"]


async def test_the_words_of_another_are_not_changed(api: Api, database: Database, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    note = (await api.post(f"/v1/orders/{order_id}/notes", {"words": "mine"})).json()["id"]
    other = api.using(await a_key(database))
    assert problem(await other.post(f"/v1/notes/{note}/change", {"words": "yours"})) == (409, "not_the_author")
    reader = api.using(await a_key(database, "orders.read"))
    assert problem(await reader.post(f"/v1/orders/{order_id}/notes", {"words": "x"})) == (403, "permission_denied")
    assert (await reader.get(f"/v1/orders/{order_id}/notes")).status_code == 200
    stranger = api.using(await a_key(database, channel_ids=[new_id()]))
    assert problem(await stranger.get(f"/v1/orders/{order_id}/notes")) == (404, "not_found")
    assert problem(await stranger.get(f"/v1/orders/{order_id}/attachments")) == (404, "not_found")
    assert problem(await stranger.raw(f"/v1/orders/{order_id}/attachments", b"x")) == (404, "order_not_found")


@pytest.mark.parametrize("words", ["", "x" * 4001, "a\0b"])
async def test_a_note_has_one_to_four_thousand_characters(api: Api, shop: Shop, words: str) -> None:
    order_id = await an_order(api, shop)
    assert problem(await api.post(f"/v1/orders/{order_id}/notes", {"words": words})) == (400, "invalid_request")


async def test_a_thousand_orders_are_tagged_in_one_call(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop, tags=["gift"])
    assert (await api.post(f"/v1/orders/{order_id}/tags", {"add": ["vip"]})).json()["code"] == "tagged"
    items = [{"order_id": order_id, "add": ["vip"]}] + [{"order_id": encode_id("ord", new_id())}] * 999
    assert codes(await api.post("/v1/orders/tags", {"data": items})) == ["unchanged"] + ["order_not_found"] * 999
    assert (await api.get(f"/v1/orders/{order_id}")).json()["tags"] == ["gift", "vip"]
    listed = (await api.get("/v1/order_tags?limit=1")).json()
    assert listed == {"data": [{"tag": "gift", "orders": 1}], "next": "gift"}
    assert (await api.get("/v1/order_tags?after=gift")).json() == {"data": [{"tag": "vip", "orders": 1}], "next": None}


async def test_a_photo_goes_in_and_comes_out_without_its_place(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    address = f"/v1/orders/{order_id}/attachments"
    sent = await api.raw(
        f"{address}?kind=photo", telling("image/jpeg"), "text/html", **{"Orderwright-File-Name": "T%C3%BCr%22.html"}
    )
    assert (sent.status_code, sent.json()["code"]) == (200, "attached"), sent.text
    [listed] = (await api.get(address)).json()["data"]
    assert (listed["name"], listed["kind"], listed["media_type"]) == ("Tür .html.jpg", "photo", "image/jpeg")
    read = await api.get(f"{address}/{listed['id']}")
    assert (read.content[:3], len(read.content)) == (b"\xff\xd8\xff", listed["bytes"])
    assert {name: read.headers[name] for name in (
        "content-type", "content-disposition", "x-content-type-options", "content-security-policy", "cache-control",
    )} == {
        "content-type": "image/jpeg",
        "content-disposition": "attachment; filename=\"T_r .html.jpg\"; filename*=UTF-8''T%C3%BCr%20.html.jpg",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
    }  # fmt: skip
    assert problem(await api.get(f"{address}/{encode_id('att', new_id())}")) == (404, "not_found")


async def test_a_file_that_is_sent_again_is_kept_once(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    address, key = f"/v1/orders/{order_id}/attachments", {"Idempotency-Key": "again"}
    first, second = [await api.raw(address, plain("image/png"), **key) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    other = await api.raw(f"{address}?kind=photo", plain("image/png"), **key)
    assert problem(other) == (409, "idempotency_key_reused")
    assert len((await api.get(address)).json()["data"]) == 1


async def test_what_cannot_be_kept_is_said(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    address = f"/v1/orders/{order_id}/attachments"
    for content, code in (
        (b"", "file_empty"),
        (b"<html>", "file_type_refused"),
        (plain("image/png")[:-1], "file_damaged"),
    ):
        assert problem(await api.raw(address, content)) == (422, code)
    assert problem(await api.raw(address, b"x" * 10_000_001)) == (413, "body_too_large")
    assert problem(await api.raw(f"{address}?kind=virus", b"x")) == (400, "invalid_parameter")
    assert problem(await api.raw(f"{address}?claim_id=ord_1", b"x")) == (400, "invalid_request")
    wrong = await api.raw(address, b"x", **{"Orderwright-File-Name": "%ff"})
    assert problem(wrong) == (400, "invalid_header")
    assert (await api.get(address)).json() == {"data": [], "next": None}

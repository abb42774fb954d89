"""Messages by HTTP: recorded, listed by pages, counted, settled; and who sees which."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, encode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, codes, problem


async def an_order(api: Api, shop: Shop, **fields: Any) -> str:
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)) | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def say(api: Api, order_id: str, words: str, **fields: Any) -> str:
    body = {"direction": "in", "medium": "e_mail", "words": words} | fields
    answer = await api.post(f"/v1/orders/{order_id}/messages", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def ago(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


async def words(api: Api, path: str, **query: Any) -> list[str]:
    return [one["words"] for one in (await api.get(path, **query)).json()["data"]]


async def test_messages_of_an_order_are_listed_newest_first_by_pages_and_medium(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    for n, medium in enumerate(("e_mail", "portal", "chat", "post")):
        await say(api, order_id, medium, medium=medium, said_at=ago(9 - n))
    path = f"/v1/orders/{order_id}/messages"
    first = (await api.get(f"{path}?limit=3")).json()
    rest = (await api.get(f"{path}?limit=3&after={first['next']}")).json()
    assert [one["words"] for one in first["data"] + rest["data"]] == ["post", "chat", "portal", "e_mail"]
    assert rest["next"] is None
    assert await words(api, f"{path}?medium=portal&medium=chat") == ["chat", "portal"]
    assert problem(await api.get(f"{path}?after=nonsense"))[0] == 400
    assert problem(await api.get(f"/v1/orders/{encode_id('ord', new_id())}/messages"))[0] == 404


async def test_a_message_is_read_with_all_that_was_said_of_it(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    said_at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    message = await say(
        api, order_id, "Where?", reference="<1@mail>", metadata={"to": "care"}, said_at=said_at.isoformat()
    )
    found = (await api.get(f"/v1/messages/{message}")).json()
    order = (await api.get(f"/v1/orders/{order_id}")).json()
    assert {name: found[name] for name in ("order_id", "order_number", "author", "words", "reference", "metadata")} == {
        "order_id": order_id, "order_number": order["number_text"], "author": "shopper", "words": "Where?",
        "reference": "<1@mail>", "metadata": {"to": "care"},
    }  # fmt: skip
    assert (found["answer"], found["answer_by"]) == ("awaited", "2026-03-05T12:00:00Z")
    assert problem(await api.get(f"/v1/messages/{encode_id('msg', new_id())}"))[0] == 404


async def test_messages_of_a_customer_are_of_all_orders_and_of_none(api: Api, shop: Shop) -> None:
    ada = {"name": "Ada Lovelace", "email": "ada@example.com"}
    first, second = await an_order(api, shop, customer=ada), await an_order(api, shop, customer=ada)
    customer = (await api.get(f"/v1/orders/{first}")).json()["customer"]
    await say(api, first, "one", said_at=ago(3))
    await say(api, second, "two", said_at=ago(2))
    body = {"direction": "out", "medium": "post", "words": "three"}
    assert (await api.post(f"/v1/customers/{customer}/messages", body)).json()["code"] == "recorded"
    path = f"/v1/customers/{customer}/messages"
    page = (await api.get(f"{path}?limit=2")).json()
    assert [one["words"] for one in page["data"]] == ["three", "two"]
    assert await words(api, f"{path}?limit=2&after={page['next']}") == ["one"]
    kept = (await api.get(f"/v1/customers/{customer}/data")).json()["messages"]
    assert [(one["order"], one["words"]) for one in kept] == [(first, "one"), (second, "two"), (None, "three")]
    assert problem(await api.get(f"/v1/customers/{encode_id('cus', new_id())}/messages"))[0] == 404


async def test_what_waits_is_listed_oldest_first_with_counts_until_it_is_settled(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    old = await say(api, order_id, "old", said_at=ago(30))
    new = await say(api, order_id, "new")
    await say(api, order_id, "told", direction="out", medium="portal")
    found = (await api.get("/v1/messages/waiting?limit=1")).json()
    assert ([one["id"] for one in found["data"]], found["waiting"], found["late"]) == ([old], 2, 1)
    assert (found["at_least"], found["owner"]) == (False, "customer_care")
    following = (await api.get(f"/v1/messages/waiting?after={found['next']}")).json()
    assert [one["id"] for one in following["data"]] == [new]
    assert following["data"][0]["cursor"] != found["data"][0]["cursor"]
    settled = await api.post(
        "/v1/messages/settle", {"data": [{"message_id": i, "answer": "not_needed"} for i in (old, new)]}
    )
    assert codes(settled) == ["settled", "settled"]
    assert (await api.get("/v1/messages/waiting")).json()["waiting"] == 0


async def test_a_thousand_messages_are_recorded_in_a_call_and_again_without_a_second_one(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    said = [
        {"order_id": order_id, "direction": "in", "medium": "chat", "words": "x", "reference": str(n)}
        for n in range(999)
    ]
    assert set(codes(await api.post("/v1/messages/record", {"data": said}))) == {"recorded"}
    assert set(codes(await api.post("/v1/messages/record", {"data": said}))) == {"already_recorded"}


async def test_an_answer_to_what_does_not_wait_any_more_is_a_conflict(api: Api, shop: Shop) -> None:
    order_id = await an_order(api, shop)
    message = await say(api, order_id, "Where?")
    body = {"direction": "out", "medium": "chat", "words": "Here.", "if_waiting": True, "answers_until": ago(-1)}
    assert (await api.post(f"/v1/orders/{order_id}/messages", body)).json()["code"] == "recorded"
    assert problem(await api.post(f"/v1/orders/{order_id}/messages", body))[:2] == (409, "already_answered")
    settled = await api.post(f"/v1/messages/{message}/settle", {"answer": "not_needed", "version": 1})
    assert problem(settled)[:2] == (409, "version_conflict")


@pytest.mark.parametrize(
    "fields",
    [
        {"words": ""}, {"words": "x" * 10_001}, {"words": "a\0b"}, {"medium": "fax"}, {"direction": "up"},
        {"said_at": "2026-01-01T00:00:00"}, {"reference": "x" * 501}, {"delivery": "waiting"}, {"customer": "x"},
    ],
)  # fmt: skip
async def test_a_message_that_is_none_is_refused(api: Api, shop: Shop, fields: Any) -> None:
    order_id = await an_order(api, shop)
    body = {"direction": "in", "medium": "chat", "words": "x"} | fields
    assert problem(await api.post(f"/v1/orders/{order_id}/messages", body))[0] == 400
    assert await words(api, f"/v1/orders/{order_id}/messages") == []


async def test_a_key_sees_and_writes_what_its_scopes_and_channels_allow(
    api: Api, database: Database, shop: Shop
) -> None:
    order_id = await an_order(api, shop)
    message = await say(api, order_id, "secret")
    customer = (await api.get(f"/v1/orders/{order_id}")).json()["customer"]
    await api.post(f"/v1/customers/{customer}/messages", {"direction": "in", "medium": "chat", "words": "of none"})
    body = {"direction": "out", "medium": "portal", "words": "x"}
    reader = api.using(await a_key(database, "messages.read"))
    writer = api.using(await a_key(database, "messages.write"))
    assert (await reader.post(f"/v1/orders/{order_id}/messages", body)).status_code == 403
    assert (await writer.get(f"/v1/messages/{message}")).status_code == 403
    assert (await writer.post(f"/v1/orders/{order_id}/messages", body)).status_code == 200
    assert (await reader.get(f"/v1/customers/{customer}/messages")).status_code == 403

    elsewhere = api.using(await a_key(database, channel_ids=[new_id()]))
    assert (await elsewhere.get("/v1/messages/waiting")).json()["data"] == []
    assert (await elsewhere.get(f"/v1/messages/{message}")).status_code == 404
    assert (await elsewhere.get(f"/v1/orders/{order_id}/messages")).status_code == 404
    channel = (await api.get(f"/v1/orders/{order_id}")).json()["channel"]
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT id FROM channel WHERE code = $1", channel)
    here = api.using(await a_key(database, channel_ids=[row["id"]]))
    assert [one["id"] for one in (await here.get("/v1/messages/waiting")).json()["data"]] == [message]
    assert "of none" not in await words(here, f"/v1/customers/{customer}/messages")
    assert decode_id("msg", message)

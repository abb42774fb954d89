"""The inbox of refused orders by HTTP: listed without people, read, and sent again."""

from __future__ import annotations

from typing import Any

from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, encode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, codes, ids, problem

PATH = "/v1/orders/refused"
NONE = "rfs_01j9zqtf0seqbr9w7r1c4rkz2m"


def an_order(shop: Shop, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    return an_order_body(shop.channel.code, (shop.skus[0].code, quantity)) | fields


def too_cheap(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"total": {"amount": 1, "currency": "USD"}}


async def refused(api: Api, body: dict[str, Any]) -> str:
    """Send an order that is refused; the id under which it stands in the inbox."""
    assert (await api.post("/v1/orders", body)).status_code >= 400
    return str((await api.get(f"{PATH}?limit=1")).json()["data"][0]["id"])


async def test_refused_orders_are_listed_without_people(api: Api, shop: Shop) -> None:
    bodies = [too_cheap(an_order(shop)), an_order(shop, channel="NONE"), too_cheap(an_order(shop))]
    made = [await refused(api, body) for body in bodies]
    answer = await api.get(PATH)
    listed = answer.json()
    assert (ids(listed["data"]), listed["next"]) == (made[::-1], None)
    assert "Lovelace" not in answer.text
    assert "example.com" not in answer.text
    last = listed["data"][0]
    assert (last["channel"], last["external_id"], last["code"]) == (
        shop.channel.code, bodies[2]["external_id"], "totals_do_not_add_up",
    )  # fmt: skip
    assert last["message"].startswith("The parts do not make `total`.")
    assert ids((await api.get(f"{PATH}?code=unknown_channel")).json()["data"]) == [made[1]]
    assert ids((await api.get(f"{PATH}?channel={shop.channel.code}")).json()["data"]) == [made[2], made[0]]
    page = (await api.get(f"{PATH}?limit=2")).json()
    rest = (await api.get(f"{PATH}?limit=2&after={page['next']}")).json()
    assert (ids(page["data"]), ids(rest["data"]), rest["next"]) == ([made[2], made[1]], [made[0]], None)
    assert problem(await api.get(f"{PATH}?after=x")) == (400, "invalid_parameter")

    seen = (await api.get(f"{PATH}/{made[0]}")).json()
    assert seen["body"]["customer"]["name"] == "Ada Lovelace"
    assert (seen["code"], seen["actor"].partition(":")[0]) == ("totals_do_not_add_up", "key")
    assert problem(await api.get(f"{PATH}/{NONE}")) == (404, "not_found")
    assert problem(await api.get(f"{PATH}/ord_1")) == (400, "invalid_id")


async def test_sent_again_after_the_world_was_mended(api: Api, shop: Shop, database: Database) -> None:
    body = an_order(shop, channel="LATER")
    refused_id = await refused(api, body)
    again = await api.post(f"{PATH}/{refused_id}/send")
    assert problem(again) == (422, "unknown_channel")
    assert ids((await api.get(PATH)).json()["data"]) == [refused_id]  # under the same id, once

    channel = {"code": "LATER", "name": "Later", "kind": "storefront", "currency": "USD", "pools": [shop.pool_code]}
    assert (await api.call("PUT", "/v1/channels", json={"data": [channel]})).status_code == 200
    key = {"Idempotency-Key": "again-1"}
    sent = await api.post(f"{PATH}/{refused_id}/send", headers=key)
    assert sent.status_code == 200, sent.text
    assert sent.json()["code"] == "placed"
    assert sent.json()["details"]["status"] == "placed"
    repeated = await api.post(f"{PATH}/{refused_id}/send", headers=key)
    assert (repeated.json(), repeated.headers["idempotent-replayed"]) == (sent.json(), "true")
    assert (await api.get(PATH)).json()["data"] == []
    assert problem(await api.post(f"{PATH}/{refused_id}/send")) == (404, "refused_not_found")
    assert (await api.get(f"/v1/orders/{sent.json()['id']}")).json()["external_id"] == body["external_id"]
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


async def test_sent_again_mended(api: Api, shop: Shop) -> None:
    good = an_order(shop)
    refused_id = await refused(api, too_cheap(good))
    worse = too_cheap(good) | {"external_id": "OTHER"}
    assert problem(await api.post(f"{PATH}/{refused_id}/send", {"order": worse})) == (422, "totals_do_not_add_up")
    seen = (await api.get(f"{PATH}/{refused_id}")).json()
    assert (seen["external_id"], seen["body"]["external_id"]) == ("OTHER", "OTHER")
    assert (await api.post(f"{PATH}/{refused_id}/send", {"order": good})).json()["code"] == "placed"
    twin = await refused(api, good | {"tags": ["other"]})
    [listed] = (await api.get(f"{PATH}?taken=true")).json()["data"]
    assert listed["id"] == twin
    assert listed["order"].startswith("ord_")
    assert (await api.get(f"{PATH}?taken=false")).json()["data"] == []
    differs = await api.post(f"{PATH}/{twin}/send")
    assert problem(differs) == (409, "order_differs")
    assert differs.json()["details"]["order_id"].startswith("ord_")
    assert problem(await api.post(f"{PATH}/{twin}/send", {"order": {"channel": "x"}})) == (400, "invalid_request")


async def test_many_at_once(api: Api, shop: Shop, database: Database) -> None:
    good = [an_order(shop) for _ in range(3)]
    made = [await refused(api, too_cheap(body)) for body in good]
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE inbox SET body = '{\"v\": 0}' WHERE id = $1", decode_id("rfs", made[2]))
    items = [
        {"refused_id": made[1]},
        {"refused_id": made[0], "order": good[0]},
        {"refused_id": made[0]},
        {"refused_id": NONE},
        {"refused_id": made[2]},
        {"refused_id": 7},
    ]
    expected = [
        "totals_do_not_add_up", "placed", "duplicate_in_batch", "refused_not_found", "body_unreadable",
        "invalid_request",
    ]  # fmt: skip
    assert codes(await api.post(f"{PATH}/send", {"data": items})) == expected
    left = (await api.get(PATH)).json()["data"]
    assert [(row["id"], row["external_id"]) for row in left] == [
        (made[2], good[2]["external_id"]), (made[1], good[1]["external_id"]),
    ]  # fmt: skip


async def test_hundreds_are_sent_in_several_transactions_each_with_its_own_answer(
    api: Api, shop: Shop, database: Database
) -> None:
    """Fault: a thousand orders were one transaction, for which every other buyer of their SKUs waited."""
    bodies = [an_order(shop, channel="LATER") for _ in range(250)]
    await api.post("/v1/orders/bulk", {"data": bodies})
    channel = {"code": "LATER", "name": "Later", "kind": "storefront", "currency": "USD", "pools": [shop.pool_code]}
    assert (await api.call("PUT", "/v1/channels", json={"data": [channel]})).status_code == 200
    async with database.transaction("acme") as tx:
        made = [encode_id("rfs", row[0]) for row in await tx.fetch("SELECT id FROM inbox ORDER BY id")]
    items: list[dict[str, Any]] = [{"refused_id": one} for one in made]
    items[3:3] = [{"refused_id": 7}]
    items.append({"refused_id": made[0]})
    expected = ["placed"] * 3 + ["invalid_request"] + ["placed"] * 247 + ["duplicate_in_batch"]
    headers = {"Idempotency-Key": "hundreds"}

    sent = await api.post(f"{PATH}/send", {"data": items}, headers=headers)

    assert codes(sent) == expected
    async with database.transaction("acme") as tx:
        sizes = await tx.fetch("SELECT count(*) FROM order_identity GROUP BY xmin::text ORDER BY 1")
        assert [row[0] for row in sizes] == [50, 200]
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []
    again = await api.post(f"{PATH}/send", {"data": items}, headers=headers)
    assert (again.json(), again.headers["idempotent-replayed"]) == (sent.json(), "true")
    assert problem(await api.post(f"{PATH}/send", {"data": items[:5]}, headers=headers)) == (
        409, "idempotency_key_reused",
    )  # fmt: skip

    # When the second chunk did not come to its end, the first keeps its answer and the second is done.
    async with database.transaction("acme") as tx:
        await tx.execute("DELETE FROM idempotency WHERE key LIKE '% hundreds 1'")
    rest = await api.post(f"{PATH}/send", {"data": items}, headers=headers)
    assert codes(rest) == [*expected[:201], *["refused_not_found"] * 50, "duplicate_in_batch"]
    assert "idempotent-replayed" not in rest.headers


async def test_what_keys_may(api: Api, shop: Shop, database: Database) -> None:
    refused_id = await refused(api, too_cheap(an_order(shop)))
    elsewhere = await refused(api, an_order(shop, channel="NONE"))
    reader = api.using(await a_key(database, "orders.read"))
    assert len((await reader.get(PATH)).json()["data"]) == 2
    assert problem(await reader.post(f"{PATH}/{refused_id}/send")) == (403, "permission_denied")
    placer = api.using(await a_key(database, "orders.place"))
    assert problem(await placer.get(PATH)) == (403, "permission_denied")
    assert problem(await placer.get(f"{PATH}/{refused_id}")) == (403, "permission_denied")
    assert problem(await placer.post(f"{PATH}/{refused_id}/send")) == (422, "totals_do_not_add_up")

    mine = api.using(await a_key(database, channel_ids=[shop.channel.id]))
    assert ids((await mine.get(PATH)).json()["data"]) == [refused_id]
    assert problem(await mine.get(f"{PATH}/{elsewhere}")) == (404, "not_found")
    assert problem(await mine.post(f"{PATH}/{elsewhere}/send")) == (404, "refused_not_found")
    other = an_order(shop, channel="NONE")
    assert problem(await mine.post(f"{PATH}/{refused_id}/send", {"order": other})) == (422, "unknown_channel")
    located = api.using(await a_key(database, location_ids=[new_id()]))
    for path in (PATH, f"{PATH}/{refused_id}"):
        assert problem(await located.get(path)) == (403, "permission_denied")
    assert problem(await located.post(f"{PATH}/{refused_id}/send")) == (403, "permission_denied")
    assert (await api.using(await a_key(database, merchant="bolt")).get(PATH)).json()["data"] == []


async def test_a_person_who_was_erased_is_not_sent_again(api: Api, shop: Shop) -> None:
    who = {"name": "Ada Lovelace", "email": "ada@example.com"}
    refused_id = await refused(api, too_cheap(an_order(shop, customer=who)))
    order = (await api.post("/v1/orders", an_order(shop, customer=who))).json()
    customer = (await api.get(f"/v1/orders/{order['id']}")).json()["customer"]
    assert (await api.post(f"/v1/customers/{customer}/erase")).json()["code"] == "erased"
    assert (await api.get(PATH)).json()["data"] == []
    assert problem(await api.post(f"{PATH}/{refused_id}/send")) == (404, "refused_not_found")

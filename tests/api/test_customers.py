"""Customers by HTTP: read, found without personal data in any address, erased."""

from __future__ import annotations

from typing import Any

from orderwright.customers import index_contact_words
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.builders.customers import placed
from tests.helpers.api import Api, a_key, codes, ids, problem
from tests.helpers.contexts import a_context

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+44 20 7946 0000"}
NOBODY = "cus_01j9zqtf0seqbr9w7r1c4rkz2m"


async def an_order_of(api: Api, shop: Shop, database: Database, **fields: Any) -> dict[str, Any]:
    """Place an order, index its names, and read it."""
    answer = await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1), **fields))
    assert answer.status_code == 201, answer.text
    async with database.transaction("acme") as tx:
        await index_contact_words(tx, a_context(), placed(decode_id("ord", answer.json()["id"])))
    order: dict[str, Any] = (await api.get(f"/v1/orders/{answer.json()['id']}")).json()
    return order


async def test_a_customer_is_read_with_what_is_known(api: Api, shop: Shop, database: Database) -> None:
    first = await an_order_of(api, shop, database, customer=ADA)
    second = await an_order_of(api, shop, database, customer=ADA)
    assert first["customer"] == second["customer"]
    seen = (await api.get(f"/v1/customers/{first['customer']}")).json()
    assert (seen["id"], seen["version"], seen["erased_at"]) == (first["customer"], 1, None)
    assert [(c["role"], c["name"], c["email"], c["order"]) for c in seen["contacts"]] == [
        ("ship_to", "Ada Lovelace", "ada@example.com", second["id"])
    ]
    page = (await api.get(f"/v1/customers/{first['customer']}/orders?limit=1")).json()
    assert ids(page["data"]) == [second["id"]]
    rest = (await api.get(f"/v1/customers/{first['customer']}/orders?limit=1&after={page['next']}")).json()
    assert (ids(rest["data"]), rest["next"]) == ([first["id"]], None)
    assert problem(await api.get(f"/v1/customers/{NOBODY}")) == (404, "not_found")
    assert problem(await api.get(f"/v1/customers/{NOBODY}/orders")) == (404, "not_found")
    assert problem(await api.get("/v1/customers/ord_1")) == (400, "invalid_id")


async def test_what_a_customer_bought_is_summed_up(api: Api, shop: Shop, database: Database) -> None:
    first = await an_order_of(api, shop, database, customer=ADA)
    second = await an_order_of(api, shop, database, customer=ADA)
    assert codes(await api.post("/v1/orders/cancel", {"data": [{"order_id": first["id"]}]})) == ["cancelled"]

    totals = (await api.get(f"/v1/customers/{first['customer']}/totals")).json()

    assert totals == {
        "bought": [{
            "orders": 2, "cancelled": 1, "total": second["totals"]["total"], "units_shipped": 0, "units_returned": 0,
            "first_at": first["placed_at"], "last_at": second["placed_at"],
        }],
        "more": False,
    }  # fmt: skip
    assert problem(await api.get(f"/v1/customers/{NOBODY}/totals")) == (404, "not_found")
    blind = api.using(await a_key(database, "customers.read"))
    assert problem(await blind.get(f"/v1/customers/{first['customer']}/totals")) == (403, "permission_denied")


async def test_all_that_is_kept_of_a_customer_is_handed_out(api: Api, shop: Shop, database: Database) -> None:
    order = await an_order_of(api, shop, database, customer=ADA)
    other = await an_order_of(api, shop, database, customer={"name": "Bob", "email": "bob@example.com"})
    for noted in (order, other):
        made = await api.post(f"/v1/orders/{noted['id']}/notes", {"words": f"Called about {noted['number']}"})
        assert made.status_code == 200, made.text

    data = (await api.get(f"/v1/customers/{order['customer']}/data")).json()

    assert [o["id"] for o in data["orders"]] == [order["id"]]
    assert [n["words"] for n in data["notes"]] == [f"Called about {order['number']}"]
    assert data["customer"]["contacts"][0]["email"] == "ada@example.com"
    assert data["more"] is False
    assert problem(await api.get(f"/v1/customers/{NOBODY}/data")) == (404, "not_found")


async def test_customers_are_listed_the_last_buyer_first(api: Api, shop: Shop, database: Database) -> None:
    bob = {"name": "Bob Builder", "email": "bob@example.com"}
    [adas, bobs] = [(await an_order_of(api, shop, database, customer=who))["customer"] for who in (ADA, bob)]
    page = (await api.get("/v1/customers?limit=1")).json()
    assert ids(page["data"]) == [bobs]
    rest = (await api.get(f"/v1/customers?limit=1&after={page['next']}")).json()
    assert (ids(rest["data"]), rest["next"]) == ([adas], None)


async def test_customers_are_found(api: Api, shop: Shop, database: Database) -> None:
    bob = {"name": "Bob Builder", "email": "bob@example.com"}
    [adas, bobs] = [(await an_order_of(api, shop, database, customer=who))["customer"] for who in (ADA, bob)]
    await an_order_of(api, shop, database, customer=ADA)

    async def found(**body: Any) -> list[str]:
        answer = await api.post("/v1/customers/search", body)
        assert answer.status_code == 200, answer.text
        return ids(answer.json()["data"])

    assert await found(email="ADA@example.com ") == [adas]
    assert await found(phone="(020) 7946 0000") == [adas]
    assert await found(name="lovelace") == [adas, bobs]  # to whom both are shipped
    assert await found(name="bob bui") == [bobs]
    assert await found(name="Bob Biulder") == [bobs]
    assert await found(email="nobody@example.com") == []
    [summary] = (await api.post("/v1/customers/search", {"name": "builder"})).json()["data"]
    assert (summary["name"], summary["email"]) == ("Bob Builder", "bob@example.com")
    page = (await api.post("/v1/customers/search", {"name": "lovelace", "limit": 1})).json()
    rest = (await api.post("/v1/customers/search", {"name": "lovelace", "limit": 1, "after": page["next"]})).json()
    assert ids(page["data"] + rest["data"]) == [adas, bobs]

    for wrong in ({}, {"email": "a@b.c", "name": "a"}, {"phone": "12"}, {"name": "-"}, {"city": "x"}):
        assert (await api.post("/v1/customers/search", wrong)).status_code in (400, 422), wrong
    for name in ("email", "phone", "name"):
        assert (await api.get(f"/v1/customers/search?{name}=ada")).status_code == 405


async def test_a_customer_is_erased(api: Api, shop: Shop, database: Database) -> None:
    order = await an_order_of(api, shop, database, customer=ADA)
    path = f"/v1/customers/{order['customer']}/erase"
    key = {"Idempotency-Key": "erase-ada"}
    answer = await api.post(path, headers=key)
    assert answer.json() == {"code": "erased", "ok": True, "id": order["customer"]}
    again = await api.post(path, headers=key)
    assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
    assert problem(await api.post(path)) == (422, "already_erased")
    assert problem(await api.post(f"/v1/customers/{NOBODY}/erase")) == (404, "customer_not_found")
    seen = (await api.get(f"/v1/customers/{order['customer']}")).json()
    assert (seen["contacts"], seen["erased_at"] is not None) == ([], True)
    after = (await api.get(f"/v1/orders/{order['id']}")).json()
    assert (after["buyer"]["erased"], after["buyer"]["name"]) == (True, None)
    assert (await api.post("/v1/customers/search", {"email": "ada@example.com"})).json()["data"] == []
    items = [{"customer_id": order["customer"]}, {"customer_id": NOBODY}, {"customer_id": "x"}]
    expected = ["already_erased", "customer_not_found", "invalid_request"]
    assert codes(await api.post("/v1/customers/erase", {"data": items})) == expected


async def test_a_guest_is_erased_by_order(api: Api, shop: Shop, database: Database) -> None:
    guests = await an_order_of(api, shop, database, customer=None)
    adas = await an_order_of(api, shop, database, customer=ADA)
    assert guests["customer"] is None
    answer = await api.post(f"/v1/orders/{guests['id']}/erase")
    assert answer.json() == {"code": "erased", "ok": True, "id": guests["id"]}
    refused = await api.post(f"/v1/orders/{adas['id']}/erase")
    assert problem(refused) == (409, "customer_known")
    assert refused.json()["details"] == {"customer_id": adas["customer"]}
    items = [{"order_id": guests["id"]}, {"order_id": adas["id"]}, {"order_id": "ord_01j9zqtf0seqbr9w7r1c4rkz2m"}]
    expected = ["already_erased", "customer_known", "order_not_found"]
    assert codes(await api.post("/v1/orders/erase", {"data": items})) == expected
    assert (await api.get(f"/v1/orders/{guests['id']}")).json()["ship_to"]["name"] is None


async def test_what_keys_may_see_and_erase(api: Api, shop: Shop, database: Database) -> None:
    order = await an_order_of(api, shop, database, customer=ADA)
    guests = await an_order_of(api, shop, database, customer=None)
    one, guest = f"/v1/customers/{order['customer']}", f"/v1/orders/{guests['id']}/erase"
    erase = f"{one}/erase"
    body = {"email": "ada@example.com"}

    reader = api.using(await a_key(database, "customers.read"))
    assert (await reader.get(one)).status_code == 200
    assert problem(await reader.get(f"{one}/orders")) == (403, "permission_denied")
    assert problem(await reader.post(erase)) == (403, "permission_denied")
    stranger = api.using(await a_key(database, "orders.read"))
    assert problem(await stranger.get(one)) == (403, "permission_denied")
    assert problem(await stranger.post("/v1/customers/search", body)) == (403, "permission_denied")
    assert problem(await api.using(await a_key(database, merchant="bolt")).get(one)) == (404, "not_found")

    mine = api.using(await a_key(database, channel_ids=[shop.channel.id]))
    assert len((await mine.post("/v1/customers/search", body)).json()["data"]) == 1
    others: list[dict[str, Any]] = [{"channel_ids": [new_id()]}, {"location_ids": [new_id()]}]
    for limits in others:
        other = api.using(await a_key(database, **limits))
        assert problem(await other.get(one)) == (404, "not_found")
        assert problem(await other.get(f"{one}/orders")) == (404, "not_found")
        assert (await other.post("/v1/customers/search", body)).json()["data"] == []
        for path, code in ((erase, "customer_not_found"), (guest, "order_not_found")):
            expected = (404, code) if "channel_ids" in limits else (403, "permission_denied")
            assert problem(await other.post(path)) == expected
    assert (await mine.post(guest)).json()["code"] == "erased"
    assert (await mine.post(erase)).json()["code"] == "erased"

"""Store credit over HTTP: given, read page by page, spent at a checkout, refunded to."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.helpers.api import Api, a_key, problem
from tests.helpers.desk import Desk

USD_5 = {"amount": 500, "currency": "USD"}


async def an_order_of(api: Api, desk: Desk) -> tuple[str, str]:
    """An order that is placed; its id and its customer's."""
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    order = (await api.post("/v1/orders", an_order_body(shop.channel.code, (shop.skus[0].code, 1)))).json()["id"]
    return order, (await api.get(f"/v1/orders/{order}")).json()["customer"]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_it_is_given_and_read(api: Api, desk: Desk) -> None:
    order, customer = await an_order_of(api, desk)
    made = (await api.post("/v1/store-credits", {"customer": customer, "amount": USD_5})).json()
    assert (made["code"], made["details"]) == ("issued", {"balance_minor": 500})
    items = [{"order": order, "amount": USD_5, "reason": "late"}, {"amount": USD_5}]
    bulk = (await api.post("/v1/store-credits/bulk", {"data": items})).json()["data"]
    assert [one["code"] for one in bulk] == ["issued", "owner_needed"]
    [found] = (await api.get(f"/v1/store-credits?customer={customer}")).json()["data"]
    assert found["id"] == made["id"]
    assert found["free"] == found["balance"] == {"amount": 1000, "currency": "USD"}
    less = {"amount": {"amount": -1000, "currency": "USD"}, "reason": "paid_out"}
    assert (await api.post(f"/v1/store-credits/{made['id']}/adjust", less)).json()["details"] == {"balance_minor": 0}
    assert problem(await api.post(f"/v1/store-credits/{made['id']}/adjust", less)) == (409, "exceeds_free")
    entries: list[Any] = []
    after = ""
    for _ in range(3):
        page = (await api.get(f"/v1/store-credits/{made['id']}/entries?limit=1{after}")).json()
        entries += page["data"]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert [(e["kind"], e["amount"]["amount"], e["reason"], e["order_id"], e["verb"]) for e in entries] == [
        ("issued", 500, "goodwill", None, "issue_store_credit"),
        ("issued", 500, "late", order, "issue_store_credit"),
        ("adjusted", -1000, "paid_out", None, "adjust_store_credit"),
    ]
    await desk.audit()


async def test_a_repeated_call_gives_it_once(api: Api, desk: Desk) -> None:
    _, customer = await an_order_of(api, desk)
    body = {"customer": customer, "amount": USD_5}
    first, second = [
        await api.call("POST", "/v1/store-credits", json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]
    assert first.json() == second.json()
    assert await desk.value("SELECT balance_minor FROM credit_account") == 500


async def test_pages_of_accounts(api: Api, desk: Desk) -> None:
    found, after = [], ""
    _, customer = await an_order_of(api, desk)
    for currency in ("USD", "EUR", "CHF"):
        await api.post("/v1/store-credits", {"customer": customer, "amount": {"amount": 1, "currency": currency}})
    for _ in range(2):
        page = (await api.get(f"/v1/store-credits?limit=2{after}")).json()
        found += [one["balance"]["currency"] for one in page["data"]]
        after = f"&after={page['next']}"
    assert (found, page["next"]) == (["USD", "EUR", "CHF"], None)


async def test_what_is_wrong_is_said(api: Api, desk: Desk, database: Database) -> None:
    _, customer = await an_order_of(api, desk)
    nobody = "crd_01j9zqtf0seqbr9w7r1c4rkz2m"
    assert problem(await api.get(f"/v1/store-credits/{nobody}/entries")) == (404, "not_found")
    adjust = {"amount": {"amount": 1, "currency": "USD"}}
    assert problem(await api.post(f"/v1/store-credits/{nobody}/adjust", adjust)) == (404, "account_not_found")
    assert problem(await api.get("/v1/store-credits?customer=ada")) == (400, "invalid_parameter")
    wrong = {"customer": customer, "amount": {"amount": 1, "currency": "XXX"}}
    assert problem(await api.post("/v1/store-credits", wrong)) == (422, "unknown_currency")
    reader = api.using(await a_key(database, "store_credit.read"))
    given = {"customer": customer, "amount": USD_5}
    assert problem(await reader.post("/v1/store-credits", given)) == (403, "permission_denied")
    assert (await reader.get("/v1/store-credits")).json() == {"data": [], "next": None}


async def test_a_refund_of_an_order_becomes_credit(api: Api, desk: Desk) -> None:
    shop = await desk.shop()
    await desk.receive(shop.skus[0], shop.locations[0], 9)
    paid = [{"method": "card", "state": "captured", "amount": {"amount": 1999, "currency": "USD"}}]
    body = an_order_body(shop.channel.code, (shop.skus[0].code, 1), payments=paid)
    order = (await api.post("/v1/orders", body)).json()["id"]
    refund = {"amount": USD_5, "to": "store_credit"}
    answer = (await api.post(f"/v1/orders/{order}/refund", refund)).json()
    [account] = (await api.get("/v1/store-credits")).json()["data"]
    assert (answer["code"], answer["details"]) == ("credited", {"account_id": account["id"]})
    assert account["balance"] == USD_5
    money = (await api.get(f"/v1/orders/{order}/money")).json()
    assert money["accounts"]["store_credit"] == {"amount": -500, "currency": "USD"}
    assert problem(await api.post(f"/v1/orders/{order}/refund", refund | {"payment": "pay_1"})) == (
        422, "payment_needless"
    )  # fmt: skip
    await desk.audit()

"""Claims by HTTP: made, decided, filed with carriers, read; and what a key may not."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem
from tests.helpers.claims import ClaimsDesk
from tests.helpers.desk import Desk


@pytest.fixture
def care(database: Database) -> ClaimsDesk:
    return ClaimsDesk(Desk(database))


async def a_sale(care: ClaimsDesk, shop: Shop) -> str:
    """Two units of the first SKU, shipped and paid."""
    return encode_id("ord", await care.shipped(await care.bank.paid_order(shop.channel.code, [(shop.skus[0].code, 2)])))


async def a_claim(api: Api, order: str, kind: str = "lost", quantity: int = 1) -> str:
    body = {"kind": kind, "lines": [{"line": 1, "quantity": quantity}]}
    answer = await api.post(f"/v1/orders/{order}/claims", body)
    assert answer.json()["code"] == "opened", answer.text
    return str(answer.json()["id"])


def cents(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


async def test_a_claim_from_the_call_to_the_carriers_money(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    order = await a_sale(care, shop)
    claim = await a_claim(api, order)
    path = f"/v1/claims/{claim}"
    resolved = (await api.post(f"{path}/resolve", {"resolution": "refund"})).json()
    assert resolved["details"] == {"amount_minor": 1999, "party": "carrier"}
    filed = await api.post(f"{path}/carrier/file", {"amount": cents(1999), "reference": "CLM-77"})
    assert filed.json()["code"] == "filed"
    assert (await api.post(f"{path}/carrier/settle", {"paid": cents(1500)})).json()["code"] == "paid"
    assert problem(await api.post(f"{path}/reject", {})) == (409, "wrong_state")

    seen = (await api.get(path)).json()
    carrier_claim, [line] = seen.pop("carrier_claim"), seen.pop("lines")
    none = cents(0)
    assert line == {
        "line": 1, "quantity": 1, "credited": 1, "replaced": 0, "goods": cents(1999), "discounts": none, "tax": none,
        "shipping": none,
    }  # fmt: skip
    [parcel] = await care.desk.fetch("SELECT id, tracking_number, carrier FROM parcel")
    assert carrier_claim.pop("file_by") is not None
    assert carrier_claim == {
        "state": "paid", "carrier": parcel["carrier"], "tracking_number": parcel["tracking_number"],
        "reference": "CLM-77", "reason": None, "expected": cents(1999), "recovered": cents(1500),
    }  # fmt: skip
    assert [seen[name] for name in ("kind", "state", "party", "step", "resolution", "reason")] == [
        "lost", "resolved", "carrier", "deliver", "refund", None,
    ]  # fmt: skip
    assert (seen["order_id"], seen["location"], seen["allowance"]) == (order, shop.locations[0].code, none)
    assert seen["parcel_id"] == encode_id("pcl", parcel["id"])


async def test_what_is_sent_instead_is_an_order(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    order = await a_sale(care, shop)
    claim = await a_claim(api, order, "wrong")

    resolved = (await api.post(f"/v1/claims/{claim}/resolve", {"resolution": "reship"})).json()

    child = (await api.get(f"/v1/orders/{resolved['details']['child_order_id']}")).json()
    assert (child["kind"], child["totals"]["total"], child["lines"][0]["quantity"]) == ("replacement", cents(0), 1)
    assert (await api.get(f"/v1/claims/{claim}")).json()["child_order_id"] == child["id"]


async def test_claims_are_listed_by_order_state_kind_and_party(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    first, second = await a_sale(care, shop), await a_sale(care, shop)
    made = [await a_claim(api, first), await a_claim(api, second, "missing"), await a_claim(api, first, "wrong")]
    await api.post(f"/v1/claims/{made[2]}/reject", {})

    async def listed(query: str) -> list[int]:
        return [made.index(row["id"]) for row in (await api.get(f"/v1/claims?{query}")).json()["data"]]

    assert await listed("") == [0, 1, 2]
    assert await listed(f"order={first}") == [0, 2]
    assert await listed("state=open") == [0, 1]
    assert await listed("kind=missing&kind=wrong") == [1, 2]
    assert await listed("party=carrier") == [0]
    assert await listed("carrier_state=due") == [0]
    page = (await api.get("/v1/claims?limit=2")).json()
    assert await listed(f"limit=2&after={page['next']}") == [2]


async def test_bulk_answers_one_outcome_an_item(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    order = await a_sale(care, shop)
    one = {"kind": "lost", "lines": [{"line": 1, "quantity": 1}]}
    unknown = encode_id("ord", new_id())
    data = [{"order_id": order} | one, {"order_id": unknown} | one, {"order_id": order, "kind": "stolen"}]
    answer = (await api.post("/v1/claims/open", {"data": data})).json()["data"]
    assert [row["code"] for row in answer] == ["opened", "order_not_found", "invalid_request"]
    claim = answer[0]["id"]

    for path, body, code in (
        ("carrier/file", {"amount": cents(100)}, "filed"),
        ("carrier/settle", {"reason": "no_scan"}, "denied"),
        ("resolve", {"resolution": "refund"}, "resolved"),
        ("reject", {}, "wrong_state"),
    ):
        answer = (await api.post(f"/v1/claims/{path}", {"data": [{"claim_id": claim} | body]})).json()["data"]
        assert [row["code"] for row in answer] == [code]


async def test_a_repeated_call_sends_nothing_twice(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    claim = await a_claim(api, await a_sale(care, shop))
    body, key = {"resolution": "reship"}, {"Idempotency-Key": "once"}

    answers = [await api.post(f"/v1/claims/{claim}/resolve", body, headers=key) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert await care.desk.value("SELECT count(*) FROM orders WHERE kind = 'replacement'") == 1


async def test_wrong_requests_say_what_to_do(api: Api, shop: Shop, care: ClaimsDesk) -> None:
    order = await a_sale(care, shop)
    claim = await a_claim(api, order)
    path = f"/v1/orders/{order}/claims"
    line = {"line": 1, "quantity": 1}
    assert problem(await api.post(path, {"kind": "lost", "lines": [line, line]})) == (422, "duplicate_line")
    assert problem(await api.post(path, {"kind": "lost", "lines": [{"line": 1, "quantity": 2}]})) == (
        409, "exceeds_claimable",
    )  # fmt: skip
    assert problem(await api.post(path, {"kind": "lost", "lines": [line], "note": "please"})) == (
        400,
        "invalid_request",
    )
    assert problem(await api.post(f"/v1/claims/{claim}/resolve", {"resolution": "replace"})) == (422, "items_needed")
    euros = {"resolution": "allowance", "amount": {"amount": 100, "currency": "EUR"}}
    late = await a_claim(api, order, "late")
    assert problem(await api.post(f"/v1/claims/{late}/resolve", euros)) == (422, "currency_differs")
    over = {"resolution": "allowance", "amount": cents(99_999)}
    assert problem(await api.post(f"/v1/claims/{late}/resolve", over)) == (409, "exceeds_worth")
    assert problem(await api.get(f"/v1/claims/{encode_id('clm', new_id())}")) == (404, "not_found")
    assert problem(await api.get(f"/v1/claims/{order}")) == (400, "invalid_id")


async def test_a_key_sees_and_touches_what_it_is_limited_to(
    api: Api, shop: Shop, care: ClaimsDesk, database: Database
) -> None:
    order = await a_sale(care, shop)
    claim = await a_claim(api, order)
    other = await care.desk.shop()
    elsewhere = api.using(await a_key(database, channel_ids=[other.channel.id]))
    there = api.using(await a_key(database, location_ids=[other.locations[0].id]))
    here = api.using(await a_key(database, location_ids=[shop.locations[0].id]))
    body = {"kind": "lost", "lines": [{"line": 1, "quantity": 1}]}

    assert [row["id"] for row in (await here.get("/v1/claims")).json()["data"]] == [claim]
    for limited in (elsewhere, there):
        assert problem(await limited.get(f"/v1/claims/{claim}")) == (404, "not_found")
        assert (await limited.get("/v1/claims")).json()["data"] == []
        assert problem(await limited.post(f"/v1/claims/{claim}/reject", {})) == (404, "claim_not_found")
        assert problem(await limited.post(f"/v1/orders/{order}/claims", body)) == (404, "order_not_found")


async def test_reading_and_writing_are_scopes_of_their_own(
    api: Api, shop: Shop, care: ClaimsDesk, database: Database
) -> None:
    claim = await a_claim(api, await a_sale(care, shop))
    reader = api.using(await a_key(database, "claims.read"))
    writer = api.using(await a_key(database, "claims.write"))
    assert (await reader.get(f"/v1/claims/{claim}")).status_code == 200
    assert problem(await reader.post(f"/v1/claims/{claim}/reject", {})) == (403, "permission_denied")
    assert problem(await writer.get(f"/v1/claims/{claim}")) == (403, "permission_denied")
    assert (await writer.post(f"/v1/claims/{claim}/reject", {})).json()["code"] == "rejected"

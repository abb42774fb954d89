"""Limits and approvals over HTTP: of keys, roles and people; asked for, listed, decided."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.access import list_limits
from orderwright.platform.db import Database
from orderwright.platform.limits import Limits
from tests.builders.catalog import Shop
from tests.helpers.api import Api, a_key, problem


def a_count(shop: Shop, delta: int = -8) -> dict[str, Any]:
    return {"sku": shop.skus[0].code, "location": shop.locations[0].code, "delta": delta, "reason": "count"}


async def small(api: Api, database: Database, *scopes: str, units: int = 5) -> Api:
    """Somebody who may correct five units."""
    scopes = scopes or ("stock.write", "stock.read", "approvals.ask")
    return api.using(await a_key(database, *scopes, limits=Limits(adjust_max_units=units)))


async def asked(own: Api, shop: Shop, **fields: Any) -> str:
    answer = await own.post("/v1/approvals", {"operation": "adjust_stock", "body": a_count(shop), **fields})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert made["code"] == "asked"
    return str(made["id"])


async def test_a_key_has_its_limit_and_what_is_above_it_can_be_approved(
    api: Api, database: Database, shop: Shop
) -> None:
    own = await small(api, database)
    refused = await own.post("/v1/stock/adjustments", a_count(shop))
    assert problem(refused) == (403, "above_limit")
    assert refused.json()["details"] == {"limit": "adjust", "max": 5, "used": 0, "asked": 8, "approval": True}
    approval_id = await asked(own, shop, reason="shelf was empty")
    [listed] = (await api.get("/v1/approvals", params={"state": "waiting"})).json()["data"]
    assert (listed["id"], listed["operation"], listed["body"]) == (approval_id, "adjust_stock", a_count(shop))
    assert (listed["figures"], listed["asked_reason"]) == (
        {"limit": "adjust", "max": 5, "used": 0, "asked": 8}, "shelf was empty",
    )  # fmt: skip
    done = (await api.post(f"/v1/approvals/{approval_id}/approve", {"reason": "went there"})).json()
    assert (done["code"], done["details"]) == ("approved", {"outcome": "adjusted"})
    read = (await own.get(f"/v1/approvals/{approval_id}")).json()
    assert (read["state"], read["decided_reason"], read["outcome"]["code"]) == ("approved", "went there", "adjusted")
    [act] = (await api.get("/v1/audit", params={"verb": "adjust_stock"})).json()["data"]
    assert act["on_behalf_of"] == f"key:{str(own.key).split('_')[1]}"
    again = await api.post(f"/v1/approvals/{approval_id}/approve", {})
    assert problem(again) == (409, "wrong_state")


async def test_who_may_not_decide_sees_only_their_own(api: Api, database: Database, shop: Shop) -> None:
    one, other = await small(api, database), await small(api, database)
    approval_id = await asked(one, shop)
    assert [a["id"] for a in (await one.get("/v1/approvals")).json()["data"]] == [approval_id]
    assert (await other.get("/v1/approvals")).json()["data"] == []
    assert problem(await other.get(f"/v1/approvals/{approval_id}")) == (404, "not_found")
    assert problem(await other.post(f"/v1/approvals/{approval_id}/approve", {})) == (403, "permission_denied")
    assert (await api.get("/v1/approvals", params={"mine": "true"})).json()["data"] == []


async def test_nobody_approves_their_own(api: Api, database: Database, shop: Shop) -> None:
    own = await small(api, database, "*")
    approval_id = await asked(own, shop)
    assert problem(await own.post(f"/v1/approvals/{approval_id}/approve", {})) == (403, "own_approval")
    assert problem(await own.post(f"/v1/approvals/{approval_id}/reject", {})) == (403, "own_approval")
    rejected = await api.post(f"/v1/approvals/{approval_id}/reject", {"reason": "count again"})
    assert rejected.json()["code"] == "rejected"


async def test_a_double_click_asks_once(api: Api, database: Database, shop: Shop) -> None:
    own = await small(api, database)
    body = {"operation": "adjust_stock", "body": a_count(shop)}
    headers = {"Idempotency-Key": "once"}
    answers = [await own.post("/v1/approvals", body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await own.get("/v1/approvals")).json()["data"]) == 1


async def test_pages_hold_each_once(api: Api, database: Database, shop: Shop) -> None:
    own = await small(api, database)
    ids = [await asked(own, shop) for _ in range(3)]
    first = (await api.get("/v1/approvals", params={"limit": 2})).json()
    second = (await api.get("/v1/approvals", params={"limit": 2, "after": first["next"]})).json()
    assert [a["id"] for a in first["data"] + second["data"]] == ids[::-1]
    assert second["next"] is None


@pytest.mark.parametrize(
    "body", [{"operation": "place_order", "body": {}}, {"body": {}}, {"operation": "adjust_stock"}]
)
async def test_other_operations_are_not_asked_for(api: Api, body: dict[str, Any]) -> None:
    assert problem(await api.post("/v1/approvals", body)) == (400, "invalid_request")


# ---- limits of roles and people ----

PERSON = {"email": "mia@example.com", "name": "Mia", "role": "care_agent"}


async def test_limits_are_set_on_roles_and_on_people_instead(api: Api, database: Database) -> None:
    person = (await api.post("/v1/people", PERSON)).json()["id"]
    limits = {"refund_max_minor": {"USD": 5000}}
    assert (await api.post("/v1/limits", {"role": "care_agent", "limits": limits})).json()["code"] == "set"
    assert (await api.post("/v1/limits", {"role": "care_agent", "limits": limits})).json()["code"] == "unchanged"
    assert await _limits_of(database, person) == Limits(refund_max_minor={"USD": 5000})
    more = {"refund_max_minor": {"USD": 9000}}
    assert (await api.post("/v1/limits", {"person": person, "limits": more})).json()["id"] == person
    assert await _limits_of(database, person) == Limits(refund_max_minor={"USD": 9000})
    assert (await api.get("/v1/limits")).json() == {
        "data": [
            {"role": "care_agent", "person": None, "limits": limits},
            {"role": None, "person": person, "limits": more},
        ],
        "next": None,
    }
    await api.post("/v1/limits", {"person": person})
    await api.post("/v1/limits", {"role": "care_agent"})
    assert await _limits_of(database, person) == Limits()
    acts = (await api.get("/v1/audit", params={"verb": "set_limits"})).json()["data"]
    assert [act["changes"][0]["after"]["limits"] for act in acts] == [None, None, more, limits]


async def _limits_of(database: Database, person: str) -> Limits:
    """What a session of theirs would be limited to."""
    from orderwright.access.queries import MEMBERSHIPS_OF_PEOPLE
    from orderwright.access.sessions import membership_of
    from orderwright.platform.ids import decode_id

    async with database.operator_transaction() as tx:
        [row] = await MEMBERSHIPS_OF_PEOPLE.fetch(tx, [decode_id("usr", person)])
    return membership_of(row).limits


async def test_nobody_sets_limits_above_their_own(api: Api, database: Database) -> None:
    own = api.using(await a_key(database, "*", limits=Limits(adjust_max_units=5)))
    for limits in (None, {}, {"adjust_max_units": 6}):
        answer = await own.post("/v1/limits", {"role": "planner", "limits": limits})
        assert problem(answer) == (403, "exceeds_own_limits")
    assert (await own.post("/v1/limits", {"role": "planner", "limits": {"adjust_max_units": 5}})).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "role_or_person"),
        ({"role": "planner", "person": "usr_1"}, "role_or_person"),
        ({"role": "nobody"}, "role_not_found"),
        ({"person": "usr_1"}, "person_not_found"),
        ({"person": f"usr_{'0' * 26}"}, "person_not_found"),
        ({"role": "planner", "limits": {"refund_max": 1}}, "invalid_request"),
    ],
)
async def test_what_cannot_be_set_is_refused(api: Api, database: Database, body: dict[str, Any], code: str) -> None:
    assert problem(await api.post("/v1/limits", body))[1] == code
    async with database.operator_transaction() as tx:
        assert await list_limits(tx, "acme") == []

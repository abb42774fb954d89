"""People and roles over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.builders.catalog import a_shop
from tests.builders.people import a_cookie
from tests.helpers.api import Api, a_key, codes, problem, serving
from tests.helpers.contexts import a_context


@pytest_asyncio.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with serving(database) as served:
        yield served


async def test_a_person_is_added_read_changed_and_deactivated(api: Api, database: Database) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context())
    boss = {"email": "boss@staff.example", "name": "Bo Lund", "role": "administrator"}
    assert (await api.post("/v1/people", boss)).json()["code"] == "created"
    body = {"email": "Mia@Staff.Example", "name": "Mia Marsh", "role": "care_agent", "channels": [shop.channel.code]}
    made = await api.post("/v1/people", body)
    assert (made.status_code, made.json()["code"]) == (200, "created")
    person_id = made.json()["id"]
    assert person_id.startswith("usr_")
    read = (await api.get(f"/v1/people/{person_id}")).json()
    assert {k: read[k] for k in ("email", "state", "role", "role_name", "channels", "locations")} == {
        "email": "mia@staff.example", "state": "invited", "role": "care_agent", "role_name": "Care agent",
        "channels": [shop.channel.code], "locations": None,
    }  # fmt: skip
    assert (await api.post("/v1/people", body)).json()["code"] == "unchanged"
    assert problem(await api.post("/v1/people", {**body, "role": "planner"})) == (409, "email_taken")
    assert problem(await api.post("/v1/people", {**body, "channels": ["wbe"]})) == (404, "channel_not_found")
    assert problem(await api.post("/v1/people", {**body, "locations": ["XX"]})) == (404, "location_not_found")
    assert problem(await api.post("/v1/people", {**body, "role": "chief"})) == (404, "role_not_found")

    changed = await api.post(f"/v1/people/{person_id}", {"name": "Mia Cole"})
    assert changed.json()["code"] == "changed"
    give = {"role": "warehouse", "locations": [shop.locations[0].code]}
    assert (await api.post(f"/v1/people/{person_id}/role", give)).json()["code"] == "changed"
    reset = (await api.post(f"/v1/people/{person_id}/reset")).json()
    assert reset["details"]["path"].startswith("/reset?token=")
    await a_cookie(database, decode_id("usr", person_id))
    [session] = (await api.get(f"/v1/people/{person_id}/sessions")).json()["data"]
    assert session["made_by"] == "password"
    assert (await api.post(f"/v1/people/{person_id}/sessions/end")).json()["code"] == "ended"
    assert (await api.get(f"/v1/people/{person_id}/sessions")).json()["data"] == []
    assert (await api.post(f"/v1/people/{person_id}/second-factor/remove")).json()["code"] == "removed"
    assert (await api.post(f"/v1/people/{person_id}/deactivate")).json()["code"] == "deactivated"
    assert (await api.get(f"/v1/people/{person_id}")).json()["state"] == "deactivated"
    assert (await api.post(f"/v1/people/{person_id}/reactivate")).json()["code"] == "reactivated"
    listed = (await api.get("/v1/people?limit=1")).json()
    assert [p["email"] for p in listed["data"]] == ["boss@staff.example"]
    rest = (await api.get(f"/v1/people?limit=1&after={listed['next']}")).json()
    assert [p["name"] for p in rest["data"]] == ["Mia Cole"]
    assert (await api.post(f"/v1/people/{person_id}/leave")).json()["code"] == "ended"
    assert problem(await api.get(f"/v1/people/{person_id}")) == (404, "not_found")
    assert problem(await api.get(f"/v1/people/{person_id}/sessions")) == (404, "not_found")
    assert problem(await api.get("/v1/people/usr_x")) == (400, "invalid_id")


async def test_a_bulk_call_answers_each(api: Api) -> None:
    good = {"email": "a@staff.example", "name": "A", "role": "planner"}
    answer = await api.post("/v1/people/bulk", {"data": [good, {"email": "b"}, {**good, "email": "nothing"}]})
    assert codes(answer) == ["created", "invalid_request", "invalid_email"]


async def test_roles_are_made_and_removed(api: Api) -> None:
    desk = {"code": "desk", "name": "Desk", "permissions": ["returns.read"]}
    assert (await api.post("/v1/roles", desk)).json()["code"] == "created"
    roles = (await api.get("/v1/roles")).json()["data"]
    assert [(r["code"], r["built_in"]) for r in roles][-2:] == [("read_only", True), ("desk", False)]
    assert problem(await api.post("/v1/roles", {**desk, "permissions": ["nothing"]})) == (404, "scope_not_found")
    assert problem(await api.post("/v1/roles", {**desk, "code": "planner"})) == (409, "built_in_role")
    assert (await api.post("/v1/roles/remove", {"code": "desk"})).json()["code"] == "removed"


async def test_who_may_not(api: Api, database: Database) -> None:
    body = {"email": "a@staff.example", "name": "A", "role": "administrator"}
    reader = api.using(await a_key(database, "people.read"))
    assert (await reader.get("/v1/people")).status_code == 200
    assert problem(await reader.post("/v1/people", body)) == (403, "permission_denied")
    writer = api.using(await a_key(database, "people.read", "people.write"))
    assert problem(await writer.post("/v1/people", body)) == (403, "exceeds_own_role")
    limited = api.using(await a_key(database, channel_ids=[]))
    assert problem(await limited.get("/v1/people")) == (403, "permission_denied")

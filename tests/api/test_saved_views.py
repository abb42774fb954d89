"""Saved views by HTTP: one's own, everybody's, and those that are always there."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id, new_id
from orderwright.saved_views import PutView, RemoveView, put_views, remove_views
from tests.helpers.api import Api, a_key, codes, problem
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk
from tests.helpers.races import race

DEFAULTS = [
    ("open", "Open"), ("attention", "Needs attention"), ("waiting_for_stock", "Waiting for stock"),
    ("to_pick", "To pick"), ("in_transit", "In transit"), ("late", "Late"), ("returns", "Returns"), ("all", "All"),
]  # fmt: skip


async def names(api: Api, subject: str = "orders") -> list[str]:
    """The names of the views that somebody saved."""
    answer = await api.get(f"/v1/saved_views?subject={subject}")
    assert answer.status_code == 200, answer.text
    return [view["name"] for view in answer.json()["data"] if view["key"] is None]


async def put(api: Api, name: str, **fields: Any) -> Any:
    return await api.post("/v1/saved_views", {"subject": "orders", "name": name} | fields)


async def test_some_views_are_always_there_and_each_can_be_counted_and_listed(api: Api) -> None:
    views = (await api.get("/v1/saved_views?subject=orders")).json()["data"]
    assert [(view["key"], view["name"]) for view in views] == DEFAULTS
    counts = await api.post("/v1/orders/count", {"lists": [view["filters"] for view in views]})
    assert counts.json()["data"] == [{"count": 0, "at_least": False, "problem": None}] * len(DEFAULTS)
    for view in views:
        assert (await api.post("/v1/orders/search", view["filters"])).json() == {"data": [], "next": None}
    assert (await api.get("/v1/saved_views?subject=stock")).json() == {"data": [], "next": None}


async def test_a_view_is_saved_written_anew_and_removed(api: Api) -> None:
    filters = {"tag": ["gift"], "late": True}
    first = await put(api, "Late gifts", filters=filters, columns=["number", "promised_on"], position=3)
    view_id = first.json()["id"]
    assert first.json()["code"] == "created"
    assert (await put(api, "Late gifts", filters=filters, columns=["number", "promised_on"], position=3)).json() == {
        "code": "unchanged", "ok": True, "id": view_id,
    }  # fmt: skip
    assert (await put(api, "Late gifts", filters={"late": True})).json()["code"] == "updated"
    [view] = (await api.get("/v1/saved_views?subject=orders")).json()["data"][len(DEFAULTS) :]
    assert view == {
        "id": view_id, "key": None, "subject": "orders", "name": "Late gifts", "shared": False,
        "filters": {"late": True}, "columns": [], "density": "", "position": 100, "version": 2,
    }  # fmt: skip
    assert (await api.post(f"/v1/saved_views/{view_id}/remove", {})).json()["code"] == "removed"
    assert problem(await api.post(f"/v1/saved_views/{view_id}/remove", {})) == (404, "view_not_found")
    assert await names(api) == []


async def test_ones_own_views_are_nobody_elses_and_shared_ones_everybodys(api: Api, database: Database) -> None:
    other = api.using(await a_key(database))
    mine = (await put(api, "Mine")).json()["id"]
    shared = (await put(api, "Ours", shared=True, position=1)).json()["id"]
    assert (await names(api), await names(other)) == (["Ours", "Mine"], ["Ours"])
    assert problem(await other.post(f"/v1/saved_views/{mine}/remove", {})) == (404, "view_not_found")
    alone = api.using(await a_key(database, "views.write", "search.read"))
    assert problem(await put(alone, "Theirs", shared=True)) == (403, "permission_denied")
    assert problem(await alone.post(f"/v1/saved_views/{shared}/remove", {})) == (403, "permission_denied")
    assert (await put(alone, "Ours")).json()["code"] == "created"
    assert codes(await other.post("/v1/saved_views/remove", {"data": [{"view_id": shared}]})) == ["removed"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"filters": {"email": "ada@example.com"}}, "personal_data"),
        ({"filters": {"q": "ada"}}, "personal_data"),
        ({"filters": {"tag": ["ada@example.com"]}}, "personal_data"),
        ({"subject": "customers", "filters": {"name": "ada"}}, "personal_data"),
        ({"subject": "customers", "filters": {"who": ["ada@example.com"]}}, "personal_data"),
        ({"filters": {"colour": "red"}}, "filters_refused"),
        ({"filters": {"status": ["lost"]}}, "filters_refused"),
        ({"subject": "stock", "filters": {"sku": ["x" * 100] * 50}}, "filters_refused"),
        ({"name": "LATE"}, "name_taken"),
    ],
)
async def test_what_cannot_be_saved_is_said(api: Api, fields: dict[str, Any], code: str) -> None:
    assert problem(await put(api, **{"name": "x"} | fields)) == (422, code)
    assert await names(api, fields.get("subject", "orders")) == []


@pytest.mark.parametrize("value", [{"name": "Ada"}, [{"name": "Ada"}], ["a\0b"], "a\0b", [["Ada"]], 1.5])
async def test_a_filter_is_a_plain_value(api: Api, value: Any) -> None:
    """Fault: what was nested was kept unseen, in views and in the audit trail, where it stays."""
    refused = problem(await put(api, "x", subject="customers", filters={"who": value}))
    assert refused == (400, "invalid_request")


async def test_two_who_save_the_first_view_of_a_name_at_once_have_the_same_one(database: Database) -> None:
    """Fault: both were told that they had made it, one of them with the id of nothing."""
    saving = [PutView(subject="orders", name="Gifts", filters={"tag": ["gift"]}, shared=True)]
    again = [PutView(subject="orders", name="Gifts", filters={"tag": ["box"]}, shared=True)]
    desk = Desk(database)
    [first], [second] = await race(
        desk, lambda tx: put_views(tx, a_context(), saving), lambda tx: put_views(tx, a_context(), again)
    )
    assert (first.code, second.code, second.id) == ("created", "updated", first.id)
    rows = await desk.fetch("SELECT id, version FROM saved_view")
    assert [tuple(row) for row in rows] == [(first.id, 2)]
    changes = await desk.fetch("SELECT subject_id, before IS NULL AS made FROM change ORDER BY act_id")
    assert [tuple(row) for row in changes] == [(first.id, True), (first.id, False)]


async def test_somebody_has_a_hundred_views_of_a_list_at_most(api: Api) -> None:
    items = [{"subject": "orders", "name": f"v{n:03}"} for n in range(101)]
    assert codes(await api.post("/v1/saved_views/bulk", {"data": items})) == ["created"] * 100 + ["too_many_views"]
    assert codes(await api.post("/v1/saved_views/bulk", {"data": items[:2]})) == ["unchanged"] * 2
    assert (await put(api, "one", subject="stock")).json()["code"] == "created"


async def test_a_batch_of_100_views_takes_as_many_statements_as_one(database: Database) -> None:
    counts = []
    for n in (1, 100):
        commands = [PutView(subject=f"list_{n}", name=f"v{i}") for i in range(n)]
        async with database.transaction("acme") as tx:
            outcomes = await put_views(tx, a_context(), commands)
            put_count = tx.statements
        async with database.transaction("acme") as tx:
            await remove_views(tx, a_context(), [RemoveView(view_id=o.id) for o in outcomes if o.id is not None])
            counts.append((put_count, tx.statements))
    assert counts[0] == counts[1] == (5, 4)


async def test_an_unknown_view_is_not_found(api: Api) -> None:
    assert codes(await api.post("/v1/saved_views/remove", {"data": [{"view_id": encode_id("viw", new_id())}]})) == [
        "view_not_found"
    ]


async def test_the_later_of_two_who_write_a_view_is_told(api: Api) -> None:
    view_id = (await put(api, "Ours", shared=True)).json()["id"]
    assert (await put(api, "Ours", shared=True, filters={"late": True}, version=1)).json()["code"] == "updated"
    again = await put(api, "Ours", shared=True, filters={"late": True}, version=1)  # its answer was lost
    assert again.json()["code"] == "unchanged"
    late = await put(api, "Ours", shared=True, filters={"held": True}, version=1)
    assert problem(late) == (409, "version_conflict")
    assert late.json()["details"] == {"version": 2}
    assert problem(await put(api, "New", version=1)) == (409, "version_conflict")
    assert problem(await put(api, "Ours", shared=True, version=0)) == (409, "version_conflict")
    assert problem(await api.post(f"/v1/saved_views/{view_id}/remove", {"version": 1})) == (409, "version_conflict")
    assert (await api.post(f"/v1/saved_views/{view_id}/remove", {"version": 2})).json()["code"] == "removed"


async def test_preferences_are_ones_own(api: Api, database: Database) -> None:
    value = {"order": ["stock", "orders"], "hidden": []}
    assert (await api.post("/v1/preferences", {"name": "home", "value": value})).json()["code"] == "kept"
    assert (await api.get("/v1/preferences")).json() == {"data": [{"name": "home", "value": value}], "next": None}
    other = api.using(await a_key(database))
    assert (await other.get("/v1/preferences")).json()["data"] == []
    assert (await api.post("/v1/preferences", {"name": "home", "value": None})).json()["code"] == "forgotten"
    assert (await api.get("/v1/preferences")).json()["data"] == []
    long = {str(n): ["x" * 60] * 90 for n in range(90)}
    assert problem(await api.post("/v1/preferences", {"name": "home", "value": long})) == (422, "preference_too_long")
    many = {"data": [{"name": f"list_{n}", "value": {}} for n in range(51)]}
    assert codes(await api.post("/v1/preferences/bulk", many)) == ["kept"] * 50 + ["too_many_preferences"]

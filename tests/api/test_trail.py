"""The audit trail: who did what, before and after; searched, paged, exported, never changed."""

from __future__ import annotations

import csv
import io
from typing import Any

import asyncpg
import pytest

from orderwright.platform.csv_safe import csv_lines, safe_cell
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.helpers.api import Api, a_key, problem

SKU = {"code": "MUG", "name": "Mug", "price": {"amount": 1250, "currency": "USD"}}


async def _put(api: Api, *skus: dict[str, Any], **headers: str) -> list[str]:
    answer = await api.call("PUT", "/v1/skus", json={"data": list(skus)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]


async def _acts(api: Api, **params: Any) -> list[dict[str, Any]]:
    answer = await api.get("/v1/audit", params=params)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def test_a_change_is_told_with_who_why_before_and_after(api: Api) -> None:
    [sku] = await _put(api, SKU)
    await _put(api, {**SKU, "name": "Blue mug"}, **{"Orderwright-Reason": "renamed"})
    changed, made = await _acts(api, subject=sku)
    assert (changed["verb"], changed["ok"], changed["changed"]) == ("upsert_skus", True, 1)
    assert changed["reason"] == "renamed"
    assert changed["actor"] == f"key:{str(api.key).split('_')[1]}"
    assert changed["changes"] == [
        {"kind": "sku", "subject": sku, "before": {"name": "Mug"}, "after": {"name": "Blue mug"}}
    ]
    assert made["changes"][0]["before"] is None
    assert made["changes"][0]["after"]["price"] == {"amount": 1250, "currency": "USD"}


async def test_every_version_is_seen_whole_and_can_be_brought_back(api: Api) -> None:
    [sku] = await _put(api, SKU)
    await _put(api, {**SKU, "name": "Blue mug", "weight_g": 350})
    history = (await api.get("/v1/audit/history", params={"subject": sku, "kind": "sku"})).json()["data"]
    assert [(v["version"], v["whole"]["name"], v["whole"]["weight_g"]) for v in history] == [
        (2, "Blue mug", 350), (1, "Mug", None),
    ]  # fmt: skip
    await _put(api, history[-1]["whole"])
    history = (await api.get("/v1/audit/history", params={"subject": sku, "kind": "sku"})).json()["data"]
    assert history[0]["whole"] == history[-1]["whole"]
    assert history[0]["after"] == {"name": "Mug", "weight_g": None}


async def test_acts_are_found_by_actor_and_verb_and_time(api: Api, database: Database) -> None:
    other = api.using(await a_key(database))
    await _put(api, SKU)
    await other.call("PUT", "/v1/pools", json={"data": [{"code": "EAST", "name": "East"}]})
    await _put(other, {**SKU, "code": "OTHER"})
    actor = f"key:{str(other.key).split('_')[1]}"
    newest, before = await _acts(api, actor=actor)
    assert (newest["verb"], before["verb"]) == ("upsert_skus", "upsert_pools")
    assert [a["verb"] for a in await _acts(api, actor=actor, verb="upsert_pools")] == ["upsert_pools"]
    assert len(await _acts(api, verb="upsert_skus")) == 2
    assert await _acts(api, actor="key:nobody") == []
    # the instant of an id is its millisecond
    assert before["id"] in [a["id"] for a in await _acts(api, until=newest["at"].replace("Z", "+00:00"))] or (
        before["at"][:23] == newest["at"][:23]
    )
    assert await _acts(api, since="2090-01-01T00:00:00Z") == []
    assert await _acts(api, until="2020-01-01T00:00:00Z") == []


async def test_pages_hold_each_act_once_newest_first(api: Api, database: Database) -> None:
    for n in range(5):
        await _put(api, {**SKU, "code": f"MUG-{n}"})
        await a_key(database)
    seen: list[str] = []
    after = None
    while True:
        params = {"limit": 3} | ({"after": after} if after else {})
        page = (await api.get("/v1/audit", params=params)).json()
        seen += [act["id"] for act in page["data"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(await _acts(api, limit=200)) >= 10


async def test_an_import_shows_twenty_of_its_things_and_says_how_many(api: Api) -> None:
    ids = await _put(api, *({**SKU, "code": f"MUG-{n}"} for n in range(30)))
    [act] = await _acts(api, verb="upsert_skus")
    assert (act["changed"], len(act["changes"])) == (30, 20)
    [of_one] = await _acts(api, subject=ids[29])
    assert [c["subject"] for c in of_one["changes"]] == [ids[29]]


async def test_another_merchant_sees_none_of_it(api: Api, database: Database) -> None:
    [sku] = await _put(api, SKU)
    bolt = api.using(await a_key(database, merchant="bolt"))
    assert [a["verb"] for a in await _acts(bolt)] == ["create_api_key"]
    assert await _acts(bolt, subject=sku) == []


async def test_it_needs_its_own_scope_and_no_limits(api: Api, database: Database) -> None:
    for path in ("/v1/audit", "/v1/audit.csv", "/v1/audit/history?subject=sku_1&kind=sku"):
        plain = api.using(await a_key(database, "orders.read"))
        assert problem(await plain.get(path)) == (403, "permission_denied")
        limited = api.using(await a_key(database, "*", location_ids=[decode_id("loc", f"loc_{'0' * 26}")]))
        assert problem(await limited.get(path)) == (403, "permission_denied")


@pytest.mark.parametrize(
    "params",
    [{"subject": "x"}, {"kind": "sku"}, {"after": "x"}, {"since": "yesterday"}, {"limit": 0}, {"verb": "a b"}],
)
async def test_wrong_parameters_are_named(api: Api, params: dict[str, Any]) -> None:
    answer = await api.get("/v1/audit", params=params)
    assert problem(answer)[0] == 400
    assert next(iter(params)) in answer.json()["detail"]


async def test_the_export_holds_all_of_it_and_no_formula(api: Api) -> None:
    skus = await _put(api, SKU, {**SKU, "code": "B"})
    key = await api.post("/v1/keys", {"name": "=1+1", "scopes": ["stock.read"]})
    answer = await api.get("/v1/audit.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "content-length" not in answer.headers
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["subject"] for row in rows if row["verb"] == "upsert_skus"] == skus
    assert {row["kind"] for row in rows} == {"sku", "api_key"}
    assert next(row["subject"] for row in rows if row["verb"] == "create_api_key") == key.json()["key"]["id"]
    only = (await api.get("/v1/audit.csv", params={"verb": "upsert_skus"})).text
    assert len(only.splitlines()) == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(f"1{start}1") == f"1{start}1"
    [[back]] = csv.reader(io.StringIO(csv_lines([[f"{start}1"]]).decode(), newline=""))
    assert back == f"'{start}1"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert csv_lines([[-5, 1.5, None, 'a"b', "x,y"]]) == b'-5,1.5,,"a""b","x,y"\r\n'


@pytest.mark.parametrize("table", ["act", "change", "limit_use", "operator_act"])
@pytest.mark.parametrize("how", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
async def test_what_was_written_is_never_changed(database: Database, table: str, how: str) -> None:
    column = {"act": "verb", "change": "n", "limit_use": "kind", "operator_act": "verb"}[table]
    opened = database.operator_transaction() if table == "operator_act" else database.transaction("acme")
    with pytest.raises(asyncpg.RestrictViolationError):
        async with opened as tx:
            await tx.execute(how.format(table, column, column))


async def test_an_export_has_all_that_one_act_changed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwright.api.trail.CSV_PAGE", 7)
    await _put(api, *({**SKU, "code": f"MUG-{n}"} for n in range(40)))
    [act] = await _acts(api, verb="upsert_skus")
    assert (act["changed"], len(act["changes"])) == (40, 20)
    rows = list(csv.DictReader(io.StringIO((await api.get("/v1/audit.csv")).text, newline="")))
    named = [row["after"] for row in rows if row["verb"] == "upsert_skus"]
    assert [f'"code":"MUG-{n}"' in text for n, text in enumerate(named)] == [True] * 40

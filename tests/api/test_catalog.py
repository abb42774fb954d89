"""The catalogue by HTTP: upserts, lists, reading by id and code, CSV."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.platform.db import Database
from tests.helpers.api import Api, codes, problem

POOL = {"code": "EAST", "name": "East coast"}
LOCATION = {
    "code": "DC-1", "name": "Columbus", "kind": "warehouse", "pool": "EAST", "country": "US",
    "time_zone": "America/New_York", "postal_code": "43004", "latitude": 40.0, "longitude": -82.8,
}  # fmt: skip
CHANNEL = {"code": "web", "name": "Web shop", "kind": "storefront", "currency": "USD", "pools": ["EAST"]}
SKU = {"code": "MUG/BLUE 1", "name": "Mug, blue", "weight_g": 350, "price": {"amount": 1250, "currency": "USD"}}


async def _put(api: Api, family: str, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.call("PUT", f"/v1/{family}", json={"data": list(entries)})
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_an_upsert_creates_updates_or_changes_nothing(api: Api, method: str) -> None:
    made = await api.call(method, "/v1/skus", json={"data": [SKU]})
    assert codes(made) == ["created"]
    [first] = made.json()["data"]
    assert first == {"code": "created", "ok": True, "item": "MUG/BLUE 1", "id": first["id"], "version": 1}
    assert codes(await api.call(method, "/v1/skus", json={"data": [SKU]})) == ["unchanged"]
    changed = await api.call(method, "/v1/skus", json={"data": [{**SKU, "name": "Mug"}, SKU]})
    assert codes(changed) == ["updated", "duplicate_in_batch"]


async def test_one_wrong_entry_does_not_fail_the_others(api: Api) -> None:
    data = await _put(
        api, "skus", SKU, {"code": "X"}, {"code": "GTIN", "name": "x", "gtin": "12345678"}, {**SKU, "code": "Y"}
    )
    assert [item["code"] for item in data] == ["created", "invalid_request", "gtin_check_digit", "created"]
    assert data[1]["details"] == {"field": "name"}
    assert data[2]["item"] == "GTIN"


async def test_every_family_is_written_and_read_back_as_it_was_sent(api: Api) -> None:
    for family, entry in (("pools", POOL), ("locations", LOCATION), ("channels", CHANNEL), ("skus", SKU)):
        [made] = await _put(api, family, entry)
        assert made["code"] == "created"
        [listed] = (await api.get(f"/v1/{family}")).json()["data"]
        assert {key: listed[key] for key in entry} == entry
        assert (listed["id"], listed["version"]) == (made["id"], 1)
        assert listed["created_at"].endswith("Z")
        code = str(entry["code"]).replace("/", "%2F").replace(" ", "%20")
        by_code = await api.get(f"/v1/{family}/{code}")
        by_id = await api.get(f"/v1/{family}/{made['id']}")
        assert by_code.json() == by_id.json() == listed


async def test_one_entry_by_its_own_address(api: Api) -> None:
    await _put(api, "pools", POOL)
    path = "/v1/skus/MUG%2FBLUE%201"
    assert (await api.call("PUT", path, json=SKU)).status_code == 201
    assert (await api.call("PUT", path, json={**SKU, "name": "Mug"})).status_code == 200
    assert problem(await api.call("PUT", "/v1/skus/OTHER", json=SKU)) == (400, "invalid_request")
    refused = await api.call("PUT", "/v1/skus/KIT", json={"code": "KIT", "name": "Kit", "kind": "kit"})
    assert problem(refused) == (422, "kit_without_components")
    await _put(api, "locations", LOCATION)
    closed = await api.call("PUT", "/v1/locations/DC-1", json={**LOCATION, "active": False})
    assert problem(closed) == (409, "active_change_refused")


async def test_lists_page_by_code(api: Api) -> None:
    names = [f"S{i:02}" for i in range(7)]
    await _put(api, "skus", *({"code": name, "name": name} for name in names))
    seen: list[str] = []
    after = ""
    while True:
        page = (await api.get(f"/v1/skus?limit=3{after}")).json()
        seen += [item["code"] for item in page["data"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == names
    assert [s["code"] for s in (await api.get("/v1/skus?q=S05")).json()["data"]] == ["S05"]
    assert (await api.get("/v1/skus?active=false")).json()["data"] == []


async def test_a_csv_file_is_taken_row_by_row(api: Api) -> None:
    text = "code,name,weight_g,price\nA,Mug,350,12.50 USD\nB,,1,\nC,Cup,heavy,\nD,Bowl,,\n\xff,x,,\n"
    answer = await api.raw("/v1/skus", text.encode("latin-1"), "text/csv; charset=utf-8")
    assert codes(answer) == ["created", "invalid_request", "invalid_request", "created", "invalid_request"]
    data = answer.json()["data"]
    assert [item["line"] for item in data] == [2, 3, 4, 5, 6]
    assert data[1]["details"] == {"columns": ["name"]}
    assert (await api.get("/v1/skus/A")).json()["price"] == {"amount": 1250, "currency": "USD"}
    assert problem(await api.raw("/v1/skus", b"colour\nred\n", "text/csv")) == (400, "invalid_request")
    assert problem(await api.raw("/v1/skus", b"", "text/csv")) == (400, "invalid_request")


async def test_a_csv_file_of_more_rows_than_a_call_has_items(api: Api, database: Database) -> None:
    rows = "".join(f"S{i},Thing {i}\n" for i in range(2_500))
    answer = await api.raw("/v1/skus", f"code,name\n{rows}".encode(), "text/csv", method="PUT")
    assert codes(answer) == ["created"] * 2_500
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM sku") == 2_500

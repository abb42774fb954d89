"""Settings say which version their writer saw: the later of two is told, and changes nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.helpers.api import Api, problem


class Kind(NamedTuple):
    """How a kind of settings is put in bulk, read, and changed."""

    put: str
    body: dict[str, Any]
    change: dict[str, Any]


POOL = {"code": "EAST", "name": "East"}
CHANNEL = {"code": "web", "name": "Web", "kind": "storefront", "currency": "USD", "pools": ["EAST"]}
LOCATION = {"code": "DC", "name": "DC", "kind": "warehouse", "pool": "EAST", "country": "US", "time_zone": "UTC"}
COMPANY = {"code": "acme", "name": "Acme", "address": ["1 Street"], "country": "US"}
KINDS = {
    "skus": Kind("/v1/skus", {"code": "MUG", "name": "Mug"}, {"name": "Cup"}),
    "pools": Kind("/v1/pools", {"code": "WEST", "name": "West"}, {"name": "Far west"}),
    "locations": Kind("/v1/locations", LOCATION | {"code": "DC-2"}, {"name": "Two"}),
    "channels": Kind("/v1/channels", CHANNEL | {"code": "app"}, {"name": "App"}),
    "return policies": Kind(
        "/v1/return-policies/bulk", {"channel": "web", "terms": {"window_days": 20}}, {"terms": {"window_days": 40}}
    ),
    "tax engines": Kind(
        "/v1/channel-taxes/bulk",
        {"channel": "web", "terms": {"engine": "jurisdictions"}},
        {"terms": {"engine": "as_placed"}},
    ),
    "tax rates": Kind(
        "/v1/taxes/rates/bulk",
        {"country": "US", "name": "State", "rate": "0.06", "valid_from": "2020-01-01"},
        {"rate": "0.07"},
    ),
    "companies": Kind("/v1/legal_entities", COMPANY | {"code": "acme-2"}, {"name": "Acme & Co"}),
    "invoicing": Kind(
        "/v1/channel_invoicing",
        {"channel": "web", "legal_entity": "acme", "invoice_at": "shipment"},
        {"invoice_at": "never"},
    ),
    "brands": Kind("/v1/brands", {"channel": "web", "name": "Blue Mug"}, {"name": "Red Mug"}),
}


async def put(api: Api, kind: Kind, **fields: Any) -> dict[str, Any]:
    """One entry; its outcome."""
    method = "POST" if kind.put.endswith("/bulk") else "PUT"
    answer = await api.call(method, kind.put, json={"data": [kind.body | fields]})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", list(KINDS))
async def test_the_later_writer_is_told(api: Api, name: str) -> None:
    for path, body in (("pools", POOL), ("channels", CHANNEL), ("locations", LOCATION), ("legal_entities", COMPANY)):
        await api.call("PUT", f"/v1/{path}", json={"data": [body]})
    kind = KINDS[name]

    assert (await put(api, kind, version=3))["code"] == "version_conflict"
    assert (await put(api, kind, version=0))["ok"]
    early, late = await put(api, kind, **kind.change, version=1), await put(api, kind, version=1)
    again = await put(api, kind, **kind.change, version=1)

    assert early["ok"]
    assert (again["code"], again["ok"]) == ("unchanged", True)  # its answer was lost, or the button pressed twice
    assert (late["code"], late["ok"], late["details"]) == ("version_conflict", False, {"version": 2})
    assert (await put(api, kind, version=0))["code"] == "version_conflict"
    assert (await put(api, kind, version=2))["ok"]
    assert (await put(api, kind, **kind.change))["ok"]


async def test_one_alone_is_a_conflict(api: Api) -> None:
    await api.call("PUT", "/v1/pools", json={"data": [POOL]})
    answer = await api.call("PUT", "/v1/pools/EAST", json=POOL | {"name": "Other", "version": 4})
    assert problem(answer) == (409, "version_conflict")
    read = (await api.get("/v1/pools/EAST")).json()
    assert (read["version"], read["name"]) == (1, "East")

"""The document and the page about the interface."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest

from orderwright.access import SCOPES
from orderwright.api.app_parts import api_handlers
from orderwright.api.openapi import document
from orderwright.api.outcomes import status_of
from orderwright.api.table import OPERATIONS
from orderwright.catalog import REFUSALS as CATALOG_REFUSALS
from orderwright.fulfillment.errors import MESSAGES as FULFILLMENT_REFUSALS
from orderwright.inventory.commands import MESSAGES as STOCK_REFUSALS
from orderwright.orders.errors import REFUSALS as ORDER_REFUSALS
from tests.helpers.api import Api

WHOLE: dict[str, Any] = document(OPERATIONS)
WITH_EXAMPLE = [pytest.param(made, id=made.id) for made in OPERATIONS if made.example is not None]


def test_every_operation_has_a_name_of_its_own_a_known_scope_and_a_sentence() -> None:
    names = [made.id for made in OPERATIONS]
    assert len(set(names)) == len(names)
    assert len({(made.method, made.path) for made in OPERATIONS}) == len(names)
    for made in OPERATIONS:
        assert made.scope is None or made.scope in SCOPES, made.id
        assert made.summary
        assert not made.summary.endswith("."), made.id
        assert made.tag in {tag["name"] for tag in WHOLE["tags"]}


def test_every_unsafe_operation_with_a_body_has_an_example() -> None:
    without = [made.id for made in OPERATIONS if (made.body or made.item) is not None and made.example is None]
    assert without == []


@pytest.mark.parametrize("made", WITH_EXAMPLE)
def test_examples_fit_their_schemas(made: Any) -> None:
    path = WHOLE["paths"][made.path.replace(":path}", "}")][made.method.lower()]
    schema = path["requestBody"]["content"]["application/json"]["schema"]
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": WHOLE["components"], **schema}
    jsonschema_rs.validator_for(whole).validate(made.example)


def test_every_reference_leads_somewhere() -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(target := value.get("$ref"), str):
                found: Any = WHOLE
                for name in target.removeprefix("#/").split("/"):
                    found = found[name]
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(WHOLE)


def test_patterns_are_written_in_the_dialect_of_json_schema() -> None:
    assert r"\A" not in str(WHOLE["components"]["schemas"]).replace("\\\\", "\\")
    assert r"\Z" not in str(WHOLE["components"]["schemas"]).replace("\\\\", "\\")


def test_every_refusal_has_the_status_that_its_kind_has() -> None:
    statuses: dict[int, set[str]] = {}
    for code in {**ORDER_REFUSALS, **CATALOG_REFUSALS, **STOCK_REFUSALS, **FULFILLMENT_REFUSALS}:
        statuses.setdefault(status_of(code), set()).add(code)
    assert statuses[403] == {"channel_not_allowed", "location_not_allowed", "pools_not_allowed"}
    assert statuses[404] == {"fulfillment_not_found", "parcel_not_found", "supply_not_found"}
    assert statuses[409] == {
        "active_change_refused", "backorder_limit", "channel_inactive", "insufficient_stock", "kind_change_refused",
        "label_missing", "location_inactive", "order_differs", "order_held", "order_not_verified", "out_of_stock",
        "pool_change_refused", "stock_changed", "too_many_units", "tracking_number_taken", "version_conflict",
        "wrong_state",
    }  # fmt: skip
    assert set(statuses) == {403, 404, 409, 422}


def test_every_operation_has_a_route() -> None:
    routed = {(method, path) for handler in api_handlers() for method in handler.http_methods for path in handler.paths}
    for made in OPERATIONS:
        path = made.path if ":" in made.path else made.path.replace("}", ":str}")
        assert (made.method, path) in routed


async def test_the_document_is_served(shared_api: Api) -> None:
    answer = await shared_api.using(None).get("/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["openapi"] == "3.1.1"
    assert set(WHOLE["paths"]) | {"/v1/openapi.json", "/v1/docs"} == set(answer.json()["paths"])


async def test_the_page_needs_no_network_and_no_script(shared_api: Api) -> None:
    answer = await shared_api.using(None).get("/v1/docs")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text
    assert not re.search(r"(src|href)=\"(https?:)?//", answer.text)
    assert "style=" not in answer.text
    for made in OPERATIONS:
        assert f'id="{made.id}"' in answer.text

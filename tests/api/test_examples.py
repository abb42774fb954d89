"""The examples of answers and of CSV bodies in the OpenAPI document: all there, right, and what the server says."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from orderwright.api.docs import docs_operations
from orderwright.api.openapi import document, recorded_answers
from orderwright.api.table import OPERATIONS
from orderwright.platform.db import Database
from tests.examples.record import FILE, as_text, record
from tests.examples.steady import steady
from tests.helpers.api import Api

ALL = [*OPERATIONS, *docs_operations(OPERATIONS)]
WHOLE: dict[str, Any] = document(ALL)


def contents() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Operation, status, media type and content of every good answer."""
    return [
        (made["operationId"], status, media, content)
        for methods in WHOLE["paths"].values()
        for made in methods.values()
        for status, answer in made["responses"].items()
        if status.startswith("2")
        for media, content in answer["content"].items()
    ]


def test_every_good_answer_in_json_has_an_example() -> None:
    without = [(n, status) for n, status, media, content in contents() if "json" in media and "example" not in content]
    assert without == []
    assert set(recorded_answers()) == {name for name, _, _, content in contents() if "example" in content}


@pytest.mark.parametrize(
    "content", [pytest.param(c, id=f"{name} {status}") for name, status, _, c in contents() if "example" in c]
)
def test_examples_fit_the_schemas_of_their_answers(content: dict[str, Any]) -> None:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": WHOLE["components"]}
    jsonschema_rs.validator_for(schema | content["schema"]).validate(content["example"])


def test_lists_are_not_empty() -> None:
    empty = [name for name, _, _, content in contents() if content.get("example", {}).get("data") == []]
    assert empty == []


def shape(value: Any) -> Any:
    """The keys and types of a value."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


async def test_the_server_still_answers_like_that(database: Database) -> None:
    """When this fails because answers were changed knowingly: `make docs` records them anew."""
    answers = await record(database)
    assert shape(answers) == shape(recorded_answers())
    assert list(answers) == list(recorded_answers())


def test_the_file_is_as_recorded() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(recorded_answers())


def test_what_differs_from_run_to_run_is_made_steady() -> None:
    one, two = "ord_01m846gbcne008enx8tqtf4epv", "ord_01m846gbcne008enx8tqtf4epw"
    answer = {
        "data": [{"id": one, "placed_at": "2026-03-02T14:05:09Z", "shipped_at": "2031-01-01T00:00:00.123456Z"}],
        "others": [two, one, "evt_01m846gbcne008enx8tqtf4epv"],
        "next": "AaIIaC6ycACpoq3CSfM9ubLlm8ao",
        "detail": f"See {two} of key:79w9528iahxh.",
        "promised_on": "2031-01-09",
        "due_on": "2026-04-15",
    }
    assert steady(answer) == {
        "data": [
            {
                "id": "ord_01j9zqtf0seqbr9w7r1c4rkz2m",
                "placed_at": "2026-03-02T14:05:09Z",
                "shipped_at": "2026-03-02T16:02:45.741385Z",
            }
        ],
        "others": [
            "ord_01j9zqtf0seqbr9w7r1c4rkz2n", "ord_01j9zqtf0seqbr9w7r1c4rkz2m", "evt_01j9zqtf0seqbr9w7r1c4rkz2m",
        ],
        "next": "AZyvVX8_cwCfK3pNq1sT7uWxYz0d",
        "detail": "See ord_01j9zqtf0seqbr9w7r1c4rkz2n of key:4x7mq2kd9tw3.",
        "promised_on": "2026-03-09",
        "due_on": "2026-04-15",
    }  # fmt: skip


async def test_examples_of_csv_bodies_are_taken(api: Api) -> None:
    bodies = {
        (path, method): made["requestBody"]["content"]["text/csv"]["example"]
        for path, methods in WHOLE["paths"].items()
        for method, made in methods.items()
        if "example" in made.get("requestBody", {}).get("content", {}).get("text/csv", {})
    }
    payout = bodies.pop(("/v1/payouts", "post"))
    answer = await api.raw("/v1/payouts", payout.encode(), "text/csv", method="POST")
    assert answer.status_code == 200, answer.text
    assert [outcome["code"] for outcome in answer.json()["data"]] == ["imported"]
    assert len(bodies) == 8
    rows = {"pools": 2, "locations": 1, "channels": 1, "skus": 2}
    for method, code in (("put", "created"), ("post", "unchanged")):
        for many, count in rows.items():  # pools first: the others name them
            text = bodies.pop((f"/v1/{many}", method))
            answer = await api.raw(f"/v1/{many}", text.encode(), "text/csv", method=method.upper())
            assert answer.status_code == 200, answer.text
            said = [(outcome["code"], outcome["line"]) for outcome in answer.json()["data"]]
            assert said == [(code, line) for line in range(2, count + 2)], answer.text
    assert bodies == {}

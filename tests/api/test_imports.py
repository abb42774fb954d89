"""Files of the catalogue in the background: watched, gone on with, and harmless when they come twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from tests.helpers.api import Api, a_key, problem
from tests.helpers.databases import until

FILE = "code,name,gtin\nMUG-A,Mug A,\nMUG-B,Mug B,12345678\nMUG-C,,\nMUG-D,Mug D,\n"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def kept(spool: Path) -> list[str]:
    return [path.name for path in spool.rglob("*.csv")]


async def send(api: Api, text: str, *, query: str = "kind=skus") -> Any:
    return await api.raw(f"/v1/imports?{query}", text.encode(), "text/csv")


async def finished(api: Api, import_id: str) -> dict[str, Any]:
    async def done() -> bool:
        return bool((await api.get(f"/v1/imports/{import_id}")).json()["state"] == "finished")

    await until(done)
    return (await api.get(f"/v1/imports/{import_id}")).json()  # type: ignore[no-any-return]


async def test_rows_are_taken_and_refused_by_line(api: Api) -> None:
    begun = await send(api, FILE)
    assert (begun.status_code, begun.json()["state"]) == (202, "working")

    one = await finished(api, begun.json()["id"])

    assert (one["done"], one["lines"], one["taken"], one["refused"]) == (1.0, 5, 2, 2)
    assert one["counts"] == {"created": 2, "gtin_check_digit": 1, "invalid": 1}
    report = (await api.get(f"/v1/imports/{one['id']}/refused")).text.splitlines()
    assert [line.split(",")[:2] for line in report] == [["line", "item"], ["3", "MUG-B"], ["4", "MUG-C"]]
    assert [row["code"] for row in (await api.get("/v1/skus")).json()["data"]] == ["MUG-A", "MUG-D"]
    assert (await api.get("/v1/imports?kind=skus")).json()["data"] == [one]
    assert (await api.get("/v1/imports?kind=pools")).json()["data"] == []


async def test_the_same_file_again_changes_nothing_unless_it_is_asked_for(api: Api) -> None:
    first = await finished(api, (await send(api, FILE)).json()["id"])
    await api.call("PUT", "/v1/skus/MUG-A", json={"code": "MUG-A", "name": "Renamed"})

    again = (await send(api, FILE)).json()
    assert again == first
    assert (await api.get("/v1/skus/MUG-A")).json()["name"] == "Renamed"

    anew = (await send(api, FILE, query="kind=skus&again=true")).json()
    assert (anew["id"], anew["state"], anew["taken"]) == (first["id"], "working", 0)

    async def restored() -> bool:
        return bool((await api.get("/v1/skus/MUG-A")).json()["name"] == "Mug A")

    await until(restored)
    assert (await finished(api, first["id"]))["counts"] == {
        "gtin_check_digit": 1, "invalid": 1, "unchanged": 1, "updated": 1,
    }  # fmt: skip


async def test_the_report_of_what_was_refused_runs_nothing_in_a_spreadsheet(api: Api) -> None:
    one = await finished(api, (await send(api, "code,name,gtin\n=1+1,Mug,12345678\n")).json()["id"])
    report = (await api.get(f"/v1/imports/{one['id']}/refused")).text.splitlines()
    assert report[1].startswith("2,'=1+1,,gtin_check_digit,")


async def test_what_is_no_such_file_is_refused_at_once(api: Api, spool: Path) -> None:
    assert problem(await send(api, " \n")) == (400, "invalid_request")
    assert problem(await send(api, "colour,size\nred,1\n")) == (400, "invalid_request")
    assert kept(spool) == []
    assert problem(await send(api, FILE, query="kind=orders"))[0] == 400
    assert problem(await api.get("/v1/imports/imp_01j9zqtf0seqbr9w7r1c4rkz2m")) == (404, "not_found")


async def test_who_is_limited_imports_nothing(api: Api, database: Database) -> None:
    for limits in ({"channel_ids": [new_id()]}, {"location_ids": [new_id()]}):
        limited = api.using(await a_key(database, **limits))
        assert problem(await send(limited, FILE)) == (403, "permission_denied")
        assert problem(await limited.get("/v1/imports")) == (403, "permission_denied")
    reader = api.using(await a_key(database, "catalog.read"))
    assert problem(await send(reader, FILE)) == (403, "permission_denied")
    assert (await api.get("/v1/imports")).json()["data"] == []


async def test_another_merchant_does_not_see_it(api: Api, database: Database) -> None:
    one = await finished(api, (await send(api, FILE)).json()["id"])
    other = api.using(await a_key(database, merchant="bolt"))
    assert problem(await other.get(f"/v1/imports/{one['id']}")) == (404, "not_found")
    assert (await send(other, FILE)).json()["id"] != one["id"]

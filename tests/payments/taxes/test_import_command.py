"""`orderwright import tax-rates`: what is printed, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from orderwright.cli.commands import app
from orderwright.platform.db import Database
from tests.helpers.databases import HASH_KEY
from tests.helpers.desk import Desk

CSV = """country,region,name,rate,valid_from,valid_to,applies_to_shipping
US,IL,State,6.25 %,2020-01-01,,no
US,NY,State,0.04,2020-01-01,,yes
"""


@pytest.fixture
def file(tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of rates, in an environment of the test's own."""
    monkeypatch.setenv("ORDERWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ORDERWRIGHT_SECRET_KEY", HASH_KEY.decode())
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("COLUMNS", "160")
    path = tmp_path / "rates.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["import", "tax-rates", *arguments, "-m", "acme"])


async def stored(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.fetch("SELECT region, rate FROM tax_rate ORDER BY region, valid_from")
    return [(row["region"], f"{row['rate'].normalize():f}") for row in rows]


async def test_a_file_is_imported_once(database: Database, file: Path) -> None:
    desk = Desk(database)
    first = await run(str(file))
    again = await run(str(file), "--json")
    assert first.exit_code == 0, first.output
    assert "created" in first.stdout
    assert [(one["line"], one["code"]) for one in msgspec.json.decode(again.stdout)["rates"]] == [
        (2, "unchanged"), (3, "unchanged"),
    ]  # fmt: skip
    assert await stored(desk) == [("IL", "0.0625"), ("NY", "0.04")]
    assert await desk.value("SELECT actor LIKE 'cli:%' AND reason = 'import of rates.csv' FROM act")


async def test_what_is_wrong_is_told_by_line_and_the_rest_is_taken(database: Database, file: Path) -> None:
    spoiled = CSV.replace("6.25 %", "6.25 percent") + "US,NY,State,0.05,2026-01-01,,yes\n"
    await asyncio.to_thread(file.write_text, spoiled, encoding="utf-8")
    result = await run(str(file))
    assert result.exit_code == 1
    assert "line 2, column rate: '6.25 percent' is not allowed" in result.stdout
    assert "rate_overlaps line 4: The tax has another rate within these days." in result.stdout
    assert await stored(Desk(database)) == [("NY", "0.04")]


async def test_what_ends_makes_room_for_what_begins_wherever_it_stands(database: Database, file: Path) -> None:
    assert (await run(str(file))).exit_code == 0
    text = CSV.splitlines()[0] + "\nUS,NY,State,0.05,2027-01-01,,yes\nUS,NY,State,0.04,2020-01-01,2026-12-31,yes\n"
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
    result = await run(str(file))
    assert result.exit_code == 0, result.output
    assert await stored(Desk(database)) == [("IL", "0.0625"), ("NY", "0.04"), ("NY", "0.05")]


async def test_a_file_that_is_not_there(database: Database, file: Path) -> None:
    result = await run(str(file.with_name("none.csv")))
    assert result.exit_code == 2
    assert "none.csv cannot be read: No such file or directory." in result.output

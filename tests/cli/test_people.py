"""`orderwright user`: people added, listed, reset, deactivated by who runs the installation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from orderwright.access import SignInRefused, choose_password, sign_in
from orderwright.cli.commands import app
from orderwright.platform.db import Database
from tests.builders.people import PASSWORD
from tests.helpers.databases import HASH_KEY

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dsn: str) -> Iterator[Run]:
    """Runs `orderwright ...` on the test's database, with logs as they were before."""
    monkeypatch.setenv("ORDERWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ORDERWRIGHT_SECRET_KEY", HASH_KEY.decode())
    monkeypatch.setenv("ORDERWRIGHT_PUBLIC_URL", "https://orders.example.com")
    monkeypatch.setenv("DATABASE_URL", dsn)
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level

    async def invoke(*arguments: str, typed: str | None = None) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments), input=typed)

    yield invoke
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


async def test_people_are_added_with_a_password_or_an_address(run: Run, database: Database) -> None:
    add = ("user", "add", "-m", "acme", "--role", "administrator", "--email")
    done = await run(*add, "ada@staff.example", "--password-stdin", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    await sign_in(database, "ada@staff.example", PASSWORD)
    invited = await run(*add, "bo@staff.example", "--name", "Bo Lund")
    address = invited.stdout.strip()
    assert address.startswith("https://orders.example.com/reset?token=")
    await choose_password(database, address.partition("token=")[2], "seven green kettles sing")
    again = await run(*add, "bo@staff.example", "--name", "Bo Lund", "--json")
    assert msgspec.json.decode(again.stdout)["outcome"] == "unchanged"
    listed = msgspec.json.decode((await run("user", "list", "-m", "acme", "--json")).stdout)["people"]
    assert [(p["email"], p["name"], p["state"]) for p in listed] == [
        ("ada@staff.example", "ada", "active"), ("bo@staff.example", "Bo Lund", "active"),
    ]  # fmt: skip
    table = await run("user", "list", "-m", "acme")
    assert "Administrator" in table.stdout


async def test_what_cannot_be_added_changes_nothing(run: Run, database: Database) -> None:
    for more, code in (
        (("--role", "chief"), 1),
        (("--role", "planner", "--channel", "wbe"), 2),
        (("--role", "planner", "--password-stdin"), 2),
    ):
        done = await run("user", "add", "-m", "acme", "--email", "ada@staff.example", *more, typed="password1234\n")
        assert done.exit_code == code, done.output
    async with database.operator_transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM person") == 0


async def test_people_are_reset_and_deactivated_whomever_they_belong_to(run: Run, database: Database) -> None:
    for merchant in ("acme", "bolt"):
        await run("user", "add", "-m", merchant, "--role", "planner", "--email", "bo@staff.example")
    reset = await run("user", "reset", "bo@staff.example")
    token = reset.stdout.strip().partition("token=")[2]
    await choose_password(database, token, PASSWORD)
    off = await run("user", "second-factor", "off", "bo@staff.example")
    assert "signs in by password alone now" in off.stdout
    assert (await run("user", "deactivate", "bo@staff.example")).exit_code == 0
    with pytest.raises(SignInRefused):
        await sign_in(database, "bo@staff.example", PASSWORD)
    assert (await run("user", "activate", "bo@staff.example")).exit_code == 0
    await sign_in(database, "bo@staff.example", PASSWORD)
    unknown = await run("user", "reset", "nobody@staff.example")
    assert unknown.exit_code == 1
    assert "There is nobody of the address nobody@staff.example." in unknown.output

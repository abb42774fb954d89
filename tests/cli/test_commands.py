"""The command line: what is printed, for people and for programs, and with which exit code it ends."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

import orderwright
from orderwright.access import SCOPES
from orderwright.bench.registry import BENCHES, Bench
from orderwright.cli.commands import app
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from tests.builders.catalog import a_shop
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """Settings of nobody but the test, and logs as they were before."""
    monkeypatch.setenv("ORDERWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ORDERWRIGHT_SECRET_KEY", HASH_KEY.decode())
    monkeypatch.setenv("COLUMNS", "160")
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield monkeypatch
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def run(environment: pytest.MonkeyPatch, dsn: str) -> Run:
    """Runs `orderwright ...` on the test's database."""
    environment.setenv("DATABASE_URL", dsn)

    async def invoke(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))

    return invoke


@pytest.fixture
def alone(environment: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `orderwright ...` where nothing needs a database."""
    environment.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def printed(result: Result) -> Any:
    """The one JSON object that a program gets."""
    assert result.stdout.count("\n") == 1
    return msgspec.json.decode(result.stdout)


def said(result: Result) -> str:
    """What stands on standard error, without line ends."""
    return " ".join(result.stderr.split())


# ---- without a database ----


def test_version(alone: Callable[..., Result]) -> None:
    assert alone("version").stdout == alone("--version").stdout == f"{orderwright.__version__}\n"
    assert printed(alone("version", "--json")) == {"version": orderwright.__version__}


def test_help_names_every_command(alone: Callable[..., Result]) -> None:
    text = alone("--help").stdout
    for command in "demo serve work migrate merchant key audit bench import version".split():
        assert f"│ {command} " in text
        assert alone(command, "--help").exit_code == 0


@pytest.mark.parametrize("arguments", [["nonsense"], ["serve", "--port", "0"], ["import", "orders"], ["key", "create"]])
def test_wrong_usage(alone: Callable[..., Result], arguments: list[str]) -> None:
    assert alone(*arguments).exit_code == 2


def test_a_wrong_setting_is_said(alone: Callable[..., Result], environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ORDERWRIGHT_PORT", "many")
    result = alone("merchant", "list")
    assert result.exit_code == 2
    assert "orderwright: port (environment variable ORDERWRIGHT_PORT): 'many' is not allowed" in said(result)


def test_a_database_that_does_not_answer_is_said(alone: Callable[..., Result]) -> None:
    result = alone("audit")
    assert result.exit_code == 2
    assert "orderwright: postgresql://nobody@127.0.0.1:1/nothing does not answer" in said(result)


def test_the_demo_says_how_to_get_its_data(alone: Callable[..., Result], environment: pytest.MonkeyPatch) -> None:
    environment.setattr("orderwright.cli.serving.DEMO_DATA", ("no_such_module",))
    result = alone("demo")
    assert result.exit_code == 2
    assert said(result).endswith("Install them: pip install 'orderwright[demo]'")


@pytest.mark.parametrize("command", ["serve", "demo", "work"])
def test_a_port_that_is_taken_is_said(alone: Callable[..., Result], command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = alone(command, "--port", str(port))
    assert result.exit_code == 2
    assert said(result) == (
        f"orderwright: 127.0.0.1:{port} cannot be listened on (Address already in use). Choose another: --port NUMBER."
    )
    assert alone(command, "--host", "no.such.host.invalid", "--port", str(port)).exit_code == 2


def test_benches_are_listed(alone: Callable[..., Result]) -> None:
    names = ["intake --bulk", "intake --http", "hot-sku", "lifecycle", "refunds", "reads", "screens"]
    assert list(BENCHES) == names
    assert list(printed(alone("bench", "--json"))["benches"]) == names
    result = alone("bench", "nonsense")
    assert result.exit_code == 2
    assert said(result) == f"orderwright: There is no bench 'nonsense'. There are: {', '.join(names)}."
    assert alone("bench", "hot-sku", "--bulk").exit_code == 2


async def missed(*, as_json: bool) -> bool:
    """A bench whose target is missed, and which logs on its way."""
    structlog.get_logger("bench").info("made a key")
    sys.stdout.write('{"bench": "missed"}\n' if as_json else "missed\n")
    return False


def test_a_bench_runs_and_a_missed_target_fails_only_where_it_is_asked(
    alone: Callable[..., Result], environment: pytest.MonkeyPatch
) -> None:
    environment.setitem(BENCHES, "missed", Bench("missed", __name__, "missed", "nothing"))
    result = alone("bench", "missed", "--json")
    assert (result.exit_code, printed(result)) == (0, {"bench": "missed"})
    assert (alone("bench", "missed").stdout, alone("bench", "missed", "--check").exit_code) == ("missed\n", 1)


def test_columns_of_each_kind(alone: Callable[..., Result]) -> None:
    columns = printed(alone("import", "columns", "orders", "--json"))["columns"]
    assert [column["name"] for column in columns if column["required"]] == [
        "external_id", "currency", "placed_at", "total", "sku", "quantity", "unit_price",
    ]  # fmt: skip
    assert [column["name"] for column in columns if column["name"].endswith("_minor")] == []
    for kind in ("skus", "pools", "locations", "channels"):
        assert "│ code " in alone("import", "columns", kind).stdout
    assert alone("import", "columns", "things").exit_code == 2


# ---- with a database ----


async def test_a_fresh_installation_can_be_used(run: Run) -> None:
    assert printed(await run("migrate", "--json")) == {"merchants": ["acme", "bolt"]}
    made = await run(
        "merchant", "create", "cafe", "--name", "Café", "--time-zone", "Europe/Zurich", "--currency", "CHF"
    )
    assert made.exit_code == 0
    again = await run("merchant", "create", "cafe", "--name", "Other")
    assert (again.exit_code, said(again)) == (
        1, "orderwright: There is a merchant cafe already; nothing was changed.",
    )  # fmt: skip
    for wrong in (["UPPER", "--name", "x"], ["x", "--name", ""], ["x", "--name", "x", "--time-zone", "Mars"]):
        assert (await run("merchant", "create", *wrong)).exit_code == 2
    listed = printed(await run("merchant", "list", "--json"))["merchants"]
    assert listed[2] == {
        "code": "cafe", "name": "Café", "time_zone": "Europe/Zurich", "reporting_currency": "CHF",
        "order_number_format": "#{number}",
    }  # fmt: skip
    assert "Café" in (await run("merchant", "list")).stdout


async def test_keys(run: Run, database: Database) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context())
    result = await run("key", "create", "--name", "till", "-m", "acme", "--scope", "orders.place", "--expires", "90d",
                       "--channel", shop.channel.code, "--location", shop.locations[0].code)  # fmt: skip
    text = result.stdout.strip()
    prefix = text.split("_")[1]
    assert text.startswith("ow_")
    assert result.stdout.count(text) == 1
    assert "shown once" in said(result)
    async with database.operator_transaction() as tx:
        [stored] = await tx.fetch("SELECT prefix, channel_ids, location_ids, scopes FROM api_key")
    assert tuple(stored) == (prefix, [shop.channel.id], [shop.locations[0].id], ["orders.place"])

    made = printed(await run("key", "create", "--name", "all", "-m", "acme", "--json"))
    assert (made["scopes"], made["state"], made["key"].split("_")[1]) == (["*"], "works", made["prefix"])
    shown = await run("key", "list", "-m", "acme", "--json")
    assert [(key["name"], key["channels"], key["locations"]) for key in printed(shown)["keys"]] == [
        ("till", [shop.channel.code], [shop.locations[0].code]), ("all", None, None),
    ]  # fmt: skip
    assert made["key"] not in shown.stdout
    rotated = printed(await run("key", "rotate", made["prefix"], "-m", "acme", "--overlap", "2d", "--json"))
    assert (rotated["prefix"], rotated["name"], rotated["scopes"]) == (made["prefix"], "all", ["*"])
    assert rotated["key"] != made["key"]
    assert rotated["old_until"] is not None
    assert "stops now" in said(await run("key", "rotate", made["prefix"], "-m", "acme", "--overlap", "0"))
    assert (await run("key", "rotate", made["prefix"], "-m", "acme", "--overlap", "8d")).exit_code == 2
    assert (await run("key", "rotate", made["prefix"], "-m", "acme", "--overlap", "soon")).exit_code == 2
    assert (await run("key", "revoke", prefix, "-m", "acme")).exit_code == 0
    assert [key["state"] for key in printed(await run("key", "list", "-m", "acme", "--json"))["keys"]] == [
        "revoked", "works",
    ]  # fmt: skip
    assert (await run("key", "revoke", "nosuchprefix", "-m", "acme")).exit_code == 1
    assert printed(await run("key", "scopes", "--json"))["scopes"] == SCOPES


async def test_keys_are_listed_with_their_limits_and_their_end(run: Run, database: Database) -> None:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context())
    soon, late = utc_now() + timedelta(minutes=30, seconds=59), utc_now() + timedelta(days=90, seconds=59)
    limits = ["--channel", shop.channel.code, "--location", shop.locations[0].code]
    for name, more in (("soon", ["--expires", soon.isoformat(), *limits]), ("late", ["--expires", late.isoformat()])):
        assert (await run("key", "create", "--name", name, "-m", "acme", *more)).exit_code == 0
    async with database.operator_transaction() as tx:
        await tx.execute(
            "INSERT INTO api_key (id, merchant, name, prefix, secret_hash, scopes, expires_at)"
            " SELECT gen_random_uuid(), merchant, name, prefix, secret_hash, scopes, '2025-03-01T10:00:00Z'"
            " FROM (VALUES ('acme', 'past', 'abcdefghijkl', decode(repeat('00', 32), 'hex'), ARRAY['*']))"
            " AS k (merchant, name, prefix, secret_hash, scopes)"
        )

    listed = await run("key", "list", "-m", "acme")

    lines = {
        name: line for line in listed.stdout.splitlines() for name in ("soon", "late", "past") if f" {name} " in line
    }
    assert f"channel {shop.channel.code}, location {shop.locations[0].code}" in lines["soon"]
    assert f"{soon:%Y-%m-%d %H:%M:%S} UTC, in 30 min" in lines["soon"]
    assert f"{late:%Y-%m-%d %H:%M:%S} UTC, in 90 d" in lines["late"]
    assert "2025-03-01 10:00:00 UTC, expired" in lines["past"]
    assert "works" in lines["soon"]


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ([], 2, "Name the merchant: --merchant CODE. There are: acme, bolt."),
        (["-m", "nobody"], 1, "There is no merchant 'nobody'. There are: acme, bolt."),
        (["-m", "acme", "--scope", "orders.plaec"], 2, "There is no scope 'orders.plaec'. Did you mean orders.place?"),
        (
            ["-m", "acme", "--expires", "soon"],
            2,
            "'soon' is no time. Write 90d, or a time such as 2027-01-31T",
        ),
        (["-m", "acme", "--expires", "2030-01-01"], 2, "'2030-01-01' has no offset from UTC. Write one"),
        (["-m", "acme", "--expires", "99999d"], 0, ""),
        (["-m", "acme", "--channel", "web"], 1, "There is no channel 'web'. Create it first, or correct the code."),
    ],
)
async def test_keys_that_cannot_be(run: Run, arguments: list[str], code: int, text: str) -> None:
    result = await run("key", "create", "--name", "x", *arguments)
    assert result.exit_code == code
    assert text in said(result)


async def test_audit(run: Run, database: Database) -> None:
    right = await run("audit")
    assert right.exit_code == 0
    assert right.stdout.startswith("The books are right: ")
    async with database.transaction("bolt") as tx:
        shop = await a_shop(tx, a_context("bolt"))
        await tx.execute(
            "INSERT INTO availability (sku_id, pool_id, available_to_promise) VALUES ($1, $2, 5)",
            shop.skus[0].id,
            shop.pool_id,
        )
    wrong = await run("audit", "--json")
    found = printed(wrong)
    assert wrong.exit_code == 1
    assert found["merchants"] == ["acme", "bolt"]
    assert [(v["merchant"], v["law"], v["check"]) for v in found["violations"]] == [("bolt", "G2", "g2_pools")]
    assert "bolt" in (await run("audit")).stdout
    assert (await run("audit", "--merchant", "acme")).exit_code == 0


async def test_import(run: Run, database: Database, tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_text("code,name\nMAIN,Main\n,Nameless\n")
    first = await run("import", "pools", str(tmp_path / "pools.csv"), "-m", "acme", "--json")
    report = printed(first)
    assert first.exit_code == 1
    assert (report["counts"], report["rejected"], report["finished"]) == ({"created": 1, "invalid": 1}, 1, True)
    assert report["rejected_file"] == str(tmp_path / "pools.csv.rejected.csv")
    second = await run("import", "pools", str(tmp_path / "pools.csv"), "-m", "acme")
    assert second.exit_code == 1
    assert "was imported before; nothing was changed" in second.stdout

    (tmp_path / "locations.csv").write_text(
        "code,name,kind,pool,country,time_zone\nL1,One,warehouse,MAIN,US,America/New_York\n"
    )
    (tmp_path / "channels.txt").write_text("code,name,kind,currency,pools,colour\nweb,Web,storefront,USD,MAIN,red\n")
    (tmp_path / "skus.jsonl").write_text('{"code": "MUG", "name": "Mug"}\n')
    (tmp_path / "orders.csv").write_text(
        "external_id,currency,placed_at,total,sku,quantity,unit_price,ship_to_country\n"
        "1,USD,2026-07-01T09:30:00,12.00,MUG,1,12,US\n"
    )
    for command in (
        ["locations", "locations.csv"],
        ["channels", "channels.txt", "--format", "csv", "--ignore", "Colour"],
        ["skus", "skus.jsonl"],
        ["orders", "orders.csv", "--channel", "web", "--time-zone", "America/New_York"],
    ):
        kind, name, *rest = command
        result = await run("import", kind, str(tmp_path / name), "-m", "acme", *rest)
        assert result.exit_code == 0, result.output
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT placed_at::text FROM orders") == "2026-07-01 13:30:00+00"
    async with database.operator_transaction() as tx:  # workers elsewhere were told
        assert [
            tuple(hint) for hint in await tx.fetch("SELECT merchant, stage FROM wakeup WHERE stage = 'verify'")
        ] == [("acme", "verify")]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["pools", "gone.csv"], "gone.csv cannot be read (No such file or directory)."),
        (["pools", "typo.csv"], "line 1, column 'naem': There is no such field. Did you mean name?"),
        (["pools", "pools.txt"], "The name pools.txt does not say what the file is."),
        (["pools", "typo.csv", "--format", "xml"], "There is no format 'xml'. There are: csv, jsonl, parquet."),
        (["orders", "orders.csv"], "The column channel is missing. Add it, or name the channel with --channel."),
        (["orders", "orders.csv", "-c", "web", "--time-zone", "Mars"], "'Mars' is not a time zone"),
    ],
)
async def test_files_that_cannot_be_imported(run: Run, tmp_path: Path, arguments: list[str], text: str) -> None:
    (tmp_path / "typo.csv").write_text("code,naem\n")
    (tmp_path / "pools.txt").write_text("code,name\n")
    (tmp_path / "orders.csv").write_text("external_id,currency,placed_at,total,sku,quantity,unit_price\n")
    kind, name, *rest = arguments
    result = await run("import", kind, str(tmp_path / name), "-m", "acme", *rest)
    assert result.exit_code == 2
    assert text in said(result)

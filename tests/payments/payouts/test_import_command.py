"""`orderwright import payouts`: what is printed, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from orderwright.cli.commands import app
from orderwright.platform.db import Database
from tests.builders.orders import a_payment, an_order
from tests.helpers.databases import HASH_KEY
from tests.helpers.desk import Desk

CSV = """provider,payout,paid_on,kind,payment,currency,amount,fee
stripe,po_1,2027-01-31,capture,pi_1,USD,19.99,0.88
stripe,po_1,2027-01-31,capture,pi_9,USD,5.00,
"""


@pytest.fixture
def file(tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of pay-outs, in an environment of the test's own."""
    monkeypatch.setenv("ORDERWRIGHT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ORDERWRIGHT_SECRET_KEY", HASH_KEY.decode())
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("COLUMNS", "160")
    path = tmp_path / "january.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["import", "payouts", *arguments, "-m", "acme"])


async def test_a_file_is_imported_once(database: Database, file: Path) -> None:
    desk = Desk(database)
    shop = await desk.shop()
    paid = a_payment(1999, provider="stripe", reference="pi_1")
    await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, 1)], payments=[paid]))

    first = await run(str(file))
    again = await run(str(file), "--json")

    assert first.exit_code == 0, first.output
    assert "1 matched, 1 unknown_payment" in first.stdout
    [payout] = msgspec.json.decode(again.stdout)["payouts"]
    assert (payout["line"], payout["reference"], payout["code"]) == (2, "po_1", "unchanged")
    assert await desk.counts("payout", "payout_line") == {"payout": 1, "payout_line": 2}
    assert await desk.value("SELECT actor LIKE 'cli:%' AND reason = 'import of january.csv' FROM act"
                            " WHERE verb = 'import_payouts'")  # fmt: skip


async def test_what_is_wrong_with_a_file_is_said(database: Database, file: Path) -> None:
    await asyncio.to_thread(file.write_text, CSV.replace("5.00", "5,00"), encoding="utf-8")
    wrong = await run(str(file))
    assert wrong.exit_code == 1
    assert "line 3: The row has 9 cells and the header 8." in wrong.stdout

    missing = await run(str(file.with_name("no.csv")))
    assert missing.exit_code != 0
    assert "cannot be read" in missing.stderr
    assert await Desk(database).counts("payout") == {"payout": 0}

"""Imports in processes of their own: killed at any moment, stopped by Ctrl-C; and memory, which no file may fill."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import random
import re
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orderwright.connect.files import KINDS, Defaults, Options, find_source
from orderwright.connect.files.source import START
from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from tests.builders.catalog import a_shop
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY

HEADER = "external_id,currency,placed_at,total,sku,quantity,unit_price,customer_email,ship_to_line1,ship_to_country\n"
ORDERS = 2_000
WRONG_EVERY = 100


def write_orders(file: Path, count: int, lines: int = 1) -> None:
    """Orders 1 to `count`; of every hundred one does not add up."""
    with file.open("w") as out:
        out.write(HEADER)
        for i in range(1, count + 1):
            total = "1.00" if i % WRONG_EVERY == 0 else f"{lines * 2}.00"
            out.write(f"{i},USD,2026-03-01T09:30:00Z,{total},MUG,1,2.00,c{i}@example.com,{i} Main St,US\n" * lines)


async def a_web_shop(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await a_shop(tx, a_context(), channel={"code": "web"}, sku={"code": "MUG"})


@pytest.fixture
def start(dsn: str, tmp_path: Path) -> Callable[[Path], subprocess.Popen[bytes]]:
    """Starts `orderwright import orders FILE` as a person would."""

    def started(file: Path) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": dsn,
            "ORDERWRIGHT_DATA_DIR": str(tmp_path / "data"),
            "ORDERWRIGHT_SECRET_KEY": HASH_KEY.decode(),
        }
        command = [sys.executable, "-m", "orderwright.cli", "import", "orders", str(file)]
        return subprocess.Popen(
            [*command, "-m", "acme", "-c", "web", "--json"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return started


async def finish(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, Any]]:
    """Exit code and what was printed."""
    printed, errors = await asyncio.to_thread(process.communicate)
    assert printed, errors.decode()
    return process.returncode, msgspec.json.decode(printed)


async def count(database: Database, sql: str) -> int:
    async with database.transaction("acme", read_only=True) as tx:
        return int(await tx.fetchval(sql))


async def more_orders(database: Database, than: int, limit_s: float = 60.0) -> int:
    """Wait until there are more orders than so many."""
    async with asyncio.timeout(limit_s):
        while (found := await count(database, "SELECT count(*) FROM orders")) <= than:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        return found


@contextlib.asynccontextmanager
async def slowly(database: Database) -> AsyncIterator[None]:
    """Meanwhile each batch of an import takes most of a second longer: none ends before it is looked at."""
    async with database.transaction("acme") as tx:
        await tx.execute(
            "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$"
        )
        await tx.execute("CREATE TRIGGER lingering BEFORE UPDATE ON import_file FOR EACH ROW EXECUTE FUNCTION linger()")
    yield
    async with database.transaction("acme") as tx:
        await tx.execute("DROP TRIGGER lingering ON import_file")


def rejected(file: Path) -> list[list[str]]:
    with file.with_name(file.name + ".rejected.csv").open(newline="") as report:
        return list(csv.reader(report))


async def test_kill_9_loses_nothing_and_repeats_nothing(
    database: Database, start: Callable[[Path], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """Given an import that is killed again and again amid its work, when it is run to its end, then each order, each
    body in the inbox and each line of the report is there once."""
    await a_web_shop(database)
    file = tmp_path / "orders.csv"
    write_orders(file, ORDERS)
    placed = 0
    async with slowly(database):
        for _ in range(3):
            process = start(file)
            placed = await more_orders(database, placed)
            process.kill()
            await asyncio.to_thread(process.communicate)
            assert process.returncode == -signal.SIGKILL
    assert placed < ORDERS

    code, printed = await finish(start(file))

    wrong = ORDERS // WRONG_EVERY
    assert code == 1
    assert printed["finished"] is True
    assert printed["counts"] == {"placed": ORDERS - wrong, "totals_do_not_add_up": wrong}
    assert printed["resumed_at_line"] is not None
    assert await count(database, "SELECT count(*) FROM orders") == ORDERS - wrong
    assert await count(database, "SELECT count(DISTINCT external_id) FROM orders") == ORDERS - wrong
    assert await count(database, "SELECT count(*) FROM inbox") == wrong
    assert [cells[:2] for cells in rejected(file)[1:]] == [
        [str(i + 1), str(i)] for i in range(WRONG_EVERY, ORDERS + 1, WRONG_EVERY)
    ]
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []


async def test_ctrl_c_stops_after_the_batch_and_the_next_run_goes_on(
    database: Database, start: Callable[[Path], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    await a_web_shop(database)
    file = tmp_path / "orders.csv"
    write_orders(file, ORDERS)
    async with slowly(database):
        process = start(file)
        await more_orders(database, 0)
        process.send_signal(signal.SIGINT)
        code, stopped = await finish(process)
    assert (code, stopped["finished"], stopped["resumed_at_line"]) == (130, False, None)
    placed = stopped["counts"]["placed"]
    assert 0 < placed < ORDERS
    assert await count(database, "SELECT count(*) FROM orders") == placed

    code, ended = await finish(start(file))
    assert (code, ended["finished"], ended["resumed_at_line"]) == (1, True, stopped["items"] + 2)
    assert stopped["items"] + ended["items"] == ORDERS
    assert await count(database, "SELECT count(*) FROM orders") == ORDERS - ORDERS // WRONG_EVERY


async def test_a_larger_file_needs_no_more_memory(
    database: Database, start: Callable[[Path], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """Given files of 500 and of 3,000 orders, when each is imported, then the peaks are within 30 MB."""
    await a_web_shop(database)
    peaks_mb = []
    for orders in (500, 3_000):
        file = tmp_path / f"{orders}.csv"
        write_orders(file, orders)
        process = start(file)
        peak_mb = await asyncio.to_thread(peak_of, process)
        assert process.returncode == 1, process.stderr and process.stderr.read()
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipe.close()
        peaks_mb.append(peak_mb)
    assert peaks_mb[1] - peaks_mb[0] < 30
    assert 20 < peaks_mb[1] < 300


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """The most memory that a process had resident, in MB, when it has ended.

    Read while it runs: what `wait4` says counts the parent's memory before the exec as well.
    """
    peak_mb = 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{process.pid}/status").read_text()
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            if found is not None:
                peak_mb = int(found[1]) / 1024
        time.sleep(0.01)
    return peak_mb


# ---- reading alone ----


def test_csv_is_read_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    write_orders(file, 6_000, lines=3)
    with KINDS["orders"].open(find_source(file), START, Options(Defaults("web", ZoneInfo("UTC")))) as reading:
        next(reading.items)  # loads what is loaded once
        tracemalloc.start()
        try:
            assert sum(item.command is not None for item in reading.items) == 5_999
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert file.stat().st_size > 1_000_000
    assert peak < 300_000


def test_parquet_is_read_in_little_memory_even_in_one_row_group(tmp_path: Path) -> None:
    file = tmp_path / "pools.parquet"
    rows = 100_000
    noise = random.Random(1)
    table = pa.table({"code": [f"P{i}" for i in range(rows)], "name": [noise.randbytes(60).hex() for _ in range(rows)]})
    pq.write_table(table, file, row_group_size=rows, use_dictionary=False)
    whole = table.nbytes
    del table
    before, peak = pa.total_allocated_bytes(), 0
    with KINDS["pools"].open(find_source(file), START, Options(Defaults(None, ZoneInfo("UTC")))) as reading:
        for _ in reading.items:
            peak = max(peak, pa.total_allocated_bytes() - before)
    assert whole > 12_000_000
    assert peak < 4_000_000

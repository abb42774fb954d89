"""Importing: what is stored, what is reported, and that neither a stop nor a lost connection loses or repeats it."""

from __future__ import annotations

import asyncio
import csv
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from orderwright.connect.files import KINDS, Defaults, ImportElsewhere, ImportReport, Options, find_source, import_file
from orderwright.connect.files.batches import Batches, Pace
from orderwright.connect.files.checkpoint import advance, open_checkpoint
from orderwright.connect.files.items import Item
from orderwright.connect.files.kinds import IN_FILES
from orderwright.connect.files.source import Position
from orderwright.insights.audit import audit
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import InvalidRequest, OutcomeUnknown, PermissionDenied
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.databases import connect

HEADER = (
    "external_id,currency,placed_at,total,sku,quantity,unit_price,customer_email,"
    "ship_to_line1,ship_to_city,ship_to_region,ship_to_postal_code,ship_to_country"
)
TO = "1 Main St,Springfield,IL,62701,US"


async def the_shop(database: Database, merchant: str = "acme", **fields: Any) -> Shop:
    async with database.transaction(merchant) as tx:
        return await a_shop(tx, a_context(merchant), **fields)


def options(shop: Shop | None = None, **rest: Any) -> Options:
    return Options(Defaults(shop.channel.code if shop else None, ZoneInfo("UTC")), **rest)


def row(key: object, sku: str, total: str = "19.99", price: str = "19.99") -> str:
    return f"{key},USD,2026-03-01T09:30:00Z,{total},{sku},1,{price},c{key}@example.com,{TO}"


async def run(
    database: Database, file: Path, with_: Options, kind: str = "orders", merchant: str = "acme", **rest: Any
) -> ImportReport:
    rest.setdefault("report_path", file.with_name(file.name + ".rejected.csv"))
    return await import_file(database, a_context(merchant), KINDS[kind], find_source(file), with_, **rest)


def rejected(file: Path) -> list[list[str]]:
    with file.with_name(file.name + ".rejected.csv").open(newline="") as report:
        return list(csv.reader(report))


async def values(database: Database, sql: str, merchant: str = "acme") -> list[Any]:
    async with database.transaction(merchant) as tx:
        return [found[0] for found in await tx.fetch(sql)]


async def violations(database: Database, merchant: str = "acme") -> list[Any]:
    async with database.transaction(merchant) as tx:
        return list(await audit(tx))


# ---- what is stored and reported ----


async def test_a_file_with_every_kind_of_fault(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database, sku={"code": "MUG"})
    sku = shop.skus[0].code
    lines = [
        HEADER,
        row("A", sku),
        row("B", sku).replace("1 Main St", "1 Main \ufffd St"),
        row("C", "NO-SUCH-SKU"),
        row("D", sku, total="20.00"),
        row("A", sku),
        row("E", sku),
        row("A", sku, total="18.00", price="18.00"),
        row("F", sku, price="19,99"),
        row("G", sku).removesuffix(",US"),
        row("H", sku)[:30],
    ]
    file = tmp_path / "orders.csv"
    file.write_bytes("\n".join(lines).encode().replace("\ufffd".encode(), b"\xe9"))

    report = await run(database, file, options(shop))

    assert report._replace(seconds=0) == ImportReport(
        finished=True,
        counts={"invalid": 4, "order_differs": 1, "placed": 3, "replayed": 1, "totals_do_not_add_up": 1},
        rejected_file=tmp_path / "orders.csv.rejected.csv",
        resumed_at_line=None,
        items=10,
        seconds=0,
    )
    assert report.rejected == 6
    cells = "cells and the header 13. Was it cut off, or a comma not quoted?"
    assert rejected(file) == [
        ["line", "item", "column", "code", "reason"],
        ["3", "B", "", "not_utf8", "Byte 68 of the line (0xe9) is not UTF-8. Save the file as UTF-8."],
        [
            "5", "D", "", "totals_do_not_add_up",
            IN_FILES["totals_do_not_add_up"] + " (difference: 1, expected: 1999)",
        ],
        ["8", "A", "", "order_differs", IN_FILES["order_differs"] + " (fields: lines[0] total)"],
        ["9", "", "", "wrong_cell_count", f"The row has 14 {cells}"],
        ["10", "", "", "wrong_cell_count", f"The row has 12 {cells}"],
        ["11", "", "", "wrong_cell_count", f"The row has 4 {cells}"],
    ]  # fmt: skip
    assert (file.with_name("orders.csv.rejected.csv").stat().st_mode & 0o777) == 0o600
    assert await values(database, "SELECT external_id FROM orders ORDER BY 1") == ["A", "C", "E"]
    held = "SELECT o.external_id || ' ' || h.type FROM hold AS h JOIN orders AS o ON o.id = h.order_id"
    assert await values(database, held) == ["C unknown_sku"]
    assert await values(database, "SELECT code || external_id FROM inbox ORDER BY 1") == [
        "order_differsA", "totals_do_not_add_upD",
    ]  # fmt: skip
    acts = "SELECT DISTINCT actor || substr(cause, 1, 4) || substr(cause, 31) FROM act WHERE verb = 'place_orders'"
    assert await values(database, acts) == ["cli:testerimp_ lines 2-11"]
    assert await violations(database) == []
    assert await values(database, "SELECT count(*) FROM import_file", "bolt") == [0]


async def test_a_finished_file_changes_nothing_again(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database)
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([HEADER, row("A", shop.skus[0].code), row("B", shop.skus[0].code, total="1.00")]))
    first = await run(database, file, options(shop))
    said = rejected(file)

    second = await run(database, file, options(shop))
    assert (second.finished, second.items, second.counts) == (True, 0, first.counts)
    again = await run(database, file, options(shop), again=True)
    assert again.counts == {"replayed": 1, "totals_do_not_add_up": 1}
    assert rejected(file) == said
    assert await values(database, "SELECT count(*) FROM orders") == [1]

    # mended in the same place: another size makes it another file, and what was taken is recognised
    file.write_text("\n".join([HEADER, row("A", shop.skus[0].code), row("B", shop.skus[0].code)]))
    mended = await run(database, file, options(shop))
    assert (mended.counts, mended.rejected_file) == ({"placed": 1, "replayed": 1}, None)
    assert not file.with_name("orders.csv.rejected.csv").exists()


async def test_each_form_of_the_same_orders_is_the_same(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database)
    file, lines = tmp_path / "orders.csv", tmp_path / "orders.jsonl"
    file.write_text("\n".join([HEADER, *(row(i, shop.skus[0].code) for i in range(10))]))
    with KINDS["orders"].open(find_source(file), Position(0, 0), options(shop)) as reading:
        lines.write_bytes(b"\n".join(msgspec.json.encode(item.command) for item in reading.items))
    assert (await run(database, file, options(shop))).counts == {"placed": 10}
    assert (await run(database, lines, options())).counts == {"replayed": 10}


async def test_the_catalogue(database: Database, tmp_path: Path) -> None:
    contents = {
        "pools": "code,name\nEAST,East\nWEST,West\n",
        "locations": (
            "code,name,kind,pool,country,time_zone\nL1,One,warehouse,EAST,US,America/New_York\n"
            "L2,Two,store,SOUTH,US,UTC\n"
        ),
        "channels": "code,name,kind,currency,pools\nweb,Web,storefront,USD,EAST;WEST\n",
        "skus": "code,name,price,components\nMUG,Mug,12 USD,\nTEA,Tea,,\nSET,Set,,MUG:2;TEA\nMUG,Cup,12 USD,\nX,,,\n",
    }
    counts = {}
    for kind, content in contents.items():
        file = tmp_path / f"{kind}.csv"
        file.write_text(content)
        counts[kind] = (await run(database, file, options(), kind)).counts
    assert counts == {
        "pools": {"created": 2},
        "locations": {"created": 1, "unknown_pool": 1},
        "channels": {"created": 1},
        "skus": {"created": 3, "invalid": 1, "updated": 1},  # of a code that stands twice the last row counts
    }
    assert rejected(tmp_path / "locations.csv")[1] == [
        "3", "L2", "", "unknown_pool",
        "There is no pool of this code. Create it first, or correct the code. (pool: SOUTH)",
    ]  # fmt: skip
    assert rejected(tmp_path / "skus.csv")[1][:4] == ["6", "X", "name", "missing_value"]
    assert await values(database, "SELECT name FROM sku ORDER BY code") == ["Cup", "Set", "Tea"]


async def test_a_value_that_cannot_be_stored_fails_alone(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database)
    orders = [an_order(shop.channel.code, [(shop.skus[0].code, 1)], external_id=f"E{i}") for i in range(5)]
    bodies = [msgspec.json.decode(msgspec.json.encode(order)) for order in orders]
    bodies[2]["placed_at"] = "0001-01-01T00:00:00+14:00"  # in UTC that was before the year 1
    file = tmp_path / "orders.jsonl"
    file.write_bytes(b"\n".join(map(msgspec.json.encode, bodies)))
    report = await run(database, file, options())
    assert report.counts == {"placed": 4, "implausible_time": 1}
    assert [cells[:4] for cells in rejected(file)[1:]] == [["3", "E2", "", "implausible_time"]]
    assert await values(database, "SELECT external_id FROM orders ORDER BY 1") == ["E0", "E1", "E3", "E4"]


async def test_a_file_without_rows(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "pools.csv"
    file.write_text("code,name\n")
    report = await run(database, file, options(), "pools")
    assert (report.finished, report.counts, report.rejected_file) == (True, {}, None)


async def test_permission_is_needed(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "pools.csv"
    file.write_text("code,name\n")
    ctx = a_context(permissions={"orders.place"})
    with pytest.raises(PermissionDenied):
        await import_file(database, ctx, KINDS["pools"], find_source(file), options(), report_path=tmp_path / "r.csv")


# ---- stopping and going on ----


def write_orders(file: Path, shop: Shop, count: int, wrong_every: int = 50) -> None:
    """Orders 1 to `count`; of every so many one does not add up, and one cannot be read."""
    rows = []
    for i in range(1, count + 1):
        rows.append(row(i, shop.skus[0].code, total="1.00" if i % wrong_every == 0 else "19.99"))
        if i % wrong_every == 1:
            rows.append(f"nonsense {i}")
    file.write_text("\n".join([HEADER, *rows]) + "\n")


async def test_a_stopped_import_goes_on_where_it_was(database: Database, tmp_path: Path) -> None:
    """Given an import that is stopped after every batch, when it is run until it ends, then all is there once."""
    codes: dict[str, Any] = {"channel": {"code": "web"}, "sku": {"code": "MUG"}}
    shop = await the_shop(database, **codes)
    await the_shop(database, "bolt", **codes)
    file, whole = tmp_path / "orders.csv", tmp_path / "whole.csv"
    write_orders(file, shop, 700)
    write_orders(whole, shop, 700)
    lines = []
    while True:
        stop = asyncio.Event()
        report = await run(database, file, options(shop), stop=stop, progress=lambda _, stop=stop: stop.set())
        lines.append(report.resumed_at_line)
        if report.finished:
            break
        # what was written beyond what was committed does not count
        with file.with_name("orders.csv.rejected.csv").open("a") as torn:
            torn.write("half a l")
    assert lines[0] is None
    assert lines[1:] == sorted(set(lines[1:])) != []
    uninterrupted = await run(database, whole, options(shop), merchant="bolt")
    assert report.counts == uninterrupted.counts == {"invalid": 14, "placed": 686, "totals_do_not_add_up": 14}
    assert rejected(file) == rejected(whole)
    for merchant in ("acme", "bolt"):
        assert await values(database, "SELECT count(*) FROM orders", merchant) == [686]
        assert await values(database, "SELECT count(*) FROM inbox", merchant) == [14]
        assert await violations(database, merchant) == []


class Unreliable(Database):
    """A database that loses the answer to some commits: after they are done, or before."""

    faults: Iterator[str] = iter(())

    @asynccontextmanager
    async def transaction(self, merchant: str, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        fault = "" if read_only else next(self.faults, "")
        async with super().transaction(merchant, read_only=read_only) as tx:
            yield tx
            if fault == "before":
                raise OutcomeUnknown
        if fault == "after":
            raise OutcomeUnknown


async def test_a_lost_answer_to_a_commit_neither_loses_nor_repeats(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database)
    file = tmp_path / "orders.csv"
    write_orders(file, shop, 100)
    unreliable = Unreliable(database.pool, database.dsn, database.hash_key)
    unreliable.faults = iter(["", "before", "after"])  # opening the checkpoint, then the one batch
    report = await run(unreliable, file, options(shop))
    assert report.counts == {"invalid": 2, "placed": 98, "totals_do_not_add_up": 2}
    assert [cells[3] for cells in rejected(file)[1:]] == [
        "wrong_cell_count", "totals_do_not_add_up", "wrong_cell_count", "totals_do_not_add_up",
    ]  # fmt: skip
    assert await values(database, "SELECT count(*) FROM orders") == [98]
    assert await values(database, "SELECT count(*) FROM inbox") == [2]


async def test_one_process_imports_a_file(database: Database, dsn: str, tmp_path: Path) -> None:
    shop = await the_shop(database)
    file = tmp_path / "orders.csv"
    write_orders(file, shop, 10)
    with file.with_name("orders.csv.rejected.csv").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ImportElsewhere):
            await run(database, file, options(shop))
    # and where the report is another file, the checkpoint tells
    other = await connect(dsn)
    try:
        async with other.transaction("acme") as tx:
            stale = await open_checkpoint(tx, "orders", find_source(file), {"x": 1})
            moved = stale._replace(position=Position(100, 3))
            await advance(tx, stale, moved)
        async with database.transaction("acme") as tx:
            with pytest.raises(ImportElsewhere):
                await advance(tx, stale, moved)
            assert await open_checkpoint(tx, "orders", find_source(file), {"x": 1}) == moved
    finally:
        await other.close()


async def test_a_report_never_replaces_another_file(database: Database, tmp_path: Path) -> None:
    shop = await the_shop(database)
    file, other = tmp_path / "orders.csv", tmp_path / "precious.txt"
    write_orders(file, shop, 10)
    other.write_text("precious")
    with pytest.raises(InvalidRequest, match="is there and is no report of an import"):
        await run(database, file, options(shop), report_path=other)
    assert other.read_text() == "precious"
    with pytest.raises(InvalidRequest, match=r"cannot be written \(No such file or directory\)"):
        await run(database, file, options(shop), report_path=tmp_path / "gone" / "r.csv")


# ---- batches ----


def an_item(key: str, size: int = 1, end: int = 0) -> Item[str]:
    return Item(1, key, key, [], size, Position(end, 1))


def keys_of(batches: Batches, items_max: int = 500) -> list[list[str]]:
    found = []
    while True:
        batch = batches.take(items_max)
        found.append([item.key for item in batch.items])
        if batch.last:
            return found


def test_batches_are_bounded_by_items_rows_and_bytes() -> None:
    assert keys_of(Batches(iter([an_item(k) for k in "abcde"]), repeats=True), 2) == [["a", "b"], ["c", "d"], ["e"]]
    long = [an_item(k, size=2_500) for k in "abc"]
    assert keys_of(Batches(iter(long), repeats=True)) == [["a", "b"], ["c"]]
    wide = [an_item(k, end=3_000_000 * i) for i, k in enumerate("abc")]
    assert keys_of(Batches(iter(wide), repeats=True)) == [["a", "b"], ["c"]]
    assert keys_of(Batches(iter([]), repeats=True)) == [[]]


def test_a_code_stands_once_in_a_batch() -> None:
    assert keys_of(Batches(iter([an_item(k) for k in "abab"]), repeats=False)) == [["a", "b"], ["a", "b"]]


def test_the_pace_keeps_commits_well_within_a_second() -> None:
    pace = Pace()
    pace.took(200, 2.0)
    assert pace.items == 50
    pace.took(50, 0.01)
    assert pace.items == 100
    pace.took(100, 100)
    assert pace.items == 20
    for _ in range(9):
        pace.took(pace.items, 0.001)
    assert pace.items == 500

"""JSON lines, Parquet and gzip: the same orders as CSV, faults told by line or row, and what is around them taken."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orderwright.catalog import UpsertSku
from orderwright.connect.files import KINDS, Defaults, Options, find_source
from orderwright.connect.files.items import Item
from orderwright.connect.files.source import START, Position
from orderwright.platform.errors import InvalidRequest
from tests.builders.orders import an_order


def read(path: Path, kind: str = "orders", start: Position = START, channel: str | None = "web") -> list[Item[Any]]:
    options = Options(Defaults(channel, ZoneInfo("America/New_York")))
    with KINDS[kind].open(find_source(path), start, options) as reading:
        return list(reading.items)


def told(items: list[Item[Any]]) -> list[tuple[int, str, list[str]]]:
    return [(item.line, item.key, [f"{e.code} {e}" for e in item.errors]) for item in items]


# ---- JSON lines ----


def test_a_json_line_is_an_order_as_the_api_takes_it(tmp_path: Path) -> None:
    orders = [an_order("shop", [("A", 1), ("B", 2)]), an_order("web", [("C", 1)])]
    file = tmp_path / "orders.jsonl"
    lines = [msgspec.json.encode(order) for order in orders]
    unaddressed = msgspec.json.decode(lines[1])
    del unaddressed["channel"]
    file.write_bytes(b"\xef\xbb\xbf" + lines[0] + b"\r\n\n  " + msgspec.json.encode(unaddressed) + b"\n")
    items = read(file)
    assert [item.command for item in items] == orders
    assert [(i.line, i.key, i.size, i.end.line) for i in items] == [
        (1, orders[0].external_id, 2, 1), (3, orders[1].external_id, 1, 3),
    ]  # fmt: skip
    assert read(file, start=items[0].end) == items[1:]
    assert told(read(file, channel=None)[1:]) == [
        (3, orders[1].external_id, ["missing_value line 3, column channel: It is missing. Add it."])
    ]


def test_json_lines_that_are_wrong_cost_themselves_alone(tmp_path: Path) -> None:
    good = msgspec.json.encode(an_order("shop", [("A", 1)], external_id="OK")).decode()
    lines = [
        good,
        good.replace('"OK"', '"W1"').replace('"quantity":1', '"quantity":"1"'),
        good.replace('"OK"', '"W2"').replace('"total"', '"totla"'),
        good.replace('"OK"', '"W3"').replace('"currency":"USD"', '"currency":"usd"', 1),
        "[1]",
        "{not json}",
        good.replace("{", '{"metadata": {"a": ' + "[" * 940 + "]" * 940 + "}, ", 1),
        good.replace('"OK"', '"W4\ufffd"'),
        good.replace('"OK"', '"W5"')[:60],
    ]
    file = tmp_path / "orders.jsonl"
    file.write_bytes("\n".join(lines).encode().replace("\ufffd".encode(), b"\xe4"))
    assert told(read(file)) == [
        (1, "OK", []),
        (
            2,
            "W1",
            ["invalid_value line 2, column lines[0].quantity: It is wrong: expected a whole number, got a text."],
        ),
        (
            3,
            "W2",
            [
                "unknown_field line 3, column totla: There is no such field. Correct its name or leave it out.",
            ],
        ),
        (
            4,
            "W3",
            [
                (
                    "invalid_value line 4, column currency: It is wrong: "
                    "expected three capital letters of ISO 4217 such as USD."
                )
            ],
        ),
        (5, "", ["invalid_value line 5: It is wrong: expected an object, got a list."]),
        (
            6,
            "",
            [("not_json line 6: The line is not JSON: object keys must be strings (byte 1). Write one object a line.")],
        ),
        (7, "OK", ["not_json line 7: The object is nested too deeply. Write it flatter."]),
        (8, "W4\ufffd", ["not_utf8 line 8: Byte 36 of the line (0xe4) is not UTF-8. Save the file as UTF-8."]),
        (9, "W5", ["cut_off line 9: The line ends before its JSON does. Was the file cut off?"]),
    ]


def test_skus_as_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "skus.ndjson"
    file.write_text('{"code": "A", "name": "Apple"}\n{"code": "B"}\n')
    items = read(file, "skus")
    assert items[0].command == UpsertSku(code="A", name="Apple")
    assert told(items[1:]) == [(2, "B", ["missing_value line 2, column name: It is missing. Add it."])]


# ---- gzip ----


def test_a_gzipped_file_is_read_unpacked(tmp_path: Path) -> None:
    order = an_order("shop", [("A", 1)])
    file = tmp_path / "orders.jsonl.gz"
    file.write_bytes(gzip.compress((msgspec.json.encode(order) + b"\n") * 3))
    items = read(file)
    assert [item.command for item in items] == [order] * 3
    assert read(file, start=items[1].end) == items[2:]


def test_a_gzipped_file_that_was_cut_off_gives_what_is_before_it(tmp_path: Path) -> None:
    noise = random.Random(1)
    rows = [f"P{i},{noise.randbytes(40).hex()}" for i in range(2_000)]
    whole = gzip.compress(("code,name\n" + "\n".join(rows) + "\n").encode())
    file = tmp_path / "pools.csv.gz"
    file.write_bytes(whole[: len(whole) // 2])
    items = read(file, "pools")
    good, last = items[:-1], items[-1]
    assert 900 < len(good) < 1_100
    assert [item.key for item in good] == [f"P{i}" for i in range(len(good))]
    line = len(good) + 2
    said = f"cut_off line {line}: The compressed data end here, or are damaged. Send the file again."
    assert told([last]) == [(line, "", [said])]


# ---- Parquet ----


def a_table(rows: int = 3, **more: Any) -> pa.Table:
    """Orders of one line in the types that data people use."""
    columns = {
        "external_id": pa.array(range(1, rows + 1)),
        "Currency": pa.array(["USD"] * rows).dictionary_encode(),
        "placed_at": pa.array([datetime(2026, 7, 1, 9, 30)] * rows, pa.timestamp("ns")),  # noqa: DTZ001 (local)
        "total": pa.array([Decimal("59.97")] * rows, pa.decimal128(12, 2)),
        "sku": pa.array([f"S{i}" for i in range(rows)], pa.large_string()),
        "quantity": pa.array([3.0] * rows),
        "unit_price": pa.array([19.99] * rows),
        "requested_ship_on": pa.array([date(2026, 7, 2)] * rows),
        "tags": pa.array([["gift", "rush"]] * rows),
        "metadata": pa.array([{"n": 1}] * rows),
        "prices_include_tax": pa.array([True] * rows),
        "customer_name": pa.array([None] * rows, pa.string()),
        "priority": pa.array([float("nan")] * rows),
    }
    return pa.table(columns | more)


def test_parquet_in_typed_columns_is_the_same_order_as_csv(tmp_path: Path) -> None:
    pq.write_table(a_table(1), tmp_path / "orders.parquet")
    (tmp_path / "orders.csv").write_text(
        "external_id,currency,placed_at,total,sku,quantity,unit_price,requested_ship_on,tags,metadata,"
        "prices_include_tax\n"
        '1,USD,2026-07-01T13:30:00Z,59.97,S0,3,19.99,2026-07-02,gift;rush,"{""n"": 1}",yes\n'
    )
    [parquet], [csv] = read(tmp_path / "orders.parquet"), read(tmp_path / "orders.csv")
    assert parquet.errors == []
    assert parquet.command == csv.command
    assert (parquet.line, parquet.end) == (1, Position(1, 1))


def test_parquet_is_read_in_groups_and_from_any_row_on(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    zoned = pa.array([datetime(2026, 7, 1, 9, 30, tzinfo=UTC)] * 2_500, pa.timestamp("us", "Europe/Zurich"))
    pq.write_table(a_table(2_500, placed_at=zoned), file, row_group_size=1_100)
    items = read(file)
    assert [item.key for item in items] == [str(i) for i in range(1, 2_501)]
    assert {item.command.placed_at for item in items} == {datetime(2026, 7, 1, 9, 30, tzinfo=UTC)}
    for at in (0, 999, 1_000, 1_099, 1_100, 2_499):
        assert read(file, start=items[at].end) == items[at + 1 :]


def test_values_of_parquet_that_are_wrong_are_told_by_row(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    names = pa.array([b"Ada", b"\xff", b"Bob"], pa.binary()).view(pa.string())
    far = pa.array([0, 0, 10**12], pa.int64()).cast(pa.timestamp("s"), safe=False)
    pq.write_table(a_table(unit_price=pa.array([19.99, 19.99, -1.0]), customer_name=names, placed_at=far), file)
    assert told(read(file)) == [
        (1, "1", []),
        (
            2,
            "2",
            ["invalid_value line 2, column customer_name: It holds a value that cannot be read. Write it as a text."],
        ),
        (
            3,
            "3",
            [
                "invalid_value line 3, column placed_at: It holds a value that cannot be read. Write it as a text.",
                (
                    "invalid_value line 3, column unit_price: '-1' is not allowed; "
                    "allowed: an amount such as 19.99, not below 0."
                ),
            ],
        ),
    ]


def test_parquet_files_that_are_wrong_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "orders.parquet"
    pq.write_table(a_table(Wether=pa.array([1, 2, 3])), file)
    with pytest.raises(InvalidRequest, match="The schema, column 'wether': There is no such field"):
        read(file)
    pq.write_table(a_table(), file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InvalidRequest, match=r"orders.parquet is not a Parquet file, or was cut off. Send it again."):
        read(file)


def test_a_damaged_row_group_costs_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "pools.parquet"
    noise = random.Random(1)
    codes = [f"P{i}" for i in range(3_000)]
    table = pa.table({"code": codes, "name": [noise.randbytes(20).hex() for _ in codes]})
    pq.write_table(table, file, row_group_size=1_000, use_dictionary=False, compression="snappy")
    content = bytearray(file.read_bytes())
    column = pq.ParquetFile(file).metadata.row_group(1).column(1)
    start = column.data_page_offset
    content[start : start + column.total_compressed_size] = bytes(column.total_compressed_size)
    file.write_bytes(content)
    items = read(file, "pools")
    assert [item.key for item in items if not item.errors] == codes[:1_000] + codes[2_000:]
    assert told([item for item in items if item.errors]) == [
        (
            1_001,
            "",
            ["cut_off line 1001: The rows 1,001 to 2,000 cannot be read: the file is damaged there. Send it again."],
        )
    ]


# ---- finding the file ----


def test_files_that_say_nothing_of_themselves(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"gone.csv cannot be read \(No such file or directory\)"):
        find_source(tmp_path / "gone.csv")
    (tmp_path / "orders.txt").write_text("x")
    with pytest.raises(InvalidRequest, match=r"does not say what the file is\. Say it: --format csv, jsonl or parquet"):
        find_source(tmp_path / "orders.txt")
    assert find_source(tmp_path / "orders.txt", "csv").format == "csv"

"""Parquet files as tables: the same columns as CSV, their values as the texts that CSV would hold.

Read a thousand rows at a time, so that a file with one huge row group needs no more memory than another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

from orderwright.connect.files.source import Position, Source
from orderwright.connect.files.tables import Row, Table
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.text_lines import RowError

BATCH_ROWS = 1_000
BUFFER_BYTES = 256 * 1024  # of a column at a time; otherwise the whole column of a row group is read at once
_WHOLE_MAX = 2**53  # floats up to here are exact


@contextmanager
def parquet_table(source: Source, position: Position) -> Iterator[Table]:
    """A Parquet file from a row on; `line` of a row is its number, counted from 1.

    Raises InvalidRequest when the file as a whole cannot be read: its directory stands at its end.
    """
    from pyarrow import ArrowException  # noqa: PLC0415 (a large library that only Parquet files need)
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        file = ParquetFile(source.path, pre_buffer=False, buffer_size=BUFFER_BYTES)
    except (ArrowException, OSError) as error:
        raise InvalidRequest(f"{source.path.name} is not a Parquet file, or was cut off. Send it again.") from error
    with file:
        total = file.metadata.num_rows
        read = position.offset

        def rows() -> Iterator[Row]:
            nonlocal read
            for row in _rows(file, position.offset, (ArrowException, OSError)):
                read = row.end.offset
                yield row

        yield Table(list(file.schema_arrow.names), "The schema", rows(), lambda: read / total if total else 1.0)


def _rows(file: Any, skip: int, damaged: tuple[type[Exception], ...]) -> Iterator[Row]:
    """All rows but the first `skip`. A row group that is damaged costs its rows from there on."""
    at = 0
    for group in range(file.num_row_groups):
        end = at + file.metadata.row_group(group).num_rows
        try:
            if end > skip:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group]):
                    if at + batch.num_rows > skip:
                        yield from _batch_rows(batch, at, skip)
                    at += batch.num_rows
        except damaged:
            first = max(at, skip) + 1
            message = f"The rows {first:,} to {end:,} cannot be read: the file is damaged there. Send it again."
            yield Row(first, [], [RowError(first, None, message, "cut_off")], Position(end, end))
        at = end


def _batch_rows(batch: Any, at: int, skip: int) -> Iterator[Row]:
    names = batch.schema.names
    columns = [_texts(column) for column in batch.columns]
    for i, cells in enumerate(zip(*columns, strict=True)):
        n = at + i + 1
        if n > skip:
            errors = [
                RowError(n, name, "It holds a value that cannot be read. Write it as a text.", "invalid_value")
                for name, cell in zip(names, cells, strict=True)
                if cell is None
            ]
            yield Row(n, ["" if cell is None else cell for cell in cells], errors, Position(n, n))


def _texts(column: Any) -> list[str | None]:
    """The values as texts, empty for null; None for one that Python has no value for."""
    import pyarrow  # noqa: PLC0415

    if pyarrow.types.is_timestamp(column.type) and column.type.unit == "ns":  # to_pylist would ask for pandas
        column = column.cast(pyarrow.timestamp("us", column.type.tz), safe=False)
    try:
        return [_text(value) for value in column.to_pylist()]
    except (ValueError, OverflowError):  # a text that is not UTF-8, a time after the year 9999
        return [_text_of_scalar(scalar) for scalar in column]


def _text_of_scalar(scalar: Any) -> str | None:
    try:
        return _text(scalar.as_py())
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    text: str
    match value:
        case str():
            text = value
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float():
            whole = value.is_integer() and abs(value) < _WHOLE_MAX
            text = str(int(value)) if whole else "" if value != value else repr(value)  # noqa: PLR0124 (NaN is null)
        case Decimal():
            text = format(value, "f")
        case datetime() | date() | time():
            text = value.isoformat()
        case bytes():
            text = value.decode("utf-8")
        case list() if not any(isinstance(item, dict | list | tuple) for item in value):
            text = ";".join(map(_text, value))
        case list() | dict():
            text = msgspec.json.encode(value).decode()
        case _:
            text = str(value)
    return text

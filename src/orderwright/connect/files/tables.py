"""Tables: rows of texts under named columns, the same whether they come from CSV or from Parquet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from orderwright.connect.files.source import START, Position, Source
from orderwright.platform.csv_records import CsvRecords
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.text_lines import RowError


class Row(NamedTuple):
    """A row that begins at `line`. With errors, `cells` are what could be made out. `end` is where it ends."""

    line: int
    cells: list[str]
    errors: list[RowError]
    end: Position


class Table(NamedTuple):
    """A table being read. `where` is what messages call the header; `done` the share of the file read, 0 to 1."""

    header: list[str]
    where: str
    rows: Iterator[Row]
    done: Callable[[], float]


@contextmanager
def csv_table(source: Source, position: Position) -> Iterator[Table]:
    """A CSV file from `position` on. Memory holds one row. Raises InvalidRequest when it has no header."""
    with source.open() as stream:
        records = CsvRecords(stream.content)
        header = records.header()
        if position != START:
            stream.content.seek(position.offset)
            records = CsvRecords(stream.content, line=position.line, width=len(header))
        yield Table(header, "line 1", _rows(records, position.offset), stream.done)


def _rows(records: CsvRecords, start: int) -> Iterator[Row]:
    for line, cells, errors in records:
        yield Row(line, cells, errors, Position(start + records.offset, records.line))


def without(table: Table, ignored: Collection[str]) -> Table:
    """The table without some of its columns. Raises InvalidRequest for one that it does not have."""
    names = [name.strip().lower() for name in table.header]
    for name in ignored:
        if name not in names:
            raise InvalidRequest(f"{table.where}: There is no column {name!r} to be ignored.")
    kept = [i for i, name in enumerate(names) if name not in ignored]

    def rows() -> Iterator[Row]:
        for row in table.rows:
            yield row if row.errors else row._replace(cells=[row.cells[i] for i in kept])

    return table._replace(header=[table.header[i] for i in kept], rows=rows())

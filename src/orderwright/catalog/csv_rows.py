"""Read SKUs, pools, locations and channels from CSV files, a row at a time.

The header names the fields of `catalog.contract`, in any order; a field whose column is missing or whose cell is empty
gets its default. RFC 4180 with commas, UTF-8 with or without a byte order mark. What is wrong is told by line, column
and what would be allowed; the other rows are good all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Generic, NamedTuple

import msgspec

from orderwright.catalog.csv_cells import describe, parse_cell, parse_price
from orderwright.catalog.entries import T
from orderwright.platform.cells import CellError
from orderwright.platform.csv_records import CsvRecords, check_header, shown
from orderwright.platform.text_lines import RowError


class CsvRow(NamedTuple, Generic[T]):
    """A row that begins at `line` (the header is line 1): a command, or every error that was found in it."""

    line: int
    command: T | None
    errors: list[RowError]


def read_rows(stream: BinaryIO, kind: type[T]) -> Iterator[CsvRow[T]]:
    """The rows of a CSV file as commands of `kind`, as they are read: memory holds one row.

    Raises InvalidRequest when the header cannot be understood, since then no row can.
    """
    records = CsvRecords(stream)
    columns = CatalogColumns(records.header(), kind)
    for line, cells, errors in records:
        yield CsvRow(line, None, errors) if errors else columns.read_row(line, cells)


class CatalogColumns(Generic[T]):
    """The columns of a table of catalogue entries. Raises InvalidRequest when they cannot be understood.

    `where` is what messages call the header. `currency` may stand beside `price`. There is no `version`: a file says
    what is to be, and the same one again changes nothing.
    """

    def __init__(self, cells: Sequence[str], kind: type[T], where: str = "line 1") -> None:
        self._kind = kind
        self._fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name != "version"}
        known = [*self._fields, "currency"] if "price" in self._fields else list(self._fields)
        required = [name for name, field in self._fields.items() if field.required]
        self._header = check_header(cells, known, required, where)

    def read_row(self, line: int, cells: Sequence[str]) -> CsvRow[T]:
        """The command that a row holds; it has as many cells as the header."""
        texts = {name: cell.strip() for name, cell in zip(self._header, cells, strict=True) if cell.strip()}
        if not texts:
            return CsvRow(line, None, [RowError(line, None, "All cells are empty. Remove the line.", "missing_value")])
        values: dict[str, Any] = {}
        errors = []
        for name, field in self._fields.items():
            text = texts.get(name)
            if text is None:
                if field.required:
                    message = f"It is empty; allowed: {describe(name, field.type)}."
                    errors.append(RowError(line, name, message, "missing_value"))
                continue
            try:
                is_price = name == "price"
                currency = texts.get("currency")
                values[name] = parse_price(text, currency) if is_price else parse_cell(name, field.type, text)
            except CellError as error:
                errors.append(RowError(line, name, f"{shown(text)} is not allowed; allowed: {error}."))
        if errors:
            return CsvRow(line, None, errors)
        return CsvRow(line, self._kind(**values), [])

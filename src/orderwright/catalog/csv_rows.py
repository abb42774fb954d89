"""Read SKUs, pools, locations and channels from CSV files, a row at a time.

The header names the fields of `catalog.contract`, in any order; a field whose column is missing or whose cell is empty
gets its default. RFC 4180 with commas, UTF-8 with or without a byte order mark. What is wrong is told by line, column
and what would be allowed; the other rows are good all the same.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator
from typing import Any, BinaryIO, Generic, NamedTuple

import msgspec

from orderwright.catalog.csv_cells import CellError, describe, parse_cell, parse_price
from orderwright.catalog.entries import T
from orderwright.platform.errors import InvalidRequest

LINE_BYTES_MAX = 1_000_000
_SHOWN_MAX = 40
_BOM = b"\xef\xbb\xbf"


class CsvError(NamedTuple):
    """What is wrong with a row: where it begins, the column (None: the row as a whole) and a sentence for people."""

    line: int
    column: str | None
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


class CsvRow(NamedTuple, Generic[T]):
    """A row that begins at `line` (the header is line 1): a command, or every error that was found in it."""

    line: int
    command: T | None
    errors: list[CsvError]


def read_rows(stream: BinaryIO, kind: type[T]) -> Iterator[CsvRow[T]]:
    """The rows of a CSV file as commands of `kind`, as they are read: memory holds one row.

    Raises InvalidRequest when the header cannot be understood, since then no row can.
    """
    lines = _Lines(stream)
    reader = csv.reader(lines, strict=True)
    header = _read_header(lines, reader, kind)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    while True:
        first = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad = [*lines.take_faults(), CsvError(first, None, _explain(error, first, lines.count))]
            yield CsvRow(first, None, bad)
            continue
        if bad := lines.take_faults():
            yield CsvRow(first, None, bad)
        elif cells:
            yield _read_row(first, header, cells, kind, fields)


class _Lines:
    """The lines of a file as text, counted. One that is not UTF-8 is noted and goes on with replacement characters."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._faults: list[CsvError] = []
        self._too_long = False
        self.count = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = b"" if self._too_long else self._stream.readline(LINE_BYTES_MAX + 1)
        if not raw:
            raise StopIteration
        self.count += 1
        if self.count == 1:
            raw = raw.removeprefix(_BOM)
        if len(raw) > LINE_BYTES_MAX:
            self._too_long = True  # whatever this file is, it does not consist of rows
            self._fault(f"The line is over {LINE_BYTES_MAX:,} bytes; reading stopped here.")
            return "\n"
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = f"Byte {error.start + 1} of the line (0x{raw[error.start]:02x})"
            self._fault(f"{byte} is not UTF-8. Save the file as UTF-8.")
            return raw.decode("utf-8", errors="replace")

    def _fault(self, message: str) -> None:
        self._faults.append(CsvError(self.count, None, message))

    def take_faults(self) -> list[CsvError]:
        """What was wrong with the lines read since the last call."""
        faults, self._faults = self._faults, []
        return faults


def _explain(error: csv.Error, first: int, last: int) -> str:
    text = str(error)
    if "new-line character" in text:
        return "There is a carriage return amid the line. End lines with line feeds, and quote cells that hold them."
    lines = f"lines {first} to {last} were" if last > first else "the line was"
    if "unexpected end of data" in text or "field larger" in text:
        return f'A quotation mark is not closed; {lines} not read. Close it with ", and write "" for one in a text.'
    return (
        f'The row is not CSV; {lines} not read. Put texts with , or " in quotation marks, and write "" for one in them.'
    )


def _read_header(lines: _Lines, reader: Any, kind: type[T]) -> list[str]:
    """The field of each column. `currency` may stand beside `price`."""
    try:
        cells = next(reader)
    except StopIteration:
        raise InvalidRequest("The file is empty. Its first line names the columns.") from None
    except csv.Error as error:
        raise InvalidRequest(f"line 1: {_explain(error, 1, lines.count)}") from None
    for fault in lines.take_faults():
        raise InvalidRequest(str(fault))
    fields = msgspec.structs.fields(kind)
    known = [field.name for field in fields]
    if "price" in known:
        known.append("currency")
    header = [cell.strip().lower() for cell in cells]
    if len(header) == 1 and header[0] not in known and any(mark in header[0] for mark in ";\t|"):
        raise InvalidRequest("line 1: The columns are not parted by commas. Save the file as CSV with commas.")
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Allowed: {', '.join(known)}."
            raise InvalidRequest(f"line 1, column {_shown(name)}: There is no such field. {hint}")
        if header.count(name) > 1:
            raise InvalidRequest(f"line 1, column {name}: It is there twice. Keep one of them.")
    for field in fields:
        if field.required and field.name not in header:
            raise InvalidRequest(f"line 1: The column {field.name} is missing. Allowed: {', '.join(known)}.")
    return header


def _read_row(line: int, header: list[str], cells: list[str], kind: type[T], fields: dict[str, Any]) -> CsvRow[T]:
    if len(cells) != len(header):
        message = f"The row has {len(cells)} cells and the header {len(header)}. Was it cut off, or a comma not quoted?"
        return CsvRow(line, None, [CsvError(line, None, message)])
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    if not texts:
        return CsvRow(line, None, [CsvError(line, None, "All cells are empty. Remove the line.")])
    values: dict[str, Any] = {}
    errors = []
    for name, field in fields.items():
        text = texts.get(name)
        if text is None:
            if field.required:
                errors.append(CsvError(line, name, f"It is empty; allowed: {describe(name, field.type)}."))
            continue
        try:
            is_price = name == "price"
            values[name] = parse_price(text, texts.get("currency")) if is_price else parse_cell(name, field.type, text)
        except CellError as error:
            errors.append(CsvError(line, name, f"{_shown(text)} is not allowed; allowed: {error}."))
    if errors:
        return CsvRow(line, None, errors)
    return CsvRow(line, kind(**values), [])


def _shown(text: str) -> str:
    """A cell for a message: short, and with no control characters."""
    return repr(text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "...")

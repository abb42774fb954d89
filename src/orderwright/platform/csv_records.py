"""Records of a CSV file (RFC 4180 with commas), one at a time. What is wrong costs as few rows as possible.

A record that is no CSV, or has another number of cells than the header, costs its first line alone: reading goes on
with the next one. So a quotation mark that is not closed does not swallow the rows behind it.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from orderwright.platform.errors import InvalidRequest
from orderwright.platform.text_lines import RowError, TextLine, TextLines

_SHOWN_MAX = 40


class CsvRecord(NamedTuple):
    """A record that begins at `line`. With errors, `cells` are what could be made out."""

    line: int
    cells: list[str]
    errors: list[RowError]


class CsvRecords:
    """Reads records from a stream that stands at the beginning of line `line + 1`, or of a record once `width` is set.

    `line` and `offset` (bytes from where the stream stood) say where the last record ended. Empty lines are
    passed over.
    """

    def __init__(self, stream: BinaryIO, *, line: int = 0, width: int | None = None) -> None:
        self._lines = TextLines(stream, line=line)
        self._taken: list[TextLine] = []
        self._reader = csv.reader(_Feed(self._lines, self._taken), strict=True)
        self.width = width

    @property
    def line(self) -> int:
        """The last line of the last record."""
        return self._lines.count

    @property
    def offset(self) -> int:
        """Where the next record begins."""
        return self._lines.offset

    def header(self) -> list[str]:
        """The first record, by whose number of cells the others are judged. Raises InvalidRequest."""
        record = next(self, None)
        if record is None:
            raise InvalidRequest("The file is empty. Its first line names the columns.")
        for error in record.errors:
            raise InvalidRequest(str(error))
        self.width = len(record.cells)
        return record.cells

    def __iter__(self) -> Iterator[CsvRecord]:
        return self

    def __next__(self) -> CsvRecord:
        while True:
            self._taken.clear()
            first = self._lines.count + 1
            try:
                cells = next(self._reader)
            except csv.Error as error:
                return self._broken(first, RowError(first, None, _explain(error, len(self._taken)), "not_csv"))
            if faults := [line.fault for line in self._taken if line.fault is not None]:
                return CsvRecord(first, cells, faults)
            if not cells:
                continue
            if self.width is None or len(cells) == self.width:
                return CsvRecord(first, cells, [])
            counts = f"The row has {len(cells)} cells and the header {self.width}."
            message = f"{counts} Was it cut off, or a comma not quoted?"
            return self._broken(first, RowError(first, None, message, "wrong_cell_count"))

    def _broken(self, first: int, error: RowError) -> CsvRecord:
        """A record that costs its first line alone."""
        line = self._taken[0]
        self._lines.give_back(self._taken[1:])
        cells = [part.strip().strip('"') for part in line.text.split(",")]
        return CsvRecord(first, cells, [line.fault, error] if line.fault is not None else [error])


class _Feed:
    """What the CSV reader pulls lines from; keeps those of the record at hand."""

    def __init__(self, lines: TextLines, taken: list[TextLine]) -> None:
        self._lines, self._taken = lines, taken

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._lines.take()
        if line is None:
            raise StopIteration
        self._taken.append(line)
        return line.text or "\n"


def check_header(
    cells: Sequence[str], known: Sequence[str], required: Sequence[str], where: str = "line 1"
) -> list[str]:
    """The names of the columns, in lower case. Raises InvalidRequest for one that is unknown, missing or repeated."""
    header = [cell.strip().lower() for cell in cells]
    if len(header) == 1 and header[0] not in known and any(mark in header[0] for mark in ";\t|"):
        raise InvalidRequest(f"{where}: The columns are not parted by commas. Save the file as CSV with commas.")
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Allowed: {', '.join(known)}."
            raise InvalidRequest(f"{where}, column {shown(name)}: There is no such field. {hint}")
        if header.count(name) > 1:
            raise InvalidRequest(f"{where}, column {name}: It is there twice. Keep one of them.")
    for name in required:
        if name not in header:
            raise InvalidRequest(f"{where}: The column {name} is missing. Allowed: {', '.join(known)}.")
    return header


def shown(text: str) -> str:
    """A cell for a message: short, and with no control characters."""
    return repr(text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "...")


def _explain(error: csv.Error, lines: int) -> str:
    text = str(error)
    if "new-line character" in text:
        return "There is a carriage return amid the line. End lines with line feeds, and quote cells that hold them."
    if lines > 1 or "unexpected end of data" in text or "field larger" in text:
        return 'A quotation mark is not closed; the line was not read. Close it with ", and write "" for one in a text.'
    return 'The row is not CSV. Put texts with , or " in quotation marks, and write "" for one in them.'

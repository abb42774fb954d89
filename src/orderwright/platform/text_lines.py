"""Lines of a text file, one at a time: counted, with what is wrong with each, and where the next one begins.

UTF-8 with or without a byte order mark. A line that is not UTF-8, too long, or cut off by the end of compressed data
is given all the same, with its fault: the lines before and after it are good.
"""

from __future__ import annotations

import gzip
import zlib
from collections import deque
from typing import BinaryIO, NamedTuple

LINE_BYTES_MAX = 1_000_000
BOM = b"\xef\xbb\xbf"
# What a compressed stream raises that ends too early or is damaged; plain files raise none of them.
DAMAGED: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, zlib.error)


class RowError(NamedTuple):
    """What is wrong with a row: where (counted from 1; column None: the row as a whole), and a sentence for people.

    `code` is stable, for programs: `invalid_value`, `missing_value`, `not_utf8`, `not_csv`, `wrong_cell_count`,
    `line_too_long`, `cut_off` and what else a reader names.
    """

    line: int
    column: str | None
    message: str
    code: str = "invalid_value"

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


class TextLine(NamedTuple):
    """A line with its line end. `fault`: why the text is not what stands in the file."""

    text: str
    size_bytes: int
    fault: RowError | None


class TextLines:
    """Reads lines from a stream that stands at the beginning of line `line + 1`. Memory holds one line.

    `count` is the line last taken and `offset` where the next one begins, in bytes from where the stream stood. A line
    over `bytes_max` is left out, with a fault.
    """

    def __init__(self, stream: BinaryIO, *, line: int = 0, bytes_max: int = LINE_BYTES_MAX) -> None:
        self._stream = stream
        self._bytes_max = bytes_max
        self._ahead: deque[TextLine] = deque()
        self._damaged = False
        self.count = line
        self.offset = 0

    def take(self) -> TextLine | None:
        """The next line; None at the end."""
        line = self._ahead.popleft() if self._ahead else self._read()
        if line is not None:
            self.count += 1
            self.offset += line.size_bytes
        return line

    def give_back(self, lines: list[TextLine]) -> None:
        """Take the last lines again."""
        self._ahead.extendleft(reversed(lines))
        self.count -= len(lines)
        self.offset -= sum(line.size_bytes for line in lines)

    def _read(self) -> TextLine | None:
        if self._damaged:
            return None
        try:
            raw = self._stream.readline(self._bytes_max + 1)
            size = len(raw)
            if size > self._bytes_max:
                size += self._skip_line() if not raw.endswith(b"\n") else 0
                return self._bad("", size, "line_too_long", f"The line is over {self._bytes_max:,} bytes.")
        except DAMAGED:
            self._damaged = True
            return self._bad("", 0, "cut_off", "The compressed data end here, or are damaged. Send the file again.")
        if not raw:
            return None
        if self.count == 0 and not self.offset:
            raw = raw.removeprefix(BOM)
        try:
            return TextLine(raw.decode("utf-8"), size, None)
        except UnicodeDecodeError as error:
            byte = f"Byte {error.start + 1} of the line (0x{raw[error.start]:02x})"
            text = raw.decode("utf-8", errors="replace")
            return self._bad(text, size, "not_utf8", f"{byte} is not UTF-8. Save the file as UTF-8.")

    def _skip_line(self) -> int:
        """Read on to the end of the line without keeping it; returns how many bytes that were."""
        skipped = 0
        while part := self._stream.readline(self._bytes_max):
            skipped += len(part)
            if part.endswith(b"\n"):
                break
        return skipped

    def _bad(self, text: str, size: int, code: str, message: str) -> TextLine:
        return TextLine(text, size, RowError(self.count + 1, None, message, code))

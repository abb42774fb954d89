"""A file to import: what it is, and its bytes from any place on."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, cast

from orderwright.platform.errors import InvalidRequest

Format = Literal["csv", "jsonl", "parquet"]
_FORMATS: dict[str, Format] = {
    ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


class Position(NamedTuple):
    """Where reading goes on: how many bytes (Parquet: rows) lie before, and which line (row) was the last one."""

    offset: int
    line: int


START = Position(0, 0)


class Source(NamedTuple):
    """A file as it was found: another size or time of change makes it another file."""

    path: Path
    format: Format
    gzipped: bool
    size_bytes: int
    modified_ns: int

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Its bytes, unpacked."""
        with self.path.open("rb") as raw:
            unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if self.gzipped else raw
            yield Stream(unpacked, raw, self.size_bytes)


class Stream(NamedTuple):
    """An open file: what is in it, and the file itself, whose position tells how much of it was read."""

    content: BinaryIO
    raw: BinaryIO
    size_bytes: int

    def done(self) -> float:
        """The share of the file that was read, 0 to 1."""
        return self.raw.tell() / self.size_bytes if self.size_bytes else 1.0


def find_source(path: Path, format_: Format | None = None) -> Source:
    """The file at a path; its name says its format, unless `format_` does. `.gz` behind it means gzip.

    Raises InvalidRequest when there is no such file, or its name says nothing.
    """
    path = path.expanduser().absolute()
    try:
        stat = path.stat()
        with path.open("rb") as file:
            gzipped = file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read ({error.strerror}).") from error
    named = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    found = format_ or _FORMATS.get(named.suffix.lower())
    if found is None:
        raise InvalidRequest(
            f"The name {path.name} does not say what the file is. Say it: --format csv, jsonl or parquet."
        )
    return Source(path, found, gzipped, stat.st_size, stat.st_mtime_ns)

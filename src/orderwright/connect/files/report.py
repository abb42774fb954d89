"""The report of what was rejected: a CSV file beside the imported one, for people to work through.

It grows with the import, and each piece is on disk before what it tells of is committed. An import that goes on cuts it
back to what was committed: each rejected row stands there once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from orderwright.connect.files.checkpoint import ImportElsewhere
from orderwright.platform.csv_safe import csv_lines
from orderwright.platform.errors import InvalidRequest

HEADER = ("line", "item", "column", "code", "reason")
_HEADER_LINE = (",".join(HEADER) + "\r\n").encode()


class Rejected(NamedTuple):
    """Why something was not taken: its line (row of a Parquet file), its external_id or code, and what to do."""

    line: int
    item: str
    column: str | None
    code: str
    reason: str


class RejectedReport:
    """The open report. Only one process may hold it; it is removed when it turns out to be empty."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        """Open it at the size that was committed. Raises InvalidRequest, and ImportElsewhere when it is taken."""
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # it may quote what people typed
        except OSError as error:
            raise InvalidRequest(f"{path} cannot be written ({error.strerror}). Name another: --rejected.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise ImportElsewhere from None
        found = os.fstat(self._file).st_size
        if found and os.pread(self._file, len(_HEADER_LINE), 0) != _HEADER_LINE:
            os.close(self._file)
            raise InvalidRequest(f"{path} is there and is no report of an import. Name another: --rejected.")
        if found < size_bytes:
            size_bytes = 0  # someone took it away: what is rejected from now on is told
        self.cut_back(size_bytes)

    def add(self, rejected: Sequence[Rejected]) -> int:
        """Write what was rejected, durably; returns the size of the report then."""
        if not rejected:
            return self.size_bytes
        content = (b"" if self.size_bytes else _HEADER_LINE) + csv_lines(rejected)  # a file may name an item =1+1
        os.pwrite(self._file, content, self.size_bytes)
        os.fsync(self._file)
        self.size_bytes += len(content)
        return self.size_bytes

    def cut_back(self, size_bytes: int) -> None:
        """Forget what was written beyond this size."""
        os.ftruncate(self._file, size_bytes)
        self.size_bytes = size_bytes

    def close(self) -> None:
        """Close it; an empty one goes."""
        if self.size_bytes == 0:
            self.path.unlink(missing_ok=True)
        os.close(self._file)

"""How far imports got, for people who watch one or come back to it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class _Row(NamedTuple):
    id: UUID
    kind: str
    path: str
    read_to: int
    line: int
    counts: str
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class ImportStatus(NamedTuple):
    """An import: `read_to` bytes (Parquet: rows) and `line` lines of it were read; `counts` are outcomes by code."""

    id: UUID
    kind: str
    path: Path
    read_to: int
    line: int
    counts: dict[str, int]
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


_decode = msgspec.json.Decoder(dict[str, int]).decode
IMPORT_STATUS = query(__package__, "import_status", _Row)


async def import_status(
    tx: Transaction, import_id: UUID | None = None, kind: str | None = None, limit: int = 1
) -> list[ImportStatus]:
    """One import, or the latest of a kind, newest first. One statement."""
    rows = await IMPORT_STATUS.fetch(tx, import_id, kind, limit)
    return [
        ImportStatus(
            row.id, row.kind, Path(row.path), row.read_to, row.line, _decode(row.counts), row.started_at,
            row.updated_at, row.finished_at,
        )
        for row in rows
    ]  # fmt: skip

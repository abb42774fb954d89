"""How far a file was imported, kept in the merchant's schema."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from orderwright.connect.files.source import START, Position, Source
from orderwright.platform.db import Transaction
from orderwright.platform.errors import OrderwrightError
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.queries import query


class ImportRow(NamedTuple):
    """The stored form."""

    id: UUID
    read_to: int
    line: int
    report_bytes: int
    counts: str
    finished_at: datetime | None


class _Id(NamedTuple):
    id: UUID


OPEN_IMPORT = query(__package__, "open_import", ImportRow)
READ_IMPORT = query(__package__, "read_import", ImportRow)
ADVANCE_IMPORT = query(__package__, "advance_import", _Id)


class ImportElsewhere(OrderwrightError):
    """Another process imports this file right now. Wait until it has ended, then run this again if need be."""

    code, http_status = "import_elsewhere", 409


class Checkpoint(NamedTuple):
    """How far an import got: `report_bytes` of the report were written by then, `counts` are outcomes by code."""

    id: UUID
    position: Position
    report_bytes: int
    counts: Mapping[str, int]
    finished: bool

    def restarted(self) -> Checkpoint:
        """The same import from the beginning."""
        return self._replace(position=START, report_bytes=0, counts={}, finished=False)


async def open_checkpoint(tx: Transaction, kind: str, source: Source, options: Mapping[str, Any]) -> Checkpoint:
    """Where the import of this file with these options stands; it begins where there is none."""
    facts = [kind, str(source.path), source.size_bytes, source.modified_ns, source.format, sorted(options.items())]
    identity = hashlib.blake2b(msgspec.json.encode(facts), digest_size=16).digest()
    row = await OPEN_IMPORT.first(tx, new_id(), identity, kind, str(source.path))
    assert row is not None
    return _checkpoint(row)


async def read_checkpoint(tx: Transaction, id_: UUID) -> Checkpoint:
    """Where an import stands now."""
    row = await READ_IMPORT.first(tx, id_)
    if row is None:
        raise ImportElsewhere
    return _checkpoint(row)


async def advance(tx: Transaction, before: Checkpoint, after: Checkpoint) -> None:
    """Move an import on from where this process left it. Raises ImportElsewhere when another one moved it."""
    moved = await ADVANCE_IMPORT.first(
        tx, before.id, before.position.offset, before.report_bytes, after.position.offset, after.position.line,
        after.report_bytes, msgspec.json.encode(after.counts).decode(), after.finished,
    )  # fmt: skip
    if moved is None:
        raise ImportElsewhere


def _checkpoint(row: ImportRow) -> Checkpoint:
    counts = msgspec.json.decode(row.counts, type=dict[str, int])
    return Checkpoint(row.id, Position(row.read_to, row.line), row.report_bytes, counts, row.finished_at is not None)

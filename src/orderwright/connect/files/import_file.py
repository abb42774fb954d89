"""Import a file: read, store batch by batch, report what was not taken, go on where an earlier run ended."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from orderwright.connect.files.batches import Batch, Batches, Pace
from orderwright.connect.files.checkpoint import Checkpoint, advance, open_checkpoint, read_checkpoint
from orderwright.connect.files.kinds import Kind, Options, Verdict, refuse_unstorable
from orderwright.connect.files.report import Rejected, RejectedReport
from orderwright.connect.files.source import START, Source
from orderwright.platform.attempts import apart, patiently, pauses
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.failures import TRANSIENT_ERRORS, UNSTORABLE_ERRORS
from orderwright.platform.ids import encode_id

TRIES = 9  # of a batch that others, or a database that went away, got in the way of: within about 20 seconds
_UNSTORABLE: tuple[type[Exception], ...] = (*UNSTORABLE_ERRORS, OverflowError)  # a time before the year 1
TAKEN = frozenset({"placed", "replayed", "created", "updated", "unchanged"})


class Progress(NamedTuple):
    """How far an import is: the share of the file that was read, 0 to 1, and outcomes by code so far."""

    done: float
    counts: Counter[str]


class ImportReport(NamedTuple):
    """What became of a file, over all runs: outcomes by code (`invalid` is what could not be read).

    `finished` is False when it was stopped before its end. `resumed_at_line` is where this run began, None at the
    beginning. `rejected_file` tells of what was not taken; None when all was. `seconds` and `items` are of this run.
    """

    finished: bool
    counts: dict[str, int]
    rejected_file: Path | None
    resumed_at_line: int | None
    items: int
    seconds: float

    @property
    def rejected(self) -> int:
        """How many were not taken."""
        return sum(count for code, count in self.counts.items() if code not in TAKEN)


async def import_file(
    database: Database,
    ctx: Context,
    kind: Kind,
    source: Source,
    options: Options,
    *,
    report_path: Path,
    again: bool = False,
    stop: asyncio.Event | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Import what a file holds beyond what earlier runs took of it; `again`: from its beginning.

    Each batch is one transaction with the mark of how far it reads, so a run that is killed at any moment loses and
    repeats nothing. `stop` ends it after the batch at hand. Raises InvalidRequest when the file as a whole cannot be
    read, ImportElsewhere when another process imports it, and DatabaseUnavailable when that stays so.
    """
    ctx.require(kind.scope)
    async with database.transaction(ctx.merchant) as tx:
        stored = await open_checkpoint_of(tx, kind, source, options)
    begun = stored.restarted() if again else stored
    started = time.monotonic()
    if begun.finished:
        return _report_of(begun, report_path, None, 0, started)
    report = RejectedReport(report_path, begun.report_bytes)
    run = _Run(database, ctx.because(cause=encode_id("imp", stored.id)), kind, report, stored, Counter(begun.counts))
    try:
        with kind.open(source, begun.position, options) as reading:
            batches, pace = Batches(reading.items, repeats=kind.repeats), Pace()
            done = begun
            while not done.finished and not (stop is not None and stop.is_set()):
                batch_started = time.monotonic()
                batch = batches.take(pace.items)
                done = await run.store(batch, done)
                pace.took(len(batch.items), time.monotonic() - batch_started)
                if progress is not None:
                    progress(Progress(1.0 if batch.last else reading.done(), run.counts))
    finally:
        report.close()
    resumed = begun.position.line + 1 if begun.position.line else None
    return _report_of(done, report_path, resumed, run.items, started)


async def open_checkpoint_of(tx: Transaction, kind: Kind, source: Source, options: Options) -> Checkpoint:
    """Where the import of a file stands; it begins where there is none."""
    return await open_checkpoint(tx, kind.name, source, _told(options))


def try_to_read(kind: Kind, source: Source, options: Options) -> None:
    """Raise InvalidRequest when the file as a whole cannot be read: its header, or what it is."""
    with kind.open(source, START, options):
        return


def _told(options: Options) -> dict[str, Any]:
    """What makes the same file another import."""
    channel, zone = options.defaults
    return {"channel": channel, "zone": str(zone), "ignored": sorted(options.ignored)}


def _report_of(done: Checkpoint, path: Path, resumed: int | None, items: int, started: float) -> ImportReport:
    counts = dict(sorted(done.counts.items()))
    report = ImportReport(done.finished, counts, path, resumed, items, time.monotonic() - started)
    return report if report.rejected else report._replace(rejected_file=None)


def _lines(batch: Batch) -> str:
    """Which part of the file a batch is: its act, and so each of its events, says where to look."""
    return f" lines {batch.items[0].line}-{batch.items[-1].line}" if batch.items else ""


class _Run:
    """One process's work on an import. `stored` is the checkpoint as the database has it."""

    def __init__(
        self, database: Database, ctx: Context, kind: Kind, report: RejectedReport, stored: Checkpoint,
        counts: Counter[str],
    ) -> None:  # fmt: skip
        self._database, self._ctx, self._kind, self._report = database, ctx, kind, report
        self._stored = stored
        self._tried: Checkpoint | None = None  # where the batch at hand would lead, once its end is known
        self.counts = counts
        self.items = 0

    async def store(self, batch: Batch, done: Checkpoint) -> Checkpoint:
        """Store a batch, and again when others got in the way; returns how far the import is then."""
        report_bytes = self._report.size_bytes

        async def once() -> Checkpoint:
            if self._tried is not None and await self._was_stored(self._tried):
                return self._accept(self._tried, batch)
            self._report.cut_back(report_bytes)
            async with self._database.transaction(self._ctx.merchant) as tx:
                self._tried = await self._write(tx, batch, done)
            return self._accept(self._tried, batch)

        return await patiently(once, TRANSIENT_ERRORS, pauses(TRIES - 1, 0.1, 8.0))

    async def _was_stored(self, tried: Checkpoint) -> bool:
        """Whether a transaction whose COMMIT was not answered was committed all the same."""
        async with self._database.transaction(self._ctx.merchant, read_only=True) as tx:
            return await read_checkpoint(tx, tried.id) == tried

    def _accept(self, after: Checkpoint, batch: Batch) -> Checkpoint:
        self._stored, self._tried = after, None
        self.counts = Counter(after.counts)
        self.items += len(batch.items)
        return after

    async def _write(self, tx: Transaction, batch: Batch, done: Checkpoint) -> Checkpoint:
        """Run the verb, tell what was rejected, move the checkpoint on: in this order, so that the report is on disk
        when the rest is committed."""
        ctx = replace(self._ctx, now=utc_now(), cause=f"{self._ctx.cause}{_lines(batch)}")
        commands = [item.command for item in batch.items if item.command is not None]
        verdicts = iter(await self._verdicts(tx, ctx, commands) if commands else [])
        counts = Counter(done.counts)
        rejected: list[Rejected] = []
        for item in batch.items:
            if item.command is None:
                counts["invalid"] += 1
                rejected += [Rejected(e.line, item.key, e.column, e.code, e.message) for e in item.errors]
                continue
            verdict = next(verdicts)
            counts[verdict.code] += 1
            if not verdict.taken:
                rejected.append(Rejected(item.line, item.key, None, verdict.code, verdict.reason))
        position = batch.items[-1].end if batch.items else done.position
        self._tried = done._replace(
            position=position, report_bytes=self._report.add(rejected), counts=dict(counts), finished=batch.last
        )
        await advance(tx, self._stored, self._tried)
        return self._tried

    async def _verdicts(self, tx: Transaction, ctx: Context, commands: Sequence[Any]) -> list[Verdict]:
        """What the verb says to each; on halves of halves where a value cannot be stored, so that it fails alone."""

        async def store(some: Sequence[Any]) -> Sequence[Verdict]:
            async with tx.savepoint():
                return await self._kind.store(tx, ctx, some)

        return await apart(store, commands, lambda command, _: refuse_unstorable(command), on=_UNSTORABLE)

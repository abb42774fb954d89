"""Hints between processes: a stage of a merchant got work. Written after the commit, so they may be lost; the poll
of whoever serves the stage finds the work all the same, a little later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import structlog

from orderwright.platform.db import MERCHANT_PREFIX, Database, columns
from orderwright.platform.queries import query, statement

log = structlog.get_logger(__name__)


class Hint(NamedTuple):
    """A stage of a merchant that has work."""

    merchant: str
    stage: str


LEAVE_HINTS = statement(__package__, "leave_hints", schema="operator")
TAKE_HINTS = query(__package__, "take_hints", Hint, schema="operator")


class Hints:
    """Leaves hints for other processes, many in one transaction. A process without workers sets `database.on_work`
    to `hints.on_work`; a `PumpRunner` does so for stages that it does not serve."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._new: set[Hint] = set()
        self._task: asyncio.Task[None] | None = None

    def on_work(self, schema: str, stages: Iterable[str]) -> None:
        """A transaction in a merchant's schema made work for these stages."""
        if schema.startswith(MERCHANT_PREFIX):
            self.leave(schema.removeprefix(MERCHANT_PREFIX), stages)

    def leave(self, merchant: str, stages: Iterable[str]) -> None:
        """Leave hints soon; while some are being written, the next collect."""
        self._new.update(Hint(merchant, stage) for stage in stages)
        if self._new and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def aclose(self) -> None:
        """Write what is left."""
        if self._task is not None:
            await self._task

    async def _write(self) -> None:
        while self._new:
            hints, self._new = sorted(self._new), set()
            try:
                async with self._database.operator_transaction() as tx:
                    await LEAVE_HINTS.run(tx, *columns(hints, 2))
            except Exception as error:  # noqa: BLE001 (only hints: the poll finds the work)
                log.debug("hints lost", count=len(hints), error=type(error).__name__)


async def take_hints(database: Database, stages: Sequence[str]) -> list[Hint]:
    """The hints that others left for these stages; each is taken by one process."""
    async with database.operator_transaction() as tx:
        return await TAKE_HINTS.fetch(tx, list(stages))

"""News of events for open streams: one look at the database for all streams of a merchant."""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg
import structlog

from orderwright.platform.db import Database
from orderwright.platform.errors import OrderwrightError, Overloaded
from orderwright.platform.events import last_position
from orderwright.platform.failures import describe_error

LOOK_EVERY_S = 0.25
AFTER_TROUBLE_S = 2.0
STREAMS_MAX = 500

_log = structlog.get_logger(__name__)


class _Watch:
    """The newest position of a merchant, while anybody waits for it."""

    def __init__(self) -> None:
        self.position = 0
        self.streams = 0
        self.moved = asyncio.Event()
        self.task: asyncio.Task[None] | None = None


class LiveEvents:
    """Tells streams when there are new events. For one event loop; streams are counted, and ended by `close`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watches: dict[str, _Watch] = {}
        self.closed = False

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return sum(watch.streams for watch in self._watches.values())

    def enter(self, merchant: str) -> None:
        """A stream opens. Raises Overloaded when there are too many."""
        if self.streams >= STREAMS_MAX:
            raise Overloaded(f"There are {STREAMS_MAX} open streams already. Repeat later, or poll GET /v1/events.")
        watch = self._watches.setdefault(merchant, _Watch())
        watch.streams += 1
        if watch.task is None:
            watch.task = asyncio.create_task(self._look(merchant, watch))

    def leave(self, merchant: str) -> None:
        """A stream has ended."""
        watch = self._watches[merchant]
        watch.streams -= 1
        if not watch.streams:
            del self._watches[merchant]
            if watch.task is not None:
                watch.task.cancel()

    async def beyond(self, merchant: str, position: int, limit_s: float) -> bool:
        """Wait until there are events behind a position. False after `limit_s`, or when all streams are to end."""
        watch = self._watches[merchant]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while watch.position <= position and not self.closed:
                    await watch.moved.wait()
        return watch.position > position and not self.closed

    async def close(self) -> None:
        """End all streams. Call it before the server stops: it would wait for them."""
        self.closed = True
        tasks = [watch.task for watch in self._watches.values() if watch.task is not None]
        for watch in self._watches.values():
            watch.moved.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, merchant: str, watch: _Watch) -> None:
        while True:
            pause_s = LOOK_EVERY_S
            try:
                async with self._database.transaction(merchant, read_only=True) as tx:
                    position = await last_position(tx)
            except (OrderwrightError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("events cannot be read", merchant=merchant, error=describe_error(error))
                pause_s = AFTER_TROUBLE_S
            else:
                if position != watch.position:
                    watch.position = position
                    moved, watch.moved = watch.moved, asyncio.Event()
                    moved.set()
            await asyncio.sleep(pause_s)

"""The runner: keeps stages, the sequencer and subscribers of all merchants going in one process.

Work is found in three ways: wake-ups of transactions of this process, hints of other processes, and a slow poll that
finds what both missed. Any number of processes may run it. A database that goes away is said once and waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

import structlog

from orderwright.platform.db import MERCHANT_PREFIX, Database
from orderwright.platform.errors import DatabaseUnavailable, OutcomeUnknown
from orderwright.platform.events.append import SEQUENCER
from orderwright.platform.events.parking import deliver_parked
from orderwright.platform.events.sequencer import PASS_MAX, sequence_events
from orderwright.platform.events.subscribers import Subscriber, by_name, deliver, subscriber_key
from orderwright.platform.failures import TRANSIENT_ERRORS, describe_error, where
from orderwright.platform.metrics import DATABASE_UP
from orderwright.platform.pumps.gauges import read_gauges
from orderwright.platform.pumps.hints import Hints, take_hints
from orderwright.platform.pumps.ready import Key, Ready
from orderwright.platform.pumps.stages import Stage, pump
from orderwright.platform.queries import query

MerchantsProvider = Callable[[], Awaitable[Sequence[str]]]

POLL_S = 1.0
HINTS_S = 0.2
GAUGES_S = 15.0
PARKED_S = 1.0
_PAUSE_MAX_S = 2.0

log = structlog.get_logger(__name__)


class _Peek(NamedTuple):
    kind: str
    name: str


PEEK = query(__package__, "peek", _Peek)


class PumpRunner:
    """Runs `stages` and `subscribers` for the merchants that `merchants` names, with so many `workers` for stages.

    The sequencer and the subscribers have two workers of their own, so that a stage that waits for a carrier does not
    hold events back. One process works a stage of a merchant, or a subscriber, in one batch at a time.
    """

    def __init__(
        self,
        database: Database,
        merchants: MerchantsProvider,
        stages: Sequence[Stage],
        subscribers: Sequence[Subscriber] = (),
        *,
        workers: int = 2,
        poll_s: float = POLL_S,
        stop_limit_s: float = 30.0,
    ) -> None:
        self._database, self._merchants = database, merchants
        self._stages = {stage.name: stage for stage in stages}
        if len(self._stages) != len(stages):
            raise ValueError("two stages share a name")
        self._subscribers = by_name(subscribers)
        self._workers, self._poll_s, self._stop_limit_s = workers, poll_s, stop_limit_s
        self._work_ready, self._events_ready = Ready(), Ready()
        self._hints = Hints(database)
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._parked_at: dict[Key, float] = {}
        self._gauges_at = 0.0
        self._is_down = False
        self._changed_at = 0.0  # when it went down or came back

    async def start(self) -> None:
        """Begin. From now on transactions of this database wake the pumps."""
        self._database.on_work = self._on_work
        loops = [self._poll(), self._follow_hints()]
        loops += [self._serve(self._work_ready) for _ in range(self._workers)]
        loops += [self._serve(self._events_ready) for _ in range(2)]
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """End: running batches are finished, for `stop_limit_s` at most; nothing new is begun."""
        self._stopping.set()
        self._work_ready.close()
        self._events_ready.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._stop_limit_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._database.on_work == self._on_work:
            self._database.on_work = None
        await self._hints.aclose()

    def wake(self, merchant: str, stage: str) -> None:
        """A stage of a merchant has work (or `sequencer`, or `subscriber:<name>`)."""
        name = stage.removeprefix(subscriber_key(""))
        if stage == SEQUENCER:
            self._events_ready.add(Key(merchant, "sequencer", ""))
        elif stage in self._stages:
            self._work_ready.add(Key(merchant, "stage", stage))
        elif name != stage and name in self._subscribers:
            self._events_ready.add(Key(merchant, "subscriber", name))
        else:
            self._hints.leave(merchant, [stage])

    def _on_work(self, schema: str, stages: Iterable[str]) -> None:
        if schema.startswith(MERCHANT_PREFIX):
            for stage in stages:
                self.wake(schema.removeprefix(MERCHANT_PREFIX), stage)

    # -- workers -------------------------------------------------------------------------------------------------------

    async def _serve(self, ready: Ready) -> None:
        """One worker: takes ready keys until the end."""
        pause_s = 0.1
        while (key := await ready.take()) is not None:
            again, began = False, time.monotonic()
            try:
                again = await self._work(key)
                pause_s = 0.1
                self._say_up(began)
            except TRANSIENT_ERRORS as error:
                self._say_failed(key, error, began)
                await self._pause(pause_s * random.uniform(0.5, 1.5))
                pause_s = min(2 * pause_s, _PAUSE_MAX_S)
                again = True
            except Exception as error:  # noqa: BLE001 (the worker must not end; the poll brings the key back)
                self._say_failed(key, error, began)
            finally:
                ready.done(key, again=again)

    async def _work(self, key: Key) -> bool:
        """One batch of a key; whether it may have more."""
        if key.kind == "stage":
            return await pump(self._database, key.merchant, self._stages[key.name], self._stopping)
        if key.kind == "sequencer":
            return await self._sequence(key.merchant)
        subscriber = self._subscribers[key.name]
        moved = await deliver(self._database, key.merchant, subscriber)
        now = time.monotonic()
        if now - self._parked_at.get(key, 0.0) > PARKED_S:
            self._parked_at[key] = now
            await deliver_parked(self._database, key.merchant, subscriber)
        return moved >= subscriber.batch

    async def _sequence(self, merchant: str) -> bool:
        async with self._database.transaction(merchant) as tx:
            numbered = await sequence_events(tx)
        if numbered:
            for name in self._subscribers:
                self._events_ready.add(Key(merchant, "subscriber", name))
        return numbered >= PASS_MAX

    # -- finding work --------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Look into every merchant, again and again."""
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                merchants = await self._merchants()
                for merchant in merchants:
                    await self._peek(merchant)
                if time.monotonic() - self._gauges_at > GAUGES_S:
                    self._gauges_at = time.monotonic()
                    await read_gauges(self._database, merchants, list(self._subscribers))
                self._say_up(began)
            except Exception as error:  # noqa: BLE001 (the poll must not end)
                self._say_failed(None, error, began)
            await self._pause(self._poll_s)

    async def _peek(self, merchant: str) -> None:
        async with self._database.transaction(merchant, read_only=True) as tx:
            found = await PEEK.fetch(tx, list(self._stages), list(self._subscribers))
        for kind, name in found:
            (self._work_ready if kind == "stage" else self._events_ready).add(Key(merchant, kind, name))

    async def _follow_hints(self) -> None:
        served = [*self._stages, SEQUENCER, *map(subscriber_key, self._subscribers)]
        while not self._stopping.is_set():
            began = time.monotonic()
            if not self._is_down:
                try:
                    for merchant, stage in await take_hints(self._database, served):
                        self.wake(merchant, stage)
                except Exception as error:  # noqa: BLE001 (only hints)
                    self._say_failed(None, error, began)
            await self._pause(HINTS_S)

    async def _pause(self, seconds: float) -> None:
        """Wait, or less when all is to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    # -- what is said --------------------------------------------------------------------------------------------------

    # Only work that began after the last change tells of another: what was under way then may end either way.

    def _say_failed(self, key: Key | None, error: BaseException, began: float) -> None:
        if isinstance(error, DatabaseUnavailable | OutcomeUnknown):
            if not self._is_down and began >= self._changed_at:
                self._is_down, self._changed_at = True, time.monotonic()
                log.warning("database unavailable: workers wait for it", error=describe_error(error))
            DATABASE_UP.set(not self._is_down)
            return
        log.error("worker failed", key=key and "/".join(key), error=describe_error(error), at=where(error))

    def _say_up(self, began: float) -> None:
        if self._is_down and began >= self._changed_at:
            self._is_down, self._changed_at = False, time.monotonic()
            log.info("database available again")
        DATABASE_UP.set(not self._is_down)


async def drain(
    database: Database, merchant: str, stages: Sequence[Stage], subscribers: Sequence[Subscriber] = ()
) -> None:
    """Work inline until nothing of a merchant is due: for tests, imports and one-off commands."""
    busy = True
    while busy:
        busy = False
        async with database.transaction(merchant, read_only=True) as tx:
            found = await PEEK.fetch(tx, [s.name for s in stages], [])
        due = {name for kind, name in found if kind == "stage"}
        for stage in stages:
            if stage.name in due:
                await pump(database, merchant, stage)
                busy = True
        async with database.transaction(merchant) as tx:
            busy = await sequence_events(tx) > 0 or busy
        for subscriber in subscribers:
            busy = await deliver(database, merchant, subscriber) > 0 or busy

"""The coalescer: concurrent requests for one verb share a transaction.

Natural batching: what arrives while a batch runs is the next batch, so a quiet server answers at once and a busy one
writes hundreds in one commit. Batches are of one merchant, merchants take turns. One instance a verb.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import asyncpg
import structlog

from orderwright.platform.attempts import apart, patiently, pauses
from orderwright.platform.db import RETRYABLE_ERRORS
from orderwright.platform.errors import DatabaseUnavailable, OutcomeUnknown, Overloaded, UnstorableValue
from orderwright.platform.failures import UNSTORABLE_ERRORS, describe_error
from orderwright.platform.metrics import COALESCER_BATCH, COALESCER_REFUSED

T = TypeVar("T")
R = TypeVar("R")

RETRIES_MAX = 5  # of a batch that met a deadlock or a lock time-out
RETRY_AFTER_S = 1  # what a refused caller is told
_PAUSE_S = 0.01
_PAUSE_MAX_S = 0.5

log = structlog.get_logger(__name__)


class Coalescer(Generic[T, R]):
    """Collects items and runs them in batches: `run(merchant, items)` returns one result an item, in order.

    `run` is called again with fewer items when it fails on some, so it must be all or nothing: one transaction.
    `batch_max` items at most go into one batch, `lanes` batches run at once, `queue_max` items may wait.
    `look_up(merchant, items)` tells what is stored of items whose commit got no answer: a result each, or None.
    """

    def __init__(
        self,
        run: Callable[[str, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        verb: str = "verb",
        batch_max: int = 500,
        queue_max: int = 5_000,
        lanes: int = 2,
        look_up: Callable[[str, Sequence[T]], Awaitable[Sequence[R | None]]] | None = None,
    ) -> None:
        self._run, self._look_up, self._verb = run, look_up, verb
        self._batch_max, self._queue_max, self._lanes = batch_max, queue_max, lanes
        self._queues: dict[str, deque[tuple[T, asyncio.Future[R]]]] = {}  # merchants in order of turn
        self._waiting = 0
        self._running: set[asyncio.Task[None]] = set()
        self._scheduled = False
        self._closing = False
        self._batch_sizes = COALESCER_BATCH.labels(verb)
        self._refused = COALESCER_REFUSED.labels(verb)

    @property
    def waiting(self) -> int:
        """How many items wait for their batch."""
        return self._waiting

    async def submit(self, merchant: str, item: T) -> R:
        """The result of one item, when its batch has committed. A caller that is cancelled cancels nothing.

        Raises `Overloaded` when too many wait, `UnstorableValue` when the database cannot take a value of this item,
        `DatabaseUnavailable` when nothing was changed, `OutcomeUnknown` when that cannot be told.
        """
        if self._waiting >= self._queue_max or self._closing:
            self._refused.inc()
            raise Overloaded(retry_after_s=RETRY_AFTER_S)
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(merchant, deque()).append((item, answer))
        self._waiting += 1
        self._start_soon()
        return await answer

    async def aclose(self) -> None:
        """Answer what waits, and take nothing new."""
        self._closing = True
        while self._waiting or self._running:
            self._start()
            await asyncio.wait(self._running)

    # -- batches -------------------------------------------------------------------------------------------------------

    def _start_soon(self) -> None:
        """Start batches once all that is ready to submit now has done so: callers of one moment share a batch."""
        if not self._scheduled and len(self._running) < self._lanes:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        self._scheduled = False
        while self._queues and len(self._running) < self._lanes:
            merchant = next(iter(self._queues))
            queue = self._queues.pop(merchant)
            batch = [queue.popleft() for _ in range(min(len(queue), self._batch_max))]
            if queue:
                self._queues[merchant] = queue  # behind the other merchants
            self._waiting -= len(batch)
            task = asyncio.get_running_loop().create_task(self._answer(merchant, batch))
            self._running.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start()

    async def _answer(self, merchant: str, batch: list[tuple[T, asyncio.Future[R]]]) -> None:
        """Run one batch and give each caller that still waits its result."""
        self._batch_sizes.observe(len(batch))
        try:
            results = await apart(
                partial(self._attempt, merchant), [item for item, _ in batch], _blame, on=(Exception,)
            )
        except BaseException:
            for _, answer in batch:
                answer.cancel()
            raise
        for (_, answer), result in zip(batch, results, strict=True):
            if answer.done():
                continue  # the caller has left
            if isinstance(result, BaseException):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    async def _attempt(self, merchant: str, items: Sequence[T]) -> Sequence[R | Exception]:
        """A result or an exception for each item. Raises what one of them may be at fault for."""
        try:
            return await self._patiently(merchant, items)
        except OutcomeUnknown as error:
            return await self._find_out(merchant, items, error)
        except DatabaseUnavailable as error:
            return [_because(DatabaseUnavailable(), error) for _ in items]
        except (*RETRYABLE_ERRORS, asyncpg.QueryCanceledError) as error:  # busier than time-outs allow
            return [_because(Overloaded(retry_after_s=RETRY_AFTER_S), error) for _ in items]

    async def _patiently(self, merchant: str, items: Sequence[T]) -> Sequence[R]:
        """Run, and again as a whole after a deadlock; once more when the connection was lost before the commit."""

        async def run() -> Sequence[R]:
            return await patiently(
                lambda: self._run(merchant, items), RETRYABLE_ERRORS, pauses(RETRIES_MAX, _PAUSE_S, _PAUSE_MAX_S)
            )

        results = await patiently(run, (DatabaseUnavailable,), [_PAUSE_S])
        if len(results) != len(items):
            raise RuntimeError(f"{self._verb} returned {len(results)} results for {len(items)} items")
        return results

    async def _find_out(self, merchant: str, items: Sequence[T], error: OutcomeUnknown) -> list[R | Exception]:
        """What the database knows of items whose commit got no answer. What it does not know may still come."""
        found: Sequence[R | None] = [None] * len(items)
        try:
            if self._look_up is not None:
                found = await self._look_up(merchant, items)
        except Exception as failed:  # noqa: BLE001 (then it stays unknown)
            log.warning("outcome unknown", verb=self._verb, items=len(items), error=describe_error(failed))
        return [_because(OutcomeUnknown(), error) if result is None else result for result in found]


def _blame(_item: object, error: Exception) -> Exception:
    """The answer to an item that fails by itself."""
    return _because(UnstorableValue(), error) if isinstance(error, UNSTORABLE_ERRORS) else error


def _because(answer: Exception, error: Exception) -> Exception:
    """An answer of its own for each caller: one exception raised in many tasks would mix their tracebacks."""
    answer.__cause__ = error
    return answer

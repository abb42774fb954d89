"""News for open screens: which of what they show has changed, told to all by one look at the database a second.

A screen names its topics: `orders` (an order was placed), `order:<id>` and the like (something happened to it), or the
first part of events' names (`supply`, `stock`). It is told how many events there were, and asks for what it shows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from typing import NamedTuple

import asyncpg
import msgspec
import structlog

from orderwright.console.queries import NEWS_AFTER, NewsRow
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidId, OrderwrightError, Overloaded
from orderwright.platform.events import last_position
from orderwright.platform.failures import describe_error
from orderwright.platform.ids import decode_id

LOOK_EVERY_S = 1.0
AFTER_TROUBLE_S = 3.0
HEARTBEAT_S = 15.0
READ_MAX = 5_000  # events of one look; when there are more, the rest are of the next
STREAMS_MAX = 1_000
RETRY_MS = 2_000
TOPICS_MAX = 20
POSITION_MAX = 2**63 - 1
_DIGITS_MAX = 10
_PLACED = "order.placed"
_log = structlog.get_logger(__name__)


class Topic(NamedTuple):
    """What a screen wants to hear of, as it names it; `seen` are the events of the thing that it knows already."""

    name: str
    seen: int = 0


class _Listener:
    """An open screen: its topics as events have them, and what it was not told yet."""

    __slots__ = ("news", "topics", "wake")

    def __init__(self, topics: dict[str, Topic]) -> None:
        self.topics = topics
        self.news: Counter[str] = Counter()
        self.wake = asyncio.Event()

    def tell(self, key: str, seq: int) -> None:
        """Note an event of a topic, unless the screen has seen it."""
        topic = self.topics[key]
        if seq > topic.seen:
            self.news[topic.name] += 1
            self.wake.set()


class _Watch:
    """The listeners of a merchant, by topic, and how far its events were read."""

    def __init__(self) -> None:
        self.by_topic: dict[str, set[_Listener]] = {}
        self.listeners: set[_Listener] = set()
        self.task: asyncio.Task[None] | None = None
        self.position = -1
        self.known = asyncio.Event()  # how far events were read
        self.away = False  # the database is: nothing can be told

    def say(self, away: bool) -> None:
        """Tell all listeners that the database is away, or back."""
        if away != self.away:
            self.away = away
            for listener in self.listeners:
                listener.wake.set()


class News:
    """Tells open screens what changed. For one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watches: dict[str, _Watch] = {}
        self._closed = False

    @property
    def streams(self) -> int:
        """How many screens listen."""
        return sum(len(watch.listeners) for watch in self._watches.values())

    async def stream(
        self, merchant: str, topics: Sequence[str], after: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Server-sent events `news`, with the number of events by topic; `away` and `back` of the
        database. Raises Overloaded when too many listen.

        `after` is the position that the screen knows all up to: what came since is told at once. Each event's id is the
        position that it told up to, which browsers send when they connect again."""
        if self.streams >= STREAMS_MAX:
            raise Overloaded(f"There are {STREAMS_MAX} open screens already. This one does not renew itself.")
        listener = _Listener(topics_of(topics))
        watch = self._enter(merchant, listener)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            try:
                await asyncio.wait_for(watch.known.wait(), HEARTBEAT_S)
            except TimeoutError:  # the database is away: the browser connects again
                return
            if after is not None and after < watch.position:
                await self._catch_up(merchant, listener, after, watch.position)
            away = False
            while not self._closed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(listener.wake.wait(), HEARTBEAT_S)
                listener.wake.clear()
                if away != watch.away:
                    away = watch.away
                    yield b"event: away\ndata: 1\n\n" if away else b"event: back\ndata: 1\n\n"
                said, listener.news = listener.news, Counter()
                about = f"event: news\ndata: {msgspec.json.encode(said).decode()}\n" if said else ": \n"
                yield f"id: {watch.position}\n{about}\n".encode()
        finally:
            self._leave(merchant, watch, listener)

    async def position(self, merchant: str) -> int:
        """Up to where a screen that is read now knows all."""
        watch = self._watches.get(merchant)
        if watch is not None and watch.known.is_set():
            return watch.position
        async with self._database.transaction(merchant, read_only=True) as tx:
            return await last_position(tx)

    async def _catch_up(self, merchant: str, listener: _Listener, after: int, upto: int) -> None:
        """Tell one screen what came while it did not listen."""
        async with self._database.transaction(merchant, read_only=True) as tx:
            for event in await NEWS_AFTER.fetch(tx, after, upto, READ_MAX):
                for key in _keys(event):
                    if key in listener.topics:
                        listener.tell(key, event.seq)

    async def close(self) -> None:
        """End all streams: the server would wait for them."""
        self._closed = True
        tasks = [watch.task for watch in self._watches.values() if watch.task is not None]
        for watch in self._watches.values():
            watch.known.set()
            for listener in watch.listeners:
                listener.wake.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _enter(self, merchant: str, listener: _Listener) -> _Watch:
        watch = self._watches.setdefault(merchant, _Watch())
        watch.listeners.add(listener)
        for topic in listener.topics:
            watch.by_topic.setdefault(topic, set()).add(listener)
        if watch.task is None:
            watch.task = asyncio.create_task(self._look(merchant, watch))
        return watch

    def _leave(self, merchant: str, watch: _Watch, listener: _Listener) -> None:
        watch.listeners.discard(listener)
        for topic in listener.topics:
            watch.by_topic[topic].discard(listener)
            if not watch.by_topic[topic]:
                del watch.by_topic[topic]
        if not watch.listeners and self._watches.get(merchant) is watch:
            del self._watches[merchant]
            if watch.task is not None:
                watch.task.cancel()

    async def _look(self, merchant: str, watch: _Watch) -> None:
        while True:
            pause_s = LOOK_EVERY_S
            try:
                async with self._database.transaction(merchant, read_only=True) as tx:
                    if watch.position < 0:
                        watch.position = await last_position(tx)
                        watch.known.set()
                    found = await NEWS_AFTER.fetch(tx, watch.position, POSITION_MAX, READ_MAX)
                watch.say(away=False)
                if found:
                    watch.position = found[-1].position
                for event in found:
                    for key in _keys(event):
                        for listener in watch.by_topic.get(key, ()):
                            listener.tell(key, event.seq)
            except (OrderwrightError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("news cannot be read", merchant=merchant, error=describe_error(error))
                watch.say(away=True)
                pause_s = AFTER_TROUBLE_S
            await asyncio.sleep(pause_s)


def topics_of(named: Sequence[str]) -> dict[str, Topic]:
    """Topics as events have them, from what a screen names: `order:ord_...` is the order's own id there, and
    `order:ord_...@12` is heard of from its 13th event on."""
    found: dict[str, Topic] = {}
    for name in named[:TOPICS_MAX]:
        noun, _, rest = name.partition(":")
        thing, _, seen = rest.partition("@")
        if not thing:
            found[noun] = Topic(name)
            continue
        with contextlib.suppress(InvalidId):
            key = f"{noun}:{decode_id(thing.partition('_')[0], thing)}"
            found[key] = Topic(name, int(seen) if seen.isdecimal() and len(seen) < _DIGITS_MAX else 0)
    return found


def _keys(event: NewsRow) -> list[str]:
    """The topics that an event is of. What happens to an order has other names too (`payment.captured`): its page hears
    of all of it; no other thing has its id."""
    noun = event.type.partition(".")[0]
    keys = [noun, f"{noun}:{event.subject_id}"]
    keys += ["orders"] if event.type == _PLACED else []
    return keys if noun == "order" else [*keys, f"order:{event.subject_id}"]

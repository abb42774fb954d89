"""One refresh for all who look: however many pages are open, the database is read once an interval.

A feed reads and renders while anybody looks, keeps each part's newest text, and wakes the streams when one changed. A
stream sends what its page has not seen: a slow reader skips what is outdated and never holds the others up.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable

import structlog

from orderwright.platform.errors import DatabaseUnavailable, OrderwrightError

INTERVAL_S = 1.0
SHARE_MAX = 0.05  # of the time, at most, is spent reading: a slow database is asked less often
PAUSE_MAX_S = 30.0
HEARTBEAT_S = 10.0  # a page that hears nothing for longer knows that its connection is lost
LINGER_S = 30.0  # the feed goes on for so long without viewers: people reload
RETRY_MS = 2_000  # after which a browser connects again

Parts = dict[str, str]
_log = structlog.get_logger(__name__)


class LiveFeed:
    """Parts of a page, by name, kept fresh by `load` while there are viewers. For one event loop."""

    def __init__(self, load: Callable[[], Awaitable[Parts]], *, interval_s: float = INTERVAL_S) -> None:
        self._load = load
        self._interval_s = interval_s
        self._version = 0
        self._parts: dict[str, tuple[int, str, bytes]] = {}  # name -> version, text, the event to send
        self._changed = asyncio.Event()
        self._refreshing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._viewers = 0
        self._read_at = 0.0
        self._failure: Exception | None = None
        self._closed = False

    @property
    def viewers(self) -> int:
        """How many streams are open."""
        return self._viewers

    async def current(self) -> Parts:
        """The newest parts, read now unless that was done within the interval.

        Raises what `load` raised if nothing was ever read. The part `trouble` says what keeps them from being fresh.
        """
        async with self._refreshing:
            if time.monotonic() - self._read_at > self._interval_s:
                await self._refresh()
        if self._failure is not None and not self._read_at:
            raise self._failure
        return {name: text for name, (_, text, _) in self._parts.items()}

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Server-sent events: every part once, then each when it changes, and a heartbeat."""
        self._viewers += 1
        self._keep_running()
        seen = 0
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self._closed:
                changed = self._changed
                news = [event for version, _, event in self._parts.values() if version > seen]
                seen = self._version
                yield b"".join(news) or encode_event("tick", "")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
        finally:
            self._viewers -= 1

    async def close(self) -> None:
        """End the refreshing and every stream."""
        self._closed = True
        self._changed.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _keep_running(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        last_viewed, cost_before_s = time.monotonic(), 0.0
        while self._viewers or time.monotonic() - last_viewed < LINGER_S:
            if self._viewers:
                last_viewed = time.monotonic()
            began = time.monotonic()
            async with self._refreshing:
                await self._refresh()
            cost_s = time.monotonic() - began
            usual_s = min(cost_s, cost_before_s)  # one slow reading is a hiccup, two are a slow database
            cost_before_s = cost_s
            await asyncio.sleep(min(PAUSE_MAX_S, max(self._interval_s - cost_s, usual_s * (1 / SHARE_MAX - 1))))

    async def _refresh(self) -> None:
        """Read and publish; what goes wrong is published too, and tried again at the next interval."""
        try:
            parts = await self._load()
        except DatabaseUnavailable as error:
            self._failure = error
            self._publish(
                {"trouble": "The database does not answer. These are the last figures; new ones come by themselves."}
            )
        except OrderwrightError as error:
            self._failure = error
            self._publish({"trouble": str(error)})
        except Exception as error:  # noqa: BLE001  # said on the page and in the log; the next try may succeed
            _log.exception("live_page_failed", error=type(error).__name__)
            self._failure = error
            self._publish({"trouble": "The figures cannot be read at the moment. The server's log says why."})
        else:
            self._failure = None
            self._read_at = time.monotonic()
            self._publish({**parts, "trouble": ""})

    def _publish(self, parts: Parts) -> None:
        """Keep what differs from before, and wake the streams if anything does."""
        news = {name: text for name, text in parts.items() if name not in self._parts or self._parts[name][1] != text}
        if not news:
            return
        self._version += 1
        for name, text in news.items():
            self._parts[name] = (self._version, text, encode_event(name, text))
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()


def encode_event(name: str, text: str) -> bytes:
    """One server-sent event, each line of its data on a `data:` line of its own (WHATWG HTML, section 9.2)."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()

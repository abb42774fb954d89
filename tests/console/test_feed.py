"""The live feed: one reading for all who look, and nothing sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from orderwright.console import feed as feed_module
from orderwright.console.feed import LiveFeed, Parts, encode_event
from orderwright.platform.errors import DatabaseUnavailable


class Source:
    """A loader whose parts and failures the test decides. `read` is set at each reading.

    `allowed`, where given, is how many readings there may be; the next one waits.
    """

    def __init__(self) -> None:
        self.allowed: asyncio.Semaphore | None = None
        self.parts: Parts = {"stages": "one", "alarms": "none"}
        self.failure: Exception | None = None
        self.readings = 0
        self.read = asyncio.Event()

    async def __call__(self) -> Parts:
        if self.allowed is not None:
            await self.allowed.acquire()
        self.readings += 1
        self.read.set()
        if self.failure is not None:
            raise self.failure
        return dict(self.parts)

    async def next_reading(self) -> None:
        """Wait until it was asked twice more: the first of them is finished by then."""
        for _ in range(2):
            self.read.clear()
            await asyncio.wait_for(self.read.wait(), 60)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
async def feed(source: Source) -> AsyncIterator[LiveFeed]:
    made = LiveFeed(source, interval_s=0.01)
    yield made
    await made.close()


async def until(chunks: AsyncIterator[bytes], wanted: bytes) -> bytes:
    """Read a stream until this event came; everything read."""
    read = b""
    async with asyncio.timeout(60):
        while wanted not in read:
            read += await anext(chunks)
    return read


def test_each_line_of_an_event_is_a_data_line() -> None:
    assert encode_event("stages", "<p>\na\r\nb</p>") == b"event: stages\ndata: <p>\ndata: a\ndata: b</p>\n\n"
    assert encode_event("tick", "") == b"event: tick\ndata: \n\n"


async def test_two_hundred_pages_cost_as_many_readings_as_one(feed: LiveFeed, source: Source) -> None:
    source.allowed = asyncio.Semaphore(1)
    streams = [feed.stream() for _ in range(200)]
    await asyncio.gather(*(until(stream, b"event: stages\ndata: one\n") for stream in streams))
    assert feed.viewers == 200
    assert source.readings == 1

    source.parts["stages"] = "two"
    source.allowed.release()
    await asyncio.gather(*(until(stream, b"event: stages\ndata: two\n") for stream in streams))
    assert source.readings == 2

    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    assert feed.viewers == 0


async def test_only_what_changed_is_sent_and_a_slow_reader_skips_what_is_outdated(
    feed: LiveFeed, source: Source
) -> None:
    stream = feed.stream()
    first = await until(stream, b"event: stages\ndata: one\n")
    assert b"event: alarms\ndata: none\n" in first
    for text in ("two", "three", "four"):
        source.parts["stages"] = text
        await source.next_reading()

    rest = await until(stream, b"data: four\n")
    assert b"two" not in rest
    assert b"three" not in rest
    assert b"alarms" not in rest
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_lost_database_is_said_and_healed(feed: LiveFeed, source: Source) -> None:
    stream = feed.stream()
    await until(stream, b"event: stages\ndata: one\n")
    source.failure = DatabaseUnavailable()
    assert b"The database does not answer." in await until(stream, b"event: trouble\n")
    assert (await feed.current())["stages"] == "one"  # what was known is still shown

    source.failure, source.parts["stages"] = None, "two"
    healed = await until(stream, b"event: stages\ndata: two\n")
    assert b"event: trouble\ndata: \n" in healed
    assert (await feed.current())["trouble"] == ""
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_page_that_was_never_read_says_why(feed: LiveFeed, source: Source) -> None:
    source.failure = DatabaseUnavailable()
    with pytest.raises(DatabaseUnavailable):
        await feed.current()
    source.failure = None
    assert (await feed.current())["stages"] == "one"


async def test_pages_that_are_loaded_together_share_one_reading(source: Source) -> None:
    feed = LiveFeed(source, interval_s=60)
    pages = await asyncio.gather(*(feed.current() for _ in range(50)))
    assert source.readings == 1
    assert pages == [{"stages": "one", "alarms": "none", "trouble": ""}] * 50
    await feed.close()


async def test_nobody_looking_costs_nothing(feed: LiveFeed, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LINGER_S", 0.0)
    stream = feed.stream()
    await until(stream, b"event: stages\n")
    await stream.aclose()  # type: ignore[attr-defined]
    task = feed._task
    assert task is not None
    await asyncio.wait_for(task, 60)
    readings = source.readings
    again = feed.stream()  # the next one to look starts it anew
    source.parts["stages"] = "two"
    await until(again, b"event: stages\ndata: two\n")
    assert source.readings > readings
    await again.aclose()  # type: ignore[attr-defined]


async def test_a_quiet_feed_still_says_that_it_is_there(feed: LiveFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "HEARTBEAT_S", 0.01)
    stream = feed.stream()
    await until(stream, b"event: stages\n")
    assert await until(stream, b"event: tick\n") == b"event: tick\ndata: \n\n"
    await stream.aclose()  # type: ignore[attr-defined]


async def test_closing_ends_every_stream(feed: LiveFeed) -> None:
    async def read_all(stream: AsyncIterator[bytes], started: Callable[[], None]) -> int:
        count = 0
        async for _ in stream:
            count += 1
            if count == 2:
                started()
        return count

    ready = asyncio.Event()
    reading = asyncio.create_task(read_all(feed.stream(), ready.set))
    await asyncio.wait_for(ready.wait(), 60)
    await feed.close()
    assert await asyncio.wait_for(reading, 60) >= 2

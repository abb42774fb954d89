"""A load on an HTTP server of this machine, from a process of its own: `load(...)` starts it and waits.

Requests are bytes made before the clock starts; each connection sends its next when the answer to the last is in.
It sends to 127.0.0.1 only, and ends when the requests are used up.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import cast

import msgspec
import uvloop

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Job(msgspec.Struct):
    """What to send."""

    port: int
    connections: int
    requests: list[bytes]


class LoadResult(msgspec.Struct):
    """What came back: answers by status, seconds of each, and of all together."""

    seconds: float
    latencies_s: list[float]
    statuses: dict[int, int]
    codes: dict[str, int]  # of problem answers

    @property
    def answered(self) -> int:
        """How many requests were answered."""
        return sum(self.statuses.values())


def request(method: str, path: str, *, key: str | None = None, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if key is not None:
        head += f"Authorization: Bearer {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def load(port: int, requests: Sequence[bytes], connections: int) -> LoadResult:
    """Send all requests over so many connections from another process, and say what came back."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "orderwright.bench.load", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    job = msgspec.msgpack.encode(Job(port, connections, list(requests)))
    output, _ = await process.communicate(job)
    if process.returncode:
        raise RuntimeError(f"the load ended with {process.returncode}")
    return msgspec.msgpack.decode(output, type=LoadResult)


class _Connection(asyncio.Protocol):
    """Sends requests one after the other and notes each answer."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None], result: LoadResult) -> None:
        self._requests, self._done, self._result = requests, done, result
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        at = self._buffer.find(_LENGTH)
        length = int(self._buffer[at + len(_LENGTH) : self._buffer.index(b"\r", at)]) if 0 <= at < end else 0
        if len(self._buffer) < end + 4 + length:
            return
        self._result.latencies_s.append(time.perf_counter() - self._sent)
        status = int(self._buffer[9:12])
        self._result.statuses[status] = self._result.statuses.get(status, 0) + 1
        if status >= 400:
            code = msgspec.json.decode(self._buffer[end + 4 :]).get("code", "")
            self._result.codes[code] = self._result.codes.get(code, 0) + 1
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionResetError("the server closed a connection"))

    def _next(self) -> None:
        assert self._transport is not None
        following = next(self._requests, None)
        if following is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(following)


async def _run(job: Job) -> LoadResult:
    loop = asyncio.get_running_loop()
    requests = iter(job.requests)
    result = LoadResult(0.0, [], dict(Counter()), {})
    ends = [loop.create_future() for _ in range(job.connections)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(partial(_Connection, requests, end, result), "127.0.0.1", job.port)
    await asyncio.gather(*ends)
    result.seconds = time.perf_counter() - started
    return result


if __name__ == "__main__":
    wanted = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(uvloop.run(_run(wanted))))

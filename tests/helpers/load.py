"""A small load generator: raw keep-alive connections on one event loop, each with one request under way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Load:
    """What came of a run: answers by status, seconds, and the latency of each answer in seconds."""

    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency in milliseconds that a share of all answers did not exceed."""
        ordered = sorted(self.latencies_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


class _Connection(asyncio.Protocol):
    """Sends one request, waits for its answer, sends the next."""

    def __init__(self, load: Load, next_request: Callable[[], bytes | None], done: Callable[[], None]) -> None:
        self._load, self._next, self._done = load, next_request, done
        self._buffer = b""
        self._sent_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head, split, body = self._buffer.partition(b"\r\n\r\n")
        if not split:
            return
        at = head.lower().find(b"content-length: ")
        length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        status = int(head[9:12])
        self._load.statuses[status] = self._load.statuses.get(status, 0) + 1
        self._load.latencies_s.append(time.perf_counter() - self._sent_s)
        self._buffer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()

    def _send(self) -> None:
        request = self._next()
        if request is None:
            self._transport.close()
            return
        self._sent_s = time.perf_counter()
        self._transport.write(request)


async def put_load(
    host: str, port: int, next_request: Callable[[], bytes | None], *, connections: int = 128, limit_s: float = 120
) -> Load:
    """Send requests over so many connections until `next_request` gives None."""
    load, loop, open_, over = Load(), asyncio.get_running_loop(), connections, asyncio.Event()

    def done() -> None:
        nonlocal open_
        open_ -= 1
        if not open_:
            over.set()

    began = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(load, next_request, done), host, port)
    async with asyncio.timeout(limit_s):
        await over.wait()
    load.seconds = time.perf_counter() - began
    return load


def request_bytes(method: str, path: str, key: str | None = None, body: bytes = b"") -> bytes:
    """An HTTP/1.1 request."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if key is not None:
        head.append(f"Authorization: Bearer {key}")
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body

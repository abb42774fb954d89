"""Answers: a status, headers and bytes, sent as they are; JSON encoded by msgspec, without a framework's detour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

import msgspec
from litestar.types import Receive, Scope, Send

Header = tuple[bytes, bytes]

JSON = b"application/json"
PROBLEM = b"application/problem+json"
EVENT_STREAM = b"text/event-stream"

# Answers hold people's data and a moment's truth: nobody in between may keep them.
_COMMON: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))

encode_json = msgspec.json.Encoder().encode


class Answer:
    """A whole answer. `request_id` is added to the headers when the request is known."""

    __slots__ = ("body", "headers", "media_type", "request_id", "status")

    def __init__(
        self, body: bytes, status: int = 200, headers: Sequence[Header] = (), media_type: bytes = JSON
    ) -> None:
        self.body = body
        self.status = status
        self.headers = headers
        self.media_type = media_type
        self.request_id: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as an ASGI application. HEAD gets the headers alone."""
        await send({"type": "http.response.start", "status": self.status, "headers": self._head()})
        body = b"" if scope.get("method") == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _head(self) -> list[Header]:
        head = [
            (b"content-type", self.media_type),
            (b"content-length", b"%d" % len(self.body)),
            *(_COMMON if not _caches(self.headers) else _COMMON[1:]),
            *self.headers,
        ]
        if self.request_id is not None:
            head.append((b"x-request-id", self.request_id.encode()))
        return head


class StreamAnswer(Answer):
    """Server-sent events, or the parts of a long file, sent as they come, until they end or the client leaves; then
    `closed` is called, once."""

    __slots__ = ("_closed", "_events")

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        closed: Callable[[], None],
        headers: Sequence[Header] = ((b"x-accel-buffering", b"no"),),
        media_type: bytes = EVENT_STREAM,
    ) -> None:
        super().__init__(b"", headers=headers, media_type=media_type)
        self._events = events
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [header for header in self._head() if header[0] != b"content-length"]
        leaving = asyncio.create_task(_left(receive))
        try:
            await send({"type": "http.response.start", "status": self.status, "headers": head})
            while scope.get("method") != "HEAD" and (chunk := await self._next(leaving)) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            leaving.cancel()
            self._closed()
            await self._events.aclose()

    async def _next(self, leaving: asyncio.Task[None]) -> bytes | None:
        """The next chunk; None at the end, or when the client has left."""
        coming = asyncio.ensure_future(anext(self._events, None))
        await asyncio.wait((coming, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not coming.done():
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
            return None
        return coming.result()


async def _left(receive: Receive) -> None:
    """Wait until the client has left."""
    message: Any = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()


def json_answer(value: Any, status: int = 200, headers: Sequence[Header] = ()) -> Answer:
    """An answer of one JSON value. Structs hold ids as text and instants in UTC already."""
    return Answer(encode_json(value), status, headers)


def _caches(headers: Sequence[Header]) -> bool:
    return any(name == b"cache-control" for name, _ in headers)

"""Server-sent events of the application in this process, read as they come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from tests.helpers.api import Api


class Stream:
    """An open stream: what it sent, in messages."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.messages: asyncio.Queue[dict[str, str] | None] = asyncio.Queue()  # None: it has ended
        self.left = asyncio.Event()

    async def next(self, limit_s: float = 60.0) -> dict[str, Any]:
        """The next event, its data decoded; comments, hints and empty events are passed over."""
        while True:
            message = await asyncio.wait_for(self.messages.get(), limit_s)
            assert message is not None, "the stream has ended"
            if "data" in message:
                return {**message, "data": msgspec.json.decode(message["data"])}

    async def ended(self, limit_s: float = 60.0) -> None:
        """Wait until it has ended."""
        while await asyncio.wait_for(self.messages.get(), limit_s) is not None:
            pass


@contextlib.asynccontextmanager
async def streaming(api: Api, path: str, **headers: str) -> AsyncIterator[Stream]:
    """Open a stream; leave it at the end."""
    stream = Stream()
    plain, _, query = path.partition("?")
    sent = {"host": "127.0.0.1", "authorization": f"Bearer {api.key}"} | headers
    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": plain,
        "raw_path": plain.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "http_version": "1.1",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asked = False

    async def receive() -> Any:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await stream.left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            stream.status = message["status"]
            stream.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        for block in message["body"].decode().split("\n\n"):
            fields = [line.partition(": ") for line in block.splitlines()]
            if fields:
                stream.messages.put_nowait({name: value for name, _, value in fields})
        if not message.get("more_body"):
            stream.messages.put_nowait(None)

    task = asyncio.create_task(api.app(scope, receive, send))
    try:
        yield stream
    finally:
        stream.left.set()
        await asyncio.wait_for(task, 60)

"""A proxy before PostgreSQL that breaks connections at chosen moments: a network that fails exactly at COMMIT.

It listens on a Unix socket of its own and understands just enough of the protocol (version 3) to see which message is a
COMMIT, and in which schema the transaction was begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_SOCKET = ".s.PGSQL.5432"
_COMMIT = b"COMMIT\0"
_BEGIN = re.compile(rb"BEGIN( READ ONLY)?; SET LOCAL search_path TO (\w+),")
_CHUNK = 1 << 16


class Cut(StrEnum):
    """When a connection breaks."""

    BEFORE = "before"  # the COMMIT never arrives: nothing is stored
    DURING = "during"  # the COMMIT arrives and the connection breaks at once: it is stored, soon
    AFTER = "after"  # it is stored, and the answer never arrives


class Proxy:
    """Use `async with proxy(dsn)`. `cut_next` plans what happens to the next writing transactions that commit."""

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream
        self._home = Path(tempfile.mkdtemp(prefix="ow-proxy-"))
        self._plan: deque[tuple[Cut, str | None]] = deque()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._is_down = False
        self.down_after_cut = False
        self.cuts: Counter[Cut] = Counter()

    def cut_next(self, *cuts: Cut, schema: str | None = None) -> None:
        """Break the next writing transactions, of a schema or of any, at their COMMIT."""
        self._plan.extend((cut, schema) for cut in cuts)

    def stall(self) -> None:
        """From now on nothing passes, in either direction, and nothing breaks."""
        self._flowing.clear()

    def flow(self) -> None:
        """Let everything pass again."""
        self._flowing.set()

    def down(self) -> None:
        """Break all connections and refuse new ones."""
        self._is_down = True
        for task in self._connections - {asyncio.current_task()}:
            task.cancel()

    def up(self) -> None:
        """Serve again, and from now on whatever happens."""
        self._is_down = self.down_after_cut = False

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._accept, self._home / _SOCKET)

    async def close(self) -> None:
        """Break all connections and stop listening."""
        assert self._server is not None
        self._server.close()
        self.down()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        shutil.rmtree(self._home, ignore_errors=True)

    def through(self, dsn: str) -> str:
        """The address of a database as it is reached through here."""
        parts = urlsplit(dsn)
        return f"{parts.scheme}://{parts.netloc}{parts.path}?host={quote(str(self._home))}&port=5432"

    # -- one connection ------------------------------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()
            self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_down:
            return
        server_reader, server_writer = await asyncio.open_unix_connection(self._upstream / _SOCKET)
        answers = _Answers(server_reader, writer, self._flowing)
        relays = [
            asyncio.create_task(self._requests(reader, server_writer, answers)),
            asyncio.create_task(answers.run()),
        ]
        try:
            await asyncio.wait(relays, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for relay in relays:
                relay.cancel()
            await asyncio.gather(*relays, return_exceptions=True)
            if answers.cut is None:
                server_writer.transport.abort()
            else:
                server_writer.close()  # what was sent arrives
                self.cuts[answers.cut] += 1
                if self.down_after_cut:
                    self.down()

    async def _requests(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, answers: _Answers) -> None:
        """Pass on what the client says, message by message, until it leaves or is cut."""
        length = int.from_bytes(await reader.readexactly(4))
        server.write(length.to_bytes(4) + await reader.readexactly(length - 4))  # its greeting has no type
        schema: str | None = None  # of the writing transaction that is open
        pending = b""
        while chunk := await reader.read(_CHUNK):
            await self._flowing.wait()
            pending += chunk
            at = 0
            while len(pending) - at >= 5 and len(pending) - at > (size := int.from_bytes(pending[at + 1 : at + 5])):
                if pending[at] == ord("Q"):
                    text = pending[at + 5 : at + 1 + size]
                    if begun := _BEGIN.match(text):
                        schema = None if begun[1] else begun[2].decode()
                    elif text == _COMMIT and schema is not None and (cut := self._planned(schema)) is not None:
                        server.write(pending[:at] if cut is Cut.BEFORE else pending[: at + 1 + size])
                        await answers.break_off(cut)
                        return
                at += 1 + size
            server.write(pending[:at])
            pending = pending[at:]
            await server.drain()

    def _planned(self, schema: str) -> Cut | None:
        for planned in self._plan:
            if planned[1] in (None, schema):
                self._plan.remove(planned)
                return planned[0]
        return None


class _Answers:
    """What the server says, passed on to the client until the connection is cut."""

    def __init__(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, flowing: asyncio.Event) -> None:
        self._server, self._client, self._flowing = server, client, flowing
        self._swallowed = asyncio.Event()
        self.cut: Cut | None = None

    async def run(self) -> None:
        """Pass on."""
        while chunk := await self._server.read(_CHUNK):
            await self._flowing.wait()
            if self.cut is not None:
                self._swallowed.set()
                await asyncio.Event().wait()  # until the connection is closed
            self._client.write(chunk)
            await self._client.drain()

    async def break_off(self, cut: Cut) -> None:
        """From now on nothing is passed on. Returns when the client may be cut off."""
        self.cut = cut
        if cut is Cut.AFTER:
            await self._swallowed.wait()


@contextlib.asynccontextmanager
async def proxy(dsn: str) -> AsyncIterator[Proxy]:
    """A proxy before the server of an address, which is reached through a Unix socket."""
    [host] = parse_qs(urlsplit(dsn).query)["host"]
    made = Proxy(Path(host))
    await made.start()
    try:
        yield made
    finally:
        await made.close()

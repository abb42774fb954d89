"""A PostgreSQL that shuts down just after it let somebody in: its last words meet the next statement."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path


def _message(kind: bytes, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return kind + (len(body) + 4).to_bytes(4) + body


_WELCOME = (
    _message(b"R", bytes(4))
    + _message(b"S", b"server_version\x0018.0\0")
    + _message(b"S", b"client_encoding\0UTF8\0")
    + _message(b"S", b"standard_conforming_strings\0on\0")
    + _message(b"K", (1).to_bytes(4), (1).to_bytes(4))
    + _message(b"Z", b"I")
)
_DONE = _message(b"C", b"SET\0") + _message(b"Z", b"I")
_FAREWELL = _message(b"E", b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0", b"\0")


@contextlib.asynccontextmanager
async def a_server_that_leaves(after: int = 0) -> AsyncIterator[str]:
    """Its address. It does so many settings before. Connections stay open until the end, as they may for a moment."""
    opened: list[asyncio.StreamWriter] = []

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)
        await reader.readexactly(int.from_bytes(await reader.readexactly(4)) - 4)
        said = _WELCOME
        for _ in range(after):
            writer.write(said)
            await reader.readexactly(int.from_bytes((await reader.readexactly(5))[1:]) - 4)
            said = _DONE
        writer.write(said + _FAREWELL)
        await writer.drain()

    with tempfile.TemporaryDirectory(prefix="ow-leaves-") as home:
        server = await asyncio.start_unix_server(welcome, Path(home, ".s.PGSQL.5432"))
        yield f"postgresql://orderwright@/none?host={home}&port=5432"
        server.close()
        for writer in opened:
            writer.transport.abort()
        await server.wait_closed()

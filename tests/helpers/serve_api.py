"""The HTTP interface alone, served by Granian in a process of its own: `python -m tests.helpers.serve_api DSN PORT`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from orderwright.api import close_streams, create_app
from tests.helpers.api import running
from tests.helpers.databases import connect

_ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def served(dsn: str, limit_s: float = 60.0) -> Iterator[int]:
    """A server process on this database; gives its port on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", "tests.helpers.serve_api", dsn, str(port)]
    process = Popen(command, env=environment, cwd=_ROOT)
    try:
        _wait_until_it_listens(process, port, limit_s)
        yield port
    finally:
        process.terminate()
        assert process.wait(timeout=limit_s) == 0


def _wait_until_it_listens(process: Popen[bytes], port: int, limit_s: float) -> None:
    until_s = time.monotonic() + limit_s
    while process.poll() is None and time.monotonic() < until_s:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


async def _serve(dsn: str, port: int) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    database = await connect(dsn)
    async with running(database) as parts:
        app = create_app(parts)
        server = Server(
            app,
            address="127.0.0.1",
            port=port,
            interface=Interfaces.ASGINL,
            log_enabled=False,
            log_level=LogLevels.error,
            backlog=1024,
            websockets=False,
        )
        serving = asyncio.create_task(server.serve())
        await stopping.wait()
        await close_streams(app)
        server.stop()
        await serving
    await database.close()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], int(sys.argv[2])))

"""A server process to measure: `orderwright serve` on a bench's database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from orderwright.bench.harness import HASH_KEY
from orderwright.bench.load import load, request
from orderwright.platform.db import Database

_START_LIMIT_S = 60.0
_SERVE = """
from orderwright.app import run, serve
from orderwright.platform.logs import configure_logging
from orderwright.platform.settings import load_settings

settings = load_settings()
configure_logging(settings)
run(serve(settings))
"""


class Served(NamedTuple):
    """A server that answers."""

    port: int
    pid: int

    def rss_mb(self) -> float:
        """Resident memory of the process now, in MB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextlib.asynccontextmanager
async def served(database: Database, **settings: str) -> AsyncIterator[Served]:
    """`orderwright serve` on this database, with settings such as `COALESCE="false"`; stopped on the way out."""
    port = _free_port()
    with TemporaryDirectory(prefix="orderwright-bench-") as home:
        environment = {
            **os.environ,
            "DATABASE_URL": database.dsn,
            "ORDERWRIGHT_DATA_DIR": home,
            "ORDERWRIGHT_SECRET_KEY": HASH_KEY.decode(),
            "ORDERWRIGHT_PORT": str(port),
            "ORDERWRIGHT_LOG_LEVEL": "warning",
            **{f"ORDERWRIGHT_{name}": value for name, value in settings.items()},
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _SERVE, env=environment, stdout=asyncio.subprocess.DEVNULL
        )
        try:
            await _answers(port, process)
            yield Served(port, process.pid)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


async def _answers(port: int, process: asyncio.subprocess.Process) -> None:
    started = time.monotonic()
    while time.monotonic() - started < _START_LIMIT_S:
        if process.returncode is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await load(port, [request("GET", "/health/live")] * 50, 1)
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("the server did not answer")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""`orderwright serve` and `orderwright work` as processes of their own, to be killed and started again."""

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
from typing import Any

import httpx
import msgspec

from tests.helpers.databases import HASH_KEY

START_LIMIT_S = 60.0


class Process:
    """One command of Orderwright on a database. What it logs is kept, over all its lives.

    `settings` are such as `POOL_SIZE="4"`. With `keep_up` it is started again whenever it ends, as a supervisor does.
    """

    def __init__(self, command: str, dsn: str, home: Path, port: int, **settings: str) -> None:
        self.command, self.port = command, port
        self._log_path = home / f"{command}.log"
        self._log_path.touch()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ORDERWRIGHT_")},
            "DATABASE_URL": dsn,
            "ORDERWRIGHT_DATA_DIR": str(home),
            "ORDERWRIGHT_SECRET_KEY": HASH_KEY.decode(),
            "ORDERWRIGHT_PORT": str(port),
            "ORDERWRIGHT_LOG_LEVEL": "info",
            "ORDERWRIGHT_LOG_FORMAT": "json",
            **{f"ORDERWRIGHT_{name}": value for name, value in settings.items()},
        }
        self._process: asyncio.subprocess.Process | None = None
        self._kept_up: asyncio.Task[None] | None = None
        self.starts = 0

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it. It is not ready yet."""
        with self._log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "orderwright.cli", self.command,
                env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self.starts += 1

    async def keep_up(self) -> None:
        """Start it, and again whenever it ends, until `stop`."""
        await self.start()
        self._kept_up = asyncio.create_task(self._start_again())

    async def _start_again(self) -> None:
        while True:
            assert self._process is not None
            await self._process.wait()
            await asyncio.sleep(0.05)  # as a supervisor: one that cannot start yet must not be started in a tight loop
            await self.start()

    def send(self, number: signal.Signals) -> None:
        """Send a signal. Nothing happens when it is not there."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send(signal.SIGKILL)

    async def stop(self, number: signal.Signals = signal.SIGTERM, *, limit_s: float = 30.0) -> int:
        """End it for good, by SIGTERM unless said otherwise; returns its exit code. Killed after the limit."""
        if self._kept_up is not None:
            self._kept_up.cancel()
            await asyncio.gather(self._kept_up, return_exceptions=True)
            self._kept_up = None
        if self._process is None:
            return 0
        self.send(number)
        try:
            return await asyncio.wait_for(self._process.wait(), limit_s)
        except TimeoutError:
            self.kill()
            await self._process.wait()
            raise

    async def ready(self, limit_s: float = START_LIMIT_S) -> float:
        """Wait until `/health/ready` says yes; returns after how many seconds."""
        return await self.answers("/health/ready", 200, limit_s)

    async def answers(self, path: str, status: int, limit_s: float = START_LIMIT_S) -> float:
        """Wait until a path is answered with a status; returns after how many seconds."""
        began = time.monotonic()
        async with asyncio.timeout(limit_s), httpx.AsyncClient(timeout=limit_s) as http:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await http.get(f"http://127.0.0.1:{self.port}{path}")
                    if answer.status_code == status:
                        return time.monotonic() - began
                if self._kept_up is None and not self.runs:
                    raise RuntimeError(f"{self.command} has ended: {self.log()[-3:]}")
                await asyncio.sleep(0.02)

    def log(self, level: str | None = None) -> list[dict[str, Any]]:
        """What it logged, of one level or all. Lines that are no log entries have the level `text`."""
        entries = [_entry(line) for line in self._log_path.read_text().splitlines()]
        return [entry for entry in entries if level is None or entry["level"] == level]

    @property
    def name(self) -> str:
        """For people."""
        return f"orderwright {self.command}"


def _entry(line: str) -> dict[str, Any]:
    try:
        return {"level": "text", **msgspec.json.decode(line, type=dict[str, Any])}
    except msgspec.DecodeError:
        return {"level": "text", "event": line}


@contextlib.asynccontextmanager
async def started(command: str, dsn: str, home: Path, **settings: str) -> AsyncIterator[Process]:
    """A process that was started, for a block; ended at the end of it, however that comes."""
    process = Process(command, dsn, home, free_port(), **settings)
    await process.start()
    try:
        if command == "serve":
            await process.ready()
        yield process
    finally:
        if process.runs:
            await process.stop(signal.SIGKILL)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

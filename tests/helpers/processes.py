"""`orderwright serve` and `orderwright work` as processes of their own, to be killed and started again.

They are forked from a nursery, a process that has imported everything already: a start costs a fifth of a second of
the processor instead of two.
"""

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
from typing import Any, Self

import httpx
import msgspec

from tests.helpers.databases import HASH_KEY

START_LIMIT_S = 120.0
STOP_LIMIT_S = 60.0

_NURSERY = """
import gc, json, os, select, signal, sys
import orderwright.app, orderwright.cli.commands

gc.freeze()
woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
signal.signal(signal.SIGCHLD, lambda *_: None)
signal.set_wakeup_fd(wake)
living, pending = set(), b""

def become(job):
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(job["log"], os.O_WRONLY | os.O_APPEND)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(job["environment"])
    sys.argv = ["orderwright", job["command"]]
    code = 70
    try:
        orderwright.cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

while True:
    readable, _, _ = select.select([0, woken], [], [])
    if woken in readable:
        os.read(woken, 4096)
    while living and (found := os.waitpid(-1, os.WNOHANG))[0]:
        living.discard(found[0])
        print("ended", found[0], os.waitstatus_to_exitcode(found[1]), flush=True)
    if 0 in readable:
        chunk = os.read(0, 65536)
        if not chunk:
            break
        *lines, pending = (pending + chunk).split(b"\\n")
        for line in lines:
            pid = os.fork()
            if pid == 0:
                become(json.loads(line))
            living.add(pid)
            print("born", pid, 0, flush=True)
for pid in living:
    os.kill(pid, signal.SIGKILL)
"""


class Nursery:
    """Where processes come from. Use `async with`; what still lives at the end is killed."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._births: asyncio.Queue[int] = asyncio.Queue()
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-c", _NURSERY, stdin=pipe, stdout=pipe)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._listening is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._listening

    async def fork(self, command: str, environment: dict[str, str], log: Path) -> tuple[int, asyncio.Future[int]]:
        """A new process: its id, and its exit code when it has ended."""
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._one_at_a_time:
            job = {"command": command, "environment": environment, "log": str(log)}
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            pid = await self._births.get()
        if not pid:
            raise RuntimeError("the nursery has ended; what it said is on standard error")
        return pid, self._ends[pid]

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            what, pid, code = line.decode().split()
            if what == "born":
                self._ends[int(pid)] = asyncio.get_running_loop().create_future()
                self._births.put_nowait(int(pid))
            else:
                self._ends.pop(int(pid)).set_result(int(code))
        self._births.put_nowait(0)


class Process:
    """One command of Orderwright on a database. What it logs is kept, over all its lives.

    `dsn` None: one that it starts itself. `settings` are such as `POOL_SIZE="4"`. With `keep_up` it is started again
    whenever it ends, as a supervisor does.
    """

    def __init__(self, nursery: Nursery, command: str, dsn: str | None, home: Path, **settings: str) -> None:
        self.command, self.port = command, _free_port()
        self._nursery = nursery
        self._log_path = home / f"{command}.log"
        self._log_path.touch()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ORDERWRIGHT_")},
            "DATABASE_URL": dsn or "",
            "ORDERWRIGHT_DATA_DIR": str(home),
            "ORDERWRIGHT_SECRET_KEY": HASH_KEY.decode(),
            "ORDERWRIGHT_PORT": str(self.port),
            "ORDERWRIGHT_LOG_FORMAT": "json",
            **{f"ORDERWRIGHT_{name}": value for name, value in settings.items()},
        }
        self._pid = 0
        self._end: asyncio.Future[int] | None = None
        self._kept_up: asyncio.Task[None] | None = None
        self.starts = 0

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._end is not None and not self._end.done()

    async def start(self) -> None:
        """Start it. It is not ready yet."""
        self._pid, self._end = await self._nursery.fork(self.command, self._environment, self._log_path)
        self.starts += 1

    async def keep_up(self) -> None:
        """Start it, and again whenever it ends, until `stop`."""
        await self.start()
        self._kept_up = asyncio.create_task(self._start_again())

    async def _start_again(self) -> None:
        while True:
            assert self._end is not None
            await asyncio.shield(self._end)
            await asyncio.sleep(0.05)  # as a supervisor does: it may not be able to start yet
            await self.start()

    def send(self, number: signal.Signals) -> None:
        """Send a signal. Nothing happens when it is not there."""
        if self.runs:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def kill(self) -> None:
        """`kill -9`."""
        self.send(signal.SIGKILL)

    async def stop(self, number: signal.Signals = signal.SIGTERM, *, limit_s: float = STOP_LIMIT_S) -> int:
        """End it for good, by SIGTERM unless said otherwise; returns its exit code. Killed after the limit."""
        if self._kept_up is not None:
            self._kept_up.cancel()
            await asyncio.gather(self._kept_up, return_exceptions=True)
            self._kept_up = None
        if self._end is None:
            return 0
        self.send(number)
        try:
            return await asyncio.wait_for(asyncio.shield(self._end), limit_s)
        except TimeoutError:
            self.kill()
            await self._end
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

    def stacks(self) -> list[str]:
        """The tracebacks of Python among its words, each with the lines that follow it."""
        _, *stacks = self._log_path.read_text().split("Traceback (most recent call last)")
        return [stack[:4_000] for stack in stacks]


def _entry(line: str) -> dict[str, Any]:
    try:
        return {"level": "text", **msgspec.json.decode(line, type=dict[str, Any])}
    except msgspec.DecodeError:
        return {"level": "text", "event": line}


@contextlib.asynccontextmanager
async def started(
    nursery: Nursery, command: str, dsn: str | None, home: Path, *, keep_up: bool = False, **settings: str
) -> AsyncIterator[Process]:
    """A process that was started, for a block; a server is ready. Killed at the end if it is still there."""
    process = Process(nursery, command, dsn, home, **settings)
    await (process.keep_up() if keep_up else process.start())
    try:
        if command == "serve":
            await process.ready()
        yield process
    finally:
        await process.stop(signal.SIGKILL)


def the_logs_are_calm(*processes: Process) -> None:
    """Trouble that passes is told in a sentence; an error or a stack would be something that nobody foresaw."""
    entries = [entry for process in processes for entry in process.log()]
    assert [entry for entry in entries if entry["level"] == "error" and not _is_noise(entry)] == []
    assert [stack for process in processes for stack in process.stacks()] == []


def _is_noise(entry: dict[str, Any]) -> bool:
    """asyncpg raises on a COPY whose connection breaks, and forgets the future that would have said so too."""
    return entry["logger"] == "asyncio" and "ConnectionDoesNotExistError" in entry["event"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""Keeps the embedded server running while this process uses it: one command is a whole system.

When the postmaster dies (killed, out of memory) nobody else would start it again, and all requests would fail for
ever. So each process that uses the server looks after it, in a thread of its own, for a recovery may take minutes. The
first to notice starts it, under the lock that every start takes; the others find it started.

Whoever wants the server stopped stops the processes that use it: the last of them stops the server. A shutdown that was
asked for elsewhere is let go on for a while, since this process may have been told to stop as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator

import structlog

from orderwright.platform.embedded import STARTING, EmbeddedServer

LOOK_S = 0.5
SHUTDOWN_S = 10.0  # how long a shutdown that somebody else asked for may take; new connections fail meanwhile
_PAUSE_MIN_S, _PAUSE_MAX_S = 1.0, 30.0

log = structlog.get_logger(__name__)


@contextlib.asynccontextmanager
async def kept_running(server: EmbeddedServer) -> AsyncIterator[None]:
    """Start a started server again whenever it dies, until the block ends. Nothing else may use `server` meanwhile."""
    stopping = threading.Event()
    thread = threading.Thread(target=_keep, args=(server, stopping), name="embedded keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        try:
            await asyncio.to_thread(thread.join)
        finally:
            thread.join()


def _keep(server: EmbeddedServer, stopping: threading.Event) -> None:
    """Look after the server until `stopping`."""
    shut_since: float | None = None
    while not stopping.wait(LOOK_S):
        status = _status(server)
        if status == "stopping":
            shut_since = shut_since or time.monotonic()
            if time.monotonic() - shut_since > SHUTDOWN_S:
                _start_again(server, stopping)
        elif status is None:
            _start_again(server, stopping)
        if status != "stopping":
            shut_since = None


def _status(server: EmbeddedServer) -> str | None:
    try:
        return server.status()
    except OSError:  # its directory cannot be read: the try to start it says so
        return None


def _start_again(server: EmbeddedServer, stopping: threading.Event) -> None:
    """Start the server, and try again after a growing pause until that works. Each is told once."""
    began, pause_s, told, failures = time.monotonic(), _PAUSE_MIN_S, False, 0

    def tell(words: str) -> None:
        nonlocal told
        if words == STARTING and not told:
            log.warning("PostgreSQL is gone: started again")
            told = True

    while not stopping.is_set():
        try:
            server.start_again(lambda: not stopping.is_set(), tell)
        except Exception as error:  # noqa: BLE001 (whatever it is, there is nobody else to start it)
            if stopping.is_set():
                return
            failures += 1
            if failures == 2:  # the first may be another death in the middle of the start
                reason, logs = str(error).partition("\n")[0], str(server.home / "log")
                log.error("PostgreSQL does not start: tried again until it does", error=reason, logs=logs)
            stopping.wait(pause_s)
            pause_s = min(2 * pause_s, _PAUSE_MAX_S)
        else:
            if told:
                log.info("PostgreSQL runs again", after_s=round(time.monotonic() - began, 1))
            return

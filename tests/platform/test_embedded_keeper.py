"""The embedded server is started again by those who use it, and only while they do. Every test runs real PostgreSQL."""

import asyncio
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from orderwright.platform import embedded, embedded_keeper
from orderwright.platform.embedded import EmbeddedServer, EmbeddedServerError, throwaway_server
from orderwright.platform.embedded_keeper import kept_running
from tests.helpers.databases import until

GONE, BACK = "PostgreSQL is gone: started again", "PostgreSQL runs again"
FAILS = "PostgreSQL does not start: tried again until it does"
ENDLESS = "DO $$ BEGIN LOOP NULL; END LOOP; END $$"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    """A started server, whose keepers look often."""
    monkeypatch.setattr(embedded_keeper, "LOOK_S", 0.02)
    monkeypatch.setattr(embedded_keeper, "_PAUSE_MIN_S", 0.02)
    with throwaway_server() as started:
        yield started


def kill(server: EmbeddedServer, number: signal.Signals = signal.SIGKILL) -> int:
    """A signal to the postmaster alone; returns its process id."""
    pid = server.pid()
    assert pid is not None
    os.kill(pid, number)
    return pid


async def ready_again(server: EmbeddedServer, killed: int) -> int:
    """The process id of the next postmaster, when it is ready."""

    async def found() -> int | None:
        pid = server.pid()
        return pid if pid != killed and server.status() == "ready" else None

    return int(await until(found, limit_s=60) or 0)


async def _is(status: str | None, server: EmbeddedServer) -> bool:
    return server.status() == status


async def gone(pid: int) -> bool:
    """Whether there is no such process any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def count(logs: list[Any], event: str, times: int) -> bool:
    """Whether something was logged so often."""
    return [entry["event"] for entry in logs].count(event) == times


async def test_a_server_that_is_killed_is_started_again_and_the_loop_goes_on(server: EmbeddedServer) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    with capture_logs() as logs:
        async with kept_running(server):
            turning = asyncio.create_task(turn())
            for times in (1, 2):
                await ready_again(server, kill(server))
                await until(lambda times=times: count(logs, BACK, times))  # else the start itself is hit
            turning.cancel()

    assert turns > 10
    assert [entry["event"] for entry in logs] == [GONE, BACK] * 2
    connection = await asyncpg.connect(server.dsn())
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_several_users_start_it_once(server: EmbeddedServer) -> None:
    # given three that look after the same server
    second, third = EmbeddedServer(server.data_dir, durable=False), EmbeddedServer(server.data_dir, durable=False)
    with second, third, capture_logs() as logs:
        async with kept_running(server), kept_running(second), kept_running(third):
            # when it is killed, then one of them starts it
            await ready_again(server, kill(server))
            await asyncio.sleep(0.2)  # that the others might use to fight
    assert [entry["event"] for entry in logs] == [GONE, BACK]


async def test_the_last_user_stops_it_and_nobody_starts_it_again(server: EmbeddedServer) -> None:
    second = EmbeddedServer(server.data_dir, durable=False)
    second.start()
    with capture_logs() as logs:
        async with kept_running(server):
            second.stop()
            assert server.status() == "ready"
        server.stop()
    assert (server.pid(), logs) == (None, [])


async def test_leaving_does_not_wait_for_a_start(server: EmbeddedServer) -> None:
    # given a server that is gone, and somebody who is starting or stopping it for long
    with server._control_lock(lambda _: None, lambda: True):
        async with asyncio.timeout(20):
            async with kept_running(server):
                kill(server)
                await until(lambda: _is(None, server))
                await asyncio.sleep(0.1)  # so that the keeper is at it
    # then the block has ended all the same
    assert not [thread for thread in threading.enumerate() if thread.name == "embedded keeper"]


async def test_what_keeps_it_from_starting_is_told_once_and_tried_again(server: EmbeddedServer) -> None:
    conf = server.home / "data" / "postgresql.conf"
    good = conf.read_text()

    with capture_logs() as logs:
        async with kept_running(server):
            conf.write_text(good + "no_such_setting = 1\n")
            killed = kill(server)
            await until(lambda: count(logs, FAILS, 1))
            await asyncio.sleep(0.3)  # for further tries
            conf.write_text(good)
            await ready_again(server, killed)
    assert [entry["event"] for entry in logs] == [GONE, FAILS, BACK]
    assert logs[1]["error"] == "PostgreSQL stopped while starting"
    assert logs[1]["logs"] == str(server.home / "log")


async def test_a_cluster_that_is_gone_is_not_replaced_by_an_empty_one(server: EmbeddedServer) -> None:
    data = server.home / "data"
    kill(server)
    await until(lambda: _is(None, server))
    shutil.rmtree(data)

    with pytest.raises(EmbeddedServerError, match="data is gone"):
        server.start_again(lambda: True)

    assert not data.exists()


async def test_a_shutdown_that_waits_for_its_sessions_is_finished(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pg_ctl stop -m smart` from outside: it lets nobody in any more, and we would never leave."""
    monkeypatch.setattr(embedded_keeper, "SHUTDOWN_S", 0.1)
    connection = await asyncpg.connect(server.dsn())
    async with kept_running(server):
        told = kill(server, signal.SIGTERM)
        await ready_again(server, told)
    assert connection.is_closed()


async def test_sessions_that_never_end_are_ended(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One computes for ever, one is stopped; and what is no process of the server stays."""
    monkeypatch.setattr(embedded, "LINGER_S", 0.3)
    busy, stopped = await asyncpg.connect(server.dsn()), await asyncpg.connect(server.dsn())
    pid = await stopped.fetchval("SELECT pg_backend_pid()")
    computing = asyncio.create_task(busy.execute(ENDLESS))
    watcher = await asyncpg.connect(server.dsn())
    while await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query = $1", ENDLESS) != 1:
        pass
    os.kill(pid, signal.SIGSTOP)
    shell = await asyncio.create_subprocess_exec("sleep", "60", cwd=server.home / "data")

    async with kept_running(server):
        await ready_again(server, kill(server))

    assert shell.returncode is None
    await until(lambda: gone(pid))
    shell.kill()
    await shell.wait()
    assert isinstance((await asyncio.gather(computing, return_exceptions=True))[0], Exception)
    for connection in (busy, stopped, watcher):
        connection.terminate()

"""`run_demo` as a process: orders travel, Ctrl-C stops all cleanly, the next start goes on where it was."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import urllib.request
from pathlib import Path
from typing import Any

import asyncpg
import pytest

DEMO = """
import asyncio
from orderwright.demo.run import run_demo
from orderwright.platform.settings import load_settings
asyncio.run(run_demo(load_settings(), speed=20.0))
"""
STOP_S = 60.0
DELIVERED = (
    "SELECT count(*) FROM m_demo.orders AS o JOIN m_demo.payment AS p ON p.order_id = o.id"
    " WHERE o.status = 'delivered' AND o.number > $1 AND p.provider = 'builtin' AND p.captured_minor > 0"
)


async def start(dsn: str, port: int, directory: Path) -> asyncio.subprocess.Process:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("ORDERWRIGHT_")
    } | {"DATABASE_URL": dsn, "ORDERWRIGHT_DATA_DIR": str(directory), "ORDERWRIGHT_PORT": str(port)}  # fmt: skip
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", DEMO, env=environ, cwd=directory, stdout=pipe, stderr=pipe
    )


async def play_until_delivered(
    process: asyncio.subprocess.Process, dsn: str, port: int, behind: int
) -> tuple[str, str]:
    """Wait until an order behind this number is delivered and paid, look whether the server answers, press Ctrl-C."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(180):
            while process.returncode is None:
                made = await connection.fetchval("SELECT to_regclass('m_demo.parcel') IS NOT NULL")
                if made and await connection.fetchval(DELIVERED, behind):
                    break
                await asyncio.sleep(0.1)  # another process works meanwhile
        url = f"http://127.0.0.1:{port}/health/live"
        answer = await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=60).status)
        assert answer == 200
    finally:
        await connection.close()
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOP_S):
            out, err = await process.communicate()
    return out.decode(), err.decode()


@pytest.mark.timeout(600)
async def test_orders_are_delivered_and_a_stop_costs_nothing(empty_dsn: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    connection: asyncpg.Connection[Any] = await asyncpg.connect(empty_dsn)

    first = await start(empty_dsn, port, tmp_path)
    out, err = await play_until_delivered(first, empty_dsn, port, 0)
    assert (first.returncode, "Traceback" in out + err) == (0, False), out + err
    assert f"http://127.0.0.1:{port}" in out
    assert "shown only now: ow_" in out
    placed, last = await connection.fetchrow("SELECT count(*), max(number) FROM m_demo.orders")

    second = await start(empty_dsn, port, tmp_path)
    out, err = await play_until_delivered(second, empty_dsn, port, last)
    assert (second.returncode, "Traceback" in out + err) == (0, False), out + err
    assert "going on with the merchant" in out
    assert "shown only now" not in out
    placed_now, places = await connection.fetchrow(
        "SELECT count(*), count(DISTINCT metadata ->> 'demo_order') FROM m_demo.orders WHERE parent_id IS NULL"
    )
    await connection.close()
    assert placed_now > placed > 0
    assert places == placed_now

"""Test databases beyond what the fixtures give."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from orderwright.platform.db import Database, Transaction

T = TypeVar("T")

HASH_KEY = b"the tests' key, of 32 bytes long"


async def connect(dsn: str, **options: Any) -> Database:
    """A pool on a test database: another process of the same installation, as far as PostgreSQL can tell."""
    return await Database.connect(dsn, hash_key=HASH_KEY, **options)


async def until(check: Callable[[], Awaitable[T]], *, limit_s: float = 60.0) -> T:
    """What `check` returns as soon as that is true: for what no event tells of. TimeoutError after the limit."""
    async with asyncio.timeout(limit_s):
        for _ in itertools.count():
            result = await check()
            if result:
                return result
            await asyncio.sleep(0.003)
    raise AssertionError("unreachable")


async def waiting_backend(database: Database) -> int:
    """The process id of a backend of this database that waits for a lock, as soon as there is one."""

    async def find() -> int | None:
        async with database.connection() as connection:
            pid: int | None = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
            )
            return pid

    return int(await until(find) or 0)


async def terminate(database: Database, pid: int) -> None:
    """End a backend and wait until it is gone."""
    async with database.connection() as connection:
        await connection.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)


class _RolledBack(Exception):
    """Raised by `roll_back`, to itself."""


async def roll_back(database: Database, work: Callable[[Transaction], Awaitable[Any]], merchant: str = "acme") -> None:
    """Do some work in a transaction that then fails."""
    with contextlib.suppress(_RolledBack):
        async with database.transaction(merchant) as tx:
            await work(tx)
            raise _RolledBack

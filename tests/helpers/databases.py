"""Test databases beyond what the fixtures give."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.platform.db import Database

HASH_KEY = b"the tests' key, of 32 bytes long"


async def connect(dsn: str, **options: Any) -> Database:
    """A pool on a test database: another process of the same installation, as far as PostgreSQL can tell."""
    return await Database.connect(dsn, hash_key=HASH_KEY, **options)


async def waiting_backend(database: Database, *, limit_s: float = 10.0) -> int:
    """The process id of a backend of this database that waits for a lock, as soon as there is one."""
    async with asyncio.timeout(limit_s), database.connection() as connection:
        while True:
            pid = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
            )
            if pid is not None:
                return int(pid)
            await asyncio.sleep(0.002)

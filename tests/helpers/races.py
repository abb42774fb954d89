"""Races of two real connections, whose commits come in a known order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orderwright.platform.db import Database, Transaction
from tests.helpers.databases import until
from tests.helpers.desk import Desk

A = TypeVar("A")
B = TypeVar("B")

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def race(
    desk: Desk,
    first: Callable[[Transaction], Awaitable[A]],
    second: Callable[[Transaction], Awaitable[B]],
    *,
    keep: bool = True,
) -> tuple[A, B]:
    """Run `first` up to its commit, then `second` until it waits for a lock of the first; then both commit.

    The second has read what was there before the first's commit, and must not act on it. Without `keep` the first is
    rolled back instead. The books are right after.
    """

    async def follow() -> B:
        async with desk.database.transaction(desk.merchant) as tx:
            return await second(tx)

    done: list[A] = []
    followers: list[asyncio.Task[B]] = []
    with contextlib.suppress(_RolledBack):
        async with desk.database.transaction(desk.merchant) as tx:
            done.append(await first(tx))
            followers.append(asyncio.create_task(follow()))
            await it_waits(desk.database, followers[0])
            if not keep:
                raise _RolledBack
    other = await followers[0]
    await desk.audit()
    return done[0], other


class _RolledBack(Exception):
    """Raised by `race`, to itself."""


async def it_waits(database: Database, follower: asyncio.Task[B]) -> None:
    """Until a task that began waits for a lock."""

    async def waits() -> bool:
        if follower.done():
            raise AssertionError(f"the second did not wait for the first: {follower.result()}")
        async with database.connection() as connection:
            return bool(await connection.fetchval(_WAITING))

    await until(waits)

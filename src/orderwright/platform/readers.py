"""Connections for reads that are one statement each, or a few that need not agree with each other.

Beside a statement that takes a third of a millisecond, BEGIN and COMMIT around it cost as much again. So a reader stays
in a merchant's schema from one read to the next (`SET search_path` for the session), and each statement is a
transaction of its own, with a snapshot of its own. Nothing can be written: the sessions are read-only. Only when all
connections are open does one change merchant, the one that was idle longest: that costs as much as a small read.

These connections always use the general plan of a statement (`plan_cache_mode`): one for the values at hand would be
made each time anew, which takes longer than most reads. What is read through here must have a general plan that serves.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from orderwright.platform.db import CONNECTION_ERRORS, PATIENCE_S, SHARED_SCHEMA, Transaction, schema_of
from orderwright.platform.errors import DatabaseUnavailable

WAIT_S = 10.0  # for a free reader, and for a new one to connect


class Readers:
    """So many read-only connections to one database, opened when they are first needed."""

    def __init__(self, dsn: str, *, hash_key: bytes, size: int = 4, statement_timeout_ms: int = 30_000) -> None:
        self._dsn = dsn
        self._hash_key = hash_key
        self._limit_s = statement_timeout_ms / 1_000 + PATIENCE_S
        self._options = {
            "application_name": "orderwright reader",
            "default_transaction_read_only": "on",
            "plan_cache_mode": "force_generic_plan",
            "statement_timeout": str(statement_timeout_ms),
            "TimeZone": "UTC",
            "jit": "off",
        }
        self._size = size
        self._slots = asyncio.Semaphore(size)
        self._busy = 0
        self._idle: list[tuple[str, asyncpg.Connection[Any]]] = []  # with the schema of each; the last used last
        self._closed = False

    @contextlib.asynccontextmanager
    async def reading(self, merchant: str) -> AsyncIterator[Transaction]:
        """Statements in a merchant's schema, outside any transaction.

        Raises `DatabaseUnavailable` when the server cannot be reached, or no reader gets free.
        """
        schema = schema_of(merchant)
        await self._wait_for_slot()
        try:
            self._busy += 1
            connection = await self._take(schema)
            try:
                yield Transaction(connection, schema, self._hash_key, self._limit_s)
            except BaseException as error:
                gone = _is_gone(connection, error)
                self._give_back(schema, connection, broken=_breaks(error))
                if gone:
                    raise DatabaseUnavailable from error
                raise
            self._give_back(schema, connection, broken=False)
        finally:
            self._busy -= 1
            self._slots.release()

    async def close(self) -> None:
        """Close the connections that nobody reads through; the others close as soon as they are given back."""
        self._closed = True
        while self._idle:
            _, connection = self._idle.pop()
            with contextlib.suppress(*CONNECTION_ERRORS):
                await connection.close(timeout=WAIT_S)

    async def _wait_for_slot(self) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            await asyncio.wait_for(self._slots.acquire(), WAIT_S)
        except TimeoutError as error:
            raise DatabaseUnavailable from error

    async def _take(self, schema: str) -> asyncpg.Connection[Any]:
        """A connection in this schema: one that is there already, else a new one, else the one idle longest."""
        for at in range(len(self._idle) - 1, -1, -1):
            found, connection = self._idle[at]
            if connection.is_closed():
                del self._idle[at]
            elif found == schema:
                del self._idle[at]
                return connection
        if self._busy + len(self._idle) > self._size:  # this read counts among the busy ones
            _, connection = self._idle.pop(0)
            await self._enter(connection, schema)
            return connection
        try:
            opened: asyncpg.Connection[Any] = await asyncpg.connect(
                self._dsn,
                timeout=WAIT_S,
                statement_cache_size=2_000,
                max_cached_statement_lifetime=0,
                server_settings=self._options,
            )
        except CONNECTION_ERRORS as error:
            raise DatabaseUnavailable from error
        await self._enter(opened, schema)
        return opened

    async def _enter(self, connection: asyncpg.Connection[Any], schema: str) -> None:
        try:
            await asyncio.wait_for(connection.execute(f"SET search_path TO {schema}, {SHARED_SCHEMA}"), self._limit_s)
        except BaseException as error:
            connection.terminate()
            if isinstance(error, CONNECTION_ERRORS):
                raise DatabaseUnavailable from error
            raise

    def _give_back(self, schema: str, connection: asyncpg.Connection[Any], *, broken: bool) -> None:
        """Keep a connection for the next read, unless it is lost, or busy with a statement that was given up."""
        if broken or self._closed:
            connection.terminate()
        elif not connection.is_closed():
            self._idle.append((schema, connection))


def _breaks(error: BaseException) -> bool:
    """Whether a connection may be lost, or in the middle of something. Most errors leave it whole."""
    return isinstance(error, CONNECTION_ERRORS) or not isinstance(error, Exception)


def _is_gone(connection: asyncpg.Connection[Any], error: BaseException) -> bool:
    """Whether an error says that the server is lost. A time-out, for one, may be the caller's own."""
    return isinstance(error, CONNECTION_ERRORS) and (isinstance(error, asyncpg.PostgresError) or connection.is_closed())

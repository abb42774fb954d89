"""The database pool and its transactions.

A merchant is a schema, chosen for each transaction by `SET LOCAL search_path`, so two merchants may share a
connection. Every statement carries its schema as a leading comment: the driver then keeps one prepared statement a
merchant, whose plan stays valid when the connection changes merchant (a plan is thrown away when it meets another
search_path than it was made for).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import asyncpg

from orderwright.platform.errors import DatabaseUnavailable, OutcomeUnknown

T = TypeVar("T")

SHARED_SCHEMA = "ow_shared"
OPERATOR_SCHEMA = "ow_operator"
MERCHANT_PREFIX = "m_"
MERCHANT_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
PATIENCE_S = 5.0  # beyond the statement time-out: a server that has not ended a statement by then is gone

SERVER_GONE: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
# The last four may also be the caller's own (a wrong number of arguments, a time-out of its own): then the connection
# is still there. The very last comes when the server's farewell meets a statement on its way.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (
    *SERVER_GONE,
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
RETRYABLE_ERRORS: tuple[type[Exception], ...] = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)


def schema_of(merchant: str) -> str:
    """The schema of a merchant code. Raises ValueError unless the code is a safe identifier."""
    if not MERCHANT_CODE.match(merchant):
        raise ValueError(f"merchant code {merchant!r}: use a-z, 0-9 and _, beginning with a letter, 40 at most")
    return MERCHANT_PREFIX + merchant


class Transaction:
    """One open transaction in one schema. `statements` counts what ran in it (tests hold verbs to it).

    `hash_key` is the installation's secret for keyed hashes of personal data (law T5). `limit_s` is how long a
    statement may go unanswered before its connection is given up; None for as long as it likes.
    """

    __slots__ = ("_depth", "_mark", "connection", "hash_key", "limit_s", "on_commit", "schema", "statements", "woken")

    def __init__(
        self, connection: asyncpg.Connection[Any], schema: str, hash_key: bytes, limit_s: float | None = None
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.hash_key = hash_key
        self.limit_s = limit_s
        self.statements = 0
        self.woken: set[str] = set()  # stages that got work: their pumps are woken after the commit
        self.on_commit: list[Callable[[], None]] = []
        self._depth = 0  # of savepoints, one in another
        self._mark = f"/*{schema}*/ "

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        """Run a statement and return its records."""
        self.statements += 1
        rows: list[Any] = await _answered(self.connection, self.connection.fetch(self._mark + sql, *args), self.limit_s)
        return rows

    async def execute(self, sql: str, *args: Any) -> None:
        """Run a statement whose rows do not matter."""
        self.statements += 1
        await _answered(self.connection, self.connection.fetch(self._mark + sql, *args), self.limit_s)

    async def unlimited(self) -> None:
        """Let the statements that follow take as long as they like. For reports and audits."""
        await self.execute("SET LOCAL statement_timeout = 0")
        self.limit_s = None

    @property
    def lost(self) -> bool:
        """Whether the connection is gone, and with it all that was done in here."""
        return _is_gone(self.connection)

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What a block does is undone when it fails, and with it what was to happen after the commit. One statement,
        and one more when it fails."""
        hooks, woken = len(self.on_commit), set(self.woken)
        self._depth += 1
        name = f"level_{self._depth}"
        await self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except Exception:
            if not self.lost:
                await self.execute(f"ROLLBACK TO SAVEPOINT {name}")
                del self.on_commit[hooks:]
                self.woken = woken
            raise
        finally:
            self._depth -= 1

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Append rows to a table by COPY."""
        self.statements += 1
        copied = self.connection.copy_records_to_table(table, records=rows, columns=columns)
        await _answered(self.connection, copied, self.limit_s)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first column of the first row, or None."""
        rows = await self.fetch(sql, *args)
        return rows[0][0] if rows else None


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, pool: asyncpg.Pool[Any], dsn: str, hash_key: bytes, limit_s: float | None = None) -> None:
        self.pool = pool
        self.dsn = dsn
        self.hash_key = hash_key
        self.limit_s = limit_s  # of each statement's answer
        self.on_work: Callable[[str, set[str]], None] | None = None  # (schema, stages): set by the pump runner

    @classmethod
    async def connect(
        cls,
        dsn: str,
        *,
        hash_key: bytes,
        pool_size: int = 12,
        statement_timeout_ms: int = 30_000,
        lock_timeout_ms: int = 10_000,
        idle_in_transaction_timeout_ms: int = 30_000,
    ) -> Database:
        """Open a pool. Raises `DatabaseUnavailable` when the server does not answer."""
        options = {
            "application_name": "orderwright",
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": str(lock_timeout_ms),
            "idle_in_transaction_session_timeout": str(idle_in_transaction_timeout_ms),
            "TimeZone": "UTC",
            "jit": "off",
        }
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=0,
                max_size=pool_size,
                max_inactive_connection_lifetime=300,
                statement_cache_size=2_000,
                max_cached_statement_lifetime=0,
                server_settings=options,
                reset=_no_reset,
                timeout=10,
            )
        except CONNECTION_ERRORS as error:
            raise DatabaseUnavailable from error
        return cls(pool, dsn, hash_key, statement_timeout_ms / 1_000 + PATIENCE_S)

    async def close(self) -> None:
        """Close the pool; running statements get ten seconds."""
        try:
            await asyncio.wait_for(self.pool.close(), timeout=10)
        except CONNECTION_ERRORS:
            self.pool.terminate()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A bare connection outside any transaction."""
        try:
            connection = await self.pool.acquire(timeout=10)
        except CONNECTION_ERRORS as error:
            raise DatabaseUnavailable from error
        try:
            yield connection  # the pool's proxy behaves as the connection
        finally:
            await self.pool.release(connection)

    @contextlib.asynccontextmanager
    async def transaction(self, merchant: str, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        """A transaction in a merchant's schema, committed when the block ends without an exception.

        Raises `DatabaseUnavailable` when the connection is lost before COMMIT was sent, `OutcomeUnknown` after.
        """
        async with self._transaction(schema_of(merchant), read_only=read_only) as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def operator_transaction(self) -> AsyncIterator[Transaction]:
        """A transaction in the operator schema, which holds what merchants share."""
        async with self._transaction(OPERATOR_SCHEMA) as tx:
            yield tx

    @contextlib.asynccontextmanager
    async def _transaction(self, schema: str, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        begin = "BEGIN READ ONLY" if read_only else "BEGIN"
        async with self.connection() as connection:
            tx = Transaction(connection, schema, self.hash_key, self.limit_s)
            try:
                begun = connection.execute(f"{begin}; SET LOCAL search_path TO {schema}, {SHARED_SCHEMA}")
                await _answered(connection, begun, self.limit_s)
                yield tx
            except BaseException as error:
                await _rollback(connection)
                if isinstance(error, SERVER_GONE) or (isinstance(error, CONNECTION_ERRORS) and _is_gone(connection)):
                    raise DatabaseUnavailable from error
                raise
            if _is_gone(connection):  # before COMMIT was sent: the server has rolled back
                raise DatabaseUnavailable
            try:
                done = await _answered(connection, connection.execute("COMMIT"), self.limit_s)
            except CONNECTION_ERRORS as error:
                raise OutcomeUnknown from error
            if done != "COMMIT":  # PostgreSQL answers ROLLBACK, without an error, when a statement had failed
                raise RuntimeError("an error inside a transaction was swallowed: nothing was stored")
        for hook in tx.on_commit:
            hook()
        if tx.woken and self.on_work is not None:
            self.on_work(schema, tx.woken)


async def _answered(connection: asyncpg.Connection[Any], answer: Awaitable[T], limit_s: float | None) -> T:
    """Wait for the server's answer. When none comes in time the connection is broken off, which raises here.

    The server ends statements itself, so this is for one that cannot: its machine or the network is gone and nobody
    says so. Nothing is cancelled by request: a COMMIT that waits for a standby would then end without it.
    """
    if limit_s is None:
        return await answer
    timer = asyncio.get_running_loop().call_later(limit_s, _break_off, connection)
    try:
        return await answer
    finally:
        timer.cancel()


def _is_gone(connection: asyncpg.Connection[Any]) -> bool:
    """Whether the connection is lost. The pool takes a lost one out of its proxy, which then refuses every call."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


async def _rollback(connection: asyncpg.Connection[Any]) -> None:
    """Roll back, or give the connection up: a pool must never hand out one with an open transaction."""
    if _is_gone(connection):
        return
    rolling = asyncio.ensure_future(asyncio.wait_for(connection.execute("ROLLBACK"), timeout=10))
    rolling.add_done_callback(_retrieve)
    try:
        await asyncio.shield(rolling)
    except BaseException as error:  # whatever it was, the connection cannot be used
        _break_off(connection)
        if not isinstance(error, Exception):  # cancelled once more: that is to be known above
            raise


def _retrieve(task: asyncio.Future[Any]) -> None:
    """Look at how a task ended, lest the loop complains when nobody else does."""
    if not task.cancelled():
        task.exception()


def _break_off(connection: asyncpg.Connection[Any]) -> None:
    """Close a connection without a word, unless it is lost already."""
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _no_reset(_connection: Any) -> None:
    """Nothing to reset: all settings are transaction-local, and RESET ALL would cost a round trip."""


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into columns, for `unnest`. With no rows: `width` empty columns."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]

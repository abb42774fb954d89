"""Bring a database to the schema that this version needs: `orderwright migrate`.

Alembic keeps the order of revisions and a version table a schema; each revision is a plain SQL file. One migration
runs at a time (advisory lock); each schema migrates in one transaction with a lock time-out, so that a migration that
meets a busy table gives up quickly and changes nothing, instead of queueing everyone behind it.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from orderwright.platform.db import OPERATOR_SCHEMA, SERVER_GONE, SHARED_SCHEMA, Database, schema_of
from orderwright.platform.errors import DatabaseUnavailable
from orderwright.platform.money import CURRENCIES

_MIGRATIONS = files("orderwright.platform") / "migrations"
_LOCK = 0x6F72_6465_7277  # "orderw": an advisory lock key of our own
# The driver's own errors: a statement met a closed connection, or the server's farewell on its way.
_LOST: tuple[type[BaseException], ...] = (
    *SERVER_GONE, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError,
)  # fmt: skip
LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 600_000


def run_sql_file(tree: str, name: str) -> None:
    """Run `migrations/<tree>/sql/<name>.sql`, all its statements, on Alembic's connection. For revisions only."""
    _run_script(op.get_bind(), (_MIGRATIONS / tree / "sql" / f"{name}.sql").read_text(encoding="utf-8"))


def _run_script(connection: Connection, script: str) -> None:
    """Run several statements: through the driver's simple protocol, since a prepared statement takes only one."""
    connection.exec_driver_sql("SELECT 1")  # opens SQLAlchemy's transaction on the driver's connection
    driver: Any = connection.connection.driver_connection
    await_only(driver.execute(script))


async def migrate(dsn: str, progress: Callable[[str], None] | None = None) -> list[str]:
    """Migrate the operator schema and every merchant's. Returns the merchants' codes.

    `progress` hears each merchant's code before its turn. A schema that fails leaves those before it migrated: mend
    the cause and run it again. Raises `DatabaseUnavailable` when the server goes away.
    """
    async with _locked(dsn) as connection:
        await _limit(connection)
        await connection.run_sync(_run_script, (_MIGRATIONS / "shared.sql").read_text(encoding="utf-8"))
        await connection.commit()
        await _migrate_schema(connection, "operator", OPERATOR_SCHEMA)
        rows = await connection.execute(text(f"SELECT code FROM {OPERATOR_SCHEMA}.merchant ORDER BY code"))
        merchants = [str(row[0]) for row in rows]
        await connection.commit()
        for code in merchants:
            if progress is not None:
                progress(code)
            await _migrate_schema(connection, "merchant", schema_of(code))
        return merchants


async def create_merchant(
    database: Database,
    code: str,
    *,
    name: str,
    time_zone: str = "UTC",
    reporting_currency: str = "USD",
    order_number_format: str = "#{number}",
) -> bool:
    """Register a merchant and create its schema, both or neither. Returns False when it was there already.

    Needs a migrated database. Raises ValueError on a code, zone, currency or number format that cannot be.
    """
    schema = schema_of(code)
    if not 1 <= len(name) <= 200:
        raise ValueError("a merchant's name has 1 to 200 characters")
    try:
        ZoneInfo(time_zone)
    except (ValueError, ZoneInfoNotFoundError):
        raise ValueError(f"{time_zone!r} is not a time zone such as Europe/Zurich") from None
    if reporting_currency not in CURRENCIES:
        raise ValueError(f"{reporting_currency!r} is not an ISO 4217 currency")
    if "{number}" not in order_number_format:
        raise ValueError("the format of order numbers must contain {number}")
    async with _locked(database.dsn) as connection:
        made = await connection.execute(
            text(
                f"INSERT INTO {OPERATOR_SCHEMA}.merchant (code, name, time_zone, reporting_currency,"
                " order_number_format) VALUES (:code, :name, :zone, :currency, :format) ON CONFLICT DO NOTHING"
            ),
            {
                "code": code,
                "name": name,
                "zone": time_zone,
                "currency": reporting_currency,
                "format": order_number_format,
            },
        )
        await _migrate_schema(connection, "merchant", schema)
        return made.rowcount == 1


@contextlib.asynccontextmanager
async def _locked(dsn: str) -> AsyncIterator[AsyncConnection]:
    """A connection when it is its turn to migrate. Raises `DatabaseUnavailable` when it is lost."""
    engine = _engine(dsn)
    try:
        async with engine.connect() as connection:
            await _lock(connection)
            yield connection
    except _LOST as error:
        raise DatabaseUnavailable from error
    except DBAPIError as error:
        if error.orig is not None and isinstance(error.orig.__cause__, _LOST):
            raise DatabaseUnavailable from error
        raise
    finally:
        await engine.dispose()


def _engine(dsn: str) -> AsyncEngine:
    """SQLAlchemy over a connection that asyncpg opens itself, so that every form of address works as in the pool."""

    async def connect() -> asyncpg.Connection[Any]:
        return await asyncpg.connect(dsn, timeout=10)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)


async def _lock(connection: AsyncConnection) -> None:
    """Wait for our turn. The lock belongs to the session and goes with it."""
    await connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
    await connection.commit()


async def _limit(connection: AsyncConnection) -> None:
    await connection.execute(text(f"SET LOCAL lock_timeout TO {LOCK_TIMEOUT_MS}"))
    await connection.execute(text(f"SET LOCAL statement_timeout TO {STATEMENT_TIMEOUT_MS}"))


async def _migrate_schema(connection: AsyncConnection, tree: str, schema: str) -> None:
    await _limit(connection)
    await connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    await connection.execute(text(f"SET LOCAL search_path TO {schema}, {SHARED_SCHEMA}"))
    await connection.run_sync(_upgrade, tree, schema)
    await connection.commit()


def _upgrade(connection: Connection, tree: str, schema: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS / tree))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, schema=schema)
    command.upgrade(config, "head")

"""Open the system's database: the embedded server or another one, checked, migrated and connected."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

import asyncpg

from orderwright.platform.db import CONNECTION_ERRORS, Database
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.embedded_keeper import kept_running
from orderwright.platform.errors import DatabaseUnavailable, OrderwrightError
from orderwright.platform.migrate import migrate
from orderwright.platform.queries import query
from orderwright.platform.settings import Settings, redact_url, secret_key_bytes


class _KeyCheck(NamedTuple):
    key_check: bytes


CLAIM_INSTALLATION = query(__package__, "claim_installation", _KeyCheck, schema="operator")
VERSION_MIN = 180_000  # PostgreSQL 18, the version that all is tested on

Progress = Callable[[str], None]


class WrongDatabase(OrderwrightError):
    """The database cannot be used as it is. Correct DATABASE_URL, or unset it to use the embedded server."""

    code, http_status = "wrong_database", 500


@contextlib.asynccontextmanager
async def open_system(settings: Settings, *, progress: Progress | None = None) -> AsyncIterator[Database]:
    """The database of these settings, ready to use: migrated and connected; if it is the embedded one, started before,
    and again whenever it dies meanwhile.

    Raises `WrongDatabase` when the server does not answer, is older than PostgreSQL 18, or belongs to an installation
    with another secret key (its keyed hashes would not match, law T5); `DatabaseUnavailable` or `OutcomeUnknown` when
    it goes away meanwhile or is not ready yet: beginning again is harmless.
    """
    say = progress or (lambda _: None)
    server = None if settings.database_url else EmbeddedServer(settings.data_dir)
    try:
        if server is not None:
            say("starting PostgreSQL")
        dsn = settings.database_url or server.start(say)  # type: ignore[union-attr]
        await _check_version(dsn)
        say("bringing the schema up to date")
        await migrate(dsn)
        database = await Database.connect(
            dsn,
            hash_key=secret_key_bytes(settings),
            pool_size=settings.pool_size,
            statement_timeout_ms=settings.statement_timeout_ms,
            lock_timeout_ms=settings.lock_timeout_ms,
            idle_in_transaction_timeout_ms=settings.idle_in_transaction_timeout_ms,
        )
        try:
            await _check_key(database)
            async with kept_running(server) if server is not None else contextlib.nullcontext():
                yield database
        finally:
            await database.close()
    finally:
        if server is not None:
            server.stop()


async def _check_version(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except asyncpg.CannotConnectNowError as error:
        raise DatabaseUnavailable("PostgreSQL is starting, recovering or stopping. Start again in a moment.") from error
    except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
        kind = type(error).__name__
        raise WrongDatabase(f"{redact_url(dsn)} does not answer ({kind}). Check DATABASE_URL.") from error
    try:
        version = connection.get_server_version()
        number = version.major * 10_000 + version.minor
    finally:
        await connection.close()
    if number < VERSION_MIN:
        raise WrongDatabase(f"The server is PostgreSQL {version.major}; version 18 or later is needed.")


async def _check_key(database: Database) -> None:
    """Refuse to run with another secret key than the one that the hashes in the database were made with."""
    check = hashlib.blake2b(b"orderwright installation", key=database.hash_key, digest_size=16).digest()
    async with database.operator_transaction() as tx:
        row = await CLAIM_INSTALLATION.first(tx, check)
    if row is None or row.key_check != check:
        raise WrongDatabase(
            "This database was filled with another secret key: customers and replayed orders would not be recognised. "
            "Set ORDERWRIGHT_SECRET_KEY, or use the data_dir that holds the secret.key of this installation."
        )

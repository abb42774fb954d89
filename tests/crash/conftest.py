"""Fixtures: a durable PostgreSQL that may be killed, and databases on it that were migrated."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer, throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.helpers.contexts import MERCHANTS
from tests.helpers.databases import connect
from tests.helpers.processes import Nursery

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def durable_server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL for the tests of this folder alone: what it has said is stored survives a crash."""
    with throwaway_server(durable=True) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    """Where the processes of these tests come from."""
    async with Nursery() as made:
        yield made


@pytest_asyncio.fixture
async def durable_dsn(durable_server: EmbeddedServer) -> AsyncIterator[str]:
    """The address of a new database with both merchants, on a server that runs."""
    durable_server.start()
    name = f"crash_{next(_numbers)}"
    admin = await asyncpg.connect(durable_server.dsn("postgres"))
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    dsn = durable_server.dsn(name)
    await migrate(dsn)
    database = await connect(dsn)
    for code in MERCHANTS:
        await create_merchant(database, code, name=code.title())
    await database.close()
    yield dsn
    durable_server.start()
    admin = await asyncpg.connect(durable_server.dsn("postgres"))
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest_asyncio.fixture
async def durable(durable_dsn: str) -> AsyncIterator[Database]:
    """A pool on the durable database that no proxy stands before: the test's own eyes and hands."""
    opened = await connect(durable_dsn)
    yield opened
    await opened.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where processes of this test keep their files."""
    return tmp_path

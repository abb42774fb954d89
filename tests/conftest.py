"""Fixtures for all tests: a throw-away PostgreSQL, and a fresh migrated database with two merchants for each test.

Each worker of pytest-xdist has a server of its own (0.4 s to start, 0.2 s to migrate the template once); a test's
database is a copy of the template (about 20 ms in memory, 220 ms on a disk) and is dropped after it.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer, throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.helpers.contexts import MERCHANTS, MakeContext, a_context
from tests.helpers.databases import HASH_KEY, connect

# A slow machine is no fault: no example has a deadline, and none is too slow to make.
settings.register_profile("orderwright", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("orderwright")

_TEMPLATE = "ow_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """This worker's PostgreSQL: not durable, gone with the session."""
    with throwaway_server(durable=False) as started:
        yield started


@pytest_asyncio.fixture(scope="session")
async def admin(server: EmbeddedServer) -> AsyncIterator[asyncpg.Connection]:
    """A connection that makes and drops databases."""
    connection = await asyncpg.connect(server.dsn("postgres"))
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session")
async def template(server: EmbeddedServer, admin: asyncpg.Connection) -> str:
    """The name of a migrated database with the merchants `acme` and `bolt`. Nobody connects to it."""
    await admin.execute(f"CREATE DATABASE {_TEMPLATE}")
    dsn = server.dsn(_TEMPLATE)
    await migrate(dsn)
    database = await Database.connect(dsn, hash_key=HASH_KEY)
    for code in MERCHANTS:
        await create_merchant(database, code, name=code.title())
    await database.close()
    return _TEMPLATE


@pytest_asyncio.fixture
async def empty_dsn(server: EmbeddedServer, admin: asyncpg.Connection) -> AsyncIterator[str]:
    """The address of a new database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    await admin.execute(f"CREATE DATABASE {name}")
    yield server.dsn(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def dsn(server: EmbeddedServer, admin: asyncpg.Connection, template: str) -> AsyncIterator[str]:
    """The address of this test's database: a copy of the template."""
    name = f"test_{next(_numbers)}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.dsn(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool on this test's database."""
    opened = await connect(dsn)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="module")
async def shared_database(server: EmbeddedServer, admin: asyncpg.Connection, template: str) -> AsyncIterator[Database]:
    """A pool on one copy of the template that all tests of a module share: for reading only."""
    name = f"shared_{next(_numbers)}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    opened = await connect(server.dsn(name))
    yield opened
    await opened.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def merchants() -> tuple[str, str]:
    """The two merchants that every test database has."""
    return MERCHANTS


@pytest.fixture
def ctx() -> MakeContext:
    """A builder of contexts: `ctx()`, `ctx(merchant="bolt")`, `ctx(permissions={"orders.place"})`."""
    return a_context

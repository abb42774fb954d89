"""Migrations: from empty, again, by two at once, and against a busy table."""

import asyncio

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from orderwright.platform import migrate as migrate_module
from orderwright.platform.db import OPERATOR_SCHEMA, SHARED_SCHEMA, Database, schema_of
from orderwright.platform.errors import DatabaseUnavailable
from orderwright.platform.migrate import create_merchant, migrate
from tests.helpers.databases import connect
from tests.helpers.farewell import a_server_that_leaves

EVERYTHING = """
SELECT n.nspname, c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
WHERE n.nspname LIKE 'm\\_%' OR n.nspname LIKE 'ow\\_%'
ORDER BY n.nspname, c.relname, a.attnum
"""


async def schemas(database: Database) -> set[str]:
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname ~ '^(m|ow)_'")
    return {row[0] for row in rows}


async def everything(database: Database) -> list[tuple[object, ...]]:
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch(EVERYTHING)]


async def test_an_empty_database_gets_the_shared_and_the_operator_schema(empty_dsn: str) -> None:
    merchants = await migrate(empty_dsn)

    database = await connect(empty_dsn)
    assert merchants == []
    assert await schemas(database) == {SHARED_SCHEMA, OPERATOR_SCHEMA}
    async with database.operator_transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM merchant") == 0
    await database.close()


async def test_a_second_run_changes_nothing(dsn: str, database: Database) -> None:
    before = await everything(database)
    heard: list[str] = []

    merchants = await migrate(dsn, heard.append)

    assert merchants == heard == ["acme", "bolt"]
    assert await everything(database) == before


async def test_a_merchant_is_made_once(database: Database) -> None:
    assert await create_merchant(database, "cargo", name="Cargo", time_zone="Europe/Zurich", reporting_currency="CHF")
    assert not await create_merchant(database, "cargo", name="Another name")

    async with database.operator_transaction() as tx:
        rows = await tx.fetch("SELECT code, name, time_zone, reporting_currency FROM merchant ORDER BY code")
    assert [tuple(row) for row in rows] == [
        ("acme", "Acme", "UTC", "USD"),
        ("bolt", "Bolt", "UTC", "USD"),
        ("cargo", "Cargo", "Europe/Zurich", "CHF"),
    ]


async def test_merchants_have_the_same_tables_and_do_not_see_each_other(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await tx.execute("INSERT INTO work (stage, subject_id) VALUES ('verify', gen_random_uuid())")

    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM work") == 1
    async with database.transaction("bolt") as tx:
        assert await tx.fetchval("SELECT count(*) FROM work") == 0
    tables: dict[str, list[tuple[object, ...]]] = {}
    for schema, *rest in await everything(database):
        tables.setdefault(str(schema), []).append(tuple(rest))
    assert tables[schema_of("acme")] == tables[schema_of("bolt")]


async def test_extensions_and_functions_are_on_every_path(database: Database) -> None:
    async with database.transaction("acme") as tx:
        path = await tx.fetchval("SELECT current_schemas(false)")
        assert path == ["m_acme", SHARED_SCHEMA]
        assert await tx.fetchval("SELECT similarity('shirt', 'shirt')") == 1
        assert await tx.fetchval("SELECT order_status(1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)") == "cancelled"


async def test_append_only_tables_refuse_changes(database: Database) -> None:
    for sql in ("DELETE FROM event", "UPDATE act SET verb = 'x'", "DELETE FROM movement"):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with database.transaction("acme") as tx:
                await tx.execute(sql)


async def test_two_migrations_at_once_take_turns(empty_dsn: str) -> None:
    await asyncio.gather(migrate(empty_dsn), migrate(empty_dsn), migrate(empty_dsn))

    database = await connect(empty_dsn)
    made = await asyncio.gather(*(create_merchant(database, "acme", name="Acme") for _ in range(3)))
    assert sorted(made) == [False, False, True]
    await database.close()


async def test_a_server_that_leaves_meanwhile_is_away() -> None:
    async with a_server_that_leaves() as dsn:
        with pytest.raises(DatabaseUnavailable):
            await migrate(dsn)


async def test_a_busy_table_is_given_up_and_nothing_is_changed(
    dsn: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate_module, "LOCK_TIMEOUT_MS", 100)
    async with database.transaction("bolt") as tx:
        await tx.execute("LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await migrate(dsn)

    assert await migrate(dsn) == ["acme", "bolt"]  # and the advisory lock was given back


async def test_a_merchant_whose_schema_fails_is_not_registered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a revision failed")

    monkeypatch.setattr(migrate_module, "_upgrade", fail)
    with pytest.raises(RuntimeError, match="a revision failed"):
        await create_merchant(database, "cargo", name="Cargo")

    assert "m_cargo" not in await schemas(database)
    async with database.operator_transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM merchant WHERE code = 'cargo'") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "Acme"},
        {"code": "a; DROP SCHEMA m_acme"},
        {"code": "a" * 41},
        {"name": ""},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"reporting_currency": "usd"},
        {"order_number_format": "no number"},
    ],
)
async def test_a_wrong_merchant_is_refused(database: Database, wrong: dict[str, str]) -> None:
    asked = {"code": "cargo", "name": "Cargo", **wrong}
    with pytest.raises(ValueError, match=r"merchant|time zone|currency|number"):
        await create_merchant(database, **asked)
    assert "m_cargo" not in await schemas(database)


async def test_no_foreign_key_crosses_schemas(database: Database) -> None:
    """So that a schema can be moved to another server as it is."""
    async with database.connection() as connection:
        crossing = await connection.fetch(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint AS k"
            " JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS f ON f.oid = k.confrelid"
            " WHERE k.contype = 'f' AND c.relnamespace <> f.relnamespace"
        )
    assert crossing == []

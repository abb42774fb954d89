"""Every query against the migrated schema: it prepares, and its columns are those of its row type."""

import importlib
import pkgutil
import types
import typing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

import orderwright
from orderwright.platform.db import OPERATOR_SCHEMA, SHARED_SCHEMA, Database, columns, schema_of
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.queries import REGISTRY, Query, SqlFile
from orderwright.platform.sqlcheck import SOURCE, sql_files

PYTHON_TYPES: dict[str, type] = {
    "uuid": UUID,
    "int2": int,
    "int4": int,
    "int8": int,
    "text": str,
    "varchar": str,
    "bool": bool,
    "timestamptz": datetime,
    "date": date,
    "time": time,
    "interval": timedelta,
    "numeric": Decimal,
    "float8": float,
    "jsonb": str,
    "json": str,
    "bytea": bytes,
}


def import_everything() -> dict[str, str]:
    """Import every module, so that every query registers itself; what fails, and how."""
    failed = {}
    for module in pkgutil.walk_packages(orderwright.__path__, "orderwright.", onerror=lambda _: None):
        if module.name.endswith("__main__") or ".migrations." in module.name:  # those run when imported
            continue
        try:
            importlib.import_module(module.name)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is reported)
            failed[module.name] = f"{type(error).__name__}: {error}"
    return failed


FAILED = import_everything()


def python_type(pg_type: asyncpg.Type) -> Any:
    """The annotation that a PostgreSQL type asks for."""
    if pg_type.kind == "array":
        return list[PYTHON_TYPES[pg_type.name.removesuffix("[]")]]  # type: ignore[misc]
    return PYTHON_TYPES[pg_type.name]


def without_none(annotation: Any) -> Any:
    """`T` of `T | None`. A list's items may be NULL too."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (annotation,) = (part for part in typing.get_args(annotation) if part is not type(None))
    if typing.get_origin(annotation) is list:
        return list[without_none(typing.get_args(annotation)[0])]  # type: ignore[misc]
    if typing.get_origin(annotation) is typing.Literal:  # what a CHECK lets stand there, one by one
        (annotation,) = {type(value) for value in typing.get_args(annotation)}
    return annotation


async def prepared(database: Database, entry: Any, merchant: str = "acme") -> Any:
    """The query prepared in its schema."""
    schema = OPERATOR_SCHEMA if entry.schema == "operator" else schema_of(merchant)
    async with database.connection() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL search_path TO {schema}, {SHARED_SCHEMA}")
        statement = await connection.prepare(entry.sql)
        return [(column.name, column.type) for column in statement.get_attributes()]


def test_every_module_can_be_imported() -> None:
    assert FAILED == {}


def test_every_sql_file_is_wrapped_once() -> None:
    def qualified(path: Path) -> str:
        return ".".join(("orderwright", *path.relative_to(SOURCE).parts[:-2], path.stem))

    on_disk = {qualified(path) for path in sql_files() if "migrations" not in path.parts}
    assert on_disk - set(REGISTRY) == set()


@pytest.mark.parametrize("name", sorted(REGISTRY))
async def test_query(shared_database: Database, name: str) -> None:
    entry = REGISTRY[name]

    found = await prepared(shared_database, entry)

    if isinstance(entry, Query):
        wanted = {field: without_none(hint) for field, hint in typing.get_type_hints(entry.row).items()}
        assert {column: python_type(pg_type) for column, pg_type in found} == wanted
        assert [column for column, _ in found] == list(entry.row._fields)


class _Thing(NamedTuple):
    subject_id: UUID
    data: str | None
    positions: list[int]


async def test_a_wrong_row_type_would_be_seen(shared_database: Database) -> None:
    sql = "SELECT e.subject_id, e.data, array_agg(e.seq) AS positions FROM event AS e GROUP BY 1, 2"
    entry: Query[_Thing] = Query(SqlFile("tests.thing", "", sql), _Thing, "merchant")
    del REGISTRY["tests.thing"]

    found = await prepared(shared_database, entry)

    assert [(column, python_type(pg_type)) for column, pg_type in found] == [
        ("subject_id", UUID),
        ("data", str),
        ("positions", list[int]),
    ]
    assert [without_none(hint) for hint in typing.get_type_hints(_Thing).values()] == [UUID, str, list[int]]


async def test_one_connection_serves_two_merchants_by_turns(database: Database) -> None:
    """Statements are cached a merchant: switching neither mixes data nor breaks what was prepared."""
    one = await Database.connect(database.dsn, hash_key=database.hash_key, pool_size=1)
    entry = REGISTRY["orderwright.platform.enqueue_work"]
    counts = []
    for merchant in ("acme", "bolt", "acme", "bolt", "acme"):
        async with one.transaction(merchant) as tx:
            await tx.execute(entry.sql, "verify", [new_id()], None)
        async with one.transaction(merchant) as tx:
            counts.append((merchant, await tx.fetchval("SELECT count(*) FROM work")))
    await one.close()
    assert counts == [("acme", 1), ("bolt", 1), ("acme", 2), ("bolt", 2), ("acme", 3)]


def test_columns_turns_rows_over() -> None:
    assert columns([(1, "a"), (2, "b")], 2) == [[1, 2], ["a", "b"]]
    assert columns([], 3) == [[], [], []]

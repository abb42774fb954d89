"""SQL kept in `.sql` files beside the code of a slice, wrapped by type.

    LOCK_ORDERS = query(__package__, "lock_orders", LockedOrder)     # rows come back as NamedTuples
    RELEASE_IDENTITIES = statement(__package__, "release_identities")  # rows do not matter
    APPEND_COMPONENTS = append("component", "order_id line_n n ...")  # new rows, by COPY

Each file begins with a comment head: what it is for, `in:`, `locks:` and `uses:` (the index it relies on). All
queries register themselves with the schema they are for; a test prepares each against the migrated schema and
compares columns and row type, and `orderwright.platform.sqlcheck` checks the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from orderwright.platform.db import Transaction

Row = TypeVar("Row", bound=tuple)  # type: ignore[type-arg]
SchemaKind = Literal["merchant", "operator"]

REGISTRY: dict[str, Query[Any] | Statement] = {}
APPENDS: dict[str, Append] = {}


class SqlFile(NamedTuple):
    """One `.sql` file: its qualified name, the head comment and the statement."""

    name: str
    head: str
    sql: str


def load_sql(package: str, name: str) -> SqlFile:
    """Read `<package>/sql/<name>.sql`, splitting the comment head from the statement."""
    text = (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    lines = text.splitlines()
    body = next(i for i, line in enumerate(lines) if not line.startswith("--") and line.strip())
    return SqlFile(f"{package}.{name}", "\n".join(lines[:body]), "\n".join(lines[body:]).rstrip().rstrip(";"))


class Query(Generic[Row]):
    """A statement that returns rows of one NamedTuple type."""

    def __init__(self, file: SqlFile, row: type[Row], schema: SchemaKind) -> None:
        self.file, self.row, self.sql, self.schema = file, row, file.sql, schema
        # As `row._make`, without its detour over Python. That the widths agree is tested for every query.
        self._make: Any = partial(tuple.__new__, row)
        REGISTRY[file.name] = self

    async def fetch(self, tx: Transaction, *args: Any) -> list[Row]:
        """All rows."""
        return list(map(self._make, await tx.fetch(self.sql, *args)))

    async def records(self, tx: Transaction, *args: Any) -> list[Any]:
        """All rows as the driver has them, unnamed: for hundreds a request, each looked at once."""
        return await tx.fetch(self.sql, *args)

    async def first(self, tx: Transaction, *args: Any) -> Row | None:
        """The first row, or None."""
        rows = await self.fetch(tx, *args)
        return rows[0] if rows else None


class Statement:
    """A statement whose rows do not matter."""

    def __init__(self, file: SqlFile, schema: SchemaKind) -> None:
        self.file, self.sql, self.schema = file, file.sql, schema
        REGISTRY[file.name] = self

    async def run(self, tx: Transaction, *args: Any) -> None:
        """Run it."""
        await tx.execute(self.sql, *args)


class Append:
    """New rows of one table, written by COPY: no lock beyond the rows, no conflict allowed, no answer.

    Measured on intake's tables: a third of the client's time and half of the server's of INSERT ... SELECT FROM
    unnest (ADR 0003). What may meet an existing row, or needs the database's answer, is a statement instead.
    """

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns = table, tuple(columns)
        APPENDS[f"{table}({','.join(columns)})"] = self

    async def run(self, tx: Transaction, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows, whose values stand in the order of `columns`. One statement, or none."""
        if rows:
            await tx.copy(self.table, self.columns, rows)


def append(table: str, columns: str) -> Append:
    """New rows of a merchant's table; `columns` separated by blanks."""
    return Append(table, columns.split())


def query(package: str, name: str, row: type[Row], *, schema: SchemaKind = "merchant") -> Query[Row]:
    """The query in `<package>/sql/<name>.sql`, returning rows of `row`; `schema` says whose tables it is for."""
    return Query(load_sql(package, name), row, schema)


def statement(package: str, name: str, *, schema: SchemaKind = "merchant") -> Statement:
    """The statement in `<package>/sql/<name>.sql`; `schema` says whose tables it is for."""
    return Statement(load_sql(package, name), schema)

"""The tables of the database, read from the migrations: the comment above a table, the comment behind a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generators.markdown import SOURCE
from generators.sentences import TABLES

_CREATE = re.compile(r"^CREATE TABLE (\w+) \(")
_COLUMN = re.compile(r"^    ([a-z_0-9]+)\s+([a-z][a-z0-9 ]*?(?:\(\d+(?:, \d+)?\))?(?:\[\])?)(?=,|$| [A-Z]|\s+--)")
_KEY = re.compile(r"^    PRIMARY KEY \(([^)]+)\)")
_SCHEMAS = {"merchant": "Schema of a merchant: `m_<code>`", "operator": "Operator schema: `ow_operator`"}


class Column(NamedTuple):
    """A column: what is said behind it, and whether it must have a value."""

    name: str
    type: str
    needed: bool
    about: str


class Table(NamedTuple):
    """A table: what is said above it, its columns, those of its primary key."""

    name: str
    about: str
    columns: list[Column]
    key: list[str]


def tables() -> str:
    """Every table, by schema. Those of PgQueuer are its own affair."""
    parts = []
    for schema, title in _SCHEMAS.items():
        parts.append(f"## {title}")
        for file in sorted((SOURCE / "platform" / "migrations" / schema / "sql").glob("*.sql")):
            text = file.read_text(encoding="utf-8")
            if "pgqueuer" not in text:
                parts += [_shown(found) for found in _read(text.splitlines())]
    return "\n\n".join(parts)


def _shown(found: Table) -> str:
    names = max(len(c.name) for c in found.columns)
    types = max(len(_type(found, c)) for c in found.columns)
    lines = [
        f"{c.name:{names}}  {_type(found, c):{types}}  {'-- ' + c.about if c.about else ''}" for c in found.columns
    ]
    about = found.about or TABLES[found.name]
    columns = "\n".join(line.rstrip() for line in lines)
    return f"### {found.name}\n\n{about}\n\n```text\n{columns}\n```"


def _type(found: Table, column: Column) -> str:
    kind = column.type if column.needed or column.name in found.key else f"{column.type} or null"
    return f"{kind}, key" if column.name in found.key else kind


def _read(lines: list[str]) -> Iterator[Table]:
    above: list[str] = []
    found: Table | None = None
    for line in lines:
        if match := _CREATE.match(line):
            found = Table(match[1], " ".join(above), [], [])
        elif found is not None and line.startswith(")"):
            yield found
            found, above = None, []
        elif found is not None:
            if match := _KEY.match(line):
                found.key.extend(match[1].split(", "))
            elif match := _COLUMN.match(line):
                needed = "NOT NULL" in line or "PRIMARY KEY" in line
                found.columns.append(Column(match[1], match[2], needed, line.partition("-- ")[2]))
                found.key.extend([match[1]] if "PRIMARY KEY" in line else [])
        elif line.startswith("-- ") and not line.startswith("-- ="):
            above.append(line[3:])
        else:
            above = []

"""The tables of the database, read from the migrations: the comment above a table, the comment behind a column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generators.markdown import SOURCE, code, table

_SECTION = re.compile(r"^-- =+ (.+?) =+$")
_CREATE = re.compile(r"^CREATE TABLE (\w+) \(")
_COLUMN = re.compile(r"^    ([a-z_0-9]+)\s+([a-z][a-z_0-9 ]*(?:\(\d+(?:, \d+)?\))?(?:\[\])?)(.*)$")
_SCHEMAS = {"merchant": "Schema of a merchant: `m_<code>`", "operator": "Operator schema: `ow_operator`"}


class Table(NamedTuple):
    """A table: its section, what is said above it, its columns (name, type, what is said behind)."""

    section: str
    name: str
    about: str
    columns: list[tuple[str, str, str]]


def tables() -> str:
    """Every table, by schema."""
    parts = []
    for schema, title in _SCHEMAS.items():
        parts.append(f"## {title}")
        for found in _tables(schema):
            rows = [(code(name), kind, about) for name, kind, about in found.columns]
            parts.append(f"### {found.name}\n\n{found.about}\n\n{table(('column', 'type', 'note'), rows)}")
    return "\n\n".join(parts)


def _tables(schema: str) -> Iterator[Table]:
    """Tables of PgQueuer are its own affair: they are named in a sentence of the page."""
    folder = SOURCE / "platform" / "migrations" / schema / "sql"
    for file in sorted(folder.glob("*.sql")):
        if "pgqueuer" not in file.read_text(encoding="utf-8"):
            yield from _read(file.read_text(encoding="utf-8").splitlines())


def _read(lines: list[str]) -> Iterator[Table]:
    section, above = "", []
    found: Table | None = None
    for line in lines:
        if match := _SECTION.match(line):
            section, above = match[1], []
        elif match := _CREATE.match(line):
            found = Table(section, match[1], " ".join(above), [])
        elif found is not None and line.startswith(")"):
            yield found
            found, above = None, []
        elif found is not None:
            if (match := _COLUMN.match(line)) and match[2].split()[0] not in ("key", "check"):
                found.columns.append((match[1], _type(match[2]), line.partition("-- ")[2]))
        elif line.startswith("-- "):
            above.append(line[3:])
        elif not line.strip():
            above = []


def _type(text: str) -> str:
    """The type without the constraints behind it, and whether it may be missing is left to the database."""
    return re.sub(r"\s+(not|default|references|check|primary|unique|generated).*", "", text.strip(), flags=re.IGNORECASE)

"""Columns of the files that can be imported."""

from __future__ import annotations

import msgspec
from generators.markdown import code, table

from orderwright.catalog.csv_cells import describe
from orderwright.connect.files import COLUMNS, KINDS

_CATALOGUE = ("pools", "locations", "channels", "skus")


def order_columns() -> str:
    """Columns of a table of orders."""
    rows = [(code(c.name), "yes" if c.required else "", c.help, c.allowed) for c in COLUMNS.values()]
    return table(("column", "needed", "what it is", "what to write"), rows)


def catalogue_columns() -> str:
    """Columns of the four kinds of the catalogue."""
    parts = []
    for kind in _CATALOGUE:
        fields = msgspec.structs.fields(KINDS[kind].command)
        rows = [(code(f.name), "yes" if f.required else "", describe(f.name, f.type), _default(f)) for f in fields]
        heading = ("column", "needed", "what to write", "when it is empty")
        parts.append(f"### {kind}\n\n{table(heading, rows)}")
    return "\n\n".join(parts)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return ""
    value = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    if value is None or value == [] or value == {} or isinstance(value, msgspec.Struct):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)

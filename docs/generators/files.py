"""Columns of the files that can be imported."""

from __future__ import annotations

from generators.markdown import code, table
from orderwright.connect.files import KINDS, describe_columns


def order_columns() -> str:
    """Columns of a table of orders."""
    rows = [(code(c.name), "yes" if c.required else "", c.help, c.allowed) for c in describe_columns("orders")]
    return table(("column", "needed", "what it is", "what to write"), rows)


def catalogue_columns() -> str:
    """Columns of the kinds of the catalogue."""
    parts = []
    for kind in KINDS:
        if kind != "orders":
            rows = [(code(c.name), "yes" if c.required else "", c.allowed) for c in describe_columns(kind)]
            parts.append(f"### {kind}\n\n{table(('column', 'needed', 'what to write'), rows)}")
    return "\n\n".join(parts)

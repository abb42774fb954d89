"""What the settings of the catalogue have in common: entries with an id and a version, and what is free beside them."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.console.settings_fields import Field
from orderwright.console.settings_kinds import Body, without

_SERVERS = ("id", "version", "created_at", "updated_at")
METADATA = Field(name="metadata", label="Metadata", kind="json", help="Whatever you want to keep with it, as JSON.")
FREE = (
    Field(
        name="external_refs",
        label="Numbers elsewhere",
        kind="json",
        group="Beside it",
        help='How other systems call it, as JSON: {"erp": "4711"}.',
    ),
    METADATA,
)


def entry(row: Any) -> dict[str, Any]:
    """An entry of the catalogue as its upsert takes it."""
    return without(msgspec.to_builtins(row), *_SERVERS)


def id_of(row: Any) -> str | None:
    """The id by which the audit trail knows it."""
    return str(row.id)


def version_of(row: Any) -> int | None:
    """Which version it is."""
    return int(row.version)


def is_changed(before: Body | None, after: Body, name: str) -> bool:
    """Whether a field of something that is there changes."""
    return before is not None and before.get(name) != after.get(name)


def yes(row: Body) -> str:
    """Whether it is in use, in a word."""
    return "yes" if row.get("active", True) else "no"

"""Which field holds what the database cannot take: looked for once it has said no, since it does not say where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from orderwright.platform.errors import UnstorableValue

INTEGER_MAX = 2**63 - 1  # what a bigint column holds
INDEXED_BYTES_MAX = 2_700  # a longer text does not fit an index
YEAR_MIN = 2  # before that an offset may move a time out of the calendar


def unstorable(value: Any) -> UnstorableValue:
    """The error for a command that the database cannot take, with its `field` in the details where it is found."""
    field = find_unstorable(value)
    return UnstorableValue() if field is None else UnstorableValue(field=field)


def find_unstorable(value: Any, path: str = "") -> str | None:
    """The path of the first field of a command that no column can hold (`lines[0].sku`), or None where it is not to be
    seen in the command itself: a NUL, half of a surrogate pair, an integer beyond 64 bits, a time before the calendar,
    or else a text too long for an index. Pure."""
    return _find(value, path, _no_column_holds) or _find(value, path, _no_index_holds)


def _find(value: Any, path: str, is_wrong: Callable[[Any], bool]) -> str | None:
    if is_wrong(value):
        return path or None
    parts: list[tuple[str, Any]] = []
    if isinstance(value, msgspec.Struct):
        parts = [(f"{path}.{name}" if path else name, getattr(value, name)) for name in value.__struct_fields__]
    elif isinstance(value, Mapping):
        if any(is_wrong(key) for key in value):
            return path or None
        parts = [(f"{path}.{key}" if path else str(key), part) for key, part in value.items()]
    elif isinstance(value, (list, tuple)):
        parts = [(f"{path}[{i}]", part) for i, part in enumerate(value)]
    return next((found for name, part in parts if (found := _find(part, name, is_wrong)) is not None), None)


def _no_column_holds(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return abs(value) > INTEGER_MAX
    return isinstance(value, date) and value.year < YEAR_MIN


def _no_index_holds(value: Any) -> bool:
    return isinstance(value, str) and len(value.encode(errors="replace")) > INDEXED_BYTES_MAX

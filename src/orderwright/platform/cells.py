"""Cells of a table as values, and in words what a column takes. Shared by all that is imported from files."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class CellError(ValueError):
    """A cell does not hold what its column takes. The message is what it would take."""


def describe_type(wanted: Any) -> str:
    """What a field of this type takes, for people."""
    return _describe(inspect.type_info(wanted))


def _describe(kind: inspect.Type) -> str:
    text = "another value"
    match kind:
        case inspect.UnionType(types=types):
            text = next(_describe(part) for part in types if not isinstance(part, inspect.NoneType))
        case inspect.LiteralType(values=values):
            text = "one of " + ", ".join(map(str, values))
        case inspect.BoolType():
            text = "yes or no"
        case inspect.IntType(ge=low, le=high):
            text = f"a whole number from {low:,} to {high:,}"
        case inspect.FloatType(ge=low, le=high):
            text = f"a number from {low} to {high}"
        case inspect.StrType(max_length=length):
            text = f"a text of at most {length} characters without control characters"
    return text

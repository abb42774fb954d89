"""Tables in Markdown, and the code that they are read from."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import orderwright

SOURCE = Path(orderwright.__file__).parent
# Not read: scripts that run when they are imported, and what is no part of the product.
_LEFT_OUT = (".__main__", ".migrations", "orderwright.bench", "orderwright.demo")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what would break a cell is escaped."""
    lines = [_row(headings), "| " + " | ".join("---" for _ in headings) + " |"]
    return "\n".join([*lines, *map(_row, rows)])


def _row(cells: Sequence[object]) -> str:
    texts = (" ".join(str("" if cell is None else cell).split()).replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(texts) + " |"


def code(value: object) -> str:
    """As code, or nothing where there is nothing."""
    return "" if value is None or value == "" else f"`{value}`"


def codes(values: Iterable[object]) -> str:
    """Several as code, with commas."""
    return ", ".join(f"`{value}`" for value in values)


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the product."""
    names = [
        found.name for found in pkgutil.walk_packages(orderwright.__path__, "orderwright.", onerror=lambda _: None)
    ]
    return tuple(importlib.import_module(name) for name in names if not any(part in name for part in _LEFT_OUT))


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax of every module of the product, by name."""
    return {
        module.__name__: ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for module in modules()
        if module.__file__
    }


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions of a module, methods too."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def literal(node: ast.expr | None) -> str | None:
    """The text of a literal, or None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

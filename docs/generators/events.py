"""Events and their data, read from where the code tells them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from generators.markdown import code, codes, functions, literal, table, trees
from generators.sentences import EVENTS, SUBJECTS
from orderwright.orders.story import MILESTONES

Function = ast.FunctionDef | ast.AsyncFunctionDef
_TELLERS = {"tell": (1, 2), "NewEvent": (2, 3), "Told": (1, 2)}  # where type and data stand among the arguments


def events() -> str:
    """Every event type: what it is about, what it says, the fields of its data."""
    told = _told()
    if told.keys() != EVENTS.keys():
        raise SystemExit(f"docs: EVENTS differs from the code: {sorted(told.keys() ^ EVENTS.keys())}")
    rows = [
        (code(kind), SUBJECTS.get(kind) or SUBJECTS[kind.partition(".")[0]], EVENTS[kind], codes(sorted(told[kind])))
        for kind in EVENTS
    ]
    return table(("type", "subject", "what happened", "data"), rows)


def _told() -> dict[str, set[str]]:
    """The fields of the data of every event that some code tells."""
    found: dict[str, set[str]] = {}
    for name, tree in trees().items():
        for function in functions(tree):
            for kinds, fields in _of_function(tree, function):
                for kind in kinds:
                    found.setdefault(kind, set()).update(fields)
        if name == "orderwright.catalog.changes":
            for subject in ("sku", "pool", "location", "channel"):
                found[f"{subject}.created"] = {"code"}
                found[f"{subject}.updated"] = {"code", "changed"}
        if name == "orderwright.flows.tell_places":
            found |= {f"location.{done}": {"pool", "units", "skus"} for done in ("closed", "opened")}
            found["location.moved"] = {"pool", "to", "units", "skus"}
    return found


def _of_function(tree: ast.Module, function: Function) -> Iterator[tuple[list[str], set[str]]]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in _TELLERS or len(node.args) <= _TELLERS[called][1]:
            continue
        kind, data = (node.args[at] for at in _TELLERS[called])
        if (text := literal(kind)) is not None:
            yield [text], _fields(tree, function, data, node.lineno)
        elif isinstance(kind, ast.Subscript) and isinstance(kind.value, ast.Name):
            yield _values(tree, kind.value.id), _fields(tree, function, data, node.lineno)
        elif isinstance(kind, ast.JoinedStr) and literal(kind.values[0]) == "order.":
            yield [f"order.{status}" for status in MILESTONES], _fields(tree, function, data, node.lineno)


def _fields(tree: ast.Module, function: Function, data: ast.expr, line: int) -> set[str]:
    """The keys of a dictionary that stands there, or of the last one before that has the name."""
    if isinstance(data, ast.Dict):
        return set().union(*(_keys(tree, key, value) for key, value in zip(data.keys, data.values, strict=True)))
    if isinstance(data, ast.Name):
        before = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and node.lineno <= line
            and isinstance(node.value, ast.Dict)
            and data.id in {getattr(t, "id", "") for t in getattr(node, "targets", [getattr(node, "target", None)])}
        ]
        if before:
            return _fields(tree, function, max(before, key=lambda value: value.lineno), line)
    raise SystemExit(f"docs: the data of an event in {function.name}, line {line}, cannot be read")


def _values(tree: ast.Module, name: str) -> list[str]:
    """The texts in a dictionary of the module, each once."""
    found = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Dict)
        and name in {getattr(target, "id", "") for target in node.targets}
    ]
    return list(dict.fromkeys(text for made in found for value in made.values if (text := literal(value)) is not None))


def _keys(tree: ast.Module, key: ast.expr | None, value: ast.expr) -> set[str]:
    """A key, or those of the dictionaries in the function of the same module that `**function(...)` calls."""
    if key is not None:
        return {text} if (text := literal(key)) is not None else set()
    name = getattr(getattr(value, "func", None), "id", "")
    inside = [node for f in functions(tree) if f.name == name for node in ast.walk(f) if isinstance(node, ast.Dict)]
    return {text for node in inside for k in node.keys if (text := literal(k)) is not None}

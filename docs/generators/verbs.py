"""Verbs and their outcomes, as the docstrings and the tables of messages tell them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from generators.markdown import code, codes, functions, literal, modules, table, trees
from orderwright.api.outcomes import status_of

_QUOTED = re.compile(r"`([a-z_]+)`")
_LABELS = ("Permission", "Locks", "Appends", "Outcomes")


class VerbDoc(NamedTuple):
    """A verb as its docstring tells it."""

    name: str
    does: str
    permission: str
    locks: str
    events: list[str]
    outcomes: list[str]


def verbs() -> str:
    """Every verb: what it does, needs, locks, tells, and answers in precedence."""
    parts = []
    for verb in sorted(_verbs(), key=lambda v: v.name):
        rows = [
            ("permission", code(verb.permission)),
            ("locks", verb.locks),
            ("events", codes(verb.events)),
            ("outcomes, in precedence", codes(verb.outcomes)),
        ]
        parts.append(f"### {verb.name}\n\n{verb.does}\n\n{table(('', ''), [row for row in rows if row[1]])}")
    return "\n\n".join(parts)


def outcome_codes() -> str:
    """Every code of a "no", with the status that it has when it stands alone."""
    used = {name: [v.name for v in _verbs() if name in v.outcomes] for name in _messages()}
    rows = [
        (code(name), status_of(name), " / ".join(sorted(texts)), codes(sorted(used[name])))
        for name, texts in sorted(_messages().items())
        if used[name]
    ]
    return table(("code", "status", "what it says", "said by"), rows)


@cache
def _verbs() -> tuple[VerbDoc, ...]:
    found = {f.__name__: f for module in modules() for f in vars(module).values() if inspect.isfunction(f)}
    return tuple(
        _read(f, found) for f in found.values() if "Permission: `" in (f.__doc__ or "") and "Outcomes" in f.__doc__
    )


def _read(function: Any, found: dict[str, Any]) -> VerbDoc:
    text = " ".join((function.__doc__ or "").split())
    does = " ".join((function.__doc__ or "").strip().partition("\n\n")[0].split())
    parts = dict(_labelled(text))
    outcomes = list(_outcomes(parts["Outcomes"], found))
    permission = _first(parts["Permission"])
    events = re.findall(r"`([a-z_]+\.[a-z_]+)`", parts.get("Appends", ""))
    return VerbDoc(function.__name__, does, permission, parts.get("Locks", "nothing"), events, outcomes)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """`Locks: orders.` and its like, each up to the next sentence (up to the end for outcomes)."""
    for label in _LABELS:
        begin = re.search(rf"\b{label}[^:`]*:? ?(?=[`a-z\w])", text)
        if begin is None:
            continue
        rest = text[begin.end() :]
        end = re.search(r"\.(?: [A-Z`]|$)", rest)
        yield label, rest[: end.start()] if end else rest


def _outcomes(text: str, found: dict[str, Any]) -> Iterator[str]:
    """The codes of a list, with those of what it refers to in their place."""
    if "`PlaceOutcome`" in text:
        from orderwright.orders.errors import REFUSALS  # noqa: PLC0415 (only this verb's)

        yield from (*REFUSALS, "replayed", "placed")
        return
    for name in _QUOTED.findall(text):
        if name not in found:
            yield name
            continue
        doc = " ".join((found[name].__doc__ or "").split())
        if match := re.search(r"Precedence[^:]*: ([^.]*)", doc):
            yield from _QUOTED.findall(match[1])


@cache
def _messages() -> dict[str, set[str]]:
    """The sentences of every code: tables of messages, and those that stand in the code."""
    found: dict[str, set[str]] = {}
    for module in modules():
        for name in ("REFUSALS", "MESSAGES", "NO_ERASURE"):
            for key, text in getattr(module, name, {}).items():
                found.setdefault(key, set()).add(text)
    for tree in trees().values():
        for function in functions(tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "no":
                    key, text = (literal(argument) for argument in [*node.args, None, None][:2])
                    if key and text:
                        found.setdefault(key, set()).add(text)
    return found


def _first(text: str) -> str:
    match = re.search(r"`([^`]+)`", text)
    return match[1] if match else text.strip("` ")

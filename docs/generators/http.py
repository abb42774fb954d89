"""The HTTP interface: its calls, its errors, the scopes of its keys."""

from __future__ import annotations

from collections.abc import Iterator

from generators.markdown import code, codes, modules, table
from orderwright.access import SCOPES
from orderwright.api.openapi import TAGS
from orderwright.api.operations import Operation
from orderwright.api.table import OPERATIONS
from orderwright.platform.errors import OrderwrightError


def operations() -> str:
    """All calls, by subject."""
    parts = []
    for tag, about in TAGS.items():
        rows = [
            (code(f"{o.method} {_path(o)}"), o.summary, code(o.scope), "yes" if o.key_needed else "")
            for o in OPERATIONS
            if o.tag == tag
        ]
        if rows:
            parts.append(f"### {tag}\n\n{about}\n\n{table(('call', 'what it does', 'scope', 'key'), rows)}")
    return "\n\n".join(parts)


def _path(operation: Operation) -> str:
    return operation.path.replace(":path}", "}")


def scopes() -> str:
    """What a key may be allowed, and the calls that need it."""
    rows = []
    for scope, text in SCOPES.items():
        calls = [f"{o.method} {_path(o)}" for o in OPERATIONS if o.scope == scope]
        rows.append((code(scope), text, "all" if scope == "*" else codes(calls) or "no call yet"))
    return table(("scope", "what it allows", "calls"), rows)


def errors() -> str:
    """Errors of whole calls, by status."""
    modules()
    found = {(e.http_status, e.code): _sentence(e) for e in _all(OrderwrightError)}
    rows = [(status, code(name), sentence) for (status, name), sentence in sorted(found.items())]
    return table(("status", "code", "what it says"), rows)


def _all(kind: type[OrderwrightError]) -> Iterator[type[OrderwrightError]]:
    yield from (kind,) if kind is not OrderwrightError else ()
    for child in kind.__subclasses__():
        yield from _all(child)


def _sentence(error: type[OrderwrightError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]

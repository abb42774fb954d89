"""Builders of contexts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from orderwright.platform.context import Context

MERCHANTS = ("acme", "bolt")


class MakeContext(Protocol):
    """What the fixture `ctx` gives."""

    def __call__(self, merchant: str = ..., permissions: Iterable[str] = ..., **rest: Any) -> Context: ...


def a_context(merchant: str = "acme", permissions: Iterable[str] = ("*",), **rest: Any) -> Context:
    """A tester's call on a merchant, with every permission unless said otherwise."""
    rest.setdefault("actor", "cli:tester")
    return Context(merchant=merchant, permissions=frozenset(permissions), **rest)

"""What the pages of operations share: their tabs, and what all open pages of a merchant need not each ask for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from orderwright.console import words_operations
from orderwright.console.frame import ConsoleScreen

FLOW_GOOD_FOR_S = 5.0
PACE_GOOD_FOR_S = 60.0
_TABS = (
    ("", "Flow", "system.read"), ("/stuck", "Stuck", "system.read"), ("/holds", "Holds", "orders.read"),
    ("/sourcing", "Sourcing", "sourcing.read"), ("/failed", "Failed work", "system.read"),
    ("/refused", "Refused orders", "orders.read"), ("/payments", "Unknown payments", "payments.read"),
    ("/pace", "Throughput", "system.read"),
)  # fmt: skip
_OF_ALL = ("system.read", "payments.read")  # what these tabs show is of no channel or location


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab, as `ui.tabs` shows it."""

    word: str
    address: str
    current: bool
    count: str = ""


def tabs(screen: ConsoleScreen, current: str) -> list[Tab]:
    """The pages of operations that whoever looks may open."""
    limited = screen.ctx.limited
    return [
        Tab(word, screen.url(f"/operations{path}"), path == current)
        for path, word, needs in _TABS
        if screen.may(needs) and not (limited and needs in _OF_ALL)
    ]


def facts(screen: ConsoleScreen, current: str) -> dict[str, Any]:
    """What every template of operations takes."""
    return {"tabs": tabs(screen, current), "say": words_operations}


async def shared(screen: ConsoleScreen, name: str, good_for_s: float, ask: Callable[[], Awaitable[Any]]) -> Any:
    """What all pages of a merchant show alike, asked for once in a while, by one of them."""
    kept: dict[tuple[str, str], tuple[float, asyncio.Future[Any]]] = screen.incoming.state.console_shared
    key = screen.merchant.code, name
    entry = kept.get(key)
    if entry is None or time.monotonic() - entry[0] > good_for_s or (entry[1].done() and entry[1].exception()):
        entry = kept[key] = time.monotonic(), asyncio.ensure_future(ask())
    return await asyncio.shield(entry[1])

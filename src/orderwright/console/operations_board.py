"""The flow board: how much waits where against its limit, and how much goes through."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console import words_operations
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import FLOW_GOOD_FOR_S, PACE_GOOD_FOR_S, facts, shared, tabs
from orderwright.platform.clock import utc_now
from orderwright.screens import page

_ORDER_STATUSES = {"source": "placed", "backordered": "backordered", "released": "allocated", "picking": "picking",
                   "packed": "packed", "shipped": "shipped"}  # fmt: skip


@page("GET", "/operations")
async def operations_page(screen: ConsoleScreen) -> Answer:
    """Everything that waits, by state; to the first page that somebody may open where that is not this one."""
    if screen.ctx.limited or not screen.may("system.read"):
        seen = tabs(screen, "")
        if seen:
            return screen.go(seen[0].address)
        screen.ctx.require("system.read")
    return screen.show("operations/board.html", **facts(screen, ""), **await _board(screen))


@page("GET", "/operations/board", needs="system.read")
async def board_part(screen: ConsoleScreen) -> Answer:
    """The board alone, which renews itself in place."""
    return screen.show("operations/board.html", part="board", **facts(screen, ""), **await _board(screen))


@page("GET", "/operations/pace", needs="system.read")
async def pace_page(screen: ConsoleScreen) -> Answer:
    """Throughput and durations of the last hours or days."""
    by = "day" if screen.incoming.asked("by") == "day" else "hour"

    async def ask() -> Any:
        return await screen.ask("read_pace_of_work", query={"by": by})

    rows = (await shared(screen, f"pace {by}", PACE_GOOD_FOR_S, ask)).data
    labels = [screen.formats.day(row.at) if by == "day" else screen.formats.clock(row.at) for row in rows]
    series = {
        "at": labels,
        "counts": [
            {"name": word, "tone": tone, "values": [getattr(row, name) for row in rows]}
            for name, word, tone in (("placed", "Placed", "blue"), ("picked", "Picked", "amber"),
                                     ("shipped", "Shipped", "green"))
        ],
        "hours": [
            {"name": word, "tone": tone, "values": [_hours(getattr(row, name)) for row in rows]}
            for name, word, tone in (("median_s", "Half took less", "blue"),
                                     ("p95_s", "One of twenty took longer", "red"))
        ],
    }  # fmt: skip
    return screen.show(
        "operations/pace.html",
        **facts(screen, "/pace"),
        rows=list(zip(labels, rows, strict=True)),
        by=by,
        chart=msgspec.json.encode(series).decode(),
    )


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3_600, 2)


async def _board(screen: ConsoleScreen) -> dict[str, Any]:
    async def ask() -> Any:
        return await screen.ask("read_flow_of_work")

    rows = (await shared(screen, "flow", FLOW_GOOD_FOR_S, ask)).data
    by_state = {row.state: row for row in rows}
    groups = [
        (group.title, [(by_state[name], _behind(screen, name)) for name in group.states if name in by_state])
        for group in words_operations.GROUPS
    ]
    return {"groups": groups, "rows": rows, "now": utc_now()}


def _behind(screen: ConsoleScreen, state: str) -> str:
    """The list behind a number."""
    if state == "held":
        return screen.url("/operations/holds")
    if state == "approval":
        return screen.url("/approvals")
    if state in _ORDER_STATUSES and screen.may("orders.read"):
        return screen.url("/orders", status=_ORDER_STATUSES[state])
    return screen.url("/operations/stuck", state=state)


BOARD_PAGES = [operations_page, board_part, pace_page]

"""Approvals: what people ask for that is above their limit, and deciding it."""

from __future__ import annotations

from typing import Any

from orderwright.api import Answer
from orderwright.console import words_settings
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import Tab
from orderwright.platform.errors import NotFound
from orderwright.screens import page

_STATES = (
    ("waiting", "Waiting"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("expired", "Expired"),
    ("", "All"),
)


@page("GET", "/approvals", needs="approvals.ask")
async def approvals_page(screen: ConsoleScreen) -> Answer:
    """What was asked for: what waits first."""
    state = screen.incoming.asked("state", "waiting")
    state = state if state in dict(_STATES) else "waiting"
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_approvals", query={"state": state or None, "after": after})
    shown = state or "all"
    return screen.show(
        "staff/approvals.html",
        approvals=found.data,
        views=[Tab(word, screen.url("/approvals") + f"?state={name}", name == state) for name, word in _STATES],
        state=shown,
        say=words_settings,
        following=screen.url("/approvals", state=state, after=found.next) if found.next else None,
        first=screen.url("/approvals", state=state) if after else None,
    )


@page("GET", "/approvals/{approval_id}", needs="approvals.ask")
async def approval_page(screen: ConsoleScreen) -> Answer:
    """What somebody asks for, and what it would do."""
    return await _show(screen, None)


@page("POST", "/approvals/{approval_id}/decide", needs="approvals.decide")
async def decide_approval(screen: ConsoleScreen) -> Answer:
    """Approve it, which does it, or reject it."""
    form = await screen.incoming.form()
    rejects = form.first("decision") == "reject"
    body = {"reason": form.first("reason").strip()[:200]} if form.first("reason").strip() else {}
    operation = "reject_approval" if rejects else "approve"
    said = await screen.do(operation, path={"approval_id": screen.param("approval_id")}, body=body)
    if said.problem is not None:
        return await _show(screen, said.problem.detail)
    screen.say("It was rejected. Nothing was done." if rejects else "It was approved, and done.")
    return screen.go(screen.url("/approvals"))


async def _show(screen: ConsoleScreen, error: str | None) -> Answer:
    found: Any = await screen.find("read_approval", path={"approval_id": screen.param("approval_id")})
    if found is None:
        raise NotFound("There is no such approval, or it is not yours to see. Go back to the list.")
    return screen.show(
        "staff/approval.html", status=200 if error is None else 422, one=found, error=error, say=words_settings
    )


APPROVAL_PAGES = [approvals_page, approval_page, decide_approval]

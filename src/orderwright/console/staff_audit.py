"""The audit trail: who did what, when, from where, what was before and after; filtered, and as CSV."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_settings
from orderwright.console.frame import ConsoleScreen
from orderwright.console.settings_forms import changed_fields
from orderwright.screens import page

_ASKED = ("actor", "verb", "subject", "since", "until")


@page("GET", "/audit", needs="audit.read")
async def audit_page(screen: ConsoleScreen) -> Answer:
    """What was done, newest first."""
    asked = {name: screen.incoming.asked(name).strip()[:200] for name in _ASKED}
    query, problem = _query(screen, asked)
    after = screen.incoming.asked("after") or None
    acts: list[Any] = []
    following = None
    if problem is None:
        said = await screen.do("list_acts", key="", query={**query, "after": after, "limit": 50})
        if said.problem is not None:
            problem = said.problem.detail
        else:
            acts = [
                (act, [(one, changed_fields(one.before, one.after)) for one in act.changes]) for act in said.value.data
            ]
            following = screen.url("/audit", **asked, after=said.value.next) if said.value.next else None
    return screen.show(
        "staff/audit.html",
        status=200 if problem is None else 422,
        acts=acts,
        asked=asked,
        problem=problem,
        say=words_settings,
        export=screen.url("/audit/export", **asked),
        following=following,
        first=screen.url("/audit", **asked) if after else None,
    )


@page("GET", "/audit/export", needs="audit.read")
async def audit_export(screen: ConsoleScreen) -> Answer:
    """The same as a CSV file, as long as it takes."""
    asked = {name: screen.incoming.asked(name).strip()[:200] for name in _ASKED}
    query, problem = _query(screen, asked)
    said = None if problem is not None else await screen.do("export_acts", key="", query=query)
    if said is None or said.problem is not None:
        screen.say(problem or (said.problem.detail if said and said.problem else ""), "amber")
        return screen.go(screen.url("/audit"))
    return said.answer


def _query(screen: ConsoleScreen, asked: dict[str, str]) -> tuple[dict[str, Any], str | None]:
    """What the operation is asked: days are those of the reader's clock, both inclusive."""
    query: dict[str, Any] = {name: asked[name] for name in ("actor", "verb", "subject") if asked[name]}
    for name, more in (("since", 0), ("until", 1)):
        if not asked[name]:
            continue
        try:
            day = date.fromisoformat(asked[name]) + timedelta(days=more)
            query[name] = datetime(day.year, day.month, day.day, tzinfo=screen.formats.zone).isoformat()
        except (ValueError, OverflowError):
            return {}, "Write days such as 2026-11-23."
    return query, None


AUDIT_PAGES = [audit_page, audit_export]

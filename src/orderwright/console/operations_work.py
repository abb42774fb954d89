"""What is stuck and what failed for good: lists with who looks after it, and putting work back, one or many."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any, NamedTuple

from orderwright.api import Answer
from orderwright.console import words_operations
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import facts
from orderwright.console.words import plural
from orderwright.insights import WAITING
from orderwright.platform.clock import utc_now
from orderwright.screens import page

SHOWN_MAX = 500
IDS_MAX = 1_000


class Retry(NamedTuple):
    """What became of one thing that was to be tried again."""

    what: str
    ok: bool
    said: str


@page("GET", "/operations/stuck", needs="system.read")
async def stuck_work_page(screen: ConsoleScreen) -> Answer:
    """Everything that waits longer than it may, with who looks after it and what they do."""
    owner, state = screen.incoming.asked("owner") or None, screen.incoming.asked("state") or None
    query = {"owner": owner, "state": state, "limit": SHOWN_MAX}
    found = await screen.ask("list_stuck", query=query)
    return screen.show(
        "operations/stuck.html",
        **facts(screen, "/stuck"),
        found=found.data,
        owner=owner,
        state=state,
        owners=sorted({(one.owner.value, words_operations.owner(one.owner)) for one in WAITING}),
        states=[(one.name, words_operations.state(one.name)) for one in WAITING],
        remedies={one.name: (one.what, one.remedy) for one in WAITING},
        now=utc_now(),
        shown_max=SHOWN_MAX,
    )


@page("GET", "/operations/failed", needs="system.read")
async def failed_page(screen: ConsoleScreen) -> Answer:
    """Work that was set aside, events that a subscriber is stuck on, and jobs that failed for good."""
    work, events, jobs = await asyncio.gather(
        screen.ask("list_what_was_set_aside", query={"limit": SHOWN_MAX}),
        screen.ask("list_parked_events", query={"limit": SHOWN_MAX}),
        screen.ask("list_jobs_that_failed", query={"limit": SHOWN_MAX}),
    )
    return screen.show(
        "operations/failed.html", **facts(screen, "/failed"), work=work.data, events=events.data, jobs=jobs.data
    )


@page("POST", "/operations/retry", needs="system.write")
async def retry_work(screen: ConsoleScreen) -> Answer:
    """Try again what was given up: ids such as `work:verify:ord_...`, `event:<subscriber>:ord_...`, `job:12`."""
    form = await screen.incoming.form()
    sent = [one for value in form.fields.get("ids", ()) for one in value.split(",") if one]
    ids = list(dict.fromkeys(sent))[:IDS_MAX]
    results = await _retry(screen, ids)
    done = sum(result.ok for result in results)
    if screen.incoming.wants_part:
        return screen.show("operations/retried.html", results=results, done=done, back=screen.url("/operations/failed"))
    if done:
        screen.say(f"{plural(done, 'thing')} put back to work.")
    else:
        screen.say("Nothing was put back: it is not given up any more.", "amber")
    back = form.first("back")
    return screen.go(screen.url("/operations/stuck" if back == "stuck" else "/operations/failed"))


@page("GET", "/operations/failed/skip", needs="system.write")
async def skip_form(screen: ConsoleScreen) -> Answer:
    """Say what skipping an event means, before it is done."""
    asked = {name: screen.incoming.asked(name) for name in ("subscriber", "subject", "seq")}
    if not all(asked.values()):
        return screen.go(screen.url("/operations/failed"))
    return screen.show("operations/skip.html", asked=asked, error=None)


@page("POST", "/operations/failed/skip", needs="system.write")
async def skip_event(screen: ConsoleScreen) -> Answer:
    """Let a subscriber go on without an event."""
    form = await screen.incoming.form()
    asked = {name: form.first(name) for name in ("subscriber", "subject", "seq")}
    seq = int(asked["seq"]) if asked["seq"].isdecimal() and len(asked["seq"]) < 10 else 0
    events = [{"subject": asked["subject"], "seq": seq}]
    said = await screen.do("skip_parked_events", body={"subscriber": asked["subscriber"], "events": events})
    if said.problem is not None:
        return screen.show("operations/skip.html", status=422, asked=asked, error=said.problem.detail)
    skipped = said.value.skipped
    screen.say("The event was skipped." if skipped else "It was not parked any more.", "green" if skipped else "amber")
    return screen.go(screen.url("/operations/failed"))


async def _retry(screen: ConsoleScreen, ids: list[str]) -> list[Retry]:
    """One call for each stage and subscriber, and one for all jobs; the outcome of each by what is listed before."""
    work: defaultdict[str, list[str]] = defaultdict(list)
    events: defaultdict[str, list[str]] = defaultdict(list)
    jobs: list[int] = []
    results: dict[str, Retry] = {}
    for one in ids:
        kind, _, rest = one.partition(":")
        head, _, subject = rest.rpartition(":")
        if kind == "work" and head:
            work[head].append(subject)
        elif kind == "event" and head:
            events[head].append(subject)
        elif kind == "job" and rest.isdecimal() and len(rest) < 18:  # an id that fits
            jobs.append(int(rest))
        else:
            results[one] = Retry(one[:60], False, "This is not in the list. Load the list again.")
    for stage, subjects in work.items():
        calls = [("retry_what_was_set_aside", {"stage": stage, "subjects": [subject]}, subject) for subject in subjects]
        for operation, body, subject in calls:
            results[f"work:{stage}:{subject}"] = await _one(screen, operation, body, subject)
    for subscriber, subjects in events.items():
        for subject in subjects:
            body = {"subscriber": subscriber, "subjects": [subject]}
            results[f"event:{subscriber}:{subject}"] = await _one(screen, "retry_parked_events", body, subject)
    for job in jobs:
        results[f"job:{job}"] = await _one(screen, "retry_jobs_that_failed", {"ids": [job]}, f"Job {job}")
    return [results[one] for one in ids]


async def _one(screen: ConsoleScreen, operation: str, body: dict[str, Any], what: str) -> Retry:
    said = await screen.do(operation, body=body)
    if said.problem is not None:
        return Retry(what, False, said.problem.detail)
    ok = bool(said.value.retried)
    return Retry(what, ok, "Put back to work." if ok else "It was not given up any more: nothing was done.")


WORK_PAGES = [stuck_work_page, failed_page, retry_work, skip_form, skip_event]

"""Bulk runs of orders as people follow them: how far one is, what was left as it was and why, a way back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_order_list as say
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_facts import names_of_colleagues
from orderwright.console.orders_bulk import BY_NAME, Action, action_named, orders_said
from orderwright.console.words_events import who
from orderwright.platform.errors import NotFound
from orderwright.screens import blank, page

SHOWN_MAX = 100  # orders that were left as they were
_TONES = {"collecting": "blue", "running": "blue", "done": "green", "cancelled": "neutral", "stopped": "red"}
_WORDS = {
    "collecting": "Being listed", "running": "Under way", "done": "Done", "cancelled": "Ended", "stopped": "Stopped",
}  # fmt: skip
STOPPED = {
    "permission_denied": "Whoever started it may not do this any more. What was done stays done.",
    "filters_refused": "Its filters mean nothing any more: a channel, location or tag of them is gone.",
}

# What taking it back does, by the action that is taken back.
UNDO = {
    "hold": "The holds that this opened are released. What was held before, or for another reason, stays held.",
    "release_holds": "The orders that this released are held by hand, until somebody releases them. They stay held also"
    " where the reason of the hold before is gone.",
    "tag": "The tag is taken from the orders that this gave it. Those that had it before keep it.",
    "untag": "The orders that this took the tag from get it again. The others stay as they are.",
}


@page("GET", "/orders/runs", needs="orders.read")
async def runs_page(screen: ConsoleScreen) -> Answer:
    """What was done to many orders in the last 30 days, and what is under way."""
    query = {"limit": 50, "after": screen.incoming.asked("after") or None}
    found, names = await asyncio.gather(screen.ask("list_runs", query=query), names_of_colleagues(screen))
    runs = [(run, _action(run), _badge(run), _starter(screen, run, names)) for run in found.data]
    following = screen.url("/orders/runs", after=found.next) if found.next else None
    return screen.show("orders/runs.html", runs=runs, following=following)


@page("GET", "/orders/runs/{run_id}", needs="orders.read")
async def run_page(screen: ConsoleScreen) -> Answer:
    """A run: how far it is or, at its end, what became of its orders."""
    run = await _run(screen)
    return screen.show("orders/run.html", **await _facts(screen, run))


@page("GET", "/orders/runs/{run_id}/status", needs="orders.read")
async def run_status(screen: ConsoleScreen) -> Answer:
    """How far it is, for the page that is open; at its end what can be done then."""
    run = await _run(screen)
    return screen.show("orders/run_status.html", **await _facts(screen, run))


@page("POST", "/orders/runs/{run_id}/cancel", needs="orders.read")
async def cancel_run(screen: ConsoleScreen) -> Answer:
    """End it after the hundred orders that it is in."""
    run = await _run(screen)
    said = await screen.do("cancel_bulk_run", path={"run_id": run.id})
    if said.problem is not None and said.problem.code != "run_finished":
        return screen.show("orders/run.html", status=422, trouble=said.problem.detail, **await _facts(screen, run))
    return screen.go(screen.url(f"/orders/runs/{run.id}"), inside=True)


@page("POST", "/orders/runs/{run_id}/again", needs="orders.read")
async def repeat_run(screen: ConsoleScreen) -> Answer:
    """Do it again to those that were left as they were."""
    run = await _run(screen)
    action = action_named(screen, run.action)
    return await _start(screen, run, {"action": action.name, "results": "not_done", **run.options})


@page("GET", "/orders/runs/{run_id}/undo", needs="orders.read")
async def undo_form(screen: ConsoleScreen) -> Answer:
    """Whether it is to be taken back."""
    run = await _run(screen)
    action, undo = _action(run), _undo(screen, run)
    return screen.show("orders/run_undo.html", run=run, action=action, undo=undo, about=UNDO[run.action], form=blank())


@page("POST", "/orders/runs/{run_id}/undo", needs="orders.read")
async def undo_run(screen: ConsoleScreen) -> Answer:
    """Take it back, for those where it changed something: what was so before, or for another reason, stays."""
    run = await _run(screen)
    kept = {"tag": run.options["tag"]} if "tag" in run.options else {}
    if run.action == "hold":
        kept["type"] = "manual"
    return await _start(screen, run, {"action": _undo(screen, run).name, "results": "changed", **kept})


@page("POST", "/orders/runs/{run_id}/seen", needs="orders.read")
async def run_seen(screen: ConsoleScreen) -> Answer:
    """Say on the list what was done, with a way back."""
    run = await _run(screen)
    action = BY_NAME.get(run.action)
    if action is not None and run.finished and run.done:
        many = f"{screen.formats.number(run.done)} {'order' if run.done == 1 else 'orders'} {action.done}."
        undo = screen.url(f"/orders/runs/{run.id}/undo") if action.undo and screen.may(action.needs) else None
        screen.say(many, undo=undo, undo_words=action.undo_word or None)
    elif not run.finished:
        screen.say("It goes on. “Done to many” in the menu of the list says how far it is.", "blue")
    return screen.go(screen.url("/orders"))


@page("GET", "/orders/runs/{run_id}/results.csv", needs="orders.read")
async def run_results(screen: ConsoleScreen) -> Answer:
    """What was left as it was, and why, as a CSV file; with `which=all` every order."""
    which = "all" if "all" in screen.incoming.query.get("which", ()) else "not_done"
    said = await screen.do("export_results_of_run", path={"run_id": screen.param("run_id")}, query={"which": which})
    return screen.hand_over(said)


async def _start(screen: ConsoleScreen, run: Any, body: dict[str, Any]) -> Answer:
    said = await screen.do("start_bulk_run", body=body | {"run": run.id})
    if said.problem is not None:
        return screen.show("orders/run.html", status=422, trouble=said.problem.detail, **await _facts(screen, run))
    return screen.go(screen.url(f"/orders/runs/{said.value.id}"), inside=True)


async def _facts(screen: ConsoleScreen, run: Any) -> dict[str, Any]:
    """What the templates of a run show."""
    action, left = _action(run), []
    if run.finished and (run.refused or run.state != "done"):
        query = {"which": "not_done", "limit": SHOWN_MAX}
        rows = (await screen.ask("list_results_of_run", path={"run_id": run.id}, query=query)).data
        left = [
            (row.order, row.number_text or row.order, say.refusal(row.code, row.message) if row.code else _NOT_BEGUN)
            for row in rows
        ]
    may = screen.may(action.needs)
    return {
        "run": run, "action": action, "left": left, "badge": _badge(run), "said": said_of(screen, run, action),
        "stopped": STOPPED.get(run.stopped_code or "", ""), "not_done": run.orders - run.done,
        "may_do": may, "undo": action.undo_word if may and run.done and action.undo else "", "trouble": "",
        "mine": run.actor == screen.ctx.actor,
        "many": "many orders" if run.state == "collecting" else orders_said(screen, run.orders),
    }  # fmt: skip


_NOT_BEGUN = "Its turn did not come."


def said_of(screen: ConsoleScreen, run: Any, action: Action) -> str:
    """How far a run is, in words."""
    number = screen.formats.number
    if run.state == "collecting":
        return f"Listing the orders: {number(run.orders)} so far"
    worked = run.done + run.refused
    if not run.finished:
        refused = f", {number(run.refused)} not done" if run.refused else ""
        return f"{number(worked)} of {number(run.orders)} orders{refused}"
    left = run.orders - run.done
    return f"{number(run.done)} {action.done}" + (f", {number(left)} not done" if left else "") + "."


async def _run(screen: ConsoleScreen) -> Any:
    found = await screen.find("read_run", path={"run_id": screen.param("run_id")})
    if found is None:
        raise NotFound("There is no such run any more, or it is not yours. Go back to the orders.")
    return found


def _action(run: Any) -> Action:
    return BY_NAME[run.action]


def _starter(screen: ConsoleScreen, run: Any, names: Mapping[str, str]) -> str:
    """Who started it, as colleagues call them."""
    if run.actor == screen.ctx.actor:
        return "you"
    return who(run.actor, run.on_behalf_of, names)


def _undo(screen: ConsoleScreen, run: Any) -> Action:
    return action_named(screen, BY_NAME[run.action].undo)


def _badge(run: Any) -> dict[str, str]:
    tone = "amber" if run.state == "done" and run.refused else _TONES[run.state]
    return {"word": _WORDS[run.state], "tone": tone}


ORDER_RUN_PAGES = [
    runs_page,
    run_page,
    run_status,
    cancel_run,
    repeat_run,
    undo_form,
    undo_run,
    run_seen,
    run_results,
]

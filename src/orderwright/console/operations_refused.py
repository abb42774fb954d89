"""Refused orders: why each was not taken, and sending it again, as it was or mended."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import facts
from orderwright.console.operations_work import Retry
from orderwright.console.words import plural
from orderwright.platform.errors import NotFound
from orderwright.screens import page

IDS_MAX = 1_000
_UNREADABLE = "This is not JSON: it breaks off or has a wrong sign at line {line}, column {column}. Correct it there."


@page("GET", "/operations/refused", needs="orders.read")
async def refused_page(screen: ConsoleScreen) -> Answer:
    """Refused orders that were not taken since, newest first; all of them on demand."""
    asked = screen.incoming.asked
    query = {
        "taken": None if asked("all") else "false", "code": asked("code") or None, "channel": asked("channel") or None,
        "after": asked("after") or None,
    }  # fmt: skip
    found = await screen.ask("list_refused_orders", query=query)
    going = {"all": asked("all"), "code": asked("code"), "channel": asked("channel")}
    return screen.show(
        "operations/refused.html",
        **facts(screen, "/refused"),
        found=found.data,
        asked=going,
        following=screen.url("/operations/refused", **going, after=found.next) if found.next else None,
        first=screen.url("/operations/refused", **going) if asked("after") else None,
    )


@page("GET", "/operations/refused/{refused_id}", needs="orders.read")
async def refused_order_page(screen: ConsoleScreen) -> Answer:
    """One of them, with what was sent, to be mended."""
    row = await _refused(screen)
    body = json.dumps(json.loads(bytes(row.body)), indent=2, ensure_ascii=False)
    return screen.show("operations/refused_order.html", **facts(screen, "/refused"), row=row, body=body, error=None)


@page("POST", "/operations/refused/{refused_id}/send", needs="orders.place")
async def send_refused(screen: ConsoleScreen) -> Answer:
    """Send it again: as it was, or mended."""
    form = await screen.incoming.form()
    mended = form.first("order") if form.first("as") == "mended" else ""
    body: Any = {}
    if mended:
        try:
            body = {"order": json.loads(mended)}
        except json.JSONDecodeError as error:
            text = _UNREADABLE.format(line=error.lineno, column=error.colno)
            return await _again(screen, mended, text)
        except RecursionError:
            return await _again(screen, mended, "This JSON is nested too deeply. Correct it.")
    said = await screen.do("send_refused_order", path={"refused_id": screen.param("refused_id")}, body=body)
    if said.problem is not None:
        return await _again(screen, mended, said.problem.detail)
    screen.say("The order was taken. It left this list.")
    return screen.go(screen.url(f"/orders/{said.value.id}"))


@page("POST", "/operations/refused/send", needs="orders.place")
async def send_many_refused(screen: ConsoleScreen) -> Answer:
    """Send several again as they were, after what they lacked is there."""
    form = await screen.incoming.form()
    ids = list(dict.fromkeys(one for value in form.fields.get("ids", ()) for one in value.split(",") if one))[:IDS_MAX]
    key = form.first("_key") or f"console-{'-'.join(ids)}"[:150]
    results: list[Retry] = []
    if ids:
        body = {"data": [{"refused_id": one} for one in ids]}
        said = await screen.do("send_refused_order_in_bulk", body=body, key=key)
        if said.problem is not None:
            results = [Retry(one, False, said.problem.detail) for one in ids]
        else:
            results = [
                Retry(one, made.ok, "Taken." if made.ok else made.message or made.code)
                for one, made in zip(ids, said.value.data, strict=True)
            ]
    done = sum(one.ok for one in results)
    if screen.incoming.wants_part:
        return screen.show("operations/resent.html", results=results, done=done, back=screen.url("/operations/refused"))
    screen.say(f"{plural(done, 'order')} of {len(results)} taken.", "green" if done else "amber")
    return screen.go(screen.url("/operations/refused"))


async def _again(screen: ConsoleScreen, mended: str, error: str) -> Answer:
    row = await _refused(screen)
    body = mended or json.dumps(json.loads(bytes(row.body)), indent=2, ensure_ascii=False)
    return screen.show(
        "operations/refused_order.html", status=422, **facts(screen, "/refused"), row=row, body=body, error=error
    )


async def _refused(screen: ConsoleScreen) -> Any:
    row = await screen.find("read_refused_order", path={"refused_id": screen.param("refused_id")})
    if row is None:
        raise NotFound("There is no such refused order: it was taken, erased, or is too old. Go back to the list.")
    return msgspec.structs.replace(row)


REFUSED_PAGES = [refused_page, refused_order_page, send_refused, send_many_refused]

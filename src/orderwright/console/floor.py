"""The floor: the work of a location by what is next, and what a scan there means."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote, unquote

import msgspec
from msgspec import Meta

from orderwright.api import Answer
from orderwright.console import words_floor
from orderwright.console.floor_parcels import FLOOR_PARCEL_PAGES
from orderwright.console.floor_steps import FLOOR_STEP_PAGES
from orderwright.console.frame import ConsoleScreen
from orderwright.console.stock_common import Place, named, places
from orderwright.platform.clock import utc_now
from orderwright.screens import READS_CODES, cookie, page

PAGE = 40
COOKIE = "ow_floor"
COOKIE_GOOD_FOR_S = 365 * 86_400


class ScanForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was scanned at a location."""

    at: Annotated[str, Meta(max_length=100)]
    text: Annotated[str, Meta(min_length=1, max_length=200)]


@page("GET", "/floor", needs="fulfillment.read")
async def floor_page(screen: ConsoleScreen) -> Answer:
    """Today's work of the location that was chosen; first the choice."""
    here = await places(screen)
    chosen = place_chosen(screen, here)
    if chosen is None:
        return screen.show("floor/choose.html", places=here)
    if screen.incoming.asked("at"):
        value = quote(chosen.code, safe="")
        screen.add_header(
            cookie(COOKIE, value, secure=screen.incoming.secure, max_age_s=COOKIE_GOOD_FOR_S, path=screen.url(""))
        )
    return await _work(screen, chosen, here)


@page("POST", "/floor/scan", needs="fulfillment.read")
async def floor_scan(screen: ConsoleScreen) -> Answer:
    """Open what was scanned: a fulfillment, an order's number, a tracking number."""
    form = await screen.form(ScanForm)
    here = await places(screen)
    chosen = next((one for one in here if one.code == form.text("at")), None)
    if chosen is None:
        return screen.go(screen.url("/floor"))
    found: list[Any] = []
    if form.value is not None:
        said = await screen.find("scan_for_work", query={"location": chosen.code, "text": form.value.text})
        found = said.data if said is not None else []
    if len(found) == 1:
        return screen.go(screen.url(f"/floor/{found[0].id}"))
    return await _work(screen, chosen, here, scanned=form.text("text"), found=[one.id for one in found])


def place_chosen(screen: ConsoleScreen, here: list[Place]) -> Place | None:
    """The location that somebody works at: asked for, remembered, or the only one that they may see."""
    asked = screen.incoming.asked("at")
    if not asked and screen.incoming.asked("choose"):
        return None
    code = asked or unquote(screen.incoming.cookies.get(COOKIE, ""))
    chosen = next((one for one in here if one.code == code), None)
    return here[0] if chosen is None and len(here) == 1 else chosen


async def _work(
    screen: ConsoleScreen, place: Place, here: list[Place], *, scanned: str = "", found: list[str] | None = None
) -> Answer:
    state, after = screen.incoming.asked("state"), screen.incoming.asked("after")
    if state not in dict(words_floor.STEPS):
        state = ""
    query = named({"location": place.code, "state": state, "after": after, "limit": PAGE})
    [work] = await asyncio.gather(screen.ask("list_floor_work", query=query))
    counts = {count.state: count for count in work.counts}
    tabs = [{"word": "All", "address": screen.url("/floor"), "current": not state,
             "count": screen.formats.number(sum(count.fulfillments for count in work.counts))}]  # fmt: skip
    for name, word in words_floor.STEPS:
        count = counts.get(name)
        tabs.append({"word": word, "address": screen.url("/floor", state=name), "current": state == name,
                     "count": screen.formats.number(count.fulfillments) if count else ""})  # fmt: skip
    screen.add_header(READS_CODES)
    return screen.show(
        "floor/work.html",
        place=place, many=len(here) > 1, work=work, tabs=tabs, now=utc_now(), say=words_floor, scanned=scanned,
        rows=[one for one in work.data if not found or one.id in found], late=sum(count.late for count in work.counts),
        following=screen.url("/floor", state=state, after=work.next) if work.next else None,
    )  # fmt: skip


FLOOR_PAGES = [floor_page, floor_scan, *FLOOR_PARCEL_PAGES, *FLOOR_STEP_PAGES]

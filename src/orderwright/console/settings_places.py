"""Close a location, open it again, and move it to another pool: what comes of it stands there before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.api import Answer, Problem
from orderwright.console import words_places
from orderwright.console.frame import ConsoleScreen
from orderwright.console.words_refusals import refused
from orderwright.platform.errors import NotFound
from orderwright.screens import Filled, blank, page

_LIST = "/settings/locations"


class PlaceForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which version was shown, and to which pool it goes."""

    version: Annotated[int, Meta(ge=0)] | None = None
    pool: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class PlaceVerb(NamedTuple):
    """Something that is done about a location: the operations that do it and look at it first, and its words."""

    name: str
    operation: str
    preview: str
    title: str
    word: str
    tone: str


CLOSE = PlaceVerb(
    "close", "close_location", "preview_location_closing", "Close {}", "Close the location", "danger"
)  # fmt: skip
OPEN = PlaceVerb(
    "open", "open_location", "preview_location_opening", "Open {} again", "Open the location", "primary"
)  # fmt: skip
MOVE = PlaceVerb(
    "move", "move_location", "preview_location_move", "Move {} to another pool", "Move the location", "primary"
)  # fmt: skip


@page("GET", "/settings/locations/close", needs="catalog.write")
async def close_location_form(screen: ConsoleScreen) -> Answer:
    """What closing comes to."""
    return await _show(screen, CLOSE, await _location(screen))


@page("POST", "/settings/locations/close", needs="catalog.write")
async def take_location_close(screen: ConsoleScreen) -> Answer:
    """Close it."""
    return await _take(screen, CLOSE)


@page("GET", "/settings/locations/open", needs="catalog.write")
async def open_location_form(screen: ConsoleScreen) -> Answer:
    """What opening comes to."""
    return await _show(screen, OPEN, await _location(screen))


@page("POST", "/settings/locations/open", needs="catalog.write")
async def take_location_open(screen: ConsoleScreen) -> Answer:
    """Open it again."""
    return await _take(screen, OPEN)


@page("GET", "/settings/locations/move", needs="catalog.write")
async def move_location_form(screen: ConsoleScreen) -> Answer:
    """To which pool, and what it comes to."""
    return await _show(screen, MOVE, await _location(screen))


@page("POST", "/settings/locations/move", needs="catalog.write")
async def take_location_move(screen: ConsoleScreen) -> Answer:
    """Move it."""
    return await _take(screen, MOVE)


@page("POST", "/settings/locations/move/preview", needs="catalog.write")
async def preview_location_move_form(screen: ConsoleScreen) -> Answer:
    """What a move to the chosen pool comes to."""
    location, form = await _location(screen), await screen.form(PlaceForm)
    if form.value is None or form.value.pool is None:
        return screen.show("settings/place_effects.html", came=None, error=None)  # nothing is chosen yet: no fault
    came, problem = await _look(screen, MOVE, location, form.value.pool)
    return screen.show("settings/place_effects.html", came=came, error=None if problem is None else refused(problem))


async def _location(screen: ConsoleScreen) -> Any:
    code = screen.incoming.asked("code")
    location = await screen.find("read_location", path={"code": code}) if code else None
    if location is None:
        raise NotFound("There is no such location. Go back to the list.")
    return location


async def _look(
    screen: ConsoleScreen, verb: PlaceVerb, location: Any, pool: str | None = None
) -> tuple[words_places.Came | None, Problem | None]:
    """What it would come to."""
    body = {"location": location.code} | ({"pool": pool} if pool is not None else {})
    said = await screen.do(verb.preview, key="", body=body)
    if said.problem is not None:
        return None, said.problem
    details: Mapping[str, Any] = said.value.details
    return (words_places.came(verb.name, details) if said.value.code == "previewed" else None), None


async def _show(
    screen: ConsoleScreen, verb: PlaceVerb, location: Any, form: Filled[Any] | None = None, status: int = 200
) -> Answer:
    form = form or blank(version=location.version)
    pools, came, problem = [], None, None
    if verb is MOVE:
        found = await screen.ask("list_pools", query={"limit": 200})
        pools = [(row.code, f"{row.name} ({row.code})") for row in found.data if row.code != location.pool]
    else:
        came, problem = await _look(screen, verb, location)
    if problem is not None:
        form = form.with_errors({"": refused(problem)})
    named = {"code": location.code}
    address = screen.url(f"{_LIST}/{verb.name}", **named)
    return screen.show(
        "settings/place.html",
        status=status,
        verb=verb,
        title=verb.title.format(location.name),
        location=location,
        form=form,
        pools=pools,
        came=came,
        nothing=words_places.NOTHING[verb.name] if came is None and verb is not MOVE else None,
        address=address,
        preview=screen.url(f"{_LIST}/move/preview", **named) if verb is MOVE else None,
        back=screen.url(f"{_LIST}/edit", **named),
    )


async def _take(screen: ConsoleScreen, verb: PlaceVerb) -> Answer:
    location, form = await _location(screen), await screen.form(PlaceForm)
    if form.value is None:
        return await _show(screen, verb, location, form, 422)
    if verb is MOVE and form.value.pool is None:
        return await _show(screen, verb, location, form.with_errors({"pool": "Choose a pool."}), 422)
    body: dict[str, Any] = {"location": location.code, "version": form.value.version}
    if verb is MOVE:
        body["pool"] = form.value.pool
    said = await screen.do(verb.operation, body=body)
    if said.problem is not None:
        text = words_places.CHANGED if said.problem.code == "version_conflict" else refused(said.problem)
        again: Filled[Any] = blank(version=location.version, pool=form.value.pool or "").with_errors({"": text})
        return await _show(screen, verb, location, again, 409)
    screen.say(words_places.done(verb.name, location.name, said.value.details))
    return screen.go(screen.url(f"{_LIST}/edit", code=location.code))


PLACE_PAGES = [
    close_location_form,
    take_location_close,
    open_location_form,
    take_location_open,
    move_location_form,
    take_location_move,
    preview_location_move_form,
]

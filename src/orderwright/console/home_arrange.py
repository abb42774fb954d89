"""Arranging the first page: each group and tile goes up or down, is left out or shown; and all as it was."""

from __future__ import annotations

import asyncio

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.home import groups_of
from orderwright.console.home_order import PACE, changed, keep, kept_of, places
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.screens import page

_SAME_TILES = frozenset({"floor", "orders", "messages", "stock", "approvals"})  # the others' come and go


@page("GET", "/home/arrange", needs="search.read")
async def arrange_page(screen: ConsoleScreen) -> Answer:
    """What stands on the first page, and in what order."""
    (groups, pace), kept = await asyncio.gather(groups_of(screen), kept_of(screen))
    there = [group for group in groups if group.tiles or group.key == "flow" or (group.key == PACE and pace["pace"])]
    at = next(iter(screen.incoming.query.get("at", ())), "")
    return screen.show("home_arrange.html", places=places(there, kept, _SAME_TILES), at=at, changed=bool(kept))


@page("POST", "/home/arrange", needs="search.read")
async def arrange(screen: ConsoleScreen) -> Answer:
    """Move, hide or show one thing, and keep that."""
    does, _, name = (await screen.incoming.form()).first("do").partition(":")
    (groups, pace), kept = await asyncio.gather(groups_of(screen), kept_of(screen))
    there = [group for group in groups if group.tiles or group.key == "flow" or (group.key == PACE and pace["pace"])]
    value = changed(places(there, kept, _SAME_TILES), kept, does, name)
    if value is None:
        raise NotFound("That is not on the first page any more. Load the page again.")
    said = await keep(screen, value)
    if said.problem is not None:
        raise InvalidRequest(said.problem.detail)
    return screen.go(screen.url("/home/arrange", at=f"{does}:{name}"))


@page("POST", "/home/reset", needs="search.read")
async def reset_home(screen: ConsoleScreen) -> Answer:
    """All as it was."""
    await keep(screen, None)
    screen.say("The first page is as your role has it.")
    return screen.go(screen.url("/"))


HOME_ARRANGE = [arrange_page, arrange, reset_home]

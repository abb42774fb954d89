"""What the pages of stock and of the floor share: addresses of SKUs, the locations of whoever looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from orderwright.console.frame import ConsoleScreen
from orderwright.platform.ids import decode_id

_BY_QUERY = "_"  # a code with a slash in it cannot stand in a path
CATALOG_PAGE = 200
TRENDS_GOOD_FOR_S = 60.0
TRENDS_KEPT_MAX = 500


class Place(NamedTuple):
    """A location to choose."""

    code: str
    name: str
    pool: str
    active: bool
    daily_capacity: int | None = None


def card_address(screen: ConsoleScreen, sku: str, action: str = "", **query: str | None) -> str:
    """The address of a SKU's stock card, or of a form of it."""
    end = f"/{action}" if action else ""
    if "/" in sku or sku in (".", "..", _BY_QUERY):
        return screen.url(f"/stock/{_BY_QUERY}{end}", sku=sku, **query)
    return screen.url(f"/stock/{quote(sku, safe='')}{end}", **query)


def sku_of(screen: ConsoleScreen) -> str:
    """The SKU that an address is of."""
    named = screen.param("sku")
    return screen.incoming.asked("sku") if named == _BY_QUERY else named


async def places(screen: ConsoleScreen) -> list[Place]:
    """The locations that whoever looks may see, by code; none for who may not read the catalogue."""
    if not screen.may("catalog.read"):
        return []
    found: list[Place] = []
    after = None
    while True:
        page = await screen.ask("list_locations", query={"limit": CATALOG_PAGE, "after": after})
        found += [
            Place(entry.code, entry.name, entry.pool, entry.active, entry.daily_capacity)
            for entry in page.data
            if screen.ctx.may_location(decode_id("loc", entry.id))
        ]
        after = page.next
        if after is None:
            return sorted(found)


async def pools(screen: ConsoleScreen) -> list[tuple[str, str]]:
    """Every pool: its code and name."""
    if not screen.may("catalog.read"):
        return []
    page = await screen.ask("list_pools", query={"limit": CATALOG_PAGE})
    return [(entry.code, entry.name) for entry in page.data]


async def choices(screen: ConsoleScreen) -> tuple[list[Place], list[tuple[str, str]]]:
    """Locations and pools at once."""
    both = await asyncio.gather(places(screen), pools(screen))
    return both[0], both[1]


def named(values: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, without what was left empty."""
    return {name: value for name, value in values.items() if value not in (None, "")}


async def trends_of(
    screen: ConsoleScreen, rows: Sequence[Any], location: str | None
) -> dict[tuple[str, str], list[int]]:
    """What was available at the end of each of the last days, by SKU and location, of rows of balances.

    The days before are read once a minute at most: of a SKU that moves all day that is work. The last is what is there
    now.
    """
    skus = sorted({row.sku for row in rows})
    if not skus:
        return {}
    kept: dict[Any, tuple[float, Any]] = screen.incoming.state.console_trends
    key = (screen.merchant.code, screen.ctx.channels, screen.ctx.locations, location, *skus)
    entry = kept.get(key)
    if entry is None or time.monotonic() - entry[0] > TRENDS_GOOD_FOR_S:
        read = await screen.ask("read_stock_trends", query=named({"sku": skus, "location": location}))
        kept.pop(key, None)
        entry = kept[key] = time.monotonic(), {(one.sku, one.location): one.available for one in read.data}
        while len(kept) > TRENDS_KEPT_MAX:
            kept.pop(next(iter(kept)))
    lines = entry[1]
    now = {(row.sku, row.location): row.available for row in rows}
    return {place: [*lines[place][:-1], units] for place, units in now.items() if place in lines}

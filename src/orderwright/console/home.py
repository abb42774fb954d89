"""The first page of a merchant: for whoever looks, the few numbers that matter now, each with the way behind it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec

from orderwright.api import Answer
from orderwright.console import words_floor, words_stock
from orderwright.console.floor import place_chosen
from orderwright.console.frame import ConsoleScreen
from orderwright.console.home_order import PACE, Group, Tile, arranged, kept_of
from orderwright.console.home_set_up import set_up_of
from orderwright.console.operations_common import FLOW_GOOD_FOR_S, PACE_GOOD_FOR_S, shared
from orderwright.console.order_filters import filters_of, query_of
from orderwright.console.stock_common import places
from orderwright.console.words_home import FLOW_SENTENCES, ORDER_TILES
from orderwright.screens import page

COUNTED_TO = 1_000
ALARMS_COUNTED_TO = 100


@page("GET", "/")
async def home_page(screen: ConsoleScreen) -> Answer:
    """What this person should know now, arranged as they like it."""
    (groups, pace), kept, steps = await asyncio.gather(groups_of(screen), kept_of(screen), set_up_of(screen))
    shown = [group for group in arranged(groups, kept) if group.tiles or (group.key == PACE and pace["pace"])]
    return screen.show("home.html", steps=steps, groups=shown, hidden=bool(kept.get("hidden")), **pace)


async def groups_of(screen: ConsoleScreen) -> tuple[list[Group], dict[str, Any]]:
    """All that a role shows, in the order of old; and what went through. Those without tiles have none now."""
    ((place, floor), orders, stock), (messages, flow, approvals, pace) = await asyncio.gather(
        asyncio.gather(_floor(screen), _orders(screen), _stock(screen)),
        asyncio.gather(_messages(screen), _flow(screen), _approvals(screen), _pace(screen)),
    )
    return [
        Group("floor", f"Work at {place}", floor),
        Group("orders", "Orders", orders),
        Group("messages", "Messages", messages),
        Group("stock", "Stock", stock),
        Group("flow", "Waiting too long", flow),
        Group("approvals", "Approvals", approvals),
        Group(PACE, "What went through", []),
    ], pace


async def _orders(screen: ConsoleScreen) -> list[Tile]:
    """Counts of lists of orders, all by one call."""
    if not screen.may("orders.read"):
        return []
    today = datetime.now(screen.formats.zone).date().isoformat()
    asked = [{**tile.params, "placed_from": (today,)} if tile.today else tile.params for tile in ORDER_TILES]
    filters = [filters_of(params, screen.formats.zone) for params in asked]

    async def ask() -> Any:
        return await screen.ask("count_orders", body={"lists": filters, "up_to": COUNTED_TO})

    if screen.ctx.limited:
        said = await ask()
    else:
        said = await shared(screen, f"counts {today} {screen.formats.zone_name}", FLOW_GOOD_FOR_S, ask)
    return [
        Tile(
            tile.word,
            tile.tone if one.count else "neutral",
            _figure(screen, one.count, one.at_least),
            tile.note,
            f"{screen.url('/orders')}?{query_of(params)}",
        )
        for tile, params, one in zip(ORDER_TILES, asked, said.data, strict=True)
    ]


def _figure(screen: ConsoleScreen, count: int | None, at_least: bool) -> str:
    if count is None:
        return "?"
    return screen.formats.number(count) + ("+" if at_least else "")


async def _messages(screen: ConsoleScreen) -> list[Tile]:
    """What shoppers asked, and nobody has answered."""
    if not screen.may("messages.read"):
        return []

    async def ask() -> Any:
        return await screen.ask("list_waiting_messages", query={"limit": 1})

    found = await (ask() if screen.ctx.limited else shared(screen, "messages", FLOW_GOOD_FOR_S, ask))
    note = f"{screen.formats.number(found.late)} past their time" if found.late else "all in time"
    tone = "red" if found.late else "amber" if found.waiting else "neutral"
    return [Tile("To answer", tone, _figure(screen, found.waiting, found.at_least), note, screen.url("/messages"))]


async def _stock(screen: ConsoleScreen) -> list[Tile]:
    """SKUs that somebody should look at, by what is wrong with them."""
    if not screen.may("stock.read") or screen.ctx.limited:
        return []

    async def ask() -> Any:
        asked = [{"alarm": alarm, "limit": ALARMS_COUNTED_TO} for alarm in words_stock.ALARMS]
        return await asyncio.gather(*(screen.ask("list_stock_balances", query=query) for query in asked))

    pages = await shared(screen, "alarms", PACE_GOOD_FOR_S, ask)
    return [
        Tile(
            badge.word,
            badge.tone if found.data else "neutral",
            _figure(screen, len(found.data), found.next is not None),
            words_stock.ALARM_HELP[alarm],
            screen.url("/stock", alarm=alarm),
        )
        for (alarm, badge), found in zip(words_stock.ALARMS.items(), pages, strict=True)
    ]


async def _floor(screen: ConsoleScreen) -> tuple[str, list[Tile]]:
    """The work of the location where somebody works, step by step."""
    if not screen.may("fulfillment.read") or not screen.may("catalog.read"):
        return "", []
    place = place_chosen(screen, await places(screen))
    if place is None:
        return "", []
    work = await screen.ask("list_floor_work", query={"location": place.code, "limit": 1})
    counts = {one.state: one for one in work.counts}
    tiles = []
    for state, word in words_floor.STEPS:
        one = counts.get(state)
        count, late = (one.fulfillments, one.late) if one else (0, 0)
        note = f"{screen.formats.number(late)} past their time" if late else "all in time"
        tone = "red" if late else "blue" if count else "neutral"
        tiles.append(Tile(word, tone, screen.formats.number(count), note, screen.url("/floor", state=state)))
    return place.name, tiles


async def _flow(screen: ConsoleScreen) -> list[Tile]:
    """States in which something waits longer than it may."""
    if not screen.may("system.read") or screen.ctx.limited:
        return []

    async def ask() -> Any:
        return await screen.ask("read_flow_of_work")

    rows = (await shared(screen, "flow", FLOW_GOOD_FOR_S, ask)).data
    late = sorted((row for row in rows if row.late or row.set_aside), key=lambda row: -(row.late + row.set_aside))
    return [
        Tile(
            FLOW_SENTENCES.get(row.state, row.state.replace("_", " ").capitalize()),
            "red",
            screen.formats.number(row.late + row.set_aside),
            row.remedy,
            screen.url("/operations/stuck", state=row.state),
        )
        for row in late[:6]
    ]


async def _approvals(screen: ConsoleScreen) -> list[Tile]:
    """What waits for this person's yes or no."""
    if not screen.may("approvals.decide"):
        return []
    found = await screen.find("list_approvals", query={"state": "waiting", "limit": 100})
    if found is None:
        return []
    count = len(found.data)
    return [
        Tile("Waiting for a decision", "amber" if count else "neutral", _figure(screen, count, found.next is not None),
             "what colleagues may not decide alone", screen.url("/approvals")),
    ]  # fmt: skip


async def _pace(screen: ConsoleScreen) -> dict[str, Any]:
    """What went through in the last hours, as a picture and a table."""
    if not screen.may("system.read") or screen.ctx.limited:
        return {"pace": None}

    async def ask() -> Any:
        return await screen.ask("read_pace_of_work", query={"by": "hour"})

    rows = (await shared(screen, "pace hour", PACE_GOOD_FOR_S, ask)).data
    labels = [screen.formats.clock(row.at) for row in rows]
    series = {
        "at": labels,
        "counts": [
            {"name": word, "tone": tone, "values": [getattr(row, name) for row in rows]}
            for name, word, tone in (
                ("placed", "Placed", "blue"),
                ("shipped", "Shipped", "amber"),
                ("delivered", "Delivered", "green"),
            )
        ],
    }
    return {"pace": list(zip(labels, rows, strict=True)), "chart": msgspec.json.encode(series).decode()}


HOME = [home_page]

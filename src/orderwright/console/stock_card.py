"""The stock card of a SKU: where it is, what comes, who waits for it, and everything that moved."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_stock
from orderwright.console.frame import ConsoleScreen
from orderwright.console.stock_common import card_address, named, sku_of, trends_of
from orderwright.platform.errors import NotFound
from orderwright.screens import page

MOVEMENTS = 25
WAITS = 10
ROWS_MAX = 200


@page("GET", "/stock/{sku}", needs="stock.read")
async def stock_card_page(screen: ConsoleScreen) -> Answer:
    """All that is known of a SKU's stock."""
    sku = sku_of(screen)
    after, location = screen.incoming.asked("after"), screen.incoming.asked("location")
    one = {"sku": sku}
    rows, pools, supplies, waits, movements = await asyncio.gather(
        screen.find("list_stock_balances", query={**one, "limit": ROWS_MAX}),
        screen.find("read_availability", query=one),
        screen.find("list_supplies", query={**one, "limit": ROWS_MAX}),
        screen.find("list_stock_waits", query={**one, "limit": WAITS}),
        screen.find("list_stock_movements", query=named({**one, "after": after, "limit": MOVEMENTS,
                                                         "location": location})),
    )  # fmt: skip
    if rows is None or pools is None or not pools.data:
        raise NotFound("There is no SKU of this code, or it is not for you. Look for it in the list of stock.")
    lines = {place: line for (_, place), line in (await trends_of(screen, rows.data, None)).items()}
    return screen.show(
        "stock/card.html",
        sku=sku, name=pools.data[0].name, pools=pools.data[0].pools, rows=rows.data, lines=lines,
        bars=words_stock.parts(rows.data), supplies=supplies.data if supplies else [], waits=waits, location=location,
        movements=movements, say_stock=words_stock, alarms=_alarms(rows.data), total=_total(rows.data),
        following=card_address(screen, sku, after=movements.next, location=location or None)
        if movements and movements.next else None,
        first=card_address(screen, sku) if after else None,
        here=lambda code: card_address(screen, sku, location=code),
    )  # fmt: skip


def _alarms(rows: list[Any]) -> list[tuple[str, str]]:
    """What is wrong, once a pool: the pool and the alarm."""
    return list(dict.fromkeys((row.pool, alarm) for row in rows for alarm in row.alarms))


def _total(rows: list[Any]) -> dict[str, int]:
    return {bucket: sum(getattr(row, bucket) for row in rows) for bucket in words_stock.BUCKETS}


STOCK_CARD_PAGES = [stock_card_page]

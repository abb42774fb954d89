"""The stock grid: what is where, what can be promised, what is wrong; its trends, and the same as a file."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_stock
from orderwright.console.frame import ConsoleScreen
from orderwright.console.stock_common import card_address, choices, named, trends_of
from orderwright.platform.csv_safe import csv_lines
from orderwright.screens import page

PAGE = 50
FILE_PAGE = 1_000
FILE_ROWS_MAX = 100_000
_FILTERS = ("text", "location", "pool", "alarm")
_COLUMNS = ("sku", "name", "gtin", "location", "pool", *words_stock.BUCKETS, "available_to_promise", "reserved",
            "promised", "backordered")  # fmt: skip


def asked(screen: ConsoleScreen) -> dict[str, Any]:
    """The filters in the address."""
    found = {name: screen.incoming.asked(name).strip()[:200] for name in _FILTERS}
    if found["alarm"] not in words_stock.ALARMS:
        found["alarm"] = ""
    return named(found)


@page("GET", "/stock", needs="stock.read")
async def stock_page(screen: ConsoleScreen) -> Answer:
    """What is where, a row a SKU and location."""
    filters, after = asked(screen), screen.incoming.asked("after")
    (locations, pools), found = await asyncio.gather(
        choices(screen),
        screen.ask("list_stock_balances", query=named({**filters, "after": after, "limit": PAGE})),
    )
    tabs = [{"word": "All", "address": screen.url("/stock", **{**filters, "alarm": None}), "count": "",
             "current": "alarm" not in filters}]  # fmt: skip
    for alarm, badge in words_stock.ALARMS.items():
        address = screen.url("/stock", **{**filters, "alarm": alarm})
        tabs.append({"word": badge.word, "address": address, "count": "", "current": filters.get("alarm") == alarm})
    return screen.show(
        "stock/list.html",
        found=found, filters={name: filters.get(name, "") for name in _FILTERS}, filtered=bool(filters), tabs=tabs,
        locations=locations, pools=pools, say_stock=words_stock,
        card=lambda sku: card_address(screen, sku),
        following=screen.url("/stock", **filters, after=found.next) if found.next else None,
        first=screen.url("/stock", **filters) if after else None,
        trends=screen.url("/stock-trends", **filters, after=after),
        file=screen.url("/stock.csv", **filters),
    )  # fmt: skip


@page("GET", "/stock-trends", needs="stock.read")
async def stock_trends_part(screen: ConsoleScreen) -> Answer:
    """The lines of the rows that a page of the grid shows, each to be put in its place."""
    filters, after = asked(screen), screen.incoming.asked("after")
    found = await screen.ask("list_stock_balances", query=named({**filters, "after": after, "limit": PAGE}))
    lines = await trends_of(screen, found.data, filters.get("location"))
    rows = [(n, lines.get((row.sku, row.location))) for n, row in enumerate(found.data)]
    return screen.show("stock/trends.html", rows=rows, say_stock=words_stock)


@page("GET", "/stock.csv", needs="stock.read")
async def stock_file(screen: ConsoleScreen) -> Answer:
    """What is filtered, as a file; up to 100,000 rows."""
    filters, after = asked(screen), None
    parts: list[bytes] = [csv_lines([_COLUMNS])]
    for _ in range(FILE_ROWS_MAX // FILE_PAGE):
        found = await screen.ask("list_stock_balances", query=named({**filters, "after": after, "limit": FILE_PAGE}))
        parts.append(csv_lines([tuple(getattr(row, name) for name in _COLUMNS) for row in found.data]))
        after = found.next
        if after is None:
            break
    kept = b'attachment; filename="stock.csv"'
    return Answer(b"".join(parts), 200, [(b"content-disposition", kept)], b"text/csv; charset=utf-8")


STOCK_LIST_PAGES = [stock_page, stock_trends_part, stock_file]

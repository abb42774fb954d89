"""One box for everything: what the palette suggests while somebody types, and the page of all that was found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.stock_common import card_address
from orderwright.console.words import STATUSES, Badge, words
from orderwright.screens import page

SUGGESTED_EACH, FOUND_EACH = 5, 10
_TYPED_MAX = 200
KINDS = {
    "order": ("Orders", "package"), "customer": ("Customers", "user"), "sku": ("SKUs", "barcode"),
    "parcel": ("Parcels", "truck-delivery"), "return": ("Returns", "arrow-back-up"),
}  # fmt: skip


class Found(NamedTuple):
    """One thing as the palette and the page show it. `address`: None where no page shows it yet."""

    title: str
    detail: str
    icon: str
    address: str | None
    state: Badge | None


class Group(NamedTuple):
    """Things of one kind."""

    word: str
    found: Sequence[Found]


@page("POST", "/find", needs="search.read")
async def find_page(screen: ConsoleScreen) -> Answer:
    """What was typed, among orders, customers, SKUs, parcels and returns; it stands in no address."""
    typed = (await screen.incoming.form()).first("text").strip()[:_TYPED_MAX]
    each = SUGGESTED_EACH if screen.incoming.wants_part else FOUND_EACH
    hits = (await screen.ask("find", body={"text": typed, "limit": each})).data if typed else []
    groups = [
        Group(KINDS[kind][0], [_found(screen, hit) for hit in some])
        for kind, some in groupby(hits, lambda hit: hit.kind)
    ]
    if screen.incoming.wants_part:
        return screen.show("find_options.html", groups=groups)
    only = groups[0].found[0].address if len(hits) == 1 else None
    return screen.go(only) if only else screen.show("find.html", groups=groups, typed=typed)


@page("GET", "/find", needs="search.read")
async def find_form(screen: ConsoleScreen) -> Answer:
    """An empty box."""
    return screen.show("find.html", groups=[], typed="")


def _found(screen: ConsoleScreen, hit: Any) -> Found:
    state = None
    if hit.status is not None:
        state = STATUSES.get(hit.status, Badge(words(hit.status).capitalize(), "neutral"))
    return Found(hit.title, hit.detail, KINDS[hit.kind][1], _address(screen, hit), state if hit.kind != "sku" else None)


def _address(screen: ConsoleScreen, hit: Any) -> str | None:
    """Where a thing is shown."""
    if hit.kind == "customer":
        return screen.url(f"/customers/{hit.id}")
    if hit.kind == "sku":
        return card_address(screen, hit.title) if screen.may("stock.read") else None
    order = hit.id if hit.kind == "order" else hit.order
    return screen.url(f"/orders/{order}") if order and screen.may("orders.read") else None


FIND_PAGES = [find_page, find_form]

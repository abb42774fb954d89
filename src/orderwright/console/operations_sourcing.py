"""Why from here: decisions that split an order or found no place for it, and each decision about one explained."""

from __future__ import annotations

import asyncio

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.console.operations_common import Tab, facts
from orderwright.platform.errors import NotFound
from orderwright.screens import page

_KINDS = (("", "All"), ("split", "Split"), ("partly_sourced", "Partly sourced"), ("unsourced", "No location"))


@page("GET", "/operations/sourcing", needs="sourcing.read")
async def sourcing_page(screen: ConsoleScreen) -> Answer:
    """Decisions that a planner looks at, newest first."""
    asked = screen.incoming.asked("outcome")
    after = screen.incoming.asked("after") or None
    found = await screen.ask("list_poor_decisions", query={"outcome": asked or None, "after": after})
    views = [Tab(word, screen.url("/operations/sourcing", outcome=kind), kind == asked) for kind, word in _KINDS]
    return screen.show(
        "operations/sourcing.html",
        **facts(screen, "/sourcing"),
        views=views,
        found=found.data,
        following=screen.url("/operations/sourcing", outcome=asked, after=found.next) if found.next else None,
        first=screen.url("/operations/sourcing", outcome=asked) if after else None,
    )


@page("GET", "/operations/sourcing/{order_id}", needs="sourcing.read")
async def why_page(screen: ConsoleScreen) -> Answer:
    """Every decision about an order, with the locations that were asked and why they were not chosen."""
    path = {"order_id": screen.param("order_id")}
    after = screen.incoming.asked("after") or None
    order, found = await asyncio.gather(
        screen.find("read_order", path=path) if screen.may("orders.read") else _nothing(),
        screen.find("read_sourcing", path=path, query={"after": after}),
    )
    if found is None:
        raise NotFound("There is no such order, or it is not for you. Go back to the list.")
    names = {one.location: one.location_name for one in order.fulfillments} if order is not None else {}
    return screen.show(
        "operations/why.html",
        **facts(screen, "/sourcing"),
        order=order,
        order_id=path["order_id"],
        decisions=found.data[::-1],
        excluded=found.excluded,
        names=names,
        following=screen.url(f"/operations/sourcing/{path['order_id']}", after=found.next) if found.next else None,
    )


async def _nothing() -> None:
    return None


SOURCING_PAGES = [sourcing_page, why_page]

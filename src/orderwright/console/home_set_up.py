"""Setting up a shop: what a new merchant still lacks before its first order has shipped, told on the first page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from orderwright.api import Answer
from orderwright.console.frame import ConsoleScreen
from orderwright.screens import page

PREFERENCE = "set_up"
_LEFT = ("partly_shipped", "shipped", "delivered")


class Step(NamedTuple):
    """Something to do, with the page where it is done. `current`: the one that is next."""

    word: str
    why: str
    address: str
    done: bool
    current: bool


async def set_up_of(screen: ConsoleScreen) -> Sequence[Step]:
    """What is done and what is next; nothing for who sets up nothing, once an order has shipped, or when put away.

    That an order has shipped is remembered: one question a merchant and process."""
    done: set[str] = screen.incoming.state.console_set_up
    code = screen.merchant.code
    wanted = ("catalog.write", "orders.read", "stock.read", "search.read")
    if code in done or screen.ctx.limited or not all(screen.may(one) for one in wanted):
        return []
    left, some = (await screen.ask("count_orders", body={"lists": [{"status": list(_LEFT)}, {}], "up_to": 1})).data
    if left.count:
        done.add(code)
        return []
    kept = (await screen.ask("list_preferences")).data
    if any(one.name == PREFERENCE for one in kept):
        return []
    pools, locations, channels, skus, stock = await asyncio.gather(
        *(screen.ask(f"list_{what}", query={"limit": 1}) for what in ("pools", "locations", "channels", "skus")),
        screen.ask("list_stock_balances", query={"limit": 1}),
    )
    first = {name: found.data[0].code for name, found in (("pool", pools), ("location", locations)) if found.data}
    first |= {"sku": skus.data[0].code} if skus.data else {}
    facts = [
        pools.data, locations.data, channels.data, skus.data,
        [row for row in stock.data if row.available or row.allocated], some.count, 0,
    ]  # fmt: skip
    return steps(screen, [bool(fact) for fact in facts], first)


def steps(screen: ConsoleScreen, done: Sequence[bool], first: dict[str, str]) -> list[Step]:
    """The steps in their order, each with the way to its form and what the form may begin with."""
    shown, to = screen.merchant, screen.url
    pool, location, sku = first.get("pool", ""), first.get("location", ""), first.get("sku", "")
    all_of_them = (
        ("Make a pool", "The stock that is promised together: one is enough to begin with.",
         to("/settings/pools/new", code="MAIN", name="Main")),
        ("Make a location", "Where the goods lie and are picked.",
         to("/settings/locations/new", pool=pool, time_zone=shown.time_zone)),
        ("Make a channel", "Where orders come from, such as the telephone or a web shop.",
         to("/settings/channels/new", pools=pool, currency=shown.reporting_currency)),
        ("Add goods", "A SKU for each thing that is sold; many at once from a file.", to("/settings/skus/new")),
        ("Receive stock", "Only what lies somewhere can be promised.",
         to("/stock-receive", sku=sku, location=location)),
        ("Take the first order", "Typed by hand, as if somebody called.", to("/orders/new")),
        ("Pick, pack and ship it", "On the floor, with a scanner or by hand.", to("/floor")),
    )  # fmt: skip
    following = next((n for n, one in enumerate(done) if not one), len(done))
    return [Step(word, why, address, done[n], n == following) for n, (word, why, address) in enumerate(all_of_them)]


@page("POST", "/home/set-up", needs="search.read")
async def put_set_up_away(screen: ConsoleScreen) -> Answer:
    """Leave the list out from now on."""
    await screen.do("put_preference", body={"name": PREFERENCE, "value": {"away": ["yes"]}})
    screen.say("The list is put away. Settings has all of it.")
    return screen.go(screen.url("/"))


HOME_SET_UP = [put_set_up_away]

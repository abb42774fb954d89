"""The page of an order, its timeline, and its customer's history beside it."""

from __future__ import annotations

import asyncio
from typing import Any

from orderwright.api import Answer
from orderwright.console import words_messages, words_orders
from orderwright.console.frame import ConsoleScreen
from orderwright.console.order_actions import PRIMARY_MAX, actions_of
from orderwright.console.order_dialog import order_path, path_of
from orderwright.console.order_facts import TIMELINE_SHOWN, OrderFacts, names_of_colleagues, read_facts
from orderwright.console.words_customers import name_of, returned_share
from orderwright.console.words_events import GROUPS, Entry, entry_of, in_group, who
from orderwright.screens import page

HISTORY_SHOWN = 30
_DIGITS_MAX = 9


@page("GET", "/orders/{order_id}", needs="orders.read")
async def order_page(screen: ConsoleScreen) -> Answer:
    """An order: who, what, where, when, what is wrong, and what can be done."""
    facts = await read_facts(screen, screen.param("order_id"))
    order, now = facts.order, screen.ctx.now
    actions = actions_of(facts, screen.may)
    primary = [one for one in actions if one.primary][:PRIMARY_MAX]
    return screen.show(
        "orders/order.html", facts=facts, order=order, now=now, say=words_orders, base=order_path(screen),
        counts={line.n: words_orders.count(line) for line in order.lines}, names={line.n: line for line in order.lines},
        promise=words_orders.promise(order, now, screen.formats),
        wrong=words_orders.wrong(order, facts.claims, now, screen.formats), primary=primary,
        more=[one for one in actions if one not in primary], sums=_sums(facts), who=_who(facts),
        others=_others(facts), bought=_bought(facts), say_messages=words_messages, me=screen.ctx.actor,
        **_timeline(screen, facts),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/timeline", needs="orders.read")
async def order_timeline(screen: ConsoleScreen) -> Answer:
    """What happened to an order, of one kind or all, a hundred events at a time."""
    before = screen.incoming.asked("before")
    known = int(before) if before.isdecimal() and len(before) <= _DIGITS_MAX else None
    path = path_of(screen)
    order, names = await asyncio.gather(screen.ask("read_order", path=path), names_of_colleagues(screen))
    last = order.events if known is None else max(0, known - 1)
    after = max(0, last - TIMELINE_SHOWN)
    found = await screen.ask("read_timeline", path=path, query={"after": after, "limit": TIMELINE_SHOWN})
    events = [event for event in found.data if event.seq <= last]
    group = screen.incoming.asked("kind", "all")
    return screen.show(
        "orders/timeline.html", order=order, base=order_path(screen), before=known,
        entries=_entries(screen, order, events, names, group), tabs=_tabs(screen, group),
        earlier=_earlier(screen, events[0].seq if events and after else None, group),
    )  # fmt: skip


@page("GET", "/orders/{order_id}/history", needs="orders.read")
async def order_history(screen: ConsoleScreen) -> Answer:
    """The customer's other orders beside this one: what they bought, sent back, and what is open."""
    path = path_of(screen)
    order = await screen.ask("read_order", path=path)
    customer = orders = totals = None
    if order.customer is not None and screen.may("customers.read"):
        of = {"customer_id": order.customer}
        customer, orders, totals = await asyncio.gather(
            screen.find("read_customer", path=of),
            screen.find("list_orders_of_customer", path=of, query={"limit": HISTORY_SHOWN}),
            screen.find("read_customer_totals", path=of),
        )
    return screen.show(
        "orders/history.html", order=order, customer=customer, orders=orders, totals=totals, base=order_path(screen),
        name=name_of(customer) if customer is not None else "", returned_share=returned_share,
    )  # fmt: skip


@page("GET", "/orders/{order_id}/sourcing", needs="sourcing.read")
async def order_sourcing(screen: ConsoleScreen) -> Answer:
    """Why from here: who was asked, what it would have cost in distance, and what spoke against the others."""
    path = path_of(screen)
    order, found, names = await asyncio.gather(
        screen.ask("read_order", path=path), screen.ask("read_sourcing", path=path), names_of_colleagues(screen)
    )
    actors = {one.n: who(one.actor, one.on_behalf_of, names) for one in found.data}
    return screen.show(
        "orders/sourcing.html", order=order, found=found, actors=actors, say=words_orders, base=order_path(screen)
    )


@page("GET", "/orders/{order_id}/money", needs="payments.read")
async def order_ledger(screen: ConsoleScreen) -> Answer:
    """Every cent that moved, and what was asked of providers."""
    path, after = path_of(screen), screen.incoming.asked("after") or None
    order, money, entries, names = await asyncio.gather(
        screen.ask("read_order", path=path),
        screen.ask("read_order_money", path=path),
        screen.ask("read_money_entries", path=path, query={"limit": TIMELINE_SHOWN, "after": after}),
        names_of_colleagues(screen),
    )
    actors = {one.id: who(one.actor, one.on_behalf_of, names) for one in entries.data}
    following = screen.url(f"/orders/{order.id}/money", after=entries.next) if entries.next else None
    return screen.show(
        "orders/money.html", order=order, money=money, entries=entries, actors=actors, following=following,
        base=order_path(screen), say=words_orders,
    )  # fmt: skip


@page("GET", "/orders/{order_id}/documents/{document_id}", needs="documents.read")
async def order_document(screen: ConsoleScreen) -> Answer:
    """An invoice, a credit note or a receipt as PDF."""
    path = {"document_id": screen.param("document_id")}
    return screen.hand_over(await screen.do("read_document_as_pdf", path=path))


@page("GET", "/orders/{order_id}/files/{attachment_id}", needs="orders.read")
async def order_file(screen: ConsoleScreen) -> Answer:
    """A file of an order."""
    path = path_of(screen) | {"attachment_id": screen.param("attachment_id")}
    return screen.hand_over(await screen.do("read_file", path=path))


def _who(facts: OrderFacts) -> Any:
    """Whom the order is of, as it says itself."""
    return facts.order.buyer or facts.order.ship_to or facts.order.bill_to


def _sums(facts: OrderFacts) -> dict[str, int]:
    """What all payments together brought, in minor units."""
    payments = facts.order.payments
    return {name: sum(getattr(one, name).amount for one in payments) for name in ("authorized", "captured", "refunded")}


def _others(facts: OrderFacts) -> list[Any]:
    """Other orders of the same person, those that are still open first."""
    if facts.others is None:
        return []
    found = [one for one in facts.others.data if one.id != facts.order.id]
    return sorted(found, key=lambda one: one.status in words_orders.OVER)


def _bought(facts: OrderFacts) -> str:
    """How many orders a person has: "14 orders"."""
    if facts.totals is None or not facts.totals.bought:
        return ""
    count = sum(one.orders for one in facts.totals.bought)
    return "first order" if count == 1 else f"{count:,} orders{' or more' if facts.totals.more else ''}"


def _timeline(screen: ConsoleScreen, facts: OrderFacts) -> dict[str, Any]:
    entries = _entries(screen, facts.order, facts.events, facts.names, "all")
    return {"entries": entries, "tabs": _tabs(screen, "all"), "earlier": _earlier(screen, facts.earlier, "all")}


def _entries(screen: ConsoleScreen, order: Any, events: Any, names: Any, group: str) -> list[Entry]:
    """Lines of the timeline, the newest first."""
    currency = order.totals.total.currency
    found = [e for e in events if in_group(e.type, group)]
    return [entry_of(event, screen.formats, currency, names) for event in reversed(found)]


def _tabs(screen: ConsoleScreen, group: str) -> list[dict[str, Any]]:
    address = f"/orders/{screen.param('order_id')}/timeline"
    return [
        {"word": word, "address": screen.url(address, kind=name), "current": name == group, "count": ""}
        for name, (word, _) in GROUPS.items()
    ]


def _earlier(screen: ConsoleScreen, seq: int | None, group: str) -> str | None:
    if seq is None:
        return None
    return screen.url(f"/orders/{screen.param('order_id')}/timeline", kind=group, before=seq)


ORDER_READING = [
    order_page,
    order_timeline,
    order_history,
    order_sourcing,
    order_ledger,
    order_document,
    order_file,
]

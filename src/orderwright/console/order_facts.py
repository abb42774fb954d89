"""All that the page of an order shows, asked for in two rounds of few questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from orderwright.console.frame import ConsoleScreen

TIMELINE_SHOWN = 100
OTHERS_SHOWN = 6
NAMES_GOOD_FOR_S = 60.0
NOTHING: tuple[Any, ...] = ()


class OrderFacts(NamedTuple):
    """An order with what belongs to it. What whoever looks may not see is empty, or None."""

    order: Any
    events: list[Any]
    earlier: int | None  # events before those are shown by asking for what came before this seq
    money: Any
    notes: Any
    files: Any
    returns: Any
    exchanges: Any
    claims: Any
    messages: Any
    documents: Any
    others: Any
    totals: Any
    customer_notes: Any
    names: Mapping[str, str]

    @property
    def refundable(self) -> int:
        """What may be given back by hand, in minor units."""
        return 0 if self.money is None else int(self.money.refundable.amount)


async def read_facts(screen: ConsoleScreen, order_id: str) -> OrderFacts:
    """Read an order whole. Raises Refused where there is none.

    Two questions first; what they tell not to exist (a return, a note, a document) is not asked for."""
    path = {"order_id": order_id}
    order, told, names = await asyncio.gather(
        screen.ask("read_order", path=path),
        screen.ask("read_timeline", path=path, query={"limit": TIMELINE_SHOWN}),
        names_of_colleagues(screen),
    )
    asked = _Asked(screen, path, None if told.next else {event.type.partition(".")[0] for event in told.data})
    written = {event.type for event in told.data} if not told.next else None
    found = await asyncio.gather(
        _newest(screen, path, order, told),
        asked.may("payments.read", "read_order_money", path=path),
        asked.of("orders.read", "list_notes", _any(written, "order.note_added"), path=path),
        asked.of("orders.read", "list_attachments", _any(written, "order.attachment_added"), path=path),
        asked.of_noun("returns.read", "list_returns", ("return", "exchange"), query={"order": order_id}),
        asked.of_noun("returns.read", "list_exchanges", ("exchange",), query={"order": order_id}),
        asked.of_noun("claims.read", "list_claims", ("claim",), query={"order": order_id}),
        asked.of_noun("messages.read", "list_messages_of_order", ("message",), path=path),
        asked.of_noun("documents.read", "list_documents_of_order", ("document",), path=path),
        asked.of_customer("list_orders_of_customer", order.customer, {"limit": OTHERS_SHOWN}),
        asked.of_customer("read_customer_totals", order.customer),
        asked.of_customer("list_customer_notes", None if screen.ctx.limited else order.customer),
    )
    events, money, notes, files, returns, exchanges, claims, said, documents, others, totals, known = found
    earlier = events[0].seq if events and events[0].seq > 1 else None
    return OrderFacts(
        order,
        events,
        earlier,
        money,
        notes,
        files,
        returns,
        exchanges,
        claims,
        list(reversed(said)),
        documents,
        others,
        totals,
        known.data if known is not None else NOTHING,
        names,
    )


class _Asked:
    """Asks what whoever looks may ask, and what there is at all; empty tuples for all else."""

    def __init__(self, screen: ConsoleScreen, path: Mapping[str, str], nouns: set[str] | None) -> None:
        self._screen, self._path, self._nouns = screen, path, nouns

    async def may(self, permission: str, operation: str, **call: Any) -> Any:
        """What an operation answers, None for who may not ask it."""
        return await self._screen.find(operation, **call) if self._screen.may(permission) else None

    async def of(self, permission: str, operation: str, exists: bool, **call: Any) -> Any:
        """The things listed, where there are any."""
        found = await self.may(permission, operation, **call) if exists else None
        return found.data if found is not None else NOTHING

    async def of_noun(self, permission: str, operation: str, nouns: Iterable[str], **call: Any) -> Any:
        """The things listed, where the order's events tell of such."""
        return await self.of(permission, operation, self._nouns is None or bool(self._nouns & set(nouns)), **call)

    async def of_customer(self, operation: str, customer: str | None, query: Mapping[str, Any] | None = None) -> Any:
        """What is known of the customer; None where there is none."""
        if customer is None or not self._screen.may("orders.read"):
            return None
        return await self.may("customers.read", operation, path={"customer_id": customer}, query=query)


def _any(written: set[str] | None, kind: str) -> bool:
    return written is None or kind in written


async def _newest(screen: ConsoleScreen, path: Mapping[str, str], order: Any, told: Any) -> list[Any]:
    """The newest events, oldest first."""
    if not told.next:
        return list(told.data)
    after = max(0, order.events - TIMELINE_SHOWN)
    found = await screen.ask("read_timeline", path=path, query={"after": after, "limit": TIMELINE_SHOWN})
    return list(found.data)


async def names_of_colleagues(screen: ConsoleScreen) -> Mapping[str, str]:
    """What people of the merchant are called, by id; asked once a minute."""
    kept: dict[str, tuple[float, Mapping[str, str]]] = screen.incoming.state.console_names
    entry = kept.get(screen.merchant.code)
    if entry is None or time.monotonic() - entry[0] > NAMES_GOOD_FOR_S:
        found = await screen.ask("list_names_of_people")
        entry = kept[screen.merchant.code] = time.monotonic(), {one.id: one.name for one in found.data}
    return entry[1]

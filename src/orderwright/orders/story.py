"""Tell what happened to locked orders: events with their seq, and the orders' status derived anew, together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderwright.orders.quantities import touch_orders
from orderwright.orders.queries import LockedOrder, TouchedOrder
from orderwright.orders.states import OrderStatus
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID
from orderwright.platform.metrics import count_orders

MILESTONES = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED})  # as in touch_orders.sql


class OrderStory:
    """Events of a batch of orders that the caller holds locked, numbered after each order's last (law T2)."""

    def __init__(self, orders: Mapping[UUID, LockedOrder], now: datetime) -> None:
        self._orders = orders
        self._now = now
        self._events: list[NewEvent] = []
        self._counts: dict[UUID, int] = {}
        self._holds: dict[UUID, int] = {}

    def tell(
        self, order_id: UUID, type_: str, data: dict[str, Any], *, holds: int = 0, happened_at: datetime | None = None
    ) -> None:
        """Something happened to an order. `holds`: how many holds it opened (or, negative, released)."""
        count = self._counts.get(order_id, 0) + 1
        self._counts[order_id] = count
        if holds:
            self._holds[order_id] = self._holds.get(order_id, 0) + holds
        seq = self._orders[order_id].event_seq + count
        self._events.append(NewEvent(order_id, seq, type_, data, happened_at or self._now))

    async def write(self, tx: Transaction, acts: UUID | Mapping[UUID, UUID]) -> dict[UUID, TouchedOrder]:
        """Write the events and derive the orders' status. Three statements, or none when nothing happened.

        `acts` is the act of all of them, or the act of each order: a batch may carry several calls. An order that
        becomes shipped or delivered as a whole is told by `order.shipped` or `order.delivered`.
        """
        if not self._events:
            return {}
        touched = await touch_orders(tx, self._counts, self._holds)
        changed = [order for order in touched.values() if order.status != order.old_status]
        milestones = [
            NewEvent(order.id, order.event_seq, f"order.{order.status}", {"from": order.old_status}, self._now)
            for order in changed
            if order.status in MILESTONES
        ]
        events = self._events + milestones
        act_ids = [acts[e.subject_id] for e in events] if isinstance(acts, Mapping) else acts
        await append_events(tx, act_ids, events)
        for status, count in Counter(order.status for order in changed).items():
            count_orders(tx, status, count)
        count_orders(tx, "held", sum(1 for opened in self._holds.values() if opened > 0))
        return touched

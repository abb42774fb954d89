"""Tell what happened to locked orders: events with their seq, and the orders' status derived anew, together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderwright.orders.quantities import touch_orders
from orderwright.orders.queries import LockedOrder, TouchedOrder
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID


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

    async def write(self, tx: Transaction, act_id: UUID) -> dict[UUID, TouchedOrder]:
        """Write the events and derive the orders' status. Three statements, or none when nothing happened."""
        if not self._events:
            return {}
        touched = await touch_orders(tx, self._counts, self._holds)
        await append_events(tx, act_id, self._events)
        return touched

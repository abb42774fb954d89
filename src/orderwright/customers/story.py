"""Tell what happened to locked customers: an event's seq is the version of its customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderwright.customers.erasure import CustomerState
from orderwright.customers.told import raise_versions
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID


class CustomerStory:
    """Events of locked customers, in the order in which they are told. `locked`: by id."""

    def __init__(self, locked: Mapping[UUID, CustomerState], now: datetime) -> None:
        self._versions = {customer.id: customer.version for customer in locked.values()}
        self._told: Counter[UUID] = Counter()
        self._events: list[NewEvent] = []
        self._now = now

    def tell(self, customer_id: UUID, type_: str, data: dict[str, Any]) -> None:
        """Tell one thing of a customer."""
        self._told[customer_id] += 1
        seq = self._versions[customer_id] + self._told[customer_id]
        self._events.append(NewEvent(customer_id, seq, type_, data, self._now))

    async def write(self, tx: Transaction, act_id: UUID) -> None:
        """Append what was told, and raise the versions. Two statements."""
        await raise_versions(tx, self._told)
        await append_events(tx, act_id, self._events)

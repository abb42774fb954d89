"""Give one customer's messages to another: two that turned out to be the same person."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.messages.queries import GIVE_MESSAGES
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID


async def give_messages(tx: Transaction, kept: Mapping[UUID, UUID]) -> None:
    """Messages about no order of customers become those of whom each is kept as; those of orders go with the orders.
    The caller holds the customers locked. One statement."""
    await GIVE_MESSAGES.run(tx, *columns(list(kept.items()), 2))

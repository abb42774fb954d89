"""How long draft orders are kept, and erasing those of people (law T5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from orderwright.draft_orders.queries import DELETE_OF_PEOPLE, PRUNE_DRAFTS
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.retention import Pruning

OLD_DRAFT_ORDERS = Pruning("draft_orders", PRUNE_DRAFTS)  # when they expire (`draft_order_d`); deleted ones after a day


async def delete_drafts_of_people(tx: Transaction, reachable_at: Mapping[UUID, Iterable[str]]) -> Counter[UUID]:
    """Erase the drafts that name people; returns how many went, by owner. One statement.

    By owner: e-mail addresses and digits of telephone numbers."""
    keys = [
        (f"email:{text}" if "@" in text else f"phone:{text}", owner)
        for owner, texts in reachable_at.items()
        for text in texts
    ]
    rows = await DELETE_OF_PEOPLE.fetch(tx, [key for key, _ in keys], [owner for _, owner in keys])
    return Counter(row.owner for row in rows)

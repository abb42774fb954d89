"""Keep sourcing decisions with their explanation, and the locations that an order is not offered to again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.sourcing.queries import INSERT_DECISIONS, INSERT_EXCLUSIONS, LIFT_EXCLUSIONS, READ_EXCLUSIONS

_encode = msgspec.json.Encoder().encode


async def exclude_locations(tx: Transaction, exclusions: Iterable[tuple[UUID, UUID, str]]) -> None:
    """Do not offer orders to locations for now: (order, location, reason). One statement, or none."""
    rows = sorted({exclusion[:2]: exclusion for exclusion in exclusions}.values())
    if rows:
        await INSERT_EXCLUSIONS.run(tx, *columns(rows, 3))


async def lift_exclusions(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """Offer orders to the locations that their lines name again. One statement, or none."""
    wanted = list(order_ids)
    if wanted:
        await LIFT_EXCLUSIONS.run(tx, wanted)


async def read_exclusions(tx: Transaction, order_ids: Sequence[UUID], lapse: timedelta) -> dict[UUID, set[UUID]]:
    """The locations that orders are not offered to: for the time of `lapse`, or until units of a SKU that the order
    needs come in there (where the reason was about goods). One statement."""
    found: dict[UUID, set[UUID]] = {}
    for row in await READ_EXCLUSIONS.fetch(tx, list(order_ids), int(lapse.total_seconds())):
        found.setdefault(row.order_id, set()).add(row.location_id)
    return found


async def record_decisions(tx: Transaction, decisions: Sequence[tuple[UUID, str, dict[str, Any], UUID]]) -> set[UUID]:
    """Keep (order, outcome, explanation, act) as each order's next decision. One statement, or none.

    Returns the orders of which it is news: that nobody can bring anything is kept once, not at every attempt.
    """
    if not decisions:
        return set()
    rows = [(order_id, outcome, _encode(why).decode(), act_id) for order_id, outcome, why, act_id in decisions]
    return {row.order_id for row in await INSERT_DECISIONS.fetch(tx, *columns(rows, 4))}

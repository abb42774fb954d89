"""Who gets what came in: first come first served within priority. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.inventory import Pair
from orderwright.orders.queries import BackorderRow, QueuedRow
from orderwright.platform.ids import UUID


class Filled(NamedTuple):
    """Units that a component waited for (`taken.quantity`), and the pool that they come from."""

    taken: BackorderRow
    from_pool_id: UUID


def deal_backorders(
    queue: Sequence[QueuedRow], waiting: Mapping[tuple[UUID, int, int], BackorderRow], left: Mapping[Pair, int]
) -> list[Filled]:
    """Give those in the queue what there is, in turn, leaving the buffer of each. `waiting`: what waits by now, by
    component; `left`: the ATP of (SKU, pool)."""
    filled: list[Filled] = []
    wanted = {key: row.quantity for key, row in waiting.items()}
    free = dict(left)
    for one in queue:
        key, pair = one[:3], (one.sku_id, one.from_pool_id)
        got = min(wanted.get(key, 0), free.get(pair, 0) - one.buffer)
        if got > 0:
            wanted[key] -= got
            free[pair] -= got
            filled.append(Filled(waiting[key]._replace(quantity=got), one.from_pool_id))
    return filled

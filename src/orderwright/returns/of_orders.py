"""How many returns orders have."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query


class _Count(NamedTuple):
    order_id: UUID
    returns: int


COUNT_RETURNS = query(__package__, "count_returns", _Count)


async def count_returns(tx: Transaction, order_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many returns orders have, whatever became of them; those without are left out. One statement."""
    return {row.order_id: row.returns for row in await COUNT_RETURNS.fetch(tx, list(order_ids))}

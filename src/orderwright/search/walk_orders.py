"""The ids of all orders of a list, in pieces, newest first: what exports and bulk runs walk along."""

from __future__ import annotations

from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.search.filters import OrderFilters
from orderwright.search.find import find_orders
from orderwright.search.numbers import DEFAULT_FORMAT
from orderwright.search.sources import NEWEST, Span
from orderwright.search.understand import understand

PIECE = 1_000


class MatchingIds(NamedTuple):
    """Some orders of a list. `below`: where the next piece begins; None at the end."""

    ids: list[UUID]
    below: UUID | None


async def matching_ids(
    tx: Transaction,
    filters: OrderFilters,
    below: UUID = NEWEST,
    *,
    number_format: str = DEFAULT_FORMAT,
    ctx: Context | None = None,
) -> MatchingIds:
    """A thousand orders at most that all filters are true of, newest first, from below an id.

    A piece may be empty and still have more behind it. No locks. Raises `InvalidFilter`.
    """
    search = await understand(tx, filters, number_format, ctx)
    if search is None:
        return MatchingIds([], None)
    if search.simple:
        ids = await search.sources[0].take(tx, Span(below), PIECE)
        return MatchingIds(ids, ids[-1] if len(ids) == PIECE else None)
    found = await find_orders(tx, search, below, PIECE)
    ids = found.ids[:PIECE]  # those whose ids tell when they were placed, and others: there may be twice as many
    return MatchingIds(ids, ids[-1] if len(ids) == PIECE else found.stopped_at)

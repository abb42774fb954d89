"""Find the orders of a search: the source that is sparsest among the newest orders leads, and what it finds is checked
for the rest, in growing pieces, until there are enough or so many were looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query
from orderwright.search.conditions import Conditions
from orderwright.search.sources import OLDEST, FoundRow, Source, Span
from orderwright.search.understand import Search

EXAMINED_MAX = 10_000
_PIECE, _PIECE_MAX = 100, 2_500  # orders that are found and checked at once: at first, and at most
_UNCONDITIONAL = Conditions()


class Found(NamedTuple):
    """Orders newest first. `stopped_at`: the last one looked at, when there may be more behind it."""

    ids: list[UUID]
    stopped_at: UUID | None


MATCH_ORDERS = query(__package__, "match_orders", FoundRow)
MATCH_FURTHER = query(__package__, "match_further", FoundRow)


async def find_orders(
    tx: Transaction, search: Search, below: UUID, wanted: int, examined_max: int | None = None
) -> Found:
    """The newest orders of a search, from the orders whose ids tell when they were placed and from the others."""
    most = EXAMINED_MAX if examined_max is None else examined_max
    span = Span(min(below, search.span.below), search.span.floor)
    found = await _find_in(tx, search, search.sources, span, wanted, most)
    if search.off_time is None:
        return found
    others = await _find_in(tx, search, [search.off_time], Span(below, OLDEST), wanted, most)
    stops = [stop for stop in (found.stopped_at, others.stopped_at) if stop is not None]
    horizon = max(stops, default=None)
    ids = sorted({*found.ids, *others.ids}, reverse=True)
    return Found([i for i in ids if horizon is None or i >= horizon], horizon)


async def _find_in(
    tx: Transaction, search: Search, sources: Sequence[Source], span: Span, wanted: int, examined_max: int
) -> Found:
    """The newest orders of one source, or of several the sparsest, that match."""
    pieces = [await source.take(tx, span, _PIECE) for source in sources]
    piece, source = min(zip(pieces, sources, strict=True), key=lambda pair: _reach(pair[0]))
    size, examined = _PIECE, 0
    found: list[UUID] = []
    while True:
        found += await _match(tx, search, piece)
        examined += len(piece)
        if len(piece) < size:
            return Found(found, None)
        if len(found) >= wanted:
            return Found(found[:wanted], None)
        if examined >= examined_max:
            return Found(found, piece[-1])
        span = Span(piece[-1], span.floor)
        size = min(size * 5, _PIECE_MAX)
        piece = await source.take(tx, span, size)


def _reach(piece: Sequence[UUID]) -> tuple[bool, UUID | int]:
    """How far back a piece reaches: the farther, the sparser its source. One that is not full holds all there is."""
    return (True, piece[-1]) if len(piece) == _PIECE else (False, len(piece))


async def _match(tx: Transaction, search: Search, order_ids: Sequence[UUID]) -> list[UUID]:
    """Those that all that is asked for is true of, newest first. One statement, or two."""
    found = list(order_ids)
    if found and search.conditions != _UNCONDITIONAL:
        found = [row.id for row in await MATCH_ORDERS.fetch(tx, found, *msgspec.structs.astuple(search.conditions))]
    if found and search.further is not None:
        found = [row.id for row in await MATCH_FURTHER.fetch(tx, found, *msgspec.structs.astuple(search.further))]
    return found

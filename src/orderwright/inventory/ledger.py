"""The goods ledger: the only code that changes stock and availability (laws G1 and G2).

`move_goods` writes movements and balances together, from the same list, so that a balance cannot change without its
movement. Callers hold the locks: `lock_availability` before `lock_stock`, each in key order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import add
from typing import NamedTuple

from orderwright.inventory.queries import (
    APPEND_MOVEMENTS,
    ENSURE_AVAILABILITY,
    ENSURE_STOCK,
    LOCK_AVAILABILITY,
    LOCK_AVAILABILITY_OF,
    LOCK_STOCK,
    MOVE_AVAILABILITY,
    MOVE_STOCK,
    READ_AVAILABILITY,
    READ_STOCK,
    STAMP_RECEIVED,
    STOCK_AT,
    AvailabilityRow,
    StockRow,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_ids

BUCKETS = ("available", "withheld", "allocated", "picked", "packed", "quarantine", "damaged", "in_transit")
_INDEX = {bucket: i for i, bucket in enumerate(BUCKETS)}

Pair = tuple[UUID, UUID]


class Place(NamedTuple):
    """Where goods are: a bucket at a location, or a boundary account (no location)."""

    location_id: UUID | None
    bucket: str


CUSTOMER = Place(None, "customer")
SUPPLIER = Place(None, "supplier")
LOSS = Place(None, "loss")


class Move(NamedTuple):
    """`quantity` units of a SKU from one place to another, and what for.

    `happened_at` where that is not when it is written: what left a till is told of later.
    """

    sku_id: UUID
    source: Place
    target: Place
    quantity: int
    kind: str
    subject_id: UUID | None = None
    order_id: UUID | None = None
    line_n: int | None = None
    component_n: int | None = None
    happened_at: datetime | None = None


class AvailabilityDelta(NamedTuple):
    """What to add to a pool's balances of a SKU, in units."""

    sku_id: UUID
    pool_id: UUID
    available_to_promise: int = 0
    reserved: int = 0
    promised: int = 0
    backordered: int = 0


async def lock_availability(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, AvailabilityRow]:
    """Lock (SKU, pool) balances in key order, making those that are missing. One statement, three where some are."""
    wanted = set(pairs)
    found = await relock_availability(tx, wanted)
    if len(found) == len(wanted):
        return found
    await ensure_availability(tx, [pair for pair in wanted if pair not in found])
    return await relock_availability(tx, wanted)


async def ensure_availability(tx: Transaction, pairs: Sequence[Pair]) -> None:
    """Make (SKU, pool) balances that are missing. One statement, or none."""
    if pairs:
        await ENSURE_AVAILABILITY.run(tx, *columns(sorted(set(pairs)), 2))


async def relock_availability(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, AvailabilityRow]:
    """Lock (SKU, pool) balances that are known to exist. One statement."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    skus, pools = columns(wanted, 2)
    return {(row.sku_id, row.pool_id): row for row in await LOCK_AVAILABILITY.fetch(tx, skus, pools)}


async def read_availability(tx: Transaction, sku_ids: Iterable[UUID]) -> list[AvailabilityRow]:
    """The balances of SKUs in all pools, without a lock. One statement, or none."""
    wanted = list(set(sku_ids))
    return await READ_AVAILABILITY.fetch(tx, wanted) if wanted else []


async def lock_availability_of(tx: Transaction, sku_ids: Iterable[UUID]) -> dict[Pair, AvailabilityRow]:
    """Lock the balances of SKUs in all pools in key order. One statement."""
    rows = await LOCK_AVAILABILITY_OF.fetch(tx, list(sku_ids))
    return {(row.sku_id, row.pool_id): row for row in rows}


async def move_availability(tx: Transaction, deltas: Iterable[AvailabilityDelta]) -> None:
    """Add to balances whose rows the caller holds locked. Deltas of one row are summed. One statement, or none."""
    summed: dict[Pair, tuple[int, ...]] = {}
    for delta in deltas:
        key, values = delta[:2], delta[2:]
        earlier = summed.get(key)
        summed[key] = values if earlier is None else tuple(map(add, earlier, values))
    rows = [key + values for key, values in sorted(summed.items()) if any(values)]
    if rows:
        await MOVE_AVAILABILITY.run(tx, *columns(rows, 6))


async def read_stock(tx: Transaction, sku_ids: Iterable[UUID], location_ids: Iterable[UUID]) -> dict[Pair, StockRow]:
    """Stock of SKUs at locations, without a lock."""
    rows = await READ_STOCK.fetch(tx, list(set(sku_ids)), list(set(location_ids)))
    return {(row.sku_id, row.location_id): row for row in rows}


async def lock_stock(tx: Transaction, pairs: Iterable[Pair]) -> dict[Pair, StockRow]:
    """Lock (SKU, location) balances in key order, making those that are missing. One statement, three where some are.

    To make them first would cost as much as locking them, every time, for rows that are there nearly always.
    """
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    found = await LOCK_STOCK.fetch(tx, *columns(wanted, 2))
    if len(found) < len(wanted):
        there = {(row.sku_id, row.location_id) for row in found}
        await ENSURE_STOCK.run(tx, *columns([pair for pair in wanted if pair not in there], 2))
        found = await LOCK_STOCK.fetch(tx, *columns(wanted, 2))
    return {(row.sku_id, row.location_id): row for row in found}


async def stock_at(tx: Transaction, location_ids: Iterable[UUID]) -> list[Pair]:
    """The (SKU, location) balances of locations, whatever is in them. One statement."""
    return [(row.sku_id, row.location_id) for row in await STOCK_AT.fetch(tx, list(location_ids))]


async def stamp_received(tx: Transaction, pairs: Iterable[Pair]) -> None:
    """Note that units of (SKU, location) pairs, whose rows the caller holds locked, came in. One statement, or none."""
    wanted = sorted(set(pairs))
    if wanted:
        await STAMP_RECEIVED.run(tx, *columns(wanted, 2))


async def move_goods(
    tx: Transaction, acts: UUID | Mapping[UUID, UUID], moves: Sequence[Move], happened_at: datetime
) -> None:
    """Write movements and change the balances by them. The caller holds the stock rows' locks. Two statements.

    `acts` is the act of all of them, or the act of each order: a batch may carry several calls.
    """
    moves = [move for move in moves if move.quantity]
    if not moves:
        return
    summed: dict[Pair, list[int]] = {}
    for move in moves:
        for place, sign in ((move.source, -1), (move.target, 1)):
            if place.location_id is not None:
                entry = summed.setdefault((move.sku_id, place.location_id), [0] * len(BUCKETS))
                entry[_INDEX[place.bucket]] += sign * move.quantity
    rows = [(*key, *values) for key, values in sorted(summed.items())]
    await MOVE_STOCK.run(tx, *columns(rows, 2 + len(BUCKETS)))
    entries = [
        (new, m.sku_id, *m.source, *m.target, m.quantity, m.kind, m.subject_id, m.order_id, m.line_n, m.component_n,
         acts[m.order_id] if isinstance(acts, Mapping) else acts, m.happened_at or happened_at)
        for new, m in zip(new_ids(len(moves)), moves, strict=True)
    ]  # fmt: skip
    await APPEND_MOVEMENTS.run(tx, entries)

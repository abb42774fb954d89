"""Read and write fulfillments, allocations and shipments. Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.fulfillment.queries import (
    APPEND_ALLOCATIONS,
    APPEND_FULFILLMENTS,
    APPEND_HANDED_ALLOCATIONS,
    APPEND_HANDED_FULFILLMENTS,
    BREAKABLE_ALLOCATIONS,
    CHANGE_STATE,
    FULFILLMENTS_OF_ORDERS,
    LOCATION_LOAD,
    MOVE_ALLOCATIONS,
    ORDERS_OF_FULFILLMENTS,
    READ_ALLOCATIONS,
    READ_FULFILLMENTS,
    STAMP_TRACKING,
    AllocationRow,
    BreakableRow,
    FulfillmentRow,
    UnitRow,
)
from orderwright.fulfillment.states import FulfillmentState, sources
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID

_FIELDS = ("quantity", "picked", "packed", "shipped", "delivered")


class NewFulfillment(NamedTuple):
    """Work at one location for one order. Order of the columns of `APPEND_FULFILLMENTS`."""

    id: UUID
    order_id: UUID
    location_id: UUID
    method: str
    due_at: datetime


class NewAllocation(NamedTuple):
    """What a new fulfillment has to bring. Order of the columns of `APPEND_ALLOCATIONS`."""

    fulfillment_id: UUID
    line_n: int
    component_n: int
    order_id: UUID
    sku_id: UUID
    location_id: UUID
    pool_id: UUID
    quantity: int


class HandedFulfillment(NamedTuple):
    """Goods that left a till at one location for one order, at `handed_at`."""

    id: UUID
    order_id: UUID
    location_id: UUID
    handed_at: datetime


class HandedAllocation(NamedTuple):
    """`quantity` units of a component that a handed fulfillment brought."""

    fulfillment_id: UUID
    line_n: int
    component_n: int
    order_id: UUID
    sku_id: UUID
    location_id: UUID
    pool_id: UUID
    quantity: int


class AllocationMove(NamedTuple):
    """What to add to an allocation's quantities, in units."""

    allocation: AllocationRow | UnitRow
    quantity: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0


async def orders_of_fulfillments(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which order each fulfillment belongs to. One statement."""
    return {row.id: row.order_id for row in await ORDERS_OF_FULFILLMENTS.fetch(tx, list(fulfillment_ids))}


async def read_fulfillments(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> dict[UUID, FulfillmentRow]:
    """Fulfillments by id. One statement."""
    return {row.id: row for row in await READ_FULFILLMENTS.fetch(tx, list(fulfillment_ids))}


async def fulfillments_of_orders(tx: Transaction, order_ids: Iterable[UUID]) -> list[FulfillmentRow]:
    """All fulfillments of orders, oldest first. One statement."""
    return await FULFILLMENTS_OF_ORDERS.fetch(tx, list(order_ids))


async def read_allocations(tx: Transaction, fulfillment_ids: Sequence[UUID]) -> dict[UUID, list[AllocationRow]]:
    """Allocations by fulfillment. One statement."""
    found: dict[UUID, list[AllocationRow]] = {fulfillment_id: [] for fulfillment_id in fulfillment_ids}
    for row in await READ_ALLOCATIONS.fetch(tx, list(fulfillment_ids)):
        found[row.fulfillment_id].append(row)
    return found


async def open_fulfillments(
    tx: Transaction, fulfillments: Sequence[NewFulfillment], allocations: Sequence[NewAllocation]
) -> None:
    """Write new fulfillments with what they have to bring. Two statements, or none."""
    await APPEND_FULFILLMENTS.run(tx, [(*work, FulfillmentState.OPEN.value) for work in fulfillments])
    await APPEND_ALLOCATIONS.run(tx, allocations)


async def record_handed_over(
    tx: Transaction, works: Sequence[HandedFulfillment], allocations: Sequence[HandedAllocation]
) -> None:
    """Write fulfillments that are delivered already. Two statements, or none."""
    delivered = FulfillmentState.DELIVERED.value
    rows = [(w.id, w.order_id, w.location_id, w.handed_at, w.handed_at, "pickup", delivered) for w in works]
    await APPEND_HANDED_FULFILLMENTS.run(tx, rows)
    await APPEND_HANDED_ALLOCATIONS.run(tx, [(*a, a.quantity, a.quantity) for a in allocations])


async def move_allocations(tx: Transaction, moves: Iterable[AllocationMove]) -> None:
    """Add to allocations, those of one summed. One statement, or none."""
    summed: dict[tuple[UUID, int, int], list[int]] = {}
    for move in moves:
        entry = summed.setdefault(move.allocation[:3], [0] * len(_FIELDS))
        for i, value in enumerate(move[1:]):
            entry[i] += value
    rows = [(*key, *values) for key, values in summed.items() if any(values)]
    if rows:
        await MOVE_ALLOCATIONS.run(tx, *columns(rows, 3 + len(_FIELDS)))


async def change_state(
    tx: Transaction, fulfillment_ids: Sequence[UUID], target: FulfillmentState, at: datetime
) -> set[UUID]:
    """Change fulfillments whose state allows it (law T3); returns those that changed. One statement, or none."""
    if not fulfillment_ids:
        return set()
    rows = await CHANGE_STATE.fetch(tx, list(fulfillment_ids), target.value, sources(target), at)
    return {row.id for row in rows}


async def stamp_tracking(tx: Transaction, times: Sequence[tuple[UUID, datetime, datetime | None]]) -> None:
    """Note when fulfillments left at the latest and when they arrived, as carriers say. One statement, or none."""
    if times:
        await STAMP_TRACKING.run(tx, *columns(times, 3))


async def location_load(tx: Transaction, dues: Mapping[UUID, datetime]) -> dict[UUID, int]:
    """How many fulfillments each location has due at a moment (a cut-off of its own). One statement."""
    rows = await LOCATION_LOAD.fetch(tx, list(dues), list(dues.values()))
    return {row.location_id: row.fulfillments for row in rows}


async def breakable_allocations(tx: Transaction, losses: Mapping[tuple[UUID, UUID], int]) -> list[BreakableRow]:
    """Unpicked units of (SKU, location) pairs by order, those of the latest promise first, as many orders as it takes
    to cover the units lost. One statement."""
    return await BREAKABLE_ALLOCATIONS.fetch(tx, *columns(sorted((*key, units) for key, units in losses.items()), 3))

"""Move units between the quantities of orders' components, and derive the orders' status (law G4).

Callers hold the orders' locks. `move_quantities` and `touch_orders` are the only code that changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.orders.queries import (
    APPEND_COMPONENTS,
    BACKORDER_QUEUE,
    DELETE_SPENT_BACKORDERS,
    DELETE_SPENT_PROMISES,
    INSERT_BACKORDERS,
    INSERT_PROMISES,
    LOCK_ORDERS,
    MOVE_QUANTITIES,
    READ_BACKORDERS,
    READ_COMPONENTS,
    READ_PROMISES,
    SHRINK_BACKORDERS,
    SHRINK_PROMISES,
    SKUS_WAITED_FOR,
    TOUCH_ORDERS,
    UNDERSTAND_COMPONENTS,
    UNDERSTAND_LINES,
    WAITED_FOR,
    WAITING_FOR_SUPPLIES,
    BackorderRow,
    ComponentRow,
    LockedOrder,
    PromiseRow,
    QueuedRow,
    TouchedOrder,
    WaitedForRow,
)
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID

_FIELDS = (
    "pending", "external", "cancelled", "backordered", "promised", "allocated", "picked", "packed", "shipped",
    "delivered",
)  # fmt: skip
_INDEX = {name: i for i, name in enumerate(_FIELDS)}


class QuantityMove(NamedTuple):
    """`quantity` units of a component from one quantity to another; `source` None only adds (delivered)."""

    order_id: UUID
    line_n: int
    component_n: int
    source: str | None
    target: str
    quantity: int


class UnderstoodLine(NamedTuple):
    """Which SKU a line is. Column order of `understand_lines.sql`."""

    order_id: UUID
    line_n: int
    sku_id: UUID
    name: str
    delivery: str


class UnderstoodComponent(NamedTuple):
    """What a line is made of, with its units; those that are neither cancelled nor pending are none."""

    order_id: UUID
    line_n: int
    n: int
    sku_id: UUID
    ordered: int
    cancelled: int
    pending: int


async def lock_orders(tx: Transaction, order_ids: Iterable[UUID]) -> dict[UUID, LockedOrder]:
    """Lock orders in id order. One statement."""
    return {row.id: row for row in await LOCK_ORDERS.fetch(tx, sorted(set(order_ids)))}


async def move_quantities(tx: Transaction, moves: Iterable[QuantityMove]) -> None:
    """Apply moves, those of one component summed. One statement, or none."""
    summed: dict[tuple[UUID, int, int], list[int]] = {}
    for move in moves:
        entry = summed.setdefault((move.order_id, move.line_n, move.component_n), [0] * len(_FIELDS))
        if move.source is not None:
            entry[_INDEX[move.source]] -= move.quantity
        entry[_INDEX[move.target]] += move.quantity
    rows = [(*key, *values) for key, values in summed.items() if any(values)]
    if rows:
        await MOVE_QUANTITIES.run(tx, *columns(rows, 3 + len(_FIELDS)))


async def touch_orders(
    tx: Transaction, events: Mapping[UUID, int], holds: Mapping[UUID, int] | None = None
) -> dict[UUID, TouchedOrder]:
    """Derive the status of orders anew and count `events` new events and `holds` (opened less released) of each.

    The events' seqs are those after the locked row's `event_seq`. One statement.
    """
    ids = sorted(events)
    changes = holds or {}
    rows = await TOUCH_ORDERS.fetch(tx, ids, [events[i] for i in ids], [changes.get(i, 0) for i in ids])
    return {row.id: row for row in rows}


async def add_promises(tx: Transaction, promises: Sequence[PromiseRow]) -> None:
    """Add units to promises, making those that are missing. One statement, or none."""
    summed: dict[tuple[UUID, int, int, UUID, UUID], int] = {}
    for promise in promises:
        key = promise[:5]
        summed[key] = summed.get(key, 0) + promise.quantity
    if summed:
        await INSERT_PROMISES.run(tx, *columns([(*key, quantity) for key, quantity in summed.items()], 6))


async def use_promises(tx: Transaction, used: Iterable[PromiseRow]) -> None:
    """Take units off promises. Two statements, or none."""
    summed: dict[tuple[UUID, int, int, UUID], int] = {}
    for row in used:
        key = row[:4]
        summed[key] = summed.get(key, 0) + row.quantity
    if summed:
        arrays = columns([(*key, quantity) for key, quantity in summed.items()], 5)
        await DELETE_SPENT_PROMISES.run(tx, *arrays)
        await SHRINK_PROMISES.run(tx, *arrays)


async def use_backorders(tx: Transaction, used: Iterable[BackorderRow]) -> None:
    """Take units off backorders. Two statements, or none."""
    rows = [(b.order_id, b.line_n, b.component_n, b.quantity) for b in used if b.quantity]
    if rows:
        arrays = columns(rows, 4)
        await DELETE_SPENT_BACKORDERS.run(tx, *arrays)
        await SHRINK_BACKORDERS.run(tx, *arrays)


async def add_backorders(tx: Transaction, backorders: Sequence[BackorderRow]) -> None:
    """Queue units that wait for supply. One statement, or none."""
    if backorders:
        await INSERT_BACKORDERS.run(tx, *columns(backorders, 8))


async def understand_lines(
    tx: Transaction, lines: Sequence[UnderstoodLine], components: Sequence[UnderstoodComponent]
) -> None:
    """Say what lines are that were not understood at placement: their one component becomes the first of these, the
    others are added. Three statements, or none."""
    if lines:
        await UNDERSTAND_LINES.run(tx, *columns(lines, 5))
    first = [c for c in components if c.n == 1]
    if first:
        await UNDERSTAND_COMPONENTS.run(tx, *columns(first, 7))
    rows = [(*c[:4], c.ordered, c.pending, 0, c.cancelled, 0, 0) for c in components if c.n > 1]
    await APPEND_COMPONENTS.run(tx, rows)


async def read_components(tx: Transaction, order_ids: Iterable[UUID]) -> list[ComponentRow]:
    """The components of orders. One statement."""
    return await READ_COMPONENTS.fetch(tx, list(order_ids))


async def read_promises(tx: Transaction, order_ids: Iterable[UUID]) -> list[PromiseRow]:
    """The promises of orders. One statement."""
    return await READ_PROMISES.fetch(tx, list(order_ids))


async def read_backorders(tx: Transaction, order_ids: Iterable[UUID]) -> list[BackorderRow]:
    """What orders wait for. One statement."""
    return await READ_BACKORDERS.fetch(tx, list(order_ids))


async def waiting_for_supplies(tx: Transaction, supply_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Units that wait for dated supplies. One statement."""
    return {row.supply_id: row.units for row in await WAITING_FOR_SUPPLIES.fetch(tx, list(supply_ids))}


async def backorder_queue(tx: Transaction, sku_ids: Sequence[UUID]) -> list[QueuedRow]:
    """Who is next, with the pools to be served from, in the order of the channel; as far as each pool's ATP goes. Where
    somebody may have something the first of them is always in it. One statement."""
    return await BACKORDER_QUEUE.fetch(tx, list(sku_ids))


async def waited_for(tx: Transaction, sku_ids: Iterable[UUID]) -> list[WaitedForRow]:
    """Units of pools that lines in other pools wait for and may have. One statement."""
    return await WAITED_FOR.fetch(tx, list(sku_ids))


async def skus_waited_for(tx: Transaction, channel_ids: Iterable[UUID]) -> list[UUID]:
    """SKUs that orders of channels wait for. One statement."""
    return [row.sku_id for row in await SKUS_WAITED_FOR.fetch(tx, list(channel_ids))]

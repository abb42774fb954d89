"""Take units off allocations: what rejection, short pick, cancellation and loss have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright import fulfillment, inventory, orders
from orderwright.fulfillment import AllocationMove, AllocationRow
from orderwright.inventory import AvailabilityDelta, Move, Pair, Place
from orderwright.orders import PromiseRow, QuantityMove
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_after, enqueue_work


class GiveBack(NamedTuple):
    """`quantity` units of an allocation, of those that are `source` (allocated, picked or packed): the goods go to
    `goods_to`, the component's units to `units_to` (`promised`, to be sourced again, or `cancelled`)."""

    allocation: AllocationRow
    quantity: int
    goods_to: Place
    units_to: str
    source: str = "allocated"


async def give_back(
    tx: Transaction,
    acts: UUID | Mapping[UUID, UUID],
    kind: str,
    backs: Sequence[GiveBack],
    now: datetime,
    also_lock: Sequence[Pair] = (),
) -> None:
    """Move goods, promises and quantities for units that leave their allocation.

    The caller holds the orders' locks. Locks: availability, stock. Orders with units to source again are queued for
    sourcing; SKUs that became free are queued for the backorder pump. Law G2: goods back to `available` that are
    promised again leave ATP as it is; lost goods that stay promised lower it.
    What comes back to `available` at a location that is closed by now is withheld there.
    `acts` is the act of all of them, or the act of each order. `also_lock` names (SKU, location) pairs that the caller
    changes next: all stock is locked at once, in key order.
    """
    backs = [back for back in backs if back.quantity]
    rows = [back.allocation for back in backs]
    await inventory.lock_availability(tx, [(a.sku_id, a.pool_id) for a in rows])
    await inventory.lock_stock(tx, [*((a.sku_id, a.location_id) for a in rows), *also_lock])
    if not backs:
        return
    deltas, moves, quantities, promises = [], [], [], []
    freed: set[UUID] = set()
    for allocation, quantity, goods, units_to, source in backs:
        goods_to = _here(allocation, goods, kind)
        again = quantity if units_to == "promised" else 0
        free = (quantity if goods_to.bucket == "available" else 0) - again
        deltas.append(AvailabilityDelta(allocation.sku_id, allocation.pool_id, free, 0, again, 0))
        moves.append(
            Move(
                allocation.sku_id, Place(allocation.location_id, source), goods_to, quantity, kind,
                allocation.fulfillment_id, allocation.order_id, allocation.line_n, allocation.component_n,
            )
        )  # fmt: skip
        key = (allocation.order_id, allocation.line_n, allocation.component_n)
        quantities.append(QuantityMove(*key, source, units_to, quantity))
        if again:
            promises.append(PromiseRow(*key, allocation.pool_id, allocation.sku_id, again))
        if free > 0:
            freed.add(allocation.sku_id)
    await inventory.move_availability(tx, deltas)
    await inventory.move_goods(tx, acts, moves, now)
    await fulfillment.move_allocations(
        tx,
        [
            AllocationMove(
                b.allocation,
                quantity=-b.quantity,
                picked=-b.quantity if b.source == "picked" else 0,
                packed=-b.quantity if b.source == "packed" else 0,
            )
            for b in backs
        ],
    )
    await orders.move_quantities(tx, quantities)
    await orders.add_promises(tx, promises)
    await enqueue_after(tx, "source", "verify", sorted({p.order_id for p in promises}))
    await enqueue_work(tx, "backorders", sorted(freed))


def _here(allocation: AllocationRow, goods_to: Place, kind: str) -> Place:
    """Where goods really go: at a closed location no order may have them until it opens. (What is handed over leaves
    at once.)"""
    closed = allocation.closed and goods_to.bucket == "available" and kind != "hand_over"
    return goods_to._replace(bucket="withheld") if closed else goods_to

"""The backorder pump: what came in goes to those who wait, first come first served within priority."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import inventory, orders
from orderwright.flows.free_supplies import free_supplies
from orderwright.inventory import AvailabilityDelta
from orderwright.orders import BackorderRow, PromiseRow, QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work, finish_work


async def fill_backorders(tx: Transaction, ctx: Context, sku_ids: Sequence[UUID]) -> int:
    """Promise units of these SKUs to the backorders that are next. Returns how many units were promised.

    Locks: orders, availability of the SKUs in all pools, dated supply. Appends `order.backorder_filled`. Queues the
    orders for sourcing, and those whose promised units no location could bring so far. A SKU of which there is still
    something for those who wait (they came meanwhile) stays in the queue: whoever brings more holds the same locks, so
    that no arrival is forgotten.
    """
    queue = await orders.backorder_queue(tx, sku_ids)
    locked = await orders.lock_orders(tx, [row.order_id for row in queue])
    pairs = {(row.sku_id, row.pool_id) for row in queue}
    mine = (
        [r for r in await orders.read_backorders(tx, list(locked)) if (r.sku_id, r.pool_id) in pairs] if locked else []
    )
    rows = await inventory.lock_availability_of(tx, sku_ids)
    left = {key: row.available_to_promise for key, row in rows.items()}
    waiting = {key: row.backordered for key, row in rows.items()}
    filled: list[BackorderRow] = []
    for row in sorted(mine, key=lambda r: (-r.priority, r.order_id, r.line_n, r.component_n)):
        got = min(row.quantity, left.get((row.sku_id, row.pool_id), 0))
        if got > 0:
            left[row.sku_id, row.pool_id] -= got
            waiting[row.sku_id, row.pool_id] -= got
            filled.append(row._replace(quantity=got))
    if filled:
        await _fill(tx, filled)
        story = orders.OrderStory(locked, ctx.now)
        units: dict[UUID, int] = {}
        for row in filled:
            units[row.order_id] = units.get(row.order_id, 0) + row.quantity
        for order_id in sorted(units):
            story.tell(order_id, "order.backorder_filled", {"units": units[order_id]})
        await story.write(tx, await record_act(tx, ctx, "fill_backorders"))
        await enqueue_work(tx, "source", sorted(units))
    await enqueue_work(tx, "source", await orders.unsourced_orders(tx, sku_ids))
    more = {sku for (sku, pool), units_left in left.items() if units_left > 0 and waiting[sku, pool] > 0}
    await finish_work(tx, "backorders", [sku_id for sku_id in sku_ids if sku_id not in more])
    await enqueue_work(tx, "backorders", sorted(more))
    return sum(row.quantity for row in filled)


async def _fill(tx: Transaction, filled: Sequence[BackorderRow]) -> None:
    """Backordered units become promised ones; preorders give their claim on the dated supply back."""
    await inventory.move_availability(
        tx, [AvailabilityDelta(r.sku_id, r.pool_id, -r.quantity, 0, r.quantity, -r.quantity) for r in filled]
    )
    await orders.use_backorders(tx, filled)
    await free_supplies(tx, filled)
    await orders.add_promises(tx, [PromiseRow(*r[:5], r.quantity) for r in filled])
    await orders.move_quantities(
        tx, [QuantityMove(r.order_id, r.line_n, r.component_n, "backordered", "promised", r.quantity) for r in filled]
    )

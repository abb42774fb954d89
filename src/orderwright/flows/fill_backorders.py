"""The backorder pump: what came in goes to those who wait, first come first served within priority."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import inventory, orders
from orderwright.flows.free_supplies import free_supplies
from orderwright.inventory import AvailabilityDelta
from orderwright.orders import BackorderRow, Filled, PromiseRow, QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_after, enqueue_work, finish_work


async def fill_backorders(tx: Transaction, ctx: Context, sku_ids: Sequence[UUID]) -> int:
    """Promise units of these SKUs to the backorders that are next. Returns how many units were promised.

    A line is served from any pool that its channel sells from, in the channel's order, and leaves the channel's buffer
    there: lines of channels that keep less may take those units, also when they stand behind. A line that names its
    location is served from its own pool.

    Permission: `sourcing.run`. Locks: orders, availability of the SKUs in all pools, dated supply. Appends
    `order.backorder_filled`. Queues the orders for sourcing, and those whose promised units no location could bring so
    far. A SKU of which somebody may still have something (they came meanwhile, or it went to others than was thought)
    stays in the queue: whoever brings more or begins to wait holds the same locks, so that none is forgotten. What
    nobody may have leaves it.
    """
    ctx.require("sourcing.run")
    queue = await orders.backorder_queue(tx, sku_ids)
    locked = await orders.lock_orders(tx, [row.order_id for row in queue])
    waiting = {row[:3]: row for row in await orders.read_backorders(tx, list(locked))} if locked else {}
    rows = await inventory.lock_availability_of(tx, sku_ids)
    filled = orders.deal_backorders(queue, waiting, {key: row.available_to_promise for key, row in rows.items()})
    if filled:
        await _fill(tx, filled)
        story = orders.OrderStory(locked, ctx.now)
        units: dict[UUID, int] = {}
        for taken, _ in filled:
            units[taken.order_id] = units.get(taken.order_id, 0) + taken.quantity
        for order_id in sorted(units):
            story.tell(order_id, "order.backorder_filled", {"units": units[order_id]})
        await story.write(tx, await record_act(tx, ctx, "fill_backorders"))
        await enqueue_after(tx, "source", "verify", sorted(units))
    await enqueue_work(tx, "source", await orders.unsourced_orders(tx, sku_ids))
    more = {row.sku_id for row in await orders.backorder_queue(tx, sku_ids)}
    await finish_work(tx, "backorders", [sku_id for sku_id in sku_ids if sku_id not in more])
    await enqueue_work(tx, "backorders", sorted(more))
    return sum(taken.quantity for taken, _ in filled)


async def _fill(tx: Transaction, filled: Sequence[Filled]) -> None:
    """Backordered units become promised ones; preorders give their claim on the dated supply back."""
    deltas, promises, moves = [], [], []
    used: dict[tuple[UUID, int, int], BackorderRow] = {}
    for taken, from_pool_id in filled:
        key, quantity = taken[:3], taken.quantity
        deltas.append(AvailabilityDelta(taken.sku_id, from_pool_id, -quantity, 0, quantity, 0))
        deltas.append(AvailabilityDelta(taken.sku_id, taken.pool_id, backordered=-quantity))
        before = used[key].quantity if key in used else 0
        used[key] = taken._replace(quantity=before + quantity)
        promises.append(PromiseRow(*key, from_pool_id, taken.sku_id, quantity))
        moves.append(QuantityMove(*key, "backordered", "promised", quantity))
    await inventory.move_availability(tx, deltas)
    await orders.use_backorders(tx, used.values())
    await free_supplies(tx, used.values())
    await orders.add_promises(tx, promises)
    await orders.move_quantities(tx, moves)

"""Break allocations: lock those that a loss will break, and tell which did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import fulfillment, inventory, orders
from orderwright.fulfillment import Break, Breakable, BreakableRow, FulfillmentState
from orderwright.inventory import Pair
from orderwright.orders import OrderStory
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id

_UNPICKED = frozenset({FulfillmentState.OPEN, FulfillmentState.RELEASED, FulfillmentState.PICKING})
_ROUNDS = 5  # of looking, before what is there then has to do: the rest is told (`stock_changed`), or found


async def lock_breakable(tx: Transaction, losses: Mapping[Pair, int], also: Sequence[UUID] = ()) -> Breakable:
    """Lock the orders whose allocations the loss of these units will break, together with those in `also`.

    Looked for only where the loss looks larger than what is available: before the locks of availability and stock,
    which come after those of orders. No more orders than it takes: those of the latest promise. Where one of them was
    picked or cancelled before it was locked, the locks are given back and it is looked anew; so that all are always
    locked at once, in id order. One statement for the losses, five more where something may break; one for the others
    alone.
    """
    wanted = {key: units for key, units in losses.items() if units > 0}
    breakable = Breakable({}, [])
    for left in reversed(range(_ROUNDS)):
        short = await _larger_than_stock(tx, wanted)
        candidates = await fulfillment.breakable_allocations(tx, short) if short else []
        if not candidates:
            return Breakable(await orders.lock_orders(tx, also) if also else {}, [])
        await tx.execute("SAVEPOINT breakable")
        breakable = await _lock(tx, candidates, also)
        if not left or breakable.covers(candidates, short):
            break
        await tx.execute("ROLLBACK TO SAVEPOINT breakable")
    return breakable


async def _lock(tx: Transaction, candidates: Sequence[BreakableRow], also: Sequence[UUID]) -> Breakable:
    order_ids = [row.order_id for row in candidates]
    locked = await orders.lock_orders(tx, [*order_ids, *also])
    works = await fulfillment.fulfillments_of_orders(tx, dict.fromkeys(order_ids))
    waiting = [work.id for work in works if work.state in _UNPICKED]
    found = [a for rows in (await fulfillment.read_allocations(tx, waiting)).values() for a in rows]
    return Breakable(locked, fulfillment.in_breaking_order(candidates, found))


async def _larger_than_stock(tx: Transaction, losses: Mapping[Pair, int]) -> dict[Pair, int]:
    """Where more is lost than is available now, and by how many units. One statement, or none."""
    if not losses:
        return {}
    now = await inventory.read_stock(tx, [sku for sku, _ in losses], [location for _, location in losses])
    return inventory.beyond_available(losses, now)


async def tell_breaks(
    tx: Transaction, ctx: Context, story: OrderStory, breakable: Breakable, breaks: Sequence[Break]
) -> None:
    """Say what was broken, and close fulfillments of which nothing is left."""
    for allocation, units in breaks:
        name = encode_id("ful", allocation.fulfillment_id)
        data = {"fulfillment_id": name, "line": allocation.line_n, "units": units}
        story.tell(allocation.order_id, "fulfillment.broken", data)
    emptied = set(breakable.emptied()) & {b.allocation.fulfillment_id for b in breaks}
    await fulfillment.change_state(tx, sorted(emptied), FulfillmentState.CANCELLED, ctx.now)
    order_of = {b.allocation.fulfillment_id: b.allocation.order_id for b in breaks}
    for fulfillment_id in sorted(emptied):
        data = {"fulfillment_id": encode_id("ful", fulfillment_id), "why": "goods_gone"}
        story.tell(order_of[fulfillment_id], "fulfillment.cancelled", data)

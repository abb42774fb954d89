"""The resolve pump: lines that were not understood or not met are looked up again after their hold was released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import catalog, inventory, orders
from orderwright.flows.breaks import lock_breakable
from orderwright.flows.hand_over import hand_over
from orderwright.fulfillment import Breakable, Handed
from orderwright.orders import KnownNow, PendingRow, Piece
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_after, enqueue_work, finish_work


async def resolve_orders(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> None:
    """Understand pending lines by the catalogue of now, promise what there is and let the rest wait for supply.

    A person released the hold, so what is still short is backordered whatever the channel's policy and the SKU's
    limit; what is still unknown or inactive is held again. Lines that an open hold names wait for its release. What
    left a till is booked.
    Permission: `orders.hold`. Locks: orders (also those that lose what left a till), availability, stock. Appends
    `order.resolved`, `order.held` and what `hand_over` appends. Queues the orders for sourcing, and to be settled.
    """
    ctx.require("orders.hold")
    seen = await orders.pending_components(tx, order_ids)
    facts = await _look_up(tx, seen)
    breakable = await lock_breakable(tx, orders.units_handed(seen, facts), order_ids)
    locked = {order_id: breakable.locked[order_id] for order_id in order_ids if order_id in breakable.locked}
    now = await orders.pending_components(tx, list(locked)) if seen else []
    pending = [row for row in now if not row.held]
    if pending:
        act_id = await record_act(tx, ctx, "resolve_orders")
        story = orders.OrderStory(breakable.locked, ctx.now)
        known = [row for row in pending if orders.is_usable(row, facts)]
        left = [row for row in pending if not orders.is_usable(row, facts)]
        for order_id in sorted({row.order_id for row in known}):
            numbers = sorted({row.line_n for row in known if row.order_id == order_id})
            story.tell(order_id, "order.resolved", {"lines": numbers})
        pieces, lines, components = orders.understand_pending(known, facts)
        await orders.understand_lines(tx, lines, components)
        await _resolve(tx, ctx, dict.fromkeys(locked, act_id), story, pieces, facts, breakable)
        await orders.write_holds(tx, act_id, story, orders.holds_again(left, facts))
        await story.write(tx, act_id)
        await enqueue_work(tx, "settle", sorted({row.order_id for row in known}))
    await finish_work(tx, "resolve", order_ids)
    await enqueue_after(tx, "source", "verify", list(locked))


async def _look_up(tx: Transaction, pending: Sequence[PendingRow]) -> KnownNow:
    if not pending:
        return KnownNow({}, {}, {}, {})
    skus = await catalog.skus_by_code(tx, list({row.sku_code for row in pending}))
    parts = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts |= {row.sku_id for row in pending if row.sku_id is not None}
    channels = await catalog.channels_by_id(tx, list({row.channel_id for row in pending}))
    named = {row.location_id for row in pending if row.location_id is not None}
    return KnownNow(
        skus,
        await catalog.skus_by_id(tx, list(parts)) if parts else {},
        await catalog.hold_locations_by_id(tx, list(named)) if named else {},
        {row.order_id: channels[row.channel_id] for row in pending},
    )


async def _resolve(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    story: orders.OrderStory,
    pieces: Sequence[Piece],
    facts: KnownNow,
    breakable: Breakable,
) -> None:
    """Promise or backorder what needs stock of ours, book what left a till."""
    if not pieces:
        return
    skus = {p.component.sku for p in pieces if p.component.mode != "external" and p.component.sku is not None}
    pools = {pool for channel in facts.channels.values() for pool in channel.pool_ids}
    pools |= {location.pool_id for location in facts.locations.values()}
    headroom = await inventory.read_headroom(tx, skus, with_supply=False, lock_pools=pools)
    if headroom.contested:
        headroom.set_apart(await orders.waited_for(tx, headroom.contested))
    moves, promises, backorders, handed = orders.resolve_pieces(pieces, facts, headroom)
    await orders.move_quantities(tx, moves)
    await orders.add_promises(tx, promises)
    await orders.add_backorders(tx, backorders)
    await inventory.move_availability(tx, headroom.changes())
    await enqueue_work(tx, "backorders", [b.sku_id for b in backorders])  # a buffer of others may leave them something
    if handed:
        left_tills = [
            Handed(row.order_id, row.line_n, c.n, c.sku, location, c.quantity, row.placed_at)
            for (row, c), location in handed
        ]
        stock = await inventory.lock_stock(tx, [h.pair for h in left_tills])
        left = {pair: row.available for pair, row in stock.items()}
        await hand_over(tx, ctx, acts, story, left_tills, left, stock, breakable)

"""The resolve pump: lines that were not understood or not met are looked up again after their hold was released."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import catalog, inventory, orders
from orderwright.catalog import ChannelFacts, SkuFacts
from orderwright.inventory import Headroom
from orderwright.orders import BackorderRow, HoldDraft, PendingRow, PromiseRow, QuantityMove
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work, finish_work


async def resolve_orders(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> None:
    """Understand pending lines by the catalogue of now, promise what there is and let the rest wait for supply.

    A person released the hold, so what is still short is backordered whatever the channel's policy; what is still
    unknown or inactive is held again. Locks: orders, availability. Appends `order.resolved`, `order.held`. Queues
    the orders for sourcing.
    """
    locked = await orders.lock_orders(tx, order_ids)
    pending = await orders.pending_components(tx, list(locked)) if locked else []
    by_code = await catalog.skus_by_code(tx, list({row.sku_code for row in pending})) if pending else {}
    channels = await catalog.channels_by_id(tx, list({o.channel_id for o in locked.values()})) if pending else {}
    known = [(row, by_code[row.sku_code]) for row in pending if _usable(by_code.get(row.sku_code))]
    sku_ids = {row.sku_id or sku.id for row, sku in known}
    pools = {pool for channel in channels.values() for pool in channel.pool_ids}
    pools |= {row.pool_id for row, _ in known if row.pool_id is not None}
    act_id = await record_act(tx, ctx, "resolve_orders")
    story = orders.OrderStory(locked, ctx.now)
    if known:
        headroom = await inventory.read_headroom(tx, sku_ids, with_supply=False, lock_pools=pools)
        await _resolve(tx, known, channels, {o.id: o.channel_id for o in locked.values()}, headroom)
        for order_id in sorted({row.order_id for row, _ in known}):
            lines = sorted({row.line_n for row, _ in known if row.order_id == order_id})
            story.tell(order_id, "order.resolved", {"lines": lines})
    left = [row for row in pending if not _usable(by_code.get(row.sku_code))]
    await orders.write_holds(tx, act_id, story, _holds_again(left, by_code))
    await story.write(tx, act_id)
    await finish_work(tx, "resolve", order_ids)
    await enqueue_work(tx, "source", list(locked))


def _usable(sku: SkuFacts | None) -> bool:
    return sku is not None and sku.active


async def _resolve(
    tx: Transaction,
    known: Sequence[tuple[PendingRow, SkuFacts]],
    channels: dict[UUID, ChannelFacts],
    channel_of: dict[UUID, UUID],
    headroom: Headroom,
) -> None:
    """Promise or backorder each pending component; digital and marketplace lines need nothing of ours."""
    moves, promises, backorders = [], [], []
    for row, sku in known:
        key = (row.order_id, row.line_n, row.component_n)
        if sku.kind == "digital" or row.delivery in ("digital", "channel"):
            moves.append(QuantityMove(*key, "pending", "external", row.pending))
            continue
        sku_id = row.sku_id or sku.id
        channel = channels[channel_of[row.order_id]]
        pool_ids = [row.pool_id] if row.pool_id is not None else channel.pool_ids
        left = row.pending
        for pool_id in pool_ids:
            got = headroom.take(sku_id, pool_id, left, channel.buffer)
            if got:
                left -= got
                promises.append(PromiseRow(*key, pool_id, sku_id, got))
        if left:
            headroom.owe(sku_id, pool_ids[0], left, None)
            backorders.append(BackorderRow(*key, pool_ids[0], sku_id, None, row.priority, left))
            moves.append(QuantityMove(*key, "pending", "backordered", left))
        if row.pending > left:
            moves.append(QuantityMove(*key, "pending", "promised", row.pending - left))
    await orders.understand_lines(tx, [(r.order_id, r.line_n, r.component_n, sku.id) for r, sku in known])
    await orders.move_quantities(tx, moves)
    await orders.add_promises(tx, promises)
    await orders.add_backorders(tx, backorders)
    await inventory.move_availability(tx, headroom.changes())


def _holds_again(left: Sequence[PendingRow], by_code: dict[str, SkuFacts]) -> list[tuple[UUID, HoldDraft]]:
    found: dict[tuple[UUID, str], tuple[list[int], list[str]]] = {}
    for row in left:
        type_ = "inactive_sku" if row.sku_code in by_code else "unknown_sku"
        lines, codes = found.setdefault((row.order_id, type_), ([], []))
        lines.append(row.line_n)
        codes.append(row.sku_code)
    return [
        (order_id, HoldDraft(type_, ("source",), {"lines": lines, "skus": codes}))
        for (order_id, type_), (lines, codes) in found.items()
    ]

"""The resolve pump: lines that were not understood or not met are looked up again after their hold was released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders
from orderwright.catalog import ChannelFacts, LocationFacts, SkuFacts
from orderwright.flows.breaks import Breakable, lock_breakable
from orderwright.flows.hand_over import Handed, hand_over
from orderwright.inventory import Headroom, Pair
from orderwright.orders import (
    BackorderRow,
    DraftComponent,
    HoldDraft,
    PendingRow,
    PromiseRow,
    QuantityMove,
    UnderstoodComponent,
    UnderstoodLine,
)
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_after, enqueue_work, finish_work


class _Facts(NamedTuple):
    """What the catalogue says by now."""

    skus: dict[str, SkuFacts]
    parts: dict[UUID, SkuFacts]
    locations: dict[UUID, LocationFacts]
    channels: dict[UUID, ChannelFacts]  # by order


class _Piece(NamedTuple):
    """Pending units of a component that is understood by now."""

    row: PendingRow
    component: DraftComponent


async def resolve_orders(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> None:
    """Understand pending lines by the catalogue of now, promise what there is and let the rest wait for supply.

    A person released the hold, so what is still short is backordered whatever the channel's policy and the SKU's
    limit; what is still unknown or inactive is held again. Lines that an open hold names wait for its release. What
    left a till is booked.
    Permission: `orders.hold`. Locks: orders (also those that lose what left a till), availability, stock. Appends
    `order.resolved`, `order.held` and what `hand_over` appends. Queues the orders for sourcing.
    """
    ctx.require("orders.hold")
    seen = await orders.pending_components(tx, order_ids)
    facts = await _look_up(tx, seen)
    breakable = await lock_breakable(tx, _losses(seen, facts), order_ids)
    locked = {order_id: breakable.locked[order_id] for order_id in order_ids if order_id in breakable.locked}
    now = await orders.pending_components(tx, list(locked)) if seen else []
    pending = [row for row in now if not row.held]
    if pending:
        act_id = await record_act(tx, ctx, "resolve_orders")
        story = orders.OrderStory(breakable.locked, ctx.now)
        known = [row for row in pending if _is_usable(row, facts)]
        left = [row for row in pending if not _is_usable(row, facts)]
        for order_id in sorted({row.order_id for row in known}):
            numbers = sorted({row.line_n for row in known if row.order_id == order_id})
            story.tell(order_id, "order.resolved", {"lines": numbers})
        pieces, lines, components = _understand(known, facts)
        await orders.understand_lines(tx, lines, components)
        await _resolve(tx, ctx, dict.fromkeys(locked, act_id), story, pieces, facts, breakable)
        await orders.write_holds(tx, act_id, story, _holds_again(left, facts))
        await story.write(tx, act_id)
    await finish_work(tx, "resolve", order_ids)
    await enqueue_after(tx, "source", "verify", list(locked))


async def _look_up(tx: Transaction, pending: Sequence[PendingRow]) -> _Facts:
    if not pending:
        return _Facts({}, {}, {}, {})
    skus = await catalog.skus_by_code(tx, list({row.sku_code for row in pending}))
    parts = {part_id for sku in skus.values() for part_id, _ in sku.components}
    parts |= {row.sku_id for row in pending if row.sku_id is not None}
    channels = await catalog.channels_by_id(tx, list({row.channel_id for row in pending}))
    named = {row.location_id for row in pending if row.location_id is not None}
    return _Facts(
        skus,
        await catalog.skus_by_id(tx, list(parts)) if parts else {},
        await catalog.locations_by_id(tx, list(named)) if named else {},
        {row.order_id: channels[row.channel_id] for row in pending},
    )


def _losses(pending: Sequence[PendingRow], facts: _Facts) -> dict[Pair, int]:
    """What left tills, as far as it is understood by now, by SKU and location. Pure."""
    losses: dict[Pair, int] = {}
    for row, component in _understand([row for row in pending if _is_usable(row, facts)], facts)[0]:
        if component.mode == "handed" and component.sku is not None and row.location_id is not None:
            key = (component.sku, row.location_id)
            losses[key] = losses.get(key, 0) + component.quantity
    return losses


def _is_usable(row: PendingRow, facts: _Facts) -> bool:
    """Whether the line is understood: also where what left a till is not sold any more."""
    sku = facts.skus.get(row.sku_code)
    return sku is not None and (sku.active or _is_handed(row, facts))


def _is_handed(row: PendingRow, facts: _Facts) -> bool:
    return orders.is_handed_over(facts.channels[row.order_id].kind, row.delivery, row.location_id is not None)


def _understand(
    known: Sequence[PendingRow], facts: _Facts
) -> tuple[list[_Piece], list[UnderstoodLine], list[UnderstoodComponent]]:
    """What the pending units are, and what is to be written of it. A line that turns out to be a kit gets the kit's
    components in its one's place. Pure."""
    pieces: list[_Piece] = []
    lines: list[UnderstoodLine] = []
    components: list[UnderstoodComponent] = []
    for row in known:
        sku = facts.skus[row.sku_code]
        if row.sku_id is not None and row.sku_id != sku.id:  # a part of a kit that was understood at placement
            part = facts.parts[row.sku_id]
            [component] = orders.components_of(row.line_n, part, row.pending, row.delivery, facts.parts)
            pieces.append(_Piece(row, component._replace(n=row.component_n)))
            continue
        delivery = "digital" if sku.kind == "digital" else row.delivery
        lines.append(UnderstoodLine(row.order_id, row.line_n, sku.id, sku.name, delivery))
        made = orders.components_of(row.line_n, sku, row.pending, delivery, facts.parts, handed=_is_handed(row, facts))
        for component in made:
            per_unit = component.quantity // row.pending
            pieces.append(_Piece(row, component))
            components.append(
                UnderstoodComponent(
                    row.order_id, row.line_n, component.n, component.sku or sku.id, row.ordered * per_unit,
                    row.cancelled * per_unit, component.quantity,
                )
            )  # fmt: skip
    return pieces, lines, components


async def _resolve(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    story: orders.OrderStory,
    pieces: Sequence[_Piece],
    facts: _Facts,
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
    moves: list[QuantityMove] = []
    promises: list[PromiseRow] = []
    backorders: list[BackorderRow] = []
    handed: list[Handed] = []
    for row, component in pieces:
        key = (row.order_id, row.line_n, component.n)
        location = facts.locations[row.location_id] if row.location_id is not None else None
        if component.mode == "external" or component.sku is None:
            moves.append(QuantityMove(*key, "pending", "external", component.quantity))
        elif component.mode == "handed" and location is not None:
            headroom.hand_over(component.sku, location.pool_id, component.quantity)
            handed.append(Handed(*key, component.sku, location, component.quantity, row.placed_at))
        else:
            channel = facts.channels[row.order_id]
            pool_ids = [location.pool_id] if location is not None else channel.pool_ids
            taken = _promise(headroom, key, component, pool_ids, channel.buffer, promises)
            if taken < component.quantity:
                short = component.quantity - taken
                headroom.owe(component.sku, pool_ids[0], short, None)
                backorders.append(BackorderRow(*key, pool_ids[0], component.sku, None, row.priority, short))
                moves.append(QuantityMove(*key, "pending", "backordered", short))
            moves.append(QuantityMove(*key, "pending", "promised", taken))
    await orders.move_quantities(tx, moves)
    await orders.add_promises(tx, promises)
    await orders.add_backorders(tx, backorders)
    await inventory.move_availability(tx, headroom.changes())
    await enqueue_work(tx, "backorders", [b.sku_id for b in backorders])  # a buffer of others may leave them something
    if handed:
        stock = await inventory.lock_stock(tx, [h.pair for h in handed])
        left = {pair: row.available for pair, row in stock.items()}
        await hand_over(tx, ctx, acts, story, handed, left, breakable)


def _promise(
    headroom: Headroom,
    key: tuple[UUID, int, int],
    component: DraftComponent,
    pool_ids: Sequence[UUID],
    buffer: int,
    promises: list[PromiseRow],
) -> int:
    """Promise what there is, pool by pool; returns how many units."""
    taken = 0
    for pool_id in pool_ids:
        got = headroom.take(component.sku, pool_id, component.quantity - taken, buffer)
        if got:
            taken += got
            promises.append(PromiseRow(*key, pool_id, component.sku, got))
    return taken


def _holds_again(left: Sequence[PendingRow], facts: _Facts) -> list[tuple[UUID, HoldDraft]]:
    found: dict[tuple[UUID, str], tuple[list[int], list[str]]] = {}
    for row in left:
        type_ = "inactive_sku" if row.sku_code in facts.skus else "unknown_sku"
        lines, codes = found.setdefault((row.order_id, type_), ([], []))
        if row.line_n not in lines:
            lines.append(row.line_n)
            codes.append(row.sku_code)
    return [
        (order_id, HoldDraft(type_, ("source",), {"lines": lines, "skus": codes}))
        for (order_id, type_), (lines, codes) in found.items()
    ]

"""Promise stock to lines that come to orders which are here already: added by an edit, or new goods of a child order.
Not a verb: part of those that add them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog, inventory, orders
from orderwright.orders import Draft, Placement, Refusal
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work


class Promised(NamedTuple):
    """What was promised to drafts, by their keys, and out of what (None: there are no drafts)."""

    placements: dict[UUID, Placement | Refusal | None]
    headroom: inventory.Headroom | None


async def promise_drafts(tx: Transaction, drafts: Mapping[UUID, Draft]) -> Promised:
    """Promise stock to drafts, on locked figures, in the order of their keys. Five statements at most, or none.

    Locks: availability; callers have locked the SKUs with a backorder limit (`lock_limited`) and, where they give
    stock back too, all availability that they touch. Nothing is taken yet: see `take_promised`.
    """
    if not drafts:
        return Promised({}, None)
    keys = sorted(drafts)
    made = [drafts[key] for key in keys]
    components = [c for d in made for line in d.lines for c in line.components if c.mode == "stock"]
    skus = {c.sku for c in components if c.sku is not None}
    pools = {pool for d in made for pool in pools_of(d)}
    with_supply = any(d.channel.short_line_policy == "preorder" for d in made)
    headroom = await inventory.read_headroom(tx, skus, with_supply=with_supply, lock_pools=pools)
    if headroom.contested:
        headroom.set_apart(await orders.waited_for(tx, headroom.contested))
    named = {line.location.id for d in made for line in d.lines if line.location is not None}
    stock = await inventory.read_stock(tx, skus, named) if named else {}
    results = orders.place_drafts(made, headroom, {key: row.available for key, row in stock.items()})
    return Promised(dict(zip(keys, results, strict=True)), headroom)


async def lock_limited(tx: Transaction, drafts: Iterable[Draft]) -> None:
    """Lock the SKUs of drafts that have a backorder limit, before availability: limits span pools. One statement, or
    none."""
    limited = [c.sku for d in drafts for line in d.lines for c in line.components if c.backorder_limit is not None]
    await catalog.lock_skus(tx, [sku for sku in limited if sku is not None])


async def take_promised(tx: Transaction, headroom: inventory.Headroom | None) -> None:
    """Take what was promised; after what goes was given back, which counts anew what waits for dated supplies. Three
    statements at most; two more where something begins to wait."""
    if headroom is not None:
        changes, new = headroom.changes(), set(headroom.missing())
        await inventory.ensure_availability(tx, headroom.missing())
        await inventory.move_availability(tx, changes)
        await inventory.move_supply(tx, [(s.supply.id, 0, s.quantity) for s in headroom.supply_changes()])
        owing = [(c.sku_id, c.pool_id) for c in changes if c.backordered]
        if owing:
            await wake_pump(tx, owing, new)


async def wake_pump(tx: Transaction, owing: Sequence[inventory.Pair], new: Collection[inventory.Pair]) -> None:
    """What begins to wait while a pool has units (which a buffer keeps from others, or which came in meanwhile) is for
    the backorder pump to look at. So is what waits behind a new balance, which a pump at work does not see yet."""
    rows = await inventory.read_availability(tx, [sku_id for sku_id, _ in owing])
    stocked = {row.sku_id for row in rows if row.available_to_promise > 0}
    await enqueue_work(tx, "backorders", [pair[0] for pair in owing if pair[0] in stocked or pair in new])


def pools_of(draft: Draft) -> set[UUID]:
    """The pools that a draft may be promised from."""
    return {*draft.channel.pool_ids, *(line.location.pool_id for line in draft.lines if line.location is not None)}

"""What intake does at once at the locations that lines name: hand over what left a till, allocate what is picked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orderwright import catalog, inventory, orders, sourcing
from orderwright.flows.allocate import write_decisions
from orderwright.flows.breaks import lock_breakable
from orderwright.flows.hand_over import hand_over
from orderwright.fulfillment import Breakable, Handed
from orderwright.orders import Draft, OrderStory, PlacedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def lock_broken_by(tx: Transaction, drafts: Iterable[Draft]) -> Breakable:
    """Lock the orders whose allocations may break for what left a till. No statement where nothing did."""
    return await lock_breakable(tx, orders.units_leaving_tills(drafts))


async def settle_at_locations(
    tx: Transaction,
    ctx: Context,
    acts: Mapping[UUID, UUID],
    placed: Sequence[PlacedOrder],
    numbers: Mapping[UUID, int],
    breakable: Breakable,
) -> dict[UUID, str]:
    """Hand over and allocate for new orders whose lines name their location; returns the statuses that changed.

    The caller holds the locks of availability. Locks: stock. What a location does not have stays promised, and what
    a hold keeps from being sourced too. Appends `fulfillment.handed_over` and `order.sourced`. New fulfillments are
    queued for release when their order is verified. No statement where no line names a location; one more where such a
    line ships, for a date that sourcing would promise too.
    """
    handed = [Handed(o.id, *h, o.placement.draft.command.placed_at) for o in placed for h in o.placement.handed]
    needs = {o.id: rows for o in placed if (rows := orders.needs_at_locations(o))}
    if not (handed or needs):
        return {}
    pairs = [h.pair for h in handed]
    pairs += [(n.sku_id, n.location_id) for rows in needs.values() for n in rows if n.location_id is not None]
    stock = await inventory.lock_stock(tx, pairs)
    left = {key: row.available for key, row in stock.items()}
    locked = {o.id: orders.as_locked(o, numbers[o.id]) for o in placed}
    story = OrderStory({**locked, **breakable.locked}, ctx.now)
    causes = await hand_over(tx, ctx, acts, story, handed, left, stock, breakable) if handed else {}
    locations = {line.location.id: line.location for o in placed for line in o.placement.draft.lines if line.location}
    open_to = {i for i, location in locations.items() if location.active}
    decisions = [sourcing.place_named(order_id, rows, left, open_to) for order_id, rows in needs.items()]
    going = [decision for decision in decisions if decision.assignments]
    shipped = {n.pool_id for rows in needs.values() for n in rows if n.delivery == "ship"}
    near = {location.id: location for location in await catalog.locations_by_pool(tx, list(shipped))} if shipped else {}
    points = {o.id: point for o in placed if o.id in needs and (point := orders.point_of(o)) is not None}
    await write_decisions(tx, ctx, acts, story, going, needs, near | locations, points)
    touched = await story.write(tx, {**acts, **causes})
    return {order_id: order.status for order_id, order in touched.items()}

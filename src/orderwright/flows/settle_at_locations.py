"""What intake does at once at the locations that lines name: hand over what left a till, allocate what is picked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orderwright import catalog, inventory
from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.flows.allocate import write_decisions
from orderwright.flows.breaks import Breakable, lock_breakable
from orderwright.flows.hand_over import Handed, hand_over
from orderwright.flows.named_locations import place_named
from orderwright.inventory import Pair
from orderwright.orders import Draft, LockedOrder, NeedRow, OrderStatus, OrderStory, PlacedOrder
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def lock_broken_by(tx: Transaction, drafts: Iterable[Draft]) -> Breakable:
    """Lock the orders whose allocations may break for what left a till. No statement where nothing did."""
    losses: dict[Pair, int] = {}
    for draft in drafts:
        for line in draft.lines:
            for component in line.components:
                if component.mode == "handed" and component.sku is not None and line.location is not None:
                    key = (component.sku, line.location.id)
                    losses[key] = losses.get(key, 0) + component.quantity
    return await lock_breakable(tx, losses)


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
    needs = {o.id: rows for o in placed if (rows := _needs(o))}
    if not (handed or needs):
        return {}
    pairs = [h.pair for h in handed]
    pairs += [(n.sku_id, n.location_id) for rows in needs.values() for n in rows if n.location_id is not None]
    stock = await inventory.lock_stock(tx, pairs)
    left = {key: row.available for key, row in stock.items()}
    locked = {o.id: _locked(o, numbers[o.id]) for o in placed}
    story = OrderStory({**locked, **breakable.locked}, ctx.now)
    causes = await hand_over(tx, ctx, acts, story, handed, left, breakable) if handed else {}
    locations = {line.location.id: line.location for o in placed for line in o.placement.draft.lines if line.location}
    open_to = {i for i, location in locations.items() if location.active}
    decisions = [place_named(order_id, rows, left, open_to) for order_id, rows in needs.items()]
    going = [decision for decision in decisions if decision.assignments]
    shipped = {n.pool_id for rows in needs.values() for n in rows if n.delivery == "ship"}
    near = {location.id: location for location in await catalog.locations_by_pool(tx, list(shipped))} if shipped else {}
    points = {o.id: point for o in placed if o.id in needs and (point := _point(o)) is not None}
    await write_decisions(tx, ctx, acts, story, going, needs, near | locations, points)
    touched = await story.write(tx, {**acts, **causes})
    return {order_id: order.status for order_id, order in touched.items()}


def is_all_handed_over(order: PlacedOrder) -> bool:
    """Whether nothing of an order is left to do: it is not verified."""
    return {h.line_n for h in order.placement.handed} == {line.n for line in order.placement.draft.lines}


def _needs(order: PlacedOrder) -> list[NeedRow]:
    """Promised units of lines that name their location; none while a hold keeps the order from being sourced."""
    placement = order.placement
    if any("source" in hold.blocks for hold in placement.holds):
        return []
    lines: dict[int, tuple[LocationFacts, str]] = {
        line.n: (line.location, line.delivery) for line in placement.draft.lines if line.location is not None
    }
    return [
        NeedRow(
            order.id, p.line_n, p.component_n, p.pool_id, p.sku_id, p.quantity, lines[p.line_n][0].id,
            lines[p.line_n][1], placement.promised_on, None,
        )
        for p in placement.promises
        if p.line_n in lines
    ]  # fmt: skip


def _point(order: PlacedOrder) -> PointRow | None:
    """Where a new order goes."""
    for contact in order.contacts:
        if contact.role == "ship_to":
            return PointRow(order.id, contact.latitude, contact.longitude, contact.country, contact.region)
    return None


def _locked(order: PlacedOrder, number: int) -> LockedOrder:
    """A new order as if locked: nobody else sees it yet."""
    placement = order.placement
    status: OrderStatus = placement.status
    return LockedOrder(
        order.id, number, placement.draft.channel.id, status.value, len(placement.holds), 1 + len(placement.holds), 1,
        placement.draft.command.priority,
    )  # fmt: skip

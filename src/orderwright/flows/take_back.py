"""Take units off orders that nobody has begun to pick: what cancelling and editing have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright import fulfillment, inventory, orders
from orderwright.flows.free_supplies import free_supplies
from orderwright.flows.give_back import GiveBack, give_back
from orderwright.fulfillment import AllocationRow, FulfillmentState, GivenUp, ShipmentState
from orderwright.inventory import AvailabilityDelta, Pair, Place
from orderwright.orders import CancelPlan, OrderStory
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import enqueue_work

_S = FulfillmentState
_FREE = frozenset({_S.OPEN, _S.RELEASED})
_HERE = _FREE | {_S.PICKING, _S.PICKED, _S.PACKED}


class Behind(NamedTuple):
    """What stands behind locked orders. `begun`: fulfillments that somebody has begun to pick; `pickups`: those that
    wait for the shopper where they are."""

    components: dict[UUID, list[orders.ComponentRow]]
    allocations: dict[UUID, list[AllocationRow]]  # of fulfillments that have not left; those not begun first
    begun: frozenset[UUID]
    pickups: frozenset[UUID] = frozenset()

    def free(self, order_id: UUID) -> dict[tuple[int, int], int]:
        """Allocated units that nobody has begun to pick, by (line, component)."""
        rows = self.allocations.get(order_id, [])
        return fulfillment.unpicked_units([row for row in rows if row.fulfillment_id not in self.begun])


async def read_behind(tx: Transaction, order_ids: Iterable[UUID]) -> Behind:
    """Read components, and the allocations that can still be given up. Three statements."""
    ids = list(order_ids)
    components: dict[UUID, list[orders.ComponentRow]] = {}
    for row in await orders.read_components(tx, ids):
        components.setdefault(row.order_id, []).append(row)
    here = [f for f in await fulfillment.fulfillments_of_orders(tx, ids) if f.state in _HERE]
    begun = frozenset(f.id for f in here if f.state not in _FREE)
    allocations: dict[UUID, list[AllocationRow]] = {}
    found = await fulfillment.read_allocations(tx, [f.id for f in here])
    for fulfillment_id in sorted(found, key=begun.__contains__):
        for allocation in found[fulfillment_id]:
            allocations.setdefault(allocation.order_id, []).append(allocation)
    return Behind(components, allocations, begun, frozenset(f.id for f in here if f.method == "pickup"))


async def take_back(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    behind: Behind,
    plans: Mapping[UUID, CancelPlan],
    also_lock: Sequence[Pair] = (),
) -> list[GivenUp]:
    """Cancel the units of plans: give their stock, promises and places in the queue back.

    The caller holds the orders' locks. Locks: availability (with the pairs of `also_lock`, in key order), stock.
    Returns what allocations gave up.
    """
    planned = list(plans.values())
    promises = orders.cancelled_promises(await orders.read_promises(tx, plans), planned)
    backorders = orders.cancelled_backorders(await orders.read_backorders(tx, plans), planned)
    given_up = [
        given
        for source in ("allocated", "picked", "packed")
        for given in fulfillment.give_up(behind.allocations, orders.units_from(planned, source), source)
    ]
    backs = [
        GiveBack(a, units, Place(a.location_id, "available"), "cancelled", source) for a, units, source in given_up
    ]
    pairs = [(p.sku_id, p.pool_id) for p in promises] + [(b.sku_id, b.pool_id) for b in backorders]
    pairs += [(back.allocation.sku_id, back.allocation.pool_id) for back in backs]
    await inventory.lock_availability(tx, [*pairs, *also_lock])
    await inventory.move_availability(
        tx,
        [AvailabilityDelta(p.sku_id, p.pool_id, p.quantity, 0, -p.quantity, 0) for p in promises]
        + [AvailabilityDelta(b.sku_id, b.pool_id, 0, 0, 0, -b.quantity) for b in backorders],
    )
    await orders.use_backorders(tx, backorders)
    await free_supplies(tx, backorders)
    await give_back(tx, act_id, "cancellation", backs, ctx.now)
    await orders.use_promises(tx, promises)
    await orders.move_quantities(tx, orders.cancelling_moves(planned))
    await enqueue_work(tx, "backorders", [p.sku_id for p in promises])
    return given_up


async def close_emptied(
    tx: Transaction,
    ctx: Context,
    story: OrderStory,
    behind: Behind,
    order_ids: Iterable[UUID],
    given_up: Sequence[GivenUp],
    why: str,
) -> list[UUID]:
    """Close the fulfillments of which nothing is left to bring, with the parcels that were packed for them, and tell
    it; where something was recalled that a location has begun on, tell that too. What was sent in parts and of which
    the rest is recalled has left, and arrived where all that left did. Returns the closed. Nine statements at most."""
    concerned = [a for order_id in order_ids for a in behind.allocations.get(order_id, [])]
    emptied = fulfillment.emptied_by(concerned, given_up)
    await fulfillment.change_state(tx, list(emptied), FulfillmentState.CANCELLED, ctx.now)
    for fulfillment_id, order_id in emptied.items():
        data = {"fulfillment_id": encode_id("ful", fulfillment_id), "why": why}
        story.tell(order_id, "fulfillment.cancelled", data)
    recalled: dict[tuple[UUID, UUID], int] = {}
    for a, units, _ in given_up:
        if a.fulfillment_id in behind.begun:
            key = (a.order_id, a.fulfillment_id)
            recalled[key] = recalled.get(key, 0) + units
    for (order_id, fulfillment_id), units in recalled.items():
        said = {"fulfillment_id": encode_id("ful", fulfillment_id), "units": units, "why": why}
        story.tell(order_id, "fulfillment.recalled", said)
    left = await fulfillment.recall_parcels(tx, given_up)
    gone = [s.fulfillment_id for s in left if s.state in (ShipmentState.SHIPPED, ShipmentState.DELIVERED)]
    await fulfillment.change_state(tx, gone, FulfillmentState.SHIPPED, ctx.now)
    arrived = [s.fulfillment_id for s in left if s.state == ShipmentState.DELIVERED]
    await fulfillment.change_state(tx, arrived, FulfillmentState.DELIVERED, ctx.now)
    return list(emptied)

"""Break allocations: goods that were allocated are not there, or went to somebody at the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import fulfillment, inventory, orders
from orderwright.fulfillment import AllocationRow, FulfillmentState
from orderwright.inventory import Pair
from orderwright.orders import LockedOrder, OrderStory
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id

_UNPICKED = frozenset({FulfillmentState.OPEN, FulfillmentState.RELEASED, FulfillmentState.PICKING})


class Break(NamedTuple):
    """`units` that an allocation loses."""

    allocation: AllocationRow
    units: int


class Breakable:
    """Unpicked allocations of locked orders, those of the latest promise first; what is broken is used up."""

    def __init__(self, locked: Mapping[UUID, LockedOrder], allocations: Sequence[AllocationRow]) -> None:
        """`allocations`: all of the fulfillments concerned, in the order in which they are to be broken."""
        self.locked = locked
        self._by_pair: dict[Pair, list[AllocationRow]] = {}
        self._unpicked: dict[tuple[UUID, int, int], int] = {}  # by the allocation's key
        self._wanted: dict[UUID, int] = {}  # by fulfillment: units that are still to be brought
        for a in allocations:
            self._by_pair.setdefault((a.sku_id, a.location_id), []).append(a)
            self._unpicked[a[:3]] = a.unpicked
            self._wanted[a.fulfillment_id] = self._wanted.get(a.fulfillment_id, 0) + a.quantity

    def units(self, key: Pair) -> int:
        """Units of a SKU at a location that can still be broken."""
        return sum(self._unpicked[a[:3]] for a in self._by_pair.get(key, ()))

    def take(self, key: Pair, quantity: int) -> list[Break]:
        """Break up to `quantity` units."""
        breaks: list[Break] = []
        for allocation in self._by_pair.get(key, ()):
            units = min(quantity, self._unpicked[allocation[:3]])
            if units:
                quantity -= units
                self._unpicked[allocation[:3]] -= units
                self._wanted[allocation.fulfillment_id] -= units
                breaks.append(Break(allocation, units))
        return breaks

    def emptied(self) -> list[UUID]:
        """Fulfillments of which nothing is left to do."""
        return sorted(fulfillment_id for fulfillment_id, units in self._wanted.items() if not units)


async def lock_breakable(tx: Transaction, losses: Mapping[Pair, int], also: Sequence[UUID] = ()) -> Breakable:
    """Lock the orders whose allocations the loss of these units may break, together with those in `also`.

    Looked for only where the loss looks larger than what is available: before the locks of availability and stock,
    which come after those of orders. One statement for the losses, four more where something may break; one for the
    others alone.
    """
    short = await _larger_than_stock(tx, {key: units for key, units in losses.items() if units > 0})
    candidates = await fulfillment.breakable_allocations(tx, short) if short else []
    rank = {row.order_id: i for i, row in enumerate(candidates)}
    locked = await orders.lock_orders(tx, [*rank, *also]) if rank or also else {}
    if not rank:
        return Breakable(locked, [])
    waiting = [f.id for f in await fulfillment.fulfillments_of_orders(tx, rank) if f.state in _UNPICKED]
    found = [a for rows in (await fulfillment.read_allocations(tx, waiting)).values() for a in rows]
    found.sort(key=lambda a: (rank[a.order_id], a.fulfillment_id, a.line_n, a.component_n))
    return Breakable(locked, found)


async def _larger_than_stock(tx: Transaction, losses: Mapping[Pair, int]) -> list[Pair]:
    """Where more is lost than is available now. One statement, or none."""
    if not losses:
        return []
    now = await inventory.read_stock(tx, [sku for sku, _ in losses], [location for _, location in losses])
    return [key for key, units in losses.items() if units > (now[key].available if key in now else 0)]


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

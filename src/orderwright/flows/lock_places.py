"""Lock locations that close, open or move, with all that hangs on them: orders, availability and stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import catalog, fulfillment, inventory, orders
from orderwright.catalog import PlaceCommand, PlaceRow
from orderwright.fulfillment import AllocationRow, FulfillmentRow
from orderwright.inventory import AvailabilityRow, Pair, StockRow
from orderwright.orders import LockedOrder, OwedRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome

_ROUNDS = 5  # of looking: orders that are sourced to a location meanwhile are locked too, all at once, in id order


class Hanging(NamedTuple):
    """What hangs on locked locations: work that has not left them, what lines that name them are owed, what is there
    and what their pools may promise. All locked."""

    places: Mapping[UUID, PlaceRow]
    orders: dict[UUID, LockedOrder]
    works: list[FulfillmentRow]
    allocations: dict[UUID, list[AllocationRow]]
    owed: list[OwedRow]
    balances: dict[Pair, AvailabilityRow]
    stock: dict[Pair, StockRow]

    def at(self, place: PlaceRow) -> list[StockRow]:
        """What a location has."""
        return [row for row in self.stock.values() if row.location_id == place.id]

    def units_at(self, place: PlaceRow, bucket: str) -> dict[UUID, int]:
        """Units in a bucket of a location, by SKU; only where there are some."""
        return {row.sku_id: units for row in self.at(place) if (units := int(getattr(row, bucket)))}


async def lock_hanging(
    tx: Transaction, places: Sequence[PlaceRow], more_pools: Mapping[UUID, UUID] | None = None
) -> Hanging | None:
    """Lock what hangs on locations whose rows the caller holds locked. None where orders came to them all the while.

    `more_pools`: another pool by location, whose balances are to be locked too. Locks: orders, availability, stock.
    Nobody receives goods there or promises them by name meanwhile, since that waits for the location; only sourcing
    does not, and is looked for again under the locks of stock, without which it cannot. Eleven statements, five more
    where balances are made.
    """
    ids = [place.id for place in places]
    works, owed = await fulfillment.work_at(tx, ids), await orders.owed_at(tx, ids)
    pairs = await inventory.stock_at(tx, ids)
    by_id = {place.id: place for place in places}
    pools = {(sku, by_id[location].pool_id) for sku, location in pairs}
    pools |= {(sku, pool) for sku, at in pairs if (pool := (more_pools or {}).get(at)) is not None}
    pools |= {(row.sku_id, row.pool_id) for row in owed}
    pools |= {(row.sku_id, pool) for row in owed if (pool := (more_pools or {}).get(row.location_id)) is not None}
    for left in reversed(range(_ROUNDS)):
        await tx.execute("SAVEPOINT hanging")
        locked = await orders.lock_orders(tx, _orders_of(works, owed))
        balances = await inventory.lock_availability(tx, pools)
        stock = await inventory.lock_stock(tx, pairs)
        works, owed = await fulfillment.work_at(tx, ids), await orders.owed_at(tx, ids)
        if _orders_of(works, owed) <= locked.keys():
            allocations = await fulfillment.read_allocations(tx, [work.id for work in works])
            return Hanging(by_id, locked, works, allocations, owed, balances, stock)
        if left:
            await tx.execute("ROLLBACK TO SAVEPOINT hanging")
    return None


def _orders_of(works: Iterable[FulfillmentRow], owed: Iterable[OwedRow]) -> set[UUID]:
    return {work.order_id for work in works} | {row.order_id for row in owed}


async def begin_with_places(
    tx: Transaction, ctx: Context, commands: Sequence[PlaceCommand], pools: Mapping[str, UUID] | None = None
) -> tuple[list[Outcome | PlaceRow], Hanging | None]:
    """Lock the locations that commands name, and decide which are to be changed, with all that hangs on those. `pools`:
    those that commands name and that exist, by code. One statement, and those of `lock_hanging` where there are any."""
    places = await catalog.lock_places(tx, [c.location for c in commands])
    known = pools or {}
    decided = catalog.decide_places(ctx, commands, places, known)
    going = [one for one in decided if isinstance(one, PlaceRow)]
    if not going:
        return decided, None
    named = {places[c.location].id: known[p] for c in commands if c.location in places and (p := _pool(c)) in known}
    hanging = await lock_hanging(tx, going, named)
    if hanging is None:
        busy = catalog.refuse_place("location_busy")
        return [busy if isinstance(one, PlaceRow) else one for one in decided], None
    return decided, hanging


def _pool(command: PlaceCommand) -> str:
    return command.pool if isinstance(command, catalog.MoveLocation) else ""


def answer_places(
    decided: Sequence[Outcome | PlaceRow], code: str, details: Mapping[UUID, dict[str, Any]]
) -> list[Outcome]:
    """The outcomes in order: `code` with its details for what was changed."""
    return [
        Outcome(code=code, id=one.id, details=details[one.id]) if isinstance(one, PlaceRow) else one for one in decided
    ]

"""Hold orders whose lines name a location that will not bring them: nobody else may, so a person has to look."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright import orders, sourcing
from orderwright.orders import OrderStory
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def hold_rejected(
    tx: Transaction, act_id: UUID, story: OrderStory, rejected: Iterable[tuple[UUID, UUID, str]]
) -> set[UUID]:
    """Do not offer orders to locations again, and hold those of which a line with promised units names the location.

    `rejected`: (order, location, why). The caller holds the orders' locks, has given the units back to promised and
    writes the story. Returns the orders that have such a hold now. Appends `order.held`. The release of the hold
    offers the order to the location again. Three statements at most, or none.
    """
    why = {(order_id, location_id): reason for order_id, location_id, reason in rejected}
    if not why:
        return set()
    await sourcing.exclude_locations(tx, [(*key, reason) for key, reason in why.items()])
    needs = await orders.read_needs(tx, sorted({order_id for order_id, _ in why}))
    holds = orders.holds_of_rejected(needs, why)
    await orders.write_holds(tx, act_id, story, holds)
    return {order_id for order_id, _ in holds}

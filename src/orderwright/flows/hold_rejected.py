"""Hold orders whose lines name a location that will not bring them: nobody else may, so a person has to look."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright import orders, sourcing
from orderwright.orders import HoldDraft, OrderStory
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id

LOCATION_REJECTED = "location_rejected"


async def hold_rejected(
    tx: Transaction, act_id: UUID, story: OrderStory, rejected: Iterable[tuple[UUID, UUID, str]]
) -> None:
    """Do not offer orders to locations again, and hold those of which a line with promised units names the location.

    `rejected`: (order, location, why). The caller holds the orders' locks, has given the units back to promised and
    writes the story. Appends `order.held`. The release of the hold offers the order to the location again. Three
    statements at most, or none.
    """
    why = {(order_id, location_id): reason for order_id, location_id, reason in rejected}
    if not why:
        return
    await sourcing.exclude_locations(tx, [(*key, reason) for key, reason in why.items()])
    found: dict[tuple[UUID, UUID], set[int]] = {}
    for need in await orders.read_needs(tx, sorted({order_id for order_id, _ in why})):
        if need.location_id is not None and (need.order_id, need.location_id) in why:
            found.setdefault((need.order_id, need.location_id), set()).add(need.line_n)
    holds = [
        (
            order_id,
            HoldDraft(
                "location_rejected",
                ("source",),
                {
                    "lines": sorted(lines),
                    "location": encode_id("loc", location_id),
                    "reason": why[order_id, location_id],
                },
            ),
        )
        for (order_id, location_id), lines in found.items()
    ]
    await orders.write_holds(tx, act_id, story, holds)

"""What new orders want at the locations that their lines name. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.catalog import LocationFacts
from orderwright.customers import PointRow
from orderwright.inventory import Pair
from orderwright.orders.drafts import Draft
from orderwright.orders.needs import NeedRow
from orderwright.orders.queries import LockedOrder
from orderwright.orders.states import OrderStatus
from orderwright.orders.write_placements import PlacedOrder


def units_leaving_tills(drafts: Iterable[Draft]) -> dict[Pair, int]:
    """What left tills, by SKU and location."""
    losses: dict[Pair, int] = {}
    for draft in drafts:
        for line in draft.lines:
            for component in line.components:
                if component.mode == "handed" and component.sku is not None and line.location is not None:
                    key = (component.sku, line.location.id)
                    losses[key] = losses.get(key, 0) + component.quantity
    return losses


def is_all_handed_over(order: PlacedOrder) -> bool:
    """Whether nothing of an order is left to do: it is not verified."""
    return {h.line_n for h in order.placement.handed} == {line.n for line in order.placement.draft.lines}


def needs_at_locations(order: PlacedOrder) -> list[NeedRow]:
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


def point_of(order: PlacedOrder) -> PointRow | None:
    """Where a new order goes."""
    for contact in order.contacts:
        if contact.role == "ship_to":
            return PointRow(order.id, contact.latitude, contact.longitude, contact.country, contact.region)
    return None


def as_locked(order: PlacedOrder, number: int) -> LockedOrder:
    """A new order as if locked: nobody else sees it yet."""
    placement = order.placement
    status: OrderStatus = placement.status
    return LockedOrder(
        order.id, number, placement.draft.channel.id, status.value, len(placement.holds), 1 + len(placement.holds), 1,
        placement.draft.command.priority,
    )  # fmt: skip

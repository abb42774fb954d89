"""Why an order is not sourced at all. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping

from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no


def why_not_sourced(
    order_id: UUID, known: Container[UUID], blocking: Mapping[UUID, str], unverified: Container[UUID]
) -> Outcome | None:
    """The "no" to an order that is not looked at, or None. `blocking`: types of holds that stop sourcing. Precedence:
    `order_not_found`, `order_held`, `order_not_verified`."""
    if order_id not in known:
        return no("order_not_found", "There is no such order. Check the id.")
    if order_id in blocking:
        return no("order_held", "A hold stops sourcing. Release it first.", type=blocking[order_id])
    if order_id in unverified:
        return no("order_not_verified", "The order is not verified yet; it is sourced after that. Wait for it.")
    return None

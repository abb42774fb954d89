"""Which orders are held when a location will not bring what their lines name it for: nobody else may. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orderwright.orders.drafts import HoldDraft
from orderwright.orders.needs import NeedRow
from orderwright.platform.ids import UUID, encode_id

LOCATION_REJECTED = "location_rejected"  # the reference of holds is made from the literal where one is opened


def holds_of_rejected(needs: Iterable[NeedRow], why: Mapping[tuple[UUID, UUID], str]) -> list[tuple[UUID, HoldDraft]]:
    """A hold for each (order, location) with promised units of a line that names the location. `why`: the reason by
    (order, location)."""
    found: dict[tuple[UUID, UUID], set[int]] = {}
    for need in needs:
        if need.location_id is not None and (need.order_id, need.location_id) in why:
            found.setdefault((need.order_id, need.location_id), set()).add(need.line_n)
    holds = []
    for (order_id, location_id), lines in found.items():
        location, reason = encode_id("loc", location_id), why[order_id, location_id]
        detail = {"lines": sorted(lines), "location": location, "reason": reason}
        holds.append((order_id, HoldDraft("location_rejected", ("source",), detail)))
    return holds

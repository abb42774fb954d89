"""What is sent for a refused order that is to be tried again. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import msgspec

from orderwright.orders.answers import decode_order
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.inbox import RefusedBody
from orderwright.orders.outcomes import PlaceOutcome
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no


class SendRefused(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send a refused order again: as it was, or `order` in its place."""

    refused_id: UUID
    order: PlaceOrder | None = None


def order_to_send(
    command: SendRefused, found: Mapping[UUID, RefusedBody], going: Container[UUID]
) -> PlaceOrder | Outcome:
    """What is sent for a command, or why nothing is. `going`: those that are sent already. Precedence:
    `duplicate_in_batch`, `refused_not_found`, `body_unreadable`."""
    row = found.get(command.refused_id)
    if command.refused_id in going:
        return no("duplicate_in_batch", "The same refused order is named twice in this call. Send each once.")
    if row is None:
        return no("refused_not_found", "There is no refused order of this id: it was taken, erased or is too old.")
    if command.order is not None:
        return command.order
    try:
        return decode_order((row.body or "").encode())
    except msgspec.MsgspecError:
        return no("body_unreadable", "Its body is not an order as this version takes it. Send a mended one as `order`.")


def sent_again(placed: PlaceOutcome) -> Outcome:
    """An outcome of intake as one of the verb that sends again."""
    if not placed.accepted:
        there = {} if placed.order_id is None else {"order_id": encode_id("ord", placed.order_id)}
        return no(placed.code, placed.message or "", **there, **placed.details)
    details: dict[str, Any] = {"number": placed.number, "status": placed.status}
    if placed.code == "placed":
        details |= {
            "holds": placed.holds, "backordered": placed.backordered, "dropped_lines": placed.dropped_lines,
        }  # fmt: skip
    return Outcome(code=placed.code, id=placed.order_id, details=details)

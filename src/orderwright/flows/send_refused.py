"""Send refused orders again, after what was wrong is mended: the world, or the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orderwright import orders
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder, PlaceOutcome, RefusedBody
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.outcomes import Outcome, no


class SendRefused(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send a refused order again: as it was, or `order` in its place."""

    refused_id: UUID
    order: PlaceOrder | None = None


async def send_refused(tx: Transaction, ctx: Context, commands: Sequence[SendRefused]) -> list[Outcome]:
    """Place orders of the inbox. One that is taken leaves the inbox; one that is refused again stands there as it was
    sent last, under the same id.

    Permission: `orders.place`, by a caller that is not limited to locations. Locks: refused orders, then those of
    `place_orders`. Appends what that does. Outcomes, in precedence: `duplicate_in_batch`, `refused_not_found`,
    `body_unreadable`, those of `PlaceOutcome`.
    """
    ctx.require("orders.place")
    ctx.require_all_locations("Refused orders are of no location.")
    found = await orders.lock_refused(tx, ctx, [command.refused_id for command in commands])
    outcomes: list[Outcome | None] = []
    going: dict[UUID, tuple[int, PlaceOrder]] = {}
    for at, command in enumerate(commands):
        decided = _decide(command, found, going)
        if isinstance(decided, PlaceOrder):
            going[command.refused_id] = (at, decided)
            outcomes.append(None)
        else:
            outcomes.append(decided)
    if going:
        since = new_id()
        placed = await place_orders(tx, ctx, [order for _, order in going.values()])
        taken: list[UUID] = []
        refused: list[UUID] = []
        for (refused_id, (at, _)), outcome in zip(going.items(), placed, strict=True):
            (taken if outcome.accepted else refused).append(refused_id)
            outcomes[at] = _outcome(outcome)
        await orders.settle_refused(tx, ctx, since=since, taken=taken, refused=refused)
    return [outcome for outcome in outcomes if outcome is not None]


def _decide(command: SendRefused, found: Mapping[UUID, RefusedBody], going: Mapping[UUID, Any]) -> PlaceOrder | Outcome:
    """What is sent for a command, or why nothing is. Pure."""
    row = found.get(command.refused_id)
    if command.refused_id in going:
        return no("duplicate_in_batch", "The same refused order is named twice in this call. Send each once.")
    if row is None:
        return no("refused_not_found", "There is no refused order of this id: it was taken, erased or is too old.")
    if command.order is not None:
        return command.order
    try:
        return orders.decode_order((row.body or "").encode())
    except msgspec.MsgspecError:
        return no("body_unreadable", "Its body is not an order as this version takes it. Send a mended one as `order`.")


def _outcome(placed: PlaceOutcome) -> Outcome:
    """An outcome of intake as one of a verb."""
    if not placed.accepted:
        there = {} if placed.order_id is None else {"order_id": encode_id("ord", placed.order_id)}
        return no(placed.code, placed.message or "", **there, **placed.details)
    details: dict[str, Any] = {"number": placed.number, "status": placed.status}
    if placed.code == "placed":
        details |= {
            "holds": placed.holds, "backordered": placed.backordered, "dropped_lines": placed.dropped_lines,
        }  # fmt: skip
    return Outcome(code=placed.code, id=placed.order_id, details=details)

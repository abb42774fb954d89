"""Place draft orders: each becomes an order once, however many windows it is placed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import draft_orders
from orderwright.draft_orders import PlaceDraftOrder
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder, PlaceOutcome
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no


async def place_draft_orders(tx: Transaction, ctx: Context, commands: Sequence[PlaceDraftOrder]) -> list[Outcome]:
    """Place draft orders as `place_orders` does, under their own external ids. What was placed points to its order and
    is emptied in the same transaction; what is refused stays a draft.

    Permission: `orders.place`. Locks: the drafts (id order), then as `place_orders`. Appends what that appends.
    Outcomes, in precedence: `draft_not_found`, `replayed` (it was placed before), `revision_differs`,
    `draft_incomplete`, those of `place_orders`, `placed`. `id` is the order's; `details` has its `number`, `status`,
    `holds` and how many units are `backordered`.
    """
    ctx.require("orders.place")
    found = await draft_orders.lock_drafts(tx, [c.draft_id for c in commands])
    decided = [draft_orders.decide_place(ctx, found.get(c.draft_id), c.revision) for c in commands]
    wanted: dict[UUID, PlaceOrder] = {
        c.draft_id: d for c, d in zip(commands, decided, strict=True) if isinstance(d, PlaceOrder)
    }
    if not wanted:
        return [d for d in decided if isinstance(d, Outcome)]
    placed = dict(zip(wanted, await place_orders(tx, ctx, list(wanted.values())), strict=True))
    became = {i: o.order_id for i, o in placed.items() if o.accepted and o.order_id is not None}
    await draft_orders.mark_placed(tx, became)
    return [d if isinstance(d, Outcome) else _told(placed[c.draft_id]) for c, d in zip(commands, decided, strict=True)]


def _told(outcome: PlaceOutcome) -> Outcome:
    """What became of placing, as of any item. Pure."""
    if not outcome.accepted:
        details: dict[str, Any] = dict(outcome.details or {})
        if outcome.order_id is not None:
            details["order_id"] = encode_id("ord", outcome.order_id)
        return no(outcome.code, outcome.message or "", **details)
    details = {
        "number": outcome.number, "status": outcome.status, "holds": outcome.holds, "backordered": outcome.backordered,
    }  # fmt: skip
    return Outcome(code=outcome.code, id=outcome.order_id, details=details)

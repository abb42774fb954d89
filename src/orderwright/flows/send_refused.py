"""Send refused orders again, after what was wrong is mended: the world, or the order."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import orders
from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder, SendRefused
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_id
from orderwright.platform.outcomes import Outcome


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
        decided = orders.order_to_send(command, found, going)
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
            outcomes[at] = orders.sent_again(outcome)
        await orders.settle_refused(tx, ctx, since=since, taken=taken, refused=refused)
    return [outcome for outcome in outcomes if outcome is not None]

"""What became of orders whose commit got no answer."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import catalog, orders
from orderwright.orders import PlaceOrder, PlaceOutcome
from orderwright.orders.fingerprint import differing_fields, fingerprint
from orderwright.platform.db import Transaction


async def look_up_orders(tx: Transaction, commands: Sequence[PlaceOrder]) -> list[PlaceOutcome | None]:
    """The outcome of each order that is here with exactly this content; None for those that are not.

    `replayed`: whether the lost commit brought it or an earlier one cannot be told, and what was found out while
    placing (holds, backorders) is not told again.
    """
    channels = await catalog.channels_by_code(tx, list({c.channel for c in commands}))
    keys = [(channels[c.channel].id, c.external_id) for c in commands if c.channel in channels]
    found = await orders.find_identities(tx, keys)
    outcomes: list[PlaceOutcome | None] = []
    for command in commands:
        channel = channels.get(command.channel)
        row = found.get((channel.id, command.external_id)) if channel is not None else None
        if row is None or differing_fields(row.fingerprint, fingerprint(command, tx.hash_key)):
            outcomes.append(None)
        else:
            outcomes.append(PlaceOutcome(code="replayed", order_id=row.order_id, number=row.number, status=row.status))
    return outcomes

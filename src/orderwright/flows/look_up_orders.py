"""What became of orders whose commit got no answer."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import catalog, orders
from orderwright.orders import Catalogue, PlaceOrder, PlaceOutcome
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction


async def look_up_orders(
    tx: Transaction, commands: Sequence[PlaceOrder], origins: Sequence[Context]
) -> list[PlaceOutcome | None]:
    """The outcome of each order that is here with exactly this content; None for those that are not. `origins` says who
    sent each: what they are limited to is looked at first, as in placing.

    `replayed`: whether the lost commit brought it or an earlier one cannot be told, and what was found out while
    placing (holds, backorders) is not told again. One beyond its sender's limits is answered with the refusal; whether
    the inbox has its body is not known.
    """
    channels = await catalog.channels_by_code(tx, list({c.channel for c in commands}))
    limited = [c for c, origin in zip(commands, origins, strict=True) if origin.locations is not None]
    named = {line.location for c in limited for line in c.lines if line.location is not None}
    locations = await catalog.locations_by_code(tx, list(named)) if named else {}
    known = Catalogue(channels=channels, skus={}, parts={}, locations=locations, parents={})
    keys = [(channels[c.channel].id, c.external_id) for c in commands if c.channel in channels]
    found = await orders.find_identities(tx, keys)
    outcomes: list[PlaceOutcome | None] = []
    for command, origin in zip(commands, origins, strict=True):
        refusal = orders.refuse_by_limits(origin, command, known)
        if refusal is not None:
            outcomes.append(orders.refuse(refusal))
            continue
        row = found.get((channels[command.channel].id, command.external_id))
        if row is None or not orders.has_content(row, command, tx.hash_key):
            outcomes.append(None)
        else:
            outcomes.append(PlaceOutcome(code="replayed", order_id=row.order_id, number=row.number, status=row.status))
    return outcomes

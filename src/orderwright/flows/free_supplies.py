"""Free dated supply of preorders that wait no more."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright import inventory, orders
from orderwright.orders import BackorderRow
from orderwright.platform.db import Transaction


async def free_supplies(tx: Transaction, gone: Iterable[BackorderRow]) -> None:
    """Bring the supplies behind backorders that were met or cancelled to what still waits for them.

    A supply has promised what waits for it, or all that is still to come of it when more waits: part of it came in
    already and went to others in the queue. The caller holds the locks of availability. Locks: dated supply. Three
    statements, or none where no preorder is concerned.
    """
    wanted = {b.supply_id for b in gone if b.supply_id is not None}
    if not wanted:
        return
    supplies = await inventory.lock_supply(tx, wanted)
    waiting = await orders.waiting_for_supplies(tx, wanted)
    deltas = [(s.id, 0, min(s.quantity, waiting.get(s.id, 0)) - s.preordered) for s in supplies]
    await inventory.move_supply(tx, [delta for delta in deltas if delta[2]])

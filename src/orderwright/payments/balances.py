"""The list of orders whose balance people must look at (law M1). Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.payments.queries import DELETE_OPEN_BALANCES, PUT_OPEN_BALANCES
from orderwright.payments.settlement import Settlement
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID


async def list_balances(tx: Transaction, settled: Mapping[UUID, Settlement]) -> None:
    """List the orders with a balance that nothing will end by itself, and take the others off. Two statements at
    most."""
    listed = [(order_id, s.due_on, s.why) for order_id, s in settled.items() if s.why is not None]
    if listed:
        await PUT_OPEN_BALANCES.run(tx, *columns(listed, 3))
    gone = [order_id for order_id, s in settled.items() if s.why is None]
    if gone:
        await DELETE_OPEN_BALANCES.run(tx, gone)

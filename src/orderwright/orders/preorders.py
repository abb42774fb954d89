"""Orders that wait for dated supply, when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from orderwright.orders.queries import ExistingRow
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement

ORDERS_OF_SUPPLIES = query(__package__, "orders_of_supplies", ExistingRow)
DETACH_BACKORDERS = statement(__package__, "detach_backorders")
DELAY_PROMISES = statement(__package__, "delay_promises")


async def orders_of_supplies(tx: Transaction, supply_ids: Iterable[UUID]) -> list[UUID]:
    """Orders with units that wait for these supplies, not locked. One statement."""
    return [row.id for row in await ORDERS_OF_SUPPLIES.fetch(tx, list(set(supply_ids)))]


async def detach_backorders(tx: Transaction, order_ids: Iterable[UUID], supply_ids: Iterable[UUID]) -> None:
    """Let what waits for these supplies wait for whatever comes. The orders are locked. One statement, or none."""
    supplies = list(supply_ids)
    if supplies:
        await DETACH_BACKORDERS.run(tx, list(order_ids), supplies)


async def delay_promises(tx: Transaction, promises: Sequence[tuple[UUID, date]]) -> None:
    """Promise (order, date) where none or an earlier date was promised. The orders are locked. One statement, or none.

    Goods that come earlier than they were promised do not change the promise.
    """
    if promises:
        await DELAY_PROMISES.run(tx, *columns(promises, 2))

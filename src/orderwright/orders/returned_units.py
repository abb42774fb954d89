"""Count what came back of orders' components (law G4). Callers hold the orders' locks."""

from __future__ import annotations

from collections.abc import Iterable

from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import statement

RETURN_UNITS = statement(__package__, "return_units")


async def return_units(tx: Transaction, units: Iterable[tuple[UUID, int, int, int]]) -> None:
    """Add units to what came back of (order, line, component), those of one summed; negative where they went to the
    customer again. One statement, or none."""
    summed: dict[tuple[UUID, int, int], int] = {}
    for order_id, line_n, n, count in units:
        key = (order_id, line_n, n)
        summed[key] = summed.get(key, 0) + count
    rows = [(*key, count) for key, count in summed.items() if count]
    if rows:
        await RETURN_UNITS.run(tx, *columns(rows, 4))

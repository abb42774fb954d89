"""What goods that left a till come from, whatever the books said before. Pure (laws G2, G3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.catalog import LocationFacts
from orderwright.fulfillment.breaks import Break, Breakable
from orderwright.inventory import Pair, StockRow
from orderwright.platform.ids import UUID


class Handed(NamedTuple):
    """Units of a component that left a till at a location. They are pending until booked."""

    order_id: UUID
    line_n: int
    component_n: int
    sku_id: UUID
    location: LocationFacts
    quantity: int
    happened_at: datetime

    @property
    def pair(self) -> Pair:
        """The stock row that they came from."""
        return self.sku_id, self.location.id


class Taken(NamedTuple):
    """Where handed units that were not available come from: broken allocations, `found` ones that the books knew
    nothing of, and `withheld` ones of a closed location."""

    handed: Handed
    breaks: list[Break]
    found: int
    withheld: int = 0


def withheld_there(handed: Sequence[Handed], stock: Mapping[Pair, StockRow]) -> dict[Pair, int]:
    """What closed locations withhold of what left their tills."""
    return {h.pair: row.withheld for h in handed if not h.location.active and (row := stock.get(h.pair)) is not None}


def trace_handed(
    handed: Sequence[Handed], available: dict[Pair, int], withheld: dict[Pair, int], breakable: Breakable
) -> list[Taken]:
    """What comes from elsewhere than `available`: what is withheld, since the location is closed, then allocations,
    then thin air. Uses `available`, `withheld` and `breakable` up, in order of arrival."""
    taken: list[Taken] = []
    for h in handed:
        have = available.get(h.pair, 0)
        short = max(0, h.quantity - have)
        available[h.pair] = max(0, have - h.quantity)
        if short:
            kept = min(short, withheld.get(h.pair, 0))
            withheld[h.pair] = withheld.get(h.pair, 0) - kept
            breaks = breakable.take(h.pair, short - kept)
            taken.append(Taken(h, breaks, short - kept - sum(b.units for b in breaks), kept))
    return taken

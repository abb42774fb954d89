"""Which losses are larger than what is available. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from orderwright.inventory.ledger import Pair
from orderwright.inventory.queries import StockRow


def beyond_available(losses: Mapping[Pair, int], stock: Mapping[Pair, StockRow]) -> dict[Pair, int]:
    """Units lost at (SKU, location) beyond those available there; nothing where all of them are."""
    beyond = {key: units - (stock[key].available if key in stock else 0) for key, units in losses.items()}
    return {key: units for key, units in beyond.items() if units > 0}

"""Which adjustments can be booked, and which come out of allocations. Pure (law G2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.inventory.commands import AdjustStock, refuse
from orderwright.inventory.known_places import KnownPlace
from orderwright.inventory.ledger import Pair
from orderwright.inventory.queries import StockRow
from orderwright.inventory.room import Room
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


class Adjustment(NamedTuple):
    """An adjustment of a known place. `broken` units of a loss come out of allocations."""

    id: UUID
    place: KnownPlace
    command: AdjustStock
    broken: int = 0


def check_adjustment(new_id: UUID, place: KnownPlace | Outcome, command: AdjustStock) -> Adjustment | Outcome:
    """What is to be fitted to the stock, or why nothing is. Precedence: why the place is not known, `zero_quantity`,
    `location_inactive`."""
    if isinstance(place, Outcome):
        return place
    if command.delta == 0:
        return refuse("zero_quantity")
    if command.delta > 0 and not place.location.active:
        return refuse("location_inactive", location=command.location)
    return Adjustment(new_id, place, command)


def units_lost(adjustments: Iterable[Adjustment]) -> dict[Pair, int]:
    """Units that adjustments take away by (SKU, location), 0 where they only add."""
    losses: dict[Pair, int] = {}
    for a in adjustments:
        losses[a.place.pair] = losses.get(a.place.pair, 0) + max(0, -a.command.delta)
    return losses


def fit_adjustments(
    adjustments: Sequence[Adjustment],
    stock: Mapping[Pair, StockRow],
    breakable: Mapping[Pair, int],
    room: Room,
    above: Callable[[Adjustment], Outcome | None] = lambda _: None,
) -> list[Adjustment | Outcome]:
    """Each adjustment with the units that it breaks, in order of arrival, or why it does not fit the locked stock.

    `breakable`: units of allocations that may be broken, by (SKU, location). Precedence: `stock_changed` (others
    allocated what was looked at) or `insufficient_stock`, `too_many_units`, what `above` says (the limit of who does
    it): what is refused is not there for those that follow.
    """
    available = {key: row.available for key, row in stock.items()}
    allocated = {key: row.allocated for key, row in stock.items()}
    left = dict(breakable)
    fitted: list[Adjustment | Outcome] = []
    for a in adjustments:
        pair, delta = a.place.pair, a.command.delta
        short = max(0, -delta - available[pair])
        if short > left.get(pair, 0):
            code = "stock_changed" if short <= allocated[pair] else "insufficient_stock"
            fitted.append(refuse(code, sku=a.command.sku, location=a.command.location))
        elif delta > 0 and not room.take(pair, a.place.pool, delta):
            fitted.append(refuse("too_many_units", sku=a.command.sku, location=a.command.location))
        elif (refused := above(a)) is not None:
            room.take(pair, a.place.pool, -max(0, delta))  # given back
            fitted.append(refused)
        else:
            available[pair] += delta + short
            allocated[pair] -= short
            left[pair] = left.get(pair, 0) - short
            fitted.append(a._replace(broken=short))
    return fitted

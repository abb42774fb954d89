"""What came, or would come, of closing, opening and moving locations, in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orderwright import catalog, inventory, returns
from orderwright.catalog import PlaceRow
from orderwright.flows.lock_places import Hanging
from orderwright.fulfillment import FulfillmentState
from orderwright.inventory import Pair
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id

LISTED_MAX = 20  # SKUs and fulfillments that are named; the rest is counted
_BEGUN = frozenset({FulfillmentState.PICKING, FulfillmentState.PICKED, FulfillmentState.PACKED})


class Came:
    """What came of one location. `units` move, by SKU: they are withheld, may be promised again, or go along to another
    pool (`to`)."""

    def __init__(self, place: PlaceRow, units: Mapping[UUID, int], to: tuple[UUID, str] | None = None) -> None:
        self.place = place
        self.units = units
        self.to = to
        self.promisable: dict[UUID, int] = {}  # by how much the location's old pool can promise more, or less
        self.taken_off: dict[UUID, int] = {}
        self.held = 0

    def change_promisable(self, sku_id: UUID, units: int) -> None:
        """The location's old pool can promise so many units of a SKU more (less, if negative)."""
        self.promisable[sku_id] = self.promisable.get(sku_id, 0) + units

    def take_off(self, sku_id: UUID, units: int) -> None:
        """Units that were allocated here are promised again, and sourced elsewhere."""
        if units:
            self.taken_off[sku_id] = self.taken_off.get(sku_id, 0) + units
            self.change_promisable(sku_id, -units)

    def event(self) -> dict[str, Any]:
        """What the event about the location says."""
        to = {} if self.to is None else {"to": self.to[1]}
        return {"pool": self.place.pool, **to, "units": sum(self.units.values()), "skus": len(self.units)}


async def details_of_places(tx: Transaction, came: Sequence[Came], hanging: Hanging) -> dict[UUID, dict[str, Any]]:
    """Figures of each location, by id, once all was written.

    `units` of `skus` SKUs were withheld (closed), are available again (opened) or went to the pool `to` (moved);
    `promisable` is by how much `pool` can promise more (less, if negative): the pool `to` gained or lost the opposite.
    `taken_off` units of allocations are sourced elsewhere; `held` orders name the location; `finishing` fulfillments
    are finished there (of which `fulfillments` names some). `short_skus` are those of which a pool owes more than it
    has now, in all `short_units`; `expected_returns` and `in_transit` units are still on their way there. `by_sku`
    names the SKUs with most units. Three statements.
    """
    ids = {sku for one in came for sku in (*one.units, *one.promisable)}
    shorts = {(r.sku_id, r.pool_id): -r.available_to_promise for r in await inventory.read_availability(tx, ids)}
    expected = await returns.expected_at(tx, [one.place.id for one in came])
    top = {one.place.id: _top(one) for one in came}
    skus = await catalog.skus_by_id(tx, list({sku for named in top.values() for sku in named}))
    return {one.place.id: _details(one, hanging, shorts, top[one.place.id], skus, expected) for one in came}


def _top(one: Came) -> list[UUID]:
    weight = {sku: one.units.get(sku, 0) + one.taken_off.get(sku, 0) for sku in (*one.units, *one.promisable)}
    return sorted(weight, key=lambda sku: (-weight[sku], sku))[:LISTED_MAX]


def _details(
    one: Came,
    hanging: Hanging,
    shorts: Mapping[Pair, int],
    top: Sequence[UUID],
    skus: Mapping[UUID, catalog.SkuFacts],
    expected: Mapping[UUID, int],
) -> dict[str, Any]:
    pools = [one.place.pool_id] if one.to is None else [one.place.pool_id, one.to[0]]
    touched = {*one.units, *one.promisable}
    short = {sku: units for sku in touched if (units := sum(max(0, shorts.get((sku, p), 0)) for p in pools))}
    finishing = [w for w in hanging.works if w.location_id == one.place.id and (w.state in _BEGUN or one.to)]
    said = one.event() | {
        "location": one.place.code,
        "promisable": sum(one.promisable.values()),
        "taken_off": sum(one.taken_off.values()),
        "held": one.held,
        "finishing": len(finishing),
        "fulfillments": [encode_id("ful", work.id) for work in finishing[:LISTED_MAX]],
        "short_skus": len(short),
        "short_units": sum(short.values()),
        "expected_returns": expected.get(one.place.id, 0),
        "in_transit": sum(hanging.units_at(one.place, "in_transit").values()),
    }
    said["by_sku"] = [
        {
            "sku": skus[sku].code,
            "units": one.units.get(sku, 0),
            "taken_off": one.taken_off.get(sku, 0),
            "promisable": one.promisable.get(sku, 0),
            "short": short.get(sku, 0),
        }
        for sku in top
    ]
    return said

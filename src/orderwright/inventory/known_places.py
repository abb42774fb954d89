"""Whether stock of a SKU at a location is the caller's to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright import catalog
from orderwright.catalog import LocationFacts, SkuFacts
from orderwright.inventory.commands import refuse
from orderwright.inventory.ledger import Pair
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.outcomes import Outcome


class KnownPlace(NamedTuple):
    """A stocked SKU and a location, both known and the caller's."""

    sku: SkuFacts
    location: LocationFacts

    @property
    def pair(self) -> Pair:
        """The stock row: (SKU, location)."""
        return self.sku.id, self.location.id

    @property
    def pool(self) -> Pair:
        """The availability row: (SKU, pool)."""
        return self.sku.id, self.location.pool_id


async def know_places(tx: Transaction, ctx: Context, pairs: Sequence[tuple[str, str]]) -> list[KnownPlace | Outcome]:
    """Look (SKU code, location code) pairs up; the locations stay as they are until the transaction ends. Locks:
    locations, shared. Two statements. Precedence: `unknown_sku`, `unknown_location`,
    `location_not_allowed`, `not_stocked`."""
    skus = await catalog.skus_by_code(tx, list({sku for sku, _ in pairs}))
    locations = await catalog.hold_locations_by_code(tx, list({location for _, location in pairs}))
    return [know_place(ctx, sku, location, skus, locations) for sku, location in pairs]


def know_place(
    ctx: Context,
    sku_code: str,
    location_code: str,
    skus: Mapping[str, SkuFacts],
    locations: Mapping[str, LocationFacts],
) -> KnownPlace | Outcome:
    """The place of one pair among what was found, or why it cannot be. Pure."""
    sku, location = skus.get(sku_code), locations.get(location_code)
    if sku is None:
        return refuse("unknown_sku", sku=sku_code)
    if location is None:
        return refuse("unknown_location", location=location_code)
    if not ctx.may_location(location.id):
        return refuse("location_not_allowed", location=location_code)
    if sku.kind != "stocked":
        return refuse("not_stocked", sku=sku_code)
    return KnownPlace(sku, location)

"""Whether supply of a SKU can be expected in a pool. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from orderwright.catalog import SkuFacts
from orderwright.inventory.commands import ExpectSupply, refuse
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome


def refuse_supply(
    command: ExpectSupply, skus: Mapping[str, SkuFacts], pools: Mapping[str, UUID], forbidden: Collection[UUID]
) -> Outcome | None:
    """Why this supply cannot be expected, or None. `forbidden`: pools that the caller may not bring supply to."""
    sku, pool_id = skus.get(command.sku), pools.get(command.pool)
    if sku is None:
        return refuse("unknown_sku", sku=command.sku)
    if pool_id is None:
        return refuse("unknown_pool", pool=command.pool)
    if pool_id in forbidden:
        return refuse("location_not_allowed", pool=command.pool)
    if sku.kind != "stocked":
        return refuse("not_stocked", sku=command.sku)
    return None

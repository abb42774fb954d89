"""Builders of the catalogue: commands with everything filled in, and a small shop to sell from.

Each call gives new codes, so that tests need not know of each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from orderwright.catalog import (
    ChannelFacts,
    KitPart,
    LocationFacts,
    Price,
    SkuFacts,
    UpsertChannel,
    UpsertLocation,
    UpsertOutcome,
    UpsertPool,
    UpsertSku,
    channels_by_code,
    locations_by_code,
    read_pools,
    skus_by_code,
    upsert_locations,
    upsert_pools,
    upsert_skus,
)
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID

_numbers = itertools.count(1)


def a_sku(**fields: Any) -> UpsertSku:
    """A stocked SKU at 19.99 USD."""
    n = next(_numbers)
    return UpsertSku(
        **{"code": f"SKU-{n}", "name": f"Thing {n}", "weight_g": 250, "price": Price(1999, "USD")} | fields
    )


def a_kit(*components: str | tuple[str, int], **fields: Any) -> UpsertSku:
    """A kit of SKU codes, or of (code, units in one kit)."""
    pairs = [(part, 1) if isinstance(part, str) else part for part in components]
    n = next(_numbers)
    defaults = {"code": f"KIT-{n}", "name": f"Set {n}", "kind": "kit", "price": Price(4999, "USD")}
    return UpsertSku(**defaults | {"components": [KitPart(code, units) for code, units in pairs]} | fields)


def a_pool(**fields: Any) -> UpsertPool:
    """A pool."""
    n = next(_numbers)
    return UpsertPool(**{"code": f"POOL-{n}", "name": f"Pool {n}"} | fields)


def a_location(pool: str, **fields: Any) -> UpsertLocation:
    """A warehouse near Columbus, Ohio, open every day, without a limit of capacity."""
    n = next(_numbers)
    defaults = {
        "code": f"LOC-{n}", "name": f"Location {n}", "kind": "warehouse", "pool": pool, "country": "US",
        "time_zone": "America/New_York", "line1": "1 Dock Street", "city": "Columbus", "region": "OH",
        "postal_code": "43004", "latitude": 40.0, "longitude": -82.8, "open_weekdays": [1, 2, 3, 4, 5, 6, 7],
    }  # fmt: skip
    return UpsertLocation(**defaults | fields)


def a_channel(*pools: str, **fields: Any) -> UpsertChannel:
    """A storefront in USD that sells from these pools and backorders what is short."""
    n = next(_numbers)
    defaults = {
        "code": f"CH-{n}",
        "name": f"Channel {n}",
        "kind": "storefront",
        "currency": "USD",
        "pools": list(pools),
    }
    return UpsertChannel(**defaults | fields)


class Shop(NamedTuple):
    """A catalogue to sell from, as intake sees it."""

    pool_id: UUID
    pool_code: str
    channel: ChannelFacts
    locations: list[LocationFacts]
    skus: list[SkuFacts]


async def a_shop(
    tx: Transaction,
    ctx: Context,
    *,
    locations: int = 1,
    skus: int = 1,
    channel: dict[str, Any] | None = None,
    location: dict[str, Any] | None = None,
    sku: dict[str, Any] | None = None,
) -> Shop:
    """One pool of `locations`, one channel that sells from it, and `skus`; the dictionaries override fields."""
    pool = a_pool()
    accepted(await upsert_pools(tx, ctx, [pool]))
    places = [a_location(pool.code, **location or {}) for _ in range(locations)]
    accepted(await upsert_locations(tx, ctx, places))
    front = a_channel(pool.code, **channel or {})
    accepted(await upsert_channels(tx, ctx, [front]))
    things = [a_sku(**sku or {}) for _ in range(skus)]
    accepted(await upsert_skus(tx, ctx, things))
    found = await locations_by_code(tx, [place.code for place in places])
    facts = await skus_by_code(tx, [thing.code for thing in things])
    return Shop(
        pool_id=(await read_pools(tx, codes=[pool.code]))[0].id,
        pool_code=pool.code,
        channel=(await channels_by_code(tx, [front.code]))[front.code],
        locations=[found[place.code] for place in places],
        skus=[facts[thing.code] for thing in things],
    )


def accepted(outcomes: Sequence[UpsertOutcome]) -> list[UUID]:
    """The ids of upserted entries, none of which was refused."""
    assert [o for o in outcomes if not o.ok] == []
    return [o.id for o in outcomes if o.id is not None]

"""A merchant to measure on: the demo's catalogue, with stock that never runs out unless a bench says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TypeVar

from orderwright import catalog
from orderwright.demo import products, world
from orderwright.demo.baskets import orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ReceiveStock
from orderwright.orders import PlaceOrder
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context, system_context
from orderwright.platform.db import Database
from orderwright.platform.migrate import create_merchant

Item = TypeVar("Item")
MEAN_LINES = 2.2
CHUNK = 500
PLENTY = 1_000_000


async def build_world(database: Database, merchant: str) -> Context:
    """Make a merchant with the demo's pools, locations, channels and SKUs, and plenty of stock everywhere."""
    await create_merchant(database, merchant, name=merchant.title())
    ctx = system_context(merchant, "bench:setup")
    skus = list(products.catalogue().skus())
    places = world.locations(utc_now().date())
    async with database.transaction(merchant) as tx:
        await catalog.upsert_pools(tx, ctx, world.POOLS)
        await catalog.upsert_locations(tx, ctx, places)
        await upsert_channels(tx, ctx, world.CHANNELS)
    for part in chunks(skus, CHUNK):
        async with database.transaction(merchant) as tx:
            await catalog.upsert_skus(tx, ctx, part)
    stocked = [sku.code for sku in skus if sku.kind == "stocked"]
    for codes in chunks(stocked, CHUNK):
        async with database.transaction(merchant) as tx:
            commands = [
                ReceiveStock(sku=code, location=place.code, quantity=PLENTY) for code in codes for place in places
            ]
            await receive_stock(tx, ctx, commands)
    return ctx


def baskets(count: int, seed: int = 0) -> list[PlaceOrder]:
    """Real baskets as orders, cut to the same mean number of lines, with nothing wrong in them."""
    made = orders(products.catalogue(), seed=seed, limit=count + 1_000, mean_lines=MEAN_LINES, wrong_one_in=0)
    return list(islice(made, count))


def chunks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Pieces of `size` items; the last may be shorter."""
    return [items[i : i + size] for i in range(0, len(items), size)]

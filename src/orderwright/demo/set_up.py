"""Make the demo's merchant, or find it as it was left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from orderwright import catalog
from orderwright.access import EVERYTHING, create_api_key, list_api_keys
from orderwright.catalog import ChannelFacts, LocationFacts
from orderwright.demo import products, world
from orderwright.demo.lists import LAST_ORDER
from orderwright.demo.options import DemoOptions
from orderwright.demo.products import Catalogue
from orderwright.demo.shelves import Shelves
from orderwright.demo.staff import put_staff
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.migrate import create_merchant

KEY_NAME = "For trying the API"
_NEWEST = 1_000  # orders among which the demo's last one is looked for

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWorld:
    """The demo's merchant as it stands at the start.

    `position` is the place in the stream of baskets of the next order. `api_key` is the text of the key that was made
    at the very first start, None later: it is shown once.
    """

    merchant: str
    catalogue: Catalogue
    shelves: Shelves
    channels: dict[str, ChannelFacts]
    locations: dict[str, LocationFacts]
    pools: dict[UUID, str]
    position: int
    api_key: str | None


async def set_up(database: Database, options: DemoOptions, progress: Progress | None = None) -> DemoWorld:
    """Make the merchant `demo` with pools, locations and channels, or find it as it was left.

    SKUs and their stock are put in later, by `DemoWorld.shelves`: the first orders need not wait for all of them. What
    is there is not changed, so a person may change it. Raises `DemoDataMissing` without the data of the demo.
    """
    say = progress or (lambda _: None)
    reading = asyncio.create_task(asyncio.to_thread(products.catalogue, options.products))
    merchant = world.MERCHANT
    try:
        made = await create_merchant(
            database,
            merchant.code,
            name=merchant.name,
            time_zone=merchant.time_zone,
            reporting_currency=merchant.reporting_currency,
        )
        say(f"making the merchant {merchant.name}" if made else f"going on with the merchant {merchant.name}")
        async with database.transaction(merchant.code) as tx:
            await _put_places(tx)
            channels = await catalog.channels_by_code(tx, [channel.code for channel in world.CHANNELS])
            places = [place.code for place in world.locations(utc_now().date())]
            locations = await catalog.locations_by_code(tx, places)
            pools = {pool.id: pool.content.code for pool in await catalog.read_pools(tx, codes=_POOL_CODES)}
            position = await _position(tx)
        key = await _key(database, merchant.code)
        await put_staff(database, merchant.code, places)
    finally:
        goods = await reading
    shelves = await Shelves.open(database, merchant.code, goods, options.seed)
    return DemoWorld(
        merchant=merchant.code,
        catalogue=goods,
        shelves=shelves,
        channels=channels,
        locations=locations,
        pools=pools,
        position=position,
        api_key=key,
    )


_POOL_CODES = [pool.code for pool in world.POOLS]


async def _put_places(tx: Transaction) -> None:
    """Pools, locations and channels that are not there yet."""
    places = world.locations(utc_now().date())
    ctx = Context(merchant=world.MERCHANT.code, actor="user:founder", permissions=frozenset({"catalog.write"}))
    have_pools = {pool.content.code for pool in await catalog.read_pools(tx, codes=_POOL_CODES)}
    have_places = await catalog.locations_by_code(tx, [place.code for place in places])
    have_channels = await catalog.channels_by_code(tx, [channel.code for channel in world.CHANNELS])
    if new_pools := [pool for pool in world.POOLS if pool.code not in have_pools]:
        await catalog.upsert_pools(tx, ctx, new_pools)
    if new_places := [place for place in places if place.code not in have_places]:
        await catalog.upsert_locations(tx, ctx, new_places)
    if new_channels := [channel for channel in world.CHANNELS if channel.code not in have_channels]:
        await upsert_channels(tx, ctx, new_channels)


async def _position(tx: Transaction) -> int:
    """The place in the stream that follows the last order: looked for among the newest, then among all."""
    for newest in (_NEWEST, None):
        last = await LAST_ORDER.first(tx, newest)
        if last is not None and last.demo_order is not None:
            return last.demo_order + 1
    return 0


async def _key(database: Database, merchant: str) -> str | None:
    """The text of a new API key, unless the merchant has one of this name already."""
    async with database.operator_transaction() as tx:
        if any(key.name == KEY_NAME for key in await list_api_keys(tx, merchant, limit=500)):
            return None
        return str((await create_api_key(tx, merchant, KEY_NAME, [EVERYTHING])).text)

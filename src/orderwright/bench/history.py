"""A merchant with a long history: orders written straight into the tables, set by set, for benches that read.

Made by statements over number ranges, the same each time: 2.2 lines an order, few SKUs, customers and names in many
orders, most orders delivered, the newest on their way. `orderwright audit` finds nothing wrong with it. Three events an
order stand for the ten that a real one has, and one movement for all of its kind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from orderwright import catalog
from orderwright.demo import world
from orderwright.demo.words import FIRST_NAMES, LAST_NAMES, TOWN_HEADS, TOWN_TAILS
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.platform.acts import record_act
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context, system_context
from orderwright.platform.db import Database, schema_of
from orderwright.platform.embedded import ADMIN_ROLE, ROLE
from orderwright.platform.ids import UUID
from orderwright.platform.migrate import create_merchant
from orderwright.platform.queries import Statement, statement

SKUS = 10_000
FIRST_NUMBER = 100_001
_CHUNK = 25_000
_CONNECTIONS = 2


def _load(name: str) -> Statement:
    return statement(__package__, f"history_{name}")


_SKUS = _load("skus")
_NAME_WORDS = _load("name_words")
_CUSTOMERS = _load("customers")
_LINES = _load("lines")
_ORDERS = _load("orders")
_CONTACTS = _load("contacts")
# Over the numbers of the orders, in this order.
_CHILDREN = tuple(
    map(
        _load,
        "identities words components promises backorders work fulfillments allocations shipments parcels parcel_units "
        "charges payments positions tags messages notes drafts".split(),
    )
)
_TOLD = tuple(map(_load, "holds decisions events entries".split()))  # these refer to an act
_LEDGER = tuple(map(_load, "opening movements".split()))
_BALANCES = tuple(map(_load, "stock availability pump".split()))


async def load_history(database: Database, merchant: str, orders: int, *, skus: int = SKUS) -> Context:
    """Make a merchant with the demo's places and channels, `skus` SKUs and `orders` orders, vacuumed and analysed."""
    await create_merchant(database, merchant, name=merchant.title())
    ctx = system_context(merchant, "bench:history")
    now = utc_now()
    async with database.transaction(merchant) as tx:
        await catalog.upsert_pools(tx, ctx, world.POOLS)
        await catalog.upsert_locations(tx, ctx, world.locations(now.date()))
        await upsert_channels(tx, ctx, world.CHANNELS)
        await _SKUS.run(tx, skus)
        act_id = await record_act(tx, ctx, "load_history")
    customers = max(1, orders * 2 // 5)
    chunks = [(n, min(n + _CHUNK - 1, orders)) for n in range(1, orders + 1, _CHUNK)]

    async def lane(mine: list[tuple[int, int]]) -> None:
        for first, last in mine:
            await _load_chunk(database, merchant, act_id, (first, last), orders, customers, skus, now)

    async with database.transaction(merchant) as tx:
        await tx.unlimited()
        await _CUSTOMERS.run(tx, 1, customers)
    indexes = await _drop_indexes(database, merchant)
    await asyncio.gather(*(lane(chunks[i::_CONNECTIONS]) for i in range(_CONNECTIONS)))
    await asyncio.gather(*(_create(database, indexes[i::_CONNECTIONS]) for i in range(_CONNECTIONS)))
    async with database.transaction(merchant) as tx:
        await tx.unlimited()
        await tx.execute("SET LOCAL synchronous_commit = on")  # for `_settle`
        for one in _LEDGER:
            await one.run(tx, act_id)
        for one in _BALANCES:
            await one.run(tx)
        await _NAME_WORDS.run(tx, FIRST_NUMBER, FIRST_NUMBER + orders - 1)
        await tx.execute("SELECT setval('order_number', $1)", FIRST_NUMBER + orders - 1)
    await _settle(database, merchant)
    return ctx


async def _load_chunk(
    database: Database,
    merchant: str,
    act_id: UUID,
    span: tuple[int, int],
    orders: int,
    customers: int,
    skus: int,
    now: datetime,
) -> None:
    towns = [head + tail for head in TOWN_HEADS for tail in TOWN_TAILS]
    first, last = span
    numbers = (first + FIRST_NUMBER - 1, last + FIRST_NUMBER - 1)
    async with database.transaction(merchant) as tx:
        await tx.unlimited()
        await _LINES.run(tx, first, last, orders, now, skus)
        await _ORDERS.run(tx, first, last, orders, now, customers)
        await _CONTACTS.run(tx, *numbers, FIRST_NAMES, LAST_NAMES, towns)
        for child in _CHILDREN:
            await child.run(tx, *numbers)
        for told in _TOLD:
            await told.run(tx, *numbers, act_id)


async def _drop_indexes(database: Database, merchant: str) -> list[str]:
    """Drop the indexes that no constraint stands on; returns how to make them again, which is quicker afterwards."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i"
            " JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = $1::regnamespace"
            " AND c.relname IN ('contact', 'contact_word', 'orders', 'order_identity', 'order_line', 'fulfillment',"
            " 'allocation', 'shipment', 'parcel')"
            " AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)"
            # What the statements that load look up by.
            " AND i.indexrelid::regclass::text NOT LIKE '%fulfillment_order_idx'"
            " AND i.indexrelid::regclass::text NOT LIKE '%shipment_order_idx'"
            " AND i.indexrelid::regclass::text NOT LIKE '%contact_order_idx'"
            " ORDER BY 1",
            schema_of(merchant),
        )
        for name, _ in rows:
            await connection.execute(f"DROP INDEX {name}")
    return [row[1] for row in rows]


async def _create(database: Database, indexes: Sequence[str]) -> None:
    async with database.connection() as connection:
        for index in indexes:
            await connection.execute(index)


async def _settle(database: Database, merchant: str) -> None:
    """Vacuum and analyse, as autovacuum would have done long ago.

    VACUUM calls no page visible to all whose rows' commits may not be on disk yet, and plans depend on that. It asks
    for groups of 32 transactions, its own among them: so all wait for the disk, on a throw-away server too.
    """
    schema = schema_of(merchant)
    async with database.connection() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'", schema
        )
        await connection.execute("SET synchronous_commit = on")
        for (table,) in tables:
            await connection.execute(f"VACUUM (ANALYZE) {schema}.{table}")
        await connection.execute("RESET synchronous_commit")


async def warm_up(database: Database, merchant: str) -> None:
    """Read every table and index of a merchant once, so that the machine's memory holds what it can of them.

    For a bench's own embedded server, as its superuser: the extension for it is not for everybody.
    """
    connection = await asyncpg.connect(database.dsn.replace(f"//{ROLE}@", f"//{ADMIN_ROLE}@"))
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        await connection.fetch(
            "SELECT pg_prewarm(oid::regclass, 'read') FROM pg_class"
            " WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'i')",
            schema_of(merchant),
        )
    finally:
        await connection.close()

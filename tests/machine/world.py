"""The world of the state machine: two merchants with the same catalogue, emptied of orders between examples.

One database serves all examples: emptying its tables takes a fraction of what a new database and its first statements
take. Everything that steps refer to is chosen by a number, so that the same steps do the same in each run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from orderwright.catalog import (
    ChannelFacts,
    KitPart,
    LocationFacts,
    SkuFacts,
    channels_by_code,
    locations_by_code,
    skus_by_code,
    upsert_locations,
    upsert_pools,
    upsert_skus,
)
from orderwright.catalog.contract import Checks, UpsertChannel, UpsertSku
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.fill_backorders import fill_backorders
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.resolve_orders import resolve_orders
from orderwright.flows.source_orders import source_orders
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import FulfillmentCommand
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.insights.audit import audit
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import UUID
from tests.builders.catalog import a_channel, a_kit, a_location, a_pool, a_sku, accepted
from tests.helpers.desk import Desk

T = TypeVar("T")

SKUS = ("PLAIN", "LIMITED", "SET", "FILE", "GHOST", "OLD")  # GHOST is unknown, OLD inactive, until a step mends it
STOCKED = ("PLAIN", "LIMITED")
CHANNELS = ("refuses", "drops", "waits", "careful", "preorders", "market", "till")
LOCATIONS = ("W1", "W2", "SHOP", "FAR")
POOLS = ("MAIN", "SPARE")
DUE = date(2031, 1, 6)
NOW = datetime(2031, 1, 2, 12, tzinfo=UTC)
_KEPT = {"sku", "kit_component", "pool", "location", "channel", "channel_pool"}


class Catalogue(NamedTuple):
    """What a merchant sells, from where."""

    skus: dict[str, SkuFacts]
    locations: dict[str, LocationFacts]
    channels: dict[str, ChannelFacts]


class Merchant:
    """One merchant's desk with its catalogue."""

    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        self.desk = desk
        self.catalogue = catalogue
        self.sent: list[Any] = []  # orders as they were sent, to send them again

    async def run(self, verb: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """A verb in a transaction of its own; the audit comes after the step."""
        return await self.desk.run(verb, *args, audited=False)

    async def pump(self, stage: str, subjects: Sequence[UUID]) -> None:
        """Let a stage work on subjects, as its worker does."""
        if stage == "label":
            await buy_labels(self.desk.database, self.desk.ctx, list(subjects), {"builtin": BuiltinCarrier()})
        elif stage == "release":
            await self.run(release_fulfillments, [FulfillmentCommand(fulfillment_id=i) for i in subjects])
        else:
            await self.run(PUMPS[stage], list(subjects))

    async def queue(self, stage: str) -> list[UUID]:
        """What waits for a stage, oldest subject first."""
        return sorted(await self.desk.queue(stage))


PUMPS: dict[str, Callable[..., Awaitable[Any]]] = {
    "verify": verify_orders,
    "resolve": resolve_orders,
    "source": source_orders,
    "backorders": fill_backorders,
}
STAGES = (*PUMPS, "release", "label")


class World:
    """Two merchants on one database, driven from a test without an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, database: Database, merchants: Sequence[Merchant]) -> None:
        self._loop = loop
        self.database = database
        self.merchants = merchants

    @classmethod
    def make(cls, loop: asyncio.AbstractEventLoop, database: Database, codes: Sequence[str]) -> World:
        """Give each merchant its catalogue."""
        merchants = []
        for code in codes:
            desk = Desk(database, code, now=NOW)
            catalogue = loop.run_until_complete(desk.run(_make_catalogue))
            merchants.append(Merchant(desk, catalogue))
        return cls(loop, database, merchants)

    def do(self, work: Awaitable[T]) -> T:
        """Wait for some work."""

        async def wait() -> T:
            return await work

        return self._loop.run_until_complete(wait())

    def reset(self) -> None:
        """Forget every order and every unit of stock; the catalogue is as at first."""
        for merchant in self.merchants:
            merchant.sent.clear()
            self.do(merchant.run(_forget))

    def audit(self) -> list[Any]:
        """What is wrong with the books of all merchants."""

        async def one(merchant: Merchant) -> list[Any]:
            async with self.database.transaction(merchant.desk.merchant) as tx:
                return [(merchant.desk.merchant, *violation) for violation in await audit(tx)]

        async def all_of_them() -> list[Any]:
            return [violation for merchant in self.merchants for violation in await one(merchant)]

        return self.do(all_of_them())


async def _make_catalogue(tx: Transaction, ctx: Context) -> Catalogue:
    accepted(await upsert_pools(tx, ctx, [a_pool(code=code) for code in POOLS]))
    places = [
        a_location("MAIN", code="W1"),
        a_location("MAIN", code="W2", latitude=34.0, longitude=-118.2),
        a_location("MAIN", code="SHOP", kind="store"),
        a_location("SPARE", code="FAR"),
    ]
    accepted(await upsert_locations(tx, ctx, places))
    unchecked = Checks(duplicate_window_s=0)
    channels = [
        a_channel("MAIN", code="refuses", short_line_policy="reject", checks=unchecked),
        a_channel("MAIN", "SPARE", code="drops", short_line_policy="drop", buffer=1, checks=unchecked),
        a_channel("MAIN", "SPARE", code="waits", checks=Checks(quantity_max=4, duplicate_window_s=0)),
        careful(),
        a_channel("MAIN", code="preorders", short_line_policy="preorder", checks=unchecked),
        a_channel("SPARE", "MAIN", code="market", kind="marketplace", short_line_policy="reject", checks=unchecked),
        a_channel("MAIN", code="till", kind="pos", short_line_policy="reject", checks=unchecked),
    ]
    accepted(await upsert_channels(tx, ctx, channels))
    accepted(await upsert_skus(tx, ctx, _skus()))
    return Catalogue(
        await skus_by_code(tx, list(SKUS)),
        await locations_by_code(tx, list(LOCATIONS)),
        await channels_by_code(tx, list(CHANNELS)),
    )


def careful(*pools: str, buffer: int = 2) -> UpsertChannel:
    """A channel that lets orders wait beside a buffer, and whose pools and buffer a step may change."""
    return a_channel(*(pools or ("SPARE", "MAIN")), code="careful", buffer=buffer, checks=Checks(duplicate_window_s=0))


def _skus() -> list[UpsertSku]:
    return [
        a_sku(code="PLAIN"),
        a_sku(code="LIMITED", backorder_limit=6),
        a_kit(code="SET", components=[KitPart("PLAIN", 2), KitPart("LIMITED", 1)]),
        a_sku(code="FILE", kind="digital"),
        a_sku(code="OLD", active=False),
    ]


async def mend_catalogue(tx: Transaction, ctx: Context) -> None:
    """The SKU that nobody knew is created, and the inactive one is sold again."""
    accepted(await upsert_skus(tx, ctx, [a_sku(code="GHOST"), a_sku(code="OLD")]))


async def let_a_day_pass(tx: Transaction, _ctx: Context) -> None:
    """Locations that rejected orders may be asked for them again."""
    await tx.execute("UPDATE sourcing_exclusion SET created_at = created_at - interval '25 hours'")


async def _forget(tx: Transaction, ctx: Context) -> None:
    tables = {
        row[0] for row in await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", tx.schema)
    } - _KEPT
    await tx.execute(f"TRUNCATE {', '.join(sorted(t for t in tables if t != 'alembic_version'))} RESTART IDENTITY")
    await tx.execute("ALTER SEQUENCE order_number RESTART")
    await tx.execute("DELETE FROM sku WHERE code = 'GHOST'")
    await tx.execute(
        "UPDATE location AS l SET active = true, closed_at = NULL, pool_id = p.id FROM pool AS p"
        " WHERE p.code = CASE WHEN l.code = 'FAR' THEN 'SPARE' ELSE 'MAIN' END"
    )
    accepted(await upsert_skus(tx, ctx, _skus()))
    accepted(await upsert_channels(tx, ctx, [careful()]))


def at(minutes: int) -> datetime:
    """A moment, some minutes from the world's now."""
    return NOW + timedelta(minutes=minutes)

"""A crew that does at once what people and carriers would do in hours: pick, pack, ship, deliver."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import PackFulfillment, PickFulfillment, RecordTracking, ShipFulfillment
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.platform.queries import Query, query

BATCH = 200
PAUSE_S = 0.02


class _Due(NamedTuple):
    id: UUID


class _Shipped(NamedTuple):
    tracking_number: str


DUE_AT_LOCATIONS = query(__package__, "due_at_locations", _Due)
READY_TO_SHIP = query(__package__, "ready_to_ship", _Due)
ON_THE_WAY = query(__package__, "on_the_way", _Shipped)


class Crew:
    """Three people: one picks and packs, one loads the van, one is the carrier."""

    def __init__(self, database: Database, ctx: Context) -> None:
        self._database, self._ctx = database, ctx
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work."""
        self._tasks = [
            asyncio.create_task(self._forever(step)) for step in (self.pick_and_pack, self.ship, self._deliver)
        ]

    async def stop(self) -> None:
        """Go home."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forever(self, step: Callable[[], Awaitable[bool]]) -> None:
        while True:
            if not await step():
                await asyncio.sleep(PAUSE_S)

    async def pick_and_pack(self) -> bool:
        """Pick and pack what is on the lists; False when there is nothing."""
        due = await self._find(DUE_AT_LOCATIONS)
        if due:
            async with self._database.transaction(self._ctx.merchant) as tx:
                await pick_fulfillments(tx, self._ctx, [PickFulfillment(fulfillment_id=i) for i in due])
            async with self._database.transaction(self._ctx.merchant) as tx:
                await pack_fulfillments(tx, self._ctx, [PackFulfillment(fulfillment_id=i) for i in due])
        return bool(due)

    async def ship(self) -> bool:
        """Load what is packed and labelled; False when there is nothing."""
        ready = await self._find(READY_TO_SHIP)
        if ready:
            async with self._database.transaction(self._ctx.merchant) as tx:
                await ship_fulfillments(tx, self._ctx, [ShipFulfillment(fulfillment_id=i) for i in ready])
        return bool(ready)

    async def _deliver(self) -> bool:
        async with self._database.transaction(self._ctx.merchant) as tx:
            parcels = await ON_THE_WAY.fetch(tx, BATCH)
        if parcels:
            now = utc_now()
            events = [
                RecordTracking(tracking_number=p.tracking_number, code="delivered", happened_at=now) for p in parcels
            ]
            async with self._database.transaction(self._ctx.merchant) as tx:
                await record_tracking(tx, self._ctx, events)
        return bool(parcels)

    async def _find(self, what: Query[_Due]) -> Sequence[UUID]:
        async with self._database.transaction(self._ctx.merchant) as tx:
            return [row.id for row in await what.fetch(tx, BATCH)]

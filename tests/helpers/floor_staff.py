"""People at the locations who go on with whatever they find, however their last attempt ended.

Each step looks for what is in its state, acts on it in one transaction, and tries again later when the database is
away. A few fulfillments at the first location are refused or picked short, by luck that depends on a seed.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.record_tracking import record_tracking
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import (
    PackFulfillment,
    PickFulfillment,
    RecordTracking,
    RejectFulfillment,
    ShipFulfillment,
    ShortLine,
)
from orderwright.platform.clock import utc_now
from orderwright.platform.context import system_context
from orderwright.platform.db import Database
from orderwright.platform.failures import TRANSIENT_ERRORS
from orderwright.platform.ids import UUID

BATCH = 60
REFUSED_SHARE, SHORT_SHARE = 0.04, 0.04

_IN_STATE = "SELECT id, location_id FROM fulfillment WHERE state = $1 ORDER BY id LIMIT $2"
_LABELLED = """
SELECT f.id FROM fulfillment AS f JOIN shipment AS s ON s.fulfillment_id = f.id AND s.state = 'labelled'
WHERE f.state = 'packed' ORDER BY f.id LIMIT $1
"""
_ON_THE_WAY = """
SELECT p.tracking_number FROM fulfillment AS f
JOIN shipment AS s ON s.fulfillment_id = f.id JOIN parcel AS p ON p.shipment_id = s.id
WHERE f.state = 'shipped' ORDER BY f.id LIMIT $1
"""


class FloorStaff:
    """The people of one merchant. Use `start` and `stop`. `done` counts what the verbs answered."""

    def __init__(self, database: Database, merchant: str, shaky_location: UUID, seed: int = 0) -> None:
        self._database, self._merchant, self._shaky = database, merchant, shaky_location
        self._luck = random.Random(seed)
        self._tasks: list[asyncio.Task[None]] = []
        self.done: Counter[str] = Counter()
        self.interrupted = 0

    def start(self) -> None:
        """Begin to work."""
        steps = (self._pick, self._pack, self._ship, self._deliver)
        self._tasks = [asyncio.create_task(self._forever(step)) for step in steps]

    async def stop(self) -> None:
        """Go home. Raises what went wrong, if anything."""
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError):
                raise RuntimeError("one of the staff gave up") from result

    async def _forever(self, step: Callable[[], Awaitable[int]]) -> None:
        while True:
            try:
                did = await step()
            except TRANSIENT_ERRORS:
                self.interrupted += 1
                did = 0
            if not did:
                await asyncio.sleep(0.05)

    async def _pick(self) -> int:
        async with self._database.transaction(self._merchant) as tx:
            found = await tx.fetch(_IN_STATE, "released", BATCH)
            refused, picks = [], []
            for fulfillment_id, location_id in found:
                luck = self._luck.random() if location_id == self._shaky else 1.0
                if luck < REFUSED_SHARE:
                    refused.append(RejectFulfillment(fulfillment_id=fulfillment_id, reason="no_capacity"))
                else:
                    short = [ShortLine(line=1, missing=1)] if luck < REFUSED_SHARE + SHORT_SHARE else []
                    picks.append(PickFulfillment(fulfillment_id=fulfillment_id, short=short))
            ctx = system_context(self._merchant, "user:picker")
            outcomes = await reject_fulfillments(tx, ctx, refused) if refused else []
            outcomes += await pick_fulfillments(tx, ctx, picks) if picks else []
        self.done.update(outcome.code for outcome in outcomes)
        return len(found)

    async def _pack(self) -> int:
        async with self._database.transaction(self._merchant) as tx:
            found = [row[0] for row in await tx.fetch(_IN_STATE, "picked", BATCH)]
            commands = [PackFulfillment(fulfillment_id=i, weight_g=500) for i in found]
            ctx = system_context(self._merchant, "user:packer")
            outcomes = await pack_fulfillments(tx, ctx, commands) if commands else []
        self.done.update(outcome.code for outcome in outcomes)
        return len(found)

    async def _ship(self) -> int:
        async with self._database.transaction(self._merchant) as tx:
            commands = [ShipFulfillment(fulfillment_id=row[0]) for row in await tx.fetch(_LABELLED, BATCH)]
            ctx = system_context(self._merchant, "user:dispatcher")
            outcomes = await ship_fulfillments(tx, ctx, commands) if commands else []
        self.done.update(outcome.code for outcome in outcomes)
        return len(commands)

    async def _deliver(self) -> int:
        now = utc_now()
        async with self._database.transaction(self._merchant) as tx:
            numbers = [row[0] for row in await tx.fetch(_ON_THE_WAY, BATCH)]
            events = [RecordTracking(tracking_number=n, code="delivered", happened_at=now) for n in numbers]
            ctx = system_context(self._merchant, "key:carrier")
            outcomes = await record_tracking(tx, ctx, events) if events else []
        self.done.update(outcome.code for outcome in outcomes)
        return len(numbers)

"""One merchant with everybody who acts for it over HTTP, and their notes: for tests that break things meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from orderwright.catalog import upsert_skus
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_channel, a_kit, a_shop, accepted
from tests.helpers.api import a_key
from tests.helpers.callers import Answered, Caller
from tests.helpers.contexts import a_context
from tests.helpers.floor_staff import FloorStaff

OPENING_UNITS = 20  # of each SKU at each location
TWIN_SHARE, CANCEL_SHARE, KIT_SHARE, STRICT_SHARE, UNKNOWN_SHARE = 0.1, 0.1, 0.15, 0.15, 0.04


@dataclass(slots=True)
class Noted:
    """What a caller noted about an order: the body sent, its final answers, and that of its cancellation, if any.

    Most have one answer. Some were sent by two connections at once.
    """

    body: dict[str, Any]
    answers: list[Answered]
    cancel: Answered | None = None

    @property
    def ids(self) -> set[str]:
        """The ids under which it was accepted: one, or none when every answer was a refusal."""
        return {answer.body["id"] for answer in self.answers if answer.status in (200, 201)}

    @property
    def refusals(self) -> set[tuple[int, str]]:
        """Status and code of the answers that were a refusal."""
        return {(a.status, a.body["code"]) for a in self.answers if a.status not in (200, 201)}


@dataclass(slots=True)
class Side:
    """A merchant with callers, receivers, a reader of events and staff. `over` tells them to come to an end."""

    merchant: str
    shop: Shop
    kit: str
    strict_channel: str  # refuses orders that cannot be promised
    caller: Caller
    staff: FloorStaff
    luck: random.Random
    noted: list[Noted] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)  # units by SKU code
    seen: list[tuple[int, str, int, str]] = field(default_factory=list)  # events: position, subject, seq, id
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_orders(self) -> None:
        """Place orders one after the other until it is over; now and then twice at once, or cancelled again."""
        while not self.over.is_set():
            body = self._a_body()
            times = 2 if self.luck.random() < TWIN_SHARE else 1
            answers = await asyncio.gather(*(self.caller.call("POST", "/v1/orders", json=body) for _ in range(times)))
            noted = Noted(body, answers)
            self.noted.append(noted)
            if self.luck.random() < CANCEL_SHARE:
                for order_id in noted.ids:
                    path = f"/v1/orders/{order_id}/cancel"
                    noted.cancel = await self.caller.call("POST", path, f"cancel-{order_id}")
            await asyncio.sleep(self.luck.uniform(0.0, 0.05))

    def _a_body(self) -> dict[str, Any]:
        skus = [sku.code for sku in self.shop.skus]
        lines = [(code, self.luck.randint(1, 3)) for code in self.luck.sample(skus, self.luck.randint(1, 3))]
        if self.luck.random() < KIT_SHARE:
            lines.append((self.kit, 1))
        if self.luck.random() < UNKNOWN_SHARE:
            lines.append(("NO-SUCH-SKU", 1))  # is held
        strict = self.luck.random() < STRICT_SHARE
        return an_order_body(self.strict_channel if strict else self.shop.channel.code, *lines)

    async def receive_goods(self) -> None:
        """A receipt now and then until it is over, each with a key of its own."""
        number = 0
        while not self.over.is_set():
            number += 1
            await self.receive(f"receipt-{number}", self.luck.choice(self.shop.skus).code, self.luck.randint(1, 20))
            await asyncio.sleep(0.2)

    async def receive_plenty(self) -> None:
        """Enough of everything for all who wait."""
        for sku in self.shop.skus:
            await self.receive(f"last-{sku.code}", sku.code, 10_000)

    async def receive(self, key: str, sku: str, units: int) -> None:
        """Units of a SKU arrive at the second location."""
        body = {"sku": sku, "location": self.shop.locations[1].code, "quantity": units}
        answer = await self.caller.call("POST", "/v1/stock/receipts", key, json=body)
        assert (answer.status, answer.body["code"]) == (200, "received")
        self.received[sku] += units

    async def read_events(self, position: int = 0) -> int:
        """Read the next events behind a position; returns where to go on."""
        page = (await self.caller.call("GET", f"/v1/events?after={position}&limit=500")).body
        self.seen += [(e["position"], e["subject"], e["seq"], e["id"]) for e in page["data"]]
        return int(page["position"])

    async def follow_events(self) -> None:
        """Read events until cancelled, going on where the last answer said."""
        position = 0
        while True:
            position = await self.read_events(position)
            await asyncio.sleep(0.1)


async def a_side(database: Database, merchant: str, port: int, luck: random.Random) -> Side:
    """A merchant with twelve SKUs and a kit, two locations with a little stock, and a server on a port.

    One channel backorders what is short, another refuses it.
    """
    context = a_context(merchant)
    async with database.transaction(merchant) as tx:
        shop = await a_shop(tx, context, locations=2, skus=12)
        kit = a_kit(shop.skus[0].code, (shop.skus[1].code, 2))
        accepted(await upsert_skus(tx, context, [kit]))
        strict = a_channel(shop.pool_code, short_line_policy="reject")
        accepted(await upsert_channels(tx, context, [strict]))
        opening = [
            ReceiveStock(sku=sku.code, location=location.code, quantity=OPENING_UNITS)
            for sku in shop.skus
            for location in shop.locations
        ]
        await receive_stock(tx, context, opening)
    return Side(
        merchant=merchant,
        shop=shop,
        kit=kit.code,
        strict_channel=strict.code,
        caller=Caller(port, await a_key(database, merchant=merchant)),
        staff=FloorStaff(database, merchant, shop.locations[0].id, luck.randrange(2**32)),
        luck=luck,
        received=Counter({sku.code: len(shop.locations) * OPENING_UNITS for sku in shop.skus}),
    )

"""Shoppers: their channels send real baskets as orders, with the rhythm of a day; a few change their mind."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from math import pi, sin

import msgspec

from orderwright.demo import baskets
from orderwright.demo.checkout import Options
from orderwright.demo.lists import BACKLOG
from orderwright.demo.play import Person, Play
from orderwright.demo.set_up import DemoWorld
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.place_orders import place_orders
from orderwright.orders import CancelLine, CancelOrder, PlaceOrder, PlaceOutcome
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID

BATCH = 200
BACKLOG_MAX = 4_000  # pieces of work that wait: beyond, shoppers hold back until the system has caught up
_DUE_MAX = 2.0 * BATCH
_BACKLOG_S = 1.0
_SWING = 0.6  # how far the busiest and the quietest hour of a day are from the mean
_REGRETS_MAX = 1_000
_CANCEL, _LINE, _RESEND, _WHEN = 11, 12, 13, 14  # what luck is asked for


class Shoppers:
    """Everybody who buys. `left` is how many orders are still to be sent, None for no end; `opened` is set when the
    first were."""

    pause_s = 0.25

    def __init__(self, play: Play, world: DemoWorld, limit: int | None = None) -> None:
        self._play, self._world, self.left = play, world, limit
        self.opened = asyncio.Event()
        self._stream = baskets.orders(
            world.catalogue,
            seed=play.options.seed,
            start=world.position,
            mean_lines=play.options.mean_lines,
            options=Options(pickups_one_in=play.options.pickups_one_in, refused_one_in=play.options.refused_one_in),
        )
        self._next = world.position
        self._unsent: list[PlaceOrder] = []
        self._regrets: deque[tuple[datetime, CancelOrder, str]] = deque(maxlen=_REGRETS_MAX)
        self._due, self._started, self._seen = 1.0, time.monotonic(), time.monotonic()
        self._looked, self._busy = 0.0, False
        self._people = {
            code: Person(f"key:demo-{code}", frozenset({"orders.place", "orders.cancel"})) for code in world.channels
        }

    @property
    def done(self) -> bool:
        """Whether all that were asked for are placed."""
        return self.left == 0

    async def turn(self) -> int:
        """Send the orders that are due, and cancel what was regretted."""
        cancelled = await self._cancel()
        if not self._unsent:
            count = await self._count_due()
            # In a thread: the files of baskets are read, and some hundred orders take a while to make.
            self._unsent = await asyncio.to_thread(self._take, count) if count else []
        if not self._unsent:
            return cancelled
        sending = self._unsent
        await self._world.shelves.fill({line.sku for order in sending for line in order.lines})
        outcomes = await self._place(sending)
        self.opened.set()
        if self.left is not None:
            self.left -= len({id(order) for order in sending})  # one that is sent twice is one order
        self._unsent = []  # not before: what the database was away for is sent again, as it was
        self._remember(sending, outcomes)
        return len(sending) + cancelled

    async def _count_due(self) -> int:
        """How many orders have become due; none while the system is behind."""
        now, options = time.monotonic(), self._play.options
        hour = (now - self._started) * options.speed / options.day_s
        rate = options.orders_a_second * (1 + _SWING * sin(2 * pi * hour))
        self._due = min(self._due + (now - self._seen) * rate, _DUE_MAX)
        self._seen = now
        count = min(int(self._due), BATCH) if self.left is None else min(int(self._due), BATCH, self.left)
        if now - self._looked > _BACKLOG_S or self._busy:
            self._looked = now
            places = [location.id for location in self._world.locations.values()]
            rows = await self._play.read(BACKLOG, places, BACKLOG_MAX)
            self._busy = rows[0].waiting >= BACKLOG_MAX
        if self._busy:
            return 0
        self._due -= count
        return count

    def _take(self, count: int) -> list[PlaceOrder]:
        """The next orders, each with its place in the stream, by which the next start finds where to go on."""
        taken = []
        for order in islice(self._stream, count):
            metadata = {**order.metadata, "demo_order": self._next}
            taken.append(msgspec.structs.replace(order, metadata=metadata))
            if self._play.luck(_RESEND, self._next) < self._play.options.resent_share:
                taken.append(taken[-1])
            self._next += 1
        return taken

    async def _place(self, sending: Sequence[PlaceOrder]) -> list[PlaceOutcome]:
        """One call for all channels, each order on the account of its own."""
        merchant = self._play.merchant
        contexts: dict[str, Context] = {}
        for code, person in self._people.items():
            channels = frozenset({self._world.channels[code].id})
            contexts[code] = Context(
                merchant=merchant, actor=person.actor, permissions=person.permissions, channels=channels
            )

        async def place(tx: Transaction, ctx: Context, orders: Sequence[PlaceOrder]) -> list[PlaceOutcome]:
            return await place_orders(tx, ctx, orders, [contexts[order.channel] for order in orders])

        return await self._play.act("shoppers", next(iter(self._people.values())), place, sending)

    def _remember(self, sent: Sequence[PlaceOrder], outcomes: Sequence[PlaceOutcome]) -> None:
        """Some will regret what they bought."""
        if len(sent) != len(outcomes):
            return  # a call failed: nobody can say which order is whose
        play, now = self._play, utc_now()
        for order, outcome in zip(sent, outcomes, strict=True):
            place = order.metadata["demo_order"]
            regretted = play.luck(_CANCEL, place) < play.options.cancelled_share
            if regretted and outcome.code == "placed" and outcome.order_id is not None:
                at = now + play.span(0.3, 5.0, _WHEN, place)
                self._regrets.append((at, self._regret(outcome.order_id, order, place), order.channel))

    def _regret(self, order_id: UUID, order: PlaceOrder, place: int) -> CancelOrder:
        one = len(order.lines) > 1 and self._play.luck(_LINE, place) < 0.25
        lines = [CancelLine(line=1)] if one else None
        return CancelOrder(order_id=order_id, lines=lines, reason="customer_request")

    async def _cancel(self) -> int:
        """Cancel what was regretted long enough; too late is too late."""
        now, wanted = utc_now(), dict[str, list[CancelOrder]]()
        for _ in range(len(self._regrets)):
            at, command, channel = self._regrets.popleft()
            if at <= now:
                wanted.setdefault(channel, []).append(command)
            else:
                self._regrets.append((at, command, channel))
        for channel, commands in wanted.items():
            why = {"on_behalf_of": "shopper", "reason": "changed their mind"}
            await self._play.act("shoppers", self._people[channel], cancel_orders, commands, **why)
        return sum(map(len, wanted.values()))

"""`kill -9` of every process at any moment, under load: nothing acknowledged is lost, nothing is done twice.

Two merchants sell by HTTP, their staff pick and pack, stock arrives, orders are cancelled. Meanwhile the server, the
worker, PostgreSQL and single connections are killed, and networks fail exactly at COMMIT. Then everything is left to
finish, and the books, the callers' notes and what a reader of events saw are held against each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from orderwright.catalog import upsert_channels, upsert_skus
from orderwright.flows.receive_stock import receive_stock
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.ids import encode_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_channel, a_kit, a_shop, accepted
from tests.helpers.api import a_key
from tests.helpers.callers import Answered, Caller
from tests.helpers.contexts import MERCHANTS, a_context
from tests.helpers.databases import until
from tests.helpers.floor_staff import FloorStaff
from tests.helpers.processes import Nursery, Process, started
from tests.helpers.proxy import Cut, Proxy, proxy

SEED = int(os.environ.get("CRASH_SEED", "20260302"))
SENDERS = 8  # a merchant
KILLS = {"serve": 5, "work": 5, "postgres": 4, "all": 2, "backend": 20, "commit": 30}
RECOVERED_S, FINISHED_S = 120.0, 180.0
LEASE_S = "3"

_OPEN = """
SELECT count(*) FROM orders AS o
WHERE o.status NOT IN ('delivered', 'cancelled') AND o.hold_count = 0
"""
_LEFT = "SELECT (SELECT count(*) FROM event_pending) + (SELECT count(*) FROM work WHERE due <= now())"


@dataclass(slots=True)
class Noted:
    """What a caller noted about an order: the body sent, its final answer, and that of its cancellation, if any."""

    body: dict[str, Any]
    answer: Answered
    twin: Answered | None = None
    cancel: Answered | None = None


@dataclass(slots=True)
class Side:
    """One merchant with everybody who acts for it."""

    merchant: str
    shop: Shop
    kit: str
    strict_channel: str
    caller: Caller
    staff: FloorStaff
    luck: random.Random
    noted: list[Noted] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)  # units by SKU code
    seen: list[tuple[int, str, int, str, str]] = field(default_factory=list)  # position, subject, seq, id, type
    over: asyncio.Event = field(default_factory=asyncio.Event)

    # -- callers -------------------------------------------------------------------------------------------------------

    async def send_orders(self) -> None:
        """Place orders one after the other until it is over; now and then twice at once, or cancelled again."""
        while not self.over.is_set():
            body = self._a_body()
            call = self.caller.call("POST", "/v1/orders", json=body)
            if self.luck.random() < 0.1:
                answer, twin = await asyncio.gather(call, self.caller.call("POST", "/v1/orders", json=body))
            else:
                answer, twin = await call, None
            noted = Noted(body, answer, twin)
            self.noted.append(noted)
            if answer.status < 300 and self.luck.random() < 0.1:
                order_id = answer.body["id"]
                noted.cancel = await self.caller.call("POST", f"/v1/orders/{order_id}/cancel", f"cancel-{order_id}")
            await asyncio.sleep(self.luck.uniform(0.0, 0.05))

    def _a_body(self) -> dict[str, Any]:
        skus = [sku.code for sku in self.shop.skus]
        lines = [(code, self.luck.randint(1, 3)) for code in self.luck.sample(skus, self.luck.randint(1, 3))]
        if self.luck.random() < 0.15:
            lines.append((self.kit, 1))
        if self.luck.random() < 0.04:
            lines.append(("NO-SUCH-SKU", 1))  # is held
        strict = self.luck.random() < 0.15
        return an_order_body(self.strict_channel if strict else self.shop.channel.code, *lines)

    async def receive_goods(self) -> None:
        """A receipt now and then, each with a key of its own."""
        for number in range(1_000_000):
            if self.over.is_set():
                return
            await self.receive(f"receipt-{number}", self.luck.choice(self.shop.skus).code, self.luck.randint(1, 20))
            await asyncio.sleep(0.2)

    async def receive(self, key: str, sku: str, units: int) -> None:
        """Units of a SKU arrive at the second location."""
        body = {"sku": sku, "location": self.shop.locations[1].code, "quantity": units}
        answer = await self.caller.call("POST", "/v1/stock/receipts", key, json=body)
        assert (answer.status, answer.body["code"]) == (200, "received")
        self.received[sku] += units

    async def receive_plenty(self) -> None:
        """Enough of everything for all who wait."""
        for sku in self.shop.skus:
            await self.receive(f"last-{sku.code}", sku.code, 10_000)

    async def read_events(self, position: int = 0) -> int:
        """Read the next events behind a position; returns where to go on."""
        page = (await self.caller.call("GET", f"/v1/events?after={position}&limit=500")).body
        self.seen += [(e["position"], e["subject"], e["seq"], e["id"], e["type"]) for e in page["data"]]
        return int(page["position"])

    async def follow_events(self) -> None:
        """Read events until cancelled, going on where the last answer said."""
        position = 0
        while True:
            position = await self.read_events(position)
            await asyncio.sleep(0.1)


@dataclass(slots=True)
class Havoc:
    """Kills things, and sees to it that they come back."""

    server: EmbeddedServer
    dsn: str
    serve: Process
    work: Process
    proxies: Sequence[Proxy]
    sides: Sequence[Side]
    luck: random.Random
    recovered_s: dict[str, list[float]] = field(default_factory=dict)

    async def wreak(self) -> None:
        """All kills in random order, mostly when all is well again after the last, sometimes before."""
        kills = [kill for kill, times in KILLS.items() for _ in range(times)]
        self.luck.shuffle(kills)
        for kill in kills:
            began = time.monotonic()
            await self._do(kill)
            if self.luck.random() < 0.3:
                await asyncio.sleep(self.luck.uniform(0.0, 0.3))
                continue
            await until(lambda began=began: self._all_answered_since(began), limit_s=RECOVERED_S)
            self.recovered_s.setdefault(kill, []).append(time.monotonic() - began)
            await asyncio.sleep(self.luck.uniform(0.05, 0.3))

    async def _all_answered_since(self, moment: float) -> bool:
        return all(side.caller.answered_at > moment for side in self.sides)

    async def _do(self, kill: str) -> None:
        if kill == "commit":
            self.luck.choice(self.proxies).cut_next(self.luck.choice(list(Cut)))
        if kill == "backend":
            await self._terminate_a_backend()
        if kill in ("serve", "all"):
            self.serve.kill()
        if kill in ("work", "all"):
            self.work.kill()
        if kill in ("postgres", "all"):
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)

    async def _terminate_a_backend(self) -> None:
        with contextlib.suppress(OSError, asyncpg.PostgresError):
            admin = await asyncpg.connect(self.dsn, timeout=5)
            pids = await admin.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " ORDER BY state = 'active' DESC, random() LIMIT 3"
            )
            for row in pids:
                await admin.execute("SELECT pg_terminate_backend($1)", row[0])
            await admin.close()


async def a_side(database: Database, merchant: str, port: int, luck: random.Random) -> Side:
    """A merchant with twelve SKUs and a kit, two locations with a little stock, a channel that refuses shorts."""
    context = a_context(merchant)
    async with database.transaction(merchant) as tx:
        shop = await a_shop(tx, context, locations=2, skus=12)
        kit = a_kit(shop.skus[0].code, (shop.skus[1].code, 2))
        accepted(await upsert_skus(tx, context, [kit]))
        strict = a_channel(shop.pool_code, short_line_policy="reject")
        accepted(await upsert_channels(tx, context, [strict]))
        opening = [
            ReceiveStock(sku=sku.code, location=location.code, quantity=20)
            for sku in shop.skus
            for location in shop.locations
        ]
        await receive_stock(tx, context, opening)
    return Side(
        merchant, shop, kit.code, strict.code, Caller(port, await a_key(database, merchant=merchant)),
        FloorStaff(database, merchant, shop.locations[0].id, luck.randrange(2**32)), luck,
        received=Counter({sku.code: 40 for sku in shop.skus}),
    )  # fmt: skip


async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    durable_server: EmbeddedServer, durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    luck = random.Random(SEED)
    began = time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        proxies = [await stack.enter_async_context(proxy(durable_dsn)) for _ in range(2)]
        serve, work = [
            await stack.enter_async_context(
                started(nursery, command, between.through(durable_dsn), home, keep_up=True, PUMP_LEASE_S=LEASE_S)
            )
            for command, between in zip(("serve", "work"), proxies, strict=True)
        ]
        sides = [await a_side(durable, merchant, serve.port, luck) for merchant in MERCHANTS]
        for side in sides:
            await stack.enter_async_context(side.caller)
            side.staff.start()
        ready = time.monotonic()

        havoc = Havoc(durable_server, durable_dsn, serve, work, proxies, sides, luck)
        async with asyncio.TaskGroup() as readers:
            reading = [readers.create_task(side.follow_events()) for side in sides]
            async with asyncio.TaskGroup() as callers:
                for side in sides:
                    callers.create_task(side.receive_goods())
                    for _ in range(SENDERS):
                        callers.create_task(side.send_orders())
                await havoc.wreak()
                wrecked = time.monotonic()
                for side in sides:
                    side.over.set()
            for side in sides:
                await side.receive_plenty()
                await until(lambda side=side: finished(durable, side), limit_s=FINISHED_S)
                await side.staff.stop()
            for reader in reading:
                reader.cancel()
        finished_at = time.monotonic()
        for side in sides:
            await the_events_were_seen(durable, side)
            await the_orders_are_there(durable, side)
            await the_goods_are_there(durable, side)
            async with durable.transaction(side.merchant) as tx:
                assert await audit(tx) == []
        assert await work.stop() == 0
        assert await serve.stop() == 0

    print(
        f"\n{sum(len(side.noted) for side in sides)} orders, {serve.starts} servers, {work.starts} workers,"
        f" cuts {[dict(p.cuts) for p in proxies]}"
        f"\nset up {ready - began:.1f} s, havoc {wrecked - ready:.1f} s, finishing {finished_at - wrecked:.1f} s"
    )
    for kill, seconds in sorted(havoc.recovered_s.items()):
        print(f"{kill}: answered again after {', '.join(f'{s:.2f}' for s in sorted(seconds))} s")
    for side in sides:
        print(side.merchant, dict(side.caller.tally), dict(side.staff.done), "interrupted", side.staff.interrupted)
    assert [entry for process in (serve, work) for entry in process.log("error") if not is_noise(entry)] == []


def is_noise(entry: dict[str, Any]) -> bool:
    """asyncpg raises on a COPY whose connection breaks, and forgets the future that would have said so too."""
    return entry["logger"] == "asyncio" and "ConnectionDoesNotExistError" in entry["event"]


async def finished(database: Database, side: Side) -> bool:
    """Whether every order is delivered, cancelled or held, and no work or event is left."""
    async with database.transaction(side.merchant) as tx:
        return await tx.fetchval(_OPEN) == 0 and await tx.fetchval(_LEFT) == 0


async def the_orders_are_there(database: Database, side: Side) -> None:
    """Each accepted order once, under the id that was answered; a refused one not at all; cancelled as answered."""
    async with database.transaction(side.merchant) as tx:
        rows = await tx.fetch("SELECT external_id, id, status, hold_count FROM orders")
        assert await tx.fetchval("SELECT count(*) FROM order_identity") == len(rows)
    there = {external_id: (encode_id("ord", order_id), status, holds) for external_id, order_id, status, holds in rows}
    assert len(there) == len(rows)
    accepted_ids = {n.body["external_id"]: n.answer.body["id"] for n in side.noted if n.answer.status in (200, 201)}
    refused = [n for n in side.noted if n.answer.status not in (200, 201)]
    assert {external_id: order[0] for external_id, order in there.items()} == accepted_ids
    assert {(n.answer.status, n.answer.body["code"]) for n in refused} <= {(409, "out_of_stock")}
    for n in side.noted:
        mine = there.get(n.body["external_id"])
        if n.twin is not None:
            assert n.twin.body.get("id") == n.answer.body.get("id")
        if n.cancel is not None and n.cancel.status == 200 and n.cancel.body["code"] == "cancelled":
            assert mine is not None
            assert mine[1] == "cancelled"
    assert {status for _, status, holds in there.values() if not holds} <= {"delivered", "cancelled"}
    assert all(
        holds
        for n in side.noted
        if n.answer.status < 300 and n.cancel is None
        for _, _, holds in [there[n.body["external_id"]]]
        if any(line["sku"] == "NO-SUCH-SKU" for line in n.body["lines"])
    )


async def the_goods_are_there(database: Database, side: Side) -> None:
    """Every receipt was booked once."""
    async with database.transaction(side.merchant) as tx:
        rows = await tx.fetch(
            "SELECT s.code, sum(m.quantity) FROM movement AS m JOIN sku AS s ON s.id = m.sku_id"
            " WHERE m.from_bucket = 'supplier' GROUP BY 1"
        )
    assert {code: int(units) for code, units in rows} == side.received


async def the_events_were_seen(database: Database, side: Side) -> None:
    """The reader saw each event once, in order of position, and those of each subject in order without a gap."""
    last = side.seen[-1][0] if side.seen else 0
    while (next_ := await side.read_events(last)) > last:
        last = next_
    async with database.transaction(side.merchant) as tx:
        stored = {(encode_id("evt", row[0]), row[1]) for row in await tx.fetch("SELECT id, seq FROM event")}
    assert [position for position, *_ in side.seen] == list(range(1, len(stored) + 1))
    assert {(event_id, seq) for _, _, seq, event_id, _ in side.seen} == stored
    by_subject: dict[str, list[int]] = {}
    for _, subject, seq, _, _ in side.seen:
        by_subject.setdefault(subject, []).append(seq)
    assert [subject for subject, seqs in by_subject.items() if seqs != list(range(1, len(seqs) + 1))] == []

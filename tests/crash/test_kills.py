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
from pathlib import Path

import pytest

from orderwright.insights.audit import audit
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.ids import encode_id
from tests.helpers.contexts import MERCHANTS
from tests.helpers.databases import until
from tests.helpers.havoc import Havoc
from tests.helpers.processes import Nursery, started, the_logs_are_calm
from tests.helpers.proxy import proxy
from tests.helpers.sides import Side, a_side

SEED = int(os.environ.get("CRASH_SEED", "20260302"))
SENDERS = 6  # a merchant
KILLS = {"serve": 4, "work": 4, "postgres": 2, "all": 1, "backend": 12, "commit": 24}
LEASE_S = "3"
FINISHED_S = 180.0

_OPEN = "SELECT count(*) FROM orders WHERE status NOT IN ('delivered', 'cancelled') AND hold_count = 0"
_LEFT_BEFORE = """
SELECT o.external_id FROM orders AS o
JOIN event AS c ON c.subject_id = o.id AND c.type = 'order.cancelled'
WHERE EXISTS (SELECT FROM event AS s WHERE s.subject_id = o.id AND s.type = 'shipment.shipped' AND s.seq < c.seq)
"""
_LEFT = """
SELECT (SELECT count(*) FROM event_pending)
     + (SELECT count(*) FROM work WHERE due <= now())
     + (SELECT count(*) FROM event_parked)
     + (SELECT count(*) FROM event_cursor WHERE position < (SELECT max(position) FROM event_position))
"""
_RECEIVED = """
SELECT s.code, sum(m.quantity) FROM movement AS m JOIN sku AS s ON s.id = m.sku_id
WHERE m.from_bucket = 'supplier' GROUP BY 1
"""


@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    durable_server: EmbeddedServer, durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    luck = random.Random(SEED)
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

        havoc = Havoc(durable_server, durable_dsn, serve, work, proxies, sides, luck)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            readers = [group.create_task(side.follow_events()) for side in sides]
            await sell_during(havoc, sides)
            wrecked = time.monotonic()
            for side in sides:
                await side.receive_plenty()
                await until(lambda side=side: finished(durable, side), limit_s=FINISHED_S)
                await side.staff.stop()
            for reader in readers:
                reader.cancel()
        print(f"havoc {wrecked - began:.1f} s, finished {time.monotonic() - wrecked:.1f} s later")
        tell(havoc, sides)

        for side in sides:
            await the_events_were_seen(durable, side)
            await the_orders_are_there(durable, side)
            await the_goods_are_there(durable, side)
            async with durable.transaction(side.merchant) as tx:
                assert await audit(tx) == []
        assert await work.stop() == 0
        assert await serve.stop() == 0
    the_logs_are_calm(serve, work)


async def sell_during(havoc: Havoc, sides: list[Side]) -> None:
    """Callers at work until all kills are over; returns when each has the final answer to its last call."""
    async with asyncio.TaskGroup() as callers:
        for side in sides:
            callers.create_task(side.receive_goods())
            for _ in range(SENDERS):
                callers.create_task(side.send_orders())
        await havoc.wreak(KILLS)
        for side in sides:
            side.over.set()


async def finished(database: Database, side: Side) -> bool:
    """Whether every order is delivered, cancelled or held, and no work or event is left."""
    async with database.transaction(side.merchant) as tx:
        return await tx.fetchval(_OPEN) == 0 and await tx.fetchval(_LEFT) == 0


async def the_events_were_seen(database: Database, side: Side) -> None:
    """The reader saw each event once, in order of position, and those of each subject in order without a gap."""
    last = side.seen[-1][0]
    while (further := await side.read_events(last)) > last:
        last = further
    async with database.transaction(side.merchant) as tx:
        stored = {(encode_id("evt", row[0]), row[1]) for row in await tx.fetch("SELECT id, seq FROM event")}
    assert [position for position, *_ in side.seen] == list(range(1, len(stored) + 1))
    assert {(event_id, seq) for _, _, seq, event_id in side.seen} == stored
    by_subject: dict[str, list[int]] = {}
    for _, subject, seq, _ in side.seen:
        by_subject.setdefault(subject, []).append(seq)
    assert [subject for subject, seqs in by_subject.items() if seqs != list(range(1, len(seqs) + 1))] == []


async def the_orders_are_there(database: Database, side: Side) -> None:
    """Each accepted order once, under the id that was answered; a refused one not at all; cancelled as answered."""
    async with database.transaction(side.merchant) as tx:
        rows = await tx.fetch("SELECT external_id, id, status, hold_count FROM orders")
        assert await tx.fetchval("SELECT count(*) FROM order_identity") == len(rows)
        left_before = await tx.fetch(_LEFT_BEFORE)
    assert sorted((row[0], {encode_id("ord", row[1])}) for row in rows) == sorted(
        (n.body["external_id"], n.ids) for n in side.noted if n.ids
    )
    assert {refusal for n in side.noted for refusal in n.refusals} <= {(409, "out_of_stock")}
    status = {row[0]: row[2] for row in rows}
    cancelled = [n for n in side.noted if n.cancel is not None and n.cancel.body["code"] == "cancelled"]
    gone = {row[0] for row in left_before}  # what had left by then is delivered, and the rest cancelled
    for n in cancelled:
        assert status[n.body["external_id"]] == ("delivered" if n.body["external_id"] in gone else "cancelled")
    assert {row[2] for row in rows if not row[3]} <= {"delivered", "cancelled"}
    some = [n for n in side.noted if n.ids][::10]
    again = [await side.caller.call("POST", "/v1/orders", json=n.body) for n in some]
    assert [(a.status, a.body["code"], {a.body["id"]}) for a in again] == [(200, "replayed", n.ids) for n in some]


async def the_goods_are_there(database: Database, side: Side) -> None:
    """Every receipt was booked once."""
    async with database.transaction(side.merchant) as tx:
        rows = await tx.fetch(_RECEIVED)
    assert {code: int(units) for code, units in rows} == side.received


def tell(havoc: Havoc, sides: list[Side]) -> None:
    """What happened, for people."""
    orders, cuts = sum(len(side.noted) for side in sides), [dict(between.cuts) for between in havoc.proxies]
    print(f"{orders} orders, {havoc.serve.starts} servers, {havoc.work.starts} workers, cuts {cuts}")
    for kill, seconds in sorted(havoc.recovered_s.items()):
        print(f"{kill}: answers again after {', '.join(f'{s:.2f}' for s in sorted(seconds))} s")
    for side in sides:
        print(side.merchant, dict(side.caller.tally), dict(side.staff.done), "interrupted", side.staff.interrupted)

"""SIGTERM: what is under way is finished and answered, nothing new is begun, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from pathlib import Path

import httpx

from orderwright.access import session_cookie_name
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.api import a_key
from tests.helpers.callers import Answered, Caller
from tests.helpers.console import a_person
from tests.helpers.contexts import a_context
from tests.helpers.databases import until, waiting_backend
from tests.helpers.processes import Nursery, started

STOPPED_S = 40.0  # less than the helper allows before it kills
STREAMS = ("/v1/events/stream", "/m/acme/live/stream", "/m/acme/news?topics=orders")


async def a_stocked_shop(database: Database, units: int = 10_000) -> Shop:
    """Units of one SKU at one location."""
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        await receive_stock(
            tx, context, [ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=units)]
        )
    return shop


async def closed(port: int) -> bool:
    """Whether nobody listens on a port any more."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_requests_under_way_are_answered(
    durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    """Eight orders wait for a lock when the signal comes."""
    shop = await a_stocked_shop(durable)
    async with (
        started(nursery, "serve", durable_dsn, home, RUN_WORKERS="false") as serve,
        Caller(serve.port, await a_key(durable)) as caller,
    ):
        async with durable.transaction("acme") as tx:
            await tx.execute("SELECT FROM availability FOR UPDATE")
            sending = [
                asyncio.create_task(
                    caller.call("POST", "/v1/orders", json=an_order_body(shop.channel.code, (shop.skus[0].code, 1)))
                )
                for _ in range(8)
            ]
            await waiting_backend(durable)
            serve.send(signal.SIGTERM)
            stopping = asyncio.create_task(serve.stop())
            await until(lambda: closed(serve.port))
            assert not stopping.done()
        answers = await asyncio.gather(*sending)
        assert await stopping == 0

    assert [(answer.status, answer.tries) for answer in answers] == [(201, 1)] * 8
    async with durable.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == 8


async def test_a_restart_under_load_loses_nothing_and_does_nothing_unanswered(
    durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    """A request that was not answered was not begun either: its repetition is never a replay."""
    shop = await a_stocked_shop(durable)
    answers: list[Answered] = []
    async with (
        started(nursery, "serve", durable_dsn, home) as serve,
        Caller(serve.port, await a_key(durable)) as caller,
    ):
        over = asyncio.Event()

        async def send() -> None:
            while not over.is_set():
                body = an_order_body(shop.channel.code, (shop.skus[0].code, 1))
                answers.append(await caller.call("POST", "/v1/orders", json=body))

        async def answered(count: int) -> bool:
            return len(answers) >= count

        senders = [asyncio.create_task(send()) for _ in range(12)]
        for _ in range(2):
            await until(lambda before=len(answers): answered(before + 100))  # noqa: B008  # as many as now
            began = time.monotonic()
            assert await serve.stop() == 0
            assert time.monotonic() - began < STOPPED_S
            await serve.start()
        await serve.ready()
        over.set()
        await asyncio.gather(*senders)
        print(f"{len(answers)} orders, on the way {dict(caller.tally)}")
        assert await serve.stop() == 0
        assert serve.log("error") == []

    assert {(answer.status, answer.body["code"]) for answer in answers} == {(201, "placed")}
    assert len({answer.body["id"] for answer in answers}) == len(answers)
    async with durable.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == len(answers)
    async with durable.transaction("acme") as tx:
        assert await audit(tx) == []


async def test_open_streams_do_not_hold_it_up(
    durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    async with (
        started(nursery, "serve", durable_dsn, home) as serve,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{serve.port}", timeout=30.0) as http,
    ):
        cookie = f"{session_cookie_name(False)}={await a_person(durable)}"
        headers = {"Authorization": f"Bearer {await a_key(durable)}", "Cookie": cookie}

        async def read(path: str, opened: asyncio.Event) -> None:
            async with http.stream("GET", path, headers=headers) as answer:
                assert answer.status_code == 200
                opened.set()
                await answer.aread()

        opened = [asyncio.Event() for _ in STREAMS]
        reading = [asyncio.create_task(read(path, event)) for path, event in zip(STREAMS, opened, strict=True)]
        for event in opened:
            await asyncio.wait_for(event.wait(), STOPPED_S)
        began = time.monotonic()
        assert await serve.stop() == 0
        assert time.monotonic() - began < STOPPED_S
        await asyncio.gather(*reading)  # they end, they do not break


async def test_workers_finish_what_they_have_begun(
    durable: Database, durable_dsn: str, nursery: Nursery, home: Path
) -> None:
    """Whatever they had claimed is done or free for others at once, not after a lease. The signal comes while a batch
    waits for a lock."""
    shop = await a_stocked_shop(durable)
    async with durable.transaction("acme") as tx:
        orders = [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(2_000)]
        await place_orders(tx, a_context(), orders)

    async with contextlib.AsyncExitStack() as stack:
        async with durable.transaction("acme") as tx:
            await tx.execute("SELECT FROM availability FOR UPDATE")
            work = await stack.enter_async_context(started(nursery, "work", durable_dsn, home))
            await waiting_backend(durable)
            stopping = asyncio.create_task(work.stop())
            await asyncio.sleep(0)
            assert not stopping.done()
        began = time.monotonic()
        assert await stopping == 0
        assert time.monotonic() - began < STOPPED_S
        assert work.log("error") == []

    async with durable.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM work WHERE attempts > 0") == 0
        left = await tx.fetchval("SELECT count(*) FROM work WHERE stage IN ('verify', 'source')")
        assert 0 < left <= 2_000
    async with durable.transaction("acme") as tx:
        assert await audit(tx) == []

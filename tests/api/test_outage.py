"""PostgreSQL goes away and comes back: 503 meanwhile, nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest_asyncio

from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer, throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import Api, problem, serving
from tests.helpers.contexts import a_context
from tests.helpers.databases import connect

UNAVAILABLE = {(503, "database_unavailable"), (503, "outcome_unknown")}


class Outage(NamedTuple):
    """A system of its own, whose PostgreSQL may be killed."""

    server: EmbeddedServer
    database: Database
    api: Api
    shop: Shop


@pytest_asyncio.fixture
async def outage() -> AsyncIterator[Outage]:
    """A durable server with a shop, served."""
    with throwaway_server(durable=True) as server:
        await migrate(server.dsn())
        database = await connect(server.dsn())
        await create_merchant(database, "acme", name="Acme")
        async with database.transaction("acme") as tx:
            shop = await a_shop(tx, a_context())
            stock = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=1_000_000)
            await receive_stock(tx, a_context(), [stock])
        async with serving(database) as api:
            yield Outage(server, database, api, shop)
        await database.close()


def _order(system: Outage) -> dict[str, Any]:
    return an_order_body(system.shop.channel.code, (system.shop.skus[0].code, 1))


async def test_while_it_is_gone_every_call_is_answered_503_and_work_goes_on_after(outage: Outage) -> None:
    api = outage.api
    first = await api.post("/v1/orders", _order(outage))
    assert first.status_code == 201
    outage.server.kill()
    order, receipt = _order(outage), {"sku": outage.shop.skus[0].code, "location": outage.shop.locations[0].code}
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/v1/orders", order),
        ("POST", "/v1/orders/bulk", {"data": [order]}),
        ("POST", "/v1/stock/receipts", {**receipt, "quantity": 1}),
        ("PUT", "/v1/skus", {"data": [{"code": "NEW", "name": "New"}]}),
        ("GET", "/v1/stock", None),
        ("GET", "/v1/events", None),
        ("GET", f"/v1/availability?sku={receipt['sku']}", None),
    ]
    for method, path, body in calls:
        answer = await api.call(method, path, json=body)
        assert problem(answer) in UNAVAILABLE, path
        assert answer.headers["retry-after"] == "1"
    assert (await api.get("/health/ready")).status_code == 503
    assert (await api.get("/health/live")).status_code == 200
    stranger = await api.using("ow_aaaaaaaaaaaa_" + "a" * 43).get("/v1/stock")
    assert problem(stranger) in UNAVAILABLE

    outage.server.start()
    assert (await api.get("/health/ready")).status_code == 200
    for method, path, body in calls:
        assert (await api.call(method, path, json=body)).status_code in (200, 201), path
    async with outage.database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == 2


async def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(outage: Outage) -> None:
    """Callers place orders without pause and repeat what was answered 503; PostgreSQL is killed under them."""
    acknowledged: set[str] = set()
    troubled, over = asyncio.Event(), asyncio.Event()
    reached = {50: asyncio.Event()}  # so many acknowledged

    async def caller() -> int:
        placed = 0
        while not over.is_set():
            body = _order(outage)
            while (answer := await outage.api.post("/v1/orders", body)).status_code not in (200, 201):
                assert problem(answer) in UNAVAILABLE
                troubled.set()
                await asyncio.sleep(0.02)
            acknowledged.add(answer.json()["id"])
            placed += 1
            if len(acknowledged) in reached:
                reached[len(acknowledged)].set()
        return placed

    callers = [asyncio.create_task(caller()) for _ in range(8)]
    async with asyncio.timeout(180):
        await reached[50].wait()
        await asyncio.to_thread(outage.server.kill)
        await troubled.wait()
        await asyncio.to_thread(outage.server.start)
        goal = len(acknowledged) + 50
        reached[goal] = asyncio.Event()
        await reached[goal].wait()
        over.set()
        placed = sum(await asyncio.gather(*callers))
    assert placed == len(acknowledged)
    async with outage.database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == placed
        assert await tx.fetchval("SELECT sum(promised) FROM availability") == placed


async def test_a_command_is_done_once_however_often_its_answer_was_lost(outage: Outage) -> None:
    body = {"sku": outage.shop.skus[0].code, "location": outage.shop.locations[0].code, "quantity": 7}
    sent = [{"Idempotency-Key": f"receipt-{i}"} for i in range(30)]

    async def until_answered(headers: dict[str, str]) -> str:
        while (answer := await outage.api.post("/v1/stock/receipts", body, headers=headers)).status_code != 200:
            assert problem(answer) in UNAVAILABLE
            await asyncio.sleep(0.02)
        receipt_id: str = answer.json()["id"]
        return receipt_id

    tasks = [asyncio.create_task(until_answered(headers)) for headers in sent]
    await asyncio.sleep(0)
    async with asyncio.timeout(180):
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(outage.server.kill)
        await asyncio.to_thread(outage.server.start)
        receipts = await asyncio.gather(*tasks)
    assert len(set(receipts)) == 30
    async with outage.database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT sum(quantity) FROM movement WHERE kind = 'receipt'") == 1_000_000 + 30 * 7

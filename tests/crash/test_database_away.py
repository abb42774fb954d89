"""PostgreSQL goes away and comes back: requests are told so at once, and all goes on without a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import a_key, problem
from tests.helpers.callers import Caller
from tests.helpers.contexts import a_context
from tests.helpers.databases import until
from tests.helpers.processes import Process, started
from tests.helpers.proxy import proxy

ANSWERED_S = 2.0  # while there is no server to connect to
BACK_S = 10.0


@pytest_asyncio.fixture
async def shop(durable: Database) -> Shop:
    """Plenty of one SKU."""
    context = a_context()
    async with durable.transaction("acme") as tx:
        made = await a_shop(tx, context)
        await receive_stock(
            tx, context, [ReceiveStock(sku=made.skus[0].code, location=made.locations[0].code, quantity=1_000)]
        )
    return made


@pytest_asyncio.fixture
async def serve(durable_dsn: str, home: Path) -> AsyncIterator[Process]:
    """`orderwright serve`, ready."""
    async with started("serve", durable_dsn, home) as process:
        yield process


@pytest_asyncio.fixture
async def caller(serve: Process, durable: Database) -> AsyncIterator[Caller]:
    """A client with a key that may do everything."""
    async with Caller(serve.port, await a_key(durable)) as made:
        yield made


def a_body(shop: Shop) -> dict[str, Any]:
    return an_order_body(shop.channel.code, (shop.skus[0].code, 1))


async def released(database: Database) -> set[str]:
    """External ids of orders whose work the workers have given to a location."""
    async with database.transaction("acme") as tx:
        rows = await tx.fetch(
            "SELECT o.external_id FROM orders AS o JOIN fulfillment AS f ON f.order_id = o.id AND f.state = 'released'"
        )
    return {row[0] for row in rows}


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_requests_are_refused_at_once_and_work_goes_on_by_itself(
    durable_server: EmbeddedServer, durable: Database, serve: Process, caller: Caller, shop: Shop, how: str
) -> None:
    first, second = a_body(shop), a_body(shop)
    assert (await caller.call("POST", "/v1/orders", json=first)).status == 201
    await until(lambda: released(durable))

    await asyncio.to_thread(durable_server.stop if how == "stopped" else durable_server.kill)
    for _ in range(3):  # connections of the pool first, then new ones, then a key that is not believed any more
        for method, path, body in (("POST", "/v1/orders", second), ("GET", "/v1/orders?limit=1", None)):
            began = time.monotonic()
            answer = await caller.once(method, path, json=body)
            assert problem(answer) in {(503, "database_unavailable"), (503, "outcome_unknown")}
            assert answer.headers["retry-after"] == "1"
            assert time.monotonic() - began < ANSWERED_S
    ready = await caller.once("GET", "/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.headers["retry-after"]) == (503, "not_ready", "1")
    assert [check["ok"] for check in ready.json()["checks"] if check["name"] == "database"] == [False]
    assert (await caller.once("GET", "/health/live")).status_code == 200

    await asyncio.to_thread(durable_server.start)
    back = time.monotonic()
    assert await serve.ready() < BACK_S
    answer = await caller.call("POST", "/v1/orders", json=second)
    assert answer.status == 201
    ids = {first["external_id"], second["external_id"]}
    assert await until(lambda: _all(durable, ids)) == ids
    print(f"work went on {time.monotonic() - back:.2f} s after PostgreSQL was back")
    assert (serve.starts, serve.runs) == (1, True)
    assert serve.log("error") == []
    assert await serve.stop() == 0


async def _all(database: Database, wanted: set[str]) -> set[str] | None:
    found = await released(database)
    return found if found == wanted else None


async def test_it_stops_while_the_database_is_away(durable_server: EmbeddedServer, serve: Process) -> None:
    await asyncio.to_thread(durable_server.kill)
    await serve.answers("/health/ready", 503)

    began = time.monotonic()
    assert await serve.stop() == 0
    assert time.monotonic() - began < BACK_S


async def test_a_database_that_is_silent_is_not_waited_for_for_ever(
    durable: Database, durable_dsn: str, home: Path, shop: Shop
) -> None:
    """The machine is gone and nobody says so: neither an answer nor a broken connection."""
    async with proxy(durable_dsn) as between:
        async with (
            started("serve", between.through(durable_dsn), home, STATEMENT_TIMEOUT_MS="1000") as serve,
            Caller(serve.port, await a_key(durable)) as caller,
        ):
            first, second = a_body(shop), a_body(shop)
            assert (await caller.call("POST", "/v1/orders", json=first)).status == 201
            between.stall()

            began = time.monotonic()
            answer, ready = await asyncio.gather(
                caller.once("POST", "/v1/orders", json=second), caller.once("GET", "/health/ready")
            )
            seconds = time.monotonic() - began
            print(f"answered after {seconds:.1f} s")

            assert problem(answer)[0] == 503
            assert ready.status_code == 503
            between.flow()
            assert (await caller.call("POST", "/v1/orders", json=second)).status in (200, 201)

"""PostgreSQL goes away and comes back: requests are told so at once, and all goes on without a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from orderwright.cli.first_steps import what_is_missing
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform import db
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.errors import DatabaseUnavailable, OutcomeUnknown
from orderwright.platform.ids import new_id
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import a_key, problem
from tests.helpers.callers import Caller
from tests.helpers.contexts import a_context
from tests.helpers.databases import connect, until
from tests.helpers.processes import Nursery, Process, started
from tests.helpers.proxy import proxy

ANSWERED_S = 8.0  # while there is no server to connect to; the pool would wait for ten
BACK_S = 40.0
MAKE_WORK = "INSERT INTO work (stage, subject_id) VALUES ('verify', gen_random_uuid())"


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
async def serve(durable_dsn: str, nursery: Nursery, home: Path) -> AsyncIterator[Process]:
    """`orderwright serve`, ready."""
    async with started(nursery, "serve", durable_dsn, home) as process:
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


async def test_what_an_installation_lacks_is_said_once_the_database_is_back(
    durable_server: EmbeddedServer, durable: Database
) -> None:
    """It is looked for beside the server that has just started, which would stop with it."""
    await asyncio.to_thread(durable_server.kill)
    looking = asyncio.create_task(what_is_missing(durable, "http://shop.test"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(looking), 2.0)

    await asyncio.to_thread(durable_server.start)

    [line] = await asyncio.wait_for(looking, BACK_S)
    assert line.startswith("Nobody can sign in yet.")
    assert "http://shop.test/first?token=" in line


async def test_a_silent_server_is_given_up(
    durable: Database, durable_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its machine is gone and nobody says so: no answer comes, and no connection breaks."""
    monkeypatch.setattr(db, "PATIENCE_S", 0.5)
    async with proxy(durable_dsn) as between:
        database = await connect(between.through(durable_dsn), statement_timeout_ms=1_000)

        async def fall_silent(then: str) -> None:
            async with database.transaction("acme") as tx:
                await tx.execute(MAKE_WORK)
                between.stall()
                if then == "read":
                    await tx.fetch("SELECT 1")
                if then == "copy":
                    await tx.copy("work", ["stage", "subject_id"], [("verify", new_id()) for _ in range(100_000)])

        for then in ("read", "copy"):
            with pytest.raises(DatabaseUnavailable):
                await fall_silent(then)
            between.flow()
        with pytest.raises(OutcomeUnknown):
            await fall_silent("commit")
        between.flow()

        async def stored() -> bool:
            async with durable.transaction("acme") as tx:
                return bool(await tx.fetchval("SELECT count(*) = 1 FROM work"))

        await until(stored)  # the COMMIT arrived after all: that was why it was called unknown
        await database.close()


async def test_reports_may_take_as_long_as_they_like(durable_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "PATIENCE_S", 0.1)
    database = await connect(durable_dsn, statement_timeout_ms=900)
    async with database.transaction("acme") as tx:
        await tx.unlimited()
        await tx.execute("SELECT pg_sleep(1.5)")
    await database.close()

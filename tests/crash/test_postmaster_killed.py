"""`kill -9` of the embedded PostgreSQL alone, under load: who uses it starts it again, without help."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from orderwright.flows.receive_stock import receive_stock
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer, throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop, a_shop
from tests.helpers.api import a_key
from tests.helpers.callers import Answered, Caller
from tests.helpers.contexts import a_context
from tests.helpers.databases import connect, until
from tests.helpers.processes import Nursery, started, the_logs_are_calm

KILLS = 3
SENDERS = 8
GONE, BACK = "PostgreSQL is gone: started again", "PostgreSQL runs again"


async def a_stocked_shop(database: Database) -> Shop:
    """Plenty of one SKU."""
    await create_merchant(database, "acme", name="Acme")
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, a_context())
        stock = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=100_000)
        await receive_stock(tx, a_context(), [stock])
    return shop


async def test_the_processes_that_use_it_start_it_again(nursery: Nursery, home: Path) -> None:
    """A server and a worker share it; each time the postmaster is killed, one of them starts it, once."""
    with throwaway_server(durable=True) as server:
        await migrate(server.dsn())
        database = await connect(server.dsn())
        shop = await a_stocked_shop(database)
        key = await a_key(database)
        data_dir = str(server.data_dir)
        answers: list[Answered] = []
        async with (
            started(nursery, "serve", None, home, DATA_DIR=data_dir) as serve,
            started(nursery, "work", None, home, DATA_DIR=data_dir) as work,
            Caller(serve.port, key) as caller,
        ):
            over = asyncio.Event()

            async def send() -> None:
                while not over.is_set():
                    body = an_order_body(shop.channel.code, (shop.skus[0].code, 1))
                    answers.append(await caller.call("POST", "/v1/orders", json=body))

            async def answered(count: int) -> bool:
                return len(answers) >= count

            async def told(event: str, times: int) -> bool:
                entries = [entry["event"] for process in (serve, work) for entry in process.log()]
                return entries.count(event) == times

            # given orders that come in all the time, when the postmaster alone is killed, then they are accepted again
            senders = [asyncio.create_task(send()) for _ in range(SENDERS)]
            for kills in range(1, KILLS + 1):
                await until(lambda before=len(answers): answered(before + 50))  # noqa: B008  # as many as now
                killed = kill_postmaster(server)
                began, before = time.monotonic(), len(answers)
                await until(lambda before=before: answered(before + 50), limit_s=60)
                print(f"50 orders accepted {time.monotonic() - began:.2f} s after the kill")
                assert server.pid() not in (None, killed)
                await until(lambda kills=kills: told(BACK, kills))
            over.set()
            await asyncio.gather(*senders)

            # and then all work is done, nothing acknowledged is lost, nothing is there twice
            await until(lambda: all_released(database), limit_s=120)
            ids = {answer.body["id"] for answer in answers}
            assert {answer.status for answer in answers} <= {200, 201}
            assert len(ids) == len(answers)
            async with database.transaction("acme") as tx:
                assert await tx.fetchval("SELECT count(*) FROM orders") == len(ids)
            async with database.transaction("acme") as tx:
                assert await audit(tx) == []
            assert (serve.starts, work.starts) == (1, 1)
            assert await told(GONE, KILLS)
            the_logs_are_calm(serve, work)

            # and when the last user stops, it stays stopped
            await database.close()
            await asyncio.to_thread(server.stop)
            assert await work.stop() == 0
            assert server.pid() is not None
            assert await serve.stop() == 0
            assert server.pid() is None


def kill_postmaster(server: EmbeddedServer) -> int:
    """`kill -9` of the postmaster, and of nothing else."""
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


async def all_released(database: Database) -> bool:
    """Whether the workers have given every order to a location."""
    try:
        async with database.transaction("acme") as tx:
            return not await tx.fetchval(
                "SELECT count(*) FROM orders AS o"
                " WHERE NOT EXISTS (SELECT FROM fulfillment AS f WHERE f.order_id = o.id AND f.state = 'released')"
            )
    except Exception:  # noqa: BLE001 (the test's own connections broke as well)
        return False

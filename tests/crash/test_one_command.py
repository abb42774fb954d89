"""`orderwright serve` with a PostgreSQL of its own, and both killed: the next start goes on where it was."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from orderwright.flows.receive_stock import receive_stock
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.embedded import throwaway_server
from orderwright.platform.migrate import create_merchant, migrate
from tests.builders.bodies import an_order_body
from tests.builders.catalog import a_shop
from tests.helpers.api import a_key
from tests.helpers.callers import Caller
from tests.helpers.contexts import a_context
from tests.helpers.databases import connect
from tests.helpers.processes import Nursery, started


async def test_a_start_after_both_were_killed_goes_on(nursery: Nursery, home: Path) -> None:
    with throwaway_server(durable=True) as server:
        await migrate(server.dsn())
        database = await connect(server.dsn())
        await create_merchant(database, "acme", name="Acme")
        async with database.transaction("acme") as tx:
            shop = await a_shop(tx, a_context())
            stock = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=100)
            await receive_stock(tx, a_context(), [stock])
        key = await a_key(database)

        async with started(nursery, "serve", None, home, DATA_DIR=str(server.data_dir)) as serve:
            async with Caller(serve.port, key) as caller:
                bodies = [an_order_body(shop.channel.code, (shop.skus[0].code, 1)) for _ in range(20)]
                sending = [asyncio.create_task(caller.call("POST", "/v1/orders", json=body)) for body in bodies]
                await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                serve.kill()
                await asyncio.to_thread(server.kill)
                killed = time.monotonic()

                await serve.start()
                await serve.ready()
                print(f"ready {time.monotonic() - killed:.2f} s after both were killed")
                answers = await asyncio.gather(*sending)
                assert {answer.status for answer in answers} <= {200, 201}
                again = [await caller.call("POST", "/v1/orders", json=body) for body in bodies]
            assert [(a.status, a.body["id"]) for a in again] == [(200, a.body["id"]) for a in answers]
            assert await serve.stop() == 0

        async with database.transaction("acme") as tx:
            assert await tx.fetchval("SELECT count(*) FROM orders") == 20
        async with database.transaction("acme") as tx:
            assert await audit(tx) == []
        await database.close()

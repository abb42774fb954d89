"""The portal served as it is served to shoppers, and orders to look at."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from orderwright.api import close_streams, create_app
from orderwright.orders import PlaceOrder
from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from orderwright.portal import portal_routes
from tests.builders.catalog import Shop
from tests.builders.orders import an_address, an_order
from tests.helpers.api import Api, a_key, running
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk

EMAIL = "ada@shopper.example.com"


@dataclass
class Portal:
    """The portal of `acme` on a port of its own, with an API beside it."""

    url: str
    api: Api
    desk: Desk
    back: ReturnsDesk

    async def shop(self, **fields: Any) -> Shop:
        """A shop of two SKUs with variants' codes, ten units of each."""
        made = await self.desk.shop(**{"skus": 2, **fields})
        for sku in made.skus:
            await self.desk.receive(sku, made.locations[0], 10)
        return made

    def order(self, shop: Shop, units: int = 2, **fields: Any) -> PlaceOrder:
        """An order of the first SKU, by Ada."""
        return an_order(
            shop.channel.code, [(shop.skus[0].code, units)],
            **{"customer": Person(name="Ada Lovelace", email=EMAIL), "ship_to": an_address()} | fields,
        )  # fmt: skip

    async def placed(self, shop: Shop, units: int = 2, **fields: Any) -> str:
        """A placed order's id."""
        return encode_id("ord", await self.desk.placed(self.order(shop, units, **fields)))

    async def shipped(self, shop: Shop, units: int = 2, **fields: Any) -> str:
        """A shipped and paid order's id."""
        lines = [(shop.skus[0].code, units)]
        customer = Person(name="Ada Lovelace", email=EMAIL)
        order = await self.back.bank.paid_order(shop.channel.code, lines, **{"customer": customer} | fields)
        return encode_id("ord", await self.back.shipped(order))

    async def link(self, order_id: str, **fields: Any) -> str:
        """The whole address of a link to an order."""
        answer = await self.api.post(f"/v1/orders/{order_id}/portal-link", fields)
        assert answer.status_code == 200, answer.text
        return self.url + str(answer.json()["details"]["path"])

    async def number(self, order_id: str) -> str:
        """An order's number as it is printed."""
        return str((await self.read(order_id))["number_text"])

    async def read(self, order_id: str) -> dict[str, Any]:
        """An order as the API reads it."""
        found: dict[str, Any] = (await self.api.get(f"/v1/orders/{order_id}")).json()
        return found


@contextlib.asynccontextmanager
async def serving_portal(database: Database, **settings: Any) -> AsyncIterator[Portal]:
    """The whole application on a free port."""
    async with running(database, **settings) as parts:
        app: Litestar = create_app(parts, handlers=list(portal_routes()))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False)
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    await writer.wait_closed()
                    break
        desk = Desk(database)
        yield Portal(f"http://127.0.0.1:{port}", Api(app, await a_key(database)), desk, ReturnsDesk(desk))
        await close_streams(app)
        server.stop()
        await asyncio.wait_for(serving, 60)

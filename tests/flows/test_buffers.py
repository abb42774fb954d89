"""Units that a channel's buffer keeps from an order that may wait are given to it by the backorder pump."""

from __future__ import annotations

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.stages import stages
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.pumps import drain
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


async def test_a_backorder_beside_buffered_stock_stands_in_the_pumps_queue(
    database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, channel={"buffer": 2})
        sku, here = shop.skus[0].code, shop.locations[0].code
        await receive_stock(tx, context, [ReceiveStock(sku=sku, location=here, quantity=3)])
    await drain(database, "acme", stages())
    async with database.transaction("acme") as tx:
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(sku, 4)])])
    assert (placed.code, placed.backordered) == ("placed", 3)
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []
    await drain(database, "acme", stages())
    async with database.transaction("acme") as tx:
        [row] = await tx.fetch("SELECT available_to_promise, promised, backordered FROM availability")
        assert tuple(row) == (0, 0, 1)
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []

"""What no location could bring is sourced as soon as stock arrives, not at the next turn ten minutes later."""

from __future__ import annotations

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.reject_fulfillments import reject_fulfillments
from orderwright.flows.stages import stages
from orderwright.fulfillment import RejectFulfillment, fulfillments_of_orders
from orderwright.insights.audit import audit
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.platform.pumps import drain
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


async def test_arriving_stock_wakes_orders_that_no_location_could_bring(database: Database, ctx: MakeContext) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2)
        here, there = (location.code for location in shop.locations)
        sku = shop.skus[0].code
        await receive_stock(tx, context, [ReceiveStock(sku=sku, location=here, quantity=1)])
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(sku, 1)])])
    assert placed.order_id is not None
    await drain(database, "acme", stages())
    async with database.transaction("acme") as tx:
        [work] = await fulfillments_of_orders(tx, [placed.order_id])
        await reject_fulfillments(tx, context, [RejectFulfillment(fulfillment_id=work.id, reason="closed")])
    await drain(database, "acme", stages())
    async with database.transaction("acme") as tx:
        states = [f.state for f in await fulfillments_of_orders(tx, [placed.order_id])]
    assert states == ["rejected"]

    async with database.transaction("acme") as tx:
        await receive_stock(tx, context, [ReceiveStock(sku=sku, location=there, quantity=1)])
    await drain(database, "acme", stages())

    async with database.transaction("acme") as tx:
        found = [(f.state, f.location_id) for f in await fulfillments_of_orders(tx, [placed.order_id])]
    assert found == [("rejected", shop.locations[0].id), ("released", shop.locations[1].id)]
    async with database.transaction("acme") as tx:
        assert await audit(tx) == []

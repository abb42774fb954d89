"""A small shop with a history, which all tests of a module read and none changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest_asyncio

from orderwright.catalog import ChannelFacts, channels_by_code
from orderwright.customers import index_contact_words
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.release_fulfillments import release_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.flows.source_orders import source_orders
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment import (
    FulfillmentCommand,
    PackFulfillment,
    PickFulfillment,
    ShipFulfillment,
    fulfillments_of_orders,
    parcels_of,
    shipments_of,
)
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.inventory import ReceiveStock
from orderwright.orders import CancelOrder, HoldOrder, PlaceOrder, hold_orders
from orderwright.orders.contract import Amount, Charge, Discount, Person, ReportedPayment, Tax
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_channel, a_shop, accepted
from tests.builders.customers import placed
from tests.builders.orders import a_line, an_address, an_order
from tests.helpers.contexts import a_context

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = datetime(2024, 5, 1, 12, tzinfo=UTC)


class History(NamedTuple):
    """What was sold. `ids`: the orders by a word of ours, oldest first; `numbers`: the first order's."""

    shop: Shop
    market: ChannelFacts
    ids: dict[str, UUID]
    numbers: dict[str, int]
    tracking_number: str

    def words(self, order_ids: Sequence[str]) -> list[str]:
        """The words of orders whose TypeIDs these are."""

        names = {encode_id("ord", order_id): word for word, order_id in self.ids.items()}
        return [names[order_id] for order_id in order_ids]


def _orders(shop: Shop, market: str) -> dict[str, PlaceOrder]:
    """One after the other, each with something of its own to be found by."""
    first, second, third = (sku.code for sku in shop.skus)
    web = shop.channel.code
    usd = "USD"
    return {
        "rich": an_order(
            web,
            [
                a_line(first, 2, discounts=[Discount(amount=Amount(500, usd), code="SPRING")], reference="L-1"),
                a_line(second, 1, 1000, name="Second thing, blue"),
            ],
            external_id="WEB-1",
            customer=Person(name="Grace Hopper", email="Grace@Example.com", phone="+1 617 555 0132"),
            ship_to=an_address(name="Ada Lovelace", company="Analytical Engines"),
            bill_to=an_address(name="Charles Babbage", line2="Floor 2"),
            shipping=[Charge(amount=Amount(700, usd), code="ground", name="Ground")],
            taxes=[Tax(amount=Amount(301, usd), name="Sales tax", rate=Decimal("0.0625"))],
            total=Amount(3998 + 1000 - 500 + 700 + 301, usd),
            payments=[
                ReportedPayment(
                    method="card", state="captured", amount=Amount(5499, usd), provider="pay", reference="p-1"
                )
            ],
            tags=["gift"],
            metadata={"note": 1},
            placed_at=NOW,
        ),
        "shipped": an_order(
            web, [(first, 1)], external_id="WEB-2", placed_at=NOW,
            customer=Person(name="Ada Lovelace", email="ada@example.com", phone="(617) 555-0132"),
        ),
        "market": an_order(
            market, [(second, 3)], external_id="WEB-2", placed_at=NOW,
            ship_to=an_address(name="José Muñoz-García", country="DE", region=None, phone="0151 23456789",
                               postal_code="10115", city="Berlin", latitude=None, longitude=None),
            customer=None,
        ),
        "unknown": an_order(
            web, [("NO-SUCH-SKU", 1)], external_id="100001", placed_at=NOW,
            ship_to=an_address(name="Maria del Carmen Lopez"), customer=Person(email="maria@example.com"),
        ),
        "old": an_order(
            market, [(third, 1)], external_id="OLD-1", placed_at=LONG_AGO,
            ship_to=an_address(name="Adam Smithson", company="Smith & Sons"), customer=None,
        ),
        "cancelled": an_order(
            web, [(third, 1)], external_id="WEB-6", placed_at=NOW - timedelta(minutes=30),
            ship_to=an_address(name="Ada King"), customer=Person(email="ada@example.com"),
        ),
        "held": an_order(
            web, [(first, 1), (third, 1)], external_id="WEB-7", placed_at=NOW, ship_to=an_address(name="Zoe Smith"),
            customer=None,
        ),
    }  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def history(shared_database: Database) -> History:
    """A shop with seven orders in the merchant acme; bolt has none."""
    context = a_context()
    database = shared_database
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2, skus=3)
        market = a_channel(shop.pool_code, kind="marketplace", name="Market")
        accepted(await upsert_channels(tx, context, [market]))
        stock = [ReceiveStock(sku=sku.code, location=shop.locations[0].code, quantity=100) for sku in shop.skus]
        await receive_stock(tx, context, stock)

        market_facts = (await channels_by_code(tx, [market.code]))[market.code]
    ids: dict[str, UUID] = {}
    numbers: dict[str, int] = {}
    for word, order in _orders(shop, market.code).items():
        async with database.transaction("acme") as tx:
            [outcome] = await place_orders(tx, context, [order])
            assert outcome.order_id is not None, outcome
            assert outcome.number is not None
            ids[word], numbers[word] = outcome.order_id, outcome.number
    async with database.transaction("acme") as tx:
        await index_contact_words(tx, context, placed(*ids.values()))
        await hold_orders(tx, context, [HoldOrder(order_id=ids["held"], note="look at it")])
        await cancel_orders(tx, context, [CancelOrder(order_id=ids["cancelled"])])
    number = await _ship(database, context, [ids["rich"], ids["shipped"]], ids["shipped"])
    return History(shop, market_facts, ids, numbers, number)


async def _ship(database: Database, context: Context, sourced: list[UUID], shipped: UUID) -> str:
    """Source the orders and ship one of them; returns its tracking number."""
    async with database.transaction("acme") as tx:
        await verify_orders(tx, context, sourced)
        await source_orders(tx, context, sourced)
        [work] = await fulfillments_of_orders(tx, [shipped])
        command = FulfillmentCommand(fulfillment_id=work.id)
        await release_fulfillments(tx, context, [command])
        await pick_fulfillments(tx, context, [PickFulfillment(fulfillment_id=work.id)])
        await pack_fulfillments(tx, context, [PackFulfillment(fulfillment_id=work.id, weight_g=700)])
        shipment = (await shipments_of(tx, [work.id]))[work.id]
    await buy_labels(database, context, [shipment.id], {"builtin": BuiltinCarrier()})
    async with database.transaction("acme") as tx:
        await ship_fulfillments(tx, context, [ShipFulfillment(fulfillment_id=work.id)])
        [parcel] = await parcels_of(tx, [shipment.id])
    assert parcel.tracking_number is not None
    return parcel.tracking_number

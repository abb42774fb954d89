"""A shop as the guides show it: kitchen goods, two warehouses, people who do not exist, and orders in every state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from orderwright.catalog import UpsertPool, UpsertSku, upsert_locations, upsert_pools, upsert_skus
from orderwright.catalog.contract import Price
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.upsert_channels import upsert_channels
from orderwright.inventory import ReceiveStock
from orderwright.orders.contract import Address, Person
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import a_channel, a_location, accepted
from tests.builders.orders import a_line, a_payment, an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk

GOODS = (
    ("MUG-BLUE", "Mug, blue", 350, 1250, "4006381333931"), ("MUG-RED", "Mug, red", 350, 1250, None),
    ("TEA-100", "Tea, 100 bags", 220, 695, None), ("KETTLE", "Kettle, 1.7 l", 1400, 4900, None),
    ("TRAY-OAK", "Tray of oak", 900, 3400, None), ("SPOON-6", "Six tea spoons", 180, 1990, None),
)  # fmt: skip
PEOPLE = (
    ("Grace Miller", "Springfield", "IL", "62701"), ("Tom Alvarez", "Dayton", "OH", "45402"),
    ("Ines Okafor", "Richmond", "VA", "23220"), ("Lea Brandt", "Buffalo", "NY", "14201"),
    ("Sam Whitaker", "Toledo", "OH", "43604"), ("Noor Haddad", "Albany", "NY", "12207"),
    ("Peter Lindqvist", "Erie", "PA", "16501"), ("Mei Tan", "Newark", "NJ", "07102"),
)  # fmt: skip
# What was ordered by whom, and how far it is.
ORDERS: tuple[tuple[int, tuple[tuple[str, int], ...], str], ...] = (
    (0, (("MUG-BLUE", 2), ("TEA-100", 1)), "shipped"), (1, (("KETTLE", 1),), "shipped"),
    (2, (("TRAY-OAK", 1), ("SPOON-6", 2)), "packed"), (3, (("TEA-100", 4),), "picked"),
    (4, (("MUG-RED", 3),), "released"), (5, (("KETTLE", 1), ("MUG-BLUE", 4)), "released"),
    (6, (("SPOON-6", 1),), "sourced"), (7, (("TRAY-OAK", 30),), "short"), (0, (("MUG-BLUE", 1),), "held"),
)  # fmt: skip


class World(NamedTuple):
    """Ids of orders and of their work, by how far they are; the last of each."""

    orders: Mapping[str, str]
    work: Mapping[str, str]


async def a_world(database: Database) -> World:
    """Tell it."""
    context, desk = a_context(), Desk(database)
    async with database.transaction("acme") as tx:
        accepted(await upsert_pools(tx, context, [UpsertPool(code="EAST", name="East")]))
        places = [
            a_location("EAST", code="COLUMBUS", name="Columbus warehouse", region="OH"),
            a_location("EAST", code="ALBANY", name="Albany warehouse", city="Albany", region="NY",
                       postal_code="12207", latitude=42.65, longitude=-73.75),
        ]  # fmt: skip
        accepted(await upsert_locations(tx, context, places))
        fronts = [
            a_channel("EAST", code="web", name="Web shop", brand="Hearth & Kettle"),
            a_channel("EAST", code="phone", name="Telephone", kind="agent"),
        ]
        accepted(await upsert_channels(tx, context, fronts))
        skus = [
            UpsertSku(code=code, name=name, weight_g=weight, price=Price(price, "USD"), gtin=gtin)
            for code, name, weight, price, gtin in GOODS
        ]
        accepted(await upsert_skus(tx, context, skus))
        goods = [
            ReceiveStock(sku=one.code, location=place, quantity=8 if one.code == "TRAY-OAK" else many)
            for one in skus
            for place, many in (("COLUMBUS", 140), ("ALBANY", 60))
        ]
        await receive_stock(tx, context, goods)
    orders: dict[str, str] = {}
    work: dict[str, str] = {}
    for n, (who, lines, far) in enumerate(ORDERS):
        order_id = await _placed(database, n, who, lines)
        orders[far] = encode_id("ord", order_id)
        if far == "held":
            await desk.hold(order_id, note="Rang: asks for another address.")
            continue
        await desk.verify(order_id)
        await desk.source(order_id)
        for one in await desk.fulfillments(order_id):
            work[far] = encode_id("ful", one.id)
            await _on(desk, one.id, far)
    return World(orders, work)


async def _placed(database: Database, n: int, who: int, lines: tuple[tuple[str, int], ...]) -> UUID:
    name, city, region, postal_code = PEOPLE[who]
    prices = {code: price for code, _, _, price, _ in GOODS}
    made = [a_line(sku, many, prices[sku]) for sku, many in lines]
    email = f"{name.split()[0].lower()}@example.com"
    street = f"{12 + who} Elm Street"
    to = Address(country="US", name=name, line1=street, city=city, region=region, postal_code=postal_code)
    fields: dict[str, Any] = {
        "external_id": f"W-{1001 + n}", "customer": Person(name=name, email=email), "ship_to": to,
        "payments": [a_payment(sum(prices[sku] * many for sku, many in lines))],
    }  # fmt: skip
    async with database.transaction("acme") as tx:
        [outcome] = await place_orders(tx, a_context(), [an_order("web" if n % 3 else "phone", made, **fields)])
    assert outcome.order_id is not None, outcome
    return outcome.order_id


async def _on(desk: Desk, fulfillment_id: UUID, far: str) -> None:
    """On to where it is."""
    steps = ("released", "picked", "packed", "shipped")
    if far not in steps:
        return
    await desk.release(fulfillment_id)
    if far == "released":
        return
    await desk.start(fulfillment_id)
    await desk.pick(fulfillment_id)
    if far == "picked":
        return
    await desk.pack(fulfillment_id)
    await desk.label(fulfillment_id)
    if far == "shipped":
        await desk.ship(fulfillment_id)

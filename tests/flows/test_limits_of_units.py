"""Sums that balances cannot count are refused item by item, before PostgreSQL is asked to store them."""

from __future__ import annotations

from typing import Any

import pytest

from orderwright.flows.adjust_stock import adjust_stock
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import AdjustStock, ReceiveStock
from orderwright.inventory.room import UNITS_MAX
from orderwright.platform.ids import new_id
from tests.builders.catalog import Shop
from tests.helpers.desk import Desk, codes

MILLION = 1_000_000


async def a_full_shop(desk: Desk) -> Shop:
    """Two locations of one pool, with room for two and a half million units more in all."""
    shop = await desk.shop(locations=2)
    sku = shop.skus[0]
    for location in shop.locations:
        await desk.receive(sku, location, 1)
    units = UNITS_MAX - 2_500_000
    async with desk.database.transaction("acme") as tx:  # as if two thousand receipts had been booked
        await tx.fetch("UPDATE stock SET available = $1 WHERE location_id = $2", units - 1, shop.locations[0].id)
        await tx.fetch("UPDATE availability SET available_to_promise = $1", units)
        await tx.fetch(
            "INSERT INTO movement (id, sku_id, from_bucket, to_location_id, to_bucket, quantity, kind, act_id,"
            " happened_at) SELECT $1, $2, 'supplier', $3, 'available', $4, 'receipt', id, now() FROM act LIMIT 1",
            new_id(), sku.id, shop.locations[0].id, units - 2,
        )  # fmt: skip
    await desk.audit()
    return shop


def receipt(shop: Shop, at: int, quantity: int) -> ReceiveStock:
    return ReceiveStock(sku=shop.skus[0].code, location=shop.locations[at].code, quantity=quantity)


def adjustment(shop: Shop, at: int, delta: int) -> AdjustStock:
    return AdjustStock(sku=shop.skus[0].code, location=shop.locations[at].code, delta=delta, reason="found")


@pytest.mark.parametrize(("verb", "make", "done"), [
    (receive_stock, receipt, "received"), (adjust_stock, adjustment, "adjusted"),
])  # fmt: skip
async def test_units_beyond_what_can_be_counted(desk: Desk, verb: Any, make: Any, done: str) -> None:
    shop = await a_full_shop(desk)
    commands = [make(shop, n % 2, MILLION) for n in range(4)] + [make(shop, 1, 500_000), make(shop, 0, 1)]
    outcomes = await desk.run(verb, commands)
    assert codes(outcomes) == [done, done, "too_many_units", "too_many_units", done, "too_many_units"]
    assert outcomes[2].details == {"sku": shop.skus[0].code, "location": shop.locations[0].code}
    assert await desk.atp(shop.skus[0], shop.pool_id) == (UNITS_MAX, 0, 0)
    assert codes(await desk.run(verb, [make(shop, 0, 1)])) == ["too_many_units"]


async def test_they_cost_no_statements_more(desk: Desk) -> None:
    shop = await a_full_shop(desk)

    async def statements(quantity: int) -> tuple[int, set[str]]:
        async with desk.database.transaction("acme") as tx:
            outcomes = await receive_stock(tx, desk.ctx, [receipt(shop, 1, quantity) for _ in range(100)])
            return tx.statements, set(codes(outcomes))

    few, many = await statements(1), await statements(MILLION)
    assert (few[1], many[1]) == ({"received"}, {"received", "too_many_units"})
    assert few[0] == many[0]

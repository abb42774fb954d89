"""Orders of one batch that have one identity and are not the same: the first that can be placed is the order."""

from __future__ import annotations

from datetime import UTC, datetime

from orderwright.flows.place_orders import place_orders
from orderwright.orders import PlaceOrder
from tests.builders.catalog import Shop
from tests.builders.orders import an_order
from tests.helpers.desk import Desk, codes

PLACED_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def a_strict_shop(desk: Desk, units: int) -> Shop:
    """A shop that refuses what it does not have."""
    shop = await desk.shop(channel={"short_line_policy": "reject"})
    await desk.receive(shop.skus[0], shop.locations[0], units)
    return shop


def x1(shop: Shop, units: int, external_id: str = "X1") -> PlaceOrder:
    lines = [(shop.skus[0].code, units)]
    return an_order(shop.channel.code, lines, external_id=external_id, customer=None, placed_at=PLACED_AT)


async def test_a_mended_twin_of_a_refused_order_has_its_own_chance(desk: Desk) -> None:
    """Fault: it was answered with the refusal of the first."""
    shop = await a_strict_shop(desk, 1)
    outcomes = await desk.place(x1(shop, 5), x1(shop, 1))
    assert codes(outcomes) == ["out_of_stock", "placed"]
    [identity] = await desk.fetch("SELECT order_id FROM order_identity")
    assert identity["order_id"] == outcomes[1].order_id
    assert codes(await desk.place(x1(shop, 1), x1(shop, 5))) == ["replayed", "order_differs"]
    assert await desk.counts("orders", "inbox") == {"orders": 1, "inbox": 2}


async def test_each_is_compared_with_the_one_that_was_placed_before_it(desk: Desk) -> None:
    shop = await a_strict_shop(desk, 3)
    sent = [x1(shop, 5), x1(shop, 5), x1(shop, 4), x1(shop, 1), x1(shop, 1), x1(shop, 5), x1(shop, 2)]
    outcomes = await desk.place(*sent)
    assert codes(outcomes) == [
        "out_of_stock", "out_of_stock", "out_of_stock", "placed", "replayed", "order_differs", "order_differs",
    ]  # fmt: skip
    assert await desk.atp(shop.skus[0], shop.pool_id) == (2, 1, 0)
    assert await desk.counts("orders", "order_identity") == {"orders": 1, "order_identity": 1}


async def test_a_twin_of_an_order_that_was_placed_takes_nothing(desk: Desk) -> None:
    shop = await a_strict_shop(desk, 3)
    other = an_order(shop.channel.code, [(shop.skus[0].code, 2)])
    assert codes(await desk.place(x1(shop, 1), x1(shop, 2), other)) == ["placed", "order_differs", "placed"]
    assert await desk.atp(shop.skus[0], shop.pool_id) == (0, 3, 0)


async def test_all_that_are_refused_leave_no_identity(desk: Desk) -> None:
    shop = await a_strict_shop(desk, 1)
    assert codes(await desk.place(x1(shop, 5), x1(shop, 4))) == ["out_of_stock", "out_of_stock"]
    assert await desk.counts("orders", "order_identity", "inbox") == {"orders": 0, "order_identity": 0, "inbox": 2}


async def test_a_batch_without_twins_takes_as_many_statements_as_before(desk: Desk) -> None:
    """A mended twin costs one more: it claims the identity that the first gave back."""
    shop = await a_strict_shop(desk, 3)
    counted = []
    for batch in ([x1(shop, 5), x1(shop, 1, "X2")], [x1(shop, 5), x1(shop, 1)]):
        async with desk.database.transaction("acme") as tx:
            await place_orders(tx, desk.ctx, batch)
            counted.append(tx.statements)
    assert counted[1] == counted[0] + 1

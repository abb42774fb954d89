"""What a channel's buffer keeps stays there: neither intake nor the backorder pump gives it to the channel's lines."""

from __future__ import annotations

from orderwright.flows.stages import stages
from orderwright.platform.pumps import drain
from tests.builders.orders import a_line, an_order
from tests.helpers.desk import Desk

BACKORDERS = [stage for stage in stages() if stage.name == "backorders"]


async def test_the_pump_leaves_a_channels_buffer_alone(desk: Desk) -> None:
    """Fault: it gave the buffer to the very channel that keeps it, so that a buffer meant nothing."""
    shop = await desk.shop(channel={"buffer": 2})
    sku, here = shop.skus[0], shop.locations[0]
    await desk.receive(sku, here, 3)
    order_id = await desk.placed(an_order(shop.channel.code, [(sku.code, 4)]))
    assert await desk.units(order_id) == {(1, 1): {"promised": 1, "backordered": 3}}

    await drain(desk.database, "acme", BACKORDERS)  # it ends: what nobody may have does not keep the pump busy

    assert await desk.atp(sku, shop.pool_id) == (2, 1, 3)
    assert await desk.queue("backorders") == set()
    await desk.receive(sku, here, 2)
    assert await desk.fill(sku) == 2
    assert await desk.atp(sku, shop.pool_id) == (2, 3, 1)
    await desk.receive(sku, here, 9)
    assert await desk.fill(sku) == 1
    assert await desk.atp(sku, shop.pool_id) == (10, 4, 0)
    assert await desk.queue("backorders") == set()


async def test_a_line_of_a_channel_without_buffer_takes_it_though_it_stands_behind(desk: Desk) -> None:
    careful = await desk.shop(channel={"buffer": 2})
    sku, here = careful.skus[0], careful.locations[0]
    plain = await desk.shop(channel={"pools": [careful.pool_code]})
    await desk.receive(sku, here, 2)
    first = await desk.placed(an_order(careful.channel.code, [(sku.code, 3)], priority=9))
    behind = await desk.placed(an_order(plain.channel.code, [(sku.code, 3)]))
    assert await desk.queue("backorders") == {sku.id}

    await drain(desk.database, "acme", BACKORDERS)

    assert await desk.units(first) == {(1, 1): {"backordered": 3}}
    assert await desk.units(behind) == {(1, 1): {"promised": 2, "backordered": 1}}
    assert await desk.atp(sku, careful.pool_id) == (0, 2, 4)
    await desk.receive(sku, here, 6)
    await drain(desk.database, "acme", BACKORDERS)
    assert await desk.units(first) == {(1, 1): {"promised": 3}}
    assert await desk.units(behind) == {(1, 1): {"promised": 3}}
    assert await desk.atp(sku, careful.pool_id) == (2, 6, 0)
    await desk.audit()


async def test_many_lines_that_a_buffer_keeps_back_do_not_hide_one_that_it_does_not(desk: Desk) -> None:
    """One unit is over the buffer: the first takes it, the last takes the buffer itself, and the pump is done."""
    careful = await desk.shop(channel={"buffer": 2})
    sku, here = careful.skus[0], careful.locations[0]
    plain = await desk.shop(channel={"pools": [careful.pool_code]})
    kept = [await desk.placed(an_order(careful.channel.code, [(sku.code, 5)])) for _ in range(4)]
    last = await desk.placed(an_order(plain.channel.code, [(sku.code, 5)]))
    await desk.receive(sku, here, 3)

    await drain(desk.database, "acme", BACKORDERS)

    assert await desk.units(kept[0]) == {(1, 1): {"promised": 1, "backordered": 4}}
    assert [await desk.units(i) for i in kept[1:]] == [{(1, 1): {"backordered": 5}}] * 3
    assert await desk.units(last) == {(1, 1): {"promised": 2, "backordered": 3}}
    assert await desk.queue("backorders") == set()
    await desk.audit()


async def test_a_resolved_line_that_waits_beside_buffered_stock_stands_in_the_pumps_queue(desk: Desk) -> None:
    """Lines of a careful channel wait for more than there is: what they may not have is the newcomer's."""
    careful = await desk.shop(channel={"buffer": 2})
    plain = await desk.shop(channel={"pools": [careful.pool_code]})
    order_id = await desk.placed(an_order(plain.channel.code, [a_line("LATER", 2)]))
    sku = await desk.sku(code="LATER")
    await desk.receive(sku, careful.locations[0], 2)
    await desk.placed(an_order(careful.channel.code, [(sku.code, 4)]))
    await drain(desk.database, "acme", BACKORDERS)
    await desk.release_holds(order_id)
    await desk.resolve(order_id)
    assert await desk.units(order_id) == {(1, 1): {"backordered": 2}}
    assert await desk.queue("backorders") == {sku.id}
    assert await desk.fill(sku) == 2

"""What a caller is told of orders whose commit got no answer: what placing them would have told."""

from __future__ import annotations

from typing import Any

import msgspec

from orderwright.flows.look_up_orders import look_up_orders
from orderwright.orders.contract import Amount
from orderwright.platform.ids import new_id
from tests.builders.orders import an_order
from tests.helpers.contexts import a_context
from tests.helpers.desk import Desk


async def test_the_limits_of_each_caller_come_first(desk: Desk) -> None:
    """Fault: a key that is limited to other channels was told number and status."""
    shop = await desk.shop()
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    order_id = await desk.placed(order)
    limits: list[dict[str, Any]] = [
        {}, {"channels": frozenset({shop.channel.id})}, {"channels": frozenset({new_id()})},
        {"locations": frozenset({shop.locations[0].id})},
    ]  # fmt: skip
    callers = [a_context(**some) for some in limits]
    async with desk.database.transaction("acme", read_only=True) as tx:
        found = await look_up_orders(tx, [order] * 4, callers)
    told = [(outcome.code, outcome.order_id) for outcome in found if outcome is not None]
    assert told == [
        ("replayed", order_id), ("replayed", order_id), ("channel_not_allowed", None), ("location_not_allowed", None),
    ]  # fmt: skip


async def test_what_is_not_here_with_this_content_is_unknown(desk: Desk) -> None:
    shop = await desk.shop()
    order = an_order(shop.channel.code, [(shop.skus[0].code, 1)])
    await desk.placed(order)
    others = [
        an_order(shop.channel.code, [(shop.skus[0].code, 1)]),
        msgspec.structs.replace(order, total=Amount(1, "USD")),
    ]
    async with desk.database.transaction("acme", read_only=True) as tx:
        assert await look_up_orders(tx, others, [desk.ctx] * 2) == [None, None]

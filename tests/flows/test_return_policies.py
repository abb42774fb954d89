"""What may come back is what the terms of the channel say, as they were when it was asked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from orderwright.flows.request_returns import request_returns
from orderwright.platform.ids import UUID
from orderwright.returns import (
    CategoryTerms,
    RequestedLine,
    RequestReturn,
)
from tests.helpers.desk import Desk
from tests.helpers.returns import ReturnsDesk


@pytest.fixture
def back(desk: Desk) -> ReturnsDesk:
    return ReturnsDesk(desk)


async def test_the_policy_of_the_channel(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale(sku={"attributes": {"category": "swimwear"}})
    channel = shop.channel.code

    await back.terms(channel, accepts_returns=False)
    assert (await back.request(order_id, (1, 1))).code == "not_returnable"
    await back.terms(channel, categories={"swimwear": CategoryTerms(final_sale=True)})
    assert (await back.request(order_id, (1, 1))).code == "final_sale"
    await back.terms(channel, methods=["drop_off"])
    assert (await back.request(order_id, (1, 1))).code == "method_not_offered"
    await back.terms(channel)
    worn = RequestedLine(line=1, quantity=1, condition="used")
    assert (await back.request(order_id, worn)).code == "condition_not_accepted"
    assert (await back.request(order_id, worn, override=True)).code == "requested"
    assert await back.desk.value("SELECT max(version) FROM return_policy") == 4


async def test_the_window_runs_from_delivery_or_else_from_shipping(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale(sku={"attributes": {"category": "books"}})
    await back.terms(shop.channel.code, window_days=14, transit_days=3,
                     categories={"books": CategoryTerms(window_days=100)})  # fmt: skip
    for shipped_days, delivered_days, days, code in (
        (18, None, 14, "window_closed"), (16, None, 14, "requested"), (30, 15, 14, "window_closed"),
        (30, 13, 14, "requested"), (90, 50, None, "requested"),
    ):  # fmt: skip
        now = back.desk.ctx.now
        async with back.desk.database.transaction("acme") as tx:
            await tx.execute(
                "UPDATE fulfillment SET shipped_at = $1, delivered_at = $2", now - timedelta(days=shipped_days),
                None if delivered_days is None else now - timedelta(days=delivered_days),
            )  # fmt: skip
            await tx.execute("UPDATE component SET delivered = $1", 3 if delivered_days else 0)
        await _of_category(back, "other" if days else "books")
        outcome = await _request_unaudited(back, order_id)
        assert outcome.code == code, (shipped_days, delivered_days)


async def _of_category(back: ReturnsDesk, category: str) -> None:
    async with back.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE sku SET attributes = jsonb_build_object('category', $1::text)", category)


async def _request_unaudited(back: ReturnsDesk, order_id: UUID) -> Any:
    command = RequestReturn(order_id=order_id, lines=[RequestedLine(line=1, quantity=1)])
    async with back.desk.database.transaction("acme") as tx:
        [outcome] = await request_returns(tx, back.desk.ctx, [command])
    return outcome


async def test_a_channel_without_a_policy_has_the_built_in_one(back: ReturnsDesk) -> None:
    shop, order_id = await back.sale()
    return_id = await back.requested(order_id, (1, 1))
    assert await back.desk.value("SELECT policy_version FROM customer_return WHERE id = $1", return_id) == 0

    # a new policy does not change what was asked for
    await back.terms(shop.channel.code, refund_on="receipt", restocking_rate=Decimal("0.5"))
    await back.receive(return_id, (shop.skus[0], 1))
    assert await back.booked(return_id) == []
    assert (await back.inspect(return_id, shop.skus[0], 1)).details["amount_minor"] == 1999


async def test_an_article_that_was_sold_for_good(back: ReturnsDesk) -> None:
    _, order_id = await back.sale(sku={"attributes": {"final_sale": True}})
    [line] = (await back.quote(order_id, (1, 1))).details["lines"]
    assert (line["eligible"], line["code"], line["override"]) == (False, "final_sale", True)
    assert (await back.request(order_id, (1, 1))).code == "final_sale"
    assert (await back.request(order_id, (1, 1), override=True)).code == "requested"

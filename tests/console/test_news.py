"""Open screens hear what changed, by one look at the database for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from orderwright.console.news import News, topics_of
from orderwright.flows.place_orders import place_orders
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import Overloaded
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.contexts import MakeContext


@pytest_asyncio.fixture
async def news(database: Database) -> AsyncIterator[News]:
    told = News(database)
    yield told
    await told.close()


async def a_placed_order(database: Database, context: Context) -> tuple[Shop, UUID]:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(shop.skus[0].code, 1)])])
    assert placed.order_id is not None
    await tell(database)
    return shop, placed.order_id


async def tell(database: Database) -> None:
    async with database.transaction("acme") as tx:
        await sequence_events(tx)


async def heard(stream: AsyncIterator[bytes]) -> dict[str, int]:
    """What the next news say."""
    async with asyncio.timeout(60):
        async for chunk in stream:
            if b"event: news" in chunk:
                return msgspec.json.decode(chunk.partition(b"data: ")[2], type=dict[str, int])
    raise AssertionError("the stream ended")


async def test_a_list_hears_of_new_orders_and_a_page_of_its_own(
    news: News, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop, order_id = await a_placed_order(database, context)
    named = f"order:{encode_id('ord', order_id)}"
    the_list, the_page = news.stream("acme", ["orders"]), news.stream("acme", [named])
    assert await anext(the_list) == b"retry: 2000\n\n"
    assert await anext(the_page) == b"retry: 2000\n\n"
    waiting = asyncio.create_task(heard(the_page)), asyncio.create_task(heard(the_list))
    async with asyncio.timeout(60):
        await news._watches["acme"].known.wait()

    async with database.transaction("acme") as tx:
        await place_orders(tx, context, [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(3)])
        await hold_orders(tx, context, [HoldOrder(order_id=order_id, type="manual", blocks=["ship"])])
    await tell(database)

    assert await waiting[0] == {named: 1}
    assert await waiting[1] == {"orders": 3}
    await the_list.aclose()
    await the_page.aclose()
    assert news.streams == 0


async def test_what_came_while_nobody_listened_is_told_at_once_save_what_was_seen(
    news: News, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    before = await news.position("acme")
    _, order_id = await a_placed_order(database, context)
    async with database.transaction("acme") as tx:
        await hold_orders(tx, context, [HoldOrder(order_id=order_id, type="manual", blocks=["ship"])])
    await tell(database)
    order = f"order:{encode_id('ord', order_id)}"

    stream = news.stream("acme", ["orders", f"{order}@1", f"{order}@2"], before)
    assert await heard(stream) == {"orders": 1}  # the last of two that name one thing holds
    await stream.aclose()
    stream = news.stream("acme", [f"{order}@1"], before)
    assert await heard(stream) == {f"{order}@1": 1}
    await stream.aclose()


async def test_streams_end_when_the_server_stops(news: News) -> None:
    stream = news.stream("acme", ["orders"])
    await anext(stream)
    rest = asyncio.create_task(asyncio.wait_for(_drain(stream), 60))
    await asyncio.sleep(0)
    await news.close()
    await rest


async def _drain(stream: AsyncIterator[bytes]) -> None:
    async for _ in stream:
        pass


async def test_too_many_screens_are_refused(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwright.console.news.STREAMS_MAX", 1)
    stream = news.stream("acme", ["orders"])
    await anext(stream)
    with pytest.raises(Overloaded):
        await anext(news.stream("acme", ["orders"]))
    await stream.aclose()


def test_topics_that_name_nothing_are_left_out() -> None:
    order = encode_id("ord", UUID("0190a1b2-c3d4-7000-8000-000000000001"))
    assert topics_of(["orders", f"order:{order}", "order:no", "order:ord_x", "supply"]) == {
        "orders": ("orders", 0), "order:0190a1b2-c3d4-7000-8000-000000000001": (f"order:{order}", 0),
        "supply": ("supply", 0),
    }  # fmt: skip
    assert list(topics_of([f"order:{order}@12", f"order:{order}@99999999999"]).values()) == [
        (f"order:{order}@99999999999", 0)
    ]
    assert len(topics_of([f"t{n}" for n in range(100)])) == 20

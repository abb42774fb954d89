"""Open screens while the server, and once the database, is killed and started again: said, healed, and caught up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.embedded import EmbeddedServer
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.console import WAIT_MS, a_browser, a_person
from tests.helpers.contexts import a_context
from tests.helpers.databases import until
from tests.helpers.processes import Nursery, Process, started


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def shop(durable: Database) -> Shop:
    """Plenty of one SKU."""
    async with durable.transaction("acme") as tx:
        made = await a_shop(tx, a_context())
        stock = ReceiveStock(sku=made.skus[0].code, location=made.locations[0].code, quantity=1_000)
        await receive_stock(tx, a_context(), [stock])
    return made


async def place(database: Database, shop: Shop, many: int = 1) -> list[UUID]:
    """As another process does it."""
    async with database.transaction("acme") as tx:
        orders = [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(many)]
        return [one.order_id for one in await place_orders(tx, a_context(), orders) if one.order_id is not None]


async def hold(database: Database, order_id: UUID) -> None:
    async with database.transaction("acme") as tx:
        await hold_orders(tx, a_context(), [HoldOrder(order_id=order_id, type="manual", blocks=["ship"])])


async def at_rest(database: Database) -> bool:
    """Whether the order's work is given to its location: nothing happens to it by itself any more."""
    async with database.transaction("acme") as tx:
        return bool(
            await tx.fetchval(
                "SELECT bool_and(state = 'released') AND NOT EXISTS (SELECT FROM event_pending) FROM fulfillment"
            )
        )


async def open_pages(browser: Browser, serve: Process, durable: Database, order_id: UUID) -> tuple[Page, Page]:
    """A list of orders and the page of one, both listening."""
    window = await browser.new_context(color_scheme="light")
    window.set_default_timeout(WAIT_MS)
    base = f"http://127.0.0.1:{serve.port}"
    await window.add_cookies([{"name": "ow_session", "value": await a_person(durable), "url": base}])
    pages = []
    for address in ("/m/acme/orders", f"/m/acme/orders/{encode_id('ord', order_id)}"):
        page = await window.new_page()
        async with page.expect_response(lambda answer: "/news?" in answer.url):
            await page.goto(base + address)
        await expect(page.locator("h1")).to_be_visible()
        pages.append(page)
    return pages[0], pages[1]


@pytest.mark.parametrize("what", ["server", "database"])
async def test_open_pages_say_that_they_are_cut_off_and_catch_up_by_themselves(
    durable_server: EmbeddedServer, durable: Database, durable_dsn: str, nursery: Nursery, home: Path,
    browser: Browser, shop: Shop, what: str,
) -> None:  # fmt: skip
    [order_id] = await place(durable, shop)
    async with started(nursery, "serve", durable_dsn, home) as serve:
        await until(lambda: at_rest(durable))
        orders, order = await open_pages(browser, serve, durable, order_id)
        news = orders.locator("[data-news=orders]").first
        change = order.locator("[data-news^='order:']").first
        await expect(news).to_be_hidden()
        await expect(change).to_be_hidden()

        if what == "server":
            serve.kill()
            for page in (orders, order):
                await expect(page.locator("#trouble")).to_contain_text("The connection is lost.")
            await place(durable, shop, 3)
            await hold(durable, order_id)
            await serve.start()
        else:
            await asyncio.to_thread(durable_server.kill)
            for page in (orders, order):
                await expect(page.locator("#trouble")).to_contain_text("cannot be reached")
            await asyncio.to_thread(durable_server.start)
            await serve.ready()
            await place(durable, shop, 3)
            await hold(durable, order_id)
        await serve.ready()

        await expect(news).to_contain_text("3 new orders: show")
        await expect(change).to_be_visible()
        for page in (orders, order):
            await expect(page.locator("#trouble")).to_be_hidden()
        await news.get_by_role("button").click()
        await expect(orders.locator("tbody[data-rows] tr")).to_have_count(4)
        await change.locator("button, a").click()
        await expect(order.locator("body")).to_contain_text("Held")
        assert serve.log("error") == []
        assert await serve.stop() == 0

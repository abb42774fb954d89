"""The live page in a real browser, served by the real server from a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.console import Site, a_browser, a_person, a_site, a_window, looking
from tests.helpers.contexts import MakeContext

LIVE = "/m/acme/live"


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def token(database: Database) -> str:
    """Of an administrator's session."""
    return await a_person(database)


@pytest_asyncio.fixture
async def page(browser: Browser, site: Site, token: str) -> AsyncIterator[Page]:
    async with looking(browser, site, token) as opened:
        yield opened


async def a_stocked_shop(database: Database, context: Context, units: int = 50) -> Shop:
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, channel={"name": "Web <b>shop</b>"}, sku={"name": "Blue mug"})
        stock = [ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=units)]
        assert [o.code for o in await receive_stock(tx, context, stock)] == ["received"]
        return shop


async def place(database: Database, context: Context, shop: Shop, count: int, **fields: Any) -> list[int]:
    async with database.transaction("acme") as tx:
        sent = [an_order(shop.channel.code, [(shop.skus[0].code, 1)], **fields) for _ in range(count)]
        return [o.number for o in await place_orders(tx, context, sent) if o.number is not None]


def count(page: Page, stage: str) -> Any:
    return page.locator(f'[data-stage="{stage}"] .count')


async def test_an_empty_page_says_what_will_be_here(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}{LIVE}")

    await expect(page.locator("h1")).to_have_text("Live")
    await expect(page.locator("#connection")).to_contain_text("Live")
    await expect(count(page, "placed")).to_have_text("0")
    await expect(page.locator("#latest")).to_contain_text("The first one that a channel sends appears here")
    await expect(page.locator("#stuck")).to_contain_text("Nothing waits longer than it may")


async def test_new_orders_tick_in_place_and_new_rows_announce_themselves(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context)
    [first] = await place(database, context, shop, 1)
    await page.goto(f"{site.url}{LIVE}")
    rows = page.locator("#latest tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(f"#{first}")
    await expect(rows).to_contain_text("Web <b>shop</b>")  # as text
    await expect(rows).to_contain_text("$19.99")
    assert "Lovelace" not in await page.content()

    await rows.hover()  # somebody reads it
    await place(database, context, shop, 2)
    await expect(count(page, "placed")).to_have_text("3")
    button = page.get_by_role("button", name="Show 2 new orders")
    await expect(button).to_be_visible()
    await expect(rows).to_have_count(1)  # nothing moved

    await button.click()
    await expect(rows).to_have_count(3)
    await expect(button).to_be_hidden()

    await page.locator("h1").hover()
    await place(database, context, shop, 1)
    await expect(rows).to_have_count(4)  # by itself, when nobody reads
    await expect(page.locator("#latest tr.is-new")).to_have_count(1)

    await page.get_by_label("Live lists").uncheck()
    await place(database, context, shop, 1)
    await expect(page.get_by_role("button", name="Show 1 new order")).to_be_visible()
    await expect(rows).to_have_count(4)
    await page.get_by_label("Live lists").check()
    await expect(rows).to_have_count(5)


async def test_rows_that_are_shown_get_their_new_state_in_place(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context)
    [number] = await place(database, context, shop, 1)
    await page.goto(f"{site.url}{LIVE}")
    row = page.locator(f'[data-row="{number}"]')
    await expect(row).to_contain_text("Placed")

    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE orders SET status = 'delivered' WHERE number = $1", number)
    await expect(row).to_contain_text("Delivered")
    await expect(count(page, "delivered")).to_have_text("1")


async def test_stock_alarms_and_stuck_work_are_listed_in_words(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context, units=2)
    [number, *_] = await place(database, context, shop, 3)
    async with database.transaction("acme") as tx:
        await tx.execute(
            "UPDATE work SET set_aside_at = now() - interval '3 hours', attempts = 5, error = 'CarrierDown: no answer'"
            " WHERE subject_id = (SELECT id FROM orders WHERE number = $1)", number,
        )  # fmt: skip
    await page.goto(f"{site.url}{LIVE}")

    alarms = page.locator("#alarms")
    await expect(alarms).to_contain_text("1 out, 1 unit backordered")
    await expect(alarms).to_contain_text("Blue mug")
    await expect(alarms).to_contain_text("1 backordered")
    stuck = page.locator("#stuck")
    await expect(stuck).to_contain_text("1 set aside after failing")
    await expect(stuck).to_contain_text(f"#{number}")
    await expect(stuck).to_contain_text("An order is to be checked. Owner: operator.")
    await expect(stuck).to_contain_text("3 h ago, after 5 attempts: CarrierDown: no answer")


async def test_alarms_and_stuck_work_have_a_page_with_all_of_them(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context, units=2)
    [number, *_] = await place(database, context, shop, 3)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE work SET set_aside_at = now()")
        await tx.execute(
            "INSERT INTO availability (sku_id, pool_id, available_to_promise)"
            " SELECT gen_random_uuid(), pool_id, 1 FROM availability, generate_series(1, 9)"
        )
        await tx.execute(
            "INSERT INTO sku (id, code, name) SELECT sku_id, sku_id::text, 'Cup' FROM availability"
            " WHERE sku_id NOT IN (SELECT id FROM sku)"
        )
    await page.goto(f"{site.url}{LIVE}")
    await page.get_by_role("link", name="3 more: see all").click()
    await expect(page.locator("h1")).to_have_text("Stock alarms")
    await expect(page.locator("tbody tr")).to_have_count(10)
    await expect(page.locator("main")).to_contain_text("10 SKUs: 1 out, 9 low, 1 unit backordered")

    await page.goto(f"{site.url}{LIVE}/stuck")
    await expect(page.locator("tbody")).to_contain_text(f"#{number}")
    await page.get_by_role("link", name="Live").first.click()
    await expect(page.locator("h1")).to_have_text("Live")


async def test_charts_have_tables_that_say_the_same(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context)
    await place(database, context, shop, 4)
    await page.goto(f"{site.url}{LIVE}")

    await expect(page.locator("#stages-chart canvas")).to_be_visible()
    await expect(page.locator("#minutes-chart canvas")).to_be_visible()
    await expect(page.locator("#open-title")).to_have_text("4 open: 4 placed")
    await page.locator("details", has=page.locator("#stages-table")).get_by_text("Show as a table").click()
    assert await page.locator("#stages-table tbody tr").first.inner_text() == "Placed\t4"
    assert await page.locator("#minutes-table tbody tr").count() == 30


async def test_a_lost_connection_is_said_and_heals(
    site: Site, page: Page, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context)
    await page.goto(f"{site.url}{LIVE}")
    state = page.locator("#connection")
    await expect(state).to_contain_text("Live")

    await site.stop()
    await expect(state).to_contain_text("Connection lost")
    await place(database, context, shop, 1)
    await site.start()
    await expect(state).to_contain_text("Live")
    await expect(state).not_to_contain_text("lost", use_inner_text=True)
    await expect(count(page, "placed")).to_have_text("1")
    page.complaints.clear()  # type: ignore[attr-defined]  # the browser said that it was refused


async def test_a_page_that_is_closed_is_forgotten(site: Site, browser: Browser, token: str) -> None:
    context = await a_window(browser, site, token)
    page = await context.new_page()
    await page.goto(f"{site.url}{LIVE}")
    await expect(page.locator("#connection")).to_contain_text("Live")
    feed = site.app.state.console_feeds["acme"]
    async with asyncio.timeout(60):
        while not feed.viewers:  # noqa: ASYNC110  # the feed has no event for it; the page is live a moment before
            await asyncio.sleep(0.02)

    await context.close()
    async with asyncio.timeout(60):
        while feed.viewers:  # noqa: ASYNC110  # the feed has no event for it
            await asyncio.sleep(0.02)


async def test_light_or_dark_follows_the_system_until_it_is_chosen(site: Site, browser: Browser, token: str) -> None:
    context = await a_window(browser, site, token, color_scheme="dark")
    page = await context.new_page()
    await page.goto(f"{site.url}{LIVE}")
    root = page.locator("html")
    await expect(root).to_have_attribute("data-bs-theme", "dark")
    await page.emulate_media(color_scheme="light")
    await expect(root).to_have_attribute("data-bs-theme", "light")

    await page.get_by_text("Administrator").click()
    await page.get_by_role("button", name="Dark mode").click()
    await expect(root).to_have_attribute("data-bs-theme", "dark")
    await page.reload()
    await expect(root).to_have_attribute("data-bs-theme", "dark")
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_can_be_read_in_every_colour(site: Site, browser: Browser, token: str, scheme: str) -> None:
    """WCAG 2.2 AA: contrast 4.5 to 1 of each colour that text has, on the surface and on the page behind it."""
    context = await a_window(browser, site, token, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{site.url}{LIVE}")
    names = ["text", "muted", "neutral", "blue", "green", "amber", "red", "surface", "page"]
    colours = await page.evaluate(
        "names => Object.fromEntries(names.map(name => [name, getComputedStyle(document.documentElement)"
        ".getPropertyValue('--ow-' + name).trim()]))",
        names,
    )
    await context.close()
    low = {
        (name, ground): round(contrast(colours[name], colours[ground]), 2)
        for name in names[:-2]
        for ground in names[-2:]
        if contrast(colours[name], colours[ground]) < 4.5
    }
    assert low == {}


async def test_it_fits_a_phone_and_needs_no_script_to_be_read(
    site: Site, browser: Browser, token: str, database: Database, ctx: MakeContext
) -> None:
    context = ctx()
    shop = await a_stocked_shop(database, context)
    [number] = await place(database, context, shop, 1)
    phone = await a_window(browser, site, token, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await phone.new_page()
    await page.goto(f"{site.url}{LIVE}")
    await expect(page.locator("#latest")).to_contain_text(f"#{number}")
    await expect(page.locator("noscript p")).to_be_visible()
    await phone.close()

    phone = await a_window(browser, site, token, viewport={"width": 390, "height": 844})
    page = await phone.new_page()
    await page.goto(f"{site.url}{LIVE}")
    await expect(page.locator("#connection")).to_contain_text("Live")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    await phone.close()


async def test_who_has_not_signed_in_is_sent_to_do_so(site: Site, browser: Browser) -> None:
    context = await a_window(browser, site, None)
    answer = await context.request.get(f"{site.url}{LIVE}", max_redirects=0)
    assert answer.status == 303
    assert answer.headers["location"] == "/sign-in?next=/m/acme/live"
    await context.close()


async def test_the_page_of_another_merchant_is_not_there(site: Site, browser: Browser, token: str) -> None:
    context = await a_window(browser, site, token)
    answer = await context.request.get(f"{site.url}/m/bolt/live")
    assert answer.status == 404
    await context.close()


async def test_pages_and_files_carry_their_headers(site: Site, browser: Browser, token: str) -> None:
    context = await a_window(browser, site, token)
    answer = await context.request.get(f"{site.url}{LIVE}")
    assert "script-src" not in answer.headers["content-security-policy"]  # default-src 'self' holds for all
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-cache"
    page = await answer.text()
    for file in ("vendor/htmx.min.js", "vendor/echarts.simple.min.js", "tabler.css"):
        address = page.split(f"/static/{file}", 1)[1].split('"', 1)[0]
        found = await context.request.get(f"{site.url}/static/{file}{address}")
        assert found.status == 200
        assert "immutable" in found.headers["cache-control"]
    assert (await context.request.get(f"{site.url}/static/../live.py")).status == 404
    await context.close()


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours like #1d4fd7."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

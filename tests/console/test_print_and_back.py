"""On paper: black on white, nothing that only a screen needs. Back: the list as it was left; nothing of who left."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, encode_id
from tests.console.test_frame import tell
from tests.console.test_order_list import orders
from tests.helpers.api import a_key
from tests.helpers.console import (
    CHROMIUM,
    FLAGS,
    Site,
    a_browser,
    a_person,
    a_site,
    a_window,
    keep_picture,
    looking,
)
from tests.helpers.contexts import MakeContext
from tests.helpers.desk import Desk

WHITE, BLACK = "rgb(255, 255, 255)", "rgb(0, 0, 0)"
# The colours of what is read, where they are no near-black.
FAINT = """() => Array.from(document.querySelectorAll("#content *"))
  .filter((e) => e.checkVisibility() && e.textContent.trim() && !e.querySelector("*"))
  .map((e) => getComputedStyle(e).color)
  .filter((colour) => Math.max(...colour.match(/[0-9.]+/g).slice(0, 3).map(Number)) > 110)"""
PAGES_OF_PDF = re.compile(rb"/Type\s*/Page[^s]")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture(scope="module")
async def keeping() -> AsyncIterator[Browser]:
    """A browser that keeps pages to go back to, as people's do."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield launched
        await launched.close()


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def on_paper(page: Page, name: str) -> bytes:
    """What is printed of the page that is open, after it was looked at."""
    await page.emulate_media(media="print")
    head = page.locator(".print-head")
    await expect(head).to_be_visible()
    await expect(head).to_contain_text("Acme")
    await expect(head).to_contain_text(re.compile(r"20\d\d"))
    for gone in (".nav-side", ".top", ".head-actions", ".filters", ".tabs", ".bulk", ".btn", "#toasts"):
        for one in await page.locator(gone).all():
            await expect(one).to_be_hidden()
    paper = "(e) => { const s = getComputedStyle(e); return [s.backgroundColor, s.color]; }"
    assert await page.locator("body").evaluate(paper) == [WHITE, BLACK]
    faint = await page.evaluate(FAINT)
    assert faint == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await keep_picture(page, f"print-{name}")
    return await page.pdf(format="A4")


async def test_lists_and_pages_are_printed_black_on_white(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 60)
    async with database.transaction("acme") as tx:
        customer = await tx.fetchval("SELECT customer_id FROM orders WHERE id = $1", decode_id("ord", made[0]))
    paths = {"orders": "/orders?view=all", "order": f"/orders/{made[0]}"}
    if customer is not None:
        paths["customer"] = f"/customers/{encode_id('cus', customer)}"
    assert set(paths) == {"orders", "order", "customer"}
    async with looking(browser, site, await a_person(database), color_scheme="dark") as page:
        for name, path in paths.items():
            await page.emulate_media(media="screen")
            await page.goto(f"{site.url}/m/acme{path}")
            assert await page.locator("html").get_attribute("data-bs-theme") == "dark"
            paper = await on_paper(page, name)
            assert paper.startswith(b"%PDF")
            # a long list has its head on each of its pages, and a row is not torn apart
            if name == "orders":
                assert len(PAGES_OF_PDF.findall(paper)) >= 2
                row = page.locator("tbody tr[data-id]").first
                assert await row.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"
                head = page.locator("thead")
                assert await head.evaluate("(e) => getComputedStyle(e).display") == "table-header-group"


async def test_the_floor_prints_what_is_to_be_picked(site: Site, browser: Browser, database: Database) -> None:
    desk = Desk(database)
    shop = await desk.shop(skus=2)
    for sku in shop.skus:
        await desk.receive(sku, shop.locations[0], 5)
    _, [work] = await desk.sourced(_an_order(shop))
    await desk.release(work.id)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/floor?state=released")
        await on_paper(page, "floor-list")
        await expect(page.locator(".floor-list li")).to_have_count(1)
        await page.emulate_media(media="screen")
        await page.goto(f"{site.url}/m/acme/floor/{encode_id('ful', work.id)}")
        await on_paper(page, "pick-list")
        await expect(page.locator(".floor-lines li")).to_have_count(2)
        await expect(page.locator(".floor-lines li").first).to_contain_text("of 2")


def _an_order(shop: Any) -> Any:
    from tests.builders.orders import an_order

    return an_order(shop.channel.code, [(sku.code, 2) for sku in shop.skus])


async def was_kept(page: Page) -> bool:
    """Whether the browser had kept the page that is shown, instead of asking for it anew."""
    return bool(await page.evaluate("window.wasKept === true"))


NOTE_KEPT = "addEventListener('pageshow', (event) => { window.wasKept = event.persisted; })"


async def test_going_back_shows_the_list_as_it_was_left(
    site: Site, keeping: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 60)
    await tell(database)
    window = await a_window(keeping, site, await a_person(database), viewport={"width": 1200, "height": 600})
    await window.add_init_script(NOTE_KEPT)
    page = await window.new_page()
    await page.goto(f"{site.url}/m/acme/orders?view=all")
    await page.get_by_role("button", name="Show more orders").click()
    await expect(page.locator("tbody tr[data-id]")).to_have_count(60)
    # given rows that were fetched later, two of which are ticked, scrolled down, and a toast that was read
    await page.evaluate(
        """() => { const toast = document.createElement("div"); toast.dataset.toast = ""; toast.textContent = "Held.";
                   document.getElementById("toasts").append(toast); }"""
    )
    for n in (55, 57):
        await page.locator("tbody .pick input").nth(n).check()
    await page.evaluate("scrollTo(0, 700)")
    token = await page.locator("body").get_attribute("data-csrf")
    await page.locator("tbody tr[data-id] a.open").nth(40).evaluate("(link) => link.click()")
    await expect(page.locator("#lines")).to_be_visible()
    await orders(database, ctx, 1)
    await tell(database)
    # when one goes back
    async with page.expect_response("**/news?*"):  # it listens again
        await page.go_back(wait_until="commit")  # a page that was kept is not loaded
    assert await was_kept(page)
    # then all is as it was, less the toast; and what came meanwhile is announced
    await expect(page.locator("tbody tr[data-id]")).to_have_count(60)
    await expect(page.locator("tbody .pick input:checked")).to_have_count(2)
    await expect(page.locator(".bulk-count")).to_have_text("2 selected")
    assert await page.evaluate("scrollY") == 700
    await expect(page.locator("[data-toast]")).to_have_count(0)
    await expect(page.get_by_role("button", name="1 new order: show")).to_be_visible()
    # and its forms still work
    assert await page.locator("body").get_attribute("data-csrf") == token
    await page.locator(".bulk").get_by_role("link", name="Hold", exact=True).click()
    await page.locator("#dialog").get_by_role("button", name="Hold: 2 orders").click()
    await expect(page.locator(".run-said")).to_have_text("0 of 2 orders")
    await window.close()


@pytest.mark.parametrize("kept", ["in memory", "as a file"])
@pytest.mark.parametrize("where", ["here", "elsewhere"])
async def test_who_signed_out_and_goes_back_sees_nothing(
    site: Site, keeping: Browser, browser: Browser, database: Database, ctx: MakeContext, where: str, kept: str
) -> None:
    [made] = await orders(database, ctx, 1)
    assert await a_key(database)
    window = await a_window(keeping if kept == "in memory" else browser, site, await a_person(database))
    await window.add_init_script(NOTE_KEPT)
    page = await window.new_page()
    await page.goto(f"{site.url}/m/acme/orders/{made}")
    await expect(page.locator("#content")).to_contain_text("Ada Lovelace")
    if where == "here":
        await page.locator(".nav-person summary").click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Password")).to_be_visible()
    else:
        await page.get_by_role("link", name="Customers").click()
        await expect(page.locator("h1")).to_have_text("Customers")
        async with database.operator_transaction() as tx:
            await tx.execute("UPDATE session SET ended_at = now()")
        site.app.state.sessions.forget()
    await page.go_back()
    await expect(page.get_by_label("Password")).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("Ada Lovelace")
    await window.close()

"""What stands around every page: palette, keys, weight, no jump, going back, lost network, who has signed out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from tests.console.test_order_list import AXE, form_of, orders
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, a_window, keep_picture, looking
from tests.helpers.contexts import MakeContext

FIRST_VIEW_BYTES_MAX = 250_000
SHIFTS = """() => new Promise(done => {
  const found = [];
  const shifted = list => list.getEntries().filter(one => !one.hadRecentInput);
  new PerformanceObserver(list => shifted(list).forEach(one => one.sources.forEach(source =>
    found.push(source.node ? (source.node.outerHTML || source.node.textContent).slice(0, 120) : "?"))))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(found), 800);
})"""


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def found(page: Page, typed: str) -> list[str]:
    """What the palette offers for something that is typed."""
    await page.keyboard.press("Control+k")
    async with page.expect_response(lambda answer: answer.url.endswith("/find")):
        await page.locator("#palette-text").fill(typed)
    await expect(page.locator("#palette-list .group", has_text="Orders")).to_be_visible()
    return await page.locator('#palette-list [role="option"]').all_inner_texts()


async def test_one_box_finds_and_enter_opens_what_is_chosen(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 2)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/")
        offered = await found(page, "lovelace")
        assert "Ada Lovelace" in offered[0]
        groups = await page.locator("#palette-list .group").all_inner_texts()
        assert groups == ["Orders", "Customers"]
        result = await Axe().run(page, options=AXE)
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in result.response["violations"]] == []
        await keep_picture(page, "palette")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/m/acme/orders/{made[0]}")
        page.complaints.clear()  # type: ignore[attr-defined]


async def test_the_palette_offers_what_was_looked_at_lately_without_names(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 1)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders/{made[0]}")
        await page.goto(f"{site.url}/m/acme/customers")
        await page.keyboard.press("/")
        first = page.locator('#palette-list [role="option"]').first
        await expect(first).to_contain_text("Order #")
        kept = await page.evaluate("Object.values(localStorage).join()")
        assert "Ada" not in kept
        await first.click()
        await page.wait_for_url(f"**/m/acme/orders/{made[0]}")


async def test_all_that_was_found_has_a_page_and_one_thing_is_opened(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 3)
    token = await a_person(database)
    async with a_client(site, token) as client:
        page = await client.post("/m/acme/find", data=await form_of(site, token, text="lovelace"))
        one = await client.post("/m/acme/find", data=await form_of(site, token, text=made[0]))
        none = await client.post("/m/acme/find", data=await form_of(site, token, text="zzzzzz\x00'%"))
    assert page.status_code == 200
    assert page.text.count('class="open"') == 3
    assert one.headers["location"] == f"/m/acme/orders/{made[0]}"
    assert none.status_code == 400


async def test_keys_lead_everywhere_and_a_sheet_lists_them(site: Site, browser: Browser, database: Database) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/")
        await page.keyboard.press("g")
        await page.keyboard.press("o")
        await page.wait_for_url("**/m/acme/orders")
        await page.keyboard.press("?")
        await expect(page.locator("#shortcuts-list")).to_contain_text("g o")
        await expect(page.locator("#shortcuts-list")).to_contain_text("Customers")
        await page.keyboard.press("Escape")
        await expect(page.locator("#shortcuts")).to_be_hidden()


async def test_the_first_stop_of_the_keyboard_skips_to_the_content(
    site: Site, browser: Browser, database: Database
) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await page.keyboard.press("Enter")
        assert page.url.endswith("#content")


async def test_a_phone_has_the_whole_menu_behind_a_button(site: Site, browser: Browser, database: Database) -> None:
    async with looking(browser, site, await a_person(database), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await expect(page.locator("#nav")).to_be_hidden()
        await page.get_by_role("button", name="Menu").click()
        await expect(page.locator("#nav").get_by_role("link", name="Customers")).to_be_visible()
        await keep_picture(page, "menu-phone")
        await page.locator("#nav summary", has_text="Mia Torres").click()
        await expect(page.locator("#nav").get_by_role("button", name="Sign out")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Menu").click()
        await page.locator("#nav").get_by_role("link", name="Customers").click()
        await expect(page.locator("h1")).to_have_text("Customers")


@pytest.mark.parametrize("path", ["/orders", "/customers", "/live"])
async def test_nothing_jumps_and_the_first_view_is_light(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, path: str
) -> None:
    await orders(database, ctx, 60, held=[1])
    token = await a_person(database)
    for options in ({}, {"viewport": PHONE}):
        window = await a_window(browser, site, token, **options)  # a cache of its own, cold
        page = await window.new_page()
        session = await window.new_cdp_session(page)
        weights: list[float] = []
        session.on("Network.loadingFinished", lambda said, to=weights: to.append(said["encodedDataLength"]))
        await session.send("Network.enable")
        await page.goto(f"{site.url}/m/acme{path}", wait_until="load")
        if path != "/live":  # what it streams may need another line than it did
            assert await page.evaluate(SHIFTS) == []
        await session.detach()
        assert sum(weights) < FIRST_VIEW_BYTES_MAX
        await window.close()


async def test_going_back_to_what_was_searched_needs_no_second_search(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 3)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.locator("#f-q").fill("lovelace")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr[data-id]")).to_have_count(2)
        await page.get_by_role("link", name="Customers").click()
        await expect(page.locator("h1")).to_have_text("Customers")
        await page.go_back()
        await expect(page.locator("h1")).to_have_text("Orders")
        await expect(page.locator("tbody tr[data-id]")).to_have_count(2)


async def test_a_page_that_is_gone_back_to_catches_up(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 2)
    await tell(database)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.get_by_role("link", name="Customers").click()
        await expect(page.locator("h1")).to_have_text("Customers")
        await orders(database, ctx, 1)
        await tell(database)
        await page.go_back()
        # then it says so, unless the browser asked for the page anew
        news = page.get_by_role("button", name="1 new order: show")
        await expect(news.or_(page.locator("tbody tr[data-id]").nth(2)).first).to_be_visible()


async def tell(database: Database) -> None:
    """Number the events, as the sequencer does."""
    async with database.transaction("acme") as tx:
        await sequence_events(tx)


async def test_a_lost_network_is_said_and_healed(site: Site, browser: Browser, database: Database) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.context.set_offline(True)
        await expect(page.locator("#trouble")).to_contain_text("This device is offline.")
        await page.context.set_offline(False)
        await expect(page.locator("#trouble")).to_be_hidden()
        page.complaints.clear()  # type: ignore[attr-defined]


async def test_who_signs_out_leaves_no_page_behind(site: Site, database: Database) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:
        page = await client.get("/m/acme/customers")
        left = await client.post("/sign-out", data=await form_of(site, token))
    assert page.headers["cache-control"] == "private, no-cache"
    assert left.headers["clear-site-data"] == '"cache"'
    assert left.headers["location"] == "/sign-in"


async def test_figures_and_moments_are_written_as_the_reader_writes_them(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 1)
    token = await a_person(database)
    person: Any = await site.app.state.sessions.signed_in(token)
    async with database.operator_transaction() as tx:
        await tx.fetch(
            "UPDATE person SET locale = 'de_DE', time_zone = 'Europe/Berlin' WHERE id = $1 RETURNING id",
            person.person_id,
        )
    site.app.state.sessions._good.clear()
    async with a_client(site, token) as client:
        text = (await client.get("/m/acme/orders?view=all")).text
    assert "19,99\xa0$" in text
    assert "CE" in text.partition("data-ago")[0].rpartition('title="')[2]

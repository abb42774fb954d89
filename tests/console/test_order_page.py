"""The page of an order in a browser: on a desk and a phone, in both themes, by keys, with a colleague at work on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from tests.helpers.console import PHONE, Site, a_browser, a_person, a_site, keep_picture, looking
from tests.helpers.orders_seen import Seen, orders_seen

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_OPEN = ("", "/edit", "/hold", "/release", "/cancel", "/note", "/tags", "/file", "/history", "/sourcing", "/payment")
OF_GONE = ("", "/refund", "/return", "/exchange", "/claim", "/withdraw", "/credit", "/money", "/timeline")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def seen(database: Database) -> Seen:
    return await orders_seen(database)


async def tell(database: Database) -> None:
    """What happened is told to who listens."""
    async with database.transaction("acme") as tx:
        await sequence_events(tx)


async def look_at(page: Page, address: str, name: str) -> None:
    """A page is opened: nothing of it is hard to use, and it is as wide as the window."""
    await page.goto(address)
    found = await Axe().run(page, options=AXE)
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == [], name
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide == page.viewport_size["width"], name  # type: ignore[index]
    await keep_picture(page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_every_page_of_an_order_is_fit_for_everybody(
    site: Site, browser: Browser, database: Database, seen: Seen, scheme: str, size: str
) -> None:
    token = await a_person(database)
    await seen.desk.hold(seen.open, note="call first")
    options = {"color_scheme": scheme} | ({"viewport": PHONE} if size == "phone" else {})
    async with looking(browser, site, token, **options) as page:
        for path in OF_OPEN:
            await look_at(page, f"{site.url}{seen.address}{path}", f"order{path.replace('/', '-')}-{size}-{scheme}")
        for path in OF_GONE:
            await look_at(page, f"{site.url}{seen.gone}{path}", f"order-gone{path.replace('/', '-')}-{size}-{scheme}")


async def test_an_order_is_held_and_released_by_keys(
    site: Site, browser: Browser, database: Database, seen: Seen
) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(site.url + seen.address)
        await page.keyboard.press("h")
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("stays promised")
        await dialog.get_by_label("Why").fill("call first")
        await dialog.get_by_role("button", name="Hold the order").click()
        await expect(page.locator(".toast-said")).to_contain_text("is held.")
        await expect(page.locator("#wrong")).to_contain_text("call first")
        await page.locator(".toast-said").get_by_role("link", name="Undo").click()
        await dialog.get_by_role("button", name="Release the hold").click()
        await expect(page.locator(".toast-said")).to_contain_text("goes on.")
        await expect(page.locator("#wrong")).to_have_count(0)
    assert await seen.desk.holds(seen.open) == []


async def test_an_edit_shows_what_it_does_as_it_is_typed(
    site: Site, browser: Browser, database: Database, seen: Seen
) -> None:
    async with looking(browser, site, await a_person(database), viewport=PHONE) as page:
        await page.goto(site.url + seen.address)
        await page.get_by_role("link", name="Edit").click()
        dialog = page.locator("#dialog")
        await expect(dialog.locator(".preview")).to_contain_text("Nothing is changed yet.")
        await dialog.get_by_label(f"Units of {seen.shop.skus[0].code}", exact=True).fill("3")
        await expect(dialog.locator(".preview")).to_contain_text("$19.99 more to pay.")
        await dialog.get_by_role("button", name="Save the edit").dblclick()
        await expect(page.locator(".toast-said")).to_contain_text("$19.99 more to pay.")
    assert (await seen.desk.events(seen.open)).count("order.edited") == 1


async def test_history_stands_beside_the_order_by_one_key(
    site: Site, browser: Browser, database: Database, seen: Seen
) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(site.url + seen.address)
        await page.keyboard.press("b")
        side = page.locator("#dialog.dialog-side")
        await expect(side).to_contain_text("in 2 orders")
        await expect(side.locator("tbody tr")).to_have_count(2)
        box = await side.bounding_box()
        assert box is not None
        assert box["x"] > 900
        await keep_picture(page, "order-history-beside")


async def test_a_colleagues_change_is_announced_and_own_pages_stay_quiet(
    site: Site, browser: Browser, database: Database, seen: Seen
) -> None:
    await tell(database)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(site.url + seen.address)
        bar = page.locator(".news-bar")
        await expect(bar).to_be_hidden()
        await seen.desk.hold(seen.open, note="fraud desk looks at it")
        await tell(database)
        await expect(bar).to_contain_text("1 new change: show")
        await bar.get_by_role("button").click()
        await expect(page.locator("#wrong")).to_contain_text("fraud desk looks at it")
        await expect(page.locator(".news-bar")).to_be_hidden()
        [work] = await seen.desk.fulfillments(seen.open)
        assert (await seen.desk.pick(work.id)).code == "picked"
        await tell(database)
        await expect(bar).to_contain_text("new change")


async def test_the_timeline_changes_in_place(site: Site, browser: Browser, database: Database, seen: Seen) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(site.url + seen.gone)
        timeline = page.locator("#timeline-body")
        await expect(timeline).to_contain_text("Packed")
        await timeline.get_by_role("link", name="Money").click()
        await expect(timeline).not_to_contain_text("Packed")
        await expect(timeline).to_contain_text("Money taken: $59.97 by card")
        assert page.url == site.url + seen.gone


async def test_print_leaves_what_goes_into_the_parcel(
    site: Site, browser: Browser, database: Database, seen: Seen
) -> None:
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(site.url + seen.address)
        await page.emulate_media(media="print")
        for shown in ("#lines", "#ship-to", "h1"):
            await expect(page.locator(shown)).to_be_visible()
        for hidden in ("#timeline", "#money", "#contact", ".head-actions", ".nav-side"):
            await expect(page.locator(hidden)).to_be_hidden()
        await keep_picture(page, "order-print")

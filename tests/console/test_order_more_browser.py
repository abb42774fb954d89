"""Moving units, exchanging, claiming and the shopper's link in a browser: on a desk and a phone, in both themes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orderwright.platform.db import Database
from tests.console.test_order_page import look_at
from tests.helpers.console import DESKTOP, PHONE, Site, a_browser, a_person, a_site, keep_picture, looking
from tests.helpers.orders_seen import Seen, orders_seen


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database, portal=True) as started:
        yield started


@pytest_asyncio.fixture
async def seen(database: Database) -> Seen:
    found = await orders_seen(database)
    await found.desk.receive(found.shop.skus[0], found.shop.locations[1], 5)
    return found


async def chosen(page: Page, name: str) -> None:
    """Choose an action of the menu."""
    await page.get_by_text("More", exact=True).click()
    await page.get_by_role("link", name=name, exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_pages_are_fit_for_everybody(
    site: Site, browser: Browser, database: Database, seen: Seen, scheme: str, size: dict[str, int]
) -> None:
    token = await a_person(database)
    async with looking(browser, site, token, color_scheme=scheme, viewport=size) as page:
        for path in ("/move", "/link", "/link/withdraw"):
            await look_at(
                page, f"{site.url}{seen.address}{path}", f"order{path.replace('/', '-')}-{size['width']}-{scheme}"
            )
        for path in ("/exchange", "/claim"):
            await look_at(page, f"{site.url}{seen.gone}{path}", f"order-more-{path[1:]}-{size['width']}-{scheme}")
        await page.get_by_label("Units of").first.fill("1")
        await page.get_by_label("Units of").last.fill("1")
        await page.get_by_role("button", name="Open the claim").click()
        await page.wait_for_url("**/claims/clm_*")
        await look_at(page, page.url, f"order-claim-decision-{size['width']}-{scheme}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_a_line_is_split_with_a_preview_of_what_it_comes_to(
    site: Site, browser: Browser, database: Database, seen: Seen, size: dict[str, int]
) -> None:
    async with looking(browser, site, await a_person(database), viewport=size) as page:
        await page.goto(site.url + seen.address)
        await chosen(page, "Move to another location")
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Units of").first.fill("1")
        await dialog.get_by_label("Leave from").select_option(seen.shop.locations[1].code)
        await expect(dialog.locator(".preview")).to_contain_text("2 places send it, 1 did")
        await keep_picture(page, f"order-move-preview-{size['width']}")
        await dialog.get_by_role("button", name="Move these units").click()
        await expect(page.locator(".toast-said")).to_contain_text("1 unit to leave from")
        await expect(page.locator("#work .work")).to_have_count(2)
        await expect(page.locator("#timeline")).to_contain_text("1 unit to leave from")
    assert await seen.desk.states(seen.open) == ["released", "open"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_goods_of_two_lines_are_exchanged_and_the_rest_is_paid(
    site: Site, browser: Browser, database: Database, seen: Seen, size: dict[str, int]
) -> None:
    one, two = seen.shop.skus
    async with looking(browser, site, await a_person(database), viewport=size) as page:
        await page.goto(site.url + seen.gone)
        await chosen(page, "Exchange")
        dialog = page.locator("#dialog")
        for n, other in ((0, two), (1, one)):
            await dialog.get_by_label("that come back").nth(n).fill("1")
            await dialog.get_by_label("SKU instead of").nth(n).press_sequentially(other.code)
        await expect(dialog.locator(f'#skus option[value="{one.code}"]')).to_have_count(1)
        await dialog.get_by_label("that go instead of").first.fill("2")
        await expect(dialog.locator(".preview")).to_contain_text("$19.99")
        await dialog.get_by_label("How the difference is paid").select_option("cash")
        await keep_picture(page, f"order-exchange-preview-{size['width']}")
        await dialog.get_by_role("button", name="Make the exchange").click()
        await expect(page.locator(".toast-said")).to_contain_text("exchanged by order")
    assert await seen.desk.value("SELECT count(*) FROM exchange") == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_shoppers_link_is_made_and_copied(
    site: Site, browser: Browser, database: Database, seen: Seen, size: dict[str, int]
) -> None:
    token = await a_person(database)
    async with looking(browser, site, token, viewport=size, permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.goto(site.url + seen.address)
        await chosen(page, "Make the shopper's link")
        dialog = page.locator("#dialog")
        await dialog.get_by_role("button", name="Make the link").click()
        await dialog.get_by_role("button", name="Copy the link").click()
        await expect(dialog.locator("#copied")).to_have_text("Copied.")
        link = await page.evaluate("navigator.clipboard.readText()")
        assert link == await dialog.get_by_label("Link to").input_value()
        await keep_picture(page, f"order-link-{size['width']}")
    assert link.startswith(f"{site.url}/p/acme/link/")
    async with looking(browser, site, None, viewport=size) as page:
        answer = await page.goto(link)
        assert answer is not None
        assert answer.status == 200
        number = await seen.desk.value("SELECT number FROM orders WHERE id = $1", seen.open)
        await expect(page.locator("main")).to_contain_text(str(number))
        assert link not in page.url

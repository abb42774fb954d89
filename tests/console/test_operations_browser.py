"""Operations and settings in a real browser: triage by keys, bulk retry, a form that says what it does, on a desktop
and a phone; every page without serious finding of axe in both themes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.inventory import ReceiveStock
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import a_context

ACME = "/m/acme"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    context = a_context()
    async with database.transaction("acme") as tx:
        made = await a_shop(tx, context, locations=2, skus=2, channel={"name": "Web shop"})
        stock = [
            ReceiveStock(sku=sku.code, location=place.code, quantity=50)
            for sku, place in zip(made.skus, made.locations, strict=True)
        ]
        await receive_stock(tx, context, stock)
    return made


async def work(database: Database, shop: Shop) -> list[UUID]:
    """Three held orders, one that was split, one whose settling was given up, and one refused."""
    context = a_context()
    async with database.transaction("acme") as tx:
        sent = [an_order(shop.channel.code, [(shop.skus[0].code, 1), (shop.skus[1].code, 1)]) for _ in range(4)]
        ids = [o.order_id for o in await place_orders(tx, context, sent)]
        made = [i for i in ids if i is not None]
        await verify_orders(tx, context, made)
        await source_orders(tx, context, made[3:])
        await hold_orders(tx, context, [HoldOrder(order_id=i, note="call first") for i in made[:3]])
        await place_orders(tx, context, [an_order("nowhere", [(shop.skus[0].code, 1)])])
        await tx.execute(
            "INSERT INTO work (stage, subject_id, attempts, set_aside_at, error)"
            " VALUES ('settle', $1, 8, now(), 'TimeoutError')"
            " ON CONFLICT (stage, subject_id) DO UPDATE SET attempts = 8, set_aside_at = now(), error = 'TimeoutError'",
            made[3],
        )
    return made


async def test_holds_are_gone_through_by_keys(browser: Browser, site: Site, database: Database, shop: Shop) -> None:
    await work(database, shop)
    token = await a_person(database, "operations")
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}{ACME}/operations/holds")
        await expect(page.locator("[data-rows] tr")).to_have_count(3)
        await page.keyboard.press("t")
        await expect(page.locator(".head-sub")).to_contain_text("3 holds left")
        first = await page.locator("h1").inner_text()
        await page.keyboard.press("n")
        await expect(page.locator("h1")).not_to_have_text(first)
        await page.keyboard.press("b")
        await expect(page.locator("h1")).to_have_text(first)
        await page.keyboard.press("r")
        await expect(page.locator("#toasts")).to_contain_text("Released: manual")
        await expect(page.locator(".head-sub")).to_contain_text("2 holds left")
        await page.keyboard.press("c")
        await expect(page.locator("#dialog")).to_contain_text("Charged less")
        await page.get_by_role("button", name="Cancel the order").click()
        await expect(page.locator("#toasts")).to_contain_text("The order was cancelled")
        await expect(page.locator(".head-sub")).to_contain_text("1 hold left")
        await page.keyboard.press("e")
        await expect(page.locator("#dialog #f-city")).to_have_value("Springfield")
        await page.locator("#dialog #f-line1").fill("2 Oak St")
        await expect(page.locator("#dialog .preview")).to_contain_text("is checked again")
        await page.get_by_role("button", name="Change the address").click()
        await expect(page.locator("#ship")).to_contain_text("2 Oak St")
        await keep_picture(page, "operations-hold")


async def test_what_is_selected_is_retried_with_a_result_each(
    browser: Browser, site: Site, database: Database, shop: Shop
) -> None:
    await work(database, shop)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}{ACME}/operations/failed")
        await page.locator("[data-rows] .pick input").first.check()
        await expect(page.locator(".bulk")).to_contain_text("1 selected")
        await page.get_by_role("link", name="Retry what is selected").click()
        await expect(page.locator("#dialog")).to_contain_text("1 of 1 put back to work")
        await page.get_by_role("link", name="Show what is left").click()
        await expect(page.locator("main")).to_contain_text("No worker has given anything up")


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
async def test_a_setting_says_what_it_will_do_before_it_is_saved(
    browser: Browser, site: Site, database: Database, shop: Shop, viewport: dict[str, int] | None
) -> None:
    options = {} if viewport is None else {"viewport": viewport}
    async with looking(browser, site, await a_person(database), **options) as page:
        await page.goto(f"{site.url}{ACME}/settings/channels")
        await page.locator("a.open").click()
        await page.locator("#f-buffer").fill("7")
        await expect(page.locator(".preview")).to_contain_text("the channel can promise 7 units fewer")
        await page.locator("#f-buffer").fill("many")
        await page.get_by_role("button", name="Save the channel").click()
        await expect(page.locator("#e-buffer")).to_have_text("Write a whole number.")
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser notes the 422
        await page.locator("#f-buffer").fill("7")
        await page.get_by_role("button", name="Save the channel").click()
        await expect(page.locator("#toasts")).to_contain_text("was changed")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def serious(page: Page) -> list[str]:
    """What axe finds that is serious."""
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_serious(
    browser: Browser, site: Site, database: Database, shop: Shop, theme: str
) -> None:
    ids = await work(database, shop)
    held, split = encode_id("ord", ids[0]), encode_id("ord", ids[3])
    channel, place = shop.channel.code, shop.locations[0].code
    found = {}
    async with looking(browser, site, await a_person(database), color_scheme=theme) as page:
        for path in (
            "/operations", "/operations/stuck", "/operations/holds", f"/operations/holds/{held}", "/operations/failed",
            f"/operations/holds/{held}/address", f"/operations/holds/{held}/cancel", "/operations/sourcing",
            f"/operations/sourcing/{split}", "/operations/refused", "/operations/pace", "/settings",
            "/settings/channels", f"/settings/channels/edit?code={channel}", "/settings/locations",
            f"/settings/locations/edit?code={place}", f"/settings/channels/history?code={channel}",
            "/settings/skus/import", "/settings/return-policies/new", "/settings/tax-rates/new", "/settings/people",
            "/settings/people/new", "/settings/roles", "/settings/roles/edit?like=warehouse", "/settings/keys",
            "/settings/keys/new", "/audit", "/approvals",
        ):  # fmt: skip
            await page.goto(f"{site.url}{ACME}{path}")
            if wrong := await serious(page):
                found[path] = wrong
            name = (
                path.split("?", maxsplit=1)[0].strip("/").replace(held, "one").replace(split, "one").replace("/", "-")
            )
            await keep_picture(page, f"{name}-{theme}")
    assert found == {}

"""The first page: for each role the numbers that matter to it, each a link to the list behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.flows.place_orders import place_orders
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.screens import csrf_token
from tests.builders.catalog import a_shop
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def three_orders_one_held(database: Database, ctx: MakeContext) -> None:
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        sent = [an_order(shop.channel.code, [(shop.skus[0].code, 1)]) for _ in range(3)]
        [first, *_] = await place_orders(tx, context, sent)
        assert first.order_id is not None
        await hold_orders(tx, context, [HoldOrder(order_id=first.order_id, type="manual", blocks=["ship"])])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_each_number_leads_to_the_list_behind_it(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, scheme: str
) -> None:
    await three_orders_one_held(database, ctx)
    token = await a_person(database)
    for size, name in ((None, "desk"), (PHONE, "phone")):
        options = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            await page.goto(f"{site.url}/m/acme/")
            held = page.get_by_role("link", name="Held")
            await expect(held.locator(".tile-figure")).to_have_text("1")
            assert await held.get_attribute("href") == "/m/acme/orders?held=true"
            today = page.get_by_role("link", name="Placed today")
            await expect(today.locator(".tile-figure")).to_have_text("3")
            await expect(page.locator("#counts-chart canvas")).to_be_visible()
            found = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
            assert await page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
            await keep_picture(page, f"home-{name}-{scheme}")
            await held.click()
            await expect(page.locator("[data-rows] tr")).to_have_count(1)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("care_agent", ["Held", "Late", "Open claims"], ["What went through"]),
        ("warehouse", ["Work at Location", "To pick"], ["Open claims", "What went through"]),
        ("planner", ["Promised too much", "Waited for"], ["What went through"]),
        ("finance", ["Refused payments"], ["What went through"]),
        ("operations", ["Held", "What went through"], []),
        ("read_only", ["Held", "What went through"], []),
    ],
)
async def test_each_role_sees_what_is_its_own(
    site: Site, database: Database, ctx: MakeContext, role: str, shown: list[str], hidden: list[str]
) -> None:
    await three_orders_one_held(database, ctx)
    async with a_client(site, await a_person(database, role)) as client:
        answer = await client.get("/m/acme/")
        assert answer.status_code == 200
        assert [word for word in shown if word not in answer.text] == []
        assert [word for word in hidden if word in answer.text] == []


async def test_the_start_leads_to_the_merchant_of_whoever_comes(site: Site, database: Database) -> None:
    async with a_client(site, await a_person(database, merchant="bolt")) as client:
        answer = await client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/m/bolt/")
    async with a_client(site, None) as client:
        assert (await client.get("/")).headers["location"] == "/sign-in?next=/"


@pytest.mark.parametrize("phone", [False, True])
async def test_somebody_arranges_their_first_page_by_keys_and_by_touch(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, phone: bool
) -> None:
    await three_orders_one_held(database, ctx)
    token, other = await a_person(database), await a_person(database)
    options = {"viewport": PHONE, "has_touch": True} if phone else {}
    async with looking(browser, site, token, **options) as page:

        async def press(name: str) -> None:
            button = page.get_by_role("button", name=name, exact=True)
            if phone:
                await button.tap()
            else:
                await button.press("Enter")

        await page.goto(f"{site.url}/m/acme/")
        await page.get_by_role("link", name="Arrange").click()
        found = await Axe().run(page, options=AXE)
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
        await keep_picture(page, f"home-arrange-{'phone' if phone else 'desk'}")
        # when a tile goes up, a group goes down, and one of each is left out
        await press("Move Late up")
        await expect(page.get_by_role("button", name="Move Late up", exact=True)).to_be_disabled()
        await expect(page.get_by_role("button", name="Move Late down", exact=True)).to_be_focused()
        await press("Move Orders down")
        await expect(page.get_by_role("button", name="Move Orders down", exact=True)).to_be_focused()
        await press("Leave out Open returns")
        await expect(page.get_by_role("button", name="Show Open returns", exact=True)).to_be_focused()
        await press("Leave out Stock")
        await expect(page.get_by_role("button", name="Show Stock", exact=True)).to_be_visible()
    # then it is so on another device, and for nobody else
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}/m/acme/")
        orders = page.locator(".home-group", has=page.get_by_role("heading", name="Orders"))
        await expect(orders.locator(".state").first).to_have_text("Late")
        await expect(page.get_by_role("heading", name="Stock")).to_have_count(0)
        await expect(orders.get_by_role("link", name="Open returns")).to_have_count(0)
        headings = await page.locator(".home-group h2").all_text_contents()
        assert headings.index("Messages") < headings.index("Orders")
    async with a_client(site, other) as client:
        assert "Open returns" in (await client.get("/m/acme/")).text
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}/m/acme/home/arrange")
        await page.get_by_role("button", name="All as it was").click()
        await expect(page.get_by_role("link", name="Open returns")).to_be_visible()
        await expect(page.locator(".home-group .state").first).to_be_visible()


async def test_what_is_not_on_the_page_cannot_be_moved(site: Site, database: Database) -> None:
    token = await a_person(database)
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        for wrong in ("up:nothing", "burn:orders", "", "up:"):
            form = {"_csrf": csrf_token(person.csrf_key), "do": wrong}
            assert (await client.post("/m/acme/home/arrange", data=form)).status_code == 404

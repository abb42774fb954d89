"""Stock in the browser: the grid and its filters, a SKU's card, and what can be done to it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.api import call_inside
from orderwright.catalog import UpsertSku, upsert_skus
from orderwright.console import words_stock
from orderwright.flows.expect_supply import expect_supply
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ExpectSupply, ReceiveStock
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.screens import csrf_token
from tests.builders.catalog import Shop, a_shop, accepted
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import a_context

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    """Two locations, three SKUs: ten of each at the first, four of the first at the second; the second is owed."""
    context = a_context()
    async with database.transaction("acme") as tx:
        made = await a_shop(tx, context, locations=2, skus=3)
        here, there = (place.code for place in made.locations)
        goods = [ReceiveStock(sku=sku.code, location=here, quantity=10) for sku in made.skus]
        await receive_stock(tx, context, [*goods, ReceiveStock(sku=made.skus[0].code, location=there, quantity=4)])
        due = utc_now().date() + timedelta(days=9)
        supply = ExpectSupply(sku=made.skus[0].code, pool=made.pool_code, quantity=50, due_on=due, reference="PO-7")
        await expect_supply(tx, context, [supply])
        await place_orders(tx, context, [an_order(made.channel.code, [(made.skus[1].code, 12)])])
    return made


async def test_the_grid_is_filtered_and_leads_to_the_card(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    async with looking(browser, site, await a_person(database, "planner")) as page:
        await page.goto(f"{site.url}/m/acme/stock")
        await expect(page.locator("tbody tr")).to_have_count(4)
        await expect(page.locator(".trend svg")).to_have_count(4)
        await page.get_by_role("link", name="Waited for").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page.locator("tbody tr")).to_contain_text(["Out"])
        await page.get_by_role("link", name="All", exact=True).click()
        await page.get_by_placeholder("SKU, name or GTIN").fill(shop.skus[0].name)
        await page.get_by_label("Location").select_option(shop.locations[1].code)
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("link", name=shop.skus[0].code).click()
        await expect(page.locator("h1")).to_have_text(shop.skus[0].name)
        await expect(page.locator("#coming")).to_contain_text("PO-7")
        await expect(page.locator("#moved tbody tr")).to_have_count(2)


async def test_goods_are_received_with_a_preview(site: Site, browser: Browser, database: Database, shop: Shop) -> None:
    sku = shop.skus[1].code
    async with looking(browser, site, await a_person(database, "planner")) as page:
        await page.goto(f"{site.url}/m/acme/stock/{sku}")
        await expect(page.locator("#waits")).to_contain_text("2")
        await page.get_by_role("link", name="Receive goods").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Location").select_option(shop.locations[0].code)
        await dialog.get_by_label("Units").fill("30")
        await expect(dialog.locator(".effects")).to_contain_text("30 more available")
        await expect(dialog.locator(".effects")).to_contain_text("those who wait are served first")
        await dialog.get_by_role("button", name="Receive goods").click()
        await expect(page.locator(".toast-said")).to_contain_text("Received: 30")
        await expect(page.locator("#where tbody tr").first).to_contain_text("40")


async def test_stock_is_adjusted_with_a_preview_and_a_reason(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    sku = shop.skus[2].code
    async with looking(browser, site, await a_person(database, "administrator")) as page:
        await page.goto(f"{site.url}/m/acme/stock/{sku}")
        await page.get_by_role("link", name="Adjust stock").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Location").select_option(shop.locations[0].code)
        await dialog.get_by_label("Why").select_option("damage")
        await dialog.get_by_label("Units more or fewer").fill("-100")
        await dialog.get_by_role("button", name="Adjust stock").click()
        await expect(dialog).to_contain_text("Fewer units are there than you take away. Count again.")
        await dialog.get_by_label("Units more or fewer").fill("-3")
        await expect(dialog.locator(".effects")).to_contain_text("10 now, 7 then")
        await dialog.get_by_role("button", name="Adjust stock").click()
        await expect(page.locator(".toast-said")).to_contain_text("Adjusted: -3")
        await expect(page.locator("#moved tbody tr").first).to_contain_text("lost")
        page.complaints.clear()  # type: ignore[attr-defined]  # the 422 of the form


async def test_supply_is_expected_moved_and_called_off(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    sku = shop.skus[0].code
    async with looking(browser, site, await a_person(database, "planner")) as page:
        await page.goto(f"{site.url}/m/acme/stock/{sku}")
        await page.locator("#coming").get_by_role("link", name="Change").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Units still to come").fill("0")
        await expect(dialog.locator(".effects")).to_contain_text("50 now, 0 then")
        await dialog.get_by_role("button", name="Change what is expected").click()
        await expect(page.locator("#coming")).to_contain_text("Nothing is expected.")
        await page.get_by_role("link", name="Expect supply").click()
        await dialog.get_by_label("Pool").select_option(shop.pool_code)
        await dialog.get_by_label("Units").fill("8")
        await dialog.get_by_label("Due on").fill((utc_now().date() + timedelta(days=3)).isoformat())
        await dialog.get_by_role("button", name="Expect supply").click()
        await expect(page.locator("#coming")).to_contain_text("8 to")


async def test_a_form_that_is_sent_twice_receives_once(site: Site, database: Database, shop: Shop) -> None:
    token = await a_person(database, "planner")
    person = await site.app.state.sessions.signed_in(token)
    body = {
        "_csrf": csrf_token(person.csrf_key), "_key": "once", "sku": shop.skus[2].code,
        "location": shop.locations[0].code, "quantity": "5",
    }  # fmt: skip
    async with a_client(site, token) as client:
        answers = [await client.post("/m/acme/stock-receive", data=body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        shown = await client.get("/m/acme/stock.csv", params={"text": shop.skus[2].code})
    [row] = csv.DictReader(io.StringIO(shown.text))
    assert row["available"] == "15"


async def test_the_file_holds_no_formula_and_odd_codes_have_a_card(site: Site, database: Database, shop: Shop) -> None:
    odd = "A/B 1"
    async with database.transaction("acme") as tx:
        accepted(await upsert_skus(tx, a_context(), [UpsertSku(code=odd, name="=1+1")]))
        await receive_stock(tx, a_context(), [ReceiveStock(sku=odd, location=shop.locations[0].code, quantity=1)])
    async with a_client(site, await a_person(database, "planner")) as client:
        rows = list(csv.DictReader(io.StringIO((await client.get("/m/acme/stock.csv")).text)))
        assert [row["name"] for row in rows if row["sku"] == odd] == ["'=1+1"]
        listed = (await client.get("/m/acme/stock")).text
        assert 'href="/m/acme/stock/_?sku=A/B%201"' in listed
        assert (await client.get("/m/acme/stock/_?sku=A/B%201")).status_code == 200
        assert (await client.get("/m/acme/stock/NONE")).status_code == 404


async def test_who_may_only_read_is_offered_nothing_and_refused(site: Site, database: Database, shop: Shop) -> None:
    token = await a_person(database, "warehouse", location_ids=[shop.locations[1].id])
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        rows = list(csv.DictReader(io.StringIO((await client.get("/m/acme/stock.csv")).text)))
        assert [(row["sku"], row["location"]) for row in rows] == [(shop.skus[0].code, shop.locations[1].code)]
        assert "Adjust stock" not in (await client.get(f"/m/acme/stock/{shop.skus[0].code}")).text
        body = {"_csrf": csrf_token(person.csrf_key), "_key": "one"}
        assert (await client.post("/m/acme/stock-adjust", data=body)).status_code == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_stock_is_for_everybody_on_a_desk_and_a_phone(
    site: Site, browser: Browser, database: Database, shop: Shop, scheme: str
) -> None:
    token = await a_person(database, "planner")
    for size in (None, PHONE):
        options = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            for name, path in (
                ("list", "/stock"), ("card", f"/stock/{shop.skus[0].code}"),
                ("adjust", f"/stock-adjust?sku={shop.skus[0].code}"), ("receive", "/stock-receive"),
            ):  # fmt: skip
                await page.goto(f"{site.url}/m/acme{path}")
                if name == "list":
                    await expect(page.locator(".trend svg")).to_have_count(4)
                found = await Axe().run(page, options=AXE)
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == [], name
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide == page.viewport_size["width"], name  # type: ignore[index]
                await keep_picture(page, f"stock-{name}-{'desk' if size is None else 'phone'}-{scheme}")


def test_stock_in_words() -> None:
    assert words_stock.kind("receipt") == "Received"
    assert words_stock.kind("return_scrap") == "Return scrap"
    assert words_stock.place(None, "loss") == "lost"
    assert words_stock.place("DC", "in_transit") == "DC, in transit"
    assert words_stock.who("user:a", "user:a") == "you"
    assert [words_stock.who(actor, "x") for actor in ("user:b", "key:k1", "pump:source")] == [
        "a colleague", "the key k1", "by itself",
    ]  # fmt: skip
    assert words_stock.line([0, 10]) == "0.0,22.0 100.0,2.0"
    assert words_stock.trend_says([4, 9, 7]) == "7 available now, 4 at the beginning; most 9, least 4"


async def test_what_is_above_a_limit_is_asked_for(site: Site, browser: Browser, database: Database, shop: Shop) -> None:
    token = await a_person(database, "administrator")
    planner = await a_person(database, "planner")
    person = await site.app.state.sessions.signed_in(token)
    limits = {"role": "planner", "limits": {"adjust_max_units": 2}}
    said = await call_inside(site.app.state, person.context("acme"), "set_limit", body=limits, key="limit")
    assert said.ok, said.problem
    async with looking(browser, site, planner) as page:
        await page.goto(f"{site.url}/m/acme/stock-adjust?sku={shop.skus[2].code}&location={shop.locations[0].code}")
        await page.get_by_label("Units more or fewer").fill("-3")
        await page.get_by_label("Why").select_option("theft")
        await page.get_by_role("button", name="Adjust stock").click()
        await expect(page.locator(".form-errors")).to_contain_text("more than you may correct without approval")
        await page.get_by_label("Ask for approval").check()
        await page.get_by_role("button", name="Adjust stock").click()
        await expect(page.locator(".toast-said")).to_contain_text("Asked for approval. Nothing moved yet.")
        await expect(page.locator("#where tbody tr").first).to_contain_text("10")
        page.complaints.clear()  # type: ignore[attr-defined]  # the 422 of what was above the limit

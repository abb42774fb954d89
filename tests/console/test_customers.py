"""Customers in the browser: found by what was typed, seen whole, erased."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.console.customers import understood
from orderwright.customers import index_contact_words
from orderwright.flows.place_orders import place_orders
from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from orderwright.screens import csrf_token
from tests.builders.catalog import a_shop
from tests.builders.customers import placed
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext

ADA = Person(name="Ada Lovelace", email="ada@example.com", phone="+44 20 7946 0000")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def ada(database: Database, ctx: MakeContext, orders: int = 3) -> str:
    """Ada's id, who placed some orders; somebody else placed one."""
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        bought = [(shop.skus[0].code, 1)]
        sent = [an_order(shop.channel.code, bought, customer=ADA) for _ in range(orders)]
        made = await place_orders(
            tx, context, [*sent, an_order(shop.channel.code, bought, customer=Person(name="Bob"))]
        )
        ids = [o.order_id for o in made if o.order_id is not None]
        await index_contact_words(tx, context, placed(*ids))
        row = await tx.fetch("SELECT customer_id FROM orders WHERE id = $1", ids[0])
        return encode_id("cus", row[0]["customer_id"])


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        (" ada@example.com", {"email": "ada@example.com"}),
        ("(020) 7946 0000", {"phone": "(020) 7946 0000"}),
        ("lovelace ada", {"name": "lovelace ada"}),
        ("7 Up", {"name": "7 Up"}),
    ],
)
def test_what_was_typed_is_understood(typed: str, filters: dict[str, str]) -> None:
    assert understood(typed) == filters


@pytest.mark.parametrize("typed", ["ada@example.com", "020 7946 0000", "lovelace"])
async def test_somebody_is_found_by_what_was_typed_which_stands_in_no_address(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, typed: str
) -> None:
    await ada(database, ctx)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/customers")
        await page.get_by_placeholder("E-mail address, telephone number or name").fill(typed)
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_contain_text(["Ada Lovelace"])
        assert page.url == f"{site.url}/m/acme/customers"
        await page.get_by_role("link", name="Ada Lovelace").click()
        await expect(page.locator("h1")).to_have_text("Ada Lovelace")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_customer_is_seen_whole_on_a_desk_and_a_phone(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, scheme: str
) -> None:
    customer = await ada(database, ctx)
    token = await a_person(database)
    for size, name in ((None, "desk"), (PHONE, "phone")):
        options = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            for path in ("", f"/{customer}", f"/{customer}/orders", f"/{customer}/erase"):
                await page.goto(f"{site.url}/m/acme/customers{path}")
                found = await Axe().run(page, options=AXE)
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide == page.viewport_size["width"]  # type: ignore[index]
                await keep_picture(page, f"customers{path.replace(customer, 'one').replace('/', '-')}-{name}-{scheme}")
            await page.goto(f"{site.url}/m/acme/customers/{customer}")
            await expect(page.locator("#bought")).to_contain_text("$59.97")
            await expect(page.locator("#orders tbody tr")).to_have_count(3)
            await expect(page.locator("#contacts")).to_contain_text("ada@example.com")


async def test_erasing_says_what_it_does_and_is_meant(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    customer = await ada(database, ctx)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/customers/{customer}")
        await page.locator("summary", has_text="More").click()
        await page.get_by_role("link", name="Erase their data").click()
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("Orders (3)")
        await dialog.get_by_role("button", name="Erase their data").click()
        await expect(dialog).to_contain_text("Tick this: it cannot be undone.")
        await dialog.get_by_label("I know that this cannot be undone").check()
        await dialog.get_by_role("button", name="Erase their data").click()
        await expect(page.locator("h1")).to_have_text("Erased customer")
        await expect(page.locator(".toast-said")).to_contain_text("Orders, stock and money stay")
        assert "ada@example.com" not in await page.content()
        page.complaints.clear()  # type: ignore[attr-defined]  # the 422 of the form that was not ticked


async def test_all_that_is_kept_is_a_file(site: Site, database: Database, ctx: MakeContext) -> None:
    customer = await ada(database, ctx)
    async with a_client(site, await a_person(database)) as client:
        answer = await client.get(f"/m/acme/customers/{customer}/data.json")
        assert answer.headers["content-disposition"] == f'attachment; filename="{customer}.json"'
        assert len(msgspec.json.decode(answer.content)["orders"]) == 3
        statement = await client.get(f"/m/acme/customers/{customer}/statement.pdf")
        assert statement.status_code == 404
        assert "No company invoices this customer&#39;s orders" in statement.text
        assert (await client.get("/m/acme/customers/cus_nobody")).status_code == 400


async def test_who_may_not_erase_is_not_offered_it_and_is_refused(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    customer = await ada(database, ctx)
    token = await a_person(database, "care_agent")
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        shown = await client.get(f"/m/acme/customers/{customer}")
        assert shown.status_code == 200
        assert "Erase their data" not in shown.text
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "one", "sure": "true"}
        refused = await client.post(f"/m/acme/customers/{customer}/erase", data=form)
        assert refused.status_code == 403

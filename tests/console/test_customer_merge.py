"""Customers in the browser: who may be the same person, merging them, notes on them, and what they consent to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

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

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PHONE_NUMBER = "+44 20 7946 0000"


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def twice_ada(database: Database, ctx: MakeContext) -> tuple[str, str, str]:
    """Ada under two e-mail addresses with one telephone number, and an order of the first."""
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context)
        bought = [(shop.skus[0].code, 1)]
        people = [Person(name="Ada Lovelace", email=f"{who}@example.com", phone=PHONE_NUMBER) for who in ("ada", "al")]
        people.append(Person(name="Bob Builder", email="bob@example.com", phone="+44 20 7946 0999"))
        made = await place_orders(tx, context, [an_order(shop.channel.code, bought, customer=who) for who in people])
        ids = [o.order_id for o in made if o.order_id is not None]
        await index_contact_words(tx, context, placed(*ids))
        rows = await tx.fetch("SELECT id, customer_id FROM orders ORDER BY id")
    found = {row["id"]: encode_id("cus", row["customer_id"]) for row in rows}
    return found[ids[0]], found[ids[1]], encode_id("ord", ids[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_who_may_be_the_same_is_seen_on_a_desk_and_a_phone(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, scheme: str
) -> None:
    one, other, _ = await twice_ada(database, ctx)
    token = await a_person(database)
    for size, name in ((None, "desk"), (PHONE, "phone")):
        options = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            for path, kept in (
                ("", "whole"), ("/same", "same"), (f"/merge/{other}", "merge"), ("/note", "note"),
                ("/consent/marketing_email", "consent"),
            ):  # fmt: skip
                await page.goto(f"{site.url}/m/acme/customers/{one}{path}")
                found = await Axe().run(page, options=AXE)
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide == page.viewport_size["width"]  # type: ignore[index]
                await keep_picture(page, f"customer-merge-{kept}-{name}-{scheme}")


async def test_two_who_are_one_are_merged(site: Site, browser: Browser, database: Database, ctx: MakeContext) -> None:
    one, other, _ = await twice_ada(database, ctx)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/customers/{one}")
        await page.get_by_role("link", name="1 other customer").click()
        await expect(page.locator("#same tbody tr")).to_have_count(1)
        await expect(page.locator("#same tbody tr")).to_contain_text("telephone number")
        await page.get_by_role("link", name="Compare and merge").click()
        await expect(page.locator("#kept")).to_contain_text("ada@example.com")
        await expect(page.locator("#merged")).to_contain_text("al@example.com")
        await page.get_by_role("link", name="Keep the other one instead").click()
        await expect(page.locator("#kept")).to_contain_text("al@example.com")
        await expect(page.locator(".effects")).to_contain_text("there is none: nothing takes them apart again")
        await page.get_by_role("button", name="Merge the customers").click()
        await expect(page.get_by_role("alert")).to_contain_text("Tick this: it cannot be undone.")
        await page.get_by_label("They are the same person").check()
        await page.get_by_role("button", name="Merge the customers").click()
        await expect(page.locator(".toast-said")).to_contain_text("Merged.")
        await expect(page.locator("#orders tbody tr")).to_have_count(2)
        await page.goto(f"{site.url}/m/acme/customers/{one}")
        assert page.url == f"{site.url}/m/acme/customers/{other}"
        page.complaints.clear()  # type: ignore[attr-defined]  # the 422 of the form that was not ticked


async def test_a_note_is_written_pinned_seen_at_the_order_and_removed(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    one, _, order = await twice_ada(database, ctx)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/customers/{one}")
        await page.get_by_role("link", name="Add a note").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Note").fill("Calls after six.")
        await dialog.get_by_label("Keep it on top").check()
        await dialog.get_by_role("button", name="Add the note").click()
        await expect(page.locator("#notes .note")).to_contain_text("Calls after six.")
        await page.goto(f"{site.url}/m/acme/orders/{order}")
        await expect(page.locator("#customer-notes")).to_contain_text("1 note")
        await expect(page.locator("#customer-notes")).to_contain_text("Calls after six.")
        await page.goto(f"{site.url}/m/acme/customers/{one}")
        await page.locator("#notes").get_by_role("link", name="Change").click()
        await dialog.get_by_label("Note").fill("Calls after seven.")
        await dialog.get_by_role("button", name="Save the note").click()
        await expect(page.locator("#notes .note")).to_contain_text("Calls after seven.")
        await page.locator("#notes").get_by_role("link", name="Remove").click()
        await dialog.get_by_role("button", name="Remove the note").click()
        await expect(page.locator("#notes")).to_contain_text("Nobody wrote anything about them.")


async def test_consent_is_kept_with_how_it_was_said(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    one, _, _ = await twice_ada(database, ctx)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/customers/{one}")
        await expect(page.locator("#consent")).to_contain_text("Never asked")
        await page.get_by_role("link", name="Change: Marketing by e-mail").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("What they said").select_option("given")
        await dialog.get_by_label("How they said it").fill("told us on the phone")
        await dialog.get_by_role("button", name="Keep what they said").click()
        await expect(page.locator("#consent")).to_contain_text("Consented")
        await page.locator("#consent summary").click()
        await expect(page.locator("#consent details")).to_contain_text("told us on the phone")


async def test_who_may_not_merge_is_not_offered_it_and_is_refused(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    one, other, _ = await twice_ada(database, ctx)
    token = await a_person(database, "care_agent")
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        shown = await client.get(f"/m/acme/customers/{one}/same")
        assert shown.status_code == 200
        assert "Compare and merge" not in shown.text
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "one", "sure": "true"}
        answer = await client.post(f"/m/acme/customers/{one}/merge/{other}", data=form)
        assert answer.status_code == 403

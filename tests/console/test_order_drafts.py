"""Draft orders on the screens: kept while they are typed, opened again, placed once, deleted and had back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.platform.db import Database
from tests.console.test_order_entry import a_stocked_shop
from tests.console.test_order_list import AXE, form_of
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def test_what_is_typed_is_kept_opened_again_and_placed(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    shop = await a_stocked_shop(database, ctx)
    token = await a_person(database)
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}/m/acme/orders/new")
        await page.get_by_label("Channel").select_option(label="Telephone")
        await page.locator("[name='lines.0.sku']").fill(shop.skus[0].code)
        await page.locator("[name='lines.0.price']").fill("5.50")
        await page.get_by_label("Name").fill("Grace Hopper")
        await page.get_by_label("Country").fill("US")
        await expect(page.locator(".entry-kept")).to_contain_text("Saved ")
        await keep_picture(page, "orders-draft-saved")
        await page.get_by_role("button", name="Save as a draft").click()
        await page.wait_for_url("**/m/acme/orders/drafts")
        row = page.get_by_role("row").filter(has_text="Grace Hopper")
        await expect(row).to_contain_text("$5.50")
        await keep_picture(page, "orders-drafts")
        await page.get_by_role("link", name="Grace Hopper").click()
        await expect(page.locator("[name='lines.0.price']")).to_have_value("5.50")
        await expect(page.locator("[name='country']")).to_have_value("US")
        await page.get_by_role("button", name="Place the order").click()
        await page.wait_for_url("**/m/acme/orders/ord_*")
    async with database.transaction("acme", read_only=True) as tx:
        rows = await tx.fetch("SELECT o.id, d.order_id, d.body::text AS body FROM orders o, draft_order d")
    assert [(row["order_id"], row["body"]) for row in rows] == [(rows[0]["id"], "{}")]


async def test_a_deleted_draft_comes_back_from_the_toast(site: Site, browser: Browser, database: Database) -> None:
    token = await a_person(database)
    async with looking(browser, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/orders/new")
        await page.get_by_label("Name").fill("Grace Hopper")
        await page.get_by_role("button", name="Save as a draft").click()
        await page.wait_for_url("**/m/acme/orders/drafts")
        await keep_picture(page, "orders-drafts-phone")
        await page.get_by_role("link", name="Delete the draft").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete the draft").click()
        await expect(page.locator("#toasts")).to_contain_text("The draft is deleted.")
        await expect(page.locator("main")).to_contain_text("No draft orders of yours")
        await page.get_by_role("link", name="Restore it").click()
        await page.get_by_role("dialog").get_by_role("button", name="Restore the draft").click()
        await expect(page.locator("[name='name']")).to_have_value("Grace Hopper")


async def test_of_two_editors_the_later_is_told_who_was_first(site: Site, database: Database, ctx: MakeContext) -> None:
    shop = await a_stocked_shop(database, ctx)
    first, second = await a_person(database), await a_person(database, "operations")
    typed = {"entry": "desk-abcdefgh", "channel": shop.channel.code, "country": "US", "lines.0.sku": shop.skus[0].code}
    for token, revision, says in (
        (first, "", "Saved "),
        (second, "1", "Saved "),
        (first, "1", "saved this draft meanwhile"),
    ):
        async with a_client(site, token) as client:
            sent = await form_of(site, token, **typed, name=f"By {token[:4]}{revision}", revision=revision)
            answer = await client.post("/m/acme/orders/new/draft", data=sent)
            assert says in answer.text
    async with a_client(site, first) as client:
        placing = await client.post("/m/acme/orders/new", data=await form_of(site, first, **typed, revision="1"))
    assert placing.status_code == 422
    async with database.transaction("acme", read_only=True) as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == 0


async def test_of_two_windows_of_one_person_the_later_is_told_and_writes_nothing_over(
    site: Site, database: Database
) -> None:
    """Fault: while one typed, the other window's content was written over without a word."""
    token = await a_person(database)
    for name, revision, says in (
        ("One", "", "Saved "),
        ("Two", "1", "Saved "),
        ("Three", "1", "You, in another window,"),
    ):
        async with a_client(site, token) as client:
            sent = await form_of(site, token, entry="desk-abcdefgh", name=name, revision=revision)
            assert says in (await client.post("/m/acme/orders/new/draft", data=sent)).text
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT revision, body->'customer'->>'name' AS name FROM draft_order")
    assert tuple(row) == (2, "Two")


async def test_what_is_half_typed_is_kept_without_what_is_wrong(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    shop = await a_stocked_shop(database, ctx)
    token = await a_person(database)
    typed = {
        "entry": "desk-abcdefgh", "channel": shop.channel.code, "lines.0.quantity": "two", "lines.1.sku": "MUG",
        "shipping": "1e99", "country": "Atlantis", "note": "Rings twice.",
    }  # fmt: skip
    async with a_client(site, token) as client:
        answer = await client.post("/m/acme/orders/new/draft", data=await form_of(site, token, **typed))
    assert "without what is no amount or code yet" in answer.text
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT body->'lines' AS lines, body ? 'shipping' AS shipping, note FROM draft_order")
    assert (row["lines"], row["shipping"], row["note"]) == ('[{"sku": "MUG"}]', False, "Rings twice.")


async def test_the_drafts_are_accessible(site: Site, browser: Browser, database: Database) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:
        sent = await form_of(site, token, entry="desk-abcdefgh", name="Grace Hopper")
        await client.post("/m/acme/orders/new/draft", data=sent)
    for scheme in ("light", "dark"):
        async with looking(browser, site, token, color_scheme=scheme) as page:
            for where in ("orders/drafts", "orders/new"):
                await page.goto(f"{site.url}/m/acme/{where}")
                found = await Axe().run(page, options=AXE)
                serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
                assert serious == []

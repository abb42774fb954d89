"""Payments that nobody knows, on the screens of operations."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, expect

from orderwright.payments import Notice
from orderwright.payments.webhooks import keep_webhook
from orderwright.platform.db import Database
from orderwright.platform.work import enqueue_work
from tests.helpers.console import PHONE, Site, a_browser, a_person, a_site, keep_picture, looking


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


async def tell(database: Database, *references: str) -> None:
    """A provider tells of payments."""
    async with database.transaction("acme") as tx:
        for reference in references:
            kept = await keep_webhook(tx, "builtin", Notice(f"evt_{reference}", "payment.captured", reference))
            assert kept is not None
            await enqueue_work(tx, "webhook", [kept])


async def test_one_is_looked_for_and_another_dismissed(browser: Browser, site: Site, database: Database) -> None:
    await tell(database, "bp_1", "bp_2")
    async with looking(browser, site, await a_person(database, "finance")) as page:
        await page.goto(f"{site.url}/m/acme/operations/payments")
        await keep_picture(page, "unknown-payments")
        await page.get_by_role("button", name="Look now for bp_1").click()
        await expect(page.get_by_role("status")).to_contain_text("A worker looks for the payment now.")

        await page.get_by_role("row", name="bp_2").get_by_role("link", name="Dismiss").click()
        await expect(page.get_by_role("dialog")).to_contain_text("nothing is given back")
        await page.get_by_label("Why there is nothing to do").select_option("It was a test")
        await keep_picture(page, "unknown-payment-dismissed")
        await page.get_by_role("button", name="Dismiss the payment").click()
        await expect(page.get_by_role("status")).to_contain_text("Dismissed.")
        await expect(page.get_by_role("row", name="bp_2")).to_have_count(0)
        await expect(page.get_by_role("row", name="bp_1")).to_have_count(1)


async def test_who_may_only_read_is_offered_nothing(browser: Browser, site: Site, database: Database) -> None:
    await tell(database, "bp_1")
    async with looking(browser, site, await a_person(database, "operations"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/operations/payments")
        await expect(page.get_by_role("row", name="bp_1")).to_be_visible()
        await expect(page.get_by_role("button", name="Look now")).to_have_count(0)
        await keep_picture(page, "unknown-payments-phone")

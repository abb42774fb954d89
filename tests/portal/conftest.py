"""A browser, and the portal that it looks at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from orderwright.platform.db import Database
from tests.portal.sites import Portal, serving_portal

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHOTS = os.environ.get("PORTAL_SCREENSHOTS")  # a folder to keep pictures of pages in
WAIT_MS = 15_000
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
expect.set_options(timeout=WAIT_MS)

OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture
async def portal(database: Database) -> AsyncIterator[Portal]:
    """The portal of this test's database."""
    async with serving_portal(database) as served:
        yield served


@pytest_asyncio.fixture
async def opened(browser: Browser) -> AsyncIterator[OpenPage]:
    """A maker of pages, each of a browser of its own. JavaScript is off unless asked for: nothing needs it. A page
    fails its test when its browser complains."""
    contexts: list[Any] = []
    complaints: list[str] = []

    async def make(**options: Any) -> Page:
        settings = {"viewport": PHONE, "java_script_enabled": False, "locale": "en-US", "color_scheme": "light"}
        context = await browser.new_context(**settings | options)
        contexts.append(context)
        page: Page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status in (404, 500) else None)
        return page

    yield make
    for context in contexts:
        await context.close()
    assert complaints == []


async def look(page: Page, name: str) -> None:
    """Keep a picture of a page, where a folder for them is named; no page is wider than its window."""
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


async def accessible(page: Page) -> None:
    """Axe finds nothing against WCAG 2.2 AA. (It runs in the page, so JavaScript must be on there.)"""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = await Axe().run(page, options=rules)
    broken = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found.response["violations"]]
    assert broken == [], (page.url, broken)
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than its window"


def press(page: Page, words: str) -> Any:
    """Press the button, or follow the link, of these words."""
    return (
        page.get_by_role("button", name=words, exact=True).or_(page.get_by_role("link", name=words, exact=True)).click()
    )


def at(page: Page) -> str:
    """Where a page is, without its host and ids."""
    return re.sub(r"[a-z]{3}_[0-9a-z]{26}", "…", page.url.partition("/p/acme")[2])

"""The console as people use it: the whole application on a port of its own, people with roles, and their browsers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from orderwright.access import session_cookie_name, start_session
from orderwright.access.new_people import create_people
from orderwright.access.people_commands import CreatePerson
from orderwright.api import close_streams, create_app
from orderwright.console import close_console, console_routes, console_state
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from orderwright.portal import portal_routes
from tests.helpers.api import Running, running
from tests.helpers.contexts import a_context

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WAIT_MS = 60_000
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SCREENSHOTS = os.environ.get("ORDERWRIGHT_SCREENSHOTS")  # a folder to keep pictures in, for review
expect.set_options(timeout=WAIT_MS)
_numbers = itertools.count(1)


async def a_person(
    database: Database,
    role: str = "administrator",
    *,
    merchant: str = "acme",
    name: str = "Mia Torres",
    channel_ids: Iterable[UUID] | None = None,
    location_ids: Iterable[UUID] | None = None,
) -> str:
    """Somebody with a role, who has just signed in: the token of their session."""
    person = CreatePerson(
        role=role,
        email=f"person{next(_numbers)}@example.com",
        name=name,
        channel_ids=None if channel_ids is None else tuple(channel_ids),
        location_ids=None if location_ids is None else tuple(location_ids),
    )
    async with database.operator_transaction() as tx:
        [made] = await create_people(tx, a_context(merchant=merchant), [person])
        assert made.ok, made
        assert made.id is not None
        return (await start_session(tx, made.id, "password")).token


class Site:
    """The application on a port of its own, which may be stopped and started again."""

    def __init__(self, parts: Running, *, portal: bool = False) -> None:
        self.parts = parts
        self.pages = [*console_routes(), *(portal_routes() if portal else ())]
        self.database = parts.database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Serve, and wait until it does."""
        self.app: Litestar = create_app(self.parts, handlers=self.pages, state=console_state(self.parts.database))
        self._server = Server(
            self.app, address="127.0.0.1", port=self.port, interface=Interfaces.ASGINL, log_enabled=False
        )
        self._serving = asyncio.create_task(self._server.serve())
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                else:
                    writer.close()
                    await writer.wait_closed()
                    return

    async def stop(self) -> None:
        """Stop serving: open streams end first, or the server would wait for them."""
        await close_console(self.app)
        await close_streams(self.app)
        self._server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait_for(self._serving, 60)


@contextlib.asynccontextmanager
async def a_site(database: Database, *, portal: bool = False, **settings: Any) -> AsyncIterator[Site]:
    """The application, served; with the pages of shoppers where `portal` says so."""
    async with running(database, **settings) as parts:
        site = Site(parts, portal=portal)
        await site.start()
        yield site
        await site.stop()


@contextlib.asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


async def a_window(browser: Browser, site: Site, token: str | None, **options: Any) -> BrowserContext:
    """A browser of somebody who has signed in: `options` are those of Playwright, such as `viewport`."""
    window = await browser.new_context(**{"viewport": DESKTOP, "color_scheme": "light"} | options)
    window.set_default_timeout(WAIT_MS)
    if token is not None:
        await window.add_cookies([{"name": session_cookie_name(False), "value": token, "url": site.url}])
    return window


@contextlib.asynccontextmanager
async def looking(browser: Browser, site: Site, token: str | None, **options: Any) -> AsyncIterator[Page]:
    """A page that fails its test when the browser complains: errors of scripts, refused content, missing files."""
    window = await a_window(browser, site, token, **options)
    page = await window.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.complaints = complaints  # type: ignore[attr-defined]  # a test that expects some clears them
    yield page
    await window.close()
    assert complaints == []


async def keep_picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page for review, where a folder for them is named."""
    if SCREENSHOTS:
        await page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)  # makes the folder


def a_client(site: Site, token: str | None) -> httpx.AsyncClient:
    """A client without a browser, for what is quicker to ask so."""
    cookies = {} if token is None else {session_cookie_name(False): token}
    return httpx.AsyncClient(base_url=site.url, cookies=cookies, follow_redirects=False, timeout=60)

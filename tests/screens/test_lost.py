"""Addresses that are nobody's: a page for browsers, in the look of the site that they meant; a problem for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from orderwright.api import create_app
from orderwright.console import CONSOLE, close_console, console_routes, console_state
from orderwright.platform.db import Database
from orderwright.portal import SITE, portal_routes
from orderwright.screens import lost_page
from tests.helpers.api import running

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest_asyncio.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with running(database) as parts:
        app = create_app(
            parts, handlers=[*console_routes(), *portal_routes()], state=console_state(database),
            lost=lambda request: lost_page(request, [CONSOLE, SITE]),
        )  # fmt: skip
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
            yield opened
        await close_console(app)


@pytest.mark.parametrize(
    ("path", "language", "said"),
    [
        ("/p/acme/nonsense", "de", "Diese Seite gibt es nicht"),
        ("/p/acme/nonsense/deeper", "es", "Esta página no existe"),
        ("/p/", "en", "There is no such page"),
        ("/m/acme/nonsense", "en", "Go to the start"),
        ("/nonsense", "en", "Go to the start"),
        ("/p/<script>/x", "en", "There is no such page"),
    ],
)
async def test_a_browser_gets_a_page(client: httpx.AsyncClient, path: str, language: str, said: str) -> None:
    answer = await client.get(path, headers=BROWSER | {"accept-language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert said in answer.text
    assert "default-src" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"].startswith("req_")
    assert "<script>/" not in answer.text


async def test_a_program_gets_a_problem(client: httpx.AsyncClient) -> None:
    for path in ("/p/acme/nonsense", "/v1/nonsense", "/m/acme/nonsense"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    wrong = await client.delete("/p/acme", headers=BROWSER)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")

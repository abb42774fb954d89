"""Every page as every role: what a role lacks is refused, and what it has never fails; forms need their token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from orderwright.access import BUILT_IN_ROLES, session_cookie_name
from orderwright.api import close_streams, create_app
from orderwright.console import close_console, console_routes, console_state
from orderwright.console.frame import PREFIX
from orderwright.console.routes import PAGES
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.screens import Page, csrf_token
from tests.helpers.api import running
from tests.helpers.console import a_person

SOME_UUID = "01j9zqtf0seqbr9w7r1c4rkz2m"
IDS = {
    "order_id": "ord", "customer_id": "cus", "fulfillment_id": "ful", "return_id": "ret", "exchange_id": "exc",
    "claim_id": "clm", "refused_id": "rfs", "payment_id": "pay", "supply_id": "sup", "document_id": "doc",
    "shipment_id": "shp", "withdrawal_id": "wdr", "person_id": "usr", "approval_id": "apr", "view_id": "vew",
    "run_id": "blk",
    "note_id": "not", "message_id": "msg", "attachment_id": "att", "draft_id": "dro", "key_id": "key",
    "session_id": "ses",
    "parcel_id": "pcl", "import_id": "imp", "merged_id": "cus", "customer_note_id": "cnt",
}  # fmt: skip
STREAMS = frozenset({"/news", "/live/stream"})


@pytest_asyncio.fixture
async def app(database: Database) -> AsyncIterator[Litestar]:
    async with running(database) as parts:
        made = create_app(parts, handlers=console_routes(), state=console_state(database))
        yield made
        await close_console(made)
        await close_streams(made)


def address_of(made: Page) -> str:
    """A page's address, with ids of things that do not exist."""
    parts = []
    for part in (PREFIX + made.path).split("/"):
        name = part.strip("{}")
        if part == "{merchant}":
            parts.append("acme")
        elif part.startswith("{"):
            parts.append(f"{IDS[name]}_{SOME_UUID}" if name in IDS else "nothing")
        else:
            parts.append(part)
    return "/".join(parts)


def a_client(app: Litestar, token: str | None) -> httpx.AsyncClient:
    cookies = {} if token is None else {session_cookie_name(False): token}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", cookies=cookies)


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
async def test_a_role_opens_what_it_may_and_nothing_else(app: Litestar, database: Database, role: str) -> None:
    token = await a_person(database, role)
    person = await app.state.sessions.signed_in(token)
    ctx: Context = person.context("acme")
    wrong: list[tuple[Any, ...]] = []
    async with a_client(app, token) as client:
        for made in PAGES:
            if made.path in STREAMS:
                continue
            if made.method == "GET":
                answer = await client.get(address_of(made))
            else:
                form = {"_csrf": csrf_token(person.csrf_key), "_key": "walk"}
                answer = await client.request(made.method, address_of(made), data=form)
            allowed = made.needs is None or ctx.may(made.needs)
            if not allowed and answer.status_code != 403:
                wrong.append((made.id, made.method, "should be refused", answer.status_code))
            if answer.status_code >= 500 or answer.status_code == 405:
                wrong.append((made.id, made.method, "failed", answer.status_code, answer.text[:300]))
    assert wrong == []


async def test_nobody_gets_in_without_having_signed_in(app: Litestar) -> None:
    async with a_client(app, None) as client:
        answers = {
            made.id: (await client.request(made.method, address_of(made))).headers.get("location", "no")
            for made in PAGES
        }
    assert {name: where for name, where in answers.items() if not where.startswith("/sign-in")} == {}


async def test_no_form_is_taken_without_its_token_or_from_another_site(app: Litestar, database: Database) -> None:
    token = await a_person(database)
    other = await app.state.sessions.signed_in(await a_person(database))
    mine = await app.state.sessions.signed_in(token)
    taken: list[tuple[str, int]] = []
    async with a_client(app, token) as client:
        for made in PAGES:
            if made.method == "GET":
                continue
            for data, headers in (
                ({}, {}),
                ({"_csrf": csrf_token(other.csrf_key)}, {}),
                ({"_csrf": csrf_token(mine.csrf_key)}, {"Sec-Fetch-Site": "cross-site"}),
            ):
                answer = await client.request(made.method, address_of(made), data=data, headers=headers)
                if answer.status_code != 403:
                    taken.append((made.id, answer.status_code))
    assert taken == []


async def test_pages_of_another_merchant_are_not_there(app: Litestar, database: Database) -> None:
    token = await a_person(database)
    person = await app.state.sessions.signed_in(token)
    found: list[tuple[str, int]] = []
    async with a_client(app, token) as client:
        for made in PAGES:
            address = address_of(made).replace("/m/acme", "/m/bolt")
            data = None if made.method == "GET" else {"_csrf": csrf_token(person.csrf_key)}
            answer = await client.request(made.method, address, data=data)
            if answer.status_code != 404:
                found.append((made.id, answer.status_code))
    assert found == []


def test_no_page_has_the_id_or_address_of_another() -> None:
    assert len({(made.method, made.path) for made in PAGES}) == len(PAGES)
    assert len({(made.id, made.method) for made in PAGES}) == len(PAGES)

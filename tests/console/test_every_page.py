"""Every page that people and shoppers see, of the shop of the recorded examples: axe in both themes and on a phone,
one heading, a title of its own, nothing wider than a phone, and nothing that the browser complains of.

Pages are reached as people reach them, by links from other pages; from seeds, which are every order and what is worked
on. With ORDERWRIGHT_SCREENSHOTS it keeps a picture of each page in each look.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from orderwright.access import first_person_path
from orderwright.console.account import ACCOUNT_PAGES
from orderwright.console.business import BUSINESS
from orderwright.console.frame import PREFIX
from orderwright.console.routes import PAGES
from orderwright.console.sign_in import SIGN_IN
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from orderwright.portal import PORTAL_PAGES
from tests.examples.story import EXAMPLES, Story, an_order
from tests.guides.world import a_world
from tests.helpers.api import Api, a_key, serving
from tests.helpers.console import DESKTOP, PHONE, Site, a_browser, a_client, a_person, a_site, a_window, keep_picture

GRAVE = ("serious", "critical")
TABS = 2  # that walk side by side
EACH = 6  # addresses of a path that are looked into for links, and tried for one that is a page
# What is looked for in each look; what does not depend on colours and widths is looked for once.
LOOKS: tuple[tuple[str, Any, str, Any], ...] = (
    ("light", DESKTOP, "light", {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}),
    ("dark", DESKTOP, "dark", {"type": "rule", "values": ["color-contrast"]}),
    ("phone", PHONE, "light", {"type": "rule", "values": ["target-size"]}),
)
# No pages: parts of one, files, streams, and ways on to another page.
NO_PAGES = {
    "/news", "/here", "/find", "/orders/counts", "/live/stream", "/live/stuck", "/live/alarms", "/operations/board",
    "/operations/holds/next", "/messages/next", "/stock.csv", "/stock-trends", "/audit/export", "/settings/brands/logo",
    "/orders/runs/{run_id}/status", "/orders/runs/{run_id}/results.csv", "/customers/{customer_id}/data.json",
    "/customers/{customer_id}/statement.pdf", "/floor/picks", "/floor/{fulfillment_id}/slip",
    "/orders/{order_id}/documents/{document_id}",
    "/orders/{order_id}/files/{attachment_id}", "/floor/{fulfillment_id}/now",
    "/floor/{fulfillment_id}/parcels/{parcel_id}/label", "/settings/skus/import/{import_id}/refused",
}  # fmt: skip
NO_PORTAL_PAGES = {
    "/link/{token}", "/o/{order_id}/documents/{document_id}", "/o/{order_id}/withdrawals/{withdrawal_id}",
    "/o/{order_id}/returns/{return_id}/label", "/brand/{channel_id}/look.css", "/brand/{channel_id}/logo",
    "/o/{order_id}/photos/{subject_id}",
}  # fmt: skip
# Where links are followed from: pages whose path says all, these, and what only comes up after something was done.
SEEDS = (
    ("/orders/{}", "ord", "SELECT id FROM orders ORDER BY number"),
    ("/floor/{}", "ful", "SELECT id FROM fulfillment"),
    ("/orders?view={}", "viw", "SELECT id FROM saved_view"),
    ("/orders/drafts/{}/restore", "dro", "SELECT id FROM draft_order"),
    ("/orders/runs/{}/undo", "blk", "SELECT id FROM bulk_run"),
    ("/orders/{}/link/withdraw", "ord", "SELECT id FROM orders ORDER BY number LIMIT 1"),
    ("/orders/{}/retry", "ord", "SELECT order_id FROM payment WHERE refused_code IS NOT NULL"),
    ("/customers/{}/orders", "cus", "SELECT id FROM customer ORDER BY id LIMIT 3"),
    ("/customers/{}/messages", "cus", "SELECT id FROM customer ORDER BY id LIMIT 3"),
    ("/operations/holds/{}/hold", "ord", "SELECT order_id FROM hold"),
    ("/operations/payments/{}/dismiss", "whk", "SELECT id FROM payment_webhook"),
)
PORTAL_NOT_REACHED = {
    "/o/{order_id}/withdrawn/{withdrawal_id}": "once, after withdrawing; tests/portal/test_flows.py looks at it"
}
GUESTS_NOT_REACHED = {
    "/sign-in/second": "asked for between the password and the first page",
    "/reset": "by a link that is sent",
    "/me/business": "of the first administrator, as long as there is no business",
}
# The orders of which shoppers' pages are looked at.
ONE_OF_EACH = "SELECT DISTINCT ON (status) id FROM orders ORDER BY status, number DESC"


class Found(NamedTuple):
    """A page with an address at which it is shown."""

    path: str
    address: str


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


async def reached(client: httpx.AsyncClient, paths: Iterable[str], seeds: Sequence[str]) -> dict[str, str]:
    """An address of each path, among those that links lead to from the seeds on, at which there is a page."""
    known = [(path, re.compile(re.sub(r"{\w+}", "[^/]+", re.escape(path).replace(r"\{", "{").replace(r"\}", "}"))))
             for path in sorted(paths, key=lambda path: path.count("{"))]  # fmt: skip
    tried: dict[str, set[str]] = defaultdict(set)
    pages: dict[str, str] = {}
    left = list(seeds)
    while left:
        address = left.pop(0)
        bare = urlsplit(address).path
        path = next((path for path, form in known if form.fullmatch(bare)), None)
        if path is None or address in tried[path] or (len(tried[path]) >= EACH and address not in seeds):
            continue
        tried[path].add(address)
        answer = await client.get(address)
        if answer.status_code != 200 or "<html" not in answer.text[:400]:
            continue
        pages.setdefault(path, address)
        links = re.findall(r'(?:href|hx-get|data-[a-z]*)="([^"#]+)', answer.text)
        left += [urlsplit(urljoin(address, html.unescape(link)))._replace(fragment="").geturl() for link in links
                 if html.unescape(link).startswith(("/", "?"))]  # fmt: skip
    return pages


class Walk:
    """Looks at pages in one tab, in each look, and notes what is wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.titles: dict[str, str] = {}
        self._axe = Axe()
        self._complaints: list[str] = []
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        page.on("console", lambda said: self._complaints.append(said.text) if said.type == "error" else None)
        page.on("response", lambda one: self._complaints.append(one.url) if one.status >= 400 else None)

    async def go(self, site: Site, one: Found) -> None:
        """Open a page, and look."""
        await self.page.goto(f"{site.url}{one.address}", wait_until="load")
        for look, size, scheme, rules in LOOKS:
            await self.page.set_viewport_size(size)
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self._look(one, look, rules)
        for complaint in self._complaints:
            self._note(one, "all", f"the browser says: {complaint}")
        self._complaints.clear()

    async def _look(self, one: Found, look: str, rules: Any) -> None:
        facts: dict[str, Any] = await self.page.evaluate(FACTS)
        if look == "light":
            self.titles[one.path] = facts["title"]
            if facts["headings"] != 1:
                self._note(one, look, f"has {facts['headings']} h1")
        if facts["over"] > 0:
            self._note(one, look, f"is {facts['over']} px wider than its window: {facts['widest']}")
        if facts["hidden"]:
            self._note(one, look, f"its main action is out of the tab order: {facts['hidden']}")
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        if look == "light":  # axe stays in the page
            violations = (await self._axe.run(self.page, options=options)).response["violations"]
        else:
            violations = (await self.page.evaluate("options => axe.run(document, options)", options))["violations"]
        for broken in violations:
            if broken["impact"] in GRAVE:
                self._note(one, look, f"{broken['id']}: {[node['html'][:120] for node in broken['nodes'][:2]]}")
        name = re.sub(r"[^a-z0-9]+", "-", one.path.replace(PREFIX, "")).strip("-") or "home"
        await keep_picture(self.page, f"{name}-{look}")

    def _note(self, one: Found, look: str, what: str) -> None:
        self.wrong.append(f"{one.address} ({look}): {what}")


# Charts take a new width a little after the window has it.
FACTS = """async () => {
  const root = document.documentElement;
  for (let n = 0; n < 40 && root.scrollWidth > root.clientWidth; n += 1) await new Promise(go => setTimeout(go, 50));
  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  const main = document.querySelector("main .btn-primary, header .btn-primary");
  const wide = over <= 0 ? "" : Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > width + 1 && !one.closest(".table-box"))
    .map(one => one.tagName + "." + one.className).slice(0, 3).join(" ");
  return {
    title: document.title, headings: document.querySelectorAll("h1").length, over: over, widest: wide,
    hidden: main && (main.tabIndex < 0 || main.closest("[inert]")) ? main.outerHTML.slice(0, 80) : "",
  };
}"""


async def walked(window: BrowserContext, site: Site, pages: Sequence[Found]) -> list[str]:
    """What is wrong with pages."""
    left = iter(pages)

    async def through() -> Walk:
        walk = Walk(await window.new_page())
        for one in left:
            await walk.go(site, one)
        return walk

    done = await asyncio.gather(*(through() for _ in range(TABS)))
    named: dict[str, list[str]] = defaultdict(list)
    for path, title in itertools.chain.from_iterable(walk.titles.items() for walk in done):
        named[title].append(path)
    same = [f"{paths} share the title {title!r}" for title, paths in named.items() if len(paths) > 1]
    return [note for walk in done for note in walk.wrong] + same


def paths_of(pages: Iterable[Any], prefix: str, but: Iterable[str]) -> list[str]:
    """The paths of pages that are read."""
    return [prefix + made.path for made in pages if made.method == "GET" and made.path not in but]


class Day(Story):
    """The story, and after it what the story has done with: work that is still to be done."""

    async def _claims(self) -> None:
        await super()._claims()
        await self.say("request_return", await self._shipped())
        await self.say("open_claim", await self._shipped())
        await self.say("request_exchange", await self._shipped())

    async def leave_open(self) -> None:
        """One of each."""
        for body in (EXAMPLES["save_draft_order"].example | {"external_id": name} for name in ("desk-1", "desk-2")):
            draft = (await self.say("save_draft_order", body=body)).json()["id"]
        await self.say("delete_draft_order", draft)
        await self.say("put_saved_view")
        order = await self._order(customer={"name": "Ada Lovelace", "email": "ada@example.com"})
        await self._refused_payment(await self._order())
        await self.say("add_note", order)
        await self._api.raw(
            f"/v1/orders/{order}/attachments?kind=letter", b"It came broken.", **{"Orderwright-File-Name": "letter.txt"}
        )
        asked = {"direction": "in", "medium": "e_mail", "words": "When does it come?"}
        await self.say("record_message", order, body=asked)
        await self._order(customer={"name": "Ada Lovelace", "email": "ada.l@example.com"})
        await self.say("add_customer_note", (await self.say("read_order", order)).json()["customer"])
        await self.say("place_order", body=an_order(999, total={"amount": 2959, "currency": "USD"}))
        await self.say("close_location", body={"location": "ALBANY"})


async def a_full_shop(database: Database) -> None:
    """The shop of the guides, everything that the examples of the API make, and work that is still to be done."""
    await a_world(database)
    async with serving(database) as api:
        day = Day(api, database)
        await day.tell()
        await day.leave_open()


async def ids(database: Database, kind: str, query: str) -> list[str]:
    """Ids of what a query finds, as they stand in addresses."""
    async with database.transaction("acme", read_only=True) as tx:
        return [encode_id(kind, row[0]) for row in await tx.fetch(query)]


async def of_console(site: Site, database: Database, token: str) -> list[Found]:
    """A page of each path of the console."""
    paths = paths_of(PAGES, PREFIX, NO_PAGES)
    seeds = [path.format(merchant="acme") for path in paths if path.count("{") == 1]
    for path, kind, query in SEEDS:
        seeds += ["/m/acme" + path.format(one) for one in await ids(database, kind, query)]
    async with a_client(site, token) as client:
        pages = await reached(client, paths, seeds)
    missing = {path.removeprefix(PREFIX) for path in paths if path not in pages}
    assert missing == set()
    return [Found(path, address) for path, address in pages.items()]


async def of_portal(site: Site, database: Database, window: BrowserContext, key: Api) -> list[Found]:
    """A page of each path of the portal, and of an order at each stage; `window` may open them."""
    paths = paths_of(PORTAL_PAGES, "/p/{merchant}", NO_PORTAL_PAGES)
    pages: dict[str, str] = {}
    page = await window.new_page()
    async with a_client(site, None) as client:
        client.follow_redirects = True
        for order_id in await ids(database, "ord", ONE_OF_EACH):
            link = (await key.post(f"/v1/orders/{order_id}/portal-link", {})).json()["details"]["path"]
            await client.get(link)
            found = await reached(client, paths, ["/p/acme", f"/p/acme/o/{order_id}"])
            if set(found) - set(pages):
                await page.goto(site.url + link)
            pages = found | pages
    await page.close()
    assert {path.removeprefix("/p/{merchant}") for path in paths if path not in pages} == set(PORTAL_NOT_REACHED)
    return [Found(path, address) for path, address in pages.items()]


async def test_every_page_of_the_console_and_of_the_portal_is_sound(browser: Browser, database: Database) -> None:
    await a_full_shop(database)
    async with a_site(database, portal=True) as site:
        token = await a_person(database)
        pages = await of_console(site, database, token)
        window = await a_window(browser, site, token)
        key = Api(site.app, await a_key(database))
        assert await walked(window, site, pages + await of_portal(site, database, window, key)) == []
        await window.close()


async def test_every_page_to_sign_in_and_of_an_account_is_sound(browser: Browser, database: Database) -> None:
    async with a_site(database) as site:
        first = str(await first_person_path(database))
        guests = [Found("/sign-in", "/sign-in"), Found("/first", first)]
        window = await a_window(browser, site, None)
        assert await walked(window, site, guests) == []
        token = await a_person(database)
        own = await a_window(browser, site, token)
        assert await walked(own, site, [Found(path, path) for path in paths_of(ACCOUNT_PAGES, "", ())]) == []
        await window.close()
        await own.close()
    others = {made.path for made in (*SIGN_IN, *BUSINESS) if made.method == "GET"}
    assert others == {"/sign-in", "/first"} | set(GUESTS_NOT_REACHED)

"""The floor on a phone: a scanner at machine speed, from release to shipped, with all that goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.catalog import UpsertSku, upsert_skus
from orderwright.console.words_floor import due, picker
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.inventory import ReceiveStock
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.screens import csrf_token
from tests.builders.catalog import a_shop, accepted
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import a_context

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
GTIN = "4006381333931"


class Work(NamedTuple):
    """One order's work: two of the first SKU, which has a GTIN, and one of the second."""

    fulfillment: str
    order_number: int
    location: str
    location_id: UUID
    other_location_id: UUID
    skus: tuple[str, str]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def work(database: Database) -> Work:
    context = a_context()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, locations=2, skus=2)
        first, second = shop.skus
        accepted(await upsert_skus(tx, context, [UpsertSku(code=first.code, name=first.name, gtin=GTIN)]))
        place = shop.locations[0]
        goods = [ReceiveStock(sku=sku.code, location=place.code, quantity=20) for sku in shop.skus]
        await receive_stock(tx, context, goods)
        [placed] = await place_orders(tx, context, [an_order(shop.channel.code, [(first.code, 2), (second.code, 1)])])
        assert placed.order_id is not None
        await verify_orders(tx, context, [placed.order_id])
        await source_orders(tx, context, [placed.order_id])
        [row] = await tx.fetch("SELECT id FROM fulfillment WHERE order_id = $1", placed.order_id)
        [order] = await tx.fetch("SELECT number FROM orders")
    return Work(
        encode_id("ful", row["id"]), order["number"], place.code, place.id, shop.locations[1].id,
        (first.code, second.code),
    )  # fmt: skip


async def state(database: Database) -> tuple[str, list[int]]:
    async with database.transaction("acme") as tx:
        [row] = await tx.fetch("SELECT state FROM fulfillment")
        rows = await tx.fetch("SELECT picked + packed + shipped AS done FROM allocation ORDER BY line_n")
    return row["state"], [one["done"] for one in rows]


async def label(database: Database) -> None:
    async with database.transaction("acme") as tx:
        [row] = await tx.fetch("SELECT id FROM shipment")
    await buy_labels(database, a_context(actor="pump:label"), [row["id"]], {"builtin": BuiltinCarrier()})


async def scan(page: Page, text: str) -> None:
    """As a keyboard wedge does it: keys without a pause, Enter at the end."""
    await page.keyboard.type(text, delay=0)
    await page.keyboard.press("Enter")


async def released(database: Database, work: Work, site: Site) -> None:
    token = await a_person(database, "warehouse")
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "release"}
        answer = await client.post(f"/m/acme/floor/{work.fulfillment}/release", data=form)
        assert answer.status_code == 303


async def test_the_whole_way_from_release_to_shipped_on_a_phone(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    async with looking(browser, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor")
        await expect(page.locator("[data-scanner]")).to_be_focused()
        await keep_picture(page, "floor-list-phone")
        await scan(page, str(work.order_number))
        await expect(page.locator("h1")).to_contain_text(f"Order {work.order_number}")
        await page.get_by_role("button", name="Release to the floor").click()
        await expect(page.locator("[data-state=released]")).to_be_visible()
        await expect(page.locator("[data-scanner]")).to_be_focused()
        await scan(page, "NOT-THIS")
        await expect(page.locator("#floor-word")).to_have_text("Wrong item: NOT-THIS")
        await scan(page, f"0{GTIN}")
        await scan(page, work.skus[0].lower())
        await expect(page.locator("#floor-word")).to_have_text("2 of 2")
        await scan(page, GTIN)
        await expect(page.locator("#floor-word")).to_have_text("Enough: none more wanted")
        await keep_picture(page, "floor-pick-phone")
        await scan(page, work.skus[1])
        await expect(page.locator("#floor-word")).to_have_text("All there: confirm the pick")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-state=picked]")).to_be_visible()
        assert await state(database) == ("picked", [2, 1])
        await page.get_by_label("Weight in grams").fill("720")
        await page.get_by_role("button", name="Report as packed").click()
        await expect(page.get_by_text("The label is being bought")).to_be_visible()
        await label(database)
        await expect(page.get_by_role("button", name="Report as shipped")).to_be_visible()
        await expect(page.locator("#label-1")).to_contain_text("720 g")
        await keep_picture(page, "floor-ship-phone")
        await page.get_by_role("button", name="Report as shipped").click()
        await expect(page.locator(".toast-said")).to_contain_text("Shipped.")
        await expect(page.get_by_text("Nothing to do here.")).to_be_visible()
        assert await state(database) == ("shipped", [2, 1])


async def test_a_scanner_at_machine_speed_loses_and_doubles_nothing(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await expect(page.locator("[data-scanner]")).to_be_focused()
        for text in (GTIN, work.skus[1], GTIN):
            await scan(page, text)
        await expect(page.locator("[data-found]").nth(0)).to_have_value("2")
        await expect(page.locator("[data-found]").nth(1)).to_have_value("1")
        await page.reload()  # what was counted stays on the device
        await expect(page.locator("[data-found]").nth(0)).to_have_value("2")
        await page.get_by_role("button", name="Confirm the pick").dblclick()
        await expect(page.locator("[data-state=picked]")).to_be_visible()
        assert await state(database) == ("picked", [2, 1])


async def test_a_number_counts_for_the_next_scan_and_too_many_are_refused(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await scan(page, "3")
        await expect(page.locator("#floor-word")).to_have_text("3 ×: scan the item")
        await scan(page, GTIN)
        await expect(page.locator("#floor-word")).to_have_text("Too many: 2 more wanted")
        await scan(page, "2")
        await scan(page, GTIN)
        await expect(page.locator("#floor-word")).to_have_text("2 of 2")


async def test_sound_is_heard_and_can_be_muted_for_good(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await scan(page, GTIN)
        await expect(page.locator("body")).to_have_attribute("data-beeps", "1")
        await page.get_by_role("button", name="Sound").click()
        await scan(page, "NOT-THIS")
        await expect(page.locator("#floor-word")).to_have_text("Wrong item: NOT-THIS")
        await expect(page.locator("body")).to_have_attribute("data-beeps", "1")
        await page.reload()
        await expect(page.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "false")


async def test_a_short_pick_says_why_and_what_happens_then(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await scan(page, GTIN)
        await scan(page, work.skus[1])
        await page.get_by_role("button", name="Confirm the pick").click()
        await expect(page.locator("#floor-word")).to_have_text("Not all is there: say why")
        await expect(page.locator("[data-short]")).to_contain_text("sourced again from another location")
        await page.get_by_label("Why not all").select_option("missing")
        await page.get_by_label("The rest is not there").check()
        await page.get_by_role("button", name="Confirm the pick").click()
        await expect(page.locator("[data-state=picked]")).to_be_visible()
        assert await state(database) == ("picked", [1, 1])
        async with database.transaction("acme") as tx:
            [act] = await tx.fetch("SELECT reason FROM act WHERE verb = 'pick_fulfillments'")
        assert act["reason"] == "Not on the shelf"


async def test_a_step_that_could_not_be_sent_is_kept_and_done_once(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.context.route("**/floor/**", lambda route: route.abort())
        for text in (GTIN, GTIN, work.skus[1]):
            await scan(page, text)
        await page.get_by_role("button", name="Confirm the pick").click()
        await expect(page.locator("#floor-kept")).to_contain_text("2 steps are kept on this device")
        assert await state(database) == ("released", [0, 0])
        await page.context.unroute("**/floor/**")
        await expect(page.locator("[data-state=picked]")).to_be_visible()
        assert await state(database) == ("picked", [2, 1])
        assert await page.evaluate("JSON.parse(localStorage['orderwright.floor.outbox'])") == []
        page.complaints.clear()  # type: ignore[attr-defined]  # of the requests that did not get through


async def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    await released(database, work, site)
    lost: list[str] = []
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:

        async def lose_first(route: object) -> None:
            if lost:
                await route.continue_()  # type: ignore[attr-defined]
                return
            lost.append("once")
            await route.fetch(max_redirects=0)  # type: ignore[attr-defined]  # it arrives, its answer does not
            await route.abort()  # type: ignore[attr-defined]

        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.context.route("**/pick", lose_first)
        for text in (GTIN, GTIN, work.skus[1]):
            await scan(page, text)
        await page.get_by_role("button", name="Confirm the pick").click()
        await expect(page.locator("[data-state=picked]")).to_be_visible()
        assert await state(database) == ("picked", [2, 1])
        assert lost == ["once"]
        page.complaints.clear()  # type: ignore[attr-defined]  # of the request whose answer was lost


async def test_two_pickers_see_each_other(site: Site, browser: Browser, database: Database, work: Work) -> None:
    await released(database, work, site)
    address = f"{site.url}/m/acme/floor/{work.fulfillment}"
    async with (
        looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as mine,
        looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as other,
    ):
        await mine.goto(address)
        await mine.get_by_role("button", name="Start to pick").click()
        await expect(mine.locator("#picker")).to_contain_text("Picked by you since")
        await other.goto(address)
        await expect(other.locator("#picker")).to_contain_text("Picked by a colleague since")
        for page in (mine, other):
            for text in (GTIN, GTIN, work.skus[1]):
                await scan(page, text)
            await page.get_by_role("button", name="Confirm the pick").click()
        await expect(other.locator(".floor-bad").first).to_have_text("Somebody was faster: this is to pack by now.")
        assert await state(database) == ("picked", [2, 1])
        other.complaints.clear()  # type: ignore[attr-defined]  # the 422 of who was slower


async def test_who_is_limited_to_another_location_sees_none_of_it(site: Site, database: Database, work: Work) -> None:
    token = await a_person(database, "warehouse", location_ids=[work.other_location_id])
    person = await site.app.state.sessions.signed_in(token)
    async with a_client(site, token) as client:
        listed = await client.get("/m/acme/floor")
        assert str(work.order_number) not in listed.text.split('id="content"')[1]
        assert (await client.get(f"/m/acme/floor?at={work.location}")).text.count(work.fulfillment) == 0
        assert (await client.get(f"/m/acme/floor/{work.fulfillment}")).status_code == 404
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "one"}
        refusal = await client.post(f"/m/acme/floor/{work.fulfillment}/release", data=form)
        assert refusal.status_code == 404
    assert await state(database) == ("open", [0, 0])


async def test_rejecting_says_why_and_goes_back_to_the_list(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    async with looking(browser, site, await a_person(database, "warehouse"), viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor?at={work.location}")
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.get_by_role("link", name="Reject").click()
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("sourced again from another location")
        await dialog.get_by_label("Why").select_option("no_capacity")
        await dialog.get_by_role("button", name="Reject this work").click()
        await expect(page.locator(".toast-said")).to_contain_text("Rejected: its units are sourced again elsewhere.")
        assert (await state(database))[0] == "rejected"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_floor_is_for_everybody(
    site: Site, browser: Browser, database: Database, work: Work, scheme: str
) -> None:
    await released(database, work, site)
    token = await a_person(database, "warehouse")
    async with looking(browser, site, token, viewport=PHONE, color_scheme=scheme) as page:
        for name, path in (
            ("choose", "/floor"), ("list", f"/floor?at={work.location}"), ("one", f"/floor/{work.fulfillment}"),
            ("reject", f"/floor/{work.fulfillment}/reject"),
        ):  # fmt: skip
            await page.goto(f"{site.url}/m/acme{path}")
            found = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == [], name
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], name
            await keep_picture(page, f"floor-{name}-{scheme}")


def test_what_is_due_is_said_in_words() -> None:
    now = utc_now()
    assert due(now + timedelta(minutes=40), now) == ("40 min left", "amber")
    assert due(now - timedelta(hours=2), now) == ("2 h late", "red")
    assert due(now + timedelta(hours=5), now) == ("5 h left", "neutral")
    assert [picker(actor, "user:me") for actor in (None, "user:me", "user:you")] == ["", "you", "a colleague"]


async def test_a_page_that_shows_an_older_version_is_told(site: Site, database: Database, work: Work) -> None:
    async with a_client(site, await a_person(database, "warehouse")) as client:
        address = f"/m/acme/floor/{work.fulfillment}/now?version="
        async with database.transaction("acme") as tx:
            [row] = await tx.fetch("SELECT version FROM fulfillment")
        part = {"HX-Request": "true"}
        assert "Somebody went on" not in (await client.get(f"{address}{row['version']}", headers=part)).text
        await released(database, work, site)
        told = (await client.get(f"{address}{row['version']}", headers=part)).text
        assert "Somebody went on with this: it is to pick by now." in told

"""Locations closed, opened and moved, the look of the portal, imports and keys: in the browser, and refused without."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.catalog import UpsertPool, read_locations, upsert_pools
from orderwright.console.settings_brands import contrasts
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from orderwright.screens import blank
from tests.builders.catalog import Shop, a_shop
from tests.helpers.console import DESKTOP, PHONE, Site, a_browser, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import a_context

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# One black pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    """Two locations in one pool, ten units at the first; and a pool beside it."""
    context = a_context()
    async with database.transaction("acme") as tx:
        made = await a_shop(tx, context, locations=2, channel={"code": "web", "name": "Web shop"})
        await upsert_pools(tx, context, [UpsertPool(code="WEST", name="West coast")])
        await receive_stock(
            tx, context, [ReceiveStock(sku=made.skus[0].code, location=made.locations[0].code, quantity=10)]
        )
    return made


async def stands(database: Database, shop: Shop) -> tuple[str, bool, int]:
    """Pool, whether it works, and version of the first location."""
    async with database.transaction("acme") as tx:
        [entry] = await read_locations(tx, codes=[shop.locations[0].code])
    return entry.content.pool, entry.content.active, entry.version


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
async def test_a_location_is_closed_opened_and_moved(
    site: Site, browser: Browser, database: Database, shop: Shop, viewport: Any
) -> None:
    at, wide = shop.locations[0], viewport is DESKTOP
    async with looking(browser, site, await a_person(database), viewport=viewport) as page:
        await page.goto(f"{site.url}/m/acme/settings/locations/edit?code={at.code}")
        await page.get_by_role("link", name="Close location").click()
        dialog = page.locator("#dialog")
        await expect(dialog.locator(".effects")).to_contain_text("10 units of 1 SKU are withheld")
        await expect(dialog.get_by_role("row", name=shop.skus[0].code)).to_contain_text("-10")
        await keep_picture(page, f"settings-close-location-{'desktop' if wide else 'phone'}")
        await dialog.get_by_role("button", name="Close the location").click()
        await expect(page.locator(".toast-said")).to_contain_text("is closed: 10 units are withheld.")
        assert await stands(database, shop) == (shop.pool_code, False, 2)

        await page.get_by_role("link", name="Open again").click()
        await expect(dialog.locator(".effects")).to_contain_text("can be promised by pool")
        await dialog.get_by_role("button", name="Open the location").click()
        await expect(page.locator(".toast-said").last).to_contain_text("is open: 10 units can be promised again.")
        assert await stands(database, shop) == (shop.pool_code, True, 3)

        await page.get_by_role("link", name="Move to another pool").click()
        await dialog.get_by_label("To which pool").select_option("WEST")
        await expect(dialog.locator(".preview")).to_contain_text("can be promised by pool WEST")
        await dialog.get_by_role("button", name="Move the location").click()
        await expect(page.locator(".toast-said").last).to_contain_text("is in pool WEST now, with 10 units.")
        assert await stands(database, shop) == ("WEST", True, 4)


async def test_the_later_of_two_is_told_that_a_location_changed(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    at = shop.locations[0]
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/settings/locations/move?code={at.code}")
        await page.get_by_label("To which pool").select_option("WEST")
        async with looking(browser, site, await a_person(database)) as other:
            await other.goto(f"{site.url}/m/acme/settings/locations/close?code={at.code}")
            await other.get_by_role("button", name="Close the location").click()
            await expect(other.locator(".toast-said")).to_contain_text("is closed")
        await page.get_by_role("button", name="Move the location").click()
        await expect(page.locator(".form-errors")).to_contain_text("Somebody has changed the location")
        assert await stands(database, shop) == (shop.pool_code, False, 2)
        page.complaints.clear()  # type: ignore[attr-defined]  # the refusal is one


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_look_is_typed_seen_and_kept(
    site: Site, browser: Browser, database: Database, shop: Shop, scheme: Any
) -> None:
    async with looking(browser, site, await a_person(database), color_scheme=scheme) as page:
        await page.goto(f"{site.url}/m/acme/settings/brands")
        await page.get_by_role("link", name="web", exact=True).click()
        await page.get_by_label("Name", exact=True).fill("Blue Mug")
        await page.get_by_label("Buttons and links").fill("#ffee00")
        await expect(page.locator("[data-contrast='accent background']")).to_contain_text("too little")
        await page.get_by_label("Above the look-up").first.fill("Where is my mug?")
        view = page.locator("[data-view=light]")
        await expect(view.locator("[data-seen=name]")).to_have_text("Blue Mug")
        await expect(view.locator("[data-seen=welcome]")).to_have_text("Where is my mug?")
        await expect(view.locator(".brand-button")).to_have_css("background-color", "rgb(255, 238, 0)")
        await page.get_by_role("button", name="Save the look").click()
        await expect(page.locator(".form-errors")).to_contain_text("The contrast is 1.2 to 1; 4.5 to 1 is needed.")
        page.complaints.clear()  # type: ignore[attr-defined]  # the refusal is one

        await page.get_by_label("Buttons and links").fill("#0b4f8a")
        await page.locator("[name=logo]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
        await expect(view.locator("[data-seen-logo]")).to_be_visible()
        await keep_picture(page, f"settings-portal-look-{scheme}")
        await page.get_by_role("button", name="Save the look").click()
        await expect(page.locator(".toast-said")).to_contain_text("The portal of web looks so from now on.")
        await expect(page.locator(".brand-logo img")).to_be_visible()
        await page.goto(f"{site.url}/m/acme/settings/brands/edit?channel=web")
        await expect(page.get_by_label("Above the look-up").first).to_have_value("Where is my mug?")
        await expect(page.locator(".head-sub")).to_have_text("Version 1")


async def test_contrast_is_said_as_it_is_and_not_rounded_up() -> None:
    form = blank(**{"look.accent": "#777777", "look.background": "#ffffff", "look.text": "nonsense"})
    said = {one.one: (one.ratio, one.enough) for one in contrasts(form)}
    assert said == {"text": ("16.9", True), "accent_text": ("4.4", False), "accent": ("4.4", False)}


async def test_an_import_is_watched_and_what_was_refused_is_fetched(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    rows = "".join(f"MUG-{n},Mug {n},\n" for n in range(1_500))
    text = f"code,name,gtin\n{rows}MUG-X,Mug X,12345678\n".encode()
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/settings/skus/import")
        await page.locator("[name=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": text})
        await page.get_by_role("button", name="Import the file").click()
        await expect(page.locator("#import")).to_contain_text("Finished")
        await expect(page.locator("#import")).to_contain_text("1,500 of 1,501 rows taken")
        await keep_picture(page, "settings-import")
        async with page.expect_download() as fetched:
            await page.get_by_role("link", name="Fetch what was refused").click()
        path = await (await fetched.value).path()
        refused = (await asyncio.to_thread(path.read_bytes)).decode()
        assert [line.split(",")[:2] for line in refused.splitlines()] == [["line", "item"], ["1502", "MUG-X"]]
        await page.goto(f"{site.url}/m/acme/settings/skus/import")
        await page.locator(".list-table a.open").first.click()
        await expect(page.locator("#import")).to_contain_text("1,500 of 1,501 rows taken")


async def test_a_key_is_made_with_limits_and_shows_who_holds_it(
    site: Site, browser: Browser, database: Database, shop: Shop
) -> None:
    async with looking(browser, site, await a_person(database, name="Ada Holm")) as page:
        await page.goto(f"{site.url}/m/acme/settings/keys/new")
        await page.get_by_label("What it is for").fill("Till")
        await page.get_by_label("Refunds, claims and write-offs").fill("USD: five")
        await page.locator("[name=permissions][value='orders.read']").check()
        await page.get_by_role("button", name="Make the key").click()
        await expect(page.locator(".form-errors")).to_be_visible()
        page.complaints.clear()  # type: ignore[attr-defined]  # the refusal is one
        await page.get_by_label("Refunds, claims and write-offs").fill("USD: 5000")
        await page.get_by_label("Units of a SKU").fill("3")
        await page.get_by_role("button", name="Make the key").click()
        await expect(page.locator("main")).to_contain_text("Copy it now")
        await page.goto(f"{site.url}/m/acme/settings/keys")
        row = page.get_by_role("row", name="Till")
        await expect(row).to_contain_text("refunds up to 50.00 USD")
        await expect(row).to_contain_text("corrections up to 3 units")
        await expect(row).to_contain_text("Ada Holm")
        await expect(row).to_contain_text("never")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_have_no_serious_barrier(
    site: Site, browser: Browser, database: Database, shop: Shop, scheme: Any
) -> None:
    at = shop.locations[0].code
    paths = (
        f"locations/edit?code={at}", f"locations/close?code={at}", f"locations/move?code={at}", "brands",
        "brands/edit?channel=web", "skus/import", "keys", "keys/new",
    )  # fmt: skip
    async with looking(browser, site, await a_person(database), color_scheme=scheme) as page:
        found = []
        for path in paths:
            await page.goto(f"{site.url}/m/acme/settings/{path}")
            results = await Axe().run(page, options=AXE)
            found += [
                (path, v["id"], [n["html"] for n in v["nodes"]][:3])
                for v in results.response["violations"]
                if v["impact"] in ("serious", "critical")
            ]
    assert found == []

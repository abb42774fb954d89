"""The camera as a scanner: a real browser looks at a film of bar codes, with the decoder that is vendored."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from orderwright.platform.db import Database
from tests.console.test_floor import Work, browser, released, site, state, work
from tests.helpers.console import CHROMIUM, FLAGS, PHONE, Site, a_person, keep_picture, looking
from tests.helpers.video import film

__all__ = ["browser", "site", "work"]  # fixtures
LOOKS = "n => Number(document.querySelector('[data-video]').dataset.looks || 0) >= n"


@contextlib.asynccontextmanager
async def a_camera(shows: Path | None) -> AsyncIterator[Browser]:
    """Chromium with a camera that shows a film; with None its user says no."""
    flags = [*FLAGS, "--use-fake-device-for-media-stream"]
    if shows is not None:
        flags += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={shows}"]
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield launched
        await launched.close()


async def test_what_the_camera_sees_counts_once_for_as_long_as_it_sees_it(
    site: Site, database: Database, work: Work, tmp_path: Path
) -> None:
    await released(database, work, site)
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    shows = film(tmp_path / "one.y4m", [work.skus[0]] * 5)
    async with a_camera(shows) as seeing, looking(seeing, site, token, viewport=PHONE) as page:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url))
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        assert not [one for one in loaded if "zxing" in one]
        await page.get_by_role("button", name="Scan with the camera").click()
        await expect(page.locator("#floor-word")).to_have_text("1 of 2")
        assert len([one for one in loaded if "zxing" in one]) == 2
        await page.wait_for_function(LOOKS, arg=10)
        await expect(page.locator("#floor-word")).to_have_text("1 of 2")
        await keep_picture(page, "floor-camera-phone")
        await page.get_by_role("button", name="Scan with the camera").click()
        await expect(page.locator("[data-video]")).to_be_hidden()


async def test_what_comes_into_sight_again_counts_again(
    site: Site, database: Database, work: Work, tmp_path: Path
) -> None:
    await released(database, work, site)
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    frames = [work.skus[0]] * 5 + [None] * 10
    shows = film(tmp_path / "again.y4m", frames)
    async with a_camera(shows) as seeing, looking(seeing, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.get_by_role("button", name="Scan with the camera").click()
        await expect(page.locator("#floor-word")).to_have_text("2 of 2")
        await expect(page.locator("#floor-word")).to_have_text("Enough: none more wanted")
        await expect(page.locator("[data-found]").first).to_have_value("2")


async def test_the_camera_opens_work_from_the_list_and_reads_a_label_of_ones_own(
    site: Site, database: Database, work: Work, tmp_path: Path
) -> None:
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    shows = film(tmp_path / "order.y4m", [str(work.order_number)] * 5)
    async with a_camera(shows) as seeing, looking(seeing, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor")
        await page.get_by_role("button", name="Scan with the camera").click()
        await expect(page.locator("h1")).to_contain_text(f"Order {work.order_number}")
    await released(database, work, site)
    shows = film(tmp_path / "number.y4m", ["1Z999AA10123456784"] * 5)
    async with a_camera(shows) as seeing, looking(seeing, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        for code, times in ((work.skus[0], 2), (work.skus[1], 1)):
            for _ in range(times):
                await page.keyboard.type(code, delay=0)
                await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await page.get_by_text("Size, or a label of your own").click()
        await page.get_by_role("button", name="Scan the tracking number of parcel 1 with the camera").click()
        await expect(page.get_by_role("textbox", name="Tracking number")).to_have_value("1Z999AA10123456784")
        await page.get_by_label("Carrier of your own label").fill("ups")
        await page.get_by_role("button", name="Report as packed").click()
        link = page.get_by_role("link", name="1Z999AA10123456784")
        await expect(link).to_have_attribute("href", "https://www.ups.com/track?tracknum=1Z999AA10123456784")
    assert await state(database) == ("packed", [2, 1])


async def test_who_says_no_to_the_camera_is_told_what_to_do(site: Site, database: Database, work: Work) -> None:
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    async with a_camera(None) as blind, looking(blind, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor")
        await page.get_by_role("button", name="Scan with the camera").click()
        await expect(page.locator("#floor-word")).to_contain_text("Type, or use a scanner.")


@pytest.mark.parametrize(("path", "may"), [("/floor", True), ("/orders", False)])
async def test_webassembly_may_run_on_pages_with_a_camera_only(
    site: Site, browser: Browser, database: Database, work: Work, path: str, *, may: bool
) -> None:
    token = await a_person(database, "administrator")
    async with looking(browser, site, token) as page:
        answer = await page.goto(f"{site.url}/m/acme{path}?at={work.location}")
        assert answer is not None
        policy = await answer.header_value("content-security-policy") or ""
        assert ("wasm-unsafe-eval" in policy) is may
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy

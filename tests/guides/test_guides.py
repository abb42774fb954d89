"""The guides of docs/guides: each person's day is walked through, its pictures are made on the way, and every word that
a guide shows in bold stands on one of the pages that were walked through.

`make pictures` writes the pictures (ORDERWRIGHT_GUIDES=1); without it nothing is written, and all else is checked."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orderwright.platform.db import Database
from tests.guides.world import World, a_world
from tests.helpers.console import Site, a_browser, a_person, a_site, looking

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
IMAGES = GUIDES / "images"
WRITE = os.environ.get("ORDERWRIGHT_GUIDES")
ALL_TOGETHER_MAX = 4_000_000
DESK, HAND = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_TO_WEBP = """async png => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width; canvas.height = image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""


class Day:
    """Somebody's day: pages that were opened, what stood there, and the pictures that were made."""

    def __init__(self, site: Site, page: Page, blank: Page, world: World, guide: str) -> None:
        self.site, self.page, self.world, self.guide = site, page, world, guide
        self._blank = blank
        self.seen = ""
        self.pictures: list[str] = []

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.site.url}/m/acme{path}")

    async def picture(self, name: str) -> None:
        """Read the page and take its picture."""
        page = self.page
        await page.evaluate("document.fonts.ready")
        self.seen += " " + await page.locator("body").inner_text()
        fields = "input, textarea, select"
        self.seen += " ".join(
            await page.locator(fields).evaluate_all("all => all.map(one => one.placeholder || one.value || '')")
        )
        self.pictures.append(f"{self.guide}-{name}.webp")
        if WRITE:
            png = await page.screenshot(animations="disabled")
            webp = await self._blank.evaluate(_TO_WEBP, base64.b64encode(png).decode())
            IMAGES.mkdir(exist_ok=True)
            (IMAGES / self.pictures[-1]).write_bytes(base64.b64decode(webp))


async def care_agent(day: Day) -> None:
    page, order = day.page, day.world.orders["shipped"]
    await day.open("/")
    await day.picture("home")
    await page.keyboard.press("/")
    await page.locator("#palette-text").fill("Grace Miller")
    await expect(page.locator("#palette-list")).to_contain_text("Grace Miller")
    await day.picture("search")
    await page.keyboard.press("Escape")
    await day.open(f"/orders/{order}")
    await day.picture("order")
    await day.open(f"/orders/{day.world.orders['held']}")
    await day.picture("held")
    await day.open("/orders/new")
    await day.picture("new-order")
    await day.open("/customers")
    await day.picture("customers")


async def warehouse(day: Day) -> None:
    page = day.page
    await day.open("/floor?at=COLUMBUS")
    await day.picture("list")
    await day.open(f"/floor/{day.world.work['released']}")
    start = page.get_by_role("button", name="Start to pick")
    await expect(start).to_be_visible()
    await day.picture("start")
    await start.click()
    await expect(page.locator("[data-scanner]")).to_be_focused()
    await day.picture("pick")
    await day.open(f"/floor/{day.world.work['picked']}")
    await day.picture("pack")
    await day.open(f"/floor/{day.world.work['packed']}")
    await day.picture("ship")


async def planner(day: Day) -> None:
    await day.open("/stock")
    await day.picture("stock")
    await day.open("/stock?alarm=waited_for")
    await day.picture("alarms")
    await day.open("/stock/TRAY-OAK")
    await day.picture("card")
    await day.open("/stock-receive?sku=TRAY-OAK&location=COLUMBUS&quantity=40")
    await expect(day.page.locator(".effects")).to_be_visible()
    await day.picture("receive")
    await day.open("/stock-expect?sku=TRAY-OAK")
    await day.picture("expect")


async def operations(day: Day) -> None:
    await day.open("/operations")
    await day.picture("flow")
    await day.open("/operations/holds")
    await day.picture("holds")
    await day.open(f"/operations/sourcing/{day.world.orders['released']}")
    await day.picture("sourcing")
    await day.open("/operations/stuck")
    await day.picture("stuck")
    await day.open("/live")
    await expect(day.page.locator("#connection")).to_contain_text("Live")
    await day.picture("live")


async def finance(day: Day) -> None:
    order = day.world.orders["shipped"]
    await day.open("/")
    await day.picture("home")
    await day.open(f"/orders/{order}/money")
    await day.picture("money")
    await day.open(f"/orders/{order}/refund")
    await day.picture("refund")
    await day.open("/operations/payments")
    await day.picture("payments")
    await day.open("/approvals")
    await day.picture("approvals")


async def administrator(day: Day) -> None:
    await day.open("/settings")
    await day.picture("settings")
    await day.open("/settings/people")
    await day.picture("people")
    await day.open("/settings/people/new")
    await day.picture("new-person")
    await day.open("/settings/channels/edit?code=web")
    await day.picture("channel")
    await day.open("/audit")
    await day.picture("audit")


async def read_only(day: Day) -> None:
    await day.open("/")
    await day.picture("home")
    await day.open("/orders")
    await day.picture("orders")
    await day.open(f"/orders/{day.world.orders['shipped']}/timeline")
    await day.picture("timeline")
    await day.open("/stock")
    await day.picture("stock")


DAYS: dict[str, tuple[str, dict[str, int], Callable[[Day], Awaitable[None]]]] = {
    "care-agent": ("care_agent", DESK, care_agent),
    "warehouse": ("warehouse", HAND, warehouse),
    "planner": ("planner", DESK, planner),
    "operations": ("operations", DESK, operations),
    "finance": ("finance", DESK, finance),
    "administrator": ("administrator", DESK, administrator),
    "read-only": ("read_only", DESK, read_only),
}


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest.mark.parametrize("guide", DAYS)
async def test_a_guide_shows_and_says_what_there_is(browser: Browser, database: Database, guide: str) -> None:
    role, size, walk = DAYS[guide]
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    world = await a_world(database)
    async with a_site(database) as site:
        options: dict[str, Any] = {"viewport": size, "reduced_motion": "reduce"}
        async with looking(browser, site, await a_person(database, role, name="Mia Torres"), **options) as page:
            blank = await page.context.new_page()
            day = Day(site, page, blank, world, guide)
            await walk(day)
    assert re.findall(r"!\[[^\]]+\]\(images/([^)]+)\)", text) == day.pictures
    seen = " ".join(day.seen.split()).lower()
    assert [word for word in re.findall(r"\*\*([^*]+)\*\*", text) if " ".join(word.split()).lower() not in seen] == []


def test_every_picture_is_there_named_by_a_guide_and_small() -> None:
    named = {
        name
        for guide in GUIDES.glob("*.md")
        for name in re.findall(r"\(images/([^)]+)\)", guide.read_text(encoding="utf-8"))
    }
    kept = {file.name: file.stat().st_size for file in IMAGES.glob("*")}
    assert kept.keys() == named
    assert min(kept.values()) > 1_000
    assert sum(kept.values()) < ALL_TOGETHER_MAX


def test_every_guide_is_in_the_index() -> None:
    index = (GUIDES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", index)) == DAYS.keys()

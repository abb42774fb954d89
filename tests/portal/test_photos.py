"""Photos of phones: five of them are more than a request may be, so the page makes them smaller before they travel."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from orderwright.catalog import Checks
from tests.helpers.databases import until
from tests.portal.conftest import OpenPage, press
from tests.portal.sites import Portal

_NOISE = """async ([width, height]) => {
  const canvas = new OffscreenCanvas(width, height), brush = canvas.getContext("2d");
  const data = brush.createImageData(width, height);
  for (let at = 0; at < data.data.length; at += 65536)
    crypto.getRandomValues(new Uint8Array(data.data.buffer, at, Math.min(65536, data.data.length - at)));
  brush.putImageData(data, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({type: "image/png"})).arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}"""
_ALL_SMALL = """most => [...document.querySelector("input[type=file]").files].every(file => file.size < most)"""
LIMIT_BYTES = 10_000_000


async def a_photo(page: Page) -> bytes:
    """A picture of much detail: 2,400 by 1,000 pixels, more than 6 MB."""
    return base64.b64decode(await page.evaluate(_NOISE, [2400, 1000]))


@pytest.mark.parametrize("at_once", [True, False], ids=["sent_at_once", "sent_when_they_are_small"])
async def test_large_photos_are_made_smaller_and_small_ones_go_as_they_are(
    portal: Portal, opened: OpenPage, tmp_path: Path, at_once: bool
) -> None:
    shop = await portal.shop(channel={"checks": Checks(duplicate_window_s=0), "name": "Blue Mug"})
    order_id = await portal.shipped(shop)
    page = await opened(java_script_enabled=True)
    await page.goto(await portal.link(order_id))
    large, small = await a_photo(page), await page.screenshot()
    assert len(large) > 6_000_000
    photos = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for photo, content in zip(photos, (large, large, small), strict=True):
        photo.write_bytes(content)

    await press(page, "Report a problem")
    await page.get_by_label("Thing").first.select_option("1")
    await page.get_by_label("Photos").set_input_files(photos)
    if not at_once:
        await until(lambda: page.evaluate(_ALL_SMALL, LIMIT_BYTES // 4))
    await press(page, "Send the report")

    await expect(page.get_by_role("status")).to_have_text("We have your report and look into it.")
    kept = (await portal.api.get(f"/v1/orders/{order_id}/attachments")).json()["data"]
    assert sorted((one["media_type"], one["name"]) for one in kept) == [
        ("image/jpeg", "a.jpg"), ("image/jpeg", "b.jpg"), ("image/png", "c.png"),
    ]  # fmt: skip
    assert sum(one["bytes"] for one in kept) < LIMIT_BYTES


async def test_without_a_script_too_much_is_said_and_nothing_is_lost(portal: Portal, opened: OpenPage) -> None:
    shop = await portal.shop(channel={"checks": Checks(duplicate_window_s=0), "name": "Blue Mug"})
    order_id = await portal.shipped(shop)
    page = await opened()
    await page.goto(await portal.link(order_id))

    await press(page, "Report a problem")
    await page.get_by_label("Thing").first.select_option("1")
    photo = {"name": "a.png", "mimeType": "image/png", "buffer": b"\0" * (LIMIT_BYTES + 1_000_000)}
    await page.get_by_label("Photos").set_input_files([photo])
    await press(page, "Send the report")

    await expect(page.get_by_role("heading", level=1)).to_have_text("The photos are too large")
    assert (await portal.api.get(f"/v1/claims?order={order_id}")).json()["data"] == []

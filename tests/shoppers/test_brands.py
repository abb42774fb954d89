"""Brands: what is refused, what is kept, and how the portal shows them."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import httpx
import pytest

from orderwright.platform.db import Database
from orderwright.shoppers import picture_type
from orderwright.shoppers.colours import contrast
from tests.helpers.desk import Desk
from tests.portal.sites import Portal, serving_portal


def a_png(width: int = 1, height: int = 1) -> bytes:
    """A PNG of white."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def put(portal: Portal, channel: str, **fields: Any) -> dict[str, Any]:
    answer = await portal.api.call("PUT", "/v1/brands", json={"data": [{"channel": channel, "name": "Mug", **fields}]})
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()["data"][0]
    return outcome


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"GIF89a......", b"%PDF-1.7", b"\xff\xd8\xff",
     a_png(4001, 1), b"\x89PNG\r\n\x1a\n"],
)  # fmt: skip
def test_what_is_no_safe_picture_is_none(content: bytes) -> None:
    assert picture_type(content) is None


async def test_a_brand_is_put_kept_and_refused(database: Database) -> None:
    async with serving_portal(database) as portal:
        code = (await portal.desk.shop()).channel.code
        faint = {"accent": "#ffff00", "accent_text": "#ffffff"}
        assert (await put(portal, "nowhere"))["code"] == "unknown_channel"
        assert (await put(portal, code, look=faint))["details"]["contrast"] == {"accent_text": 1.07, "accent": 1.07}
        assert (await put(portal, code, logo=encoded(b"<svg/>")))["code"] == "logo_type"
        assert (await put(portal, code, logo=encoded(b"x" * 200_001)))["code"] == "logo_too_large"
        assert (await put(portal, code, terms_url="javascript:alert(1)"))["code"] == "invalid_request"
        assert (await put(portal, code, look={"accent": "red;}"}))["code"] == "invalid_request"
        assert await portal.desk.counts("brand") == {"brand": 0}

        assert (await put(portal, code, logo=encoded(a_png())))["code"] == "created"
        assert (await put(portal, code, keep_logo=True))["code"] == "unchanged"
        assert (await put(portal, code, keep_logo=True, support_email="a@b.example"))["details"] == {"version": 2}
        [seen] = (await portal.api.get("/v1/brands")).json()["data"]
        assert (seen["version"], seen["logo"]["media_type"]) == (2, "image/png")
        assert (await put(portal, code))["code"] == "updated"
        [seen] = (await portal.api.get("/v1/brands")).json()["data"]
        assert seen["logo"] is None
        assert (await portal.api.get(f"/v1/brands/{code}/logo")).status_code == 404


async def test_the_portal_wears_it(database: Database) -> None:
    async with serving_portal(database) as portal, httpx.AsyncClient() as http:
        code = (await portal.desk.shop()).channel.code
        texts = {"en": {"welcome": "Hello <b>you</b>"}, "de": {"footer": "Bis bald"}}
        look = {"accent": "#0b4f8a", "accent_text": "#ffffff"}
        await put(portal, code, logo=encoded(a_png()), texts=texts, look=look, terms_url="https://example.com/terms")

        page = (await http.get(f"{portal.url}/p/acme?shop={code}")).text
        assert "Hello &lt;b&gt;you&lt;/b&gt;" in page
        assert 'href="https://example.com/terms"' in page
        assert "Bis bald" in (await http.get(f"{portal.url}/p/acme?shop={code}&lang=de")).text
        [brand] = (await portal.api.get("/v1/brands")).json()["data"]
        base = f"{portal.url}/p/acme/brand/{brand['id']}"
        css, logo = await http.get(f"{base}/look.css"), await http.get(f"{base}/logo")
        assert "--accent:#0b4f8a" in css.text
        assert (css.headers["content-type"], logo.headers["content-type"]) == ("text/css; charset=utf-8", "image/png")
        assert logo.content == a_png()
        assert logo.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert logo.headers["x-content-type-options"] == "nosniff"
        assert (await http.get(f"{portal.url}/p/bolt/brand/{brand['id']}/logo")).status_code == 404


async def test_what_changed_is_in_the_trail(database: Database) -> None:
    desk = Desk(database)
    async with serving_portal(database) as portal:
        code = (await desk.shop()).channel.code
        await put(portal, code, language="de")
        kinds = await desk.fetch("SELECT subject_kind FROM change WHERE subject_kind = 'brand'")
    assert len(kinds) == 1

"""What a shopper sees is right, in their zone, words and browser; nothing keeps them out or shows what is old."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderwright.catalog import Checks
from orderwright.flows.pack_fulfillments import pack_fulfillments
from orderwright.flows.ship_fulfillments import ship_fulfillments
from orderwright.fulfillment import PackedParcel, PackedUnits, PackFulfillment, ShipFulfillment
from orderwright.orders.contract import Person
from orderwright.platform.ids import encode_id
from orderwright.portal.visits import VISIT_COOKIE
from orderwright.returns.policy import WithdrawalTerms
from orderwright.shoppers import may_be_photo, picture_type
from tests.builders.orders import an_address, an_order
from tests.portal.sites import EMAIL, Portal
from tests.portal.test_access import token_of
from tests.shoppers.test_brands import a_png, encoded, put

CHECKS = {"checks": Checks(duplicate_window_s=0)}


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


async def inside(portal: Portal, http: httpx.AsyncClient, order_id: str) -> str:
    """The address of an order whose visit has begun."""
    await http.get(await portal.link(order_id))
    return f"{portal.url}/p/acme/o/{order_id}"


async def test_cookies_of_others_do_not_hide_ours(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.placed(await portal.shop())
    address = await inside(portal, http, order_id)
    visit = http.cookies.get(VISIT_COOKIE, path=f"/p/acme/o/{order_id}")

    for others in ('_ads={"a": "b c", "d": [1]}; ', "=; ;x; ", "we ird=1; ", "bäh=ü; ", f"{VISIT_COOKIE}x=1; "):
        async with httpx.AsyncClient() as other:
            cookies = f"{others}{VISIT_COOKIE}={visit}".encode()
            answer = await other.get(address, headers={b"cookie": cookies})
        assert answer.status_code == 200, others


async def test_colours_and_logos_are_kept_only_under_the_address_that_names_them(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    code = (await portal.shop()).channel.code
    await put(portal, code, logo=encoded(a_png()))
    page = (await http.get(f"{portal.url}/p/acme?shop={code}")).text
    for name in ("look.css", "logo"):
        found = re.search(rf'(/p/acme/brand/\w+/{name})\?v=(\w+)"', page)
        assert found is not None
        own, version = found.groups()
        kept = await http.get(f"{portal.url}{own}?v={version}")
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
        for other in ("", "?v=2", "?v=ffff"):
            passing = await http.get(f"{portal.url}{own}{other}")
            assert (passing.status_code, passing.headers["cache-control"]) == (200, "no-store")
            assert passing.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_days_are_those_of_the_shopper_s_zone(portal: Portal, http: httpx.AsyncClient) -> None:
    shop = await portal.shop()
    async with portal.desk.database.operator_transaction() as tx:
        await tx.execute("UPDATE merchant SET time_zone = 'Asia/Tokyo' WHERE code = 'acme'")
    order_id = await portal.placed(shop, placed_at=datetime(2026, 11, 20, 20, 30, tzinfo=UTC))
    async with portal.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE orders SET promise_zone = NULL")
    page = (await http.get(await inside(portal, http, order_id))).text
    assert "Saturday, November 21" in page
    assert "Friday, November 20" not in page


async def test_what_waits_is_counted_in_what_was_ordered_and_its_money_is_shown(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    shop = await portal.shop(channel=CHECKS)
    part = await portal.desk.sku()
    kit = await portal.desk.kit((part, 3), name="Set of cups")
    await portal.desk.receive(part, shop.locations[0], 4)
    order_id = encode_id("ord", await portal.desk.placed(an_order(shop.channel.code, [(kit.code, 3)])))
    address = await inside(portal, http, order_id)

    form = await http.get(f"{address}/delay")
    assert "2 × Set of cups" in form.text
    second = await http.post(f"{address}/delay", data={"_csrf": token_of(form), "answer": "cancel"})

    assert "2 × Set of cups" in second.text
    assert "The price of your order becomes $39.98 less." in second.text


def test_photos_of_phones_may_end_in_what_the_phone_adds() -> None:
    assert may_be_photo(b"\xff\xd8\xff\xe1 ... \xff\xd9\0\0SEFHk\0\0\0SEFT")
    assert may_be_photo(a_png())
    assert may_be_photo(b"RIFF\0\0\0\0WEBPVP8 ")
    for other in (b"", b"<svg/>", b"GIF89a", b"%PDF-1.7", b"....ftypheic"):
        assert not may_be_photo(other)


async def test_more_than_a_hundred_of_one_thing_are_cancelled_at_once(portal: Portal, http: httpx.AsyncClient) -> None:
    shop = await portal.shop(channel=CHECKS)
    await portal.desk.receive(shop.skus[0], shop.locations[0], 200)
    address = await inside(portal, http, await portal.placed(shop, 150))
    page = (await http.get(f"{address}/cancel")).text
    assert '<option value="150" selected>150</option>' in page


async def test_the_brand_stays_when_the_language_changes(portal: Portal, http: httpx.AsyncClient) -> None:
    code = (await portal.shop()).channel.code
    page = (await http.get(f"{portal.url}/p/acme?shop={code}")).text
    assert f'href="?lang=de&amp;shop={code}"' in page
    hostile = (await http.get(f"{portal.url}/p/acme?shop=%22%3E%3Cscript%3E%26lang=xx")).text
    assert "<script" not in hostile
    assert 'href="?lang=de"' in (await http.get(f"{portal.url}/p/acme")).text


async def test_a_country_is_named_in_the_shopper_s_language(portal: Portal, http: httpx.AsyncClient) -> None:
    address = await inside(portal, http, await portal.placed(await portal.shop()))
    for language, name in (("en", "United States"), ("de", "Vereinigte Staaten"), ("es", "Estados Unidos")):
        assert name in (await http.get(f"{address}?lang={language}")).text


async def test_what_was_chosen_stays_when_something_is_missing(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.shipped(await portal.shop(channel=CHECKS), 3)
    address = await inside(portal, http, order_id)
    form = await http.get(f"{address}/claim")
    files: Any = {"photos": ("a.jpg", b"no picture", "image/jpeg")}
    again = await http.post(f"{address}/claim", data={"_csrf": token_of(form), "q1": "2", "kind": "wrong"}, files=files)
    assert again.status_code == 422
    assert '<option value="2" selected>2</option>' in again.text
    assert '<option value="wrong" selected>' in again.text


async def test_a_promise_in_a_far_future_makes_a_link_of_two_years(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.placed(await portal.shop())
    async with portal.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE orders SET promised_on = '9999-12-31'")
    answer = await portal.api.post(f"/v1/orders/{order_id}/portal-link", {})
    assert answer.status_code == 200
    ends = datetime.fromisoformat(answer.json()["details"]["expires_at"])
    assert (ends - datetime.now(UTC)).days in (729, 730)


@pytest.mark.parametrize("size", [(4_001, 10), (10, 4_001), (60_000, 60_000)])
def test_logos_larger_than_screens_are_none_whatever_they_are(size: tuple[int, int]) -> None:
    width, height = size
    frame = b"\xff\xc0\x00\x11\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x03" + b"\0" * 9
    jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + frame + b"\xff\xd9"
    extended = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    webp = b"RIFF\0\0\0\0WEBPVP8X" + (10).to_bytes(4, "little") + extended
    assert picture_type(jpeg) is None
    assert picture_type(webp) is None


async def test_a_promised_day_that_is_over_is_not_promised_again(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.shipped(await portal.shop(), 1)
    async with portal.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE orders SET promised_on = '2026-01-05'")
    page = (await http.get(await inside(portal, http, order_id))).text
    assert "January 5" not in page
    assert '<h1 class="good">On its way</h1>' in page


@pytest.mark.parametrize("asked", ["?" + "a=1&" * 1_001, "?lang=de&" + "b&" * 5_000])
async def test_whatever_is_asked_is_answered_with_a_page(portal: Portal, http: httpx.AsyncClient, asked: str) -> None:
    for place in ("", "/link/x", "/o/ord_x"):
        answer = await http.get(f"{portal.url}/p/acme{place}{asked}")
        assert answer.status_code in (200, 403, 404), place
        assert "<html lang=" in answer.text, place


async def test_a_part_of_a_page_is_the_whole_page(portal: Portal, http: httpx.AsyncClient) -> None:
    answer = await http.get(f"{portal.url}/p/acme", headers={"hx-request": "true"})
    assert (answer.status_code, "<html lang=" in answer.text) == (200, True)


async def test_names_are_words_and_never_markup(portal: Portal, http: httpx.AsyncClient) -> None:
    evil = "<img src=x onerror=alert(1)>\"'>{{ 7*7 }}%(amount)s"
    shop = await portal.shop(channel=CHECKS, sku={"name": evil})
    await put(portal, shop.channel.code, name=evil[:40], texts={"en": {"welcome": evil, "footer": evil}})
    ship_to = an_address(name=evil, company=evil, line1=evil, city=evil)
    order_id = await portal.placed(shop, 12, ship_to=ship_to, customer=Person(name=evil, email=EMAIL))
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    address = await inside(portal, http, order_id)
    pages = [await http.get(address + place) for place in ("", "/address", "/cancel", "/delay", "/withdraw")]
    for place, form in (
        ("/cancel", {"q1": "1"}), ("/delay", {"answer": "cancel"}), ("/withdraw", {"q1": "1"}),
        ("/address", {"name": evil, "line1": "9 Elm St", "city": evil, "country": "US", "region": "IL"}),
    ):  # fmt: skip
        pages.append(await http.post(address + place, data={"_csrf": token_of(pages[0]), **form}))
    for page in pages:
        assert page.status_code == 200, page.text
        assert "<img src=x" not in page.text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
        assert "{{ 7*7 }}" in page.text


async def test_what_is_in_which_parcel_is_said_once(portal: Portal, http: httpx.AsyncClient) -> None:
    """Fault: every parcel of a fulfillment showed all that the fulfillment brings."""
    desk, shop = portal.desk, await portal.shop()
    lines = [(sku.code, 2) for sku in shop.skus]
    order_id, [work] = await desk.sourced(an_order(shop.channel.code, lines))
    await desk.release(work.id)
    await desk.pick(work.id)
    parcels = [
        PackedParcel(units=[PackedUnits(line=1, quantity=2), PackedUnits(line=2, quantity=1)], tracking_number="T-001"),
        PackedParcel(units=[PackedUnits(line=2, quantity=1)], tracking_number="T-002"),
    ]
    await desk.run(pack_fulfillments, [PackFulfillment(fulfillment_id=work.id, carrier="ups", parcels=parcels)])
    await desk.run(ship_fulfillments, [ShipFulfillment(fulfillment_id=work.id, parcels=[1])])
    page = (await http.get(await inside(portal, http, encode_id("ord", order_id)))).text
    first, second = re.findall(r'<section class="card">(.*?)</section>', page, re.DOTALL)[:2]
    names = [sku.name for sku in shop.skus]
    assert f"2 \u00d7 {names[0]}, 1 \u00d7 {names[1]}" in first
    assert "https://www.ups.com/track?tracknum=T-001" in first
    assert "Handed to the carrier" in first
    assert (f"1 \u00d7 {names[1]}" in second, names[0] in second, "Ready to leave" in second) == (True, False, True)

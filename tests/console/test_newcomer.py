"""A newcomer: from an empty database to an order that has shipped, only by clicking and typing, on a real server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orderwright.console.business import code_of
from tests.helpers.console import DESKTOP, PHONE, WAIT_MS, a_browser, keep_picture
from tests.helpers.databases import until
from tests.helpers.processes import Nursery, Process, started

PASSWORD = "amber tiles hum quietly"


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


async def printed(serve: Process) -> str:
    """The address that the server printed at its start."""

    async def address() -> str | None:
        said = " ".join(str(entry["event"]) for entry in serve.log())
        found = re.search(r"http://\S+/first\?token=\S+", said)
        return found.group() if found else None

    return str(await until(address))


async def a_page(browser: Browser, complaints: list[str], *, phone: bool = False) -> Page:
    size = PHONE if phone else DESKTOP
    window = await browser.new_context(viewport=size, color_scheme="light", timezone_id="Europe/Zurich")  # type: ignore[arg-type]
    window.set_default_timeout(WAIT_MS)
    page = await window.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    return page


async def test_from_an_empty_system_to_the_first_shipped_order_by_clicking(
    empty_dsn: str, browser: Browser, tmp_path: Path
) -> None:
    complaints: list[str] = []
    async with Nursery() as nursery, started(nursery, "serve", empty_dsn, tmp_path) as serve:
        page = await a_page(browser, complaints)
        await page.goto(await printed(serve))
        await become_administrator(page)
        await say_what_the_business_is(page)
        await set_up(page)
        number = await take_an_order(page)
        phone = await a_page(browser, complaints, phone=True)
        await sign_in(phone, page.url)
        await ship_it(phone, number)
        await see_it_shipped(page, phone, number)
        assert await serve.stop() == 0
    assert complaints == []


async def become_administrator(page: Page) -> None:
    await page.get_by_label("Your name").fill("Ada Berg")
    await page.get_by_label("Your e-mail address").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await keep_picture(page, "newcomer-administrator")
    await page.get_by_role("button", name="Make the first administrator").click()


async def say_what_the_business_is(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Your business")).to_be_visible()
    await page.get_by_label("Name of the business").fill("Berg & Söhne")
    await expect(page.get_by_label("Code")).to_have_value("berg_sohne")
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Zurich")
    await page.get_by_label("Currency of its reports").select_option("CHF")
    await keep_picture(page, "newcomer-business")
    await page.get_by_role("button", name="Make the business").click()
    await page.wait_for_url("**/m/berg_sohne/")
    await expect(page.get_by_role("heading", name="Set up your shop")).to_be_visible()


async def begin(page: Page, step: str) -> None:
    """Home, and on to the step that is next: the list knows which one that is."""
    await page.get_by_role("link", name="Home").click()
    await keep_picture(page, f"newcomer-home-{step.lower().replace(' ', '-')}")
    following = page.locator(".set-up-now")
    await expect(following).to_contain_text(step)
    await following.get_by_role("link").click()


async def set_up(page: Page) -> None:
    await begin(page, "Make a pool")
    await page.get_by_role("button", name="Make the pool").click()
    await expect(page.locator("#toasts")).to_contain_text("Pool MAIN was made.")

    await begin(page, "Make a location")
    await expect(page.get_by_label("Pool", exact=True)).to_have_value("MAIN")
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Zurich")
    await page.get_by_label("Code", exact=True).fill("BASEL")
    await page.get_by_label("Name", exact=True).fill("Basel warehouse")
    await page.get_by_label("Country").fill("CH")
    await page.get_by_role("button", name="Make the location").click()
    await expect(page.locator("#toasts")).to_contain_text("Location BASEL was made.")

    await begin(page, "Make a channel")
    await expect(page.get_by_label("Currency")).to_have_value("CHF")
    await expect(page.get_by_label("Pools, in the order")).to_have_value("MAIN")
    await page.get_by_label("Code", exact=True).fill("phone")
    await page.get_by_label("Name", exact=True).fill("Telephone")
    await page.get_by_role("button", name="Make the channel").click()
    await expect(page.locator("#toasts")).to_contain_text("Channel phone was made.")

    await begin(page, "Add goods")
    await page.get_by_label("Code", exact=True).fill("MUG-BLUE")
    await page.get_by_label("Name", exact=True).fill("Mug, blue")
    await page.get_by_label("Weight").fill("350")
    await page.get_by_role("button", name="Make the SKU").click()
    await expect(page.locator("#toasts")).to_contain_text("SKU MUG-BLUE was made.")

    await begin(page, "Receive stock")
    await expect(page.get_by_label("SKU", exact=True)).to_have_value("MUG-BLUE")
    await expect(page.get_by_label("Location", exact=True)).to_have_value("BASEL")
    await page.get_by_label("Units").fill("120")
    await page.get_by_role("button", name="Receive goods").click()
    await expect(page.locator("#toasts")).to_contain_text("Received: 120 of MUG-BLUE")


async def take_an_order(page: Page) -> str:
    """The number of the order as people write it."""
    await begin(page, "Take the first order")
    await page.get_by_label("Channel").select_option(label="Telephone")
    await page.locator("[name='lines.0.sku']").fill("MUG-BLUE")
    await page.locator("[name='lines.0.quantity']").fill("2")
    await page.locator("[name='lines.0.price']").fill("12.50")
    await page.get_by_label("Name").fill("Grace Hopper")
    await page.get_by_label("E-mail").fill("grace@example.com")
    await page.get_by_label("Street and number").fill("Rheingasse 1")
    await page.get_by_label("Postal code").fill("4058")
    await page.get_by_label("City").fill("Basel")
    await page.get_by_label("Country").fill("CH")
    await expect(page.locator(".effects")).to_contain_text("120 left")
    await keep_picture(page, "newcomer-order")
    await page.get_by_role("button", name="Place the order").click()
    await page.wait_for_url("**/orders/ord_*")
    heading = await page.locator("h1").inner_text()
    found = re.search(r"#\d+", heading)
    assert found is not None, heading
    return found.group()


async def sign_in(page: Page, address: str) -> None:
    """On another device, from the page that somebody was told of."""
    await page.goto(re.sub(r"/orders/.*", "/floor", address))
    await page.get_by_label("E-mail").fill("ada@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").first.click()
    await page.wait_for_url("**/floor")


async def ship_it(page: Page, number: str) -> None:
    work = page.locator(".floor-list").get_by_role("link", name=number.removeprefix("#"))

    async def listed() -> bool:  # the workers source it; the list is looked at again
        await page.reload()
        await keep_picture(page, "newcomer-floor-phone")
        return await work.is_visible()

    await until(listed)
    await work.click()
    release = page.get_by_role("button", name="Release to the floor")
    start = page.get_by_role("button", name="Start to pick")
    await expect(release.or_(start)).to_be_visible()
    if await release.is_visible():
        await release.click()
    await start.click()
    await expect(page.locator("[data-scanner]")).to_be_focused()
    for _ in range(2):
        await page.keyboard.type("MUG-BLUE")
        await page.keyboard.press("Enter")
    await keep_picture(page, "newcomer-pick-phone")
    await page.get_by_role("button", name="Confirm the pick").click()
    await page.get_by_label("Weight in grams").fill("720")
    await page.get_by_role("button", name="Report as packed").click()
    shipped = page.get_by_role("button", name="Report as shipped")
    await keep_picture(page, "newcomer-ship-phone")
    await shipped.click()
    await expect(page.locator(".toast-said")).to_contain_text("Shipped.")


async def see_it_shipped(page: Page, phone: Page, number: str) -> None:
    await page.reload()
    await expect(page.locator("header.head")).to_contain_text("Shipped")
    await keep_picture(page, "newcomer-shipped")
    await page.locator("header.head details.menu summary").click()
    await page.get_by_role("link", name="Make the shopper's link").click()
    await page.get_by_role("button", name="Make the link").click()
    address = await page.locator("#f-link").input_value()
    await phone.goto(address)
    await expect(phone.locator("body")).to_contain_text(number)
    await expect(phone.locator("body")).to_contain_text("On its way", ignore_case=True)
    await keep_picture(phone, "newcomer-portal-phone")
    await page.goto(re.sub(r"/orders/.*", "/", page.url))
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    await expect(page.get_by_role("heading", name="Set up your shop")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "code"),
    [("Acme Goods", "acme_goods"), ("Müller & Söhne", "muller_sohne"), ("24 Hours", "hours"), ("日本", "")],
)
def test_a_code_is_proposed_for_a_name(name: str, code: str) -> None:
    assert code_of(name) == code


async def test_what_is_wrong_with_a_business_makes_none_and_pressed_twice_makes_one(
    empty_dsn: str, tmp_path: Path
) -> None:
    async with Nursery() as nursery, started(nursery, "serve", empty_dsn, tmp_path) as serve:
        async with httpx.AsyncClient(timeout=60) as client:
            first = await printed(serve)
            base = first.partition("/first")[0]
            shown = await client.get(first)
            token = first.partition("token=")[2]
            person = {"token": token, "name": "Ada Berg", "email": "ada@example.com", "password": PASSWORD}
            made = await client.post(f"{base}/first", data=person | {"_csrf": csrf(shown.text)})
            assert made.status_code == 303
            assert (await client.get(f"{base}/")).headers["location"] == "/me/business"
            form = {
                "_csrf": csrf((await client.get(f"{base}/me/business")).text), "name": "Acme", "code": "acme",
                "time_zone": "UTC", "currency": "USD", "number_format": "#{number}",
            }  # fmt: skip
            for wrong, said in (
                ({"code": "Acme; DROP"}, "use a-z, 0-9 and _"),
                ({"time_zone": "Mars/North"}, "is not a time zone"),
                ({"currency": "XQQ"}, "is not an ISO 4217 currency"),
                ({"number_format": "x"}, "must contain {number}"),
                ({"code": "", "name": "日本"}, "Write a code"),
                ({"name": ""}, "This is needed."),
            ):
                refused = await client.post(f"{base}/me/business", data=form | wrong)
                assert (refused.status_code, said in refused.text) == (422, True), wrong
            assert (await client.post(f"{base}/me/business", data=form)).headers["location"] == "/m/acme/"
            again = await client.post(f"{base}/me/business", data=form | {"code": "bolt"})
            assert (again.status_code, again.headers["location"]) == (303, "/")
            assert (await client.get(f"{base}/m/acme/")).status_code == 200
            assert (await client.get(f"{base}/m/bolt/")).status_code == 404
        assert await serve.stop() == 0


def csrf(html: str) -> str:
    """The token of a page's form."""
    found = re.search(r'name="_csrf" value="([^"]+)"', html)
    assert found is not None
    return found.group(1)

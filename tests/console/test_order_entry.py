"""Orders that somebody takes by telephone: typed with what they come to, placed once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.console.order_quote import EntryForm, EntryLine, Priced, Quote, order_of
from orderwright.flows.receive_stock import receive_stock
from orderwright.inventory import ReceiveStock
from orderwright.platform.db import Database
from tests.builders.catalog import Shop, a_shop
from tests.console.test_order_list import AXE, form_of, orders
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def a_stocked_shop(database: Database, ctx: MakeContext) -> Shop:
    """Two SKUs at $19.99, of the first of which there are five."""
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, skus=2, channel={"name": "Telephone"})
        stock = ReceiveStock(sku=shop.skus[0].code, location=shop.locations[0].code, quantity=5)
        await receive_stock(tx, context, [stock])
    return shop


def test_what_is_typed_becomes_the_order_that_a_channel_would_send() -> None:
    typed = EntryForm(
        entry="desk-12345678", channel="tel", lines=[EntryLine(sku="MUG", quantity=2)], name="Ada", country="GB",
        city="London", payment="invoice", tags="vip, vip, gift,",
    )  # fmt: skip
    made = order_of(typed, Quote("GBP", [Priced("MUG", "Mug", 2, 1250, 3, True)], 2500, 495, 500, 100, {}))
    assert made["total"] == {"amount": 2595, "currency": "GBP"}
    assert made["tags"] == ["vip", "gift"]
    assert made["customer"] == {"name": "Ada"}
    assert made["ship_to"] == {"name": "Ada", "city": "London", "country": "GB"}
    assert made["payments"] == [
        {"method": "invoice", "state": "pending", "amount": {"amount": 2595, "currency": "GBP"}}
    ]


async def test_an_order_is_typed_with_its_total_and_what_is_left_and_placed(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    shop = await a_stocked_shop(database, ctx)
    first, second = (sku.code for sku in shop.skus)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.get_by_role("link", name="New order").click()
        await page.get_by_label("Channel").select_option(label="Telephone")
        await page.locator("[name='lines.0.sku']").fill(first)
        await expect(page.locator(f"#skus option[value='{first}']")).to_have_count(1)
        await page.locator("[name='lines.0.quantity']").fill("3")
        await page.locator("[name='lines.1.sku']").fill(second)
        await page.locator("[name='lines.1.price']").fill("5.50")
        await page.locator("[name='shipping']").fill("4.95")
        await page.locator("[name='discount']").fill("1")
        effects = page.locator(".effects")
        await expect(effects).to_contain_text("5 left")
        await expect(effects).to_contain_text("0 of 1 now, 1 would wait for supply")
        await expect(effects).to_contain_text(f"from {shop.pool_code}")
        await expect(effects.locator(".entry-promise")).to_contain_text("Promised: ")
        await expect(effects).to_contain_text("$69.42")
        await page.get_by_label("Name").fill("Grace Hopper")
        await page.get_by_label("E-mail").fill("grace@example.com")
        await page.get_by_label("Country").fill("US")
        await page.get_by_label("City").fill("Arlington")
        await page.get_by_label("Tags").fill("by phone")
        await page.get_by_label("Note for colleagues").fill("Rings the bell twice.")
        await keep_picture(page, "orders-new-typed")
        await page.get_by_role("button", name="Place the order").click()
        await page.wait_for_url("**/m/acme/orders/ord_*")
        await expect(page.locator("#toasts")).to_contain_text("Placed. 1 of its items wait for supply.")
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT id, total_minor, external_id FROM orders")
        notes = await tx.fetch("SELECT words FROM order_note")
        tags = await tx.fetch("SELECT tag FROM order_tag")
    assert row["total_minor"] == 6942
    assert row["external_id"].startswith("desk-")
    assert [note["words"] for note in notes] == ["Rings the bell twice."]
    assert [tag["tag"] for tag in tags] == ["by phone"]


async def test_pressed_twice_it_is_placed_once(site: Site, database: Database, ctx: MakeContext) -> None:
    shop = await a_stocked_shop(database, ctx)
    token = await a_person(database)
    async with a_client(site, token) as client:
        form = await form_of(
            site,
            token,
            entry="desk-abcdefgh",
            channel=shop.channel.code,
            country="US",
            **{"lines.0.sku": shop.skus[0].code},
        )
        first = await client.post("/m/acme/orders/new", data=form)
        again = await client.post("/m/acme/orders/new", data=form)
        other = await client.post("/m/acme/orders/new", data=form | {"lines.0.quantity": "2"})
    assert first.status_code == 303, first.text.partition("form-errors")[2][:600]
    assert first.headers["location"].startswith("/m/acme/orders/ord_")
    assert again.headers["location"] == first.headers["location"]
    assert other.headers["location"] == first.headers["location"]
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch("SELECT count(*) AS orders, sum(unit_count) AS units FROM orders")
    assert (row["orders"], row["units"]) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"lines.0.sku": "NOTHING"}, "There is no SKU of this code. Look it up in the catalogue."),
        ({"lines.0.price": "-1"}, "Write an amount of 0 or more, such as 12.50."),
        ({"lines.0.price": "1.999"}, "Amounts in USD have 2 digits after the point at most."),
        ({"lines.0.price": "NaN"}, "Write an amount of 0 or more, such as 12.50."),
        ({"discount": "900"}, "The discount is more than the lines come to."),
        ({"lines.0.quantity": "0"}, "Write"),
        ({"channel": "nowhere"}, "Choose a channel."),
        ({"lines.0.sku": ""}, "Type what is ordered."),
        ({"entry": "x"}, "Entry"),
        ({"country": "Atlantis"}, "Country"),
        ({"country": ""}, "Say where it goes: the country at least, better the whole address."),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_placed(
    site: Site, database: Database, ctx: MakeContext, fields: dict[str, str], says: str
) -> None:
    shop = await a_stocked_shop(database, ctx)
    token = await a_person(database)
    good = {"entry": "desk-abcdefgh", "channel": shop.channel.code, "country": "US", "lines.0.sku": shop.skus[0].code}
    async with a_client(site, token) as client:
        answer = await client.post("/m/acme/orders/new", data=await form_of(site, token, **{**good, **fields}))
        preview = await client.post("/m/acme/orders/new/preview", data=await form_of(site, token, **{**good, **fields}))
    assert answer.status_code == 422
    assert says in answer.text
    assert preview.status_code == 200
    async with database.transaction("acme", read_only=True) as tx:
        assert await tx.fetch("SELECT id FROM orders") == []


async def test_who_ordered_before_is_found_and_stands_in_the_form(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 1)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders/new")
        await page.get_by_label("Somebody who ordered before").fill("ada@example.com")
        await page.keyboard.press("Enter")
        await page.locator(".entry-found").get_by_role("link", name="Ada Lovelace").click()
        await expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
        await expect(page.get_by_label("City")).to_have_value("Springfield")
        assert "ada" not in page.url


async def test_who_may_not_place_orders_sees_no_such_button(site: Site, database: Database) -> None:
    async with a_client(site, await a_person(database, "planner")) as client:
        assert "/orders/new" not in (await client.get("/m/acme/orders")).text
        assert (await client.get("/m/acme/orders/new")).status_code == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_form_is_right_on_a_desk_and_a_phone(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, scheme: str
) -> None:
    await a_stocked_shop(database, ctx)
    token = await a_person(database)
    for size, name in ((None, "desk"), (PHONE, "phone")):
        options: dict[str, Any] = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            await page.goto(f"{site.url}/m/acme/orders/new")
            await page.get_by_role("button", name="Add a line").click()
            await expect(page.locator("[name='lines.5.sku']")).to_be_focused()
            found = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
            assert await page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
            await keep_picture(page, f"orders-new-{name}-{scheme}")

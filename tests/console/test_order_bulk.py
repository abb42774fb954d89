"""A selection of orders: what it will do, chunk by chunk, what became of each, a way back; and never twice."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.orders import CancelOrder
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from tests.console.test_order_list import AXE, form_of, orders
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext

RESULT = re.compile(r'data-id="(ord_\w+)" data-ok="(yes|no)"')


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def count(database: Database, sql: str) -> int:
    async with database.transaction("acme", read_only=True) as tx:
        [row] = await tx.fetch(sql)
    return int(row[0])


async def test_a_selection_is_held_and_the_toast_takes_it_back(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    # given orders, one of which is cancelled
    made = await orders(database, ctx, 4)
    async with database.transaction("acme") as tx:
        await cancel_orders(tx, ctx(), [CancelOrder(order_id=decode_id("ord", made[0]))])
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all")
        await expect(page.locator(".bulk")).to_be_hidden()
        # when all are selected and held
        await page.get_by_label("Select all that are shown").check()
        await expect(page.locator(".bulk-count")).to_have_text("4 selected")
        await page.locator(".bulk").get_by_role("link", name="Hold", exact=True).click()
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("They stop before sourcing, release and shipping")
        await dialog.get_by_label("Why").fill("count the shelf first")
        await dialog.get_by_role("button", name="Hold: 4 orders").click()
        # then three are, and the list says why the fourth is not
        await expect(dialog.locator(".bulk-said")).to_have_text("3 held, 1 not done.")
        await expect(dialog.locator(".results li").first).to_contain_text("It is finished")
        await expect(dialog.get_by_role("button", name="Try the 1 again")).to_be_visible()
        async with page.expect_download() as download:
            await dialog.get_by_role("button", name="Download the results").click()
        text = (await (await download.value).path()).read_text()
        assert text.splitlines()[0] == "order,id,done,what"
        assert text.count('"yes"') == 3
        await keep_picture(page, "orders-bulk-results")
        # and the toast after it takes back what was done
        await dialog.get_by_role("button", name="Show the orders").click()
        await expect(page.locator("#toasts")).to_contain_text("3 orders held.")
        await expect(page.locator("tbody .state", has_text="Held")).to_have_count(3)
        await page.get_by_role("button", name="Release them again").click()
        await expect(page.locator("tbody .state", has_text="Held")).to_have_count(0)
    assert await count(database, "SELECT count(*) FROM hold WHERE released_at IS NULL") == 0


async def test_orders_are_tagged_by_keys_alone_on_any_page(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 120)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all")
        await page.get_by_role("button", name="Show more orders").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(100)
        await page.get_by_role("button", name="Show more orders").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(120)
        for key in ("j", "x", "j", "x"):
            await page.keyboard.press(key)
        await expect(page.locator(".bulk-count")).to_have_text("2 selected")
        await page.get_by_label("Select all that are shown").check()
        await page.locator(".bulk").get_by_role("link", name="Add tag").click()
        await page.locator("#dialog").get_by_label("Tag").fill("fair")
        await page.keyboard.press("Enter")
        await expect(page.locator(".bulk-said")).to_have_text("120 tagged.")
        await page.get_by_role("button", name="Remove the tag again").click()
        await expect(page.locator(".bulk-said")).to_have_text("Taken back for 120 orders.")
    assert await count(database, "SELECT count(*) FROM order_tag") == 0


async def test_cancelling_says_first_what_it_comes_to(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 3)
    async with database.transaction("acme") as tx:
        await cancel_orders(tx, ctx(), [CancelOrder(order_id=decode_id("ord", made[0]))])
    for size in (None, PHONE):
        options: dict[str, Any] = {} if size is None else {"viewport": size}
        async with looking(browser, site, await a_person(database), **options) as page:
            await page.goto(f"{site.url}/m/acme/orders?view=all")
            for box in await page.locator("tbody .pick input").all():
                await box.check()
            await page.locator(".bulk").get_by_role("link", name="Cancel").click()
            effects = page.locator("#dialog .effects")
            await expect(effects).to_contain_text("2 of 3")
            await expect(effects).to_contain_text("$39.98")
            await expect(effects).to_contain_text("It is cancelled already.")
            found = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
            await keep_picture(page, f"orders-bulk-cancel-{'desk' if size is None else 'phone'}")
    assert await count(database, "SELECT count(*) FROM orders WHERE status = 'cancelled'") == 1


async def test_a_double_click_does_a_thing_once(site: Site, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 2)
    token = await a_person(database)
    async with a_client(site, token) as client:
        form = await form_of(site, token, ids=",".join(made), _key="twice", reason="duplicate")
        first = await client.post("/m/acme/orders/bulk/cancel/run", data=form)
        again = await client.post("/m/acme/orders/bulk/cancel/run", data=form)
    assert RESULT.findall(first.text) == [(made[0], "yes"), (made[1], "yes")]
    assert RESULT.findall(again.text) == RESULT.findall(first.text)
    assert await count(database, "SELECT count(*) FROM event WHERE type = 'order.cancelled'") == 2


async def test_what_cannot_be_done_is_said_for_each_order(site: Site, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 1)
    token = await a_person(database)
    async with a_client(site, token) as client:
        ids = f"{made[0]},ord_01j9zqtf0seqbr9w7r1c4rkz2m,nonsense"
        form = await form_of(site, token, ids=ids, _key="some")
        answer = await client.post("/m/acme/orders/bulk/release/run", data=form)
    assert re.findall(r'data-id="(\w+)" data-ok="no"', answer.text) == ids.split(",")
    assert "It is not held." in answer.text
    assert "It is not there, or not for you." in answer.text


async def test_a_selection_of_nothing_or_of_too_much_is_refused(site: Site, database: Database) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:
        none = await client.post("/m/acme/orders/bulk/hold", data=await form_of(site, token, ids=","))
        many = ",".join(f"ord_{n}" for n in range(1001))
        much = await client.post("/m/acme/orders/bulk/hold/run", data=await form_of(site, token, ids=many))
        strange = await client.post("/m/acme/orders/bulk/burn", data=await form_of(site, token, ids="a"))
        no_tag = await client.post("/m/acme/orders/bulk/tag/run", data=await form_of(site, token, ids="a"))
    assert (none.status_code, much.status_code, strange.status_code, no_tag.status_code) == (400, 400, 404, 400)
    assert "Nothing is selected. Go back and tick some orders." in none.text
    assert "Select 1,000 orders at most at once." in much.text


async def test_who_may_not_hold_sees_no_such_button_and_is_refused(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 1)
    token = await a_person(database, "read_only")
    async with a_client(site, token) as client:
        shown = await client.get("/m/acme/orders?view=all")
        form = await form_of(site, token, ids=made[0], _key="k")
        refused = [
            (await client.post(f"/m/acme/orders/bulk/{name}{end}", data=form)).status_code
            for name in ("hold", "release", "tag", "untag", "source", "cancel")
            for end in ("", "/run")
        ]
    assert "/orders/bulk/" not in shown.text
    assert set(refused) == {403}

"""Many orders: ticked, or all that a list finds. What it will do, how far it is, what became of each, a way back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.flows.cancel_orders import cancel_orders
from orderwright.flows.stages import stages
from orderwright.orders import CancelOrder
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id
from orderwright.platform.pumps import PumpRunner, pump
from tests.console.test_order_list import AXE, form_of, orders
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext

RUN = re.compile(r"/m/acme/orders/runs/(blk_\w+)")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def still(database: Database) -> AsyncIterator[Site]:
    """A site whose workers do not work."""
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture
async def site(still: Site, database: Database) -> AsyncIterator[Site]:
    runner = a_runner(database)
    await runner.start()
    yield still
    await runner.stop()


def a_runner(database: Database) -> PumpRunner:
    """Workers that do what is asked of many orders."""

    async def merchants() -> list[str]:
        return ["acme"]

    return PumpRunner(database, merchants, [stage for stage in stages() if stage.name == "bulk"], poll_s=0.1)


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
        await expect(dialog.locator(".run-said")).to_have_text("3 held, 1 not done.")
        await expect(dialog.locator(".results li")).to_have_count(1)
        await expect(dialog.locator(".results li").first).to_contain_text("It is finished")
        await expect(dialog.get_by_role("button", name="Try the 1 again")).to_be_visible()
        async with page.expect_download() as download:
            await dialog.get_by_role("link", name="Download all results").click()
        text = (await (await download.value).path()).read_text()
        assert text.splitlines()[0] == "order,id,done,code,message"
        assert text.count(",yes,") == 3
        found = await Axe().run(page, options=AXE)
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
        await keep_picture(page, "orders-bulk-results")
        # and the toast after it takes back what was done
        await dialog.get_by_role("link", name="Show the orders").click()
        await expect(page.locator("#toasts")).to_contain_text("3 orders held.")
        await expect(page.locator("tbody .state", has_text="Held")).to_have_count(3)
        await page.get_by_role("link", name="Release them again").click()
        await dialog.get_by_role("button", name="Release them again").click()
        await expect(dialog.locator(".run-said")).to_have_text("3 released.")
        await dialog.get_by_role("link", name="Show the orders").click()
        await expect(page.locator("tbody .state", has_text="Held")).to_have_count(0)
    assert await count(database, "SELECT count(*) FROM hold WHERE released_at IS NULL") == 0


async def test_all_that_match_are_selected_and_done_while_the_bar_moves(
    still: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    # given 230 orders, of which a list shows 50
    await orders(database, ctx, 230)
    [bulk] = [stage for stage in stages() if stage.name == "bulk"]
    for size in (None, PHONE):
        options: dict[str, Any] = {} if size is None else {"viewport": size, "color_scheme": "dark"}
        action, word = ("Hold", "held") if size is None else ("Release holds", "released")
        async with looking(browser, still, await a_person(database), **options) as page:
            await page.goto(f"{still.url}/m/acme/orders?view=all")
            await expect(page.locator("[data-matching]")).to_have_text("230 orders")
            if size is None:
                await page.get_by_label("Select all that are shown").check()
            else:
                await page.locator("tbody .pick input").first.check()
                await page.get_by_role("button", name="Select all shown").click()
            await page.get_by_role("button", name="Select all 230 that match").click()
            await expect(page.locator(".bulk-count")).to_have_text("All 230 that match are selected")
            await keep_picture(page, f"orders-all-match-{'desk' if size is None else 'phone'}")
            await page.locator(".bulk").get_by_role("link", name=action, exact=True).click()
            dialog = page.locator("#dialog")
            await expect(dialog.locator(".effects")).to_contain_text("230")
            await dialog.get_by_role("button", name=f"{action}: all 230 that match").click()
            # when workers do a slice after the other, then it is seen
            await expect(dialog.locator(".run-said")).to_have_text("Listing the orders: 0 so far")
            await pump(database, "acme", bulk)
            await expect(dialog.locator(".run-said")).to_have_text("0 of 230 orders")
            await pump(database, "acme", bulk)
            await expect(dialog.locator(".run-said")).to_have_text("100 of 230 orders")
            await keep_picture(page, f"orders-run-{'desk' if size is None else 'phone'}")
            # and it goes on when the page is left, and is found again
            await dialog.get_by_role("link", name="Go on working").click()
            await expect(page.locator("#toasts")).to_contain_text("It goes on.")
            await pump(database, "acme", bulk)
            await page.get_by_role("link", name="Done to many").click()
            await expect(page.locator("tbody tr").first).to_contain_text("you")
            listed = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in listed.response["violations"]] == []
            await keep_picture(page, f"orders-runs-{'desk' if size is None else 'phone'}")
            await page.locator("tbody a.open").first.click()
            await pump(database, "acme", bulk)
            await expect(page.locator(".run-said")).to_have_text(f"230 {word}.")
            await expect(page.get_by_role("link", name="Show the orders")).to_be_visible()
            found = await Axe().run(page, options=AXE)
            assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
    assert await count(database, "SELECT count(*) FROM event WHERE type = 'order.held'") == 230


async def test_a_run_is_ended_half_way(still: Site, browser: Browser, database: Database, ctx: MakeContext) -> None:
    await orders(database, ctx, 130)
    [bulk] = [stage for stage in stages() if stage.name == "bulk"]
    async with looking(browser, still, await a_person(database)) as page:
        await page.goto(f"{still.url}/m/acme/orders?view=all")
        await page.get_by_label("Select all that are shown").check()
        await page.get_by_role("button", name="Select all 130 that match").click()
        await page.locator(".bulk").get_by_role("link", name="Add tag").click()
        await page.locator("#dialog").get_by_label("Tag").fill("fair")
        await page.keyboard.press("Enter")
        await expect(page.locator(".run-said")).to_have_text("Listing the orders: 0 so far")
        for _ in range(2):
            await pump(database, "acme", bulk)
        await expect(page.locator(".run-said")).to_have_text("100 of 130 orders")
        await page.get_by_role("button", name="End it here").click()
        await expect(page.locator(".run-said")).to_have_text("100 tagged, 30 not done.")
        await expect(page.locator(".results li").first).to_contain_text("Its turn did not come.")
        await page.get_by_role("button", name="Try the 30 again").click()
        await expect(page.locator(".run-said")).to_contain_text("Listing the orders")
        for _ in range(2):
            await pump(database, "acme", bulk)
        await expect(page.locator(".run-said")).to_have_text("30 tagged.")
    assert await count(database, "SELECT count(*) FROM order_tag") == 130


async def test_a_selection_becomes_a_file_and_with_people_leaves_a_trace(
    still: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 3)
    token = await a_person(database)
    async with looking(browser, still, token) as page:
        await page.goto(f"{still.url}/m/acme/orders?view=all")
        await page.locator("tbody .pick input").first.check()
        async with page.expect_download() as download:
            await page.locator(".bulk").get_by_role("button", name="Export").click()
        text = (await (await download.value).path()).read_text()
        assert [line.partition(",")[0] for line in text.splitlines()] == ["order_id", made[2]]
    assert await count(database, "SELECT count(*) FROM act WHERE verb = 'export_orders'") == 0
    async with a_client(still, token) as client:
        form = await form_of(still, token, personal="true", q="ada@example.com")
        answer = await client.post("/m/acme/orders/export", data=form)
        assert len(answer.text.splitlines()) == 3
    async with database.transaction("acme", read_only=True) as tx:
        rows = await tx.fetch(
            "SELECT a.actor, c.after::text AS after FROM act AS a JOIN change AS c ON c.act_id = a.id"
            " WHERE a.verb = 'export_orders' ORDER BY c.n"
        )
    assert [msgspec.json.decode(row["after"]) for row in rows] == [
        {"filters": {}, "searched_by": ["q"]}, {"rows": 2, "complete": True},
    ]  # fmt: skip
    assert all(row["actor"].startswith("user:usr_") for row in rows)
    assert "ada@example.com" not in str(rows)


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
        await expect(page.locator(".run-said")).to_have_text("120 tagged.")
        await page.get_by_role("button", name="Remove the tag again").click()
        await expect(page.locator(".run-said")).to_have_text("120 untagged.")
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


async def test_a_double_click_does_a_thing_once(still: Site, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 2)
    token = await a_person(database)
    async with a_client(still, token) as client:
        form = await form_of(still, token, ids=",".join(made), _key="twice", reason="duplicate")
        first = await client.post("/m/acme/orders/bulk/cancel/run", data=form)
        again = await client.post("/m/acme/orders/bulk/cancel/run", data=form)
        assert first.headers["location"] == again.headers["location"]
        await to_the_end(database)
        shown = await client.get(first.headers["location"])
    assert "2 cancelled." in shown.text
    assert await count(database, "SELECT count(*) FROM event WHERE type = 'order.cancelled'") == 2


async def test_what_cannot_be_done_is_said_for_each_order(still: Site, database: Database, ctx: MakeContext) -> None:
    made = await orders(database, ctx, 1)
    token = await a_person(database)
    async with a_client(still, token) as client:
        ids = f"{made[0]},ord_01j9zqtf0seqbr9w7r1c4rkz2m"
        form = await form_of(still, token, ids=ids, _key="some")
        answer = await client.post("/m/acme/orders/bulk/release_holds/run", data=form)
        await to_the_end(database)
        shown = await client.get(answer.headers["location"])
        strange = await client.post(
            "/m/acme/orders/bulk/hold/run", data=await form_of(still, token, ids="nonsense", _key="x")
        )
    assert sorted(re.findall(r'<li data-id="(\w+)"', shown.text)) == sorted(ids.split(","))
    assert "It is not held." in shown.text
    assert "It is not there, or not for you." in shown.text
    assert strange.status_code == 422


async def to_the_end(database: Database) -> None:
    """Work until nothing is asked of many orders any more."""
    [bulk] = [stage for stage in stages() if stage.name == "bulk"]
    while await count(database, "SELECT count(*) FROM work WHERE stage = 'bulk'"):
        await pump(database, "acme", bulk)


async def test_a_selection_of_nothing_or_of_too_much_is_refused(site: Site, database: Database) -> None:
    token = await a_person(database)
    async with a_client(site, token) as client:
        none = await client.post("/m/acme/orders/bulk/hold", data=await form_of(site, token, ids=","))
        many = ",".join(f"ord_{n}" for n in range(1001))
        much = await client.post("/m/acme/orders/bulk/hold/run", data=await form_of(site, token, ids=many))
        strange = await client.post("/m/acme/orders/bulk/burn", data=await form_of(site, token, ids="a"))
        no_tag = await client.post(
            "/m/acme/orders/bulk/tag/run", data=await form_of(site, token, ids=f"ord_{26 * '0'}")
        )
    assert (none.status_code, much.status_code, strange.status_code, no_tag.status_code) == (400, 400, 404, 422)
    assert "Nothing is selected. Go back and tick some orders." in none.text
    assert "Select 1,000 orders at most at once, or all that match." in much.text


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
            for name in ("hold", "release_holds", "release_to_floor", "tag", "untag", "source", "cancel")
            for end in ("", "/run")
        ]
    assert "/orders/bulk/" not in shown.text
    assert set(refused) == {403}

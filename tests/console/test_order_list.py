"""The list of orders: views with counts, filters, what was typed, paging, totals, files, views that people save."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.access import SignedIn
from orderwright.console.order_filters import filters_of, params_of_view
from orderwright.customers import index_contact_words
from orderwright.flows.place_orders import place_orders
from orderwright.orders import HoldOrder, hold_orders
from orderwright.orders.contract import Person
from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import UUID, encode_id
from orderwright.screens import csrf_token
from tests.builders.catalog import a_shop
from tests.builders.customers import placed
from tests.builders.orders import an_address, an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.contexts import MakeContext

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CHICAGO = ZoneInfo("America/Chicago")


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


async def orders(database: Database, ctx: MakeContext, count: int = 3, *, held: Sequence[int] = ()) -> list[str]:
    """Orders, the last of which is the newest: every second one is Ada's, the others are Bob's."""
    context = ctx()
    async with database.transaction("acme") as tx:
        shop = await a_shop(tx, context, channel={"name": "Web shop"})
        bought = [(shop.skus[0].code, 1)]
        people = [Person(name="Ada Lovelace", email="ada@example.com"), Person(name="Bob Hope")]
        now = datetime.now(UTC)
        sent = [
            an_order(
                shop.channel.code,
                bought,
                customer=people[n % 2],
                ship_to=an_address(name=people[n % 2].name),
                placed_at=now - timedelta(minutes=count - n),
            )
            for n in range(count)
        ]
        made: list[UUID] = [o.order_id for o in await place_orders(tx, context, sent) if o.order_id is not None]
        await index_contact_words(tx, context, placed(*made))
        await hold_orders(tx, context, [HoldOrder(order_id=made[n]) for n in held])
    return [encode_id("ord", one) for one in made]


async def form_of(site: Site, token: str, **fields: Any) -> dict[str, Any]:
    """A form with the token of whoever sends it."""
    person: SignedIn | None = await site.app.state.sessions.signed_in(token)
    assert person is not None
    return {"_csrf": csrf_token(person.csrf_key), **fields}


def test_a_view_becomes_an_address_and_filters_again() -> None:
    # given the filters of a view as the interface keeps them
    view = {
        "status": ["placed"], "late": True, "placed_after": "2026-11-01T05:00:00+00:00",
        "placed_before": "2026-12-01T06:00:00+00:00", "total_from": 4990, "currency": "USD",
    }  # fmt: skip
    # when they stand in an address, days are the reader's
    params = params_of_view(view, CHICAGO)
    assert params == {
        "status": ("placed",), "late": ("true",), "placed_from": ("2026-11-01",), "placed_to": ("2026-11-30",),
        "total_from": ("49.90",), "currency": ("USD",),
    }  # fmt: skip
    # then they are the same filters again
    assert filters_of(params, CHICAGO) == view


async def test_views_count_and_a_view_shows_its_orders(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 3, held=[1])
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await expect(page.locator(".tabs a", has_text="Needs attention")).to_have_text("Needs attention 1")
        await expect(page.locator(".tabs a[aria-current]")).to_have_text("Open 3")
        await expect(page.locator("#totals")).to_contain_text("3 orders")
        await expect(page.locator("#totals")).to_contain_text("$59.97")
        await page.locator(".tabs a", has_text="Needs attention").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(1)
        await expect(page.locator("tbody tr[data-id]")).to_contain_text("Held")
        await expect(page.locator("#totals")).to_contain_text("1 order")


async def test_filters_stand_in_the_address_and_go_one_by_one(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 4, held=[0, 2])
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all")
        await page.locator("summary", has_text="Filter").click()
        await page.get_by_role("link", name="Held", exact=True).click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(2)
        assert page.url.endswith("/orders?view=all&set=1&held=true")
        await page.locator("summary", has_text="Filter").click()
        await page.get_by_role("link", name="All filters").click()
        dialog = page.locator("#dialog")
        await dialog.get_by_label("Backordered").check()
        await dialog.get_by_role("button", name="Show these orders").click()
        await expect(page.locator(".chip span")).to_have_text(["Status: Backordered", "Held"])
        await expect(page.locator("tbody tr[data-id]")).to_have_count(2)
        await page.get_by_label("Remove the filter Held").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(4)


async def test_what_was_typed_finds_and_stands_in_no_address_and_a_number_opens_its_order(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 3)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.locator("#f-q").fill("lovelace")
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr[data-id]")).to_have_count(2)
        await expect(page.locator("#totals")).to_contain_text("2 orders")
        assert page.url == f"{site.url}/m/acme/orders"
    token = await a_person(database)
    async with a_client(site, token) as client:
        row = (await client.get("/m/acme/orders?view=all")).text
        number = row.partition(f'/orders/{made[0]}">')[2].partition("<")[0]
        for typed in (number, number.strip("#"), made[0]):
            answer = await client.post("/m/acme/orders", data=await form_of(site, token, q=typed))
            assert answer.headers["location"] == f"/m/acme/orders/{made[0]}"


async def test_more_orders_come_below_those_that_are_read(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    made = await orders(database, ctx, 120)
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all")
        await expect(page.locator("tbody tr[data-id]")).to_have_count(50)
        await page.get_by_role("button", name="Show more orders").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(100)
        await page.get_by_role("button", name="Show more orders").click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(120)
        await expect(page.get_by_role("button", name="Show more orders")).to_have_count(0)
        shown = await page.locator("tbody tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
        assert shown == list(reversed(made))


async def test_new_orders_are_announced_and_do_not_move_what_is_read(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 2)
    async with database.transaction("acme") as tx:
        await sequence_events(tx)
    async with looking(browser, site, await a_person(database)) as page:
        async with page.expect_response(lambda answer: "/news?" in answer.url):
            await page.goto(f"{site.url}/m/acme/orders?view=all")
        place = await page.locator("tbody tr").first.bounding_box()
        await orders(database, ctx, 2)
        async with database.transaction("acme") as tx:
            await sequence_events(tx)
        button = page.get_by_role("button", name="2 new orders: show")
        await expect(button).to_be_visible()
        assert await page.locator("tbody tr").first.bounding_box() == place
        await button.click()
        await expect(page.locator("tbody tr[data-id]")).to_have_count(4)


async def test_columns_that_are_left_out_stay_out_on_every_device(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 1)
    token = await a_person(database)
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.locator("summary", has_text="Columns").click()
        async with page.expect_response("**/orders/columns"):
            await page.get_by_label("Channel").uncheck()
        await expect(page.locator("th[data-col=channel]")).to_be_hidden()
        async with page.expect_response("**/orders/columns"):
            await page.get_by_label("Rows close together").check()
    async with looking(browser, site, token) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await expect(page.locator("td[data-col=customer]")).to_be_visible()
        await expect(page.locator("td[data-col=channel]")).to_be_hidden()
        await expect(page.locator("#orders-table")).to_have_class(re.compile("is-dense"))


async def test_a_view_keeps_its_columns_for_everybody_and_who_changes_them_has_their_own(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 1)
    mine, other = await a_person(database), await a_person(database)
    async with looking(browser, site, mine) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all&set=1&held=false")
        await page.locator("summary", has_text="Columns").click()
        for word in ("Channel", "Place"):
            async with page.expect_response("**/orders/columns"):
                await page.get_by_label(word, exact=True).uncheck()
        await page.keyboard.press("Escape")
        await page.locator("summary", has_text="View").click()
        await page.get_by_role("link", name="Save this as a view").click()
        await page.locator("#dialog").get_by_label("Name").fill("Narrow")
        await page.locator("#dialog").get_by_label("For everybody").check()
        await page.get_by_role("button", name="Save the view").click()
        await expect(page.locator(".tabs a[aria-current]")).to_contain_text("Narrow")
    async with looking(browser, site, other) as page:
        # then a colleague sees the view with its columns, and other lists with all
        await page.goto(f"{site.url}/m/acme/orders")
        await expect(page.locator("td[data-col=channel]")).to_be_visible()
        await page.locator(".tabs a", has_text="Narrow").click()
        await expect(page.locator("td[data-col=channel]")).to_be_hidden()
        # and what they change of it is theirs alone, until they change the view
        await page.locator("summary", has_text="Columns").click()
        async with page.expect_response("**/orders/columns"):
            await page.get_by_label("Channel").check()
        await page.reload()
        await expect(page.locator("td[data-col=channel]")).to_be_visible()
        await expect(page.locator("td[data-col=place]")).to_be_hidden()
    async with looking(browser, site, mine) as page:
        await page.goto(f"{site.url}/m/acme/orders")
        await page.locator(".tabs a", has_text="Narrow").click()
        await expect(page.locator("td[data-col=channel]")).to_be_hidden()


async def test_the_later_of_two_who_change_a_shared_view_is_told(site: Site, database: Database) -> None:
    token, other = await a_person(database), await a_person(database)
    async with a_client(site, token) as one, a_client(site, other) as two:
        form = await form_of(site, token, view="all", set="1", held="true", name="Ours", shared="true")
        address = (await one.post("/m/acme/orders/views/new", data=form)).headers["location"]
        view = address.partition("view=")[2]
        path = f"/m/acme/orders/views/{view}/filters"
        shown = await two.get(path)
        assert 'name="version" value="1"' in shown.text
        first = await form_of(site, token, view=view, set="1", late="true", version="1")
        assert (await one.post(path, data=first)).status_code == 303
        late = await form_of(site, other, view=view, set="1", status="placed", version="1")
        for what in ("filters", "remove", "name"):
            refused = await two.post(f"/m/acme/orders/views/{view}/{what}", data=late | {"name": "Mine"})
            assert refused.status_code == 422
            assert "Somebody changed this view since you opened it" in refused.text
    async with database.transaction("acme", read_only=True) as tx:
        assert await tx.fetchval("SELECT filters::text FROM saved_view") == '{"late": true}'


async def test_a_view_is_saved_renamed_changed_and_deleted(
    site: Site, browser: Browser, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 3, held=[1])
    async with looking(browser, site, await a_person(database)) as page:
        await page.goto(f"{site.url}/m/acme/orders?view=all&set=1&held=true")
        await page.locator("summary", has_text="View").click()
        await page.get_by_role("link", name="Save this as a view").click()
        await page.locator("#dialog").get_by_label("Name").fill("To ring up")
        await page.locator("#dialog").get_by_label("For everybody").check()
        await page.get_by_role("button", name="Save the view").click()
        await expect(page.locator(".tabs a[aria-current]")).to_have_text("To ring up 1")
        await expect(page.locator("#toasts")).to_contain_text("Saved: everybody has this view now.")
        await page.locator("summary", has_text="View").click()
        await page.get_by_role("link", name="Rename “To ring up”").click()
        await page.locator("#dialog").get_by_label("Name").fill("Ring them")
        await page.get_by_role("button", name="Rename the view").click()
        await expect(page.locator(".tabs a[aria-current]")).to_have_text("Ring them 1")
        await page.goto(page.url + "&set=1&late=true")
        await page.locator("summary", has_text="View").click()
        await page.get_by_role("link", name="Change “Ring them” to what is shown").click()
        await page.get_by_role("button", name="Change the view").click()
        await expect(page.locator(".tabs a[aria-current]")).to_have_text("Ring them 0")
        await page.locator("summary", has_text="View").click()
        await page.get_by_role("link", name="Delete “Ring them”").click()
        await page.get_by_role("button", name="Delete the view").click()
        await expect(page.locator(".tabs a[aria-current]")).to_have_text("Open 3")
        await expect(page.locator(".tabs a", has_text="Ring them")).to_have_count(0)


async def test_the_list_is_a_file_with_people_only_for_who_may_see_them(
    site: Site, database: Database, ctx: MakeContext
) -> None:
    await orders(database, ctx, 3, held=[2])
    token, planner = await a_person(database), await a_person(database, "planner")
    async with a_client(site, token) as client:
        form = await form_of(site, token, view="all", set="1", held="true", personal="true")
        answer = await client.post("/m/acme/orders/export", data=form)
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert answer.headers["content-disposition"] == 'attachment; filename="orders.csv"'
        assert len(rows) == 1
        assert "Ada Lovelace" in rows[0].values()
    async with a_client(site, planner) as client:
        form = await form_of(site, planner, view="all", personal="false")
        plain = await client.post("/m/acme/orders/export", data=form)
        assert len(list(csv.DictReader(io.StringIO(plain.text)))) == 3
        assert "Ada" not in plain.text
        refused = await client.post("/m/acme/orders/export", data=form | {"personal": "true"})
        assert refused.status_code == 403


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("placed_from=soon", "This is not a day. Choose one, such as 2026-11-26."),
        ("total_from=12", "Say the currency of the total too."),
        ("total_from=x&currency=USD", "This is not an amount. Write one such as 50 or 49.90."),
        ("priority_from=9999", "A priority is a whole number from -100 to 100."),
    ],
)
async def test_a_filter_that_is_none_is_said_where_it_is(site: Site, database: Database, query: str, says: str) -> None:
    async with a_client(site, await a_person(database)) as client:
        answer = await client.get(f"/m/acme/orders?set=1&{query}")
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize("query", ["status=lost", "after=%00", "hold=%27", "country=USA", "payment=maybe"])
async def test_hostile_filters_are_refused_without_harm(site: Site, database: Database, query: str) -> None:
    async with a_client(site, await a_person(database)) as client:
        assert (await client.get(f"/m/acme/orders?set=1&{query}")).status_code == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_list_is_right_on_a_desk_and_a_phone(
    site: Site, browser: Browser, database: Database, ctx: MakeContext, scheme: str
) -> None:
    await orders(database, ctx, 12, held=[1, 5])
    token = await a_person(database)
    for size, name in ((None, "desk"), (PHONE, "phone")):
        options: dict[str, Any] = {"color_scheme": scheme} | ({} if size is None else {"viewport": size})
        async with looking(browser, site, token, **options) as page:
            for path in (
                "/orders",
                "/orders?view=all&set=1&held=true",
                "/orders/filters",
                "/orders/views/new",
                "/find",
            ):
                await page.goto(f"{site.url}/m/acme{path}")
                if path.startswith("/orders?") or path == "/orders":
                    await expect(page.locator("#totals")).not_to_contain_text("Adding up")
                found = await Axe().run(page, options=AXE)
                assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]] == []
                wide = await page.evaluate("document.documentElement.scrollWidth")
                assert wide == page.viewport_size["width"]  # type: ignore[index]
                await keep_picture(page, f"{path.strip('/').partition('?')[0].replace('/', '-')}-{name}-{scheme}")


async def test_a_new_view_writes_no_other_of_its_name_over(site: Site, database: Database) -> None:
    token, other = await a_person(database), await a_person(database)
    async with a_client(site, token) as one, a_client(site, other) as two:
        ours = await form_of(site, token, view="all", set="1", held="true", name="Ours", shared="true", _key="a")
        first, again = [await one.post("/m/acme/orders/views/new", data=ours) for _ in range(2)]
        assert (first.status_code, again.headers["location"]) == (303, first.headers["location"])
        late = await form_of(site, other, view="all", set="1", late="true", name="Ours", shared="true", _key="b")
        refused = await two.post("/m/acme/orders/views/new", data=late)
        assert refused.status_code == 422
        assert "Another view has this name. Choose a different one." in refused.text
        # one's own may have the name of everybody's
        mine = {name: value for name, value in late.items() if name != "shared"} | {"_key": "c"}
        assert (await two.post("/m/acme/orders/views/new", data=mine)).status_code == 303
    async with database.transaction("acme", read_only=True) as tx:
        rows = await tx.fetch("SELECT owner = '' AS shared, filters::text, version FROM saved_view ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(True, '{"held": true}', 1), (False, '{"late": true}', 1)]

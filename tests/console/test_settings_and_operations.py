"""Operations, settings, people, keys, approvals and the audit trail, asked without a browser: roles, double clicks,
stale forms, refusals, and what is escaped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from orderwright.access import BUILT_IN_ROLES, session_cookie_name
from orderwright.api import close_streams, create_app
from orderwright.console import PRESENCE, close_console, console_routes, console_state, words_operations
from orderwright.console.operations import OPERATIONS_PAGES
from orderwright.console.settings import KINDS, SETTINGS_PAGES
from orderwright.flows.place_orders import place_orders
from orderwright.flows.receive_stock import receive_stock
from orderwright.flows.source_orders import source_orders
from orderwright.flows.verify_orders import verify_orders
from orderwright.insights import WAITING
from orderwright.inventory import ReceiveStock
from orderwright.orders import HoldOrder, hold_orders
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID, encode_id
from orderwright.screens import csrf_token
from tests.builders.catalog import Shop, a_shop
from tests.builders.orders import an_order
from tests.helpers.api import running
from tests.helpers.console import a_person
from tests.helpers.contexts import a_context
from tests.helpers.databases import until

BASE = "/m/acme"


class Browser:
    """Somebody signed in, who loads pages and sends their forms."""

    def __init__(self, app: Litestar, token: str, csrf_key: bytes) -> None:
        cookies = {session_cookie_name(False): token}
        transport = httpx.ASGITransport(app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies=cookies)
        self._csrf_key = csrf_key

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path if path.startswith(BASE) else BASE + path, headers=headers)

    async def post(self, path: str, fields: dict[str, Any], key: str = "k", **rest: Any) -> httpx.Response:
        data = {"_csrf": csrf_token(self._csrf_key), "_key": key, **fields}
        return await self.http.post(path if path.startswith(BASE) else BASE + path, data=data, **rest)


@pytest_asyncio.fixture
async def app(database: Database) -> AsyncIterator[Litestar]:
    async with running(database) as parts:
        made = create_app(parts, handlers=console_routes(), state=console_state(database))
        yield made
        await close_console(made)
        await close_streams(made)


async def somebody(app: Litestar, database: Database, role: str = "administrator", **rest: Any) -> Browser:
    token = await a_person(database, role, **rest)
    person = await app.state.sessions.signed_in(token)
    return Browser(app, token, person.csrf_key)


@pytest_asyncio.fixture
async def boss(app: Litestar, database: Database) -> Browser:
    return await somebody(app, database)


@pytest_asyncio.fixture
async def shop(database: Database) -> Shop:
    """A channel over three locations, each with stock of another SKU."""
    context = a_context()
    async with database.transaction("acme") as tx:
        made = await a_shop(tx, context, locations=3, skus=3, channel={"name": "Web <i>shop</i>"})
        stock = [
            ReceiveStock(sku=sku.code, location=place.code, quantity=50)
            for sku, place in zip(made.skus, made.locations, strict=True)
        ]
        assert {o.code for o in await receive_stock(tx, context, stock)} == {"received"}
    return made


async def placed(database: Database, shop: Shop, *orders: list[int]) -> list[UUID]:
    """Orders of one unit of each named SKU of the shop, verified."""
    context = a_context()
    async with database.transaction("acme") as tx:
        sent = [an_order(shop.channel.code, [(shop.skus[n].code, 1) for n in skus]) for skus in orders]
        ids = [o.order_id for o in await place_orders(tx, context, sent)]
        made = [i for i in ids if i is not None]
        assert len(made) == len(orders)
        await verify_orders(tx, context, made)
    return made


async def held(database: Database, ids: list[UUID], type_: str = "manual") -> None:
    async with database.transaction("acme") as tx:
        holds = [HoldOrder(order_id=i, type=type_, note="call <b>first</b>") for i in ids]
        assert {o.code for o in await hold_orders(tx, a_context(), holds)} == {"held"}


async def open_holds(database: Database) -> int:
    async with database.transaction("acme") as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM hold WHERE released_at IS NULL")
        return count


# ---- roles ------------------------------------------------------------


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
async def test_each_page_is_opened_by_the_roles_that_may_and_by_no_other(
    app: Litestar, database: Database, role: str
) -> None:
    browser = await somebody(app, database, role)
    permissions = BUILT_IN_ROLES[role].permissions
    wrong = []
    for made in (*OPERATIONS_PAGES, *SETTINGS_PAGES):
        address = BASE + re.sub(r"\{[a-z_]+\}", "nothing", made.path)
        answer = await (browser.get(address) if made.method == "GET" else browser.post(address, {}))
        allowed = made.needs is None or "*" in permissions or made.needs in permissions
        if (not allowed and answer.status_code != 403) or answer.status_code >= 500:
            wrong.append((made.method, made.path, answer.status_code, answer.text[-300:]))
    assert wrong == []


async def test_who_is_limited_to_a_channel_goes_to_the_holds_of_their_channel(
    app: Litestar, database: Database, shop: Shop
) -> None:
    ids = await placed(database, shop, [0])
    await held(database, ids)
    async with database.transaction("acme") as tx:
        other = await a_shop(tx, a_context())
    mine = await somebody(app, database, "operations", channel_ids=[shop.channel.id])
    theirs = await somebody(app, database, "operations", channel_ids=[other.channel.id])

    assert (await mine.get("/operations")).headers["location"] == f"{BASE}/operations/holds"
    assert encode_id("ord", ids[0]) in (await mine.get("/operations/holds")).text
    assert encode_id("ord", ids[0]) not in (await theirs.get("/operations/holds")).text


def test_every_state_that_is_counted_stands_on_the_board_and_has_a_name() -> None:
    shown = [name for group in words_operations.GROUPS for name in group.states]
    assert sorted(shown) == sorted({one.name for one in WAITING} - {"announced", "undelivered", "withdrawal_unpaid"})
    assert len({words_operations.state(one.name) for one in WAITING}) == len(WAITING)


async def test_who_may_look_and_not_change_sees_settings_without_a_form(
    app: Litestar, database: Database, shop: Shop
) -> None:
    agent = await somebody(app, database, "care_agent")
    page = await agent.get(f"/settings/channels/edit?code={shop.channel.code}")
    assert (page.status_code, "not change it" in page.text, "Save the channel" in page.text) == (200, True, False)
    assert (await agent.get("/settings/channels/new")).status_code == 403


# ---- operations ------------------------------------------------------------


async def test_the_board_counts_what_waits_and_what_is_late(boss: Browser, database: Database, shop: Shop) -> None:
    ids = await placed(database, shop, [0], [1], [2])
    await held(database, ids)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE hold SET created_at = now() - interval '30 hours' WHERE order_id = $1", ids[0])

    page = (await boss.get("/operations")).text

    row = re.search(r"<tr>\s*<th[^>]*><a[^>]*>Held</a>.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert "</span>3</td>" in row[0]
    assert "30 h" in row[0]
    assert "1 over the limit" in row[0]
    assert "holds" in row[0]


async def test_other_processes_know_who_looks_at_a_hold_for_a_minute(
    boss: Browser, database: Database, shop: Shop
) -> None:
    ids = await placed(database, shop, [0])
    await held(database, ids)
    first = (await boss.get("/operations/holds/next")).headers["location"]
    await boss.get(first)
    async with running(database) as parts:
        elsewhere = create_app(parts, handlers=console_routes(), state=console_state(database))
        other = await somebody(elsewhere, database, "care_agent", name="Sam Lee")
        assert "Mia Torres</strong> looks at this order too" in (await other.get(first)).text
        assert "Mia Torres looks at it" in (await other.get("/operations/holds")).text
        async with database.transaction("acme") as tx:
            await tx.execute("UPDATE presence SET seen_at = now() - interval '61 seconds'")
        assert "looks at it" not in (await other.get("/operations/holds")).text
        async with database.transaction("acme") as tx:
            await tx.execute("UPDATE presence SET seen_at = now() - interval '25 hours' WHERE person_id <> $1", ids[0])
            assert len(await PRESENCE.old.fetch(tx, 10)) == 2
        await close_console(elsewhere)


async def test_a_hold_is_released_once_and_the_later_one_is_told(
    app: Litestar, boss: Browser, database: Database, shop: Shop
) -> None:
    ids = await placed(database, shop, [0], [1])
    await held(database, ids)
    other = await somebody(app, database, "care_agent", name="Sam Lee")
    first = (await boss.get("/operations/holds/next")).headers["location"]
    page = (await boss.get(first)).text
    assert "call &lt;b&gt;first&lt;/b&gt;" in page
    assert "2 holds left" in page
    assert "looks at this order too" not in page

    second = (await other.get("/operations/holds/next")).headers["location"]
    assert second.split("?")[0] != first.split("?")[0]  # another one, since somebody looks at the first
    assert "Mia Torres</strong> looks at this order too" in (await other.get(first)).text

    release = re.search(r'action="([^"]+/release[^"]*)"', page)
    assert release is not None
    address = release[1].replace("&amp;", "&")
    done = await boss.post(address, {}, key="once")
    again = await boss.post(address, {}, key="once")
    late = await other.post(address, {}, key="other")

    assert [a.status_code for a in (done, again, late)] == [303, 303, 303]
    assert await open_holds(database) == 1
    told = await other.get(late.headers["location"])
    while told.status_code == 303:
        told = await other.get(told.headers["location"])
    assert "Somebody else has released this hold already" in told.text


async def test_an_address_is_edited_by_one_of_two(boss: Browser, database: Database, shop: Shop) -> None:
    [order_id] = await placed(database, shop, [0])
    await held(database, [order_id], "address_invalid")
    path = f"/operations/holds/{encode_id('ord', order_id)}/address"
    form = {
        "revision": "0", "name": "Ada Lovelace", "line1": "2 Oak St", "city": "Springfield", "region": "IL",
        "postal_code": "62701", "country": "us",
    }  # fmt: skip
    assert "difference" not in (await boss.post(f"{path}/preview", form)).text
    assert (await boss.post(path, form, key="one")).status_code == 303
    late = await boss.post(path, form | {"line1": "3 Elm St"}, key="two")
    assert (late.status_code, "Somebody else has changed this order" in late.text) == (422, True)
    assert "2 Oak St" in (await boss.get(f"/operations/holds/{encode_id('ord', order_id)}")).text


async def test_cancelling_says_what_it_comes_to_and_does_it_once(boss: Browser, database: Database, shop: Shop) -> None:
    [order_id] = await placed(database, shop, [0])
    await held(database, [order_id])
    path = f"/operations/holds/{encode_id('ord', order_id)}/cancel"
    assert "$19.99" in (await boss.get(path)).text
    assert (await boss.post(path, {"reason": "fraud"}, key="c")).status_code == 303
    assert (await boss.post(path, {"reason": "fraud"}, key="c")).status_code == 303
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT status FROM orders WHERE id = $1", order_id) == "cancelled"


async def test_a_split_is_listed_and_explained(boss: Browser, database: Database, shop: Shop) -> None:
    [split, whole] = await placed(database, shop, [0, 1], [0])
    async with database.transaction("acme") as tx:
        await source_orders(tx, a_context(), [split, whole])
    listed = (await boss.get("/operations/sourcing?outcome=split")).text
    assert encode_id("ord", split) in listed
    assert encode_id("ord", whole) not in listed
    assert "No such decision yet" in (await boss.get("/operations/sourcing?outcome=unsourced")).text
    why = (await boss.get(f"/operations/sourcing/{encode_id('ord', split)}")).text
    assert "No location had all of it, so several bring it" in why
    assert "brings 1 unit" in why
    assert "has fewer of the units" in why


async def test_work_that_was_given_up_is_put_back_with_a_result_each(
    boss: Browser, database: Database, shop: Shop
) -> None:
    [one, two] = [encode_id("ord", i) for i in await placed(database, shop, [0], [1])]
    async with database.transaction("acme") as tx:
        await tx.execute(
            "INSERT INTO work (stage, subject_id, attempts, set_aside_at, error)"
            " SELECT 'settle', id, 8, now(), 'TimeoutError: <script>' FROM orders"
            " ON CONFLICT (stage, subject_id) DO UPDATE SET attempts = 8, set_aside_at = now(), error = excluded.error"
        )
    page = (await boss.get("/operations/failed")).text
    assert "did not answer in time" in page
    assert "TimeoutError: &lt;script&gt;" in page
    ids = {"ids": f"work:settle:{one},work:settle:{two},nonsense"}
    answer = await boss.post("/operations/retry", ids, headers={"HX-Request": "true"})
    assert "2 of 3 put back to work" in answer.text
    assert "This is not in the list" in answer.text
    again = await boss.post("/operations/retry", {"ids": f"work:settle:{one}"}, headers={"HX-Request": "true"})
    assert "0 of 1 put back to work" in again.text


async def test_a_refused_order_is_mended_and_taken(boss: Browser, database: Database, shop: Shop) -> None:
    async with database.transaction("acme") as tx:
        sent = an_order("nowhere", [(shop.skus[0].code, 1)])
        [made] = await place_orders(tx, a_context(), [sent])
        assert made.order_id is None
    listed = (await boss.get("/operations/refused")).text
    found = re.search(r"rfs_[0-9a-z]+", listed)
    assert found is not None
    page = (await boss.get(f"/operations/refused/{found[0]}")).text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert text is not None
    body = text[1].replace("&#34;", '"').replace("nowhere", shop.channel.code)
    wrong = await boss.post(f"/operations/refused/{found[0]}/send", {"as": "mended", "order": body[:-5]})
    assert (wrong.status_code, "This is not JSON" in wrong.text) == (422, True)
    taken = await boss.post(f"/operations/refused/{found[0]}/send", {"as": "mended", "order": body}, key="m")
    assert (taken.status_code, "/orders/ord_" in taken.headers["location"]) == (303, True)
    assert "No refused order waits" in (await boss.get("/operations/refused")).text


async def test_throughput_is_told_as_a_picture_and_as_a_table(boss: Browser, database: Database, shop: Shop) -> None:
    ids = await placed(database, shop, [0], [1])
    async with database.transaction("acme") as tx:
        await source_orders(tx, a_context(), ids)
        await tx.execute("UPDATE fulfillment SET state = 'shipped', picked_at = now(), shipped_at = now()")
    for by, window in (("hour", "the last 24 hours"), ("day", "the last 14 days")):
        page = (await boss.get(f"/operations/pace?by={by}")).text
        assert f"2 orders placed and 2 fulfillments shipped in {window}: work keeps up" in page


# ---- settings ------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path)
async def test_an_empty_list_says_what_will_be_there_and_its_form_opens(boss: Browser, kind: Any) -> None:
    listed = await boss.get(f"/settings/{kind.path}")
    assert (listed.status_code, kind.empty.split(":")[0] in listed.text) == (200, True)
    form = await boss.get(f"/settings/{kind.path}/new")
    assert form.status_code == 200
    assert all(field.label.split("<")[0] in form.text.replace("&#39;", "'") for field in kind.fields)
    nothing = await boss.post(f"/settings/{kind.path}/new", {})
    assert (nothing.status_code, "This is needed." in nothing.text) == (422, True)


async def test_a_channel_is_changed_by_one_of_two_and_its_history_tells(
    boss: Browser, database: Database, shop: Shop
) -> None:
    code = shop.channel.code
    page = (await boss.get(f"/settings/channels/edit?code={code}")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    form = {
        "version": version[1], "name": "Web shop", "kind": "storefront", "currency": "USD", "active": "true",
        "pools": shop.pool_code, "buffer": "5", "short_line_policy": "backorder", "checks.velocity_window_s": "86400",
        "checks.duplicate_window_s": "3600", "checks.address": "true", "checks.phone": "true", "checks.email": "true",
    }  # fmt: skip
    told = await boss.post(f"/settings/channels/preview?code={code}", form, headers={"HX-Request": "true"})
    assert "0 → 5" in told.text
    assert "the channel can promise 5 units fewer" in told.text
    assert (await boss.post(f"/settings/channels/edit?code={code}", form)).status_code == 303
    late = await boss.post(f"/settings/channels/edit?code={code}", form | {"buffer": "9"})
    assert (late.status_code, "Somebody has changed it since you opened it" in late.text) == (409, True)
    assert "5 → 9" in late.text
    wrong = await boss.post(f"/settings/channels/edit?code={code}", form | {"version": "2", "pools": "NONE"})
    assert (wrong.status_code, "NONE" in wrong.text) == (422, True)
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT buffer FROM channel WHERE code = $1", code) == 5
    history = (await boss.get(f"/settings/channels/history?code={code}")).text
    assert '<th scope="row">Buffer</th><td>0</td><td>5</td>' in history


async def test_a_location_and_the_terms_of_a_channel_are_set_by_forms(boss: Browser, shop: Shop) -> None:
    place = shop.locations[0].code
    page = (await boss.get("/settings/locations")).text
    assert "3 locations on the map" in page
    form = {
        "version": "1", "name": "Columbus", "kind": "warehouse", "active": "true", "country": "US",
        "time_zone": "America/New_York", "open_weekdays": ["1", "2"], "cutoff": "14:30", "daily_capacity": "0",
    }  # fmt: skip
    told = await boss.post(f"/settings/locations/preview?code={place}", form, headers={"HX-Request": "true"})
    assert "It gets no more orders from now on" in told.text
    saved = await boss.post(f"/settings/locations/edit?code={place}", form)
    assert saved.status_code == 303, re.findall(r"form-errors.*?</div>|field-error[^<]*<", saved.text, re.DOTALL)
    assert "Mon Tue" in (await boss.get("/settings/locations")).text

    terms = {
        "channel": shop.channel.code, "terms.window_days": "60", "terms.transit_days": "7",
        "terms.refund_on": "receipt",
        "terms.restocking_rate": "12.5", "terms.conditions": ["unopened"], "terms.methods": ["label"],
        "terms.accepts_returns": "true",
    }  # fmt: skip
    done = await boss.post("/settings/return-policies/new", terms)
    assert done.status_code == 303, done.text
    listed = (await boss.get("/settings/return-policies")).text
    assert ("60 days" in listed, "12.5%" in listed) == (True, True)
    history = await boss.get(f"/settings/return-policies/history?code={shop.channel.code}")
    assert history.status_code == 200
    rate = {"country": "US", "region": "IL", "name": "State", "rate": "6.25", "valid_from": "2020-01-01"}
    assert (await boss.post("/settings/tax-rates/new", rate)).status_code == 303
    assert "6.25%" in (await boss.get("/settings/tax-rates")).text


async def test_a_file_of_skus_is_imported_with_a_result_for_each_row(boss: Browser) -> None:
    file = b"code,name,kind,components,weight_g,price\nMUG-1,Red mug,stocked,,350,12.50 USD\nMUG-2,,stocked,,x,1 USD\n"
    answer = await boss.post("/settings/skus/import", {}, files={"file": ("skus.csv", file, "text/csv")})
    assert answer.status_code == 303
    where = answer.headers["location"]

    async def done() -> str | None:
        page = (await boss.get(where)).text
        return page if "Each refused row stands in a file" in page else None

    report = re.search(r'href="([^"]+refused[^"]*)"', str(await until(done)))
    assert report is not None
    assert "MUG-2" in (await boss.get(report[1])).text
    assert "MUG-1" in (await boss.get("/settings/skus")).text
    nothing = await boss.post("/settings/skus/import", {}, files={"file": ("skus.csv", b" ", "text/csv")})
    assert (nothing.status_code, "not empty" in nothing.text) == (422, True)


# ---- people, keys, audit, approvals ------------------------------------------------------------


async def test_a_person_is_added_gets_a_role_and_an_address_to_begin_with(boss: Browser) -> None:
    form = {"email": "sam@example.com", "name": "Sam <b>Lee</b>", "role": "warehouse"}
    added = await boss.post("/settings/people/new", form)
    assert added.status_code == 303
    where = added.headers["location"]
    page = (await boss.get(where)).text
    assert ("Sam &lt;b&gt;Lee&lt;/b&gt;" in page, "Invited" in page) == (True, True)
    assert "/audit?actor=user%3A" in page
    twice = await boss.post("/settings/people/new", form, key="other")
    assert (twice.status_code, twice.headers.get("location")) == (303, where)
    assert (await boss.post(f"{where}/role", {"role": "planner"})).status_code == 303
    assert "Planner" in (await boss.get("/settings/people")).text
    assert "Send this to" in (await boss.post(f"{where}/do/reset", {})).text
    assert (await boss.post(f"{where}/do/deactivate", {})).status_code == 303
    assert "Deactivated" in (await boss.get(where)).text


async def test_a_role_is_made_and_built_in_ones_stay(boss: Browser) -> None:
    form = {"code": "desk", "name": "Desk", "permissions": ["returns.read", "catalog.read"]}
    assert (await boss.post("/settings/roles/edit", form)).status_code == 303
    assert "Desk" in (await boss.get("/settings/roles")).text
    built_in = await boss.post("/settings/roles/edit?code=warehouse", form | {"code": "warehouse"})
    assert built_in.status_code == 422
    assert (await boss.post("/settings/roles/remove", {"code": "desk"})).status_code == 303
    assert "/settings/roles/edit?code=desk" not in (await boss.get("/settings/roles")).text


async def test_limits_of_a_role_are_set_and_taken_away(boss: Browser) -> None:
    path = "/settings/roles/limits?code=care_agent"
    wrong = await boss.post(path, {"refund_max_minor": "fifty"})
    assert (wrong.status_code, "Write one a line, as currency: amount" in wrong.text) == (422, True)
    form = {"refund_max_minor": "usd: 5000", "adjust_max_units": "10"}
    assert (await boss.post(path, form, key="a")).status_code == 303
    listed = (await boss.get("/settings/roles")).text
    assert ("refunds $50.00" in listed, "10 units" in listed) == (True, True)
    assert "USD: 5000" in (await boss.get(path)).text
    assert (await boss.post(path, {}, key="b")).status_code == 303
    assert "refunds $50.00" not in (await boss.get("/settings/roles")).text


async def test_the_text_of_a_key_is_shown_once(boss: Browser) -> None:
    form = {"name": "Web shop", "permissions": ["orders.place", "stock.read"]}
    made = await boss.post("/settings/keys/new", form, key="key-1")
    text = re.search(r'class="secret">([^<]+)<', made.text)
    assert text is not None
    again = await boss.post("/settings/keys/new", form, key="key-1")
    assert text[1] not in again.text
    listed = (await boss.get("/settings/keys")).text
    assert (listed.count("Web shop</span>"), text[1] in listed) == (1, False) or "Web shop" in listed
    prefix = re.search(r"/settings/keys/([a-z0-9]+)/revoke", listed)
    assert prefix is not None
    assert (await boss.post(f"/settings/keys/{prefix[1]}/revoke", {})).status_code == 303
    assert "Revoked" in (await boss.get("/settings/keys")).text


async def test_the_audit_trail_is_filtered_and_exported(boss: Browser, shop: Shop) -> None:
    page = (await boss.get("/audit?verb=upsert_channels")).text
    assert ("Upsert channels" in page, "Upsert locations" in page) == (True, False)
    wrong = await boss.get("/audit?since=yesterday")
    assert (wrong.status_code, "Write days such as" in wrong.text) == (422, True)
    file = await boss.get("/audit/export?verb=upsert_channels")
    assert file.headers["content-type"].startswith("text/csv")
    assert "upsert_channels" in file.text


async def test_approvals_wait_to_be_decided(boss: Browser) -> None:
    assert "Nothing waits for approval" in (await boss.get("/approvals")).text
    assert (await boss.get("/approvals/apr_01j9zqtf0seqbr9w7r1c4rkz2m")).status_code == 404

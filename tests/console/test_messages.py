"""Messages in the browser: at the order, at the customer, and one after the other from the list of what waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.messages import RecordCustomerMessage, RecordMessage, record_customer_messages, record_messages
from orderwright.orders.contract import Person
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.events import sequence_events
from orderwright.platform.ids import encode_id
from orderwright.screens import csrf_token
from tests.builders.orders import an_order
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_person, a_site, keep_picture, looking
from tests.helpers.desk import Desk

ADA = Person(name="Ada Lovelace", email="ada@example.com")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


class Talk(NamedTuple):
    """Two orders of Ada with a message each that waits, the first of them late, and a letter about no order."""

    desk: Desk
    orders: list[str]
    customer: str
    messages: list[str]


@pytest_asyncio.fixture
async def talk(database: Database) -> Talk:
    desk = Desk(database)
    shop = await desk.shop()
    ids = [await desk.placed(an_order(shop.channel.code, [(shop.skus[0].code, n)], customer=ADA)) for n in (1, 2)]
    now = utc_now()
    asked = [
        RecordMessage(order_id=order_id, direction="in", medium="e_mail", words=words, said_at=now - timedelta(hours=h))
        for order_id, words, h in zip(ids, ("Where is my mug?", "Is it green?"), (26, 5), strict=True)
    ]
    made = await desk.run(record_messages, asked)
    customer_id = await desk.value("SELECT customer_id FROM orders LIMIT 1")
    letter = RecordCustomerMessage(customer_id=customer_id, direction="in", medium="post", words="Send a catalogue.")
    [posted] = await desk.run(record_customer_messages, [letter])
    messages = [encode_id("msg", one.id) for one in (*made, posted)]
    return Talk(desk, [encode_id("ord", i) for i in ids], encode_id("cus", customer_id), messages)


async def states(talk: Talk) -> list[tuple[Any, ...]]:
    rows = await talk.desk.fetch("SELECT direction, medium, words, answer FROM message ORDER BY said_at, id")
    return [tuple(row) for row in rows]


async def accessible(page: Page) -> None:
    found = await Axe().run(page, options=AXE)
    broken = [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found.response["violations"]]
    assert broken == [], (page.url, broken)


async def test_a_care_agent_goes_through_what_waits_by_keys_alone(
    site: Site, browser: Browser, database: Database, talk: Talk
) -> None:
    async with looking(browser, site, await a_person(database, "care_agent")) as page:
        await page.goto(f"{site.url}/m/acme/")
        await expect(page.get_by_role("link", name="To answer")).to_contain_text("3")
        await page.keyboard.press("g")
        await page.keyboard.press("m")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Messages to answer")
        await expect(page.locator("tbody tr")).to_contain_text(
            ["Where is my mug?", "Is it green?", "Send a catalogue."]
        )
        await expect(page.locator("tbody tr").first).to_contain_text("h late")
        await keep_picture(page, "messages-list")
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await page.keyboard.press("k")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said.is-current")).to_contain_text("Where is my mug?")
        await keep_picture(page, "messages-one")
        await page.keyboard.press("a")
        await page.keyboard.type("It leaves today.")
        await page.keyboard.press("Control+Enter")

        await expect(page.locator(".said.is-current")).to_contain_text("Is it green?")
        await expect(page.get_by_text("Answered: the shopper sees it in the portal.")).to_be_visible()
        await page.keyboard.press("u")
        await expect(page.locator(".said.is-current")).to_contain_text("Send a catalogue.")
        await page.keyboard.press("a")
        await page.keyboard.type("I sent it.")
        await page.get_by_label("How").select_option("post")
        await page.get_by_role("button", name="Answer and go on").click()
        await expect(page.get_by_text("Nothing waits for an answer.")).to_be_visible()
    assert await states(talk) == [
        ("in", "e_mail", "Where is my mug?", "answered"), ("in", "e_mail", "Is it green?", "not_needed"),
        ("in", "post", "Send a catalogue.", "answered"), ("out", "portal", "It leaves today.", "none"),
        ("out", "post", "I sent it.", "none"),
    ]  # fmt: skip


async def test_the_order_shows_what_waits_first_and_it_is_answered_there(
    site: Site, browser: Browser, database: Database, talk: Talk
) -> None:
    async with looking(browser, site, await a_person(database, "care_agent")) as page:
        await page.goto(f"{site.url}/m/acme/orders/{talk.orders[0]}")
        await expect(page.locator(".detail-main > section").first).to_have_id("messages")
        await page.get_by_role("link", name="Answer the shopper").click()
        dialog = page.locator("#dialog")
        await expect(dialog).to_contain_text("Nothing is e-mailed yet")
        await expect(dialog).to_contain_text("1 message that waits")
        await dialog.get_by_label("What the shopper reads").fill("On Thursday.")
        await dialog.get_by_role("button", name="Show it in the portal").click()
        await expect(page.locator("#messages .said-out")).to_contain_text("On Thursday.")
        await expect(page.locator("#messages .said-out")).to_contain_text("Mia Torres")
        await expect(page.locator("#messages .said-in")).to_contain_text("Answered")
        await expect(page.locator("#timeline")).to_contain_text("Message to the customer, portal")

        await page.get_by_role("link", name="Record a call or letter").last.click()
        await dialog.get_by_label("What was said").fill("She will be away.")
        await dialog.get_by_label("It still needs an answer").check()
        await dialog.get_by_role("button", name="Record it").click()
        await expect(page.locator("#messages .said").last).to_contain_text("She will be away.")
        await page.get_by_role("link", name="No answer needed").click()
        await dialog.get_by_role("button", name="Keep it").click()
        await expect(page.get_by_text("No answer is needed.")).to_be_visible()
        await expect(page.locator("#messages .said", has_text="She will be away.")).to_contain_text("No answer needed")
        await keep_picture(page, "order-messages")
    assert [state[3] for state in await states(talk)] == ["answered", "awaited", "awaited", "none", "not_needed"]


async def test_what_was_settled_by_mistake_waits_again(
    site: Site, browser: Browser, database: Database, talk: Talk
) -> None:
    async with looking(browser, site, await a_person(database, "care_agent")) as page:
        await page.goto(f"{site.url}/m/acme/messages/{talk.messages[0]}")
        await page.get_by_role("button", name="No answer needed").click()
        await page.get_by_role("link", name="Undo").click()
        await page.locator("#dialog").get_by_role("button", name="Keep it").click()
        await expect(page.locator("#messages .said").first).to_contain_text("late")
    assert (await states(talk))[0][3] == "awaited"


async def test_the_customer_page_has_what_was_said_about_all_orders_and_none(
    site: Site, browser: Browser, database: Database, talk: Talk
) -> None:
    async with looking(browser, site, await a_person(database, "care_agent")) as page:
        await page.goto(f"{site.url}/m/acme/customers/{talk.customer}")
        said = page.locator("#messages .said")
        await expect(said).to_contain_text(["Send a catalogue.", "Is it green?", "Where is my mug?"])
        await page.locator("#messages").get_by_role("link", name="Record a call or letter").click()
        await page.locator("#dialog").get_by_label("What was said").fill("Wants to buy more.")
        await page.locator("#dialog").get_by_role("button", name="Record it").click()
        await expect(said.first).to_contain_text("Wants to buy more.")
        await keep_picture(page, "customer-messages")
        await page.goto(f"{site.url}/m/acme/customers/{talk.customer}/messages")
        await expect(said).to_have_count(0)
        await expect(page.locator(".said")).to_have_count(4)


async def test_the_list_says_that_something_new_came(
    site: Site, browser: Browser, database: Database, talk: Talk
) -> None:
    async with looking(browser, site, await a_person(database, "care_agent")) as page:
        await page.goto(f"{site.url}/m/acme/messages")
        await expect(page.locator("tbody tr")).to_have_count(3)
        order_id = await talk.desk.value("SELECT id FROM orders LIMIT 1")
        more = RecordMessage(order_id=order_id, direction="in", medium="chat", words="Hello?")
        await talk.desk.run(record_messages, [more])
        async with database.transaction("acme") as tx:
            await sequence_events(tx)
        await page.locator(".news-bar button").click()
        await expect(page.locator("tbody tr")).to_have_count(4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_are_accessible_and_fit_a_phone(
    site: Site, browser: Browser, database: Database, talk: Talk, scheme: str
) -> None:
    token = await a_person(database, "care_agent")
    paths = [
        "/messages", f"/messages/{talk.messages[0]}", f"/messages/{talk.messages[2]}",
        f"/messages/{talk.messages[0]}/settle", f"/orders/{talk.orders[0]}", f"/orders/{talk.orders[0]}/message",
        f"/orders/{talk.orders[0]}/said", f"/customers/{talk.customer}", f"/customers/{talk.customer}/messages",
        f"/customers/{talk.customer}/said",
    ]  # fmt: skip
    async with looking(browser, site, token, viewport=PHONE, color_scheme=scheme) as page:
        for path in paths:
            await page.goto(f"{site.url}/m/acme{path}")
            await accessible(page)
            wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, wide)
        await page.goto(f"{site.url}/m/acme/messages/{talk.messages[0]}")
        await page.get_by_label("What you say").fill("Soon.")
        await page.get_by_role("button", name="Answer and go on").click()
        await expect(page.locator(".said.is-current")).to_contain_text("Is it green?")


async def test_an_answer_is_given_once_however_often_it_is_sent_and_only_by_who_may(
    site: Site, database: Database, talk: Talk
) -> None:
    token = await a_person(database, "care_agent")
    person = await site.app.state.sessions.signed_in(token)
    form = {"_csrf": csrf_token(person.csrf_key), "_key": "one-answer", "words": "Today.", "medium": "portal"}
    path = f"/m/acme/messages/{talk.messages[0]}/answer"
    async with a_client(site, token) as client:
        assert [(await client.post(path, data=form)).status_code for _ in range(2)] == [303, 303]
        assert (await client.post(path, data=form | {"words": "", "_key": "two"})).status_code == 422
        assert (await client.post(path, data=form | {"medium": "fax", "_key": "three"})).status_code == 422
    assert [state[2] for state in await states(talk) if state[0] == "out"] == ["Today."]
    looker = await a_person(database, "read_only")
    person = await site.app.state.sessions.signed_in(looker)
    async with a_client(site, looker) as client:
        assert (await client.get(f"/m/acme/messages/{talk.messages[0]}")).status_code == 200
        refused = await client.post(path, data=form | {"_csrf": csrf_token(person.csrf_key), "_key": "four"})
        assert refused.status_code == 403
    async with a_client(site, await a_person(database, "warehouse")) as client:
        assert (await client.get("/m/acme/messages")).status_code == 403


async def test_of_two_agents_who_answer_the_later_is_told_and_may_add_to_it(
    site: Site, database: Database, talk: Talk
) -> None:
    path = f"{site.url}/m/acme/messages/{talk.messages[0]}"
    tokens = [await a_person(database, "care_agent") for _ in range(2)]
    keys = [csrf_token((await site.app.state.sessions.signed_in(token)).csrf_key) for token in tokens]
    seen = utc_now().isoformat()
    forms = [
        {"_csrf": key, "_key": f"answer-{n}", "words": f"Answer {n}.", "medium": "portal", "seen": seen}
        for n, key in enumerate(keys)
    ]
    async with a_client(site, tokens[0]) as first, a_client(site, tokens[1]) as second:
        assert 'name="waits" value="true"' in (await second.get(path)).text
        assert (await first.post(f"{path}/answer", data=forms[0] | {"waits": "true"})).status_code == 303
        late = await second.post(f"{path}/answer", data=forms[1] | {"waits": "true"})
        assert (late.status_code, "A colleague answered meanwhile" in late.text) == (422, True)
        assert ("Answer 1." in late.text, "Answer 0." in late.text, 'name="waits"' in late.text) == (True, True, False)
        settle = {"_csrf": keys[1], "_key": "settle", "answer": "not_needed", "version": "1"}
        refused = await second.post(f"{path}/settle", data=settle)
        assert (refused.status_code, 'name="version" value="2"' in refused.text) == (422, True)
        order = f"{site.url}/m/acme/orders/{talk.orders[0]}/message"
        dialog = {name: forms[1][name] for name in ("_csrf", "words", "seen")} | {"_key": "dialog", "waits": "true"}
        assert (await second.post(order, data=dialog)).status_code == 422
        assert [state[2] for state in await states(talk) if state[0] == "out"] == ["Answer 0."]
        assert (await second.post(f"{path}/answer", data=forms[1] | {"_key": "again"})).status_code == 303
    assert [state[2] for state in await states(talk) if state[0] == "out"] == ["Answer 0.", "Answer 1."]

"""Shoppers ask about their order, and read the answers, in a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.async_api import expect

from orderwright.catalog import Checks
from tests.portal.conftest import OpenPage, accessible, at, look, press
from tests.portal.sites import Portal

CHECKS = {"checks": Checks(duplicate_window_s=0)}


async def an_order(portal: Portal) -> str:
    return await portal.placed(await portal.shop(channel={**CHECKS, "name": "Blue Mug"}))


async def said(portal: Portal) -> list[tuple[Any, ...]]:
    rows = await portal.desk.fetch("SELECT direction, medium, author, words, answer FROM message ORDER BY said_at, id")
    return [tuple(row) for row in rows]


async def answer(portal: Portal, order_id: str, words: str, medium: str = "portal") -> None:
    body = {"direction": "out", "medium": medium, "words": words}
    assert (await portal.api.post(f"/v1/orders/{order_id}/messages", body)).status_code == 200


async def test_a_shopper_asks_and_reads_the_answer_from_the_brand(portal: Portal, opened: OpenPage) -> None:
    order_id = await an_order(portal)
    page = await opened()
    await page.goto(await portal.link(order_id))

    await press(page, "Ask about this order")
    assert at(page) == "/o/…/messages"
    await page.get_by_label("Your message").fill("When does it come?\n<b>I am away.</b>")
    await press(page, "Send the message")
    await expect(page.get_by_role("status")).to_have_text("We have your message. You find the answer here.")
    await expect(page.get_by_text("<b>I am away.</b>")).to_be_visible()
    assert await said(portal) == [("in", "portal", "shopper", "When does it come?\n<b>I am away.</b>", "awaited")]

    await answer(portal, order_id, "On Thursday.")
    await answer(portal, order_id, "She was unfriendly on the telephone.", "phone")
    await page.goto(await portal.link(order_id))
    await expect(page.locator(".card", has_text="On Thursday.")).to_contain_text("Blue Mug")
    await look(page, "order-with-message")
    await press(page, "Read and answer")
    await expect(page.locator(".talk li")).to_have_count(2)
    await expect(page.locator(".talk li").last).to_contain_text("Blue Mug")
    await expect(page.get_by_text("unfriendly")).to_have_count(0)
    await expect(page.get_by_text("cli:")).to_have_count(0)
    await look(page, "messages")


async def test_a_message_is_sent_once_by_a_double_click(portal: Portal, opened: OpenPage) -> None:
    order_id = await an_order(portal)
    page = await opened(java_script_enabled=True)
    await page.goto(await portal.link(order_id))
    await press(page, "Ask about this order")
    await page.get_by_label("Your message").fill("Where is it?")
    await page.get_by_role("button", name="Send the message").dblclick()
    await expect(page.locator(".talk li")).to_have_count(1)
    assert len(await said(portal)) == 1


async def test_the_same_form_sent_twice_is_one_message_and_what_is_wrong_is_kept_to_be_mended(
    portal: Portal, opened: OpenPage
) -> None:
    order_id = await an_order(portal)
    page = await opened()
    await page.goto(await portal.link(order_id))
    await press(page, "Ask about this order")
    fields = {
        name: await page.locator(f"form:has(textarea) input[name={name}]").get_attribute("value")
        for name in ("_csrf", "_key")
    }
    cookies = {one["name"]: one["value"] for one in await page.context.cookies(page.url)}
    async with httpx.AsyncClient(cookies=cookies, follow_redirects=False) as http:

        async def send(words: str, **more: str) -> httpx.Response:
            return await http.post(page.url, data={**fields, "words": words, **more})

        assert [(await send("Hello")).status_code for _ in range(2)] == [303, 303]
        assert len(await said(portal)) == 1
        long = await send("x" * 2_001, _key="another-key-of-the-form")
        assert (long.status_code, "Write at most 2000 characters." in long.text, "x" * 2_001 in long.text) == (
            422, True, True,
        )  # fmt: skip
        assert (await send("   ", _key="a-third-key-of-the-form")).status_code == 422
        assert (await send("Hello", _csrf="forged")).status_code == 403
        statuses = [(await send(f"Again {n}", _key=f"key-number-{n}-of-the-form")).status_code for n in range(10)]
    assert statuses == [303] * 9 + [429]
    assert len(await said(portal)) == 10


async def test_the_pages_are_accessible_in_every_language(portal: Portal, opened: OpenPage) -> None:
    order_id = await an_order(portal)
    await answer(portal, order_id, "Welcome.")
    page = await opened(java_script_enabled=True)
    await page.goto(await portal.link(order_id))
    for language, words in (("de", "Nachricht senden"), ("es", "Enviar el mensaje"), ("en", "Send the message")):
        await page.goto(f"{portal.url}/p/acme/o/{order_id}/messages?lang={language}")
        await expect(page.get_by_role("button", name=words)).to_be_visible()
        await accessible(page)

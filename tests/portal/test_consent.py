"""Shoppers say what they may be sent, by the link of an order, in a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.async_api import expect

from orderwright.customers import MergeCustomer
from orderwright.flows.merge_customers import merge_customers
from orderwright.platform.ids import decode_id, encode_id
from tests.portal.conftest import OpenPage, accessible, at, look, press
from tests.portal.sites import Portal


async def said(portal: Portal) -> list[tuple[Any, ...]]:
    rows = await portal.desk.fetch("SELECT purpose, given, source, order_id FROM consent ORDER BY id")
    return [tuple(row) for row in rows]


async def test_a_shopper_agrees_and_takes_it_back(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await portal.shop())
    page = await opened()
    await page.goto(await portal.link(order_id))

    await press(page, "What we may send you")
    assert at(page) == "/o/…/consent"
    letters = page.locator("form.card", has_text="News and offers by e-mail")
    await expect(letters).to_contain_text("You have not agreed to this.")
    await letters.get_by_role("button", name="Agree").click()
    await expect(page.get_by_role("status")).to_have_text("Thank you. You can take it back here at any time.")
    await expect(letters).to_contain_text("You agreed on ")
    await expect(page.get_by_role("button", name="Agree")).to_have_count(3)
    await look(page, "consent")
    await letters.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_role("status")).to_have_text("That is kept, and holds from now on.")
    await expect(letters).to_contain_text("You said no on ")

    order = decode_id("ord", order_id)
    assert await said(portal) == [
        ("marketing_email", True, "portal", order), ("marketing_email", False, "portal", order),
    ]  # fmt: skip
    customer = (await portal.read(order_id))["customer"]
    told = (await portal.api.get(f"/v1/customers/{customer}/consents")).json()
    assert [(one["given"], one["source"], one["order_id"], one["actor"]) for one in told["history"]] == [
        (False, "portal", order_id, f"shopper:{order_id}"), (True, "portal", order_id, f"shopper:{order_id}"),
    ]  # fmt: skip
    assert [(one["purpose"], one["given"]) for one in told["data"]] == [
        ("marketing_email", False), ("marketing_sms", None), ("marketing_post", None), ("profiling", None),
    ]  # fmt: skip


async def test_it_is_kept_once_of_the_merged_for_the_kept_and_nothing_else_is_taken(
    portal: Portal, opened: OpenPage
) -> None:
    shop = await portal.shop()
    order_id = await portal.placed(shop)
    page = await opened()
    await page.goto(await portal.link(order_id))
    await press(page, "What we may send you")
    owners = [decode_id("cus", (await portal.read(order_id))["customer"])]
    fields = {
        name: await page.locator("form.card").first.locator(f"input[name={name}]").get_attribute("value")
        for name in ("_csrf", "_key")
    }
    cookies = {one["name"]: one["value"] for one in await page.context.cookies(page.url)}
    async with httpx.AsyncClient(cookies=cookies, follow_redirects=False) as http:

        async def send(**more: str) -> int:
            return (await http.post(page.url, data={**fields, **more})).status_code

        good = {"purpose": "profiling", "answer": "give"}
        assert [await send(**good), await send(**good)] == [303, 303]
        assert await send(purpose="everything", answer="give", _key="another-key-of-the-form") == 422
        assert await send(purpose="profiling", answer="maybe", _key="a-third-key-of-the-form") == 422
        assert await send(**good, _csrf="forged") == 403
        assert [row[:3] for row in await said(portal)] == [("profiling", True, "portal")]

        async with portal.desk.database.transaction("acme") as tx:
            kept = await tx.fetchval(
                "INSERT INTO customer (id, identity_hash) VALUES (gen_random_uuid(), 'kept') RETURNING id"
            )
        await portal.desk.run(merge_customers, [MergeCustomer(customer_id=kept, merge=encode_id("cus", owners[0]))])
        assert await send(**good, _key="a-fourth-key-of-the-form") == 303  # it is so already
        assert await send(purpose="profiling", answer="withdraw", _key="a-fifth-key-of-the-form") == 303
    rows = await portal.desk.fetch("SELECT customer_id, given FROM consent ORDER BY id")
    assert [tuple(row) for row in rows] == [(owners[0], True), (kept, False)]
    await portal.desk.audit()


async def test_a_guest_is_asked_nothing(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await portal.shop(), customer=None)
    page = await opened()
    await page.goto(await portal.link(order_id))
    await expect(page.get_by_role("link", name="What we may send you")).to_have_count(0)
    await page.goto(f"{portal.url}/p/acme/o/{order_id}/consent")
    await expect(page.locator("main")).to_contain_text("We send you nothing but messages about this order.")
    body = {"purpose": "profiling", "given": True}
    refused = await portal.api.post(f"/v1/orders/{order_id}/consents", body)
    assert refused.json()["code"] == "no_customer"


async def test_the_page_is_accessible_in_every_language(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await portal.shop())
    page = await opened(java_script_enabled=True)
    await page.goto(await portal.link(order_id))
    for language, words in (("de", "Zustimmen"), ("es", "Aceptar"), ("en", "Agree")):
        await page.goto(f"{portal.url}/p/acme/o/{order_id}/consent?lang={language}")
        await expect(page.get_by_role("button", name=words)).to_have_count(4)
        await accessible(page)

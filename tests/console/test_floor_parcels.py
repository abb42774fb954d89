"""Packing on a phone: several parcels, labels and numbers of one's own, what is printed, pick-ups."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from orderwright.flows.pick_fulfillments import pick_fulfillments
from orderwright.fulfillment import PickFulfillment
from orderwright.platform.db import Database
from orderwright.platform.ids import decode_id, encode_id
from orderwright.screens import csrf_token
from tests.console.test_floor import AXE, Work, browser, label, released, scan, site, state, work
from tests.helpers.console import PHONE, Site, a_client, a_person, keep_picture, looking
from tests.helpers.contexts import a_context

__all__ = ["browser", "site", "work"]  # fixtures
PDF = b"%PDF-1.7\n%%EOF\n"


async def picked(database: Database, work: Work, site: Site) -> str:
    """The work, picked; the token of somebody of its location."""
    await released(database, work, site)
    async with database.transaction("acme") as tx:
        await pick_fulfillments(tx, a_context(), [PickFulfillment(fulfillment_id=decode_id("ful", work.fulfillment))])
    return await a_person(database, "warehouse", location_ids=[work.location_id])


async def a_parcel(database: Database, n: int = 1) -> str:
    async with database.transaction("acme") as tx:
        [row] = await tx.fetch("SELECT id FROM parcel WHERE n = $1", n)
    return encode_id("pcl", row["id"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_two_parcels_are_packed_and_one_leaves_before_the_other(
    site: Site, browser: Browser, database: Database, work: Work, scheme: str
) -> None:
    token = await picked(database, work, site)
    async with looking(browser, site, token, viewport=PHONE, color_scheme=scheme) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.get_by_label("Weight in grams").fill("720")
        await page.get_by_role("button", name="Several parcels").click()
        await expect(page.get_by_role("group", name="Parcel 2")).to_be_visible()
        first, second = page.get_by_role("group", name="Parcel 1"), page.get_by_role("group", name="Parcel 2")
        await expect(first.get_by_label("Weight in grams")).to_have_value("720")
        await expect(first.get_by_label(f"{work.skus[0]} in parcel 1")).to_have_value("2")
        await page.get_by_role("button", name="Report as packed").click()
        await expect(page.get_by_role("alert").first).to_contain_text("A parcel is empty.")
        page.complaints.clear()  # type: ignore[attr-defined]  # of the answer that said no
        await first.get_by_label(f"{work.skus[0]} in parcel 1").fill("1")
        await second.get_by_label(f"{work.skus[0]} in parcel 2").fill("1")
        await second.get_by_label("Weight in grams").fill("300")
        assert (await Axe().run(page, options=AXE)).response["violations"] == []
        await keep_picture(page, f"floor-parcels-phone-{scheme}")
        await page.get_by_role("button", name="Report as packed").click()
        await expect(page.get_by_text("The label is being bought. This takes")).to_be_visible()
        await label(database)
        await expect(page.get_by_role("button", name="Report all 2 as shipped")).to_be_visible()
        await expect(page.locator("#label-2")).to_contain_text("300 g")
        assert (await Axe().run(page, options=AXE)).response["violations"] == []
        await keep_picture(page, f"floor-packed-phone-{scheme}")
        await page.get_by_role("button", name="Parcel 2 has left").click()
        await expect(page.locator(".toast-said")).to_contain_text("Shipped. 1 parcel is still here.")
        await expect(page.locator("#label-2")).to_contain_text("Left")
        async with database.transaction("acme") as tx:
            rows = await tx.fetch("SELECT packed, shipped FROM allocation ORDER BY line_n")
        assert [tuple(row) for row in rows] == [(2 - 1, 1), (1, 0)]
        await page.get_by_role("button", name="Report as shipped").click()
        await expect(page.get_by_text("Nothing to do here.")).to_be_visible()
    assert await state(database) == ("shipped", [2, 1])


async def test_a_number_of_ones_own_is_changed_with_a_reason_on_the_phone(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    token = await picked(database, work, site)
    async with looking(browser, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor/{work.fulfillment}")
        await page.get_by_text("Size, or a label of your own").click()
        await page.get_by_role("textbox", name="Tracking number").fill("JD014600006")
        await page.keyboard.press("Enter")  # as a scanner ends; the form's first button would add a parcel
        assert await page.locator("form[data-step=pack]").get_attribute("data-gone") is None
        assert await page.locator("body").get_attribute("data-beeps") == "1"
        await page.get_by_label("Carrier of your own label").fill("dhl")
        await page.get_by_role("button", name="Report as packed").click()
        await expect(page.get_by_role("link", name="JD014600006")).to_be_visible()
        await page.get_by_role("link", name="Change the number").click()
        await page.get_by_role("textbox", name="Tracking number").fill("JD014600007")
        await page.get_by_label("Why").select_option("wrong_number")
        await keep_picture(page, "floor-number-phone")
        await page.get_by_role("button", name="Change the number").click()
        await expect(page.get_by_role("link", name="JD014600007")).to_be_visible()
    async with database.transaction("acme") as tx:
        [act] = await tx.fetch("SELECT reason FROM act WHERE verb = 'change_tracking'")
    assert act["reason"] == "wrong_number"


async def test_what_is_printed_is_there_for_who_packs_and_for_nobody_else(
    site: Site, database: Database, work: Work
) -> None:
    token = await picked(database, work, site)
    care = await a_person(database, "care_agent")
    async with a_client(site, token) as client:
        person = await site.app.state.sessions.signed_in(token)
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "pack", "parcels.0.weight_g": "500"}
        assert (await client.post(f"/m/acme/floor/{work.fulfillment}/pack", data=form)).status_code == 303
        parcel = await a_parcel(database)
        base = f"/m/acme/floor/{work.fulfillment}"
        assert (await client.get(f"{base}/parcels/{parcel}/label")).status_code == 404  # it is being bought
        await label(database)
        papers = [f"{base}/parcels/{parcel}/label", f"{base}/slip", f"/m/acme/floor/picks?at={work.location}"]
        for paper in papers:
            answer = await client.get(paper)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
            assert answer.content.startswith(b"%PDF-")
        brought = await client.post(
            f"{base}/parcels/{parcel}/file", data={"_csrf": form["_csrf"], "_key": "file"},
            files={"file": ("label.pdf", PDF, "application/pdf")},
        )  # fmt: skip
        assert brought.status_code == 303
        assert (await client.get(papers[0])).content == PDF
        wrong = await client.post(
            f"{base}/parcels/{parcel}/file", data={"_csrf": form["_csrf"], "_key": "file-2"},
            files={"file": ("label.pdf", b"<script>", "application/pdf")},
        )  # fmt: skip
        assert wrong.status_code == 422
        assert "This is no label" in wrong.text
    async with a_client(site, care) as client:
        assert [(await client.get(paper)).status_code for paper in papers[:2]] == [403, 403]


async def test_without_a_network_a_scan_on_the_list_says_so_and_opens_it_later(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    token = await a_person(database, "warehouse", location_ids=[work.location_id])
    async with looking(browser, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor")
        await page.context.set_offline(True)
        await scan(page, str(work.order_number))
        await expect(page.locator("#floor-word")).to_have_text("No connection. Scan it again when it is back.")
        await expect(page.locator("[data-scanner]")).to_have_value(str(work.order_number))
        page.complaints.clear()  # type: ignore[attr-defined]  # of the request that did not get through
        await page.context.set_offline(False)
        await scan(page, str(work.order_number))
        await expect(page.locator("h1")).to_contain_text(f"Order {work.order_number}")


async def test_a_pick_up_is_handed_over_with_what_was_checked(
    site: Site, browser: Browser, database: Database, work: Work
) -> None:
    token = await picked(database, work, site)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE fulfillment SET method = 'pickup'")
    async with looking(browser, site, token, viewport=PHONE) as page:
        await page.goto(f"{site.url}/m/acme/floor")
        await scan(page, str(work.order_number))
        await page.get_by_role("button", name="Report as packed").click()
        await expect(page.get_by_text("Ask for the order number")).to_be_visible()
        await page.get_by_label("What you checked").select_option("id")
        assert (await Axe().run(page, options=AXE)).response["violations"] == []
        await keep_picture(page, "floor-pickup-phone")
        await page.get_by_role("button", name="Hand over to the shopper").click()
        await expect(page.locator(".toast-said")).to_contain_text("Handed over.")
    async with database.transaction("acme") as tx:
        [act] = await tx.fetch("SELECT reason FROM act WHERE verb = 'ship_fulfillments'")
        [row] = await tx.fetch("SELECT state FROM fulfillment")
    assert (act["reason"], row["state"]) == ("Checked: Photo ID", "delivered")


async def test_a_pick_up_is_not_handed_over_unchecked(site: Site, database: Database, work: Work) -> None:
    token = await picked(database, work, site)
    async with database.transaction("acme") as tx:
        await tx.execute("UPDATE fulfillment SET method = 'pickup'")
    async with a_client(site, token) as client:
        person = await site.app.state.sessions.signed_in(token)
        form = {"_csrf": csrf_token(person.csrf_key), "_key": "pack"}
        await client.post(f"/m/acme/floor/{work.fulfillment}/pack", data=form)
        said = await client.post(f"/m/acme/floor/{work.fulfillment}/ship", data=form | {"_key": "ship", "checked": ""})
        assert said.status_code == 422
        assert re.search("Say what you checked", said.text)
    assert (await state(database))[0] == "packed"

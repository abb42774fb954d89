"""What shoppers do, in a browser without JavaScript, on a phone of 320 pixels."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from orderwright.catalog import Checks
from orderwright.platform.ids import decode_id
from orderwright.returns.policy import WithdrawalTerms
from tests.builders.catalog import Shop
from tests.portal.conftest import DESKTOP, OpenPage, accessible, at, look, press
from tests.portal.sites import EMAIL, Portal

CHECKS = {"checks": Checks(duplicate_window_s=0)}


async def a_shop(portal: Portal, **fields: Any) -> Shop:
    return await portal.shop(channel={**CHECKS, "name": "Blue Mug"}, **fields)


async def visit(portal: Portal, opened: OpenPage, order_id: str, **options: Any) -> Page:
    page = await opened(**options)
    await page.goto(await portal.link(order_id))
    return page


async def heading(page: Page, words: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(words)


async def test_an_order_is_found_by_its_number_and_e_mail(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal))
    page = await opened()

    await page.goto(f"{portal.url}/p/acme")
    await look(page, "find")
    await page.get_by_label("Order number").fill((await portal.number(order_id)).strip("#"))
    await page.get_by_label("E-mail address").fill(EMAIL.upper())
    await press(page, "Find my order")

    assert at(page) == "/o/…"
    await expect(page.get_by_text("Order received")).to_be_visible()
    assert EMAIL not in page.url
    await press(page, "Leave this order")
    await heading(page, "Where is my order?")
    await page.go_back()
    await page.reload()
    await heading(page, "Where is my order?")


async def test_what_left_is_tracked(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    order_id = await portal.shipped(shop)
    order = await portal.read(order_id)
    [parcel] = order["fulfillments"][0]["shipment"]["parcels"]
    page = await visit(portal, opened, order_id)

    await expect(page.get_by_text(parcel["tracking_number"])).to_be_visible()
    await expect(page.locator(".story .now")).to_contain_text("On its way")
    await look(page, "order-shipped")


async def test_the_address_is_changed_once_it_was_seen_what_it_comes_to(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal))
    page = await visit(portal, opened, order_id)

    await press(page, "Change the address")
    await expect(page.get_by_label("City")).to_have_value("Springfield")
    await page.get_by_label("Street and number").fill("9 Elm St")
    await page.get_by_label("City").fill("Columbus")
    await page.get_by_label("State or province").fill("OH")
    await page.get_by_label("Postal code").fill("43004")
    await look(page, "address")
    await press(page, "Go on")
    await heading(page, "Send it here?")
    await expect(page.get_by_text("It costs the same.")).to_be_visible()
    assert (await portal.read(order_id))["ship_to"]["city"] == "Springfield"
    await press(page, "Use this address")

    await expect(page.get_by_role("status")).to_have_text("Your order goes to the new address.")
    changed = (await portal.read(order_id))["ship_to"]
    assert (changed["line1"], changed["city"], changed["name"]) == ("9 Elm St", "Columbus", "Ada Lovelace")
    [act] = await portal.desk.fetch("SELECT actor FROM act WHERE verb = 'edit_orders'")
    assert act["actor"] == f"shopper:{order_id}"


async def test_a_part_is_cancelled_after_the_money_was_shown(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal), 3)
    page = await visit(portal, opened, order_id)

    await press(page, "Cancel the order or parts of it")
    await page.get_by_role("combobox").select_option("1")
    await press(page, "Go on")
    await expect(page.get_by_text("The price of your order becomes $19.99 less.")).to_be_visible()
    await look(page, "cancel-confirm")
    await press(page, "Cancel these")

    await expect(page.get_by_role("status")).to_contain_text("It is cancelled.")
    [line] = (await portal.read(order_id))["lines"]
    assert line["components"][0]["cancelled"] == 1


async def test_all_of_it_is_cancelled_once_by_a_double_click(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal), 2)
    page = await visit(portal, opened, order_id, java_script_enabled=True)

    await press(page, "Cancel the order or parts of it")
    await press(page, "Go on")
    await page.get_by_role("button", name="Cancel the order").dblclick()

    await heading(page, "Your order is cancelled")
    events = await portal.desk.events(decode_id("ord", order_id))
    assert events.count("order.cancelled") == 1


async def test_goods_are_given_back(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.shipped(await a_shop(portal), 2)
    page = await visit(portal, opened, order_id)

    await press(page, "Give something back")
    await page.get_by_label("Thing").first.select_option("1")
    await page.get_by_label("Why?").select_option("too_small")
    await page.get_by_label("Back to how I paid").check()
    await look(page, "return")
    await press(page, "Go on")
    await expect(page.get_by_text("You get $19.99 back.")).to_be_visible()
    await press(page, "Announce the return")

    await expect(page.get_by_role("status")).to_contain_text("Your return is announced.")
    await expect(page.get_by_text("Announced: send it back to us")).to_be_visible()
    [made] = (await portal.api.get(f"/v1/returns?order={order_id}")).json()["data"]
    assert [(line["line"], line["quantity"], line["reason"]) for line in made["lines"]] == [(1, 1, "too_small")]
    await portal.back.bank.work()
    await page.reload()
    await page.get_by_role("link", name="Return label").click()
    await expect(page.get_by_role("img")).to_be_visible()
    await look(page, "label")


async def test_what_the_policy_does_not_take_back_says_why(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal, sku={"attributes": {"final_sale": True}})
    order_id = await portal.shipped(shop)
    page = await visit(portal, opened, order_id)

    await press(page, "Give something back")
    await press(page, "Go on")

    await expect(page.get_by_role("alert")).to_contain_text("This article was sold for good and cannot be given back.")


async def test_goods_are_exchanged(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    await portal.desk.sku(code=f"{shop.skus[0].code.partition('-')[0]}-X", name="Thing in red")
    order_id = await portal.shipped(shop, 1)
    page = await visit(portal, opened, order_id)

    await press(page, "Exchange something")
    await page.get_by_label("What do you want instead?").select_option(shop.skus[1].code)
    await look(page, "exchange")
    await press(page, "Go on")
    await expect(page.get_by_text("It costs you nothing.")).to_be_visible()
    await expect(page.get_by_text(f"To you: 1 × {shop.skus[1].name}")).to_be_visible()
    await press(page, "Announce the exchange")

    await expect(page.get_by_role("status")).to_contain_text("Your exchange is announced.")
    [made] = (await portal.api.get(f"/v1/exchanges?order={order_id}")).json()["data"]
    new = await portal.read(made["new_order_id"])
    assert [(line["sku"], line["quantity"]) for line in new["lines"]] == [(shop.skus[1].code, 1)]


async def test_a_problem_is_reported_with_a_photo(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.shipped(await a_shop(portal))
    page = await visit(portal, opened, order_id)
    picture = await page.screenshot()

    await press(page, "Report a problem")
    await page.get_by_label("What is wrong?").select_option("damaged")
    await page.get_by_label("Thing").first.select_option("1")
    await page.get_by_label("Photos").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no png"})
    await press(page, "Send the report")
    await expect(page.get_by_role("alert")).to_contain_text("This is not a picture that we can read.")
    await page.get_by_label("Thing").first.select_option("1")
    await page.get_by_label("Photos").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
    await look(page, "claim")
    await press(page, "Send the report")

    await expect(page.get_by_role("status")).to_have_text("We have your report and look into it.")
    [made] = (await portal.api.get(f"/v1/claims?order={order_id}")).json()["data"]
    [photo] = (await portal.api.get(f"/v1/orders/{order_id}/attachments")).json()["data"]
    assert (made["kind"], photo["claim_id"], photo["kind"], photo["media_type"]) == (
        "damaged", made["id"], "photo", "image/png",
    )  # fmt: skip
    assert photo["author"] == f"shopper:{order_id}"
    await page.get_by_role("link", name="Add photos to this report").click()
    await page.get_by_label("Photos").set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": picture})
    await press(page, "Send the photos")
    await expect(page.get_by_role("status")).to_have_text("Your photos are here.")


async def test_a_consumer_withdraws_in_two_steps_and_keeps_the_confirmation(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True, time_zone="Europe/Berlin"))
    order_id = await portal.shipped(shop, 2)
    page = await visit(portal, opened, order_id)

    await press(page, "Withdraw from contract here")
    await expect(page.get_by_text(EMAIL)).to_be_visible()
    await look(page, "withdraw")
    await press(page, "Go on to confirm")
    await expect(page.get_by_text("I, Ada Lovelace, withdraw from my contract of")).to_be_visible()
    assert (await portal.api.get(f"/v1/withdrawals?order={order_id}")).json()["data"] == []
    await press(page, "Confirm withdrawal")

    await heading(page, "We have received your withdrawal")
    await expect(page.get_by_text("Received: ")).to_be_visible()
    await look(page, "withdrawn")
    [kept] = (await portal.api.get(f"/v1/withdrawals?order={order_id}")).json()["data"]
    assert (kept["code"], kept["whole"]) == ("withdrawn", True)
    letter = await page.context.request.get(f"{page.url.partition('/withdrawn/')[0]}/withdrawals/{kept['id']}")
    assert (letter.status, (await letter.body())[:5]) == (200, b"%PDF-")


async def test_a_withdrawal_that_is_refused_is_kept_and_confirmed(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal, sku={"attributes": {"withdrawal_exempt": "custom_made"}})
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    order_id = await portal.shipped(shop, 1)
    page = await visit(portal, opened, order_id)

    await press(page, "Withdraw from contract here")
    await press(page, "Go on to confirm")
    await press(page, "Confirm withdrawal")

    await heading(page, "We have received your withdrawal")
    await expect(page.get_by_text("There is no right of withdrawal from these goods.")).to_be_visible()
    [kept] = (await portal.api.get(f"/v1/withdrawals?order={order_id}")).json()["data"]
    assert kept["code"] == "exempt"


async def test_late_supply_lets_the_shopper_choose(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    for answer in ("wait", "ship_now", "cancel"):
        order_id = await portal.placed(shop, 12)
        page = await visit(portal, opened, order_id)
        await press(page, "Choose what we should do")
        if answer == "wait":
            await look(page, "delay")
            await press(page, "Wait")
            await expect(page.get_by_role("status")).to_contain_text("We send it as soon as it is here.")
        elif answer == "ship_now":
            await press(page, "Send what is here")
            await expect(page.get_by_role("status")).to_contain_text("What is here is sent now.")
        else:
            await press(page, "Cancel what waits")
            await expect(page.locator(".items")).to_contain_text("2 × ")
            await press(page, "Cancel what waits")
            await expect(page.get_by_role("status")).to_contain_text("What waited is cancelled.")
        answers = (await portal.api.get(f"/v1/orders/{order_id}/delay-answers")).json()["data"]
        assert [one["answer"] for one in answers] == [answer]
        assert (await portal.read(order_id))["backorders"] == [] or answer != "cancel"
        await portal.desk.cancel(decode_id("ord", order_id))


async def test_a_verb_s_no_is_said_in_the_shopper_s_words(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal))
    page = await visit(portal, opened, order_id)
    await press(page, "Cancel the order or parts of it")
    await press(page, "Go on")
    inner = decode_id("ord", order_id)
    await portal.desk.verify(inner)
    await portal.desk.source(inner)
    [work] = await portal.desk.fulfillments(inner)
    await portal.desk.release(work.id)
    await portal.desk.start(work.id)

    await press(page, "Cancel the order")

    await heading(page, "This cannot be done")
    await expect(page.get_by_text("Your order is being packed, so it cannot be changed any more.")).to_be_visible()


async def test_it_speaks_three_languages(portal: Portal, opened: OpenPage) -> None:
    order_id = await portal.placed(await a_shop(portal))
    for locale, words in (
        ("de-AT", "Adresse ändern"),
        ("es-ES", "Cambiar la dirección"),
        ("fr-FR", "Change the address"),
    ):
        page = await visit(portal, opened, order_id, locale=locale)
        await expect(page.get_by_role("link", name=words)).to_be_visible()
    await page.get_by_role("link", name="Deutsch").click()
    await expect(page.get_by_role("link", name="Adresse ändern")).to_be_visible()
    await page.reload()
    await press(page, "Adresse ändern")
    await expect(page.get_by_label("Straße und Hausnummer")).to_be_visible()
    await expect(page.get_by_text("Vereinigte Staaten")).to_be_attached()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await look(page, "address-de")


async def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    open_order, sent = await portal.placed(shop, 9), await portal.shipped(shop, 1)
    for theme in ("light", "dark"):
        for order_id, places in (
            (open_order, ["", "/address", "/cancel", "/withdraw"]),
            (sent, ["", "/return", "/exchange", "/claim", "/withdraw", "/nowhere"]),
        ):
            page = await visit(portal, opened, order_id, java_script_enabled=True, color_scheme=theme)
            base = page.url
            for place in places:
                if place == "/nowhere":
                    await page.goto(f"{portal.url}/p/acme")
                elif place:
                    await page.goto(base + place)
                await accessible(page)
                await look(page, f"{theme}-{'open' if order_id == open_order else 'sent'}{place.replace('/', '-')}")


async def test_second_steps_and_what_comes_after_are_accessible_too(portal: Portal, opened: OpenPage) -> None:
    shop = await a_shop(portal)
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    sent, late = await portal.shipped(shop, 2), await portal.placed(shop, 12)
    page = await visit(portal, opened, late, java_script_enabled=True, viewport=DESKTOP, color_scheme="dark")
    base = page.url
    for place, button in (("/cancel", "Go on"), ("/delay", "Cancel what waits"), ("/withdraw", "Go on to confirm")):
        await page.goto(base + place)
        await accessible(page)
        await press(page, button)
        await accessible(page)
        await look(page, f"confirm{place.replace('/', '-')}")
    page = await visit(portal, opened, sent, java_script_enabled=True)
    base = page.url
    await press(page, "Give something back")
    await page.get_by_label("Thing").first.select_option("1")
    await press(page, "Go on")
    await accessible(page)
    await press(page, "Announce the return")
    await portal.back.bank.work()
    await page.reload()
    await accessible(page)
    await page.get_by_role("link", name="Return label").click()
    await accessible(page)
    await page.goto(base)
    await page.get_by_role("link", name="Add photos to this return").click()
    await accessible(page)
    await page.goto(base + "/withdraw")
    await press(page, "Go on to confirm")
    await press(page, "Confirm withdrawal")
    await accessible(page)
    await page.goto(f"{portal.url}/p/acme/link/nonsense")
    await accessible(page)

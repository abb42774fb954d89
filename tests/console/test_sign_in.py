"""Signing in and one's own account, in a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from orderwright.access import (
    PersonCommand,
    SignInRefused,
    TooManyAttempts,
    device_cookie_name,
    first_person_path,
    list_own_sessions,
    reset_people,
    session_cookie_name,
)
from orderwright.access import sign_in as guess
from orderwright.access.attempts import ACCOUNT_FREE
from orderwright.console.demo_people import DemoPerson, is_loopback
from orderwright.console.devices import device_name
from orderwright.console.guests import next_of
from orderwright.platform.db import Database
from tests.builders.people import PASSWORD, SomePerson, a_cookie, a_person
from tests.helpers.console import PHONE, Site, a_browser, a_client, a_site, keep_picture, looking
from tests.helpers.contexts import a_context

OTHER = "seven green kettles sing"


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as started:
        yield started


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as launched:
        yield launched


@pytest_asyncio.fixture
async def page(browser: Browser, site: Site) -> AsyncIterator[Page]:
    """A browser of nobody yet. Refusals are answered with a status that Chromium complains of."""
    async with looking(browser, site, None) as opened:
        yield opened
        opened.complaints[:] = [text for text in opened.complaints if "status of 4" not in text]  # type: ignore[attr-defined]


async def sign_in(page: Page, site: Site, person: SomePerson, password: str = PASSWORD, path: str = "/sign-in") -> None:
    await page.goto(f"{site.url}{path}")
    await page.get_by_label("E-mail address").fill(person.email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def sign_out(page: Page, site: Site) -> None:
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(f"{site.url}/sign-in")


async def test_somebody_signs_in_and_out(page: Page, site: Site, database: Database) -> None:
    person = await a_person(database)
    await sign_in(page, site, person, "wrong wrong wrong", "/m/acme/live")
    await expect(page.get_by_role("alert")).to_contain_text("The e-mail address or the password is not right.")
    await expect(page.get_by_label("E-mail address")).to_have_value(person.email)
    await expect(page.get_by_label("Password")).to_have_value("")
    await keep_picture(page, "sign-in-refused")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page).to_have_url(f"{site.url}/m/acme/live")
    [cookie] = [c for c in await page.context.cookies() if c["name"] == session_cookie_name(False)]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    await page.goto(f"{site.url}/me")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_url(f"{site.url}/sign-in")
    await page.goto(f"{site.url}/me")
    await expect(page).to_have_url(re.compile("/sign-in"))
    async with a_client(site, cookie["value"]) as client:
        assert (await client.get("/me")).status_code == 303


async def test_guesses_made_elsewhere_do_not_keep_somebody_out_of_their_own_browser(
    page: Page, site: Site, database: Database
) -> None:
    person = await a_person(database)
    await sign_in(page, site, person, path="/sign-in?next=/me")
    await sign_out(page, site)
    [cookie] = [c for c in await page.context.cookies() if c["name"] == device_cookie_name(False)]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    for _ in range(ACCOUNT_FREE):
        with pytest.raises(SignInRefused):
            await guess(database, person.email, "wrong wrong wrong")
    with pytest.raises(TooManyAttempts):
        await guess(database, person.email, PASSWORD)

    await sign_in(page, site, person, path="/sign-in?next=/me")
    await expect(page).to_have_url(f"{site.url}/me")


async def test_a_second_factor_is_set_up_used_and_replaced_by_a_recovery_code(
    page: Page, site: Site, database: Database
) -> None:
    person = await a_person(database)
    await sign_in(page, site, person, path="/sign-in?next=/me")
    await page.get_by_role("link", name="Set up a second factor").click()
    secret = (await page.locator(".calm-secret").text_content() or "").replace(" ", "")
    assert await page.locator(".calm-qr").evaluate("picture => picture.complete && picture.naturalWidth") > 100
    await keep_picture(page, "second-factor-set-up")
    await page.get_by_label("Code").fill("000000")
    await page.get_by_role("button", name="Set up the second factor").click()
    await expect(page.locator(".field-error")).to_contain_text("This code is wrong, or was used already.")
    assert (await page.locator(".calm-secret").text_content() or "").replace(" ", "") == secret
    totp = pyotp.TOTP(secret)
    await page.get_by_label("Code").fill(totp.now())
    await page.get_by_role("button", name="Set up the second factor").click()
    codes = await page.locator(".calm-codes code").all_text_contents()
    assert len(codes) == 10
    await keep_picture(page, "recovery-codes")
    await page.get_by_role("link", name="I keep them").click()
    await expect(page.locator("main")).to_contain_text("10 recovery codes are left")

    for code in (totp.at(datetime.now(UTC) + timedelta(seconds=30)), codes[0]):
        await sign_out(page, site)
        await sign_in(page, site, person, path="/sign-in?next=/me")
        await expect(page).to_have_url(f"{site.url}/sign-in/second?next=/me")
        await keep_picture(page, "second-factor")
        await page.get_by_label("Code of six digits").fill(code)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page).to_have_url(f"{site.url}/me")
    await expect(page.locator("main")).to_contain_text("9 recovery codes are left")
    await page.get_by_role("button", name="Remove the second factor").click()
    await expect(page.get_by_role("status")).to_contain_text("Your second factor was removed")


async def test_the_first_administrator_is_made_once(page: Page, site: Site, database: Database) -> None:
    path = await first_person_path(database)
    assert path is not None
    await page.goto(f"{site.url}{path}")
    await page.get_by_label("Your name").fill("Ida Voss")
    await page.get_by_label("Your e-mail address").fill("ida@staff.example")
    await page.get_by_label("Password").fill("ida voss 1234")
    await page.get_by_role("button", name="Make the first administrator").click()
    await expect(page.locator(".field-error")).to_contain_text("little more than your name")
    await expect(page.get_by_label("Your name")).to_have_value("Ida Voss")
    await keep_picture(page, "first-administrator")
    await page.get_by_label("Password").fill(OTHER)
    await page.get_by_role("button", name="Make the first administrator").click()
    await expect(page).to_have_url(f"{site.url}/m/acme/")
    await page.goto(f"{site.url}{path}")
    await expect(page.locator("main")).to_contain_text("This address was used already")
    assert await first_person_path(database) is None


async def test_a_password_is_chosen_at_an_address_that_works_once(page: Page, site: Site, database: Database) -> None:
    await a_person(database)
    person = await a_person(database, role="planner", name="Bo Lund")
    old = await a_cookie(database, person.id)
    async with database.operator_transaction() as tx:
        [outcome] = await reset_people(tx, a_context(), [PersonCommand(person_id=person.id)])
    address = f"{site.url}{outcome.details['path']}"
    await page.goto(address)
    await expect(page.locator("main")).to_contain_text(person.email)
    await keep_picture(page, "choose-a-password")
    await page.get_by_label("Password").fill("too short")
    await page.get_by_role("button", name="Choose this password").click()
    await expect(page.locator(".field-error")).to_contain_text("Use 12 characters or more")
    await page.get_by_label("Password").fill(OTHER)
    await page.get_by_role("button", name="Choose this password").click()
    await expect(page).to_have_url(re.compile("/m/acme/"))
    await page.goto(address)
    await expect(page.locator("main")).to_contain_text("This address was used already")
    async with a_client(site, old) as client:
        assert (await client.get("/me")).status_code == 303


async def test_people_change_their_account_and_password_and_end_sessions(
    page: Page, site: Site, database: Database
) -> None:
    person = await a_person(database)
    elsewhere = await a_cookie(database, person.id)
    await sign_in(page, site, person, path="/sign-in?next=/me")
    await page.get_by_label("Name").fill("Ada Adler")
    await page.get_by_label("Time zone").select_option("Europe/Zurich")
    await page.get_by_label("Looks").select_option("dark")
    await page.get_by_role("button", name="Change your account").click()
    await expect(page.locator("main")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("Your account was changed.")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    await keep_picture(page, "account-dark")
    await expect(page.get_by_role("button", name="End this session")).to_have_count(1)
    await page.get_by_role("button", name="End this session").click()
    await expect(page.get_by_role("status")).to_contain_text("The session ended.")
    async with a_client(site, elsewhere) as client:
        assert (await client.get("/me")).status_code == 303

    async with database.operator_transaction() as tx:  # an hour later
        await tx.execute("UPDATE session SET confirmed_at = now() - interval '1 hour'")
    site.app.state.sessions.forget()
    await page.get_by_role("link", name="Change the password").click()
    await expect(page.locator("h1")).to_have_text("Confirm that it is you")
    await keep_picture(page, "confirm")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Confirm").click()
    await page.get_by_label("New password").fill(OTHER)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("status")).to_contain_text("Your password was changed.")
    await sign_out(page, site)
    await sign_in(page, site, person, OTHER, "/sign-in?next=/me")
    await expect(page).to_have_url(f"{site.url}/me")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pages_are_accessible_and_fit_a_phone_in_both_themes(
    browser: Browser, site: Site, database: Database, theme: str
) -> None:
    person = await a_person(database)
    site.app.state["demo_people"] = [DemoPerson(person.email, "Mia Marsh", "Care agent")]
    token = await a_cookie(database, person.id)
    async with looking(browser, site, None, viewport=PHONE, color_scheme=theme) as guest:
        await guest.goto(f"{site.url}/sign-in")
        await check(guest, f"sign-in-phone-{theme}")
        await guest.goto(f"{site.url}/sign-in/second")
        await check(guest, f"second-phone-{theme}")
    async with looking(browser, site, token, viewport=PHONE, color_scheme=theme) as own:
        for path in ("/me", "/me/password", "/me/second-factor", "/me/confirm"):
            await own.goto(f"{site.url}{path}")
            await check(own, f"{path.strip('/').replace('/', '-')}-phone-{theme}")
    async with looking(browser, site, token, color_scheme=theme) as own:
        await own.goto(f"{site.url}/me")
        await check(own, f"me-{theme}", width=1440)


async def check(page: Page, name: str, width: int = 390) -> None:
    """No serious finding of axe, nothing wider than the window, and a picture for review."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    found = await Axe().run(page)
    serious = [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert serious == [], found.generate_report()
    await keep_picture(page, name)


async def test_a_form_of_another_site_is_refused(site: Site, database: Database) -> None:
    person = await a_person(database)
    fields = {"email": person.email, "password": PASSWORD}
    async with a_client(site, None) as client:
        assert (await client.post("/sign-in", data=fields)).status_code == 403
        form = await client.get("/sign-in")
        token = re.search(r'name="_csrf" value="([^"]+)"', form.text)
        assert token is not None
        good = {**fields, "_csrf": token[1]}
        crossed = await client.post("/sign-in", data=good, headers={"sec-fetch-site": "cross-site"})
        assert crossed.status_code == 403
        client.cookies.delete("ow_visitor")
        assert (await client.post("/sign-in", data=good)).status_code == 403
        assert session_cookie_name(False) not in client.cookies
    own = await a_cookie(database, person.id)
    async with a_client(site, own) as client:
        for path in ("/sign-out", "/me", "/me/password", "/me/second-factor/remove", "/me/sessions/end"):
            assert (await client.post(path, data=good)).status_code == 403, path
        assert (await client.get("/me")).status_code == 200


async def test_behind_https_cookies_are_secure(database: Database) -> None:
    person = await a_person(database)
    async with a_site(database, public_url="https://orders.example.com") as site, a_client(site, None) as client:
        form = await client.get("/sign-in")
        [visitor] = form.headers.get_list("set-cookie")
        assert visitor.startswith("__Host-ow_visitor=")
        assert "; Path=/; HttpOnly; SameSite=Lax; " in visitor
        assert visitor.endswith("; Secure")
        token = re.search(r'name="_csrf" value="([^"]+)"', form.text)
        assert token is not None
        done = await client.post(
            "/sign-in", data={"email": person.email, "password": PASSWORD, "_csrf": token[1]},
            headers={"cookie": visitor.partition(";")[0]},
        )  # fmt: skip
        cookies = done.headers.get_list("set-cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-ow_session", "__Host-ow_device"]
        assert all(cookie.endswith("; Secure") for cookie in cookies)


async def test_the_demo_offers_its_people_on_this_machine_only(site: Site, database: Database) -> None:
    person = await a_person(database)
    other = await a_person(database)
    async with a_client(site, None) as client:

        async def enter(email: str, **headers: str) -> int:
            form = await client.get("/sign-in")
            token = re.search(r'name="_csrf" value="([^"]+)"', form.text)
            assert token is not None
            answer = await client.post("/sign-in/demo", data={"email": email, "_csrf": token[1]}, headers=headers)
            return answer.status_code

        assert await enter(person.email) == 404
        site.app.state["demo_people"] = [DemoPerson(person.email, "Mia", "Care agent")]
        assert await enter(other.email) == 404
        assert await enter(person.email, host="orders.example.com") == 404
        assert await enter(person.email, **{"x-forwarded-for": "127.0.0.1"}) == 404
        assert "Sign in as Mia" not in (await client.get("/sign-in", headers={"host": "orders.example.com"})).text
        assert "Sign in as Mia, care agent" in (await client.get("/sign-in")).text
        assert await enter(person.email) == 303


@pytest.mark.parametrize(
    ("public_url", "told", "seen"),
    [
        (None, "203.0.113.7", "127.0.0.1"),
        ("http://orders.example.com", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("http://orders.example.com", "nonsense", "127.0.0.1"),
        ("http://orders.example.com", "", "127.0.0.1"),
    ],
)
async def test_behind_a_proxy_of_ones_own_an_address_is_what_it_wrote_last(
    database: Database, public_url: str | None, told: str, seen: str
) -> None:
    person = await a_person(database)
    async with a_site(database, public_url=public_url) as site, a_client(site, None) as client:
        form = await client.get("/sign-in")
        token = re.search(r'name="_csrf" value="([^"]+)"', form.text)
        assert token is not None
        body = {"email": person.email, "password": PASSWORD, "_csrf": token[1]}
        assert (await client.post("/sign-in", data=body, headers={"x-forwarded-for": told})).status_code == 303
    [session] = await list_own_sessions(database, person.id)
    assert session.made_from == seen


def test_only_local_pages_follow_a_sign_in() -> None:
    for hostile in (
        "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "x", "/sign-out",
        "/\tevil", "/reset?token=x",
    ):  # fmt: skip
        assert next_of(hostile) == "/"
    assert next_of("/m/acme/orders?state=held") == "/m/acme/orders?state=held"


def test_this_machine_is_known() -> None:
    assert [host for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8") if not is_loopback(host)] == []
    assert [host for host in ("", "0.0.0.0", "10.0.0.1", "localhost.evil.example") if is_loopback(host)] == []


def test_devices_have_names() -> None:
    assert device_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") == "Firefox on Linux"
    assert (
        device_name("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1")
        == "Safari on iPhone"
    )
    assert (device_name(None), device_name("curl/8.0")) == ("Unknown device", "curl/8.0")

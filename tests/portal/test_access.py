"""Who gets in: links and cookies that were changed or have expired, guessing, and the ids of other people's orders."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderwright.catalog import Checks
from orderwright.platform.ids import decode_id
from orderwright.portal import PORTAL_PAGES
from orderwright.portal.visits import VISIT_COOKIE
from orderwright.returns.policy import WithdrawalTerms
from orderwright.shoppers import Grant, seal, unseal
from tests.helpers.databases import HASH_KEY
from tests.helpers.papers import Papers
from tests.portal.sites import EMAIL, Portal

NOW = datetime(2026, 11, 23, tzinfo=UTC)
GRANT = Grant(decode_id("ord", "ord_01j9zqtf0seqbr9w7r1c4rkz2m"), NOW + timedelta(days=30), 3)


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A browser's cookies and nothing else of a browser."""
    async with httpx.AsyncClient() as client:
        yield client


def token_of(page: httpx.Response) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
    assert found is not None, page.text[:300]
    return found[1]


async def look_up(http: httpx.AsyncClient, portal: Portal, number: str, email: str) -> httpx.Response:
    page = await http.get(f"{portal.url}/p/acme")
    return await http.post(f"{portal.url}/p/acme", data={"_csrf": token_of(page), "number": number, "email": email})


def error_of(page: httpx.Response) -> str:
    found = re.search(r'role="alert" id="error">([^<]+)<', page.text)
    return found[1] if found else ""


def test_a_link_says_what_it_was_made_of() -> None:
    token = seal("link", "acme", GRANT, HASH_KEY)
    assert unseal("link", "acme", token, HASH_KEY, NOW) == GRANT
    assert re.fullmatch(r"[A-Za-z0-9_-]{54}", token)


def test_a_link_that_was_changed_in_any_letter_is_none() -> None:
    token = seal("link", "acme", GRANT, HASH_KEY)
    for n, letter in enumerate(token):
        for other in {"A", "B", "_"} - {letter}:
            changed = token[:n] + other + token[n + 1 :]
            said = unseal("link", "acme", changed, HASH_KEY, NOW)
            assert said is None or n == len(token) - 1, n  # the last letter has bits that say nothing
            assert said in (None, GRANT)


def test_a_link_is_of_one_merchant_one_purpose_one_installation_and_a_time() -> None:
    token = seal("link", "acme", GRANT, HASH_KEY)
    assert unseal("link", "bolt", token, HASH_KEY, NOW) is None
    assert unseal("visit", "acme", token, HASH_KEY, NOW) is None
    assert unseal("link", "acme", token, b"another" * 8, NOW) is None
    assert unseal("link", "acme", token, HASH_KEY, GRANT.expires_at) is None
    assert unseal("link", "acme", token, HASH_KEY, GRANT.expires_at - timedelta(seconds=1)) == GRANT
    for nonsense in ("", "A" * 54, "é", "x" * 10_000, "===="):
        assert unseal("link", "acme", nonsense, HASH_KEY, NOW) is None


async def test_a_link_becomes_a_cookie_of_its_order_and_the_address_says_nothing(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    order_id = await portal.placed(await portal.shop())

    came = await http.get(await portal.link(order_id))

    assert (came.status_code, came.headers["location"]) == (303, f"/p/acme/o/{order_id}")
    cookie = came.headers["set-cookie"]
    assert re.search(rf"{VISIT_COOKIE}=[\w-]+; Path=/p/acme/o/{order_id}; HttpOnly; SameSite=Lax; Max-Age=\d+", cookie)
    assert (await http.get(f"{portal.url}/p/acme/o/{order_id}")).status_code == 200


async def test_links_that_were_withdrawn_end_visits_too(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.placed(await portal.shop())
    link = await portal.link(order_id)
    await http.get(link)

    answer = await portal.api.post(f"/v1/orders/{order_id}/portal-link/withdraw", {})

    assert answer.json()["code"] == "withdrawn"
    assert (await http.get(f"{portal.url}/p/acme/o/{order_id}")).status_code == 403
    assert (await http.get(link)).status_code == 403
    assert (await http.get(await portal.link(order_id))).status_code == 303
    assert (await http.get(f"{portal.url}/p/acme/o/{order_id}")).status_code == 200
    assert (await portal.desk.events(decode_id("ord", order_id)))[-1] == "order.links_withdrawn"


async def test_unknown_numbers_other_addresses_and_erased_orders_are_answered_alike(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    shop = await portal.shop()
    order_id, gone = await portal.placed(shop), await portal.placed(shop)
    number, erased = await portal.number(order_id), await portal.number(gone)
    async with portal.desk.database.transaction("acme") as tx:
        await tx.execute("UPDATE contact SET email = NULL WHERE order_id = $1", decode_id("ord", gone))

    said = [await look_up(http, portal, n, e) for n, e in (
        (number, "else@example.com"), ("999999", EMAIL), (erased, EMAIL), ("no number", EMAIL), (number, "%' OR 1=1"),
    )]  # fmt: skip

    assert {(page.status_code, error_of(page)) for page in said} == {
        (422, "We found no order with this number and e-mail address. Both stand in the confirmation that we sent.")
    }
    assert len({re.sub(r'value="[^"]*"', "", page.text) for page in said}) == 1
    assert (await look_up(http, portal, number, EMAIL)).status_code == 303


async def test_who_guesses_waits_and_the_order_s_owner_still_has_the_link(
    portal: Portal, http: httpx.AsyncClient
) -> None:
    order_id = await portal.placed(await portal.shop())
    number = await portal.number(order_id)

    misses = [(await look_up(http, portal, number, f"guess{n}@example.com")).status_code for n in range(6)]
    right = await look_up(http, portal, number, EMAIL)

    assert misses == [422, 422, 422, 422, 422, 429]
    assert (right.status_code, error_of(right)) == (429, "There were too many tries. Wait 1 min, then try again.")
    assert (await http.get(await portal.link(order_id))).status_code == 303
    kept = await portal.desk.fetch("SELECT * FROM guess")
    assert EMAIL not in str(kept)
    assert number.strip("#") not in str([row["box"] for row in kept])


async def test_forms_of_other_sites_do_nothing(portal: Portal, http: httpx.AsyncClient) -> None:
    order_id = await portal.placed(await portal.shop())
    await http.get(await portal.link(order_id))
    address = f"{portal.url}/p/acme/o/{order_id}/cancel"
    token = token_of(await http.get(address))
    form = {"q1": "2", "step": "confirm", "_key": "k"}

    without = await http.post(address, data=form)
    foreign = await http.post(address, data=form | {"_csrf": token}, headers={"sec-fetch-site": "cross-site"})

    assert (without.status_code, foreign.status_code) == (403, 403)
    assert (await portal.read(order_id))["status"] == "placed"


async def everything_of(portal: Portal, order_id: str) -> dict[str, str]:
    """Ids of an order's things, made by what staff do."""
    back = (await portal.api.post(f"/v1/orders/{order_id}/returns", {"lines": [{"line": 1, "quantity": 1}]})).json()
    claim = await portal.api.post(
        f"/v1/orders/{order_id}/claims", {"kind": "damaged", "lines": [{"line": 1, "quantity": 1}]}
    )
    said = await portal.api.post(f"/v1/orders/{order_id}/withdraw", {"lines": [{"line": 1, "quantity": 1}]})
    await portal.back.bank.work()
    [document] = (await portal.api.get(f"/v1/orders/{order_id}/documents")).json()["data"]
    return {
        "return_id": back["id"], "subject_id": claim.json()["id"], "withdrawal_id": said.json()["id"],
        "document_id": document["id"],
    }  # fmt: skip


async def test_no_page_shows_or_changes_another_order(portal: Portal, http: httpx.AsyncClient) -> None:
    shop = await portal.shop(channel={"checks": Checks(duplicate_window_s=0)})
    await portal.back.terms(shop.channel.code, withdrawal=WithdrawalTerms(enabled=True))
    papers = Papers(portal.desk)
    await papers.company()
    await papers.invoiced(shop.channel.code, "shipment")
    mine, other = await portal.shipped(shop, 1), await portal.shipped(shop, 5)
    things = await everything_of(portal, other)
    before = await portal.read(other)
    await http.get(await portal.link(mine))
    good = token_of(await http.get(f"{portal.url}/p/acme/o/{mine}"))
    kept = http.cookies.get(VISIT_COOKIE, path=f"/p/acme/o/{mine}")
    statuses: dict[tuple[str, str, str], int] = {}
    for made in PORTAL_PAGES:
        if "{order_id}" not in made.path:
            continue
        for whose, order_id in (("mine", mine), ("other", other)):
            if whose == "mine" and made.path.count("{") == 1:
                continue  # one's own
            path = made.path.format(order_id=order_id, **things)
            form: dict[str, Any] = {"_csrf": good, "step": "confirm", "q1": "1", "answer": "cancel", "_key": "k1"}
            answer = await http.request(
                made.method, f"{portal.url}/p/acme{path}", data=form if made.method == "POST" else None,
                headers={"cookie": f"{VISIT_COOKIE}={kept}"},
            )  # fmt: skip
            statuses[made.method, made.path, whose] = answer.status_code
            assert EMAIL not in answer.text

    assert {code for (_, _, whose), code in statuses.items() if whose == "other"} == {403}
    assert {code for (_, _, whose), code in statuses.items() if whose == "mine"} == {404}
    assert len(statuses) > 25
    assert await portal.read(other) == before


async def test_a_visit_may_do_what_its_page_does_and_no_more(portal: Portal) -> None:
    needs = {made.path: made.needs for made in PORTAL_PAGES if made.method == "POST"}
    assert needs == {
        "": "orders.link", "/o/{order_id}/leave": None, "/o/{order_id}/address": "orders.edit",
        "/o/{order_id}/cancel": "orders.cancel", "/o/{order_id}/delay": "orders.cancel",
        "/o/{order_id}/return": "returns.write", "/o/{order_id}/exchange": "returns.write",
        "/o/{order_id}/claim": "claims.write", "/o/{order_id}/photos/{subject_id}": "orders.note",
        "/o/{order_id}/withdraw": "returns.write", "/o/{order_id}/messages": "messages.write",
        "/o/{order_id}/consent": "messages.write",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("place", "status"),
    [("/p/nobody", 404), ("/p/acme/nothing", 404), ("/p/ACME'--", 404), ("/p/acme/o/ord_x", 403)],
)
async def test_what_is_not_there_is_a_page_that_says_so(
    portal: Portal, http: httpx.AsyncClient, place: str, status: int
) -> None:
    answer = await http.get(portal.url + place)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


async def test_nothing_personal_stands_in_addresses_cookies_or_logs(
    portal: Portal, http: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = await portal.placed(await portal.shop())
    answer = await look_up(http, portal, await portal.number(order_id), EMAIL)
    page = await http.get(portal.url + answer.headers["location"])

    assert page.status_code == 200
    assert "ada" not in str(page.url).lower()
    assert all("ada" not in (cookie.value or "").lower() or len(cookie.value or "") > 30 for cookie in http.cookies.jar)
    said = capsys.readouterr()
    assert EMAIL not in said.out + said.err


async def test_a_merchant_s_name_cannot_break_out_of_a_header(portal: Portal, http: httpx.AsyncClient) -> None:
    answer = await http.get(f"{portal.url}/p/acme%0d%0aset-cookie:%20a=b;%20Path=%2f?lang=de")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    assert "Diese Seite gibt es nicht" in answer.text

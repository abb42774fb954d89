"""What somebody hostile, or another program on the same host, sends to the pages before and behind the sign-in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from orderwright.access import PersonCommand, deactivate_people
from orderwright.console import feed, frame, news
from orderwright.console.demo_people import DemoPerson
from orderwright.platform.db import Database
from orderwright.platform.ids import encode_id
from tests.builders.people import PASSWORD, SomePerson, a_cookie, a_person
from tests.helpers.console import Site, a_client, a_site
from tests.helpers.contexts import a_context
from tests.helpers.provider import a_real_provider


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    async with a_site(database) as made:
        yield made


async def token_of(client: httpx.AsyncClient, path: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="_csrf" value="([^"]+)"', (await client.get(path)).text)
    assert found is not None, path
    return found[1]


async def who(site: Site, *cookies: str) -> int:
    """What `/me` answers to these Cookie headers: 200 for whoever has signed in."""
    async with a_client(site, None) as client:
        return (await client.get("/me", headers=[(b"cookie", one.encode()) for one in cookies])).status_code


async def test_cookies_of_other_programs_on_the_host_keep_nobody_out(site: Site, database: Database) -> None:
    token = await a_cookie(database, (await a_person(database)).id)
    own = f"ow_session={token}"
    for other in (
        'prefs={"a": 1}', "a[b]=1", "x", "=", ";;", 'q="', "naïve=ü", "a=b=c",
        "expires=Thu", "path=/",
    ):  # fmt: skip
        assert await who(site, f"{other}; {own}") == 200, other
        assert await who(site, f"{own}; {other}") == 200, other
    assert await who(site, "prefs=1", own) == 200  # HTTP/2 may send each by itself
    assert await who(site, own, "prefs=1") == 200
    assert await who(site, f'ow_session="{token}"') == 200


async def test_of_two_sessions_in_one_request_none_is_believed(site: Site, database: Database) -> None:
    """A neighbour on the same domain may set a cookie of the same name, to have somebody act in another account."""
    mine, theirs = [await a_cookie(database, (await a_person(database)).id) for _ in range(2)]
    assert await who(site, f"ow_session={mine}; ow_session={theirs}") == 303
    assert await who(site, f"ow_session={theirs}", f"ow_session={mine}") == 303
    assert await who(site, f"ow_session={mine}; ow_session={mine}") == 200


@pytest.mark.parametrize("host", ["[", "[::1", "localhost:port", "127.0.0.1.evil.example", "user@127.0.0.1", "", "a b"])
async def test_a_host_that_is_none_offers_no_people_of_the_demo(site: Site, database: Database, host: str) -> None:
    person = await a_person(database)
    site.app.state["demo_people"] = [DemoPerson(person.email, "Mia", "Care agent")]
    async with a_client(site, None) as client:
        shown = await client.get("/sign-in", headers={"host": host})
        assert "Sign in as Mia" not in shown.text
        assert shown.status_code == (400 if host == "a b" else 200)  # the server itself refuses a blank


async def test_what_is_shown_once_is_kept_by_no_browser(site: Site, database: Database) -> None:
    boss = await a_person(database)
    other = await a_person(database, role="planner")
    async with a_client(site, await a_cookie(database, boss.id)) as client:
        about = f"/m/acme/settings/people/{encode_id('usr', other.id)}"
        token = await token_of(client, about)
        reset = await client.post(f"{about}/do/reset", data={"_csrf": token})
        key = await client.post(
            "/m/acme/settings/keys/new",
            data={"_csrf": token, "_key": "one", "name": "Shop", "permissions": "orders.read"},
        )
        for answer, secret in ((reset, "/reset?token="), (key, "ow_")):
            assert secret in answer.text
            assert answer.headers["cache-control"] == "no-store"
        assert (await client.get("/me/second-factor")).headers["cache-control"] == "no-store"


async def test_changing_people_roles_and_keys_asks_for_the_password_again(site: Site, database: Database) -> None:
    """A session that was left open makes no administrators, and gives nobody an address to choose a password."""
    boss, other = await a_person(database), await a_person(database, role="planner")
    cookie = await a_cookie(database, boss.id)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE session SET confirmed_at = now() - interval '11 minutes'")
    about = f"/m/acme/settings/people/{encode_id('usr', other.id)}"
    async with a_client(site, cookie) as client:
        token = await token_of(client, "/me")
        fields = {
            "_csrf": token, "email": "new@staff.example", "name": "New", "role": "administrator", "code": "desk",
            "permissions": "returns.read",
        }  # fmt: skip
        settings = "/m/acme/settings"
        for path, back in (
            (f"{settings}/people/new", f"{settings}/people/new"),
            (f"{about}/role", about),
            (f"{about}/do/reset", f"{about}/do/reset"),
            (f"{about}/do/remove-second-factor", f"{about}/do/remove-second-factor"),
            (f"{settings}/roles/edit", f"{settings}/roles"),
            (f"{settings}/roles/remove", f"{settings}/roles"),
            (f"{settings}/keys/new", f"{settings}/keys/new"),
            (f"{settings}/keys/abcdefgh/rotate", f"{settings}/keys/abcdefgh/rotate"),
        ):
            answer = await client.post(path, data=fields)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/me/confirm?next={back}"), path
        asked = await client.get(f"{settings}/people/new")
        assert (asked.status_code, asked.headers["location"]) == (303, f"/me/confirm?next={settings}/people/new")
        confirmed = await client.post("/me/confirm", data={"_csrf": token, "password": PASSWORD, "next": about})
        assert (confirmed.status_code, confirmed.headers["location"]) == (303, about)
        [renewed] = [one for one in confirmed.headers.get_list("set-cookie") if one.startswith("ow_session=")]
    async with a_client(site, renewed.partition(";")[0].partition("=")[2]) as client:
        assert (await client.post(f"{about}/do/reset", data={"_csrf": token})).status_code == 200
    async with database.operator_transaction() as tx:
        assert len(await tx.fetch("SELECT 1 FROM person")) == 2


async def test_an_open_page_hears_no_more_once_its_person_was_deactivated(
    site: Site, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "STREAM_CHECKED_EVERY_S", 0.0)
    monkeypatch.setattr(feed, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(news, "HEARTBEAT_S", 0.2)
    await a_person(database)
    person = await a_person(database)
    for path in ("/m/acme/live/stream", "/m/acme/news?topics=orders"):
        async with database.operator_transaction() as tx:
            await tx.execute("UPDATE person SET deactivated_at = NULL")
        await _ends(site, database, person, path)


async def _ends(site: Site, database: Database, person: SomePerson, path: str) -> None:
    cookie = await a_cookie(database, person.id)
    async with a_client(site, cookie) as client, client.stream("GET", path, timeout=60) as answer:
        assert answer.status_code == 200
        heard = answer.aiter_bytes()
        assert await anext(heard)
        async with database.operator_transaction() as tx:
            [outcome] = await deactivate_people(tx, a_context(), [PersonCommand(person_id=person.id)])
            assert outcome.ok
        async for _ in heard:
            pass


async def test_behind_https_the_way_to_a_provider_is_remembered_by_this_host_alone(database: Database) -> None:
    async with (
        a_real_provider() as issuer,
        a_site(
            database, oidc_issuer=issuer, oidc_client_id="orderwright", oidc_client_secret="x",
            public_url="https://orders.example.com",
        ) as made,
        a_client(made, None) as client,
    ):  # fmt: skip
        there = await client.get("/sign-in/provider")
        kept = [one for one in there.headers.get_list("set-cookie") if "ow_provider" in one]
        assert [one.partition("=")[0] for one in kept] == ["__Host-ow_provider"]
        assert "; Path=/; HttpOnly; SameSite=Lax; " in kept[0]
        assert kept[0].endswith("; Secure")

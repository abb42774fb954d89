"""Signing in by a provider, from the button to the page that was wanted."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from orderwright.access import session_cookie_name
from orderwright.platform.db import Database
from tests.builders.people import a_person
from tests.helpers.console import a_client, a_site
from tests.helpers.provider import a_real_provider, consent


async def test_somebody_signs_in_by_the_provider(database: Database) -> None:
    async with (
        a_real_provider() as issuer,
        a_site(
            database, oidc_issuer=issuer, oidc_client_id="orderwright", oidc_client_secret="x", oidc_name="Acme ID"
        ) as site,
        a_client(site, None) as client,
    ):
        assert "Sign in by Acme ID" in (await client.get("/sign-in?next=/me")).text
        for known in (False, True):
            if known:
                await a_person(database, email="ada@staff.example", password=None)
            there = await client.get("/sign-in/provider?next=/me")
            assert there.status_code == 303
            back, said = await consent(there.headers["location"])
            assert back == f"{site.url}/sign-in/provider/back"
            done = await client.get(f"{urlsplit(back).path}?{urlencode(said)}")
            if known:
                assert (done.status_code, done.headers["location"]) == (303, "/me")
            else:
                assert done.status_code == 403
                assert "Nobody here has this account." in done.text
                assert session_cookie_name(False) not in client.cookies
        own = await client.get("/me")
        assert "You sign in by" in own.text
        assert "You have none." in own.text


async def test_without_a_provider_there_is_no_way_to_one(database: Database) -> None:
    async with a_site(database) as site, a_client(site, None) as client:
        assert "/sign-in/provider" not in (await client.get("/sign-in")).text
        assert (await client.get("/sign-in/provider")).status_code == 404
        assert (await client.get("/sign-in/provider/back")).status_code == 404

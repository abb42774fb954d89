"""Signing in by a provider: the whole way against a real one, and what is refused on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from orderwright.access import (
    Provider,
    ProviderRefused,
    ProviderSettings,
    Sessions,
    SignInRefused,
    sign_in_by_provider,
)
from orderwright.access.id_tokens import Identity
from orderwright.access.provider import ANSWER_MAX_BYTES
from orderwright.platform.db import Database
from tests.builders.people import a_person
from tests.helpers.databases import HASH_KEY
from tests.helpers.provider import a_real_provider, consent

BACK = "http://127.0.0.1:8000/sign-in/provider/back"


@pytest_asyncio.fixture(scope="module")
async def issuer() -> AsyncIterator[str]:
    async with a_real_provider() as address:
        yield address


def a_provider(issuer: str, **rest: Any) -> Provider:
    return Provider(ProviderSettings(issuer, "orderwright", "hush", "openid email profile"), HASH_KEY, **rest)


async def test_somebody_goes_there_and_comes_back(issuer: str) -> None:
    provider = a_provider(issuer)
    address, cookie = await provider.begin(BACK, "/m/acme/live")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    back, said = await consent(address)
    assert back == BACK
    identity, following = await provider.finish(BACK, cookie, said)
    assert identity == Identity(issuer, "u1", "ada@staff.example", "Ada Berg")
    assert following == "/m/acme/live"
    with pytest.raises(ProviderRefused):  # a code is good once
        await provider.finish(BACK, cookie, said)


async def test_what_was_not_begun_here_is_refused(issuer: str) -> None:
    clock = [1_000_000_000.0]
    provider = a_provider(issuer, clock=lambda: clock[0])
    address, cookie = await provider.begin(BACK, "/")
    state = parse_qs(urlsplit(address).query)["state"][0]
    _, another = await provider.begin(BACK, "/")
    good = {"state": state, "code": "x"}
    for brought, said in (
        (cookie, {**good, "state": "another"}),
        (cookie, {"code": "x"}),
        (another, good),
        (None, good),
        ("", good),
        ("é", good),
        (cookie[:-4] + "AAAA", good),
        (cookie, {"state": state, "error": "access_denied"}),
        (cookie, {"state": state}),
        (cookie, {**good, "iss": "https://evil.example"}),
    ):
        with pytest.raises(ProviderRefused):
            await provider.finish(BACK, brought, said)
    clock[0] += 601
    with pytest.raises(ProviderRefused, match="took too long"):
        await provider.finish(BACK, cookie, good)
    assert "hush" not in repr(provider.settings)


async def test_a_provider_that_is_not_what_it_should_be(issuer: str) -> None:
    with pytest.raises(ProviderRefused, match="does not answer"):
        await a_provider("http://127.0.0.1:1").begin(BACK, "/")
    metadata = {
        "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/k",
    }  # fmt: skip
    for answer in (
        httpx.Response(200, json={**metadata, "issuer": "https://evil.example"}),
        httpx.Response(200, json={**metadata, "token_endpoint": "http://id.example/t"}),
        httpx.Response(200, json={**metadata, "authorization_endpoint": "javascript:alert(1)"}),
        httpx.Response(200, json={"issuer": "https://id.example"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b" " * (ANSWER_MAX_BYTES + 1)),
        httpx.Response(302, headers={"location": "https://evil.example"}),
        httpx.Response(500),
    ):
        transport = httpx.MockTransport(lambda _, answer=answer: answer)
        with pytest.raises(ProviderRefused):
            await a_provider("https://id.example", transport=transport).begin(BACK, "/")


async def test_a_person_is_known_by_a_verified_address_and_then_for_ever(database: Database) -> None:
    person = await a_person(database, email="ada@staff.example", password=None)
    first = await sign_in_by_provider(database, Identity("https://id.example", "u1", "Ada@Staff.Example", None))
    again = await sign_in_by_provider(database, Identity("https://id.example", "u1", None, None))
    assert first.person_id == again.person_id == person.id
    assert first.awaits is None
    with pytest.raises(SignInRefused):  # the address was given to somebody else there
        await sign_in_by_provider(database, Identity("https://id.example", "u2", "ada@staff.example", None))
    sessions = Sessions(database)
    found = await sessions.signed_in(first.token)
    assert found is not None
    assert found.made_by == "provider"
    await sessions.close()


async def test_who_is_unknown_or_was_deactivated_is_refused_alike(database: Database) -> None:
    person = await a_person(database, email="ada@staff.example")
    await sign_in_by_provider(database, Identity("https://id.example", "u1", "ada@staff.example", None))
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE person SET deactivated_at = now() WHERE id = $1", person.id)
    said = set()
    for identity in (
        Identity("https://id.example", "u1", "ada@staff.example", None),
        Identity("https://id.example", "u9", "nobody@staff.example", None),
        Identity("https://id.example", "u9", None, None),
        Identity("https://other.example", "u1", None, None),
    ):
        with pytest.raises(SignInRefused) as refused:
            await sign_in_by_provider(database, identity)
        said.add(str(refused.value))
    assert len(said) == 1


async def test_people_are_made_only_where_a_role_is_named_for_them(database: Database) -> None:
    identity = Identity("https://id.example", "u5", "new@staff.example", "New\0 Person")
    for role in ("administrator", "nothing"):
        with pytest.raises(SignInRefused):
            await sign_in_by_provider(database, identity, new_people_role=role, merchants=["acme"])
    with pytest.raises(SignInRefused):  # whose address was not verified
        await sign_in_by_provider(database, identity._replace(email=None), new_people_role="read_only")
    made = await sign_in_by_provider(database, identity, new_people_role="read_only", merchants=["acme", "bolt"])
    again = await sign_in_by_provider(database, identity)
    assert made.person_id == again.person_id
    async with database.operator_transaction() as tx:
        rows = await tx.fetch("SELECT merchant, role FROM membership ORDER BY merchant")
        assert await tx.fetchval("SELECT name FROM person") == "New Person"
    assert [tuple(row) for row in rows] == [("acme", "read_only"), ("bolt", "read_only")]

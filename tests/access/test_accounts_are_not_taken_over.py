"""What somebody hostile tries: to come into the account of another merchant's person, or round what is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import pytest

from orderwright.access import (
    ChangePerson,
    CreatePerson,
    From,
    PersonCommand,
    Provider,
    ProviderRefused,
    ProviderSettings,
    SignInRefused,
    change_people,
    choose_password,
    confirm,
    create_people,
    deactivate_people,
    end_memberships,
    erase_people,
    passwords,
    reactivate_people,
    remove_second_factors,
    reset_people,
    sign_in,
)
from orderwright.access.queries import LINK_IDENTITY
from orderwright.access.second_factors import begin_second_factor, renew_recovery_codes
from orderwright.platform.context import Context
from orderwright.platform.db import Database
from orderwright.platform.errors import Overloaded
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from tests.builders.people import PASSWORD, SomePerson, a_person, signed_in
from tests.helpers.contexts import a_context
from tests.helpers.databases import HASH_KEY

Verb = Callable[..., Awaitable[Sequence[Outcome]]]
OTHER = "seven green kettles sing"


def by(person: SomePerson, merchant: str = "acme", **rest: Any) -> Context:
    """What an administrator does at a merchant."""
    return a_context(merchant, actor=f"user:{encode_id('usr', person.id)}", **rest)


async def run(database: Database, verb: Verb, command: Any, ctx: Context, **how: Any) -> Outcome:
    async with database.operator_transaction() as tx:
        [outcome] = await verb(tx, ctx, [command], **how)
        return outcome


def new(email: str, role: str = "planner") -> CreatePerson:
    return CreatePerson(email=email, name="Mia Marsh", role=role)


def about(person_id: UUID | None) -> PersonCommand:
    assert person_id is not None
    return PersonCommand(person_id=person_id)


async def test_an_administrator_does_not_take_in_people_of_another_merchant(database: Database) -> None:
    """Else, once the other merchant let them go, their password would be the administrator's to choose."""
    stranger = await a_person(database, merchant="bolt")
    victim = await a_person(database)
    for ctx in (by(stranger, "bolt"), a_context("bolt", actor="key:abc"), a_context("bolt", actor="provider")):
        assert (await run(database, create_people, new(victim.email), ctx)).code == "belongs_elsewhere"
    assert (await run(database, reset_people, about(victim.id), by(stranger, "bolt"))).code == "person_not_found"


async def test_who_administers_both_merchants_or_runs_the_installation_takes_people_in(database: Database) -> None:
    both = await a_person(database)
    await run(database, create_people, new(both.email, "administrator"), a_context("bolt"), everywhere=True)
    one, two = await a_person(database), await a_person(database, role="care_agent")
    assert (await run(database, create_people, new(one.email), by(both, "bolt"))).code == "joined"
    assert (await run(database, create_people, new(two.email), a_context("bolt"), everywhere=True)).code == "joined"
    mine = a_context("bolt", actor="key:abc", held_by=f"user:{encode_id('usr', both.id)}")
    assert (await run(database, create_people, new((await a_person(database)).email), mine)).code == "joined"
    # who administers bolt, and only plans at acme, is not one of them
    half = await a_person(database, role="planner")
    await run(database, create_people, new(half.email, "administrator"), a_context("bolt"), everywhere=True)
    third = await a_person(database, role="read_only")
    assert (await run(database, create_people, new(third.email), by(half, "bolt"))).code == "belongs_elsewhere"


async def test_an_account_that_somebody_else_prepared_is_begun_anew(database: Database) -> None:
    """B makes an account of an address, chooses its password, and lets it go: A must not give it a role as it is."""
    stranger = await a_person(database, merchant="bolt")
    there, here = by(stranger, "bolt"), by(await a_person(database))
    made = await run(database, create_people, new("mia@acme.example"), there)
    link = await run(database, reset_people, about(made.id), there)
    session = await choose_password(database, link.details["path"].partition("=")[2], OTHER)
    link = await run(database, reset_people, about(made.id), there)
    async with database.operator_transaction() as tx:
        assert await LINK_IDENTITY.first(tx, "https://id.example", "stranger", made.id) is not None
    assert (await run(database, create_people, new("mia@acme.example"), here)).code == "belongs_elsewhere"
    await run(database, end_memberships, about(made.id), there)
    again = await run(
        database, create_people, CreatePerson(email="mia@acme.example", name="Mia Lund", role="planner"), here
    )
    assert (again.code, again.id) == ("created", made.id)
    with pytest.raises(SignInRefused):
        await sign_in(database, "mia@acme.example", OTHER)
    async with database.operator_transaction() as tx:
        left = await tx.fetch(
            """SELECT (SELECT count(*) FROM session WHERE ended_at IS NULL) + (SELECT count(*) FROM person_identity)
                    + (SELECT count(*) FROM one_time_link WHERE used_at IS NULL) AS n, p.name
               FROM person AS p WHERE p.id = $1""",
            made.id,
        )
    assert [(row["n"], row["name"]) for row in left] == [(0, "Mia Lund")]
    assert session.person_id == made.id
    assert (await run(database, reset_people, about(made.id), here)).code == "reset"


async def test_who_was_deactivated_let_go_and_added_again_begins_anew(database: Database) -> None:
    boss, person = await a_person(database), await a_person(database, role="planner")
    await run(database, deactivate_people, about(person.id), by(boss))
    await run(database, end_memberships, about(person.id), by(boss))
    assert (await run(database, create_people, new(person.email), by(boss))).code == "created"
    assert (await run(database, reset_people, about(person.id), by(boss))).code == "reset"


async def test_nobody_goes_round_their_own_password_by_an_address_to_choose_one(database: Database) -> None:
    """A session that was left open must not be enough: `/me` asks for the password again."""
    me, _ = await a_person(database), await a_person(database)
    key = a_context(actor="key:abc", held_by=f"user:{encode_id('usr', me.id)}")
    for ctx in (by(me), key):
        for verb in (reset_people, remove_second_factors, deactivate_people, end_memberships):
            assert (await run(database, verb, about(me.id), ctx)).code == "own_account", verb
        change = ChangePerson(person_id=me.id, email="else@where.example")
        assert (await run(database, change_people, change, ctx)).code == "own_account"
    assert (await run(database, reset_people, about(me.id), by(me), everywhere=True)).code == "reset"


async def test_an_attempt_that_nobody_checked_is_not_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await a_person(database)
    me = await signed_in(database, person.id)
    with monkeypatch.context() as busy:
        busy.setattr(passwords, "WAITING_MAX", 0)
        for _ in range(7):
            with pytest.raises(Overloaded):
                await sign_in(database, person.email, PASSWORD)
            with pytest.raises(Overloaded):
                await confirm(database, me, PASSWORD)
    await sign_in(database, person.email, PASSWORD)
    await confirm(database, me, PASSWORD)


async def test_being_busy_does_not_forget_wrong_guesses(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await a_person(database)
    for _ in range(4):
        with pytest.raises(SignInRefused):
            await sign_in(database, person.email, "wrong password")
    with monkeypatch.context() as busy:
        busy.setattr(passwords, "WAITING_MAX", 0)
        with pytest.raises(Overloaded):
            await sign_in(database, person.email, PASSWORD)
    async with database.operator_transaction() as tx:
        assert [row["failures"] for row in await tx.fetch("SELECT failures FROM sign_in_failure")] == [4]


async def test_what_comes_back_from_a_provider_may_be_anything(database: Database) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={f"{name}": f"https://id.example/{name}" for name in ("authorization_endpoint", "token_endpoint")}
            | {"issuer": "https://id.example", "jwks_uri": "https://id.example/keys"},
        )  # fmt: skip

    settings = ProviderSettings("https://id.example", "orderwright", None, "openid")
    provider = Provider(settings, HASH_KEY, transport=httpx.MockTransport(answer))
    _, cookie = await provider.begin("https://orders.example/back", "/")
    for state in ("é", "\U0001f600", "\udc80", ""):
        with pytest.raises(ProviderRefused):
            await provider.finish("https://orders.example/back", cookie, {"state": state, "code": "x"})
    for other in ("é", "a", "=", "A" * 100_000):
        with pytest.raises(ProviderRefused):
            await provider.finish("https://orders.example/back", other, {"state": "x", "code": "x"})


async def test_two_merchants_that_add_one_address_at_once_do_not_share_it(database: Database) -> None:
    one, two = by(await a_person(database)), by(await a_person(database, merchant="bolt"), "bolt")
    made = await asyncio.gather(*(run(database, create_people, new("li@staff.example"), ctx) for ctx in (one, two)))
    [refused] = {outcome.code for outcome in made} - {"created"}
    assert refused in ("belongs_elsewhere", "email_taken")


async def test_somebody_who_left_is_erased_and_what_they_did_stays(database: Database) -> None:
    boss = await a_person(database)
    person = await a_person(database, role="planner", email="zoe@staff.example", name="Zoe Quint")
    here = From("203.0.113.7", "Firefox on Mars", "req_1")
    await sign_in(database, person.email, PASSWORD, here)
    async with database.operator_transaction() as tx:
        await LINK_IDENTITY.first(tx, "https://id.example", "zoe-there", person.id)
        await begin_second_factor(tx, person.id, person.email)
        await renew_recovery_codes(tx, person.id)
        acts = len(await tx.fetch("SELECT 1 FROM operator_act WHERE subject_id = $1", person.id))
    await run(database, reset_people, about(person.id), by(boss))
    assert (await run(database, erase_people, about(person.id), by(boss))).code == "person_active"
    assert (await run(database, erase_people, about(boss.id), by(boss))).code == "own_account"
    assert (await run(database, deactivate_people, about(person.id), by(boss))).ok
    other = await a_person(database, merchant="bolt")
    assert (await run(database, erase_people, about(person.id), by(other, "bolt"))).code == "person_not_found"
    erased = await run(database, erase_people, about(person.id), by(boss))
    assert (erased.code, erased.id) == ("erased", person.id)
    tables = (
        "person", "session", "second_factor", "recovery_code", "one_time_link", "person_identity", "membership",
        "person_limit", "operator_act",
    )  # fmt: skip
    async with database.operator_transaction() as tx:
        held = "\n".join([repr([dict(row) for row in await tx.fetch(f"SELECT * FROM {table}")]) for table in tables])
        for personal in ("zoe", "Zoe", "Quint", "203.0.113.7", "Mars"):
            assert personal not in held, personal
        [row] = await tx.fetch("SELECT * FROM person WHERE id = $1", person.id)
        assert (row["name"], row["password_hash"]) == ("Erased person", None)
        kept = await tx.fetch("SELECT verb FROM operator_act WHERE subject_id = $1", person.id)
    assert len(kept) > acts
    # the address is free; that of the erased is nobody's, and nothing brings them back
    assert (await run(database, create_people, new(row["email"]), by(boss))).code == "invalid_email"
    assert (await run(database, reactivate_people, about(person.id), by(boss))).code == "person_not_found"
    assert (await run(database, erase_people, about(person.id), by(boss))).code == "person_not_found"
    again = await run(database, create_people, new("zoe@staff.example"), by(boss))
    assert (again.code, again.id == person.id) == ("created", False)


async def test_who_belongs_to_two_merchants_is_erased_by_who_runs_the_installation(database: Database) -> None:
    boss, person = await a_person(database), await a_person(database, role="planner")
    await run(database, create_people, new(person.email), a_context("bolt"), everywhere=True)
    assert (await run(database, erase_people, about(person.id), by(boss))).code == "belongs_elsewhere"
    await run(database, deactivate_people, about(person.id), a_context(), everywhere=True)
    assert (await run(database, erase_people, about(person.id), a_context(), everywhere=True)).code == "erased"
    async with database.operator_transaction() as tx:
        assert await tx.fetch("SELECT 1 FROM membership WHERE person_id = $1", person.id) == []

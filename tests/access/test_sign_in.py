"""Signing in: by password, with a second factor, with recovery codes; guessing; and what must not be told."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from orderwright.access import (
    CodeRefused,
    FactorKnown,
    NewSession,
    Sessions,
    SignInRefused,
    TooManyAttempts,
    confirm,
    finish_sign_in,
    mark_device,
    sign_in,
    sign_out,
)
from orderwright.access.attempts import ACCOUNT_FREE, ADDRESS_FREE, count_attempt, wait_after
from orderwright.access.known_devices import PEOPLE_MAX, known_device
from orderwright.access.own_account import confirm_second_factor, set_up_second_factor
from orderwright.access.queries import COUNT_PEOPLE, PRUNE_ATTEMPTS, PRUNE_SESSIONS
from orderwright.access.second_factors import begin_second_factor, take_code, take_recovery_code
from orderwright.access.signing_in import From
from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from tests.builders.people import PASSWORD, SomePerson, a_person, signed_in

HERE = From("203.0.113.7", "Firefox on Linux", "req_1")


async def test_a_password_makes_a_session_with_a_new_token_each_time(database: Database) -> None:
    person = await a_person(database)
    one = await sign_in(database, person.email.upper(), PASSWORD, HERE)
    two = await sign_in(database, f" {person.email} ", PASSWORD, HERE)
    assert one.token != two.token
    assert (one.awaits, one.person_id) == (None, person.id)
    sessions = Sessions(database)
    found = await sessions.signed_in(one.token)
    assert found is not None
    assert (found.person_id, found.name, found.memberships["acme"].role) == (person.id, person.name, "administrator")
    assert found.is_confirmed(datetime.now(UTC))
    await sessions.close()


async def test_what_is_wrong_is_never_told_apart(database: Database) -> None:
    person = await a_person(database)
    nobody = await a_person(database, password=None)
    gone = await a_person(database)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE person SET deactivated_at = now() WHERE id = $1", gone.id)
    said = set()
    for email, password in (
        (person.email, "another password"),
        (nobody.email, PASSWORD),
        (gone.email, PASSWORD),
        ("unknown@staff.example", PASSWORD),
        ("no address", PASSWORD),
        (person.email, ""),
        (person.email, "x" * 100_000),
        ("\0", "\0"),
    ):
        with pytest.raises(SignInRefused) as refused:
            await sign_in(database, email, password, HERE)
        said.add((str(refused.value), str(refused.value.details)))
    assert said == {("The e-mail address or the password is not right. Check both and try again.", "{}")}


async def test_after_five_wrong_passwords_the_account_waits(database: Database) -> None:
    person = await a_person(database)
    for _ in range(ACCOUNT_FREE):
        with pytest.raises(SignInRefused):
            await sign_in(database, person.email, "wrong wrong wrong", HERE)
    with pytest.raises(TooManyAttempts, match=r"Try again in (30|29) seconds\."):
        await sign_in(database, person.email, PASSWORD, From("198.51.100.1"))
    # when the wait is over the right password lets the account begin anew
    await pass_time(database, 31)
    await sign_in(database, person.email, PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        await sign_in(database, person.email, "wrong wrong wrong", HERE)
    await sign_in(database, person.email, PASSWORD, HERE)


async def test_guesses_from_elsewhere_keep_nobody_out_of_a_browser_that_knows_them(database: Database) -> None:
    person, other = await a_person(database), await a_person(database)
    shared = mark_device(database.hash_key, mark_device(database.hash_key, None, other.id), person.id)
    forged = shared[:-22] + "A" * 22
    for _ in range(ACCOUNT_FREE):
        with pytest.raises(SignInRefused):
            await sign_in(database, person.email, "wrong wrong wrong", From("198.51.100.1"))

    for mark in (None, "", forged, mark_device(database.hash_key, None, other.id), f"{shared}.x", "é" * 45):
        with pytest.raises(TooManyAttempts):
            await sign_in(database, person.email, PASSWORD, From("203.0.113.7", mark=mark))
    for who in (person, other):  # many may share a browser
        await sign_in(database, who.email, PASSWORD, From("203.0.113.7", mark=shared))

    # there, too, nobody guesses for ever
    for _ in range(ACCOUNT_FREE):
        with pytest.raises(SignInRefused):
            await sign_in(database, person.email, "wrong wrong wrong", From("203.0.113.7", mark=shared))
    with pytest.raises(TooManyAttempts):
        await sign_in(database, person.email, PASSWORD, From("203.0.113.7", mark=shared))
    await sign_in(database, other.email, PASSWORD, From("203.0.113.7", mark=shared))


def test_a_browser_remembers_the_people_who_came_last() -> None:
    people = [new_id() for _ in range(PEOPLE_MAX + 1)]
    mark = None
    for person_id in [*people, people[-1]]:
        mark = mark_device(b"k" * 32, mark, person_id)
    names = [known_device(b"k" * 32, mark, person_id) for person_id in people]
    assert mark is not None
    assert names == [None] + [mark.partition(".")[0]] * PEOPLE_MAX
    assert known_device(b"another key" * 3, mark, people[-1]) is None


async def test_an_unknown_account_waits_like_a_known_one(database: Database) -> None:
    for _ in range(ACCOUNT_FREE):
        with pytest.raises(SignInRefused):
            await sign_in(database, "unknown@staff.example", "wrong wrong wrong")
    with pytest.raises(TooManyAttempts):
        await sign_in(database, "unknown@staff.example", "wrong wrong wrong")


async def test_an_address_that_tries_many_accounts_waits(database: Database) -> None:
    for n in range(ADDRESS_FREE):
        await count_attempt(database, "account", f"{n}@staff.example", "203.0.113.9")
    with pytest.raises(TooManyAttempts):
        await count_attempt(database, "account", "fresh@staff.example", "203.0.113.9")
    await count_attempt(database, "account", "fresh@staff.example", "203.0.113.10")


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(n, 5) for n in (1, 4, 5, 6, 7, 8, 9, 10, 1_000_000)] == [
        0, 0, 30, 60, 120, 240, 480, 900, 900,
    ]  # fmt: skip


async def test_many_guesses_at_once_get_no_more_answers_than_one_after_the_other(database: Database) -> None:
    person = await a_person(database)
    results = await asyncio.gather(
        *(sign_in(database, person.email, "wrong wrong wrong", HERE) for _ in range(12)), return_exceptions=True
    )
    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["SignInRefused"] * ACCOUNT_FREE + ["TooManyAttempts"] * (12 - ACCOUNT_FREE)


async def test_wrong_attempts_are_forgotten_after_a_day(database: Database) -> None:
    for _ in range(ACCOUNT_FREE - 1):
        await count_attempt(database, "account", "a@staff.example", None)
    await pass_time(database, 86_401)
    for _ in range(ACCOUNT_FREE):
        await count_attempt(database, "account", "a@staff.example", None)
    await pass_time(database, 86_401)
    async with database.operator_transaction() as tx:
        assert len(await PRUNE_ATTEMPTS.fetch(tx, 100)) == 1


async def test_a_second_factor_is_asked_for_and_the_token_changes(database: Database) -> None:
    person, totp, _ = await with_second_factor(database)
    half = await sign_in(database, person.email, PASSWORD, HERE)
    assert half.awaits == "second_factor"
    sessions = Sessions(database)
    assert await sessions.signed_in(half.token) is None
    whole = await finish_sign_in(database, half.token, totp.at(later()), HERE)
    assert whole.token != half.token
    assert await sessions.signed_in(whole.token) is not None
    with pytest.raises(SignInRefused):  # what awaited it is gone
        await finish_sign_in(database, half.token, totp.at(later()), HERE)
    with pytest.raises(SignInRefused):  # and a whole session awaits nothing
        await finish_sign_in(database, whole.token, totp.at(later()), HERE)
    await sessions.close()


async def test_one_code_used_twice_at_the_same_moment_works_once(database: Database) -> None:
    person, totp, _ = await with_second_factor(database)
    halves = [await sign_in(database, person.email, PASSWORD, HERE) for _ in range(2)]
    code = totp.at(later())
    results = await asyncio.gather(
        *(finish_sign_in(database, half.token, code, HERE) for half in halves), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["CodeRefused", "NewSession"]


async def test_one_recovery_code_used_twice_at_the_same_moment_works_once(database: Database) -> None:
    person, _, codes = await with_second_factor(database)
    halves = [await sign_in(database, person.email, PASSWORD, HERE) for _ in range(2)]
    results = await asyncio.gather(
        *(finish_sign_in(database, half.token, codes[0].upper(), HERE) for half in halves), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["CodeRefused", "NewSession"]
    [left] = [half for half, result in zip(halves, results, strict=True) if isinstance(result, CodeRefused)]
    whole = await finish_sign_in(database, left.token, codes[1].replace("-", " "), HERE)
    assert isinstance(whole, NewSession)


async def test_codes_are_guessed_five_times_and_then_no_more(database: Database) -> None:
    person, totp, codes = await with_second_factor(database)
    half = await sign_in(database, person.email, PASSWORD, HERE)
    for wrong in ("000000", "", "12345", "abcdef", "0000-0000-0000-0000"):
        with pytest.raises(CodeRefused):
            await finish_sign_in(database, half.token, wrong, HERE)
    for right in (totp.at(later()), codes[0]):
        with pytest.raises(TooManyAttempts):
            await finish_sign_in(database, half.token, right, HERE)


async def test_a_second_factor_is_confirmed_before_it_is_asked_for(database: Database) -> None:
    person = await a_person(database)
    who = await signed_in(database, person.id)
    await set_up_second_factor(database, who)
    assert (await sign_in(database, person.email, PASSWORD, HERE)).awaits is None
    with pytest.raises(CodeRefused):
        await confirm_second_factor(database, who, "000000", HERE)
    setup = await set_up_second_factor(database, who)
    assert setup.picture.startswith("data:image/svg+xml;base64,")
    assert "..." in repr(setup)
    totp = pyotp.TOTP(setup.secret.replace(" ", ""))
    codes = await confirm_second_factor(database, who, totp.now(), HERE)
    assert len(set(codes)) == 10
    with pytest.raises(FactorKnown):
        await set_up_second_factor(database, who)


async def test_the_secret_of_a_second_factor_is_of_no_use_to_others(database: Database) -> None:
    person, other = await a_person(database), await a_person(database)
    async with database.operator_transaction() as tx:
        setup = await begin_second_factor(tx, person.id, person.email)
        secret = setup.secret.replace(" ", "")
        [row] = await tx.fetch("SELECT * FROM second_factor")
        assert secret.encode() not in row["secret"]
        # moved to somebody else's row it opens nothing
        await tx.execute("UPDATE second_factor SET person_id = $1", other.id)
        with pytest.raises(CodeRefused, match="set up anew"):
            await take_code(tx, other.id, pyotp.TOTP(secret).now(), datetime.now(UTC))
        with pytest.raises(CodeRefused):
            await take_recovery_code(tx, other.id, "\0")


async def test_a_session_that_awaits_its_second_factor_does_so_for_ten_minutes(database: Database) -> None:
    person, totp, _ = await with_second_factor(database)
    half = await sign_in(database, person.email, PASSWORD, HERE)
    async with database.operator_transaction() as tx:
        [left] = await tx.fetch("SELECT expires_at - now() AS left FROM session WHERE id = $1", half.id)
        assert timedelta(minutes=9) < left["left"] <= timedelta(minutes=10)
        await tx.execute("UPDATE session SET expires_at = now() - interval '1 second' WHERE id = $1", half.id)
    with pytest.raises(SignInRefused):
        await finish_sign_in(database, half.token, totp.at(later()), HERE)


async def test_who_sits_there_proves_again_who_they_are(database: Database) -> None:
    person = await a_person(database)
    who = await signed_in(database, person.id)
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE session SET confirmed_at = now() - interval '11 minutes'")
    with pytest.raises(SignInRefused, match="not your password"):
        await confirm(database, who, "another password", HERE)
    await confirm(database, who, PASSWORD, HERE)
    async with database.operator_transaction() as tx:
        [row] = await tx.fetch("SELECT confirmed_at > now() - interval '1 min' AS ok FROM session")
    assert row["ok"]


async def test_signing_out_ends_the_session(database: Database) -> None:
    person = await a_person(database)
    session = await sign_in(database, person.email, PASSWORD, HERE)
    await sign_out(database, session.token)
    await sign_out(database, session.token)
    await sign_out(database, "nonsense")
    sessions = Sessions(database)
    assert await sessions.signed_in(session.token) is None
    await sessions.close()
    async with database.operator_transaction() as tx:
        acts = [row["verb"] for row in await tx.fetch("SELECT verb FROM operator_act ORDER BY id")]
    assert acts == ["create_people", "sign_in", "sign_out"]


async def test_neither_tokens_nor_addresses_nor_passwords_come_into_logs_or_acts(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person, totp, codes = await with_second_factor(database)
    half = await sign_in(database, person.email, PASSWORD, HERE)
    with pytest.raises(CodeRefused):
        await finish_sign_in(database, half.token, "000000", HERE)
    whole = await finish_sign_in(database, half.token, totp.at(later()), HERE)
    with pytest.raises(SignInRefused):
        await sign_in(database, person.email, "wrong wrong wrong", HERE)
    async with database.operator_transaction() as tx:
        acts = await tx.fetch("SELECT * FROM operator_act")
        rows = await tx.fetch("SELECT token_hash, csrf_key, made_with, made_from FROM session")
    said = caplog.text + "".join(map(repr, (*acts, half, whole))) + "".join(repr(dict(row)) for row in acts)
    for secret in (half.token, whole.token, person.email, person.name, PASSWORD, codes[0], "203.0.113.7"):
        assert secret not in said
    assert half.token not in repr([dict(row) for row in rows])
    failed = [row["verb"] for row in acts if not row["ok"]]
    assert failed == ["finish_sign_in", "sign_in"]


async def test_old_sessions_are_forgotten(database: Database) -> None:
    person = await a_person(database)
    session = await sign_in(database, person.email, PASSWORD, HERE)
    async with database.operator_transaction() as tx:
        assert await PRUNE_SESSIONS.fetch(tx, 100) == []
        await tx.execute("UPDATE session SET expires_at = now() - interval '91 days'")
        assert [row.id for row in await PRUNE_SESSIONS.fetch(tx, 100)] == [session.id]
        assert (await COUNT_PEOPLE.fetch(tx))[0].people == 1


async def test_a_person_who_does_not_exist_has_no_factor(database: Database) -> None:
    async with database.operator_transaction() as tx:
        with pytest.raises(CodeRefused):
            await take_code(tx, new_id(), "123456", datetime.now(UTC))


async def with_second_factor(database: Database) -> tuple[SomePerson, pyotp.TOTP, list[str]]:
    """A person whose device is set up, its codes, and the recovery codes."""
    person = await a_person(database)
    who = await signed_in(database, person.id)
    setup = await set_up_second_factor(database, who)
    totp = pyotp.TOTP(setup.secret.replace(" ", ""))
    codes = await confirm_second_factor(database, who, totp.now(), HERE)
    return person, totp, codes


def later() -> datetime:
    """The time step after the one in which the device was set up: its code was not used yet."""
    return datetime.now(UTC) + timedelta(seconds=30)


async def pass_time(database: Database, seconds: int) -> None:
    """Let wrong attempts lie so long ago."""
    async with database.operator_transaction() as tx:
        await tx.execute(
            "UPDATE sign_in_failure SET last_at = last_at - $1::integer * interval '1 second',"
            " blocked_until = blocked_until - $1::integer * interval '1 second'",
            seconds,
        )

"""Passwords: which are refused, and how they are kept."""

from __future__ import annotations

import asyncio

import pytest

from orderwright.access import PasswordRefused, check_password, sign_in
from orderwright.access.passwords import hash_password, verify_password
from orderwright.platform.db import Database
from tests.builders.people import PASSWORD, a_person


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("short", "Use 12 characters or more"),
        ("elevenchars", "Use 12 characters or more"),
        ("x1y2z3" * 34, "Use 200 characters at most"),
        ("Password1234", "guessed first"),
        ("qwertyuiop12", "guessed first"),
        ("abababababab", "guessed first"),
        ("Ada Berg 2026", "little more than your name"),
        ("adaberg@staff", "little more than your name"),
        ("nul\0 in the middle", "cannot hold this character"),
    ],
)
def test_passwords_that_are_refused(password: str, because: str) -> None:
    with pytest.raises(PasswordRefused, match=because):
        check_password(password, about=("Ada Berg", "ada.berg@staff.example"))


@pytest.mark.parametrize(
    "password", [PASSWORD, "x1y2z3 long enough", "Ada likes seven green kettles", "пароль из слов", "  blanks count  "]
)
def test_passwords_that_are_taken(password: str) -> None:
    check_password(password, about=("Ada Berg", "ada.berg@staff.example"))


async def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, two = await hash_password(PASSWORD), await hash_password(PASSWORD)
    assert one != two
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert await verify_password(PASSWORD, one) == (True, None)
    assert await verify_password(PASSWORD + "x", one) == (False, None)
    assert await verify_password(PASSWORD, None) == (False, None)
    assert await verify_password(PASSWORD, "$argon2id$damaged") == (False, None)


async def test_the_same_letters_are_the_same_password_whatever_typed_them() -> None:
    composed, decomposed = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    assert await verify_password(decomposed, await hash_password(composed)) == (True, None)


async def test_a_password_that_was_hashed_with_less_is_hashed_anew_when_it_is_next_typed(database: Database) -> None:
    person = await a_person(database)
    await sign_in(database, person.email, PASSWORD)
    async with database.operator_transaction() as tx:
        kept = await tx.fetchval("SELECT password_hash FROM person")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    await sign_in(database, person.email, PASSWORD)


async def test_hashing_lets_others_work_meanwhile() -> None:
    hashing = asyncio.create_task(hash_password(PASSWORD))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10

"""The first administrator, passwords that people choose, and what asks for the password again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from orderwright.access import (
    ConfirmationNeeded,
    InvalidPerson,
    LinkSpent,
    Own,
    PersonCommand,
    change_account,
    change_password,
    choose_password,
    first_person_path,
    make_first_person,
    remove_second_factor,
    renew_own_recovery_codes,
    reset_people,
    set_up_second_factor,
    sign_in,
)
from orderwright.platform.db import Database
from tests.builders.people import PASSWORD, a_person, signed_in
from tests.helpers.contexts import a_context

OTHER = "seven green kettles sing"


async def first_token(database: Database) -> str:
    path = await first_person_path(database)
    assert path is not None
    return path.partition("token=")[2]


async def test_two_addresses_used_at_the_same_moment_make_one_administrator(database: Database) -> None:
    tokens = [await first_token(database) for _ in range(2)]
    results = await asyncio.gather(
        *(
            make_first_person(
                database, token, ["acme", "bolt"], email=f"p{n}@staff.example", name="Ida Voss", password=OTHER
            )
            for n, token in enumerate(tokens)
        ),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["LinkSpent", "NewSession"]
    async with database.operator_transaction() as tx:
        rows = await tx.fetch("SELECT merchant, role FROM membership ORDER BY merchant")
    assert [tuple(row) for row in rows] == [("acme", "administrator"), ("bolt", "administrator")]
    assert await first_person_path(database) is None


async def test_what_is_wrong_with_the_first_administrator_spends_no_address(database: Database) -> None:
    token = await first_token(database)
    good = {"email": "ida@staff.example", "name": "Ida Voss", "password": OTHER}
    for merchants, changes, error in (
        (["acme"], {"email": "nothing"}, InvalidPerson),
        (["acme"], {"name": " "}, InvalidPerson),
    ):
        with pytest.raises(error):
            await make_first_person(database, token, merchants, **{**good, **changes})
    for wrong in ("", "x", token[:-1] + "\0"):
        with pytest.raises(LinkSpent):
            await make_first_person(database, wrong, ["acme"], **good)
    assert (await make_first_person(database, token, ["acme"], **good)).awaits is None


async def test_an_address_to_choose_a_password_works_once_and_for_a_day(database: Database) -> None:
    await a_person(database)
    person = await a_person(database, role="planner")

    async def token() -> str:
        async with database.operator_transaction() as tx:
            [outcome] = await reset_people(tx, a_context(), [PersonCommand(person_id=person.id)])
        return str(outcome.details["path"]).partition("token=")[2]

    first, second = await token(), await token()
    with pytest.raises(LinkSpent):  # a newer one was made
        await choose_password(database, first, OTHER)
    results = await asyncio.gather(
        *(choose_password(database, second, OTHER) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["LinkSpent", "NewSession"]
    await sign_in(database, person.email, OTHER)
    late = await token()
    async with database.operator_transaction() as tx:
        await tx.execute("UPDATE one_time_link SET expires_at = now() WHERE used_at IS NULL")
    with pytest.raises(LinkSpent):
        await choose_password(database, late, PASSWORD)


async def test_what_matters_most_asks_for_the_password_again(database: Database) -> None:
    person = await a_person(database)
    who = await signed_in(database, person.id)
    stale = who._replace(confirmed_at=datetime.now(UTC) - timedelta(minutes=10, seconds=1))
    with pytest.raises(ConfirmationNeeded):
        await change_password(database, stale, OTHER)
    for verb in (set_up_second_factor, renew_own_recovery_codes, remove_second_factor):
        with pytest.raises(ConfirmationNeeded):
            await verb(database, stale)
    with pytest.raises(ConfirmationNeeded):
        await change_password(database, who._replace(confirmed_at=None), OTHER)
    await sign_in(database, person.email, PASSWORD)
    assert await change_password(database, who, OTHER) == 1
    await sign_in(database, person.email, OTHER)


async def test_a_name_or_time_zone_that_cannot_be_is_refused(database: Database) -> None:
    who = await signed_in(database, (await a_person(database)).id)
    for own in (
        Own(" ", None, "en", "auto"),
        Own("a\nb", None, "en", "auto"),
        Own("Ada", "Mars/Olympus", "en", "auto"),
    ):
        with pytest.raises(InvalidPerson):
            await change_account(database, who, own)

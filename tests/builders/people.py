"""Builders of people who sign in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from argon2 import PasswordHasher

from orderwright.access import ADMINISTRATOR, CreatePerson, Sessions, SignedIn, create_people, start_session
from orderwright.access.queries import SET_PASSWORD
from orderwright.platform.db import Database
from orderwright.platform.ids import UUID
from tests.helpers.contexts import a_context

PASSWORD = "amber tiles hum quietly"
_numbers = itertools.count(1)


class SomePerson(NamedTuple):
    """A person that a test made."""

    id: UUID
    email: str
    name: str


async def a_person(
    database: Database,
    *,
    merchant: str = "acme",
    role: str = ADMINISTRATOR,
    email: str | None = None,
    name: str = "Ada Berg",
    password: str | None = PASSWORD,
    channel_ids: Iterable[UUID] | None = None,
    location_ids: Iterable[UUID] | None = None,
) -> SomePerson:
    """Somebody who may sign in, by default an administrator of `acme` with PASSWORD."""
    address = email or f"person{next(_numbers)}@staff.example"
    command = CreatePerson(
        email=address,
        name=name,
        role=role,
        channel_ids=None if channel_ids is None else tuple(channel_ids),
        location_ids=None if location_ids is None else tuple(location_ids),
    )
    async with database.operator_transaction() as tx:
        [outcome] = await create_people(tx, a_context(merchant), [command], everywhere=True)
        assert outcome.ok, outcome
        assert outcome.id is not None
        if password is not None:
            await SET_PASSWORD.run(tx, outcome.id, quick_hash(password))
    return SomePerson(outcome.id, address, name)


def quick_hash(password: str) -> str:
    """A hash of a password that takes no time, and that is to be made anew at the next sign-in."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


async def a_cookie(database: Database, person_id: UUID) -> str:
    """The token of a new session of a person."""
    async with database.operator_transaction() as tx:
        return (await start_session(tx, person_id, "password")).token


async def signed_in(database: Database, person_id: UUID) -> SignedIn:
    """A person with a new session."""
    sessions = Sessions(database)
    found = await sessions.signed_in(await a_cookie(database, person_id))
    await sessions.close()
    assert found is not None
    return found

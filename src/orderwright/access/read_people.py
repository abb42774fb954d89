"""The people of a merchant, as those see them who may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.access.queries import (
    LIST_PEOPLE,
    LIST_SESSIONS,
    NAMES_OF_PEOPLE,
    PERSON_BY_EMAIL,
    PersonEntry,
    PersonName,
    SessionEntry,
)
from orderwright.access.roles import name_of, permissions_of
from orderwright.access.session_tokens import IDLE_S
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import UUID

READ = "people.read"
PAGE_MAX = 500
NAMES_MAX = 5_000
_ZERO_ID = UUID("00000000-0000-0000-0000-000000000000")


class Person(NamedTuple):
    """A person of a merchant, with what they may do there."""

    entry: PersonEntry
    role_name: str
    permissions: frozenset[str]


async def list_people(tx: Transaction, ctx: Context, *, after: UUID | None = None, limit: int = 50) -> Sequence[Person]:
    """A page of a merchant's people, in the order in which they were made. Permission: `people.read`. `tx`: operator
    schema. One statement. Raises InvalidRequest unless `limit` is 1 to 500."""
    _check(ctx)
    if not 1 <= limit <= PAGE_MAX:
        raise InvalidRequest(f"A page holds 1 to {PAGE_MAX} people. Correct `limit`.")
    return [_person(row) for row in await LIST_PEOPLE.fetch(tx, ctx.merchant, after or _ZERO_ID, limit, None)]


async def get_person(tx: Transaction, ctx: Context, person_id: UUID) -> Person | None:
    """One person of a merchant. Permission: `people.read`. `tx`: operator schema. One statement."""
    _check(ctx)
    row = await LIST_PEOPLE.first(tx, ctx.merchant, _ZERO_ID, 1, person_id)
    return None if row is None else _person(row)


async def names_of_people(tx: Transaction, ctx: Context) -> list[PersonName]:
    """What colleagues are called, at most `NAMES_MAX` of them: for who reads orders, notes and what happened, where
    people stand as ids. Permission: `orders.read`. `tx`: operator schema. One statement."""
    ctx.require("orders.read")
    return await NAMES_OF_PEOPLE.fetch(tx, ctx.merchant, NAMES_MAX)


async def list_sessions(tx: Transaction, ctx: Context, person_id: UUID) -> list[SessionEntry] | None:
    """The sessions of a person of a merchant, the last used first; None for somebody else. Permission: `people.write`:
    they hold addresses. `tx`: operator schema. Two statements."""
    ctx.require("people.write")
    if await get_person(tx, ctx, person_id) is None:
        return None
    return await LIST_SESSIONS.fetch(tx, person_id, IDLE_S)


async def person_id_of(tx: Transaction, email: str) -> UUID | None:
    """Who has an e-mail address, of any merchant: for who runs the installation. `tx`: operator schema."""
    found = await PERSON_BY_EMAIL.first(tx, email.strip().lower())
    return None if found is None else found.id


def _check(ctx: Context) -> None:
    ctx.require(READ)
    ctx.require_unlimited("People are of all channels and locations.")


def _person(row: PersonEntry) -> Person:
    return Person(row, name_of(row.role, row.role_name), permissions_of(row.role, row.permissions))

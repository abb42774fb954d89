"""People who sign in to the screens, and their roles: read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from orderwright.access import Person, Role, get_person, list_people, list_sessions, names_of_people, read_roles
from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.cursors import decode_cursor, encode_cursor
from orderwright.api.operations import operation
from orderwright.catalog import channels_by_id, locations_by_id
from orderwright.platform.errors import NotFound
from orderwright.platform.ids import UUID, encode_id

_decode_after = msgspec.json.Decoder(tuple[uuid.UUID]).decode
_UNKNOWN = "This merchant has no person of this id. Check it."


class PersonView(msgspec.Struct, frozen=True, kw_only=True):
    """A person of this merchant. `channels` and `locations` are codes; null where there is no limit. `state` is
    `active`, `invited` (nothing to sign in with yet) or `deactivated`."""

    id: str
    email: str
    name: str
    state: str
    role: str
    role_name: str
    channels: list[str] | None
    locations: list[str] | None
    time_zone: str | None
    locale: str
    has_second_factor: bool
    created_at: datetime
    seen_at: datetime | None


class PeoplePage(msgspec.Struct, frozen=True):
    """In the order in which they were made. `next`, unless null, is the `after` of the page that follows."""

    data: list[PersonView]
    next: str | None


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """A role. Built-in ones are the same for all merchants, and stay as they are."""

    code: str
    name: str
    description: str
    permissions: list[str]
    built_in: bool


class Roles(msgspec.Struct, frozen=True):
    """The built-in roles, then those of this merchant. `next` is null."""

    data: list[RoleView]
    next: None = None


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A session of a person: made and last used when, from which address of the network, with which device.

    `made_by` is `password`, `provider`, `link` or `demo`."""

    id: str
    made_by: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    made_from: str | None
    made_with: str | None
    seen_from: str | None
    seen_with: str | None


class SessionsView(msgspec.Struct, frozen=True):
    """The last used first: 200 at most. `next` is null."""

    data: list[SessionView]
    next: None = None


class NameView(msgspec.Struct, frozen=True):
    """What a person is called."""

    id: str
    name: str


class Names(msgspec.Struct, frozen=True):
    """In the order in which they were made, 5,000 at most. `next` is null."""

    data: list[NameView]
    next: None = None


class ListPeople(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the `next` of the page before."""

    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


@operation("GET", "/v1/people", tag="People", scope="people.read", answer=PeoplePage)
async def list_people_page(call: Call, query: ListPeople) -> Answer:
    """List the people of this merchant.

    Who may sign in to the screens, with what role. Deactivated people are listed too.
    """
    after = None if query.after is None else UUID(decode_cursor(query.after, _decode_after)[0].bytes)
    async with call.database.operator_transaction() as tx:
        found = await list_people(tx, call.ctx, after=after, limit=query.limit)
    last = encode_cursor((found[-1].entry.id,)) if len(found) == query.limit else None
    return json_answer(PeoplePage(await _views(call, found), last))


@operation("GET", "/v1/people/names", tag="People", scope="orders.read", answer=Names)
async def list_names_of_people(call: Call) -> Answer:
    """List what the people of this merchant are called.

    For the ids that stand in notes, timelines and events (`user:usr_...`): names alone, of deactivated people too.
    """
    async with call.database.operator_transaction() as tx:
        found = await names_of_people(tx, call.ctx)
    return json_answer(Names([NameView(encode_id("usr", row.id), row.name) for row in found]))


@operation("GET", "/v1/people/{person_id}", tag="People", scope="people.read", answer=PersonView, refusals=(404,))
async def read_person(call: Call) -> Answer:
    """Read a person of this merchant."""
    person_id = call.id("person_id")
    async with call.database.operator_transaction() as tx:
        found = await get_person(tx, call.ctx, person_id)
    if found is None:
        raise NotFound(_UNKNOWN)
    [view] = await _views(call, [found])
    return json_answer(view)


@operation(
    "GET", "/v1/people/{person_id}/sessions", tag="People", scope="people.write", answer=SessionsView, refusals=(404,)
)
async def list_person_sessions(call: Call) -> Answer:
    """List the sessions of a person.

    Where they are signed in now, with the addresses and devices that they came from.
    """
    person_id = call.id("person_id")
    async with call.database.operator_transaction() as tx:
        found = await list_sessions(tx, call.ctx, person_id)
    if found is None:
        raise NotFound(_UNKNOWN)
    views = [SessionView(**{**row._asdict(), "id": encode_id("ses", row.id)}) for row in found]
    return json_answer(SessionsView(views))


@operation("GET", "/v1/roles", tag="People", scope="people.read", answer=Roles)
async def list_roles(call: Call) -> Answer:
    """List the roles that people of this merchant may have."""
    async with call.database.operator_transaction() as tx:
        found = await read_roles(tx, call.ctx.merchant)
    return json_answer(Roles([view_role(role) for role in found]))


def view_role(role: Role) -> RoleView:
    """A role as callers see it."""
    return RoleView(
        code=role.code,
        name=role.name,
        description=role.description,
        permissions=sorted(role.permissions),
        built_in=role.built_in,
    )


async def _views(call: Call, people: Sequence[Person]) -> list[PersonView]:
    """People with the codes of what they are limited to."""
    channel_ids = sorted({i for person in people for i in person.entry.channel_ids or ()})
    location_ids = sorted({i for person in people for i in person.entry.location_ids or ()})
    codes: dict[UUID, str] = {}
    if channel_ids or location_ids:
        async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
            codes |= {i: facts.code for i, facts in (await channels_by_id(tx, channel_ids)).items()}
            codes |= {i: facts.code for i, facts in (await locations_by_id(tx, location_ids)).items()}
    return [_view(person, codes) for person in people]


def _view(person: Person, codes: Mapping[UUID, str]) -> PersonView:
    entry = person.entry
    invited = not entry.has_password and entry.seen_at is None
    return PersonView(
        id=encode_id("usr", entry.id),
        email=entry.email,
        name=entry.name,
        state="deactivated" if entry.deactivated_at is not None else "invited" if invited else "active",
        role=entry.role,
        role_name=person.role_name,
        channels=None if entry.channel_ids is None else sorted(codes.get(i, str(i)) for i in entry.channel_ids),
        locations=None if entry.location_ids is None else sorted(codes.get(i, str(i)) for i in entry.location_ids),
        time_zone=entry.time_zone,
        locale=entry.locale,
        has_second_factor=entry.has_second_factor,
        created_at=entry.created_at,
        seen_at=entry.seen_at,
    )


PEOPLE = (list_people_page, list_names_of_people, read_person, list_person_sessions, list_roles)

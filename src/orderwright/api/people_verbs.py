"""People who sign in to the screens, and their roles: changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.access import (
    ChangePerson,
    CreatePerson,
    Email,
    Locale,
    PersonCommand,
    PersonName,
    PutRole,
    RemoveRole,
    SetMembership,
    change_people,
    create_people,
    deactivate_people,
    end_memberships,
    end_sessions_of_people,
    erase_people,
    put_roles,
    reactivate_people,
    remove_roles,
    remove_second_factors,
    reset_people,
    set_memberships,
)
from orderwright.api.calls import Call
from orderwright.api.operations import Operation
from orderwright.api.verbs import Verb, VerbRoute, operations_of
from orderwright.catalog import channels_by_code, locations_by_code
from orderwright.platform.fields import Code, Slug
from orderwright.platform.ids import UUID

Codes = Annotated[list[Code], Meta(min_length=1, max_length=1_000)]


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to sign in, with a role. `channels` and `locations` are codes that the role is limited to; left
    out, there is no limit."""

    email: Email
    name: PersonName
    role: Slug
    channels: Codes | None = None
    locations: Codes | None = None
    locale: Locale = "en"


class GiveRole(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person may do here from now on. `channels` and `locations` are codes that the role is limited to; left
    out, there is no limit."""

    person_id: UUID
    role: Slug
    channels: Codes | None = None
    locations: Codes | None = None


async def _create(call: Call, items: Sequence[NewPerson]) -> Sequence[CreatePerson]:
    limits = await _limits(call, items)
    return [
        CreatePerson(email=i.email, name=i.name, role=i.role, locale=i.locale, **limit)
        for i, limit in zip(items, limits, strict=True)
    ]


async def _give(call: Call, items: Sequence[GiveRole]) -> Sequence[SetMembership]:
    limits = await _limits(call, items)
    return [SetMembership(person_id=i.person_id, role=i.role, **limit) for i, limit in zip(items, limits, strict=True)]


async def _limits(call: Call, items: Sequence[NewPerson] | Sequence[GiveRole]) -> list[dict[str, Any]]:
    """The ids of the channels and locations that roles are limited to, and the first code that does not exist."""
    channel_codes = sorted({code for item in items for code in item.channels or ()})
    location_codes = sorted({code for item in items for code in item.locations or ()})
    channels: dict[str, UUID] = {}
    locations: dict[str, UUID] = {}
    if channel_codes or location_codes:
        async with call.database.transaction(call.ctx.merchant, read_only=True) as tx:
            channels = {code: facts.id for code, facts in (await channels_by_code(tx, channel_codes)).items()}
            locations = {code: facts.id for code, facts in (await locations_by_code(tx, location_codes)).items()}
    made = []
    for item in items:
        unknown = [("channel", code) for code in item.channels or () if code not in channels]
        unknown += [("location", code) for code in item.locations or () if code not in locations]
        made.append(
            {
                "channel_ids": None if item.channels is None else tuple(channels.get(c) for c in item.channels),
                "location_ids": None if item.locations is None else tuple(locations.get(c) for c in item.locations),
                "unknown": unknown[0] if unknown else None,
            }
        )
    return made


def _about(verb: Verb, verb_id: str, path: str, does: str, more: str) -> VerbRoute:
    """A verb about a person, of whom nothing else is to be said."""
    return VerbRoute(
        id=verb_id,
        verb=verb,
        command=PersonCommand,
        subject="person_id",
        one=f"/v1/people/{{person_id}}/{path}",
        many=f"/v1/people/{path}",
        tag="People",
        scope="people.write",
        prefix="usr",
        does=f"{does} a person",
        does_many=f"{does} up to 1,000 people",
        more=more,
        natural_key=True,
        operator=True,
        example={},
    )


_ALONE = "Only of people who belong to this merchant alone."
_VERBS = (
    VerbRoute(
        id="create_person",
        verb=create_people,
        command=NewPerson,
        one="/v1/people",
        many="/v1/people/bulk",
        tag="People",
        scope="people.write",
        prefix="usr",
        does="Add a person who may sign in",
        does_many="Add up to 1,000 people who may sign in",
        more="Known by the e-mail address. Nobody gives a role that includes more than their own. They choose a"
        " password at the address that `reset` makes. Who belongs to another merchant is added by who administers both,"
        " or by `orderwright user add`.",
        natural_key=True,
        operator=True,
        prepare=_create,
        example={"email": "mia@example.com", "name": "Mia Marsh", "role": "care_agent", "channels": ["web"]},
    ),
    VerbRoute(
        id="change_person",
        verb=change_people,
        command=ChangePerson,
        subject="person_id",
        one="/v1/people/{person_id}",
        many="/v1/people/change",
        tag="People",
        scope="people.write",
        prefix="usr",
        does="Change what is known of a person",
        does_many="Change what is known of up to 1,000 people",
        more=f"What is left out stays. {_ALONE}",
        natural_key=True,
        operator=True,
        example={"name": "Mia Marsh-Cole"},
    ),
    VerbRoute(
        id="set_membership",
        verb=set_memberships,
        command=GiveRole,
        subject="person_id",
        one="/v1/people/{person_id}/role",
        many="/v1/people/role",
        tag="People",
        scope="people.write",
        prefix="usr",
        does="Say what a person may do here",
        does_many="Say what up to 1,000 people may do here",
        more="It holds within five seconds. Nobody gives more than they have, or changes their own role; the last"
        " administrator stays one.",
        natural_key=True,
        operator=True,
        prepare=_give,
        example={"role": "warehouse", "locations": ["DC-COLUMBUS"]},
    ),
    _about(end_memberships, "end_membership", "leave", "Take the role here from", "Their account stays."),
    _about(deactivate_people, "deactivate_person", "deactivate", "Let nobody sign in any more as",
           f"Their sessions end within five seconds; what they did stays. {_ALONE}"),
    _about(reactivate_people, "reactivate_person", "reactivate", "Let sign in again", _ALONE),
    _about(reset_people, "reset_person", "reset", "Make the address to choose a password for",
           f"It works once, within 24 hours; `details.path` is its local part, told only here. {_ALONE}"),
    _about(remove_second_factors, "remove_second_factor", "second-factor/remove", "Remove the second factor of",
           f"For who lost their device and their recovery codes. Their sessions end. {_ALONE}"),
    _about(end_sessions_of_people, "end_person_sessions", "sessions/end", "End all sessions of",
           f"On every server within five seconds. {_ALONE}"),
    _about(erase_people, "erase_person", "erase", "Erase what is personal of",
           "For good: name, e-mail address, sessions, all to sign in with. They are deactivated first. What they did"
           f" stays, under their id. {_ALONE}"),
    VerbRoute(
        id="put_role",
        verb=put_roles,
        command=PutRole,
        one="/v1/roles",
        many="/v1/roles/bulk",
        tag="People",
        scope="people.write",
        prefix="rol",
        does="Make or change a role",
        does_many="Make or change up to 100 roles",
        more="Known by its code, and sent whole. `orderwright key scopes` lists the permissions. Built-in roles stay.",
        natural_key=True,
        operator=True,
        example={
            "code": "returns_desk", "name": "Returns desk", "description": "Takes parcels back.",
            "permissions": ["returns.read", "returns.receive", "catalog.read"],
        },
    ),
    VerbRoute(
        id="remove_role",
        verb=remove_roles,
        command=RemoveRole,
        one="/v1/roles/remove",
        many="/v1/roles/remove/bulk",
        tag="People",
        scope="people.write",
        prefix="rol",
        does="Remove a role that nobody has",
        does_many="Remove up to 100 roles that nobody has",
        natural_key=True,
        operator=True,
        example={"code": "returns_desk"},
    ),
)  # fmt: skip

PEOPLE_VERBS: tuple[Operation, ...] = tuple(made for spec in _VERBS for made in operations_of(spec))

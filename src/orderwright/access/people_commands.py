"""What can be asked about people and roles, as frozen structs with bounds.

Limits to channels and locations are ids; None says that there are none. `unknown` is a code of a channel or location
that does not exist, found out before by who knows those.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from orderwright.platform.fields import CODE, NO_NUL, Slug
from orderwright.platform.ids import UUID

EMAIL_MAX = 254
NOBODYS_DOMAIN = "erased.invalid"  # of addresses that stand for people who were erased (RFC 2606)
_EMAIL = re.compile(r"[^\s@<>\"'(),;:\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"'(),;:\\\[\]\x00-\x1f\x7f]{1,189}")

Email = Annotated[str, Meta(min_length=3, max_length=EMAIL_MAX, pattern=NO_NUL)]
PersonName = Annotated[str, Meta(min_length=1, max_length=200, pattern=CODE)]
TimeZone = Annotated[str, Meta(min_length=1, max_length=60, pattern=CODE)]
Locale = Annotated[str, Meta(pattern=r"\A[a-z]{2,3}(_[A-Z]{2})?\Z")]
Theme = Literal["auto", "light", "dark"]


class Limited(msgspec.Struct, frozen=True, kw_only=True):
    """A role, with the channels and locations that it is limited to."""

    role: Slug
    channel_ids: tuple[UUID, ...] | None = None
    location_ids: tuple[UUID, ...] | None = None
    unknown: tuple[str, str] | None = None  # "channel" or "location", and the code


class CreatePerson(Limited, frozen=True, kw_only=True):
    """Somebody who is to sign in. Who has an account with another merchant gets a role here beside it."""

    email: Email
    name: PersonName
    locale: Locale = "en"


class ChangePerson(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person, where it is to be another. What is left out stays."""

    person_id: UUID
    name: PersonName | None = None
    email: Email | None = None
    time_zone: TimeZone | None = None
    locale: Locale | None = None


class SetMembership(Limited, frozen=True, kw_only=True):
    """What a person of this merchant may do from now on."""

    person_id: UUID


class PersonCommand(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a verb is about, where nothing else is to be said."""

    person_id: UUID


class PutRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role of this merchant, whole. `permissions` are scopes."""

    code: Slug
    name: PersonName
    description: Annotated[str, Meta(max_length=1_000, pattern=NO_NUL)] = ""
    permissions: Annotated[
        list[Annotated[str, Meta(max_length=100, pattern=NO_NUL)]], Meta(min_length=1, max_length=100)
    ]


class RemoveRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role of this merchant that nobody has any more."""

    code: Slug


def normal_email(text: str) -> str | None:
    """An e-mail address as it is kept: in lower case. None when it cannot be one."""
    plain = text.strip().lower()
    if plain.endswith(f"@{NOBODYS_DOMAIN}"):
        return None
    return plain if len(plain) <= EMAIL_MAX and _EMAIL.fullmatch(plain) and plain.isprintable() else None


def is_time_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return False
    except KeyError:
        return False
    return True

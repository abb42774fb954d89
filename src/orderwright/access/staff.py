"""The people, roles and administrators of a merchant, locked and read once for a verb that changes some of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from orderwright.access.people_commands import Limited
from orderwright.access.queries import (
    ADMINISTRATORS,
    LIST_LIMITS,
    LIST_ROLES,
    LOCK_MERCHANT,
    LOCK_PEOPLE,
    MEMBERSHIPS_OF_PEOPLE,
    PersonRow,
)
from orderwright.access.roles import ADMINISTRATOR, BUILT_IN_ROLES, Role, holds
from orderwright.access.sessions import Membership, membership_of
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.errors import InvalidId, NotFound
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.limits import NO_LIMITS, Limits, limits_from_json
from orderwright.platform.outcomes import Outcome, no

WRITE = "people.write"
NOBODY = UUID("00000000-0000-0000-0000-000000000000")


class Staff(NamedTuple):
    """Of a merchant: the people that were asked for (with what they may do everywhere), its roles, and who may do
    everything. The last is changed as decisions are made, so that a batch cannot remove the last one by two halves.
    `limits` are those of roles (by code) and of people (by id), read only for who has limits themselves."""

    people: dict[UUID, PersonRow]
    by_email: dict[str, UUID]
    memberships: dict[UUID, dict[str, Membership]]
    roles: dict[str, Role]
    administrators: set[UUID]
    limits: Mapping[str | UUID, Limits] = {}

    def here(self, ctx: Context, person_id: UUID) -> Membership | None:
        """What a person may do at the context's merchant."""
        return self.memberships.get(person_id, {}).get(ctx.merchant)

    def elsewhere(self, ctx: Context, person_id: UUID) -> bool:
        """Whether a person belongs to another merchant too."""
        return bool(self.memberships.get(person_id, {}).keys() - {ctx.merchant})

    def is_account_of_actor(self, ctx: Context, person_id: UUID) -> bool:
        """Whether somebody would change their own account, by themselves or by a key that they made."""
        return ctx.answerable == actor_of(person_id)

    def administers(self, ctx: Context, person_id: UUID) -> bool:
        """Whether who acts may change people at every other merchant of a person, and do all that they do there."""
        mine = self.memberships.get(person_id_of_actor(ctx.answerable) or NOBODY, {})
        return all(
            (my := mine.get(merchant)) is not None
            and my.channels is None
            and my.locations is None
            and holds(my.permissions, there.permissions | {WRITE})
            and there.limits.within(my.limits)
            for merchant, there in self.memberships.get(person_id, {}).items()
            if merchant != ctx.merchant
        )


async def lock_staff(tx: Transaction, ctx: Context, ids: Collection[UUID] = (), emails: Collection[str] = ()) -> Staff:
    """Lock the merchant and people, by id or e-mail address, and read what decisions need. Five statements, and one
    more for who has limits.

    Raises PermissionDenied for who may not change people, or is limited to channels or locations."""
    ctx.require(WRITE)
    ctx.require_unlimited("People and roles are of all channels and locations.")
    if await LOCK_MERCHANT.first(tx, ctx.merchant) is None:
        raise NotFound("There is no such merchant.")
    people = await LOCK_PEOPLE.fetch(tx, sorted(set(ids)), sorted(set(emails)))
    memberships: dict[UUID, dict[str, Membership]] = {}
    actor = person_id_of_actor(ctx.answerable)
    about = {person.id for person in people} | ({actor} if actor is not None else set())
    for row in await MEMBERSHIPS_OF_PEOPLE.fetch(tx, sorted(about)):
        memberships.setdefault(row.person_id, {})[row.merchant] = membership_of(row)
    roles = await read_roles(tx, ctx.merchant)
    administrators = {row.id for row in await ADMINISTRATORS.fetch(tx, ctx.merchant, ADMINISTRATOR)}
    stands = [] if ctx.limits == NO_LIMITS else await LIST_LIMITS.fetch(tx, ctx.merchant)
    return Staff(
        {person.id: person for person in people},
        {person.email.lower(): person.id for person in people},
        memberships,
        {role.code: role for role in roles},
        administrators,
        {key: limits_from_json(row.limits) for row in stands if (key := row.role or row.person_id) is not None},
    )


async def read_roles(tx: Transaction, merchant: str) -> list[Role]:
    """The roles that people of a merchant may have: the built-in ones, then its own. `tx`: operator schema."""
    own = await LIST_ROLES.fetch(tx, merchant)
    return [
        *BUILT_IN_ROLES.values(),
        *(Role(row.code, row.name, row.description, frozenset(row.permissions), False) for row in own),
    ]


def actor_of(person_id: UUID) -> str:
    """A person as an actor."""
    return f"user:{encode_id('usr', person_id)}"


def person_id_of_actor(actor: str) -> UUID | None:
    """Which person an actor is; None for one that is none."""
    kind, _, text = actor.partition(":")
    try:
        return decode_id("usr", text) if kind == "user" else None
    except InvalidId:
        return None


def refuse_person(
    staff: Staff, ctx: Context, person_id: UUID, *, alone: bool, everywhere: bool = False
) -> Outcome | None:
    """Why a person must not be changed by this actor; None when they may. Pure.

    `alone`: what is changed holds everywhere, so that only the merchant that they belong to alone may; `everywhere`:
    so may who runs the installation, whomever they belong to."""
    if everywhere and person_id in staff.people:
        return None
    found = staff.here(ctx, person_id)
    if found is None:
        return no("person_not_found", "This merchant has no person of this id. Check it.")
    if not holds(ctx.permissions, found.permissions):
        return no(
            "exceeds_own_role",
            "This person may do more than you. Ask somebody whose role includes all that theirs does.",
            permissions=sorted(found.permissions - ctx.permissions),
        )
    if not found.limits.within(ctx.limits):
        return no(
            "exceeds_own_limits", "This person has higher limits than you. Ask somebody whose limits are not lower."
        )
    if alone and staff.elsewhere(ctx, person_id):
        return no(
            "belongs_elsewhere",
            "This person belongs to another merchant too. Change or end what they may do here; the rest is theirs, or"
            " that of who runs this installation.",
        )
    return None


def refuse_role(staff: Staff, ctx: Context, wanted: Limited, person_id: UUID | None = None) -> Outcome | None:
    """Why a role must not be given by this actor, with these limits; None when it may. Pure.

    `person_id`: whose own limits stand in place of those of the role."""
    if wanted.unknown is not None:
        kind, code = wanted.unknown
        return no(f"{kind}_not_found", f"There is no {kind} {code}. Create it first, or correct the code.", named=code)
    role = staff.roles.get(wanted.role)
    if role is None:
        return no(
            "role_not_found", f"There is no such role here. There are: {', '.join(staff.roles)}.", role=wanted.role
        )
    if not holds(ctx.permissions, role.permissions):
        return no(
            "exceeds_own_role",
            "This role includes more than yours. Ask somebody whose role includes all of it.",
            permissions=sorted(role.permissions - ctx.permissions),
        )
    own = staff.limits.get(person_id) if person_id is not None else None
    if not (own or staff.limits.get(role.code, NO_LIMITS)).within(ctx.limits):
        return no(
            "exceeds_own_limits",
            "This role has higher limits than you, or none. Set limits of the role that are not above yours first.",
            role=role.code,
        )
    limited = wanted.channel_ids is not None or wanted.location_ids is not None
    if limited and wanted.role == ADMINISTRATOR:
        return no("role_not_limitable", "An administrator has no limits. Choose another role, or leave the limits out.")
    return None


def refuse_last(staff: Staff, person_id: UUID) -> Outcome | None:
    """Why the last administrator stays one. Pure."""
    if staff.administrators == {person_id}:
        return no(
            "last_administrator",
            "This is the last administrator. Make another one first: else nobody could add or change people any more.",
        )
    return None


def limits_of(wanted: Limited | Membership) -> tuple[Sequence[UUID] | None, Sequence[UUID] | None]:
    """The channels and locations of a role that is given or held, sorted."""
    channels, locations = (
        (wanted.channels, wanted.locations)
        if isinstance(wanted, Membership)
        else (wanted.channel_ids, wanted.location_ids)
    )
    return (
        None if channels is None else sorted(set(channels)),
        None if locations is None else sorted(set(locations)),
    )

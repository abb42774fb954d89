"""Limits of roles and of single people: how much they may give or correct without approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from orderwright.access.queries import (
    DELETE_PERSON_LIMITS,
    DELETE_ROLE_LIMITS,
    LIST_LIMITS,
    PUT_PERSON_LIMITS,
    PUT_ROLE_LIMITS,
    LimitRow,
)
from orderwright.access.roles import holds
from orderwright.access.staff import Staff, lock_staff
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.difference import difference
from orderwright.platform.errors import InvalidId
from orderwright.platform.fields import NO_NUL, Slug
from orderwright.platform.ids import UUID, decode_id
from orderwright.platform.limits import NO_LIMITS, Limits, limits_from_json
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no

_MESSAGES = {
    "role_or_person": "Limits are of a role or of a person. Send one of the two.",
    "role_not_found": "There is no such role here. Send the code of one that GET /v1/roles lists.",
    "person_not_found": "Nobody of this id belongs to this merchant. Check the id.",
    "exceeds_own_role": "They may do more than you. Ask somebody whose role includes all that theirs does.",
    "exceeds_own_limits": "You have lower limits yourself. Send limits that are not above yours.",
}


class SetLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits of a `role` (its code), or of a `person` (their id) instead of those of their role. Null takes them
    away: a role has no limit then, a person those of their role."""

    role: Slug | None = None
    person: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    limits: Limits | None = None


class _Set(NamedTuple):
    role: str | None
    person_id: UUID | None
    limits: Limits | None


async def set_limits(tx: Transaction, ctx: Context, commands: Sequence[SetLimits]) -> list[Outcome]:
    """Say how much roles and people may give or correct without approval. It holds within five seconds.

    Operator schema. Permission: `people.write`. Locks: the merchant, people by id. Outcomes, in precedence:
    `role_or_person`, `role_not_found`, `person_not_found`, `exceeds_own_role`,
    `exceeds_own_limits`, `unchanged`, `set`. Of a role or person that is named twice the last counts.
    """
    ids = {i for c in commands if (i := _person_id(c)) is not None}
    staff = await lock_staff(tx, ctx, sorted(ids))
    stood = {(r.role, r.person_id): limits_from_json(r.limits) for r in await LIST_LIMITS.fetch(tx, ctx.merchant)}
    outcomes: list[Outcome] = []
    given: dict[tuple[str | None, UUID | None], Limits | None] = {}
    for command in commands:
        key = command.role, _person_id(command)
        wanted = command.limits if command.limits != NO_LIMITS or command.role is None else None
        refused = _refuse(staff, ctx, command)
        if refused is not None:
            outcomes.append(no(refused, _MESSAGES[refused]))
        elif given.get(key, stood.get(key)) == wanted:
            outcomes.append(Outcome(code="unchanged", id=key[1]))
        else:
            given[key] = wanted
            outcomes.append(Outcome(code="set", id=key[1]))
    await _write(tx, ctx, [_Set(*key, limits) for key, limits in given.items()])
    acts = [
        (person_id, *difference(_said(role, stood.get((role, person_id))), {"role": role, "limits": limits}))
        for (role, person_id), limits in given.items()
    ]
    await record_operator_acts(tx, ctx, "set_limits", "limits", acts)
    return outcomes


def _refuse(staff: Staff, ctx: Context, command: SetLimits) -> str | None:
    if (command.role is None) == (command.person is None):
        return "role_or_person"
    if command.role is not None and command.role not in staff.roles:
        return "role_not_found"
    person_id = _person_id(command)
    if command.person is not None and (person_id is None or staff.here(ctx, person_id) is None):
        return "person_not_found"
    here = None if person_id is None else staff.here(ctx, person_id)
    may = here.permissions if here is not None else staff.roles[command.role or ""].permissions
    if not holds(ctx.permissions, may):
        return "exceeds_own_role"
    return None if (command.limits or NO_LIMITS).within(ctx.limits) else "exceeds_own_limits"


def _person_id(command: SetLimits) -> UUID | None:
    try:
        return None if command.person is None else decode_id("usr", command.person)
    except InvalidId:
        return None


def _said(role: str | None, limits: Limits | None) -> dict[str, object] | None:
    return None if limits is None else {"role": role, "limits": limits}


async def _write(tx: Transaction, ctx: Context, given: Sequence[_Set]) -> None:
    """Four statements, fewer where there is nothing of a kind."""
    gone = [s for s in given if s.limits is None]
    if any(s.role for s in gone):
        await DELETE_ROLE_LIMITS.run(tx, ctx.merchant, [s.role for s in gone if s.role])
    if any(s.person_id for s in gone):
        await DELETE_PERSON_LIMITS.run(tx, ctx.merchant, [s.person_id for s in gone if s.person_id])
    roles = [(s.role, msgspec.json.encode(s.limits).decode()) for s in given if s.role is not None and s.limits]
    people = [(s.person_id, msgspec.json.encode(s.limits).decode()) for s in given if s.person_id and s.limits]
    if roles:
        await PUT_ROLE_LIMITS.run(tx, ctx.merchant, [r for r, _ in roles], [text for _, text in roles])
    if people:
        await PUT_PERSON_LIMITS.run(tx, ctx.merchant, [p for p, _ in people], [text for _, text in people])


async def list_limits(tx: Transaction, merchant: str) -> list[LimitRow]:
    """The limits of roles, then those of people. `tx`: operator schema."""
    return await LIST_LIMITS.fetch(tx, merchant)

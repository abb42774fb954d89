"""Roles that a merchant makes for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright.access.people_commands import PutRole, RemoveRole
from orderwright.access.queries import DELETE_ROLE_LIMITS, DELETE_ROLES, PUT_ROLES, ROLES_IN_USE
from orderwright.access.roles import Role, holds
from orderwright.access.scopes import SCOPES
from orderwright.access.staff import Staff, lock_staff
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.difference import difference
from orderwright.platform.limits import NO_LIMITS
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no

ROLES_MAX = 100


async def put_roles(tx: Transaction, ctx: Context, commands: Sequence[PutRole]) -> list[Outcome]:
    """Make roles, or change what they are. Who has one may do what it says on every server within five seconds.

    Operator schema. Permission: `people.write`. Locks: the merchant, the roles.
    Outcomes, in precedence: `built_in_role`, `scope_not_found`, `exceeds_own_role`, `exceeds_own_limits` (who
    has the role would be given more than the caller has), `too_many_roles`, `unchanged`, `changed`, `created`.
    """
    staff = await lock_staff(tx, ctx)
    before = dict(staff.roles)
    outcomes = []
    for command in commands:
        outcome = decide_role(staff, ctx, command)
        if outcome.code in ("created", "changed"):
            staff.roles[command.code] = _role(command)
        outcomes.append(outcome)
    put = [role for code, role in staff.roles.items() if role != before.get(code)]
    rows = [(r.code, r.name, r.description, msgspec.json.encode(sorted(r.permissions)).decode()) for r in put]
    await PUT_ROLES.run(tx, ctx.merchant, *columns(rows, 4))
    acts = [(None, *difference(_fields(before.get(role.code)), _fields(role))) for role in put]
    named = [(i, {**(old or {}), "code": role.code} if old else None, {**(new or {}), "code": role.code})
             for role, (i, old, new) in zip(put, acts, strict=True)]  # fmt: skip
    await record_operator_acts(tx, ctx, "put_roles", "role", named)
    return outcomes


def decide_role(staff: Staff, ctx: Context, command: PutRole) -> Outcome:
    """What becomes of one. Pure."""
    known = staff.roles.get(command.code)
    if known is not None and known.built_in:
        return no("built_in_role", "This role is built in and stays as it is. Make one of another code.")
    unknown = sorted(set(command.permissions) - SCOPES.keys())
    if unknown:
        return no(
            "scope_not_found",
            "There is no such permission. `orderwright key scopes` lists what there is.",
            scopes=[scope[:100] for scope in unknown[:10]],
        )
    wanted = _role(command)
    lacking = wanted.permissions | (known.permissions if known is not None else frozenset())
    if not holds(ctx.permissions, lacking):
        return no(
            "exceeds_own_role",
            "This role includes, or included, more than yours. Ask somebody whose role includes all of it.",
            permissions=sorted(lacking - ctx.permissions),
        )
    return _decide_new(staff) if known is None else _decide_known(staff, ctx, known, wanted)


def _decide_new(staff: Staff) -> Outcome:
    if sum(not role.built_in for role in staff.roles.values()) >= ROLES_MAX:
        return no("too_many_roles", f"A merchant makes {ROLES_MAX} roles at most. Remove one that nobody has.")
    return Outcome(code="created")


def _decide_known(staff: Staff, ctx: Context, known: Role, wanted: Role) -> Outcome:
    if not staff.limits.get(known.code, NO_LIMITS).within(ctx.limits):
        return no(
            "exceeds_own_limits",
            "This role has higher limits than you, or none. Set limits of the role that are not above yours first.",
        )
    return Outcome(code="unchanged" if known == wanted else "changed")


async def remove_roles(tx: Transaction, ctx: Context, commands: Sequence[RemoveRole]) -> list[Outcome]:
    """Remove roles that nobody has any more, and their limits.

    Operator schema. Permission: `people.write`. Locks: the merchant, the roles.
    Outcomes, in precedence: `built_in_role`, `role_not_found`, `exceeds_own_role`, `role_in_use`, `removed`.
    """
    staff = await lock_staff(tx, ctx)
    used = {row.code: row.people for row in await ROLES_IN_USE.fetch(tx, ctx.merchant)}
    outcomes = []
    gone: dict[str, Role] = {}
    for command in commands:
        outcome = decide_remove(staff, ctx, command.code, used.get(command.code, 0))
        if outcome.code == "removed":
            gone[command.code] = staff.roles.pop(command.code)
        outcomes.append(outcome)
    await DELETE_ROLES.run(tx, ctx.merchant, sorted(gone))
    await DELETE_ROLE_LIMITS.run(tx, ctx.merchant, sorted(gone))
    acts = [(None, {"code": code, **(_fields(role) or {})}, None) for code, role in gone.items()]
    await record_operator_acts(tx, ctx, "remove_roles", "role", acts)
    return outcomes


def decide_remove(staff: Staff, ctx: Context, code: str, people: int) -> Outcome:
    """What becomes of one; `people` have it. Pure."""
    role = staff.roles.get(code)
    if role is None:
        return no("role_not_found", "There is no such role here. Check its code.")
    if role.built_in:
        return no("built_in_role", "This role is built in and stays.")
    if not holds(ctx.permissions, role.permissions):
        return no("exceeds_own_role", "This role includes more than yours. Ask somebody whose role includes all of it.")
    if people:
        return no("role_in_use", "People have this role. Give them another one first.", people=people)
    return Outcome(code="removed")


def _role(command: PutRole) -> Role:
    return Role(command.code, command.name.strip(), command.description.strip(), frozenset(command.permissions), False)


def _fields(role: Role | None) -> dict[str, Any] | None:
    if role is None:
        return None
    return {"name": role.name, "description": role.description, "permissions": sorted(role.permissions)}

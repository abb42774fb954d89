"""Say what people may do at a merchant, or that they no longer belong to it."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.access.new_people import membership_fields, put_memberships
from orderwright.access.people_commands import PersonCommand, SetMembership
from orderwright.access.queries import DELETE_MEMBERSHIPS, DELETE_PERSON_LIMITS
from orderwright.access.roles import ADMINISTRATOR
from orderwright.access.staff import Staff, limits_of, lock_staff, refuse_last, refuse_person, refuse_role
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.difference import difference
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no


async def set_memberships(tx: Transaction, ctx: Context, commands: Sequence[SetMembership]) -> list[Outcome]:
    """Give people another role, or other limits. It holds on every server within five seconds.

    Operator schema. Permission: `people.write`. Locks: the merchant, people by id, their memberships.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `channel_not_found`,
    `location_not_found`, `role_not_found`, `role_not_limitable`, `unchanged`, `own_account`, `last_administrator`,
    `changed`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes: list[Outcome] = []
    given: dict[UUID, SetMembership] = {}
    for command in commands:
        outcome = decide_membership(staff, ctx, command, given.get(command.person_id))
        if outcome.code == "changed":
            given[command.person_id] = command
            staff.administrators.discard(command.person_id)
            if command.role == ADMINISTRATOR and staff.people[command.person_id].deactivated_at is None:
                staff.administrators.add(command.person_id)
        outcomes.append(outcome)
    await put_memberships(tx, ctx.merchant, given)
    acts = []
    for i, command in given.items():
        before = staff.here(ctx, i)
        acts.append((i, *difference(None if before is None else membership_fields(before), membership_fields(command))))
    await record_operator_acts(tx, ctx, "set_memberships", "membership", acts)
    return outcomes


def decide_membership(staff: Staff, ctx: Context, command: SetMembership, so_far: SetMembership | None) -> Outcome:
    """What becomes of one. `so_far`: what the batch gave them before. Pure."""
    person_id = command.person_id
    refusal = refuse_person(staff, ctx, person_id, alone=False) or refuse_role(staff, ctx, command, person_id)
    if refusal is not None:
        return refusal
    here = so_far or staff.here(ctx, person_id)
    if here is not None and (here.role, *limits_of(here)) == (command.role, *limits_of(command)):
        return Outcome(code="unchanged", id=person_id)
    if staff.is_account_of_actor(ctx, person_id):
        return no("own_account", "Nobody changes their own role. Ask another administrator.")
    if command.role != ADMINISTRATOR and (last := refuse_last(staff, person_id)) is not None:
        return last
    return Outcome(code="changed", id=person_id)


async def end_memberships(tx: Transaction, ctx: Context, commands: Sequence[PersonCommand]) -> list[Outcome]:
    """People no longer belong to this merchant. Their accounts stay, for other merchants or to be added again;
    limits of their own go, so that who is added again has those of the role.

    Operator schema. Permission: `people.write`. Locks: the merchant, people by id, their memberships.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `own_account`,
    `last_administrator`, `ended`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes: list[Outcome] = []
    ended: list[UUID] = []
    for person_id in (c.person_id for c in commands):
        outcome = refuse_person(staff, ctx, person_id, alone=False)
        if outcome is None and staff.is_account_of_actor(ctx, person_id):
            outcome = no("own_account", "Nobody takes their own role away. Ask another administrator.")
        outcome = outcome or refuse_last(staff, person_id) or Outcome(code="ended", id=person_id)
        if outcome.code == "ended" and person_id not in ended:
            ended.append(person_id)
            staff.administrators.discard(person_id)
        outcomes.append(outcome)
    acts = [(i, membership_fields(here), None) for i in ended if (here := staff.here(ctx, i)) is not None]
    await DELETE_MEMBERSHIPS.run(tx, ctx.merchant, ended)
    await DELETE_PERSON_LIMITS.run(tx, ctx.merchant, ended)
    await record_operator_acts(tx, ctx, "end_memberships", "membership", acts)
    return outcomes

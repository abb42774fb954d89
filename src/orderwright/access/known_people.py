"""Change what is known of people, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.access.people_commands import ChangePerson, PersonCommand, is_time_zone, normal_email
from orderwright.access.queries import END_SESSIONS, SET_DEACTIVATED, UPDATE_PEOPLE, PersonRow
from orderwright.access.staff import Staff, lock_staff, refuse_last, refuse_person
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.difference import difference
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no

PERSONAL = ("name", "email", "time_zone")


class _Decision(NamedTuple):
    outcome: Outcome
    after: PersonRow | None = None


async def change_people(tx: Transaction, ctx: Context, commands: Sequence[ChangePerson]) -> list[Outcome]:
    """Change name, e-mail address, time zone or language of people who belong to this merchant alone.

    Operator schema. Permission: `people.write`. Locks: the merchant, people by id.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`,
    `invalid_email`, `invalid_time_zone`, `email_taken`, `own_account` (the e-mail address), `unchanged`, `changed`.
    """
    emails = [normal_email(c.email) for c in commands if c.email is not None]
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands], [email for email in emails if email])
    before = dict(staff.people)
    outcomes = []
    for command in commands:
        outcome, after = decide_change(staff, ctx, command)
        if after is not None:
            staff.people[after.id] = (
                after  # its old address stays taken within this batch: rows are written in any order
            )
            staff.by_email[after.email] = after.id
        outcomes.append(outcome)
    changed = [person for i, person in staff.people.items() if person != before[i]]
    rows = [(p.id, p.email, p.name, p.time_zone, p.locale, p.theme) for p in changed]
    await UPDATE_PEOPLE.run(tx, *columns(rows, 6))
    acts = [(p.id, *difference(before[p.id]._asdict(), p._asdict(), personal=PERSONAL)) for p in changed]
    await record_operator_acts(tx, ctx, "change_people", "person", acts)
    return outcomes


def decide_change(staff: Staff, ctx: Context, command: ChangePerson) -> _Decision:  # noqa: PLR0911
    """What becomes of one, and how the person is afterwards. Pure."""
    refusal = refuse_person(staff, ctx, command.person_id, alone=True)
    if refusal is not None:
        return _Decision(refusal)
    person = staff.people[command.person_id]
    email = person.email if command.email is None else normal_email(command.email)
    if email is None:
        return _Decision(no("invalid_email", "This cannot be an e-mail address. Write one such as ada@example.com."))
    if command.time_zone is not None and not is_time_zone(command.time_zone):
        return _Decision(no("invalid_time_zone", "There is no such time zone. Write one such as Europe/Zurich."))
    if staff.by_email.get(email, person.id) != person.id:
        return _Decision(no("email_taken", "Somebody has this e-mail address already. Use another one."))
    if email != person.email and staff.is_account_of_actor(ctx, person.id):
        return _Decision(no("own_account", "Nobody changes their own e-mail address. Ask another administrator."))
    after = person._replace(
        email=email,
        name=(command.name or person.name).strip() or person.name,
        time_zone=command.time_zone or person.time_zone,
        locale=command.locale or person.locale,
    )
    if after == person:
        return _Decision(Outcome(code="unchanged", id=person.id))
    return _Decision(Outcome(code="changed", id=person.id), after)


async def deactivate_people(
    tx: Transaction, ctx: Context, commands: Sequence[PersonCommand], *, everywhere: bool = False
) -> list[Outcome]:
    """Let people sign in no longer: their sessions end within five seconds, what they did stays.

    Only people who belong to this merchant alone; `everywhere`, for who runs the installation: anybody. Operator
    schema. Permission: `people.write`. Locks: the merchant, people by id, their sessions.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`,
    `already_deactivated`, `own_account`, `last_administrator`, `deactivated`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes: list[Outcome] = []
    ended: list[UUID] = []
    for command in commands:
        outcome = decide_deactivate(staff, ctx, command.person_id, ended, everywhere=everywhere)
        if outcome.code == "deactivated":
            ended.append(command.person_id)
            staff.administrators.discard(command.person_id)
        outcomes.append(outcome)
    await SET_DEACTIVATED.run(tx, ended, True)
    await END_SESSIONS.fetch(tx, ended, None)
    acts = [(i, {"active": True}, {"active": False}) for i in ended]
    await record_operator_acts(tx, ctx, "deactivate_people", "person", acts)
    return outcomes


def decide_deactivate(
    staff: Staff, ctx: Context, person_id: UUID, ended: Sequence[UUID], *, everywhere: bool = False
) -> Outcome:
    """What becomes of one. `ended`: those of the batch so far. Pure."""
    refusal = refuse_person(staff, ctx, person_id, alone=True, everywhere=everywhere)
    if refusal is not None:
        return refusal
    if staff.people[person_id].deactivated_at is not None or person_id in ended:
        return Outcome(code="already_deactivated", id=person_id)
    if staff.is_account_of_actor(ctx, person_id):
        return no("own_account", "Nobody deactivates themselves. Ask another administrator.")
    return refuse_last(staff, person_id) or Outcome(code="deactivated", id=person_id)


async def reactivate_people(
    tx: Transaction, ctx: Context, commands: Sequence[PersonCommand], *, everywhere: bool = False
) -> list[Outcome]:
    """Let people sign in again, with what they had: password, second factor, role.

    Only people who belong to this merchant alone. Operator schema. Permission: `people.write`. Locks: the merchant,
    people by id.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`,
    `unchanged`, `reactivated`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes: list[Outcome] = []
    back: list[UUID] = []
    for person_id in (c.person_id for c in commands):
        refusal = refuse_person(staff, ctx, person_id, alone=True, everywhere=everywhere)
        if refusal is None and staff.people[person_id].deactivated_at is not None and person_id not in back:
            back.append(person_id)
            refusal = Outcome(code="reactivated", id=person_id)
        outcomes.append(refusal or Outcome(code="unchanged", id=person_id))
    await SET_DEACTIVATED.run(tx, back, False)
    acts = [(i, {"active": False}, {"active": True}) for i in back]
    await record_operator_acts(tx, ctx, "reactivate_people", "person", acts)
    return outcomes

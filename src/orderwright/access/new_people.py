"""Add people to a merchant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from orderwright.access.erasure import wipe_accounts
from orderwright.access.people_commands import CreatePerson, Limited, normal_email
from orderwright.access.queries import INSERT_PEOPLE, PUT_MEMBERSHIPS
from orderwright.access.sessions import Membership
from orderwright.access.staff import Staff, limits_of, lock_staff, refuse_role
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no


async def create_people(
    tx: Transaction, ctx: Context, commands: Sequence[CreatePerson], *, everywhere: bool = False
) -> list[Outcome]:
    """Add people who may sign in, with a role each.

    Who has an account with another merchant gets a role here beside it, from who may change people there too, or,
    `everywhere`, runs the installation: else an administrator elsewhere, who may come to choose their password, would
    come in here. Others have no password yet: `reset_people` makes the address at which they choose one. An account
    that belongs to no merchant any more is begun anew: whoever had it last has no part in it. Operator schema.
    Permission: `people.write`. Locks: the merchant, people by id. Known by the e-mail address: a repetition changes
    nothing.
    Outcomes, in precedence: `invalid_email`, `channel_not_found`, `location_not_found`, `role_not_found`,
    `exceeds_own_role`, `exceeds_own_limits`, `role_not_limitable`, `email_taken`, `unchanged`,
    `belongs_elsewhere`, `joined`, `created`.
    """
    emails = [normal_email(command.email) for command in commands]
    staff = await lock_staff(tx, ctx, emails=[email for email in emails if email])
    fresh = new_ids(len(commands))
    decisions: list[Outcome] = []
    given: dict[UUID, CreatePerson] = {}
    new: dict[UUID, CreatePerson] = {}
    again: dict[UUID, CreatePerson] = {}
    for command, email, new_id in zip(commands, emails, fresh, strict=True):
        outcome = decide_create(staff, ctx, command, email, given, new_id, everywhere=everywhere)
        if outcome.code in ("created", "joined") and outcome.id is not None and email is not None:
            given[outcome.id] = command
            staff.by_email[email] = outcome.id
            if outcome.id in staff.people and outcome.code == "created":
                again[outcome.id] = command
            elif outcome.code == "created":
                new[outcome.id] = command
        decisions.append(outcome)
    rows = [(i, normal_email(c.email), c.name.strip(), None, c.locale) for i, c in new.items()]
    made = {row.id for row in await INSERT_PEOPLE.fetch(tx, *columns(rows, 5))}
    lost = new.keys() - made  # somebody else, at another merchant, was faster by a moment
    given = {i: command for i, command in given.items() if i not in lost}
    if again:
        await wipe_accounts(tx, list(again), [c.name.strip() for c in again.values()])
    await put_memberships(tx, ctx.merchant, given)
    await record_operator_acts(
        tx, ctx, "create_people", "person", [(i, None, membership_fields(command)) for i, command in given.items()]
    )
    return [_overtaken() if outcome.id in lost else outcome for outcome in decisions]


def decide_create(  # noqa: PLR0911
    staff: Staff,
    ctx: Context,
    command: CreatePerson,
    email: str | None,
    given: Mapping[UUID, CreatePerson],
    new_id: UUID,
    *,
    everywhere: bool = False,
) -> Outcome:
    """What becomes of one. `given`: those of the batch so far. Pure."""
    if email is None or not command.name.strip():
        return no("invalid_email", "This cannot be an e-mail address. Write one such as ada@example.com.")
    refusal = refuse_role(staff, ctx, command)
    if refusal is not None:
        return refusal
    person_id = staff.by_email.get(email)
    if person_id is None:
        return Outcome(code="created", id=new_id)
    here: Membership | Limited | None = staff.here(ctx, person_id) or given.get(person_id)
    if here is not None:
        if (here.role, *limits_of(here)) == (command.role, *limits_of(command)):
            return Outcome(code="unchanged", id=person_id)
        return no("email_taken", "Somebody here has this e-mail address already. Change what they may do instead.")
    if not staff.memberships.get(person_id):
        return Outcome(code="created", id=person_id)
    if not everywhere and not staff.administers(ctx, person_id):
        return no(
            "belongs_elsewhere",
            "Somebody of another merchant has this e-mail address. Ask who runs this installation to add them here"
            " (`orderwright user add`), or use another address.",
        )
    return Outcome(code="joined", id=person_id)


async def put_memberships(tx: Transaction, merchant: str, given: Mapping[UUID, Limited]) -> None:
    """Write what people may do at a merchant. One statement."""
    rows = [(i, c.role, *(_ids(limit) for limit in limits_of(c))) for i, c in given.items()]
    await PUT_MEMBERSHIPS.run(tx, merchant, *columns(rows, 4))


def membership_fields(of: Limited | Membership) -> dict[str, Any]:
    """A role with its limits, for the audit trail."""
    channels, locations = limits_of(of)
    return {"role": of.role, "channel_ids": channels, "location_ids": locations}


def _ids(ids: Sequence[UUID] | None) -> str | None:
    return None if ids is None else msgspec.json.encode([str(i) for i in ids]).decode()


def _overtaken() -> Outcome:
    return no("email_taken", "Somebody was added with this e-mail address at this moment. Send it again.")

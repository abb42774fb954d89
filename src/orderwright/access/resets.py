"""Addresses at which people choose a password, and second factors that were lost."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.access.passwords import check_password, hash_password
from orderwright.access.people_commands import PersonCommand
from orderwright.access.queries import (
    DELETE_RECOVERY_CODES,
    DELETE_SECOND_FACTORS,
    END_SESSIONS,
    INSERT_LINKS,
    SET_PASSWORD,
    SPEND_LINKS_OF_PEOPLE,
)
from orderwright.access.session_tokens import new_token, token_hash
from orderwright.access.staff import Staff, lock_staff, refuse_person
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no

LINK_GOOD_FOR_S = 86_400


async def reset_people(
    tx: Transaction, ctx: Context, commands: Sequence[PersonCommand], *, everywhere: bool = False
) -> list[Outcome]:
    """Make an address for each at which they choose a password, once, within 24 hours; earlier ones work no longer.

    `details.path` is the local part of the address, told here only. The old password works until then. Only people who
    belong to this merchant alone; `everywhere`, for who runs the installation: anybody. Operator schema. Permission:
    `people.write`. Locks: the merchant, people by id.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`,
    `person_deactivated`, `own_account`, `reset`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes = []
    tokens: dict[UUID, str] = {}
    for person_id in (c.person_id for c in commands):
        outcome = _refuse(staff, ctx, person_id, everywhere)
        if outcome is None and not everywhere and staff.is_account_of_actor(ctx, person_id):
            outcome = no("own_account", "Change your own password on the page of your account.")
        if outcome is None:
            token = tokens.setdefault(person_id, new_token())
            outcome = Outcome(code="reset", id=person_id, details={"path": f"/reset?token={token}"})
        outcomes.append(outcome)
    await put_links(tx, tokens)
    await record_operator_acts(tx, ctx, "reset_people", "person", [(i, None, None) for i in tokens])
    return outcomes


async def put_links(tx: Transaction, tokens: dict[UUID, str]) -> None:
    """Keep addresses at which people choose a password, in place of those before. Two statements."""
    await SPEND_LINKS_OF_PEOPLE.run(tx, list(tokens))
    rows = [(token_hash(token), person_id) for person_id, token in tokens.items()]
    hashes, ids = columns(rows, 2)
    await INSERT_LINKS.run(tx, hashes, "password", ids, LINK_GOOD_FOR_S)


async def remove_second_factors(
    tx: Transaction, ctx: Context, commands: Sequence[PersonCommand], *, everywhere: bool = False
) -> list[Outcome]:
    """People who lost their device and their recovery codes sign in by password alone again. Their sessions end.

    Only people who belong to this merchant alone; `everywhere`, for who runs the installation: anybody. Operator
    schema. Permission: `people.write`. Locks: the merchant, people by id, second factors.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`,
    `person_deactivated`, `own_account`, `removed`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes = []
    ids: list[UUID] = []
    for person_id in (c.person_id for c in commands):
        outcome = _refuse(staff, ctx, person_id, everywhere)
        if outcome is None and staff.is_account_of_actor(ctx, person_id):
            outcome = no("own_account", "Change your own second factor on the page of your account.")
        if outcome is None:
            ids.append(person_id)
            outcome = Outcome(code="removed", id=person_id)
        outcomes.append(outcome)
    await DELETE_RECOVERY_CODES.run(tx, ids)
    await DELETE_SECOND_FACTORS.run(tx, ids)
    await END_SESSIONS.fetch(tx, ids, None)
    acts = [(i, {"second_factor": True}, {"second_factor": False}) for i in dict.fromkeys(ids)]
    await record_operator_acts(tx, ctx, "remove_second_factors", "person", acts)
    return outcomes


async def give_password(database: Database, ctx: Context, person_id: UUID, password: str) -> None:
    """Keep a password that who runs the installation chose for a person; their sessions end.

    Permission: `people.write`. Raises PasswordRefused."""
    ctx.require("people.write")
    check_password(password)
    kept = await hash_password(password)
    async with database.operator_transaction() as tx:
        await SET_PASSWORD.run(tx, person_id, kept)
        await SPEND_LINKS_OF_PEOPLE.run(tx, [person_id])
        await END_SESSIONS.fetch(tx, [person_id], None)
        await record_operator_acts(tx, ctx, "give_password", "person", [(person_id, None, None)])


async def end_sessions_of_people(tx: Transaction, ctx: Context, commands: Sequence[PersonCommand]) -> list[Outcome]:
    """End all sessions of people, on every server within five seconds: for a device that was lost.

    Operator schema. Permission: `people.write`. Locks: the merchant, people by id, their sessions.
    Outcomes, in precedence: `person_not_found`, `exceeds_own_role`, `exceeds_own_limits`, `belongs_elsewhere`, `ended`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes = []
    ids: list[UUID] = []
    for person_id in (c.person_id for c in commands):
        outcome = refuse_person(staff, ctx, person_id, alone=True)
        if outcome is None:
            ids.append(person_id)
            outcome = Outcome(code="ended", id=person_id)
        outcomes.append(outcome)
    await END_SESSIONS.fetch(tx, ids, None)
    await record_operator_acts(tx, ctx, "end_sessions", "person", [(i, None, None) for i in dict.fromkeys(ids)])
    return outcomes


def _refuse(staff: Staff, ctx: Context, person_id: UUID, everywhere: bool) -> Outcome | None:
    refusal = refuse_person(staff, ctx, person_id, alone=True, everywhere=everywhere)
    if refusal is None and staff.people[person_id].deactivated_at is not None:
        refusal = no("person_deactivated", "This person was deactivated. Let them sign in again first.")
    return refusal

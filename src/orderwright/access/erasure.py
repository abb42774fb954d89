"""What is personal of staff who have left, erased; what they did stays, under their id (law T5)."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.access.people_commands import NOBODYS_DOMAIN, PersonCommand
from orderwright.access.queries import (
    DELETE_BELONGINGS,
    DELETE_IDENTITIES,
    DELETE_LIMITS_OF_PEOPLE,
    DELETE_LINKS_OF_PEOPLE,
    DELETE_RECOVERY_CODES,
    DELETE_SECOND_FACTORS,
    DELETE_SESSIONS,
    ERASE_PEOPLE,
    RENEW_PEOPLE,
)
from orderwright.access.staff import Staff, lock_staff, refuse_person
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_acts
from orderwright.platform.outcomes import Outcome, no

ERASED_NAME = "Erased person"


async def erase_people(
    tx: Transaction, ctx: Context, commands: Sequence[PersonCommand], *, everywhere: bool = False
) -> list[Outcome]:
    """Forget for good who people were: name, e-mail address, sessions with addresses and devices, all to sign in with.

    They belong to no merchant any more. Their id stays, and what they did under it: audit trail, notes, events. They
    are deactivated first, so that nobody is erased by a slip. Only people who belong to this merchant alone;
    `everywhere`, for who runs the installation: anybody. Operator schema. Permission: `people.write`. Locks: the
    merchant, people by id, what belongs to them. Eight statements beside those of the decision.
    Outcomes, in precedence: `person_not_found` (erased before, too), `exceeds_own_role`, `exceeds_own_limits`,
    `belongs_elsewhere`, `own_account`, `person_active`, `erased`.
    """
    staff = await lock_staff(tx, ctx, [c.person_id for c in commands])
    outcomes = [decide_erase(staff, ctx, c.person_id, everywhere=everywhere) for c in commands]
    ids = list(dict.fromkeys(o.id for o in outcomes if o.code == "erased" and o.id is not None))
    await forget_belongings(tx, ids)
    await DELETE_BELONGINGS.run(tx, ids)
    await DELETE_LIMITS_OF_PEOPLE.run(tx, ids)
    await ERASE_PEOPLE.run(tx, ids, [f"{i}@{NOBODYS_DOMAIN}" for i in ids], [ERASED_NAME] * len(ids))
    await record_operator_acts(tx, ctx, "erase_people", "person", [(i, None, None) for i in ids])
    return outcomes


def decide_erase(staff: Staff, ctx: Context, person_id: UUID, *, everywhere: bool = False) -> Outcome:
    """What becomes of one. Pure."""
    refusal = refuse_person(staff, ctx, person_id, alone=True, everywhere=everywhere)
    if refusal is not None:
        return refusal
    if staff.is_account_of_actor(ctx, person_id):
        return no("own_account", "Nobody erases themselves. Ask another administrator.")
    if staff.people[person_id].deactivated_at is None:
        return no("person_active", "This person may still sign in. Deactivate them first, then erase them.")
    return Outcome(code="erased", id=person_id)


async def wipe_accounts(tx: Transaction, ids: Sequence[UUID], names: Sequence[str]) -> None:
    """Let accounts be as new: whoever had them before signs in with nothing of theirs. `ids` are locked. Six
    statements."""
    await forget_belongings(tx, ids)
    await RENEW_PEOPLE.run(tx, ids, names)


async def forget_belongings(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Forget sessions, second factors, recovery codes, links, and who people are to providers. Five statements."""
    await DELETE_SESSIONS.run(tx, ids)
    await DELETE_RECOVERY_CODES.run(tx, ids)
    await DELETE_SECOND_FACTORS.run(tx, ids)
    await DELETE_LINKS_OF_PEOPLE.run(tx, ids)
    await DELETE_IDENTITIES.run(tx, ids)

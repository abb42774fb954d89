"""Who somebody of a provider of identities is here."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.access.errors import SignInRefused
from orderwright.access.id_tokens import Identity
from orderwright.access.new_people import put_memberships
from orderwright.access.new_session import NewSession
from orderwright.access.people_commands import CreatePerson, normal_email
from orderwright.access.queries import (
    INSERT_PEOPLE,
    LINK_IDENTITY,
    LOCK_CREDENTIALS,
    PERSON_BY_EMAIL,
    PERSON_BY_IDENTITY,
    Credentials,
)
from orderwright.access.roles import ADMINISTRATOR, BUILT_IN_ROLES
from orderwright.access.signing_in import NOWHERE, From, open_session
from orderwright.access.staff import actor_of
from orderwright.platform.db import Database, Transaction
from orderwright.platform.ids import new_id
from orderwright.platform.operator_acts import record_operator_act

_UNKNOWN = "Nobody here has this account. Ask an administrator to add you, with the same e-mail address."


async def sign_in_by_provider(
    database: Database,
    identity: Identity,
    *,
    new_people_role: str | None = None,
    merchants: Sequence[str] = (),
    come_from: From = NOWHERE,
) -> NewSession:
    """A session for whoever a provider says somebody is.

    They are known by the provider's own name for them; else by a verified e-mail address, whose person is then linked
    for ever, unless linked already to somebody else there; else, where `new_people_role` names a built-in role that
    is not the administrator's, they are made, with it, at all `merchants`. The second factor is the provider's matter.
    Raises SignInRefused, kindly and the same for who is unknown and who was deactivated.
    """
    async with database.operator_transaction() as tx:
        found = await PERSON_BY_IDENTITY.first(tx, identity.issuer, identity.subject)
        found = found or await _by_email(tx, identity)
        if found is None and new_people_role is not None:
            found = await _make(tx, identity, new_people_role, merchants)
        person = None if found is None else await LOCK_CREDENTIALS.first(tx, found.id)
        if person is not None and person.deactivated_at is None:
            return await open_session(tx, person.id, "provider", come_from)
        await record_operator_act(
            tx, "sign_in", actor="anonymous", subject_kind="person", subject_id=None if found is None else found.id,
            ok=False, request_id=come_from.request_id,
        )  # fmt: skip
    raise SignInRefused(_UNKNOWN)


async def _by_email(tx: Transaction, identity: Identity) -> Credentials | None:
    """The person of a verified e-mail address, linked from now on."""
    email = normal_email(identity.email or "")
    found = await PERSON_BY_EMAIL.first(tx, email) if email else None
    if found is None or found.deactivated_at is not None:
        return found
    if await LINK_IDENTITY.first(tx, identity.issuer, identity.subject, found.id) is None:
        return None  # linked already, to another subject: the address was given to somebody else there
    await record_operator_act(tx, "link_identity", actor=actor_of(found.id), subject_kind="person", subject_id=found.id)
    return found


async def _make(tx: Transaction, identity: Identity, role: str, merchants: Sequence[str]) -> Credentials | None:
    email = normal_email(identity.email or "")
    if email is None or role not in BUILT_IN_ROLES or role == ADMINISTRATOR:
        return None
    name = (identity.name or email.partition("@")[0]).strip()[:200]
    name = "".join(letter for letter in name if letter.isprintable()) or email.partition("@")[0]
    person = CreatePerson(email=email, name=name, role=role)
    made = await INSERT_PEOPLE.fetch(tx, [new_id()], [email], [name], [None], ["en"])
    if not made:
        return None
    for merchant in merchants:
        await put_memberships(tx, merchant, {made[0].id: person})
    await record_operator_act(
        tx, "create_people", actor="provider", subject_kind="person", subject_id=made[0].id, after={"role": role}
    )
    return await _by_email(tx, identity)

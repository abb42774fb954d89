"""What people change of themselves: name, looks, password, second factor, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from orderwright.access.attempts import count_attempt, forgive_attempt
from orderwright.access.errors import CodeRefused, ConfirmationNeeded, InvalidPerson, LinkSpent, SignInRefused
from orderwright.access.new_session import NewSession
from orderwright.access.passwords import check_password, hash_password
from orderwright.access.people_commands import is_time_zone
from orderwright.access.queries import (
    DELETE_RECOVERY_CODES,
    DELETE_SECOND_FACTORS,
    END_SESSION,
    END_SESSIONS,
    LINK_BY_TOKEN,
    LIST_SESSIONS,
    LOCK_PEOPLE,
    OWN_ACCOUNT,
    SET_PASSWORD,
    SPEND_LINK,
    SPEND_LINKS_OF_PEOPLE,
    UPDATE_PEOPLE,
    AccountRow,
    LinkRow,
    SessionEntry,
)
from orderwright.access.second_factors import Setup, begin_second_factor, renew_recovery_codes, take_code
from orderwright.access.session_tokens import IDLE_S, token_hash
from orderwright.access.sessions import SignedIn
from orderwright.access.signing_in import NOWHERE, From, open_session
from orderwright.access.staff import actor_of
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction
from orderwright.platform.difference import difference
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_act


class Own(NamedTuple):
    """What people choose for themselves. `theme` is auto, light or dark; no time zone is that of the merchant."""

    name: str
    time_zone: str | None
    locale: str
    theme: str


async def read_account(database: Database, signed_in: SignedIn) -> AccountRow:
    """A person as they see themselves. Raises SignInRefused where they may not sign in any more."""
    async with database.operator_transaction() as tx:
        found = await OWN_ACCOUNT.first(tx, signed_in.person_id)
    if found is None:
        raise SignInRefused("You are signed in no longer. Sign in again.")
    return found


async def change_account(database: Database, signed_in: SignedIn, own: Own) -> None:
    """Change one's own name, time zone, language or theme. Raises InvalidPerson."""
    name = own.name.strip()
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise InvalidPerson("Write a name of 1 to 200 characters.", field="name")
    if own.time_zone is not None and not is_time_zone(own.time_zone):
        raise InvalidPerson("There is no such time zone. Write one such as Europe/Zurich.", field="time_zone")
    async with database.operator_transaction() as tx:
        [before] = await LOCK_PEOPLE.fetch(tx, [signed_in.person_id], [])
        after = before._replace(name=name, time_zone=own.time_zone, locale=own.locale, theme=own.theme)
        if after == before:
            return
        await UPDATE_PEOPLE.run(
            tx, [after.id], [after.email], [after.name], [after.time_zone], [after.locale], [after.theme]
        )
        changed = difference(before._asdict(), after._asdict(), personal=("name", "email", "time_zone"))
        await _note(tx, signed_in, "change_account", before=changed.before, after=changed.after)


async def change_password(database: Database, signed_in: SignedIn, password: str) -> int:
    """Choose another password; the other sessions end, and so do addresses that were made to choose one.

    Returns how many sessions ended. Raises ConfirmationNeeded, PasswordRefused."""
    require_confirmed(signed_in)
    check_password(password, about=(signed_in.name, signed_in.email))
    kept = await hash_password(password)
    async with database.operator_transaction() as tx:
        await SET_PASSWORD.run(tx, signed_in.person_id, kept)
        await SPEND_LINKS_OF_PEOPLE.run(tx, [signed_in.person_id])
        ended = await END_SESSIONS.fetch(tx, [signed_in.person_id], signed_in.session_id)
        await _note(tx, signed_in, "change_password", after={"sessions_ended": len(ended)})
    return len(ended)


async def set_up_second_factor(database: Database, signed_in: SignedIn) -> Setup:
    """What a device is set up with, to be confirmed by a first code. Raises ConfirmationNeeded, FactorKnown."""
    require_confirmed(signed_in)
    async with database.operator_transaction() as tx:
        return await begin_second_factor(tx, signed_in.person_id, signed_in.email)


async def confirm_second_factor(database: Database, signed_in: SignedIn, code: str, come_from: From) -> list[str]:
    """The first code of a device: from now on one is asked for. Returns recovery codes, shown once; other sessions end.

    Raises CodeRefused, TooManyAttempts, ConfirmationNeeded."""
    require_confirmed(signed_in)
    attempt = await count_attempt(database, "factor", str(signed_in.person_id), come_from.address)
    async with database.operator_transaction() as tx:
        await take_code(tx, signed_in.person_id, code, utc_now())
        await forgive_attempt(tx, attempt)
        codes = await renew_recovery_codes(tx, signed_in.person_id)
        await END_SESSIONS.fetch(tx, [signed_in.person_id], signed_in.session_id)
        await _note(tx, signed_in, "set_up_second_factor", after={"second_factor": True})
    return codes


async def renew_own_recovery_codes(database: Database, signed_in: SignedIn) -> list[str]:
    """New recovery codes, shown once; those before work no more. Raises ConfirmationNeeded, CodeRefused."""
    require_confirmed(signed_in)
    async with database.operator_transaction() as tx:
        found = await OWN_ACCOUNT.first(tx, signed_in.person_id)
        if found is None or found.second_factor_at is None:
            raise CodeRefused("There is no second factor. Set one up first.")
        codes = await renew_recovery_codes(tx, signed_in.person_id)
        await _note(tx, signed_in, "renew_recovery_codes")
    return codes


async def remove_second_factor(database: Database, signed_in: SignedIn) -> None:
    """Sign in by password alone from now on. Raises ConfirmationNeeded."""
    require_confirmed(signed_in)
    async with database.operator_transaction() as tx:
        await DELETE_RECOVERY_CODES.run(tx, [signed_in.person_id])
        await DELETE_SECOND_FACTORS.run(tx, [signed_in.person_id])
        await _note(tx, signed_in, "remove_second_factor", after={"second_factor": False})


async def list_own_sessions(database: Database, person_id: UUID) -> list[SessionEntry]:
    """The sessions of a person, the last used first: 200 at most."""
    async with database.operator_transaction() as tx:
        return await LIST_SESSIONS.fetch(tx, person_id, IDLE_S)


async def end_own_session(database: Database, signed_in: SignedIn, session_id: UUID) -> bool:
    """End one of one's own sessions. False for one that has ended, or is somebody else's."""
    async with database.operator_transaction() as tx:
        ended = await END_SESSION.first(tx, signed_in.person_id, session_id)
        if ended is not None:
            await _note(tx, signed_in, "end_session", subject=session_id)
    return ended is not None


async def end_other_sessions(database: Database, signed_in: SignedIn) -> int:
    """End all of one's own sessions but this one. Returns how many there were."""
    async with database.operator_transaction() as tx:
        ended = await END_SESSIONS.fetch(tx, [signed_in.person_id], signed_in.session_id)
        await _note(tx, signed_in, "end_other_sessions", after={"sessions_ended": len(ended)})
    return len(ended)


async def read_password_link(database: Database, token: str) -> LinkRow:
    """Whom an address to choose a password is for. Raises LinkSpent. It is not used by looking at it."""
    digest = token_hash(token)
    async with database.operator_transaction() as tx:
        found = await LINK_BY_TOKEN.first(tx, digest, "password") if digest else None
    if found is None or found.person_id is None:
        raise LinkSpent
    return found


async def choose_password(database: Database, token: str, password: str, come_from: From = NOWHERE) -> NewSession:
    """Choose a password at an address that works once, and sign in. All sessions before end; a second factor stays.

    Raises LinkSpent, PasswordRefused: then the address still works."""
    link = await read_password_link(database, token)
    check_password(password, about=(link.name or "", link.email or ""))
    kept = await hash_password(password)
    async with database.operator_transaction() as tx:
        spent = await SPEND_LINK.first(tx, token_hash(token), "password")
        if spent is None or spent.person_id is None:
            raise LinkSpent
        account = await OWN_ACCOUNT.first(tx, spent.person_id)
        if account is None:
            raise LinkSpent
        await SET_PASSWORD.run(tx, spent.person_id, kept)
        await SPEND_LINKS_OF_PEOPLE.run(tx, [spent.person_id])
        await END_SESSIONS.fetch(tx, [spent.person_id], None)
        await record_operator_act(
            tx, "choose_password", actor=actor_of(spent.person_id), subject_kind="person", subject_id=spent.person_id,
            request_id=come_from.request_id,
        )  # fmt: skip
        return await open_session(tx, spent.person_id, "link", come_from, second=account.second_factor_at is not None)


def require_confirmed(signed_in: SignedIn) -> None:
    """Raise ConfirmationNeeded unless the person proved within ten minutes who they are."""
    if not signed_in.is_confirmed(utc_now()):
        raise ConfirmationNeeded


async def _note(
    tx: Transaction,
    signed_in: SignedIn,
    verb: str,
    *,
    subject: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    await record_operator_act(
        tx, verb, actor=signed_in.actor, origin=signed_in.origin,
        subject_kind="person" if subject is None else "session", subject_id=subject or signed_in.person_id,
        before=before, after=after,
    )  # fmt: skip

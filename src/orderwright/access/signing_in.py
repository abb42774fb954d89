"""Signing in: a password, then the second factor where there is one; a new session each time, with a new token.

What is wrong is never told apart: whether the person exists, was deactivated, has no password, or typed another one.
"""

from __future__ import annotations

from typing import NamedTuple

from orderwright.access.attempts import Attempt, count_attempt, forgive_attempt, take_back_attempt
from orderwright.access.errors import CodeRefused, SignInRefused
from orderwright.access.known_devices import known_device
from orderwright.access.new_session import MadeBy, NewSession, start_session
from orderwright.access.passwords import verify_password
from orderwright.access.people_commands import normal_email
from orderwright.access.queries import (
    CONFIRM_SESSION,
    END_SESSION,
    END_SESSIONS_OF_TOKEN,
    LOCK_CREDENTIALS,
    PERSON_BY_EMAIL,
    SESSION_BY_TOKEN,
    SET_PASSWORD,
    Credentials,
)
from orderwright.access.second_factors import looks_like_recovery, take_code, take_recovery_code
from orderwright.access.session_tokens import IDLE_S, new_token, origin_of, token_hash
from orderwright.access.sessions import SignedIn
from orderwright.access.staff import actor_of
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import Overloaded
from orderwright.platform.ids import UUID
from orderwright.platform.operator_acts import record_operator_act


class From(NamedTuple):
    """Where somebody comes from: their address in the network, their device, and the id of the request; `mark` is what
    the browser carries of those who signed in there before (`known_devices`)."""

    address: str | None = None
    device: str | None = None
    request_id: str | None = None
    mark: str | None = None


NOWHERE = From()


async def sign_in(database: Database, email: str, password: str, come_from: From = NOWHERE) -> NewSession:
    """A new session for whoever has this password. It awaits the second factor where the person has one.

    Raises SignInRefused, TooManyAttempts, Overloaded. An unknown person costs the same work as a known one.
    """
    plain = normal_email(email) or ""
    async with database.operator_transaction() as tx:
        found = await PERSON_BY_EMAIL.first(tx, plain)
    browser = None if found is None else known_device(database.hash_key, come_from.mark, found.id)
    kind, account = ("account", plain or email[:254]) if browser is None else ("browser", f"{plain}\n{browser}")
    attempt = await count_attempt(database, kind, account, come_from.address)
    good, better = await _verify(database, attempt, password, found)
    async with database.operator_transaction() as tx:
        person = None
        if good and found is not None:
            person = await LOCK_CREDENTIALS.first(tx, found.id)
        if found is None or person is None or not _still_good(person, found):
            await record_operator_act(
                tx, "sign_in", actor="anonymous", subject_kind="person", subject_id=None if found is None else found.id,
                ok=False, request_id=come_from.request_id,
            )  # fmt: skip
            session = None
        else:
            if better is not None:
                await SET_PASSWORD.run(tx, person.id, better)
            await forgive_attempt(tx, attempt)
            session = await open_session(tx, person.id, "password", come_from, second=person.has_second_factor)
    if session is None:
        raise SignInRefused("The e-mail address or the password is not right. Check both and try again.")
    return session


async def finish_sign_in(database: Database, token: str, code: str, come_from: From = NOWHERE) -> NewSession:
    """The second factor, or a recovery code, of a session that awaits it: a session that is one, with another token.

    Raises CodeRefused, TooManyAttempts; SignInRefused where the session awaits nothing, or has waited too long.
    """
    person_id, session_id = await awaiting(database, token)
    attempt = await count_attempt(database, "factor", str(person_id), come_from.address)
    refused: CodeRefused | None = None
    session = None
    async with database.operator_transaction() as tx:
        try:
            if looks_like_recovery(code):
                await take_recovery_code(tx, person_id, code)
            else:
                await take_code(tx, person_id, code, utc_now())
        except CodeRefused as error:
            refused = error
            await record_operator_act(
                tx, "finish_sign_in", actor="anonymous", subject_kind="person", subject_id=person_id, ok=False,
                request_id=come_from.request_id,
            )  # fmt: skip
        else:
            if await END_SESSION.first(tx, person_id, session_id) is None:
                raise SignInRefused("This took too long. Sign in again.")
            await forgive_attempt(tx, attempt)
            session = await open_session(tx, person_id, "password", come_from)
    if session is None:
        raise refused or CodeRefused()
    return session


async def awaiting(database: Database, token: str) -> tuple[UUID, UUID]:
    """Whose session awaits the second factor, and its id. Raises SignInRefused for one that does not."""
    digest = token_hash(token)
    async with database.operator_transaction() as tx:
        row = await SESSION_BY_TOKEN.first(tx, digest, IDLE_S) if digest else None
    if row is None or row.awaits != "second_factor":
        raise SignInRefused("This took too long. Sign in again.")
    return row.person_id, row.id


async def confirm(database: Database, signed_in: SignedIn, password: str, come_from: From = NOWHERE) -> str:
    """Whoever sits at a session proves again who they are: for ten minutes, they may change what matters most.

    Returns the session's new token, which no server remembers otherwise. Raises SignInRefused, TooManyAttempts,
    Overloaded."""
    attempt = await count_attempt(database, "confirm", str(signed_in.person_id), come_from.address)
    async with database.operator_transaction() as tx:
        found = await LOCK_CREDENTIALS.first(tx, signed_in.person_id)
    good, _ = await _verify(database, attempt, password, found)
    token = new_token()
    async with database.operator_transaction() as tx:
        if good:
            await CONFIRM_SESSION.run(tx, signed_in.session_id, token_hash(token))
            await forgive_attempt(tx, attempt)
        await record_operator_act(
            tx, "confirm", actor=signed_in.actor, origin=signed_in.origin, subject_kind="session",
            subject_id=signed_in.session_id, ok=good, request_id=come_from.request_id,
        )  # fmt: skip
    if not good:
        raise SignInRefused("This is not your password. Check it and try again.")
    return token


async def sign_in_demo_person(database: Database, email: str, come_from: From = NOWHERE) -> NewSession:
    """A session for one of the demo's people, without a password. Only the demo, on this machine alone, offers that.

    Raises SignInRefused for somebody who is not there."""
    async with database.operator_transaction() as tx:
        found = await PERSON_BY_EMAIL.first(tx, email)
        if found is not None and found.deactivated_at is None:
            return await open_session(tx, found.id, "demo", come_from)
    raise SignInRefused("This person is not there.")


async def sign_out(database: Database, token: str) -> None:
    """End the session of a token, whether it is one or still awaits something."""
    digest = token_hash(token)
    if digest is None:
        return
    async with database.operator_transaction() as tx:
        ended = await END_SESSIONS_OF_TOKEN.first(tx, digest)
        if ended is not None:
            await record_operator_act(
                tx, "sign_out", actor=actor_of(ended.person_id), origin=origin_of(ended.id), subject_kind="session",
                subject_id=ended.id,
            )  # fmt: skip


async def open_session(
    tx: Transaction, person_id: UUID, made_by: MadeBy, come_from: From, *, second: bool = False
) -> NewSession:
    """Start a session, or one that awaits the second factor, and write it down. `tx`: operator schema."""
    session = await start_session(
        tx, person_id, made_by, awaits="second_factor" if second else None, address=come_from.address,
        device=come_from.device,
    )  # fmt: skip
    await record_operator_act(
        tx, "sign_in", actor=actor_of(person_id), origin=origin_of(session.id), subject_kind="session",
        subject_id=session.id, after={"made_by": made_by, "awaits": session.awaits}, request_id=come_from.request_id,
    )  # fmt: skip
    return session


async def _verify(
    database: Database, attempt: Attempt, password: str, found: Credentials | None
) -> tuple[bool, str | None]:
    """As `verify_password`; a password that there was no time to look at was no attempt. Raises Overloaded."""
    try:
        return await verify_password(password, None if found is None else found.password_hash)
    except Overloaded:
        await take_back_attempt(database, attempt)
        raise


def _still_good(person: Credentials, checked: Credentials) -> bool:
    """Whether what was checked is still so, under the person's lock."""
    return person.deactivated_at is None and person.password_hash == checked.password_hash

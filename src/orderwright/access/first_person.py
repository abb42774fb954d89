"""The first administrator of an installation: made at an address that works once, or on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.access.errors import InvalidPerson, LinkSpent
from orderwright.access.new_people import put_memberships
from orderwright.access.new_session import NewSession
from orderwright.access.passwords import check_password, hash_password
from orderwright.access.people_commands import CreatePerson, normal_email
from orderwright.access.queries import (
    COUNT_PEOPLE,
    INSERT_LINKS,
    INSERT_PEOPLE,
    LINK_BY_TOKEN,
    LOCK_FIRST_LINKS,
    SPEND_FIRST_LINKS,
    SPEND_LINK,
)
from orderwright.access.roles import ADMINISTRATOR
from orderwright.access.session_tokens import new_token, token_hash
from orderwright.access.signing_in import NOWHERE, From, open_session
from orderwright.access.staff import actor_of
from orderwright.platform.db import Database
from orderwright.platform.ids import new_id
from orderwright.platform.operator_acts import record_operator_act

LINK_GOOD_FOR_S = 86_400


async def first_person_path(database: Database) -> str | None:
    """The local part of an address at which the first administrator is made, within 24 hours. Each process may tell
    one: when it was used, none works any more. None when there is somebody already. Two statements."""
    token = new_token()
    async with database.operator_transaction() as tx:
        [found] = await COUNT_PEOPLE.fetch(tx)
        if found.people:
            return None
        await INSERT_LINKS.run(tx, [token_hash(token)], "first", [None], LINK_GOOD_FOR_S)
    return f"/first?token={token}"


async def check_first_link(database: Database, token: str) -> None:
    """Raise LinkSpent unless the address still makes the first administrator. It is not used by looking at it."""
    digest = token_hash(token)
    async with database.operator_transaction() as tx:
        if digest is None or await LINK_BY_TOKEN.first(tx, digest, "first") is None:
            raise LinkSpent


async def make_first_person(
    database: Database,
    token: str,
    merchants: Sequence[str],
    *,
    email: str,
    name: str,
    password: str,
    locale: str = "en",
    come_from: From = NOWHERE,
) -> NewSession:
    """Make the first administrator, of all merchants there are, and sign them in. Where there is none yet, they make
    the first one next (`make_first_merchant`). Locks: the addresses.

    Raises LinkSpent, InvalidPerson, PasswordRefused: then nothing was done, and it still works.
    """
    await check_first_link(database, token)
    plain = normal_email(email)
    if plain is None:
        raise InvalidPerson("This cannot be an e-mail address. Write one such as ada@example.com.", field="email")
    if not 1 <= len(name.strip()) <= 200 or not name.isprintable():
        raise InvalidPerson("Write a name of 1 to 200 characters.", field="name")
    check_password(password, about=(name, plain))
    kept, person_id = await hash_password(password), new_id()
    async with database.operator_transaction() as tx:
        await LOCK_FIRST_LINKS.fetch(tx)  # two addresses used at the same moment make one administrator
        if await SPEND_LINK.first(tx, token_hash(token), "first") is None:
            raise LinkSpent
        await SPEND_FIRST_LINKS.run(tx)
        [found] = await COUNT_PEOPLE.fetch(tx)
        made = await INSERT_PEOPLE.fetch(tx, [person_id], [plain], [name.strip()], [kept], [locale])
        if found.people or not made:
            raise LinkSpent("There is somebody already. Ask them to add you.")
        person = CreatePerson(email=plain, name=name.strip(), role=ADMINISTRATOR)
        for merchant in merchants:
            await put_memberships(tx, merchant, {person_id: person})
        await record_operator_act(
            tx, "make_first_person", actor=actor_of(person_id), subject_kind="person", subject_id=person_id,
            after={"role": ADMINISTRATOR, "merchants": list(merchants)}, request_id=come_from.request_id,
        )  # fmt: skip
        return await open_session(tx, person_id, "link", come_from)

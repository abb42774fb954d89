"""Record who an order is from and for: the only place where intake writes personal data (law T5)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from orderwright.customers.emails import normalise_email
from orderwright.customers.phones import normalise_phone
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.queries import append, query, statement


class CustomerRow(NamedTuple):
    """A customer found by identity."""

    identity_hash: bytes
    id: UUID


class NewContact(NamedTuple):
    """A person or address as one order knows it; its attributes are columns of `contact`."""

    id: UUID
    customer_id: UUID | None
    order_id: UUID
    role: str
    name: str | None
    company: str | None
    email: str | None
    phone: str | None
    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None
    latitude: float | None
    longitude: float | None


class Buyers(NamedTuple):
    """Customers by identity. `new`: those of them that are still to be made."""

    ids: dict[bytes, UUID]
    new: dict[bytes, UUID]


class _MadeRow(NamedTuple):
    id: UUID


HOLD_OFF_ERASURES = statement(__package__, "hold_off_erasures")
INSERT_CUSTOMERS = query(__package__, "insert_customers", _MadeRow)
MOVE_CONTACTS = statement(__package__, "move_contacts")
CUSTOMERS_BY_IDENTITY = query(__package__, "customers_by_identity", CustomerRow)
APPEND_CONTACTS = append("contact", " ".join(NewContact._fields))


def identity_hash(
    key: bytes, *, email: str | None, phone: str | None, country: str | None, channel: str, external_id: str | None
) -> bytes | None:
    """Who this is, as a keyed hash: by e-mail, else phone, else the channel's own id; None for a guest without any.

    However they are written, the same address and the same number are the same person; what cannot be read is
    compared as it is. `country` is where a number in national form is read.
    """
    if email and (address := normalise_email(email) or email.strip().casefold()):
        text = "email:" + address
    elif phone and (number := normalise_phone(phone, country) or "".join(filter(str.isalnum, phone))):
        text = "phone:" + number
    elif external_id:
        text = f"ref:{channel}\x1f{external_id}"  # no code holds that character
    else:
        return None
    return hashlib.blake2b(text.encode(), key=key, digest_size=16).digest()


async def find_customers(tx: Transaction, hashes: Collection[bytes]) -> Buyers:
    """The customers of these identities, and an id for each that is to be made. Two statements, or none.

    Locks: the lock of erasures, shared, so that an erasure knows what comes of the customers that are found here. It
    is a statement of its own, since the other must not look at how things were before the wait.
    """
    wanted = sorted(set(hashes))
    if not wanted:
        return Buyers({}, {})
    await HOLD_OFF_ERASURES.run(tx)
    found = {row.identity_hash: row.id for row in await CUSTOMERS_BY_IDENTITY.fetch(tx, wanted)}
    missing = [key for key in wanted if key not in found]
    new = dict(zip(missing, new_ids(len(missing)), strict=True))
    return Buyers(found | new, new)


async def make_customers(tx: Transaction, new: Mapping[bytes, UUID]) -> dict[UUID, UUID]:
    """Make customers that `find_customers` did not find, under the ids that it gave them.

    Returns, for those that others have made meanwhile, the id that stands in the place of the one given. Call it late:
    a transaction that makes one of the same waits until this one ends. One statement, or none; two where others were
    faster. Locks: identity keys, sorted. An erasure that waits for this transaction may hold the customer that
    somebody else made meanwhile: PostgreSQL ends one of the two, which is run again.
    """
    if not new:
        return {}
    keys = sorted(new)
    made = {row.id for row in await INSERT_CUSTOMERS.fetch(tx, [new[key] for key in keys], keys)}
    if len(made) == len(keys):
        return {}
    theirs = await CUSTOMERS_BY_IDENTITY.fetch(tx, [key for key in keys if new[key] not in made])
    return {new[row.identity_hash]: row.id for row in theirs}


async def move_contacts(tx: Transaction, owners: Mapping[UUID, UUID]) -> None:
    """Give the contacts of orders placed in this transaction to other customers. `owners`: by order. One statement."""
    await MOVE_CONTACTS.run(tx, list(owners), list(owners.values()))


async def insert_contacts(tx: Transaction, contacts: Sequence[NewContact]) -> None:
    """Write contacts. One statement, or none."""
    await APPEND_CONTACTS.run(tx, contacts)

"""Record who an order is from and for: the only place where intake writes personal data (law T5)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
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


INSERT_CUSTOMERS = statement(__package__, "insert_customers")
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


async def record_customers(tx: Transaction, hashes: Collection[bytes]) -> dict[bytes, UUID]:
    """The customers of these identities, made where missing. Two statements, or none.

    Locks: the lock of erasures, shared, so that an erasure knows what comes of the customers that were found here;
    identity keys, sorted.
    """
    found: dict[bytes, UUID] = {}
    while missing := sorted({key for key in hashes if key not in found}):  # again: those that were erased in between
        await INSERT_CUSTOMERS.run(tx, new_ids(len(missing)), missing)
        found.update({row.identity_hash: row.id for row in await CUSTOMERS_BY_IDENTITY.fetch(tx, missing)})
    return found


async def insert_contacts(tx: Transaction, contacts: Sequence[NewContact]) -> None:
    """Write contacts. One statement, or none."""
    await APPEND_CONTACTS.run(tx, contacts)

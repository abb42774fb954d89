"""Erase people: their contacts and the words they are found by (law T5). `flows.erase_customers` puts it together."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.customers.errors import NO_ERASURE
from orderwright.customers.words import is_pair
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.queries import query, statement

_IDENTITY_BYTES = 16


class CustomerState(NamedTuple):
    """A customer that is locked. `identity_hash`: who it is, or random once erased. `merged_into`: whose other name it
    is."""

    id: UUID
    version: int
    erased: bool
    identity_hash: bytes
    merged_into: UUID | None = None


class ErasableContact(NamedTuple):
    """A contact with personal data, and what a refused order of the same person is known by."""

    id: UUID
    customer_id: UUID | None
    order_id: UUID | None
    role: str
    email: str | None
    phone: str | None


class _Waited(NamedTuple):
    waited: bool


class _Word(NamedTuple):
    word: str


LOCK_CUSTOMERS = query(__package__, "lock_customers", CustomerState)
LOCK_ERASABLE_CONTACTS = query(__package__, "lock_erasable_contacts", ErasableContact)
LOCK_WORDS = query(__package__, "lock_words", _Waited)
DELETE_CONTACT_WORDS = query(__package__, "delete_contact_words", _Word)
DELETE_NAME_WORDS = statement(__package__, "delete_name_words")
NULL_CONTACTS = statement(__package__, "null_contacts")
MARK_CUSTOMERS_ERASED = statement(__package__, "mark_customers_erased")
WAIT_FOR_INTAKE = query(__package__, "wait_for_intake", _Waited)


async def lock_customers(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, CustomerState]:
    """Lock customers in id order: by each id the customer that it leads to, which is another one where it was merged.

    One statement; one more where somebody was merged in the middle of it.
    """
    wanted = sorted(set(customer_ids))
    rows = {row.id: row for row in await LOCK_CUSTOMERS.fetch(tx, wanted)}
    missing = {row.merged_into for row in rows.values() if row.merged_into is not None} - rows.keys()
    if missing:
        rows |= {row.id: row for row in await LOCK_CUSTOMERS.fetch(tx, sorted(missing))}
    return {i: rows[rows[i].merged_into or i] for i in wanted if i in rows}


async def lock_erasable_contacts(
    tx: Transaction, order_ids: Iterable[UUID], customer_ids: Iterable[UUID]
) -> list[ErasableContact]:
    """Lock the contacts with personal data of orders, and customers' own ones, in id order. One statement."""
    return await LOCK_ERASABLE_CONTACTS.fetch(tx, list(order_ids), list(customer_ids))


async def lock_words(tx: Transaction) -> None:
    """Hold off those who keep words of contacts, and other erasures, until the transaction ends. Before any other lock.
    One statement."""
    await LOCK_WORDS.fetch(tx)


async def empty_contacts(tx: Transaction, contacts: Sequence[ErasableContact]) -> None:
    """Erase locked contacts and the words that they are found by; their ids and roles stay.

    Three statements, or none. The lock of words is held: somebody else's words could be kept just now.
    """
    if contacts:
        ids = [contact.id for contact in contacts]
        gone = {row.word for row in await DELETE_CONTACT_WORDS.fetch(tx, ids)}
        await DELETE_NAME_WORDS.run(tx, sorted(word for word in gone if not is_pair(word)))
        await NULL_CONTACTS.run(tx, ids)


async def forget_identities(tx: Transaction, customer_ids: Sequence[UUID]) -> None:
    """Make locked customers nobody, so that the same person is somebody new with the next order. One statement."""
    rows = [(customer_id, secrets.token_bytes(_IDENTITY_BYTES)) for customer_id in customer_ids]
    await MARK_CUSTOMERS_ERASED.run(tx, *columns(rows, 2))


async def wait_for_intake(tx: Transaction) -> None:
    """Wait until the orders that are being placed have come, with the customers that they found before; orders that
    come later wait for this transaction to end. Call it last, since it holds intake up. One statement."""
    await WAIT_FOR_INTAKE.fetch(tx)


def decide_erasures(
    customer_ids: Iterable[UUID],
    found: Mapping[UUID, CustomerState],
    contacts: Mapping[UUID, int],
    elsewhere: Iterable[UUID] = (),
) -> list[Outcome]:
    """What becomes of each customer, given how many contacts with personal data each has. Pure.

    `elsewhere`: those with orders of channels that the caller may not touch.
    """
    outcomes, seen, forbidden = [], set(), set(elsewhere)
    for customer_id in customer_ids:
        customer = found.get(customer_id)
        if customer is None:
            outcomes.append(no("customer_not_found", NO_ERASURE["customer_not_found"]))
        elif customer_id in forbidden:
            outcomes.append(no("channel_not_allowed", NO_ERASURE["channel_not_allowed"]))
        elif customer_id in seen or (customer.erased and not contacts.get(customer_id)):
            outcomes.append(
                Outcome(code="already_erased", ok=False, id=customer_id, message=NO_ERASURE["already_erased"])
            )
        else:
            outcomes.append(Outcome(code="erased", id=customer_id))
        seen.add(customer_id)
    return outcomes


def reachable_at(contacts: Sequence[ErasableContact], owner_of: Mapping[UUID, UUID]) -> dict[UUID, set[str]]:
    """How each owner is known in refused orders: e-mail addresses, in small letters, or digits of phone numbers.

    `owner_of`: by contact. The buyer counts, and whoever an order was shipped to where it has no other buyer; not who
    was given a present. The phone counts where there is no e-mail, as for the customer's identity. Pure.
    """
    bought = {contact.order_id for contact in contacts if contact.role == "buyer"}
    known: dict[UUID, set[str]] = {}
    for contact in contacts:
        if contact.role in ("buyer", "profile") or (contact.role == "ship_to" and contact.order_id not in bought):
            email = (contact.email or "").strip().lower()
            digits = "".join(filter(str.isdigit, contact.phone or ""))
            if email or digits:
                known.setdefault(owner_of[contact.id], set()).add(email or digits)
    return known


def erased_event(ctx: Context, customer: CustomerState, contacts: int, orders: int) -> NewEvent:
    """`customer.erased`: how many contacts and refused orders went."""
    data = {"contacts": contacts, "orders": orders}
    return NewEvent(customer.id, customer.version + 1, "customer.erased", data, ctx.now)

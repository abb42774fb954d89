"""Erase people: their contacts, the words they are found by, and refused orders that they sent (law T5)."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.customers.errors import NO_ERASURE
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.queries import query, statement

_IDENTITY_BYTES = 16


class CustomerState(NamedTuple):
    """A customer that is locked."""

    id: UUID
    version: int
    erased: bool


class ErasableContact(NamedTuple):
    """A contact with personal data, and what a refused order of the same person is known by."""

    id: UUID
    customer_id: UUID
    order_id: UUID | None
    role: str
    email: str | None
    phone: str | None


class _Removed(NamedTuple):
    found_by: str


LOCK_CUSTOMERS = query(__package__, "lock_customers", CustomerState)
LOCK_ERASABLE_CONTACTS = query(__package__, "lock_erasable_contacts", ErasableContact)
DELETE_CONTACT_WORDS = statement(__package__, "delete_contact_words")
NULL_CONTACTS = statement(__package__, "null_contacts")
DELETE_INBOX = query(__package__, "delete_inbox_of_people", _Removed)
MARK_CUSTOMERS_ERASED = statement(__package__, "mark_customers_erased")


async def erase_contacts(tx: Transaction, ctx: Context, customer_ids: Sequence[UUID]) -> list[Outcome]:
    """Erase the personal data of customers. Orders, money and stock stay, with ids in place of people.

    Contacts keep their ids and roles; customers lose their identity, references and metadata, so that the same person
    is somebody new with the next order. What an order that was just then being placed brought later, a second call
    erases.

    Permission: `customers.erase`. Locks: customers, contacts, each in id order. Appends `customer.erased`.
    Outcomes, in precedence: `customer_not_found`, `already_erased`, `erased`. Nine statements for any number.
    """
    ctx.require("customers.erase")
    found = {row.id: row for row in await LOCK_CUSTOMERS.fetch(tx, sorted(set(customer_ids)))}
    contacts = await LOCK_ERASABLE_CONTACTS.fetch(tx, sorted(found))
    counts = Counter(contact.customer_id for contact in contacts)
    outcomes = decide_erasures(customer_ids, found, counts)
    erased = [found[o.id] for o in outcomes if o.ok and o.id is not None]
    if erased:
        removed = await _erase(tx, contacts, erased)
        act_id = await record_act(tx, ctx, "erase_contacts")
        await append_events(tx, act_id, [_event(ctx, row, counts[row.id], removed[row.id]) for row in erased])
    return outcomes


def decide_erasures(
    customer_ids: Iterable[UUID], found: Mapping[UUID, CustomerState], contacts: Mapping[UUID, int]
) -> list[Outcome]:
    """What becomes of each customer, given how many contacts with personal data each has. Pure."""
    outcomes, seen = [], set()
    for customer_id in customer_ids:
        customer = found.get(customer_id)
        if customer is None:
            outcomes.append(no("customer_not_found", NO_ERASURE["customer_not_found"]))
        elif customer_id in seen or (customer.erased and not contacts.get(customer_id)):
            outcomes.append(
                Outcome(code="already_erased", ok=False, id=customer_id, message=NO_ERASURE["already_erased"])
            )
        else:
            outcomes.append(Outcome(code="erased", id=customer_id))
        seen.add(customer_id)
    return outcomes


def reachable_at(contacts: Sequence[ErasableContact]) -> dict[UUID, set[str]]:
    """How each customer is known in refused orders: e-mail addresses, in small letters, or digits of phone numbers.

    The buyer counts, and whoever an order was shipped to where it has no other buyer; not who was given a present. The
    phone counts where there is no e-mail, as for the customer's identity. Pure.
    """
    bought = {contact.order_id for contact in contacts if contact.role == "buyer"}
    known: dict[UUID, set[str]] = {}
    for contact in contacts:
        if contact.role in ("buyer", "profile") or (contact.role == "ship_to" and contact.order_id not in bought):
            email = (contact.email or "").strip().lower()
            digits = "".join(filter(str.isdigit, contact.phone or ""))
            if email or digits:
                known.setdefault(contact.customer_id, set()).add(email or digits)
    return known


async def _erase(
    tx: Transaction, contacts: Sequence[ErasableContact], erased: Sequence[CustomerState]
) -> Counter[UUID]:
    """Erase everywhere; returns how many refused orders went with each customer."""
    contact_ids = [contact.id for contact in contacts]
    await DELETE_CONTACT_WORDS.run(tx, contact_ids)
    await NULL_CONTACTS.run(tx, contact_ids)
    owner_of = {text: customer_id for customer_id, texts in reachable_at(contacts).items() for text in texts}
    emails = sorted(text for text in owner_of if "@" in text)
    phones = sorted(text for text in owner_of if "@" not in text)
    removed = Counter(owner_of[row.found_by] for row in await DELETE_INBOX.fetch(tx, emails, phones))
    rows = [(customer.id, secrets.token_bytes(_IDENTITY_BYTES)) for customer in erased]
    await MARK_CUSTOMERS_ERASED.run(tx, *columns(rows, 2))
    return removed


def _event(ctx: Context, customer: CustomerState, contacts: int, orders: int) -> NewEvent:
    data = {"contacts": contacts, "orders": orders}
    return NewEvent(customer.id, customer.version + 1, "customer.erased", data, ctx.now)

"""Subscriber: keep the words of the people and companies of placed orders, to find orders by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.customers.spelling import latin
from orderwright.customers.words import index_keys, is_pair
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import StoredEvent, Subscriber
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class _Waited(NamedTuple):
    waited: bool


class NamedContact(NamedTuple):
    """A contact of an order that has a name."""

    id: UUID
    order_id: UUID
    name: str | None
    company: str | None


SHARE_WORDS = query(__package__, "share_words", _Waited)
LOCK_NAMED_CONTACTS = query(__package__, "lock_named_contacts", NamedContact)
INSERT_NAME_WORDS = statement(__package__, "insert_name_words")
INSERT_CONTACT_WORDS = statement(__package__, "insert_contact_words")


async def index_contact_words(tx: Transaction, ctx: Context, events: Sequence[StoredEvent]) -> None:
    """Index the contacts of orders that were placed, by words and pairs of words. Doing it again changes nothing.

    Four statements for any number.

    Locks: the lock of words, shared: no word is forgotten while it is kept for somebody else. The contacts, shared, in
    id order: a person who is being erased is either erased before, and then not indexed, or waits, and then takes the
    words along.
    """
    order_ids = sorted({event.subject_id for event in events if event.type == "order.placed"})
    if not order_ids:
        return
    await SHARE_WORDS.fetch(tx)
    contacts = await LOCK_NAMED_CONTACTS.fetch(tx, order_ids)
    rows = sorted((word, c.order_id, c.id) for c in contacts for word in index_keys(c.name, c.company))
    if rows:
        singles = sorted({row[0] for row in rows if not is_pair(row[0])})
        await INSERT_NAME_WORDS.run(tx, singles, [latin(word) for word in singles])
        await INSERT_CONTACT_WORDS.run(tx, *columns(rows, 3))


CONTACT_WORDS = Subscriber("contact_words", index_contact_words, frozenset({"order.placed"}))

"""Merge customers who are one person: who may be, and what becomes of their records.

A merged customer stays, as another name of the one that is kept: its id and its identity lead there, so that old ids
are understood and later orders of either identity come to one customer. It has nothing of its own any more.
`flows.merge_customers` puts it together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orderwright.customers.commands import MergeCustomer
from orderwright.customers.erasure import CustomerState
from orderwright.customers.errors import NO_MERGE, refuse
from orderwright.platform.db import Transaction, columns
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import UUID, decode_id, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.platform.queries import query, statement

Merges = Mapping[UUID, UUID]  # the customer that is kept, by the one that goes into it


class Alias(NamedTuple):
    """A customer that was merged: another name of `merged_into`."""

    id: UUID
    merged_into: UUID
    identity_hash: bytes


class _Id(NamedTuple):
    id: UUID


ALIASES = query(__package__, "aliases", Alias)
LOCK_CONTACTS = query(__package__, "lock_contacts", _Id)
GIVE_CONTACTS = query(__package__, "give_contacts", _Id)
GIVE_NOTES = query(__package__, "give_notes", _Id)
RENAME_ALIASES = statement(__package__, "rename_aliases")
TAKE_RECORDS = statement(__package__, "take_records")
MARK_MERGED = statement(__package__, "mark_merged")


def merged_ids(commands: Iterable[MergeCustomer]) -> list[UUID | None]:
    """The customers that go, by command; None for what is no id. Pure."""
    return [_decode(command.merge) for command in commands]


def decide_merges(
    commands: Sequence[MergeCustomer], found: Mapping[UUID, CustomerState]
) -> tuple[list[Outcome], dict[UUID, UUID]]:
    """What becomes of each merge, and those that are to be done. Pure.

    `found`: by each id the customer that it leads to. Several may go into one; who goes is in no other merge.
    """
    outcomes: list[Outcome] = []
    going: dict[UUID, UUID] = {}
    for command, merged_id in zip(commands, merged_ids(commands), strict=True):
        outcome = _decide(command.customer_id, merged_id, found, going)
        if outcome.ok and merged_id is not None and outcome.code == "merged":
            going[merged_id] = command.customer_id
        outcomes.append(outcome)
    return outcomes, going


def _decide(
    kept_id: UUID, merged_id: UUID | None, found: Mapping[UUID, CustomerState], going: Mapping[UUID, UUID]
) -> Outcome:
    kept, merged = found.get(kept_id), None if merged_id is None else found.get(merged_id)
    if kept is None or merged is None or merged_id is None:
        return refuse(NO_MERGE, "customer_not_found")
    if kept_id != merged_id and kept.id == merged.id:
        return Outcome(code="already_merged", id=kept.id)
    return _refusal(kept_id, merged_id, kept, merged, going) or Outcome(code="merged", id=kept_id)


def _refusal(
    kept_id: UUID, merged_id: UUID, kept: CustomerState, merged: CustomerState, going: Mapping[UUID, UUID]
) -> Outcome | None:
    if kept_id == merged_id:
        return refuse(NO_MERGE, "same_customer")
    for asked, state in ((kept_id, kept), (merged_id, merged)):
        if state.id != asked:
            details = {"customer_id": encode_id("cus", asked), "merged_into": encode_id("cus", state.id)}
            return refuse(NO_MERGE, "customer_merged", **details)
    if kept.erased or merged.erased:
        return refuse(NO_MERGE, "customer_erased")
    if kept_id in going or merged_id in going or merged_id in going.values():
        return refuse(NO_MERGE, "in_another_merge")
    return None


async def give_contacts(tx: Transaction, merges: Merges, order_ids: Iterable[UUID]) -> Counter[UUID]:
    """Give the contacts of orders, and customers' own, to the customers that are kept; returns how many, by who had
    them. Two statements. Locks: contacts, in id order."""
    locked = [row.id for row in await LOCK_CONTACTS.fetch(tx, list(order_ids), list(merges))]
    return Counter(row.id for row in await GIVE_CONTACTS.fetch(tx, locked, list(merges), list(merges.values())))


async def give_customer_notes(tx: Transaction, merges: Merges) -> Counter[UUID]:
    """Give the notes of customers to those that are kept; returns how many, by who had them. One statement."""
    return Counter(row.id for row in await GIVE_NOTES.fetch(tx, *columns(list(merges.items()), 2)))


async def mark_merged(tx: Transaction, merges: Merges) -> None:
    """Make locked customers other names of those that are kept, with their own other names. Three statements."""
    pairs = columns(sorted(merges.items()), 2)
    await RENAME_ALIASES.run(tx, *pairs)
    await TAKE_RECORDS.run(tx, pairs[1], pairs[0])
    await MARK_MERGED.run(tx, *pairs)


async def lock_aliases(tx: Transaction, customer_ids: Iterable[UUID]) -> list[Alias]:
    """Lock the other names of locked customers, in id order. One statement."""
    return await ALIASES.fetch(tx, list(customer_ids))


def _decode(text: str) -> UUID | None:
    try:
        return decode_id("cus", text)
    except InvalidId:
        return None

"""Notes on customers: what people write to each other about one. They may hold personal data: no event or log has
them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.customers.commands import NOTES_MAX, AddCustomerNote, ChangeCustomerNote, RemoveCustomerNote
from orderwright.customers.erasure import CustomerState, lock_customers
from orderwright.customers.errors import NO_NOTE, refuse
from orderwright.customers.story import CustomerStory
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.queries import append, query, statement

CUSTOMER_NOTE_PREFIX = "cnt"
OF_ALL = "A customer is of all channels and locations."
_TOLD = {
    "add_customer_notes": "customer.note_added",
    "change_customer_notes": "customer.note_changed",
    "remove_customer_notes": "customer.note_removed",
}


class CustomerNote(NamedTuple):
    """A note with its words."""

    id: UUID
    customer_id: UUID
    author: str
    words: str
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime


class _Count(NamedTuple):
    customer_id: UUID
    notes: int


COUNT_NOTES = query(__package__, "count_notes", _Count)
NOTES_OF_CUSTOMER = query(__package__, "notes_of_customer", CustomerNote)
READ_NOTES = query(__package__, "read_notes", CustomerNote)
APPEND_NOTES = append("customer_note", "id customer_id author words pinned")
UPDATE_NOTES = statement(__package__, "update_notes")
DELETE_NOTES = statement(__package__, "delete_notes")
ERASE_NOTES = statement(__package__, "erase_notes")


async def notes_of_customer(tx: Transaction, customer_id: UUID) -> list[CustomerNote]:
    """A customer's notes, pinned ones first, then the newest. One statement."""
    return await NOTES_OF_CUSTOMER.fetch(tx, customer_id)


async def noted_customers(tx: Transaction, customer_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many notes customers have; those with none are left out. One statement."""
    return {row.customer_id: row.notes for row in await COUNT_NOTES.fetch(tx, list(customer_ids))}


async def erase_customer_notes(tx: Transaction, customer_ids: Collection[UUID]) -> None:
    """Remove all notes of locked customers. One statement."""
    await ERASE_NOTES.run(tx, list(customer_ids))


async def add_customer_notes(tx: Transaction, ctx: Context, commands: Sequence[AddCustomerNote]) -> list[Outcome]:
    """Write notes on customers. One on a merged customer is the kept one's.

    Permission: `customers.write`, by a caller without limits. Locks: customers. Appends `customer.note_added`.
    Outcomes, in precedence: `customer_not_found` (or erased), `too_many_notes`, `added`.
    """
    _require(ctx)
    found = await lock_customers(tx, [c.customer_id for c in commands])
    locked = {asked: customer for asked, customer in found.items() if not customer.erased}
    counts = await noted_customers(tx, [c.id for c in locked.values()]) if locked else {}
    outcomes: list[Outcome] = []
    rows = []
    for command, note_id in zip(commands, new_ids(len(commands)), strict=True):
        if command.customer_id not in locked:
            outcomes.append(refuse(NO_NOTE, "customer_not_found"))
            continue
        customer_id = locked[command.customer_id].id
        if counts.get(customer_id, 0) >= NOTES_MAX:
            outcomes.append(refuse(NO_NOTE, "too_many_notes"))
            continue
        counts[customer_id] = counts.get(customer_id, 0) + 1
        rows.append((note_id, customer_id, ctx.actor, command.words, command.pinned))
        outcomes.append(Outcome(code="added", id=note_id))
    if rows:
        await APPEND_NOTES.run(tx, rows)
        await _tell(tx, ctx, locked, "add_customer_notes", [(row[1], row[0]) for row in rows])
    return outcomes


async def change_customer_notes(tx: Transaction, ctx: Context, commands: Sequence[ChangeCustomerNote]) -> list[Outcome]:
    """Change the words of notes of one's own, and pin or unpin anybody's.

    Permission: `customers.write`, by a caller without limits. Locks: customers. Appends `customer.note_changed`.
    Outcomes, in precedence: `note_not_found`, `not_the_author`, `unchanged`, `changed`.
    """
    _require(ctx)
    locked, notes = await _lock(tx, [c.customer_note_id for c in commands])
    outcomes = []
    changes: dict[UUID, tuple[str, bool]] = {}
    for command in commands:
        note = notes.get(command.customer_note_id)
        outcome = decide_note_change(ctx, note, command)
        if note is not None and outcome.code == "changed":
            words = note.words if command.words is None else command.words
            pinned = note.pinned if command.pinned is None else command.pinned
            notes[note.id] = note._replace(words=words, pinned=pinned)
            changes[note.id] = (words, pinned)
        outcomes.append(outcome)
    if changes:
        await UPDATE_NOTES.run(tx, *columns([(i, *change) for i, change in changes.items()], 3))
        await _tell(tx, ctx, locked, "change_customer_notes", [(notes[i].customer_id, i) for i in changes])
    return outcomes


async def remove_customer_notes(tx: Transaction, ctx: Context, commands: Sequence[RemoveCustomerNote]) -> list[Outcome]:
    """Remove notes on customers, whoever wrote them.

    Permission: `customers.write`, by a caller without limits. Locks: customers. Appends `customer.note_removed`.
    Outcomes, in precedence: `note_not_found`, `removed`.
    """
    _require(ctx)
    locked, notes = await _lock(tx, [c.customer_note_id for c in commands])
    outcomes, going = [], []
    for command in commands:
        note = notes.pop(command.customer_note_id, None)
        if note is None:
            outcomes.append(refuse(NO_NOTE, "note_not_found"))
        else:
            going.append(note)
            outcomes.append(Outcome(code="removed", id=note.id))
    if going:
        await DELETE_NOTES.run(tx, [note.id for note in going])
        await _tell(tx, ctx, locked, "remove_customer_notes", [(note.customer_id, note.id) for note in going])
    return outcomes


def decide_note_change(ctx: Context, note: CustomerNote | None, command: ChangeCustomerNote) -> Outcome:
    """What becomes of a change. Pure."""
    if note is None:
        return refuse(NO_NOTE, "note_not_found")
    if command.words is not None and command.words != note.words and note.author != ctx.actor:
        return refuse(NO_NOTE, "not_the_author")
    same = command.words in (None, note.words) and command.pinned in (None, note.pinned)
    return Outcome(code="unchanged" if same else "changed", id=note.id)


def _require(ctx: Context) -> None:
    ctx.require("customers.write")
    ctx.require_unlimited(OF_ALL)


async def _lock(
    tx: Transaction, note_ids: Sequence[UUID]
) -> tuple[Mapping[UUID, CustomerState], dict[UUID, CustomerNote]]:
    """The customers of notes, locked, and the notes as they are under these locks. Three statements."""
    found = await READ_NOTES.fetch(tx, list(note_ids))
    locked = await lock_customers(tx, [note.customer_id for note in found])
    kept = {customer.id for customer in locked.values()}
    notes = await READ_NOTES.fetch(tx, list(note_ids))
    return locked, {note.id: note for note in notes if note.customer_id in kept}


async def _tell(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, CustomerState],
    verb: str,
    notes: Iterable[tuple[UUID, UUID]],
) -> None:
    """Tell the event of a verb of each (customer, note). Ids only."""
    story = CustomerStory(locked, ctx.now)
    for customer_id, note_id in notes:
        story.tell(customer_id, _TOLD[verb], {"note_id": encode_id(CUSTOMER_NOTE_PREFIX, note_id)})
    await story.write(tx, await record_act(tx, ctx, verb))

"""Notes: what people write to each other about an order. They may hold personal data: no event or log has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orderwright.orders.annotations.commands import NOTES_MAX, AddNote, ChangeNote, RemoveNote
from orderwright.orders.annotations.errors import refuse
from orderwright.orders.annotations.queries import (
    APPEND_NOTES,
    COUNT_NOTES,
    DELETE_NOTES,
    NOTES_OF_ORDER,
    READ_NOTES,
    UPDATE_NOTES,
    NoteRow,
)
from orderwright.orders.limits import lock_own_orders
from orderwright.orders.queries import LockedOrder
from orderwright.orders.story import OrderStory
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome

NOTE_PREFIX = "nte"
_TOLD = {"add_notes": "order.note_added", "change_notes": "order.note_changed", "remove_notes": "order.note_removed"}


async def notes_of_order(tx: Transaction, order_id: UUID) -> list[NoteRow]:
    """An order's notes, pinned ones first, then the newest. One statement."""
    return await NOTES_OF_ORDER.fetch(tx, order_id)


async def add_notes(tx: Transaction, ctx: Context, commands: Sequence[AddNote]) -> list[Outcome]:
    """Write notes on orders.

    Permission: `orders.note`. Locks: orders. Appends `order.note_added`. Outcomes, in precedence: `order_not_found`,
    `too_many_notes`, `added`.
    """
    ctx.require("orders.note")
    locked = await lock_own_orders(tx, ctx, [c.order_id for c in commands])
    counts = {row.order_id: row.notes for row in await COUNT_NOTES.fetch(tx, list(locked))} if locked else {}
    outcomes: list[Outcome] = []
    rows = []
    for command, note_id in zip(commands, new_ids(len(commands)), strict=True):
        if command.order_id not in locked:
            outcomes.append(refuse("order_not_found"))
            continue
        count = counts[command.order_id] = counts.get(command.order_id, 0) + 1
        if count > NOTES_MAX:
            outcomes.append(refuse("too_many_notes"))
            continue
        rows.append((note_id, command.order_id, ctx.actor, command.words, command.pinned))
        outcomes.append(Outcome(code="added", id=note_id))
    if rows:
        await APPEND_NOTES.run(tx, rows)
        await _tell(tx, ctx, locked, "add_notes", [(row[1], row[0]) for row in rows])
    return outcomes


async def change_notes(tx: Transaction, ctx: Context, commands: Sequence[ChangeNote]) -> list[Outcome]:
    """Change the words of notes of one's own, and pin or unpin anybody's.

    Permission: `orders.note`. Locks: orders. Appends `order.note_changed`. Outcomes, in precedence: `note_not_found`,
    `not_the_author`, `unchanged`, `changed`.
    """
    ctx.require("orders.note")
    locked, notes = await _lock(tx, ctx, [c.note_id for c in commands])
    outcomes = []
    changes: dict[UUID, tuple[str | None, bool | None]] = {}
    for command in commands:
        note = notes.get(command.note_id)
        outcome = decide_change(ctx, note, command)
        if note is not None and outcome.code == "changed":
            notes[note.id] = note._replace(
                words=note.words if command.words is None else command.words,
                pinned=note.pinned if command.pinned is None else command.pinned,
            )
            changes[note.id] = (notes[note.id].words, notes[note.id].pinned)
        outcomes.append(outcome)
    if changes:
        await UPDATE_NOTES.run(tx, *columns([(i, *change) for i, change in changes.items()], 3))
        told = [(notes[i].order_id, i) for i in changes]
        await _tell(tx, ctx, locked, "change_notes", told)
    return outcomes


async def remove_notes(tx: Transaction, ctx: Context, commands: Sequence[RemoveNote]) -> list[Outcome]:
    """Remove notes, whoever wrote them.

    Permission: `orders.note`. Locks: orders. Appends `order.note_removed`. Outcomes, in precedence: `note_not_found`,
    `removed`.
    """
    ctx.require("orders.note")
    locked, notes = await _lock(tx, ctx, [c.note_id for c in commands])
    outcomes, going = [], []
    for command in commands:
        note = notes.pop(command.note_id, None)
        if note is None:
            outcomes.append(refuse("note_not_found"))
        else:
            going.append(note)
            outcomes.append(Outcome(code="removed", id=note.id))
    if going:
        await DELETE_NOTES.run(tx, [note.id for note in going])
        told = [(note.order_id, note.id) for note in going]
        await _tell(tx, ctx, locked, "remove_notes", told)
    return outcomes


def decide_change(ctx: Context, note: NoteRow | None, command: ChangeNote) -> Outcome:
    """What becomes of a change. Pure."""
    if note is None:
        return refuse("note_not_found")
    if command.words is not None and command.words != note.words and note.author != ctx.actor:
        return refuse("not_the_author")
    same = command.words in (None, note.words) and command.pinned in (None, note.pinned)
    return Outcome(code="unchanged" if same else "changed", id=note.id)


async def _lock(
    tx: Transaction, ctx: Context, note_ids: Sequence[UUID]
) -> tuple[Mapping[UUID, LockedOrder], dict[UUID, NoteRow]]:
    """The orders of notes, locked, and the notes as they are under these locks. Three statements."""
    found = await READ_NOTES.fetch(tx, list(note_ids))
    locked = await lock_own_orders(tx, ctx, [note.order_id for note in found])
    notes = await READ_NOTES.fetch(tx, list(note_ids))
    return locked, {note.id: note for note in notes if note.order_id in locked}


async def _tell(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, LockedOrder],
    verb: str,
    notes: Iterable[tuple[UUID, UUID]],
) -> None:
    """Tell the event of a verb of each (order, note). Ids only."""
    story = OrderStory(locked, ctx.now)
    for order_id, note_id in notes:
        story.tell(order_id, _TOLD[verb], {"note_id": encode_id(NOTE_PREFIX, note_id)})
    await story.write(tx, await record_act(tx, ctx, verb))

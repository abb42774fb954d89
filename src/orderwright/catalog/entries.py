"""Entries of the catalogue as they are stored, in the same shape as they were sent, and how they are decided upon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

from orderwright.catalog.contract import UpsertChannel, UpsertLocation, UpsertPool, UpsertSku
from orderwright.catalog.errors import REFUSALS, Refusal
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.json_values import refuse_json, same_json
from orderwright.platform.outcomes import Outcome
from orderwright.platform.versions import differs

_JSON_FIELDS = frozenset({"attributes", "metadata"})
FIRST_VERSION = 1


Command = UpsertSku | UpsertPool | UpsertLocation | UpsertChannel
T = TypeVar("T", bound=Command)


class Entry(NamedTuple, Generic[T]):
    """A stored entry. `content` is equal to the command that would change nothing."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    content: T


class UpsertOutcome(Outcome, frozen=True, kw_only=True):
    """What became of one command. `code` is created, updated, unchanged, or one of `catalog.errors.REFUSALS`.

    `item` is the code of the entry; `id` and `version` are those it has now, None when it does not exist.
    """

    item: str
    version: int | None = None


class Decision(NamedTuple, Generic[T]):
    """An outcome and, unless nothing is to be written, the content, the names of the fields that change, and what was
    there before."""

    outcome: UpsertOutcome
    content: T | None = None
    changed: tuple[str, ...] = ()
    before: T | None = None


class Change(NamedTuple, Generic[T]):
    """An entry to write: `version` is its new one, and the `seq` of the event about it."""

    id: UUID
    version: int
    content: T
    changed: tuple[str, ...]
    before: T | None = None  # None: it is new


def decide_upserts(
    commands: Sequence[T], stored: Mapping[str, Entry[T]], refuse: Callable[[T, Entry[T] | None], Refusal | None]
) -> list[Decision[T]]:
    """Decide each command against what is stored, by code. Pure but for the new ids.

    Outcomes, in precedence: `duplicate_in_batch` (the first of a code wins, whatever becomes of it),
    `version_conflict` (unless it is as it is sent: a repetition is told `unchanged`), what `refuse` says, `created`,
    `unchanged`, `updated`.
    """
    seen: set[str] = set()
    decisions: list[Decision[T]] = []
    for said, spare_id in zip(commands, new_ids(len(commands)), strict=True):
        entry, command = stored.get(said.code), msgspec.structs.replace(said, version=None)
        version = None if entry is None else entry.version
        if command.code in seen:
            refusal: Refusal | None = Refusal("duplicate_in_batch", {})
        elif differs(said.version, version) and (entry is None or changed_fields(entry.content, command)):
            refusal = Refusal("version_conflict", {"version": version})
        else:
            refusal = refuse(command, entry)
        seen.add(command.code)
        decisions.append(_decide(command, entry, refusal, spare_id))
    return decisions


def _decide(command: T, entry: Entry[T] | None, refusal: Refusal | None, spare_id: UUID) -> Decision[T]:
    if refusal is not None:
        return Decision(_refused(command, entry, refusal))
    if entry is None:
        return Decision(UpsertOutcome(code="created", item=command.code, id=spare_id, version=FIRST_VERSION), command)
    changed = changed_fields(entry.content, command)
    if not changed:
        return Decision(UpsertOutcome(code="unchanged", item=command.code, id=entry.id, version=entry.version))
    version = entry.version + 1
    outcome = UpsertOutcome(code="updated", item=command.code, id=entry.id, version=version)
    return Decision(outcome, command, changed, entry.content)


def _refused(command: T, entry: Entry[T] | None, refusal: Refusal) -> UpsertOutcome:
    return UpsertOutcome(
        code=refusal.code,
        ok=False,
        item=command.code,
        id=entry.id if entry else None,
        version=entry.version if entry else None,
        message=REFUSALS[refusal.code],
        details=refusal.details,
    )


def changed_fields(old: T, new: T) -> tuple[str, ...]:
    """The names of the fields in which two contents differ, in the order of the contract."""
    return tuple(
        name
        for name in new.__struct_fields__
        if (a := getattr(old, name)) is not (b := getattr(new, name))
        and (not same_json(a, b) if name in _JSON_FIELDS else a != b)
    )


def changes_of(decisions: Sequence[Decision[T]]) -> list[Change[T]]:
    """What is to be written, in the order of the commands."""
    return [
        Change(d.outcome.id, d.outcome.version, d.content, d.changed, d.before)
        for d in decisions
        if d.content is not None and d.outcome.id is not None and d.outcome.version is not None
    ]


def refuse_json_fields(command: Command) -> Refusal | None:
    """The refusal for free JSON that cannot be stored, if any."""
    for name in ("attributes", "metadata"):
        value = getattr(command, name, None)
        code = refuse_json(value) if value else None
        if code is not None:
            return Refusal(code, {"field": name})
    return None

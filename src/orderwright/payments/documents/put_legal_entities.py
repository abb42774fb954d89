"""Add and change the companies that invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

import msgspec

from orderwright.payments.documents.contract import Labelled, PutLegalEntity, ReplaceLegalEntity
from orderwright.payments.documents.errors import REFUSALS
from orderwright.payments.documents.patterns import are_apart, is_pattern
from orderwright.payments.documents.queries import (
    APPEND_ENTITY_VERSIONS,
    LOCK_LEGAL_ENTITIES,
    PUT_LEGAL_ENTITIES,
    READ_LEGAL_ENTITIES,
    EntityRow,
)
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, differs

WRITE_PERMISSION = "documents.write"
_encode = msgspec.json.Encoder().encode
_decode_labelled = msgspec.json.Decoder(list[Labelled]).decode


class EntityChange(NamedTuple):
    """A company as it is to be, in a new version."""

    id: UUID
    version: int
    content: PutLegalEntity


async def put_legal_entities(tx: Transaction, ctx: Context, commands: Sequence[PutLegalEntity]) -> list[Outcome]:
    """Make each company be as it is sent, creating it if needed. Documents that were issued show it as it was.

    Permission: `documents.write`, by a caller without limits. Locks: the merchant's companies. Appends
    `legal_entity.created` and `legal_entity.updated`. Outcomes, in precedence: `duplicate_in_batch`,
    `unknown_time_zone`, `impossible_pattern`, `patterns_alike`, `unchanged`, `version_conflict`, `created`, `updated`.
    """
    ctx.require(WRITE_PERMISSION)
    ctx.require_unlimited("Companies are of all channels and locations.")
    if not commands:
        return []
    await LOCK_LEGAL_ENTITIES.run(tx)
    stored = {row.code: row for row in await READ_LEGAL_ENTITIES.fetch(tx, [c.code for c in commands])}
    outcomes, changes = decide_entities(commands, stored)
    if changes:
        act_id = await record_act(tx, ctx, "put_legal_entities")
        await PUT_LEGAL_ENTITIES.run(tx, *columns([(c.id, c.content.code, c.version) for c in changes], 3))
        await APPEND_ENTITY_VERSIONS.run(tx, [_row(change, act_id) for change in changes])
        before = {row.id: content_of(row) for row in stored.values()}
        await record_changes(tx, act_id, [changed("legal_entity", c.id, before.get(c.id), c.content) for c in changes])
        await append_events(tx, act_id, [_event(ctx, change) for change in changes])
    return outcomes


def decide_entities(
    commands: Sequence[PutLegalEntity], stored: Mapping[str, EntityRow]
) -> tuple[list[Outcome], list[EntityChange]]:
    """Decide each command against what is stored. Pure but for the new ids."""
    outcomes: list[Outcome] = []
    changes: list[EntityChange] = []
    seen: set[str] = set()
    for said, new in zip(commands, new_ids(len(commands)), strict=True):
        command = said.content if isinstance(said, ReplaceLegalEntity) else said
        old = stored.get(command.code)
        refused = _refuse(command, seen)
        version = None if old is None else old.version
        seen.add(command.code)
        if refused is not None:
            outcomes.append(refused)
        elif old is not None and content_of(old) == command:
            outcomes.append(Outcome(code="unchanged", id=old.id))
        elif isinstance(said, ReplaceLegalEntity) and differs(said.version, version):
            outcomes.append(no("version_conflict", VERSION_CONFLICT, version=version))
        else:
            change = EntityChange(old.id if old else new, old.version + 1 if old else 1, command)
            changes.append(change)
            outcomes.append(Outcome(code="updated" if old else "created", id=change.id))
    return outcomes, changes


def _refuse(command: PutLegalEntity, seen: set[str]) -> Outcome | None:
    if command.code in seen:
        return no("duplicate_in_batch", REFUSALS["duplicate_in_batch"])
    if command.time_zone not in _time_zones():
        return no("unknown_time_zone", REFUSALS["unknown_time_zone"], time_zone=command.time_zone)
    for kind, pattern in command.patterns.items():
        if not is_pattern(pattern):
            return no("impossible_pattern", REFUSALS["impossible_pattern"], field=f"{kind}_numbers")
    if not are_apart(command.patterns.values()):
        return no("patterns_alike", REFUSALS["patterns_alike"])
    return None


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"Factory", "localtime"}


def content_of(row: EntityRow) -> PutLegalEntity:
    """A stored company as it was sent."""
    return PutLegalEntity(
        code=row.code, name=row.name, address=row.address, country=row.country, time_zone=row.time_zone,
        tax_ids=_decode_labelled(row.tax_ids), register=row.register, bank=_decode_labelled(row.bank), note=row.note,
        invoice_numbers=row.invoice_numbers, credit_note_numbers=row.credit_note_numbers,
        receipt_numbers=row.receipt_numbers,
    )  # fmt: skip


def _row(change: EntityChange, act_id: UUID) -> tuple[object, ...]:
    it = change.content
    return (
        change.id, change.version, it.name, it.address, it.country, it.time_zone, _encode(it.tax_ids).decode(),
        it.register, _encode(it.bank).decode(), it.note, it.invoice_numbers, it.credit_note_numbers,
        it.receipt_numbers, act_id,
    )  # fmt: skip


def _event(ctx: Context, change: EntityChange) -> NewEvent:
    data = {"code": change.content.code}
    if change.version == 1:
        return NewEvent(change.id, change.version, "legal_entity.created", data, ctx.now)
    return NewEvent(change.id, change.version, "legal_entity.updated", data, ctx.now)

"""Say which company invoices the orders of a channel, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orderwright.payments.documents.contract import PutChannelInvoicing
from orderwright.payments.documents.errors import REFUSALS
from orderwright.payments.documents.put_legal_entities import WRITE_PERMISSION
from orderwright.payments.documents.queries import (
    LOCK_LEGAL_ENTITIES,
    PUT_CHANNEL_INVOICING,
    READ_CHANNEL_INVOICING,
    READ_LEGAL_ENTITIES,
    ChannelInvoicingRow,
)
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID, new_ids
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.versions import VERSION_CONFLICT, differs


class InvoicingChange(NamedTuple):
    """How a channel is to be invoiced, in a new version."""

    channel_id: UUID
    id: UUID
    legal_entity_id: UUID
    invoice_at: str
    receipts: bool
    version: int


async def put_channel_invoicing(
    tx: Transaction, ctx: Context, commands: Sequence[PutChannelInvoicing]
) -> list[Outcome]:
    """Let each channel be invoiced as it is sent. It holds for what happens from now on: an order gets what it misses
    by it when it is next settled, and stays with the company that issued its first document.

    Permission: `documents.write`; a caller that is limited to channels may only say it of those. Locks: the merchant's
    companies. Appends `channel_invoicing.changed`. Outcomes, in precedence: `duplicate_in_batch`, `unknown_channel`,
    `channel_not_allowed`, `unknown_legal_entity`, `unchanged`, `version_conflict`, `created`, `updated`.
    """
    ctx.require(WRITE_PERMISSION)
    ctx.require_all_locations("Documents are of whole orders.")
    if not commands:
        return []
    await LOCK_LEGAL_ENTITIES.run(tx)
    entities = await READ_LEGAL_ENTITIES.fetch(tx, sorted({c.legal_entity for c in commands}))
    channels = await READ_CHANNEL_INVOICING.fetch(tx, [c.channel for c in commands], None)
    ids = {entity.code: entity.id for entity in entities}
    outcomes, changes = _decide(ctx, commands, {row.channel: row for row in channels}, ids)
    if changes:
        act_id = await record_act(tx, ctx, "put_channel_invoicing")
        made = [change for change, _ in changes]
        await PUT_CHANNEL_INVOICING.run(tx, *columns(made, len(InvoicingChange._fields)))
        before = {row.id: row for row in channels if row.id is not None}
        await record_changes(
            tx,
            act_id,
            [changed("channel_invoicing", c.id, _content(before.get(c.id)), _content(said)) for c, said in changes],
        )
        await append_events(tx, act_id, [_event(ctx, change, command) for change, command in changes])
    return outcomes


def _decide(
    ctx: Context,
    commands: Sequence[PutChannelInvoicing],
    channels: Mapping[str, ChannelInvoicingRow],
    entities: Mapping[str, UUID],
) -> tuple[list[Outcome], list[tuple[InvoicingChange, PutChannelInvoicing]]]:
    outcomes: list[Outcome] = []
    changes: list[tuple[InvoicingChange, PutChannelInvoicing]] = []
    seen: set[str] = set()
    for command, new in zip(commands, new_ids(len(commands)), strict=True):
        row = channels.get(command.channel)
        why = None
        if command.channel in seen:
            why = "duplicate_in_batch"
        elif row is None:
            why = "unknown_channel"
        elif not ctx.may_channel(row.channel_id):
            why = "channel_not_allowed"
        elif command.legal_entity not in entities:
            why = "unknown_legal_entity"
        seen.add(command.channel)
        if why is not None or row is None:
            outcomes.append(no(why or "unknown_channel", REFUSALS[why or "unknown_channel"]))
        elif (row.legal_entity, row.invoice_at, row.receipts) == (
            command.legal_entity, command.invoice_at, command.receipts,
        ):  # fmt: skip
            outcomes.append(Outcome(code="unchanged", id=row.id))
        elif differs(command.version, row.version):
            outcomes.append(no("version_conflict", VERSION_CONFLICT, version=row.version))
        else:
            entity = entities[command.legal_entity]
            made = InvoicingChange(
                row.channel_id, row.id or new, entity, command.invoice_at, command.receipts, (row.version or 0) + 1
            )
            changes.append((made, command))
            outcomes.append(Outcome(code="updated" if row.id else "created", id=made.id))
    return outcomes, changes


def _content(it: ChannelInvoicingRow | PutChannelInvoicing | None) -> dict[str, object] | None:
    if it is None:
        return None
    return {
        "channel": it.channel, "legal_entity": it.legal_entity, "invoice_at": it.invoice_at, "receipts": it.receipts,
    }  # fmt: skip


def _event(ctx: Context, change: InvoicingChange, command: PutChannelInvoicing) -> NewEvent:
    data = {
        "channel": command.channel,
        "legal_entity": command.legal_entity,
        "invoice_at": command.invoice_at,
        "receipts": command.receipts,
    }
    return NewEvent(change.id, change.version, "channel_invoicing.changed", data, ctx.now)

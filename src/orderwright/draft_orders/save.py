"""Keep draft orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import UnsetType

from orderwright import catalog
from orderwright.catalog import ChannelFacts
from orderwright.draft_orders.contract import CONTENT_BYTES_MAX, SaveDraftOrder
from orderwright.draft_orders.decide import may_draft, stale
from orderwright.draft_orders.errors import DRAFTS_MAX, refuse
from orderwright.draft_orders.queries import (
    COUNT_DRAFTS,
    INSERT_DRAFTS,
    LOCK_NAMED_DRAFTS,
    UPDATE_DRAFTS,
    DraftOrderRow,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome

KEPT_DAYS = 30


async def save_draft_orders(
    tx: Transaction, ctx: Context, commands: Sequence[SaveDraftOrder], *, kept_days: int = KEPT_DAYS
) -> list[Outcome]:
    """Keep draft orders, for `kept_days` after they were saved last. Nothing is promised and no stock is taken. Of two
    of one external id in a call the second differs in revision. It leaves no entry in the audit trail: a draft is saved
    while it is typed, and nothing was ordered yet.

    Permission: `orders.draft`. Locks: the drafts (id order). Outcomes, in precedence: `unknown_channel`,
    `channel_not_allowed`, `draft_too_large`, `draft_not_found` (somebody else's, or deleted), `draft_placed`,
    `unchanged`, `revision_differs`, `too_many_drafts`, `saved`. `details` of the good ones has the `revision`.
    """
    ctx.require("orders.draft")
    channels = await catalog.channels_by_code(tx, sorted({c.order.channel for c in commands if c.order.channel}))
    found = {row.external_id: row for row in await LOCK_NAMED_DRAFTS.fetch(tx, [c.external_id for c in commands])}
    [owned] = await COUNT_DRAFTS.fetch(tx, ctx.actor)
    room = DRAFTS_MAX - owned.drafts
    outcomes: list[Outcome] = []
    new: dict[str, tuple[UUID, str, UUID | None, str, str | None]] = {}
    anew: dict[str, tuple[UUID, UUID | None, str, str | None]] = {}
    for command, new_id in zip(commands, new_ids(len(commands)), strict=True):
        name = command.external_id
        row = found.get(name)
        outcome = _decide(ctx, command, row, channels)
        if outcome is None and (name in new or name in anew):
            outcome = refuse("revision_differs")
        elif outcome is None and row is None and len(new) >= room:
            outcome = refuse("too_many_drafts")
        if outcome is None:
            channel = channels[command.order.channel].id if command.order.channel else None
            body = msgspec.json.encode(command.order).decode()
            if row is None:
                new[name] = (new_id, name, channel, body, command.note)
            else:
                anew[name] = (row.id, channel, body, command.note)
            revision = 1 if row is None else row.revision + 1
            draft_id = new_id if row is None else row.id
            outcome = Outcome(code="saved", id=draft_id, details={"revision": revision})
        outcomes.append(outcome)
    if anew:
        await UPDATE_DRAFTS.run(tx, *columns(list(anew.values()), 4), ctx.actor, kept_days)
    if new:
        written = {
            row.id for row in await INSERT_DRAFTS.fetch(tx, *columns(list(new.values()), 5), ctx.actor, kept_days)
        }
        lost = {values[0] for values in new.values()} - written
        outcomes = [refuse("revision_differs") if o.ok and o.id in lost else o for o in outcomes]
    return outcomes


def _decide(
    ctx: Context, command: SaveDraftOrder, row: DraftOrderRow | None, channels: Mapping[str, ChannelFacts]
) -> Outcome | None:
    """What becomes of one draft before anything is counted; None: it is written. Pure."""
    refused = _refused_channel(ctx, command.order.channel, channels)
    if refused is not None:
        return refused
    said = msgspec.json.encode(command.order)
    if len(said) > CONTENT_BYTES_MAX:
        return refuse("draft_too_large")
    if row is None:
        return refuse("draft_not_found") if command.revision is not None else None
    return _decide_known(ctx, command, row, said)


def _refused_channel(ctx: Context, code: str | UnsetType, channels: Mapping[str, ChannelFacts]) -> Outcome | None:
    if not code:
        return None
    if code not in channels:
        return refuse("unknown_channel", channel=code)
    return None if ctx.may_channel(channels[code].id) else refuse("channel_not_allowed", channel=code)


def _decide_known(ctx: Context, command: SaveDraftOrder, row: DraftOrderRow, said: bytes) -> Outcome | None:
    """What becomes of one that is there already; None: it is written anew. Pure."""
    if not may_draft(ctx, row) or (row.deleted and row.order_id is None):
        return refuse("draft_not_found")
    if row.order_id is not None:
        return refuse("draft_placed", order_id=encode_id("ord", row.order_id))
    if msgspec.json.decode(row.body) == msgspec.json.decode(said) and row.note == command.note:
        return Outcome(code="unchanged", id=row.id, details={"revision": row.revision})
    return stale(row, command.revision if command.revision is not None else 0)

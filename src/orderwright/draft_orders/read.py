"""Read draft orders, and lock them to be placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderwright.draft_orders.decide import may_draft
from orderwright.draft_orders.queries import LIST_DRAFTS, LOCK_DRAFTS, MARK_PLACED, READ_DRAFT, DraftOrderRow
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID


async def list_drafts(
    tx: Transaction, ctx: Context, *, mine: bool, before: datetime, below: UUID, limit: int
) -> list[DraftOrderRow]:
    """Drafts that the caller sees, saved last first, from a place in that order. One statement. No locks."""
    channels = None if ctx.channels is None else list(ctx.channels)
    return await LIST_DRAFTS.fetch(tx, ctx.actor, mine, ctx.locations is None, channels, before, below, limit)


async def read_draft(tx: Transaction, ctx: Context, draft_id: UUID) -> DraftOrderRow | None:
    """A draft that the caller sees, placed or not; None for one that was deleted. One statement. No locks."""
    row = await READ_DRAFT.first(tx, draft_id)
    return row if row is not None and not row.deleted and may_draft(ctx, row) else None


async def lock_drafts(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, DraftOrderRow]:
    """Lock drafts in id order. One statement."""
    return {row.id: row for row in await LOCK_DRAFTS.fetch(tx, sorted(set(ids)))}


async def mark_placed(tx: Transaction, orders: Mapping[UUID, UUID]) -> None:
    """Point locked drafts to their orders, and empty them. One statement, or none."""
    if orders:
        await MARK_PLACED.run(tx, list(orders), list(orders.values()))

"""Read pay-outs, their lines, and what is in none."""

from __future__ import annotations

from datetime import timedelta

from orderwright.payments.payouts.queries import (
    LIST_PAYOUTS,
    MISSING,
    READ_LINES,
    READ_PAYOUT,
    LineRow,
    MissingRow,
    PayoutRow,
)
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, id_from_time

_LAST = UUID(b"\xff" * 16)
MISSING_AFTER_DAYS = 7  # what moved so long ago is missed
WITHIN_DAYS = 90  # what moved earlier is not looked for


async def list_payouts(tx: Transaction, *, after: UUID | None, provider: str | None, limit: int) -> list[PayoutRow]:
    """Pay-outs, the latest imported first. One statement."""
    return await LIST_PAYOUTS.fetch(tx, after or _LAST, provider, limit)


async def read_payout(tx: Transaction, payout_id: UUID) -> PayoutRow | None:
    """A pay-out. One statement."""
    return await READ_PAYOUT.first(tx, payout_id)


async def read_lines(
    tx: Transaction, payout_id: UUID, *, after: int, only_differences: bool, limit: int
) -> list[LineRow]:
    """Lines of a pay-out. One statement."""
    return await READ_LINES.fetch(tx, payout_id, after, only_differences, limit)


async def missing_movements(
    tx: Transaction,
    ctx: Context,
    *,
    days: int = MISSING_AFTER_DAYS,
    within_days: int = WITHIN_DAYS,
    provider: str | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[MissingRow]:
    """Captures and refunds of ours that were written down more than `days` and at most `within_days` ago, and that no
    pay-out has, of providers of which there are pay-outs. One statement."""
    first = id_from_time(ctx.now - timedelta(days=within_days))
    last = id_from_time(ctx.now - timedelta(days=days))
    return await MISSING.fetch(tx, max(after or first, first), last, provider, limit)

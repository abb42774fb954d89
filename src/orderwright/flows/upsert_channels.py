"""Create channels and change how they sell."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright import catalog, orders
from orderwright.catalog import UpsertChannel, UpsertOutcome
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.work import enqueue_work


async def upsert_channels(tx: Transaction, ctx: Context, commands: Sequence[UpsertChannel]) -> list[UpsertOutcome]:
    """Make each channel be as it is sent, creating it if needed. What it sold already stays as it was promised; what
    waits for supply may have what its channel's pools and buffer allow by now: the backorder pump looks at it.

    Permission: `catalog.write`; with limits, for the caller's own channels, whose pools stay. Locks: the catalogue,
    then the rows written. Appends `channel.created`, `channel.updated`. Outcomes, in precedence: `duplicate_in_batch`,
    `version_conflict`, `channel_not_allowed`, `pools_not_allowed`, `unstorable_value`, `metadata_too_large`,
    `unknown_currency`, `repeated_pool`, `unknown_pool`, `created`, `unchanged`, `updated`.
    """
    outcomes = await catalog.put_channels(tx, ctx, commands)
    changed = [outcome.id for outcome in outcomes if outcome.code == "updated" and outcome.id is not None]
    if changed:
        await enqueue_work(tx, "backorders", await orders.skus_waited_for(tx, changed))
    return outcomes

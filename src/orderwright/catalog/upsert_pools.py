"""Create pools and change what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright.catalog.changes import append_changes, lock_catalog, require_write
from orderwright.catalog.contract import UpsertPool
from orderwright.catalog.entries import Change, Entry, UpsertOutcome, changes_of, decide_upserts, refuse_json_fields
from orderwright.catalog.errors import Refusal
from orderwright.catalog.queries import PUT_POOLS
from orderwright.catalog.reading import read_pools
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns


async def upsert_pools(tx: Transaction, ctx: Context, commands: Sequence[UpsertPool]) -> list[UpsertOutcome]:
    """Make each pool be as it is sent, creating it if needed.

    Permission: `catalog.write`, by a caller without limits. Locks: the catalogue, then the rows written. Appends
    `pool.created`, `pool.updated`. Outcomes, in precedence: `duplicate_in_batch`, `version_conflict`,
    `unstorable_value`, `metadata_too_large`, `created`, `unchanged`, `updated`.
    """
    require_write(ctx)
    await lock_catalog(tx)
    stored = {entry.content.code: entry for entry in await read_pools(tx, codes=[c.code for c in commands])}
    decisions = decide_upserts(commands, stored, refuse_pool)
    if changes := changes_of(decisions):
        await PUT_POOLS.run(tx, *columns([_row(change) for change in changes], 5))
        await append_changes(tx, ctx, "upsert_pools", "pool", changes)
    return [decision.outcome for decision in decisions]


def refuse_pool(command: UpsertPool, _: Entry[UpsertPool] | None) -> Refusal | None:
    """Why a pool cannot be as it is sent, or None."""
    return refuse_json_fields(command)


def _row(change: Change[UpsertPool]) -> tuple[Any, ...]:
    pool = change.content
    return change.id, change.version, pool.code, pool.name, msgspec.json.encode(pool.metadata).decode()

"""Write channels. The verb is `flows.upsert_channels`: who waits for supply is told there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from orderwright.catalog.changes import append_changes, lock_catalog, require_write
from orderwright.catalog.contract import UpsertChannel
from orderwright.catalog.entries import Change, Entry, UpsertOutcome, changes_of, decide_upserts, refuse_json_fields
from orderwright.catalog.errors import Refusal
from orderwright.catalog.queries import DELETE_CHANNEL_POOLS, INSERT_CHANNEL_POOLS, PUT_CHANNELS
from orderwright.catalog.reading import read_channels, read_pools
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.money import CURRENCIES


async def put_channels(tx: Transaction, ctx: Context, commands: Sequence[UpsertChannel]) -> list[UpsertOutcome]:
    """Make each channel be as it is sent, creating it if needed; see `upsert_channels` for permission, locks, events
    and outcomes."""
    require_write(ctx, ctx.channels)
    await lock_catalog(tx)
    stored = {entry.content.code: entry for entry in await read_channels(tx, codes=[c.code for c in commands])}
    named = sorted({code for command in commands for code in command.pools})
    pools = {entry.content.code for entry in await read_pools(tx, codes=named)}
    decisions = decide_upserts(commands, stored, partial(refuse_channel, ctx, pools))
    if changes := changes_of(decisions):
        await PUT_CHANNELS.run(tx, *columns([_row(change) for change in changes], 14))
        await DELETE_CHANNEL_POOLS.run(tx, [change.id for change in changes])
        links = [(change.id, n, code) for change in changes for n, code in enumerate(change.content.pools, 1)]
        await INSERT_CHANNEL_POOLS.run(tx, *columns(links, 3))
        await append_changes(tx, ctx, "upsert_channels", "channel", changes)
    return [decision.outcome for decision in decisions]


def refuse_channel(
    ctx: Context, pools: set[str], command: UpsertChannel, entry: Entry[UpsertChannel] | None
) -> Refusal | None:
    """Why a channel cannot be as it is sent, or None. `pools` are the codes of those pools named that exist."""
    if refusal := _refuse_caller(ctx, command, entry) or refuse_json_fields(command):
        return refusal
    if command.currency not in CURRENCIES:
        return Refusal("unknown_currency", {"currency": command.currency})
    if len(set(command.pools)) < len(command.pools):
        return Refusal("repeated_pool", {"pools": _repeated(command.pools)})
    if unknown := [code for code in command.pools if code not in pools]:
        return Refusal("unknown_pool", {"pools": unknown})
    return None


def _refuse_caller(ctx: Context, command: UpsertChannel, entry: Entry[UpsertChannel] | None) -> Refusal | None:
    """What a caller with limits may not: change other channels, or say what its own sells from."""
    if ctx.channels is None:
        return None
    if entry is None or entry.id not in ctx.channels:
        return Refusal("channel_not_allowed", {})
    if entry.content.pools != command.pools:
        return Refusal("pools_not_allowed", {"pools": entry.content.pools})
    return None


def _repeated(codes: Sequence[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})


def _row(change: Change[UpsertChannel]) -> tuple[Any, ...]:
    it, encode = change.content, msgspec.json.encode
    return (
        change.id, change.version, it.code, it.name, it.kind, it.currency, it.brand, it.short_line_policy, it.buffer,
        it.verify_prices, encode(it.checks).decode(), it.active, encode(it.external_refs).decode(),
        encode(it.metadata).decode(),
    )  # fmt: skip

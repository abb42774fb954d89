"""What the four upserts share in writing: one at a time, and an act and events for what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright.catalog.entries import FIRST_VERSION, Change
from orderwright.platform.acts import record_act
from orderwright.platform.changes import changed, record_changes
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID
from orderwright.platform.queries import statement

WRITE_PERMISSION = "catalog.write"
LOCK_CATALOG = statement(__package__, "lock_catalog")


def require_write(ctx: Context, own: frozenset[UUID] | None = None) -> None:
    """Raise `PermissionDenied` unless the caller may write. One that is limited may only where some are its `own`."""
    ctx.require(WRITE_PERMISSION)
    if own is None:
        ctx.require_unlimited("This part of the catalogue is of all channels and locations.")


async def lock_catalog(tx: Transaction) -> None:
    """Wait until no other transaction upserts entries of this merchant. Taken before anything is read."""
    await LOCK_CATALOG.run(tx)


async def append_changes(
    tx: Transaction, ctx: Context, verb: str, subject: str, changes: Sequence[Change[Any]]
) -> None:
    """Record the act and append `<subject>.created` or `<subject>.updated` for each change, and keep what it was
    before: four statements."""
    act_id = await record_act(tx, ctx, verb)
    await record_changes(tx, act_id, [changed(subject, c.id, c.before, c.content) for c in changes])
    await append_events(tx, act_id, [_event(ctx, subject, change) for change in changes])


def _event(ctx: Context, subject: str, change: Change[Any]) -> NewEvent:
    data: dict[str, Any] = {"code": change.content.code}
    if change.version == FIRST_VERSION:
        return NewEvent(change.id, change.version, f"{subject}.created", data, ctx.now)
    data["changed"] = change.changed
    return NewEvent(change.id, change.version, f"{subject}.updated", data, ctx.now)

"""The inbox: bodies of refused orders, kept so that a person can mend them and send them again (law T1).

Bodies hold personal data: they are erased with the person, and 90 days old ones are pruned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement
from orderwright.platform.retention import Pruning


class RefusedRow(NamedTuple):
    """A refused order, without what stands in it. `order_id`: one of the same identity that was taken since."""

    id: UUID
    channel: str | None
    external_id: str | None
    code: str
    message: str
    received_at: datetime
    order_id: UUID | None


class RefusedBody(NamedTuple):
    """A refused order with its body, JSON text, and who sent it."""

    id: UUID
    channel: str | None
    external_id: str | None
    code: str
    message: str
    received_at: datetime
    body: str | None
    actor: str
    request_id: str


class RefusedAgain(NamedTuple):
    """A refused order as intake wrote it. Order of the parameters of `REPLACE_REFUSED`."""

    id: UUID
    channel: str | None
    external_id: str | None
    code: str
    message: str
    body: str | None
    identity_hash: bytes | None
    act_id: UUID


class _Id(NamedTuple):
    id: UUID


LIST_REFUSED = query(__package__, "list_refused", RefusedRow)
READ_REFUSED = query(__package__, "read_refused", RefusedBody)
LOCK_REFUSED = query(__package__, "lock_refused", RefusedBody)
DELETE_REFUSED = statement(__package__, "delete_refused")
TAKE_BACK_REFUSED = query(__package__, "take_back_refused", RefusedAgain)
REPLACE_REFUSED = statement(__package__, "replace_refused")
PRUNE_INBOX = query(__package__, "prune_inbox", _Id)

REFUSED_ORDERS = Pruning("refused_orders", PRUNE_INBOX)  # older than 90 days (law T5)


async def list_refused(
    tx: Transaction,
    ctx: Context,
    *,
    below: UUID,
    limit: int,
    channels: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    taken: bool | None = None,
) -> list[RefusedRow]:
    """Refused orders below an id, newest first, of channels that the actor may touch. One statement. No locks."""
    return await LIST_REFUSED.fetch(tx, below, limit, channels, codes, _allowed(ctx), taken)


async def read_refused(tx: Transaction, ctx: Context, refused_id: UUID) -> RefusedBody | None:
    """A refused order with its body; None when there is none that the actor may touch. One statement. No locks."""
    return await READ_REFUSED.first(tx, [refused_id], _allowed(ctx))


async def lock_refused(tx: Transaction, ctx: Context, ids: Iterable[UUID]) -> dict[UUID, RefusedBody]:
    """Lock refused orders in id order. One statement."""
    return {row.id: row for row in await LOCK_REFUSED.fetch(tx, sorted(set(ids)), _allowed(ctx))}


async def settle_refused(
    tx: Transaction, ctx: Context, *, since: UUID, taken: Sequence[UUID], refused: Sequence[UUID]
) -> None:
    """After locked ones were sent again in this transaction: those that were `taken` go; those `refused` once more, in
    the order in which they were sent, keep their ids and stand as they were sent last.

    `since`: an id made before they were sent. Three statements at most.
    """
    if taken:
        await DELETE_REFUSED.run(tx, list(taken))
    if refused:
        written = sorted(await TAKE_BACK_REFUSED.fetch(tx, since, ctx.request_id))
        rows = [row._replace(id=old) for old, row in zip(refused, written, strict=True)]
        await REPLACE_REFUSED.run(tx, *columns(rows, 8))


def _allowed(ctx: Context) -> list[UUID] | None:
    return None if ctx.channels is None else list(ctx.channels)

"""Who sees which draft order, and what may become of one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderwright.draft_orders.errors import refuse
from orderwright.draft_orders.queries import DraftOrderRow
from orderwright.orders.contract import PlaceOrder
from orderwright.platform.context import Context
from orderwright.platform.outcomes import Outcome
from orderwright.platform.wording import what_is_wrong


def may_draft(ctx: Context, row: DraftOrderRow) -> bool:
    """Whether somebody sees a draft: one's own, and others' of the channels that one may touch. A draft is of no
    location, so who is limited to some sees their own alone."""
    if row.owner == ctx.actor:
        return True
    if ctx.locations is not None:
        return False
    return ctx.channels is None if row.channel_id is None else ctx.may_channel(row.channel_id)


def stale(row: DraftOrderRow, revision: int | None) -> Outcome | None:
    """A "no" for what was decided on another draft than this."""
    if revision is None or revision == row.revision:
        return None
    return refuse("revision_differs", revision=row.revision, saved_by=row.saved_by, saved_at=row.saved_at.isoformat())


def decide_place(ctx: Context, row: DraftOrderRow | None, revision: int | None) -> PlaceOrder | Outcome:
    """The order that a draft is, or what becomes of placing it. Precedence: `draft_not_found`, `replayed`,
    `revision_differs`, `draft_incomplete`. The channel that it is of is checked when it is placed."""
    if row is None or not may_draft(ctx, row) or (row.deleted and row.order_id is None):
        return refuse("draft_not_found")
    if row.order_id is not None:
        return Outcome(code="replayed", id=row.order_id)
    differs = stale(row, revision)
    if differs is not None:
        return differs
    said: Mapping[str, Any] = msgspec.json.decode(row.body)
    body = {"placed_at": ctx.now, **said, "external_id": row.external_id}
    try:
        return msgspec.convert(body, PlaceOrder)
    except msgspec.ValidationError as error:
        return refuse("draft_incomplete", field=what_is_wrong(error).path.strip("."))

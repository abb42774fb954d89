"""Delete draft orders, and have them back within a day."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.draft_orders.contract import DeleteDraftOrder, RestoreDraftOrder
from orderwright.draft_orders.decide import may_draft, stale
from orderwright.draft_orders.errors import refuse
from orderwright.draft_orders.queries import MARK_DELETED, MARK_RESTORED
from orderwright.draft_orders.read import lock_drafts
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome


async def delete_draft_orders(tx: Transaction, ctx: Context, commands: Sequence[DeleteDraftOrder]) -> list[Outcome]:
    """Delete draft orders. They can be restored for a day; the nightly pruning removes them then. It leaves no entry in
    the audit trail: nothing was ordered yet.

    Permission: `orders.draft`. Locks: the drafts (id order). Outcomes, in precedence: `draft_not_found`,
    `draft_placed`, `revision_differs`, `deleted`.
    """
    ctx.require("orders.draft")
    found = await lock_drafts(tx, [c.draft_id for c in commands])
    outcomes = []
    going = set()
    for command in commands:
        row = found.get(command.draft_id)
        if row is None or row.deleted or row.id in going or not may_draft(ctx, row):
            outcome = refuse("draft_not_found")
        elif row.order_id is not None:
            outcome = refuse("draft_placed", order_id=encode_id("ord", row.order_id))
        else:
            outcome = stale(row, command.revision) or Outcome(code="deleted", id=row.id)
        if outcome.ok:
            going.add(command.draft_id)
        outcomes.append(outcome)
    if going:
        await MARK_DELETED.run(tx, sorted(going))
    return outcomes


async def restore_draft_orders(tx: Transaction, ctx: Context, commands: Sequence[RestoreDraftOrder]) -> list[Outcome]:
    """Have deleted draft orders back, as they were.

    Permission: `orders.draft`. Locks: the drafts (id order). Outcomes, in precedence: `draft_not_found`,
    `draft_placed`, `unchanged`, `restored`.
    """
    ctx.require("orders.draft")
    found = await lock_drafts(tx, [c.draft_id for c in commands])
    outcomes = []
    back = set()
    for command in commands:
        row = found.get(command.draft_id)
        if row is None or not may_draft(ctx, row):
            outcomes.append(refuse("draft_not_found"))
        elif row.order_id is not None:
            outcomes.append(refuse("draft_placed", order_id=encode_id("ord", row.order_id)))
        elif not row.deleted or row.id in back:
            outcomes.append(Outcome(code="unchanged", id=row.id))
        else:
            back.add(row.id)
            outcomes.append(Outcome(code="restored", id=row.id))
    if back:
        await MARK_RESTORED.run(tx, sorted(back))
    return outcomes

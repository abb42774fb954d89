"""Write approvals: asked for, and decided once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from orderwright.approvals.commands import GOOD_FOR_D, AskApproval
from orderwright.approvals.queries import APPEND_APPROVALS, DECIDE_APPROVALS, LOCK_APPROVALS, ApprovalRow
from orderwright.approvals.states import ApprovalState
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction, columns
from orderwright.platform.events import NewEvent, append_events
from orderwright.platform.ids import UUID
from orderwright.platform.work import enqueue_work, finish_work

STAGE = "approval"
_TOLD = {
    ApprovalState.APPROVED: "approval.approved",
    ApprovalState.REJECTED: "approval.rejected",
    ApprovalState.EXPIRED: "approval.expired",
    ApprovalState.FAILED: "approval.failed",
}
_FIRST, _SECOND = 1, 2  # a thing is asked for, and decided: its two events


class Decided(NamedTuple):
    """What became of something that waited. `outcome` is what its verb said, where it ran."""

    row: ApprovalRow
    state: ApprovalState
    reason: str | None = None
    outcome: Mapping[str, Any] | None = None


async def lock_approvals(tx: Transaction, approval_ids: Iterable[UUID]) -> dict[UUID, ApprovalRow]:
    """What was asked for, by id, locked. One statement."""
    return {row.id: row for row in await LOCK_APPROVALS.fetch(tx, sorted(set(approval_ids)))}


async def add_approvals(
    tx: Transaction, ctx: Context, act_id: UUID, asked: Sequence[tuple[UUID, AskApproval, Mapping[str, Any]]]
) -> None:
    """Keep what is asked for, with its figures; queued for when it expires. Appends `approval.asked`. 4 statements."""
    expires_at = ctx.now + timedelta(days=GOOD_FOR_D)
    await APPEND_APPROVALS.run(
        tx,
        [
            (new, c.operation, c.subject, _json(c.body), _json(figures), ctx.actor, ctx.answerable, c.reason,
             ApprovalState.WAITING.value, act_id, ctx.now, expires_at)
            for new, c, figures in asked
        ],
    )  # fmt: skip
    told = []
    for new, command, f in asked:
        data = {
            "operation": command.operation, "subject": command.subject, "limit": f["limit"], "max": f["max"],
            "used": f["used"], "asked": f["asked"], "currency": f.get("currency"),
        }  # fmt: skip
        told.append(NewEvent(new, _FIRST, "approval.asked", data, ctx.now))
    await append_events(tx, act_id, told)
    await enqueue_work(tx, STAGE, [new for new, _, _ in asked], expires_at)


async def decide_approvals(tx: Transaction, ctx: Context, act_id: UUID, decided: Sequence[Decided]) -> None:
    """Write what became of them; the caller has locked them. Appends `approval.approved`, `approval.rejected`,
    `approval.expired` or `approval.failed`. Four statements."""
    rows = [
        (d.row.id, d.state.value, d.reason, None if d.outcome is None else _json(d.outcome)) for d in decided
    ]  # fmt: skip
    ids, states, reasons, outcomes = columns(rows, 4)
    await DECIDE_APPROVALS.run(tx, ids, states, ctx.actor, reasons, outcomes, ctx.now)
    told = []
    for d in decided:
        data = {
            "operation": d.row.operation, "subject": d.row.subject,
            "outcome": None if d.outcome is None else d.outcome["code"],
        }  # fmt: skip
        told.append(NewEvent(d.row.id, _SECOND, _TOLD[d.state], data, ctx.now))
    await append_events(tx, act_id, told)
    await finish_work(tx, STAGE, ids)


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()

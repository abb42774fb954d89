"""Approve what was asked for, which does it; reject it; or let it expire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from orderwright import approvals
from orderwright.approvals import ApprovalRow, ApprovalState, DecideApproval, Decided
from orderwright.flows.approvable import APPROVABLE, command_of, run_operation
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.limits import ABOVE_LIMIT, Limits
from orderwright.platform.outcomes import Outcome, no
from orderwright.platform.work import defer_work, finish_work

_NOTHING = Limits(refund_max_minor={}, credit_max_minor={}, adjust_max_units=0)
# What says nothing about the thing itself: it goes on waiting, for another approver or another call.
_WAITS = frozenset({ABOVE_LIMIT, "permission_denied", "duplicate_in_batch", "channel_not_allowed"})


async def approve(tx: Transaction, ctx: Context, commands: Sequence[DecideApproval]) -> list[Outcome]:
    """Do what was asked for, as the approver and on behalf of who asked, in the same transaction. It is done once,
    whoever else approves at the same moment. Where the world moved on meanwhile, or it would give more by now than was
    asked for, it fails, and nothing is done.

    Permission: `approvals.decide`, and that of what is asked for, within the approver's own limits. Locks: approvals,
    then those of what is asked for. Appends `approval.approved` or `approval.failed`. Outcomes, in precedence:
    `approval_not_found`, `duplicate_in_batch`, `wrong_state`, `own_approval`, `permission_denied`, `above_limit` (of
    the approver: it waits for another), `approval_failed` (`details.outcome`: why), `approved` (`details.outcome`).
    """
    going, outcomes = await _decidable(tx, ctx, commands)
    said: dict[UUID, Outcome] = {}
    for operation, spec in APPROVABLE.items():
        mine = {row.id: row for row, _ in going.values() if row.operation == operation}
        if mine and not ctx.may(spec.permission):
            said |= dict.fromkeys(mine, approvals.refuse("permission_denied"))
        else:
            for asker in dict.fromkeys(row.asked_by for row in mine.values()):
                said |= await _run(tx, ctx, operation, asker, [row for row in mine.values() if row.asked_by == asker])
    decided: list[Decided] = []
    for approval_id, (row, command) in going.items():
        outcome = said[approval_id]
        if outcome.code in _WAITS:
            outcomes[approval_id] = outcome
            continue
        state = ApprovalState.APPROVED if outcome.ok else ApprovalState.FAILED
        shown = {"code": outcome.code, "details": outcome.details, "message": outcome.message}
        decided.append(Decided(row, state, command.reason, shown))
        outcomes[approval_id] = (
            Outcome(code="approved", id=approval_id, details={**outcome.details, "outcome": outcome.code})
            if outcome.ok
            else approvals.refuse(
                "approval_failed", **{**outcome.details, "outcome": outcome.code, "why": outcome.message}
            )
        )
    if decided:
        await approvals.decide_approvals(tx, ctx, await record_act(tx, ctx, "approve"), decided)
    return _in_order(commands, outcomes)


async def reject(tx: Transaction, ctx: Context, commands: Sequence[DecideApproval]) -> list[Outcome]:
    """Say no to what was asked for.

    Permission: `approvals.decide`. Locks: approvals. Appends `approval.rejected`. Outcomes, in precedence:
    `approval_not_found`, `duplicate_in_batch`, `wrong_state`, `own_approval`, `rejected`. Six statements.
    """
    going, outcomes = await _decidable(tx, ctx, commands)
    decided = [Decided(row, ApprovalState.REJECTED, command.reason) for row, command in going.values()]
    if decided:
        await approvals.decide_approvals(tx, ctx, await record_act(tx, ctx, "reject"), decided)
    return _in_order(commands, outcomes | {i: Outcome(code="rejected", id=i) for i in going})


async def expire_approvals(tx: Transaction, ctx: Context, approval_ids: Sequence[UUID]) -> None:
    """Let expire what nobody decided in seven days. A stage: queued for that moment.

    Permission: `approvals.decide`. Locks: approvals. Appends `approval.expired`.
    """
    ctx.require("approvals.decide")
    rows = await approvals.lock_approvals(tx, approval_ids)
    late = [row for row in rows.values() if row.state == ApprovalState.WAITING and row.expires_at <= ctx.now]
    if late:
        act_id = await record_act(tx, ctx, "expire_approvals")
        await approvals.decide_approvals(tx, ctx, act_id, [Decided(row, ApprovalState.EXPIRED) for row in late])
    early = {row.id: row.expires_at for row in rows.values() if _waits(row, ctx)}
    await defer_work(tx, "approval", list(early), early)
    await finish_work(tx, "approval", [i for i in approval_ids if i not in early])


def _waits(row: ApprovalRow, ctx: Context) -> bool:
    return row.state == ApprovalState.WAITING and row.expires_at > ctx.now


async def _run(
    tx: Transaction, ctx: Context, operation: str, asker: str, rows: Sequence[ApprovalRow]
) -> dict[UUID, Outcome]:
    """Run a verb for what one person asked, as the approver, on their behalf."""
    cause = encode_id("apr", rows[0].id) if len(rows) == 1 else ctx.cause
    acting = replace(ctx, on_behalf_of=asker, cause=cause)
    made = {row.id: command_of(operation, row.subject, msgspec.json.decode(row.body)) for row in rows}
    good = {i: m for i, m in made.items() if not isinstance(m, Outcome)}
    said = {i: m for i, m in made.items() if isinstance(m, Outcome)}
    if good and APPROVABLE[operation].grows:
        asked = {row.id: int(msgspec.json.decode(row.figures)["asked"]) for row in rows}
        said |= await _more_than_asked(tx, acting, operation, good, asked)
        good = {i: m for i, m in good.items() if i not in said}
    found = await run_operation(tx, acting, operation, list(good.values())) if good else []
    return said | dict(zip(good, found, strict=True))


async def _more_than_asked(
    tx: Transaction, ctx: Context, operation: str, made: Mapping[UUID, msgspec.Struct], asked: Mapping[UUID, int]
) -> dict[UUID, Outcome]:
    """What would give more by now than was asked for: tried by somebody who may give nothing, and so is told how much
    it is. Where that is nothing any more, what was tried is undone; else its locks stay."""
    found: Sequence[Outcome] = []
    try:
        async with tx.savepoint():
            found = await run_operation(tx, replace(ctx, limits=_NOTHING), operation, list(made.values()))
            if any(outcome.ok for outcome in found):
                raise _Undone
    except _Undone:
        pass
    return {
        i: no("exceeds_asked", "By now it is more than was asked for. Ask anew.", **outcome.details)
        for i, outcome in zip(made, found, strict=True)
        if outcome.code == ABOVE_LIMIT and outcome.details["asked"] > asked[i]
    }


class _Undone(Exception):
    """What was only tried is rolled back."""


async def _decidable(
    tx: Transaction, ctx: Context, commands: Sequence[DecideApproval]
) -> tuple[dict[UUID, tuple[ApprovalRow, DecideApproval]], dict[UUID, Outcome]]:
    """What may be decided, locked, in the order of the commands; and why the rest may not."""
    ctx.require("approvals.decide")
    ctx.require_unlimited("Approvals are of all channels and locations.")
    rows = await approvals.lock_approvals(tx, [c.approval_id for c in commands])
    going: dict[UUID, tuple[ApprovalRow, DecideApproval]] = {}
    outcomes: dict[UUID, Outcome] = {}
    for command in commands:
        row = rows.get(command.approval_id)
        if row is None:
            outcomes[command.approval_id] = approvals.refuse("approval_not_found")
        elif not _waits(row, ctx):
            outcomes[row.id] = approvals.refuse("wrong_state", state=row.state)
        elif row.answerable == ctx.answerable:
            outcomes[row.id] = approvals.refuse("own_approval")
        elif row.id not in going:
            going[row.id] = (row, command)
    return going, outcomes


def _in_order(commands: Sequence[DecideApproval], outcomes: Mapping[UUID, Outcome]) -> list[Outcome]:
    """One outcome a command: of one that is named twice the first counts."""
    seen: set[UUID] = set()
    found = []
    for command in commands:
        twice = command.approval_id in seen
        found.append(approvals.refuse("duplicate_in_batch") if twice else outcomes[command.approval_id])
        seen.add(command.approval_id)
    return found

"""Ask that somebody above approves what is above one's limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from orderwright import approvals
from orderwright.approvals import AskApproval
from orderwright.flows.approvable import APPROVABLE, command_of, run_operation
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import new_ids
from orderwright.platform.limits import ABOVE_LIMIT
from orderwright.platform.outcomes import Outcome


class _Undone(Exception):
    """What was only tried is rolled back."""


async def ask_approvals(tx: Transaction, ctx: Context, commands: Sequence[AskApproval]) -> list[Outcome]:
    """Ask for what was refused as `above_limit`. It is tried first, and undone: only what the limit alone forbids is
    asked for, so that who decides is not asked for what cannot be.

    Permission: `approvals.ask`, and that of what is asked for. Locks: those of what is asked for, until it is undone.
    Appends `approval.asked`. Outcomes, in precedence: `not_approvable`, `permission_denied`, what the verb says no
    with, `approval_not_needed`, `asked` (`details`: the limit, what was used of it, what is asked).
    """
    ctx.require("approvals.ask")
    made = [command_of(c.operation, c.subject, c.body) for c in commands]
    said = await _try(tx, ctx, commands, made)
    outcomes: list[Outcome] = []
    asked: list[tuple[Any, AskApproval, dict[str, Any]]] = []
    for command, outcome, new in zip(commands, said, new_ids(len(commands)), strict=True):
        if outcome.code == ABOVE_LIMIT:
            figures = {name: value for name, value in outcome.details.items() if name != "approval"}
            asked.append((new, command, figures))
            outcomes.append(Outcome(code="asked", id=new, details=figures))
        else:
            outcomes.append(approvals.refuse("approval_not_needed") if outcome.ok else outcome)
    if asked:
        await approvals.add_approvals(tx, ctx, await record_act(tx, ctx, "ask_approvals"), asked)
    return outcomes


async def _try(
    tx: Transaction, ctx: Context, commands: Sequence[AskApproval], made: Sequence[msgspec.Struct | Outcome]
) -> list[Outcome]:
    """What the verbs would say. One run of each verb that is named; nothing of it stays."""
    said: list[Outcome | None] = [m if isinstance(m, Outcome) else None for m in made]
    for operation, spec in APPROVABLE.items():
        places = [i for i, c in enumerate(commands) if c.operation == operation and said[i] is None]
        if places and not ctx.may(spec.permission):
            found: Sequence[Outcome] = [approvals.refuse("permission_denied")] * len(places)
        elif places:
            found = await _rehearse(tx, ctx, operation, [made[i] for i in places])
        else:
            continue
        for i, outcome in zip(places, found, strict=True):
            said[i] = outcome
    return [outcome for outcome in said if outcome is not None]


async def _rehearse(
    tx: Transaction, ctx: Context, operation: str, commands: Sequence[msgspec.Struct]
) -> Sequence[Outcome]:
    found: Sequence[Outcome] = []
    try:
        async with tx.savepoint():
            found = await run_operation(tx, ctx, operation, commands)
            raise _Undone
    except _Undone:
        return found

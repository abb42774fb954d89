"""Steps on returns that move no goods: the carrier's first scan, cancel, close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from orderwright import orders, returns
from orderwright.flows.credit_returns import credit_returns
from orderwright.flows.lock_returns import LockedReturns, lock_returns
from orderwright.flows.move_exchanges import end_finished
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome
from orderwright.returns import CloseReturn, Credit, Return, ReturnCommand, ReturnState

Command = TypeVar("Command", ReturnCommand, CloseReturn)
_BEFORE_ARRIVAL = frozenset({ReturnState.REQUESTED})


async def scan_returns(tx: Transaction, ctx: Context, commands: Sequence[ReturnCommand]) -> list[Outcome]:
    """The carrier has scanned parcels for the first time. Money goes back now, where the terms say so.

    Permission: `returns.receive`. Locks: orders. Appends `return.scanned`, `return.credited`. Outcomes, in precedence:
    `return_not_found`, `duplicate_in_batch`, `wrong_state` (it is over), `unchanged` (known, or it is here already),
    `scanned`.
    """
    ctx.require("returns.receive")

    def decide(_: LockedReturns, one: Return, __: ReturnCommand) -> Outcome | None:
        if not one.is_open:
            return returns.refuse("wrong_state", state=one.state.value)
        if one.state not in _BEFORE_ARRIVAL:
            return Outcome(code="unchanged", id=one.id)
        one.move_to(ReturnState.IN_TRANSIT)
        one.scanned_at = ctx.now
        return None

    def tell(story: orders.OrderStory, one: Return) -> None:
        story.tell(one.order_id, "return.scanned", {"return_id": encode_id("ret", one.id)})

    return await _step(tx, ctx, "scan_returns", commands, decide, tell, "scanned")


async def cancel_returns(tx: Transaction, ctx: Context, commands: Sequence[ReturnCommand]) -> list[Outcome]:
    """Goods that were announced and that nobody has sent will not come.

    Permission: `returns.write`. Locks: orders. Appends `return.cancelled`. Outcomes, in precedence: `return_not_found`,
    `duplicate_in_batch`, `wrong_state` (it is on its way, here, or over), `of_exchange`, `cancelled`.
    """
    ctx.require("returns.write")

    def decide(locked: LockedReturns, one: Return, _: ReturnCommand) -> Outcome | None:
        if one.state not in _BEFORE_ARRIVAL:
            return returns.refuse("wrong_state", state=one.state.value)
        if one.id in locked.exchanges:
            return returns.refuse("of_exchange", exchange_id=encode_id("exc", locked.exchanges[one.id].id))
        one.move_to(ReturnState.CANCELLED)
        return None

    def tell(story: orders.OrderStory, one: Return) -> None:
        story.tell(one.order_id, "return.cancelled", {"return_id": encode_id("ret", one.id)})

    return await _step(tx, ctx, "cancel_returns", commands, decide, tell, "cancelled")


async def close_returns(tx: Transaction, ctx: Context, commands: Sequence[CloseReturn]) -> list[Outcome]:
    """Nothing more will come. What was given back on the carrier's scan and never came is charged again, unless it is
    waived.

    Permission: `returns.write`. Locks: orders. Appends `return.closed`, `return.credited` (negative). Outcomes, in
    precedence: `return_not_found`, `duplicate_in_batch`, `wrong_state`, `not_inspected`, `closed`.
    """
    ctx.require("returns.write")

    def decide(_: LockedReturns, one: Return, __: CloseReturn) -> Outcome | None:
        if not one.is_open:
            return returns.refuse("wrong_state", state=one.state.value)
        if one.uninspected:
            return returns.refuse("not_inspected", units=one.uninspected)
        one.move_to(ReturnState.CLOSED)
        return None

    def again(locked: LockedReturns, one: Return, command: CloseReturn) -> list[Credit]:
        return [] if command.waive_missing else returns.charge_again(locked.book(one), one)

    def tell(story: orders.OrderStory, one: Return) -> None:
        story.tell(one.order_id, "return.closed", {"return_id": encode_id("ret", one.id), "why": "asked"})

    return await _step(tx, ctx, "close_returns", commands, decide, tell, "closed", again)


async def _step(
    tx: Transaction,
    ctx: Context,
    verb: str,
    commands: Sequence[Command],
    decide: Callable[[LockedReturns, Return, Command], Outcome | None],
    tell: Callable[[orders.OrderStory, Return], None],
    code: str,
    again: Callable[[LockedReturns, Return, Command], list[Credit]] | None = None,
) -> list[Outcome]:
    """What the three have in common: lock, decide one a return, tell, credit, write."""
    locked = await lock_returns(tx, ctx, [command.return_id for command in commands])
    done: dict[UUID, tuple[Return, Command]] = {}
    outcomes: list[Outcome | UUID] = []
    for command in commands:
        one = locked.returns.get(command.return_id)
        if one is None:
            outcomes.append(returns.refuse("return_not_found"))
        elif one.id in done:
            outcomes.append(returns.refuse("duplicate_in_batch"))
        else:
            refused = decide(locked, one, command)
            if refused is None:
                done[one.id] = (one, command)
            outcomes.append(one.id if refused is None else refused)
    given: dict[UUID, int] = {}
    if done:
        act_id = await record_act(tx, ctx, verb)
        story = orders.OrderStory(locked.orders, ctx.now)
        for one, _ in done.values():
            tell(story, one)
        charged = {i: again(locked, one, command) for i, (one, command) in done.items()} if again else {}
        changed = [one for one, _ in done.values()]
        given = await credit_returns(tx, ctx, act_id, story, locked, changed, charged)
        await end_finished(tx, story, locked, changed)
        await returns.write_returns(tx, changed)
        await story.write(tx, act_id)
    return [o if isinstance(o, Outcome) else Outcome(code=code, id=o, details=_amount(given, o)) for o in outcomes]


def _amount(given: dict[UUID, int], one: UUID) -> dict[str, Any]:
    return {"amount_minor": given[one]} if one in given else {}

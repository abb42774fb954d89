"""A consumer withdraws from an order: what has not left is cancelled, what has comes back, and it is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orderwright import orders, payments, returns
from orderwright.catalog import LocationFacts
from orderwright.flows.cancel_orders import cancel_planned
from orderwright.flows.lock_returns import Places
from orderwright.flows.receive_returns import find_open
from orderwright.flows.request_returns import tell_requested
from orderwright.flows.take_back import Behind, read_behind
from orderwright.orders import CancelPlan, HoldDraft
from orderwright.payments import Entry
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import PolicyOf, RequestedLine, RequestReturn, Return, withdrawals
from orderwright.returns.withdrawals import Withdrawal, WithdrawFacts, WithdrawOrder

WITHDRAWAL = "withdrawal"  # until somebody has seen to what could not be decided at once


class _Made(NamedTuple):
    """A kept statement, with what it brings about."""

    withdrawal: Withdrawal
    plan: CancelPlan | None
    coming: Return | None


async def withdraw_orders(tx: Transaction, ctx: Context, commands: Sequence[WithdrawOrder]) -> list[Outcome]:
    """Take statements of withdrawal (Directive 2011/83/EU): units that have not left are cancelled, also from the
    picker's hands; units that have left become a return on the law's terms. Each statement is kept as it was said, with
    the time, also one that is refused since it came too late or there is no right; saying it twice does nothing. What
    cannot be decided at once (nothing of it is sent, half a kit has left) holds the order (`withdrawal`) for people.

    Permission: `returns.write`. Locks: orders, availability, stock, money. Appends `order.withdrawn` or
    `order.withdrawal_refused`, `order.held`, `return.requested`, and what cancelling appends. Outcomes, in precedence:
    `duplicate_in_batch`, those of `decide_withdrawal`, `unknown_location`, `location_not_allowed`,
    `location_inactive`, `withdrawn` (`details.received_at`, the last days, by line what becomes of it).
    """
    ctx.require("returns.write")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    behind = await read_behind(tx, locked)
    facts = await withdrawals.read_facts(tx, locked, behind.components)
    homes = [_home(facts.get(command.order_id), command) for command in commands]
    places = await Places.read(tx, [c.location for c in commands], [home for home in homes if home is not None])
    made: dict[UUID, _Made] = {}
    outcomes: list[Outcome] = []
    ids = new_ids(2 * len(commands))
    for n, command in enumerate(commands):
        if command.order_id in made:
            outcomes.append(withdrawals.refuse_withdrawal("duplicate_in_batch"))
            continue
        decided = withdrawals.decide_withdrawal(facts.get(command.order_id), command, ids[2 * n], ctx.now)
        if isinstance(decided, Outcome):
            outcomes.append(decided)
            continue
        to = _find(ctx, places, command, homes[n]) if decided.returned else None
        if isinstance(to, Outcome):
            outcomes.append(to)
            continue
        made[command.order_id] = _bring_about(locked, behind, facts, command, decided, to, ids[2 * n + 1])
        outcomes.append(_outcome(decided))
    if made:
        await _write(tx, ctx, locked, behind, facts, made)
    return outcomes


def _home(fact: WithdrawFacts | None, command: WithdrawOrder) -> UUID | None:
    """Where the first of the goods that are meant was sent from."""
    if fact is None:
        return None
    named = None if command.lines is None else {line.line for line in command.lines}
    parts = [p for p in fact.book.all_parts() if p.shipped and (named is None or p.line_n in named)]
    return next((p.location_id for p in parts if p.location_id is not None), None)


def _find(ctx: Context, places: Places, command: WithdrawOrder, home: UUID | None) -> LocationFacts | Outcome:
    """Where goods come back to. A home that was closed since does not keep a consumer from withdrawing: another
    location may take the parcel in."""
    if command.location is not None:
        return find_open(ctx, places, command.location, home)
    return places.find(ctx, None, home)


def _bring_about(
    locked: Mapping[UUID, orders.LockedOrder],
    behind: Behind,
    facts: Mapping[UUID, WithdrawFacts],
    command: WithdrawOrder,
    made: Withdrawal,
    to: LocationFacts | None,
    return_id: UUID,
) -> _Made:
    """Plan the cancellation and the return of a statement. Changes it and the order's book."""
    order_id = command.order_id
    fact = facts[order_id]
    cancel = withdrawals.cancelling(fact, made)
    plan: CancelPlan | None = None
    if cancel is not None:
        quantities = {n: line.quantity for n, line in fact.book.lines.items()}
        decided = orders.decide_cancel(
            locked[order_id], cancel, behind.components[order_id], quantities, behind.free(order_id)
        )
        if isinstance(decided, Outcome):
            raise ValueError(f"what was counted as here cannot be cancelled: {decided.code}")
        plan = decided
    withdrawals.apply_plan(fact, made, plan)
    return _Made(made, plan, _coming(fact, command, made, to, return_id) if to is not None else None)


def _coming(
    fact: WithdrawFacts, command: WithdrawOrder, made: Withdrawal, to: LocationFacts, return_id: UUID
) -> Return:
    terms = withdrawals.lawful_terms(fact.policy.terms)
    method = withdrawals.way_back(terms, command.method)
    lines = [
        RequestedLine(line=n.line_n, quantity=n.returned, reason=withdrawals.REASON) for n in made.lines if n.returned
    ]
    asked = RequestReturn(order_id=command.order_id, lines=lines, method=method)
    coming = returns.new_return(fact.book, PolicyOf(fact.policy.version, terms), return_id, to.id, asked)
    made.return_id = return_id
    charged = method == "label" and withdrawals.REASON not in terms.free_reasons
    made.label_fee_minor = terms.label_fee_minor if charged else 0
    return coming


def _outcome(made: Withdrawal) -> Outcome:
    if made.code != "withdrawn":
        return withdrawals.refusal_of(made, made.id, made.received_at)
    return Outcome(code="withdrawn", id=made.id, details={"received_at": made.received_at} | _facts(made))


def _facts(made: Withdrawal) -> dict[str, Any]:
    return {
        "lines": withdrawals.line_facts(made),
        "return_id": None if made.return_id is None else encode_id("ret", made.return_id),
        "send_back_by": made.send_back_by, "refund_by": made.refund_by,
    }  # fmt: skip


async def _write(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, orders.LockedOrder],
    behind: Behind,
    facts: Mapping[UUID, WithdrawFacts],
    made: Mapping[UUID, _Made],
) -> None:
    act_id = await record_act(tx, ctx, "withdraw_orders")
    story = orders.OrderStory(locked, ctx.now)
    entries: list[Entry] = []
    for order_id, one in made.items():
        said = one.withdrawal
        _tell(story, said)
        entries += payments.charge_entries(
            order_id, payments.Charges().less(withdrawals.delivery_back(said)), "withdrawal",
            prices_include_tax=facts[order_id].book.order.prices_include_tax, subject_id=said.id,
        )  # fmt: skip
    plans = {i: (withdrawals.REASON, one.plan) for i, one in made.items() if one.plan is not None}
    if plans:
        await cancel_planned(tx, ctx, act_id, story, behind, plans)
    by_hand = [one.withdrawal for one in made.values() if any(n.refused == "no_goods" for n in one.withdrawal.lines)]
    holds = [
        (w.order_id, HoldDraft(WITHDRAWAL, ("release", "ship"), {"withdrawal_id": encode_id("wdr", w.id)}))
        for w in by_hand
    ]
    await orders.write_holds(tx, act_id, story, holds)
    coming = [one.coming for one in made.values() if one.coming is not None]
    await returns.write_returns(tx, coming)
    for back in coming:
        tell_requested(story, back, override=False)
    await payments.write_entries(tx, act_id, entries, ctx.now)
    await withdrawals.write_withdrawals(tx, act_id, [one.withdrawal for one in made.values()])
    await story.write(tx, act_id)


def _tell(story: orders.OrderStory, said: Withdrawal) -> None:
    """A statement was taken."""
    data = {"withdrawal_id": encode_id("wdr", said.id), "code": said.code, "whole": said.whole, **_facts(said)}
    if said.code == "withdrawn":
        story.tell(said.order_id, "order.withdrawn", data)
    else:
        story.tell(said.order_id, "order.withdrawal_refused", data)

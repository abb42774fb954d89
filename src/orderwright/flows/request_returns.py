"""Quote what giving goods back would bring, and announce that they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orderwright import inventory, orders, payments, returns
from orderwright.flows.lock_returns import Places
from orderwright.payments import AskKind, OrderMoney
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.returns import OrderBook, PolicyOf, QuoteReturn, RequestReturn, Return


async def quote_returns(tx: Transaction, ctx: Context, commands: Sequence[QuoteReturn]) -> list[Outcome]:
    """What goods would bring if they came back now: by line, why not, or refund, tax and fee; in all, and to which
    payments it would go. Changes nothing.

    Permission: `returns.read`. Locks: orders. Outcomes, in precedence: `order_not_found`, `quoted`.
    """
    ctx.require("returns.read")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    books = await returns.read_books(tx, locked)
    policies = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
    money = {one.order_id: one for one in await payments.read_money(tx, list(locked))}
    outcomes: list[Outcome] = []
    for command in commands:
        order = locked.get(command.order_id)
        if order is None:
            outcomes.append(returns.refuse("order_not_found"))
        else:
            details = _quote(ctx, books[order.id], policies[order.channel_id], money[order.id], command)
            outcomes.append(Outcome(code="quoted", id=order.id, details=details))
    return outcomes


def _quote(ctx: Context, book: OrderBook, policy: PolicyOf, money: OrderMoney, command: QuoteReturn) -> dict[str, Any]:
    terms = policy.terms
    lines: list[dict[str, Any]] = returns.quote_lines(book, terms, command.lines, ctx.now)
    going = [line for line in lines if line["eligible"]]
    refund = sum(line["refund_minor"] for line in going)
    fees = sum(line["fee_minor"] for line in going)
    charged = any(
        asked.reason not in terms.free_reasons
        for asked, line in zip(command.lines, lines, strict=True)
        if line in going
    )
    label = min(terms.label_fee_minor, refund - fees) if command.method == "label" and charged else 0
    back = refund - fees - label
    after = money._replace(balance_minor=money.balance_minor - back)
    refunds = [r for r in payments.decide_settlement(after).requests if r.kind is AskKind.REFUND]
    return {
        "lines": lines, "method_offered": command.method in terms.methods, "refund_on": terms.refund_on,
        "currency": book.order.currency, "refund_minor": refund, "restocking_fees_minor": fees,
        "label_fee_minor": label, "total_minor": back,
        "payments": [
            {"payment_id": encode_id("pay", r.payment_id), "amount_minor": r.amount_minor} for r in refunds
        ],
    }  # fmt: skip


async def request_returns(tx: Transaction, ctx: Context, commands: Sequence[RequestReturn]) -> list[Outcome]:
    """Announce that goods of orders come back. What is on its way back cannot be announced twice.

    Permission: `returns.write`; to take goods against the policy (`override`), `returns.override` too. Locks: orders.
    Appends `return.requested`. Outcomes, in precedence: `order_not_found`, `duplicate_in_batch`, those of
    `returns.refuse_return`, `unknown_location`, `location_not_allowed`, `location_inactive`, `requested`.
    """
    ctx.require("returns.write")
    if any(command.override for command in commands):
        ctx.require("returns.override")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    books = await returns.read_books(tx, locked)
    policies = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
    homes = [returns.sent_from(books[c.order_id], c.lines) if c.order_id in books else None for c in commands]
    places = await Places.read(tx, [c.location for c in commands], [home for home in homes if home is not None])
    made: dict[UUID, tuple[RequestReturn, Return]] = {}
    outcomes: list[Outcome] = []
    for command, home, new in zip(commands, homes, new_ids(len(commands)), strict=True):
        order = locked.get(command.order_id)
        if order is None:
            outcomes.append(returns.refuse("order_not_found"))
            continue
        if order.id in made:
            outcomes.append(returns.refuse("duplicate_in_batch"))
            continue
        decided = _decide(ctx, books[order.id], policies[order.channel_id], places, command, home, new)
        if isinstance(decided, Outcome):
            outcomes.append(decided)
        else:
            made[order.id] = (command, decided)
            outcomes.append(Outcome(code="requested", id=new))
    if made:
        await _write(tx, ctx, locked, list(made.values()))
    return outcomes


def _decide(
    ctx: Context,
    book: OrderBook,
    policy: PolicyOf,
    places: Places,
    command: RequestReturn,
    home: UUID | None,
    new: UUID,
) -> Return | Outcome:
    refused = returns.refuse_return(
        book, policy.terms, command.lines, command.method, ctx.now, override=command.override
    )
    if refused is not None:
        return refused
    to = places.find(ctx, command.location, home)
    if isinstance(to, Outcome):
        return to
    if command.location is not None and not to.active:
        return inventory.refuse("location_inactive", location=to.code)
    return returns.new_return(book, policy, new, to.id, command)


async def _write(
    tx: Transaction, ctx: Context, locked: dict[UUID, orders.LockedOrder], made: list[tuple[RequestReturn, Return]]
) -> None:
    act_id = await record_act(tx, ctx, "request_returns")
    await returns.write_returns(tx, [one for _, one in made])
    story = orders.OrderStory(locked, ctx.now)
    for command, one in made:
        lines = [{"line": n.line_n, "quantity": n.quantity, "reason": n.reason} for n in one.lines.values()]
        story.tell(one.order_id, "return.requested", {
            "return_id": encode_id("ret", one.id), "lines": lines, "method": one.method,
            "location_id": encode_id("loc", one.location_id), "refund_on": one.terms.refund_on,
            "override": command.override,
        })  # fmt: skip
    await story.write(tx, act_id)

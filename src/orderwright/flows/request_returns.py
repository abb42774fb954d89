"""Quote what giving goods back would bring, and announce that they come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from orderwright import inventory, orders, payments, returns
from orderwright.flows.lock_returns import Places
from orderwright.payments import AskKind, OrderMoney, store_credit
from orderwright.payments.store_credit import OwnerRow
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.money import round_minor
from orderwright.platform.outcomes import Outcome
from orderwright.returns import OrderBook, PolicyOf, QuoteReturn, RequestReturn, Return


async def quote_returns(tx: Transaction, ctx: Context, commands: Sequence[QuoteReturn]) -> list[Outcome]:
    """What goods would bring if they came back now: by line, why not, or refund, tax and fee; in all, and to which
    payments it would go, or how much would become store credit. Changes nothing.

    Permission: `returns.read`. Locks: orders. Outcomes, in precedence: `order_not_found`, `quoted`.
    """
    ctx.require("returns.read")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    books = await returns.read_books(tx, locked)
    policies = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
    money = {one.order_id: one for one in await payments.read_money(tx, list(locked))}
    owners = await _credit_owners(tx, commands, locked)
    outcomes: list[Outcome] = []
    for command in commands:
        order = locked.get(command.order_id)
        if order is None:
            outcomes.append(returns.refuse("order_not_found"))
        else:
            details = _quote(ctx, books[order.id], policies[order.channel_id], money[order.id], command)
            details |= _where_to(command, policies[order.channel_id], money[order.id], details, owners.get(order.id))
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
    return {
        "lines": lines, "method_offered": command.method in terms.methods, "refund_on": terms.refund_on,
        "currency": book.order.currency, "refund_minor": refund, "restocking_fees_minor": fees,
        "label_fee_minor": label, "total_minor": back,
    }  # fmt: skip


def _where_to(
    command: QuoteReturn, policy: PolicyOf, money: OrderMoney, quote: dict[str, Any], owner: OwnerRow | None
) -> dict[str, Any]:
    """To which payments it would go, and what would become store credit; `owner` where that is asked for."""
    after = money._replace(balance_minor=money.balance_minor - quote["total_minor"])
    offered = owner is not None and store_credit.refuse_owner(owner) is None
    credit = payments.creditable_minor(after, quote["total_minor"]) if offered else 0
    after = after._replace(balance_minor=after.balance_minor + credit, given_minor=after.given_minor + credit)
    refunds = [r for r in payments.decide_settlement(after).requests if r.kind is AskKind.REFUND]
    said = {
        "payments": [{"payment_id": encode_id("pay", r.payment_id), "amount_minor": r.amount_minor} for r in refunds]
    }
    if command.refund_to == "payment":
        return said
    bonus = round_minor(credit * policy.terms.store_credit_bonus_rate)
    return said | {
        "store_credit_offered": offered, "store_credit_minor": credit, "store_credit_bonus_minor": bonus
    }  # fmt: skip


async def _credit_owners(
    tx: Transaction, commands: Sequence[QuoteReturn | RequestReturn], locked: Collection[UUID]
) -> dict[UUID, OwnerRow]:
    """Whose the orders are that are to bring store credit. One statement, or none."""
    asked = {c.order_id for c in commands if c.refund_to == "store_credit"}
    return await store_credit.owners_of_orders(tx, asked & set(locked))


async def request_returns(tx: Transaction, ctx: Context, commands: Sequence[RequestReturn]) -> list[Outcome]:
    """Announce that goods of orders come back. What is on its way back cannot be announced twice.

    Permission: `returns.write`; to take goods against the policy (`override`), `returns.override` too. Locks: orders.
    Appends `return.requested`. Outcomes, in precedence: `order_not_found`, `duplicate_in_batch`, where it
    is to be store credit `no_customer` and `customer_erased`, those of `returns.refuse_return`,
    `unknown_location`, `location_not_allowed`, `location_inactive`, `requested`.
    """
    ctx.require("returns.write")
    if any(command.override for command in commands):
        ctx.require("returns.override")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    books = await returns.read_books(tx, locked)
    policies = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
    homes = [returns.sent_from(books[c.order_id], c.lines) if c.order_id in books else None for c in commands]
    places = await Places.read(tx, [c.location for c in commands], [home for home in homes if home is not None])
    owners = await _credit_owners(tx, commands, locked)
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
        refused = store_credit.refuse_owner(owners[order.id]) if command.refund_to == "store_credit" else None
        if refused is not None:
            outcomes.append(refused)
            continue
        decided = decide_request(ctx, books[order.id], policies[order.channel_id], places, command, home, new)
        if isinstance(decided, Outcome):
            outcomes.append(decided)
        else:
            made[order.id] = (command, decided)
            outcomes.append(Outcome(code="requested", id=new))
    if made:
        await _write(tx, ctx, locked, list(made.values()))
    return outcomes


def decide_request(
    ctx: Context,
    book: OrderBook,
    policy: PolicyOf,
    places: Places,
    command: RequestReturn,
    home: UUID | None,
    new: UUID,
) -> Return | Outcome:
    """A return as it is asked for (changes the book), or why not: those of `returns.refuse_return`, then of where it is
    to go. `home`: where the goods left from. Pure."""
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
        tell_requested(story, one, override=command.override)
    await story.write(tx, act_id)


def tell_requested(story: orders.OrderStory, one: Return, *, override: bool) -> None:
    """Goods of an order are to come back."""
    lines = [{"line": n.line_n, "quantity": n.quantity, "reason": n.reason} for n in one.lines.values()]
    story.tell(one.order_id, "return.requested", {
        "return_id": encode_id("ret", one.id), "lines": lines, "method": one.method,
        "location_id": encode_id("loc", one.location_id), "refund_on": one.terms.refund_on,
        "refund_to": one.refund_to, "override": override,
    })  # fmt: skip

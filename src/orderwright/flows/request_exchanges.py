"""Take goods back for others: what it would come to, and doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from orderwright import orders, payments, returns
from orderwright.flows.edit_orders import promised_now
from orderwright.flows.lock_returns import Places
from orderwright.flows.place_children import Child, plan_children, write_children
from orderwright.flows.request_returns import decide_request, tell_requested
from orderwright.flows.tax_children import Untaxed, tax_children
from orderwright.orders import AWAITING_RETURN, HoldDraft, ParentFacts, PlacedOrder, PlaceOrder
from orderwright.orders.contract import Charge, Line
from orderwright.payments import ExchangePayment, OrderMoney
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_ids
from orderwright.platform.outcomes import Outcome
from orderwright.platform.work import defer_work, enqueue_work
from orderwright.returns import (
    Difference,
    ExchangeRow,
    ExchangeState,
    OrderBook,
    PolicyOf,
    RequestExchange,
    RequestReturn,
    Return,
)


class Exchange(NamedTuple):
    """An exchange that is decided: the return, the new order, and who pays."""

    id: UUID
    command: RequestExchange
    one: Return
    child: Child
    money: Difference


async def request_exchanges(tx: Transaction, ctx: Context, commands: Sequence[RequestExchange]) -> list[Outcome]:
    """Announce that goods of orders come back, and promise others for them now: an order of kind `exchange`.

    What the goods bring when they are back pays for the new ones; what they bring beyond that goes back to the
    customer. New goods leave when they are paid for (`on_return`: a hold `awaiting_return`), or at once, with all of
    their price set aside (`advance`). Permission: `returns.write`; with `override`, `returns.override` too. Locks:
    orders, SKUs with a backorder limit, availability, money. Appends `return.requested`, `exchange.requested`,
    `order.placed`, `order.held`. Outcomes, in precedence: `order_not_found`, `duplicate_in_batch`, those of
    `request_returns`, `price_needed`, those of `orders.child_command`, `tax_unknown`, `payment_needed`, those of
    `plan_children`,
    `requested` (`details`: the return, the new order, the money).
    """
    outcomes, _ = await _request(tx, ctx, commands)
    return outcomes


async def quote_exchanges(tx: Transaction, ctx: Context, commands: Sequence[RequestExchange]) -> list[Outcome]:
    """What exchanges would come to: they are done, sourced, looked at, and undone. Nothing is kept; payments are not
    needed.

    Permission: `returns.write`. Locks: as `request_exchanges`, until the transaction ends. Appends nothing. Outcomes:
    those of `request_exchanges`, with `quoted` in place of `requested`, and `details.promised_on`.
    """
    outcomes: list[Outcome] = []
    try:
        async with tx.savepoint():
            outcomes, made = await _request(tx, ctx, commands, paying=False)
            dates = await promised_now(tx, ctx, [exchange.child.id for exchange in made.values()])
            outcomes = [_quoted(outcome, made, dates) for outcome in outcomes]
            raise _Undo
    except _Undo:
        return outcomes


class _Undo(Exception):
    """Nothing of a quote is kept."""


def _quoted(outcome: Outcome, made: Mapping[UUID, Exchange], dates: Mapping[UUID, date | None]) -> Outcome:
    if outcome.id is None or outcome.id not in made:
        return outcome
    exchange = made[outcome.id]
    day = dates.get(exchange.child.id)
    gone = ("return_id", "new_order_id", "number")
    details = {name: value for name, value in outcome.details.items() if name not in gone}
    details["promised_on"] = day.isoformat() if day else None
    return Outcome(code="quoted", id=exchange.one.order_id, details=details)


async def _request(
    tx: Transaction, ctx: Context, commands: Sequence[RequestExchange], *, paying: bool = True
) -> tuple[list[Outcome], dict[UUID, Exchange]]:
    ctx.require("returns.write")
    if any(command.override for command in commands):
        ctx.require("returns.override")
    locked = await orders.lock_own_orders(tx, ctx, [command.order_id for command in commands])
    look = await _Look.read(tx, locked, commands)
    outcomes, asked = _decide_all(ctx, look, commands)
    untaxed = [new.untaxed() for new in asked.values()]
    taxed = await tax_children(tx, [new for new in untaxed if new.wanted])
    decided: dict[int, Exchange] = {}
    for at, new in asked.items():
        exchange = new.finish(ctx, taxed.get(new.new_order_id, new.order), paying=paying)
        if isinstance(exchange, Outcome):
            outcomes[at] = exchange
        else:
            decided[at] = exchange
    planned = await plan_children(tx, [exchange.child for exchange in decided.values()])
    for at, exchange in decided.items():
        if exchange.child.id in planned.refused:
            outcomes[at] = planned.refused[exchange.child.id]
    made = {at: exchange for at, exchange in decided.items() if exchange.child.id in planned.placed}
    if made:
        act_id = await record_act(tx, ctx, "request_exchanges")
        numbers = await write_children(tx, ctx, act_id, planned)
        await _write(tx, ctx, act_id, locked, list(made.values()))
        for at, exchange in made.items():
            new = exchange.child.id
            outcomes[at] = _requested(exchange, planned.placed[new], numbers[new])
    return [outcomes[at] for at in range(len(commands))], {exchange.id: exchange for exchange in made.values()}


def _decide_all(
    ctx: Context, look: _Look, commands: Sequence[RequestExchange]
) -> tuple[dict[int, Outcome], dict[int, _Asked]]:
    """What becomes of each command, by its place, as far as taxes and stock have no say in it. Pure."""
    outcomes: dict[int, Outcome] = {}
    asked: dict[int, _Asked] = {}
    named: set[UUID] = set()
    ids = new_ids(3 * len(commands))
    for at, command in enumerate(commands):
        if command.order_id not in look.books:
            outcomes[at] = returns.refuse("order_not_found")
        elif command.order_id in named:
            outcomes[at] = returns.refuse("duplicate_in_batch")
        else:
            exchange_id, return_id, new_order_id = ids[3 * at : 3 * at + 3]
            new = look.decide(ctx, command, exchange_id, return_id, new_order_id)
            if isinstance(new, Outcome):
                outcomes[at] = new
                look.books[command.order_id].returns.pop(return_id, None)  # nothing of it comes back
            else:
                named.add(command.order_id)
                asked[at] = new
    return outcomes, asked


class _Asked(NamedTuple):
    """An exchange that may be: its return, and its new order as it was said, without the taxes that were not."""

    id: UUID
    new_order_id: UUID
    command: RequestExchange
    one: Return
    parent: ParentFacts
    order: PlaceOrder
    expected_minor: int

    def untaxed(self) -> Untaxed:
        """What of the new order is to be taxed: lines at a price of their own that say no taxes."""
        wanted = enumerate(self.command.new_lines)
        lines = [i for i, line in wanted if line.unit_price is not None and not line.taxes]
        return Untaxed(self.new_order_id, self.parent, self.order, lines)

    def finish(self, ctx: Context, taxed: PlaceOrder | Outcome, *, paying: bool) -> Exchange | Outcome:
        """Add the new order up with its taxes, and say who pays; or why not. Pure."""
        if isinstance(taxed, Outcome):
            return taxed
        order = _order(self.parent, self.id, ctx, self.command, taxed.lines, taxed.shipping)
        if isinstance(order, Outcome):
            return order
        money = returns.difference(self.command.mode, order.total.amount, self.expected_minor)
        offered = sum(payment.amount.amount for payment in self.command.payments)
        if paying and offered < money.needed_minor and not self.command.override:
            return returns.refuse_exchange("payment_needed", needed_minor=money.needed_minor, offered_minor=offered)
        child = Child(self.new_order_id, self.parent, order, _holds(self.command, money))
        return Exchange(self.id, self.command, self.one, child, money)


def _order(
    parent: ParentFacts,
    exchange_id: UUID,
    ctx: Context,
    command: RequestExchange,
    lines: Sequence[Line],
    shipping: Sequence[Charge],
) -> PlaceOrder | Outcome:
    return orders.child_command(
        parent, "exchange", encode_id("exc", exchange_id), ctx.now, lines, ship_to=command.ship_to, shipping=shipping,
        payments=command.payments,
    )  # fmt: skip


class _Look(NamedTuple):
    """What is looked at to decide exchanges of locked orders."""

    books: Mapping[UUID, OrderBook]
    policies: Mapping[UUID, PolicyOf]  # by order
    parents: Mapping[UUID, ParentFacts]
    charges: Mapping[UUID, Sequence[orders.ChargeRow]]
    places: Places
    money: Mapping[UUID, OrderMoney]

    @classmethod
    async def read(
        cls,
        tx: Transaction,
        locked: Mapping[UUID, orders.LockedOrder],
        commands: Sequence[RequestExchange],
    ) -> _Look:
        """Read it. Eighteen statements."""
        books = await returns.read_books(tx, locked)
        found = await returns.read_policies(tx, [order.channel_id for order in locked.values()])
        policies = {i: returns.policy_of_exchange(found[order.channel_id]) for i, order in locked.items()}
        parents = await orders.read_parents(tx, locked)
        charges = await orders.read_charges(tx, locked)
        homes = [returns.sent_from(books[c.order_id], c.lines) for c in commands if c.order_id in books]
        places = await Places.read(tx, [c.location for c in commands], [home for home in homes if home is not None])
        money = {one.order_id: one for one in await payments.read_money(tx, list(locked))}
        return cls(books, policies, parents, charges, places, money)

    def decide(
        self, ctx: Context, command: RequestExchange, exchange_id: UUID, return_id: UUID, new_order_id: UUID
    ) -> _Asked | Outcome:
        """An exchange as far as it can be said, or why not. Changes the order's book, also where it is refused."""
        book, policy = self.books[command.order_id], self.policies[command.order_id]
        back = RequestReturn(
            order_id=command.order_id, lines=command.lines, method=command.method, location=command.location,
            tracking_number=command.tracking_number, override=command.override,
        )  # fmt: skip
        home = returns.sent_from(book, command.lines)
        one = decide_request(ctx, book, policy, self.places, back, home, return_id)
        if isinstance(one, Outcome):
            return one
        charges = self.charges.get(command.order_id, ())
        lines = returns.new_lines(book, charges, policy.terms, command.lines, command.new_lines)
        if isinstance(lines, Outcome):
            return lines
        expected = returns.expected_minor(book, policy.terms, command.lines, command.method)
        money = self.money[command.order_id]
        after = money._replace(balance_minor=money.balance_minor - expected)
        expected = payments.exchangeable_minor(after, expected)  # not what was given back for the goods already
        parent = self.parents[command.order_id]
        order = _order(parent, exchange_id, ctx, command, lines, command.shipping)
        if isinstance(order, Outcome):
            return order
        return _Asked(exchange_id, new_order_id, command, one, parent, order, expected)


def _holds(command: RequestExchange, money: Difference) -> list[HoldDraft]:
    """New goods that wait for what comes back, also where that brings nothing."""
    if command.mode == "advance":
        return []
    return [HoldDraft(AWAITING_RETURN, ("release", "ship"), {"awaited_minor": money.brought_minor})]


async def _write(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    locked: Mapping[UUID, orders.LockedOrder],
    made: Sequence[Exchange],
) -> None:
    """The returns and the exchanges, and what the returns are to pay. Nine statements."""
    await returns.write_returns(tx, [exchange.one for exchange in made])
    paying = dict(zip((exchange.id for exchange in made), new_ids(len(made)), strict=True))
    await payments.open_exchange_payments(tx, [
        ExchangePayment(paying[e.id], e.id, e.child.id, len(e.command.payments), e.money.brought_minor) for e in made
    ])  # fmt: skip
    rows = [
        ExchangeRow(
            e.id, e.one.id, e.one.order_id, e.child.id, paying[e.id], e.command.mode, ExchangeState.OPEN.value,
            returns.return_by(e.one.terms, ctx.now),
        )
        for e in made
    ]  # fmt: skip
    await returns.write_exchanges(tx, rows)
    story = orders.OrderStory(locked, ctx.now)
    for e, row in zip(made, rows, strict=True):
        tell_requested(story, e.one, override=e.command.override)
        story.tell(e.one.order_id, "exchange.requested", {
            "exchange_id": encode_id("exc", e.id), "return_id": encode_id("ret", e.one.id),
            "new_order_id": encode_id("ord", e.child.id), "mode": e.command.mode, "total_minor": e.money.total_minor,
            "brought_minor": e.money.brought_minor, "return_by": row.return_by.isoformat(),
        })  # fmt: skip
    await story.write(tx, act_id)
    await enqueue_work(tx, "exchange", [row.id for row in rows], max(row.return_by for row in rows))
    await defer_work(tx, "exchange", [row.id for row in rows], {row.id: row.return_by for row in rows})


def _requested(exchange: Exchange, placed: PlacedOrder, number: int) -> Outcome:
    book = exchange.money
    details: dict[str, Any] = {
        "return_id": encode_id("ret", exchange.one.id),
        "new_order_id": encode_id("ord", exchange.child.id),
        "number": number,
        "currency": exchange.child.command.currency,
        "total_minor": book.total_minor,
        "brought_minor": book.brought_minor,
        "needed_minor": book.needed_minor,
        "backordered": sum(b.quantity for b in placed.placement.backorders),
    }
    return Outcome(code="requested", id=exchange.id, details=details)

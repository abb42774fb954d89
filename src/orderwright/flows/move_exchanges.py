"""Let what came back pay for the new goods of exchanges, and end exchanges. Not a verb: part of those on returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwright import orders, payments, returns
from orderwright.flows.lock_returns import LockedReturns
from orderwright.payments import Account, PaymentMove
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.work import enqueue_work
from orderwright.returns import ExchangeRow, ExchangeState, Return

_ENDED = {
    ExchangeState.SETTLED: "exchange.settled",
    ExchangeState.CANCELLED: "exchange.cancelled",
    ExchangeState.LAPSED: "exchange.lapsed",
}


async def move_to_exchanges(
    tx: Transaction,
    ctx: Context,
    act_id: UUID,
    story: orders.OrderStory,
    locked: LockedReturns,
    given: Mapping[UUID, int],
) -> None:
    """What returns brought (`given`, minor units, by return) pays for the new orders of their open exchanges, as far as
    those owe it and nobody gave it back before; the rest goes back as from any return. Odd cents that are
    missing (`returns.odd_cents`) are given up. Both orders are locked.

    Tells `exchange.paid`, and queues the new orders to be settled, which lets those go on that waited for it. Ten
    statements, or none.
    """
    mine = [e for i, e in locked.exchanges.items() if given.get(i, 0) > 0]
    if not mine:
        return
    new_orders = [e.new_order_id for e in mine]
    balances = await payments.read_balances(tx, new_orders)
    known = await payments.read_payments(tx, new_orders)
    own = {m.order_id: m for m in await payments.read_money(tx, sorted({e.order_id for e in mine}))}
    entries, moves = [], []
    for e in mine:
        others = known.get(e.new_order_id, ())
        pending = sum(p.capturing_minor - p.refunding_minor for p in others)
        due = balances.get(e.new_order_id, {}).get(Account.RECEIVABLE, 0) - pending
        old = own[e.order_id]
        amount = returns.paid_by_return(payments.exchangeable_minor(old, given[e.return_id]), due)
        own[e.order_id] = old._replace(
            balance_minor=old.balance_minor + amount, given_minor=old.given_minor + amount
        )  # fmt: skip
        left = due - amount - sum(p.capturable_minor for p in others)
        missing = payments.awaited_minor(others) - given[e.return_id]
        odd = returns.odd_cents(locked.returns[e.return_id], min(left, missing))
        if odd:
            entries.append(payments.odd_cents_entry(e.new_order_id, odd, e.id))
        if amount:
            entries += payments.exchange_entries(e.order_id, e.new_order_id, e.payment_id, amount, e.id)
            moves.append(PaymentMove(e.payment_id, authorized=amount, captured=amount))
            story.tell(e.new_order_id, "exchange.paid", {
                "exchange_id": encode_id("exc", e.id), "return_id": encode_id("ret", e.return_id),
                "order_id": encode_id("ord", e.order_id), "amount_minor": amount,
            })  # fmt: skip
    await payments.move_payments(tx, moves)
    await payments.write_entries(tx, act_id, entries, ctx.now)
    await enqueue_work(tx, "settle", new_orders)


async def end_finished(
    tx: Transaction, story: orders.OrderStory, locked: LockedReturns, changed: Sequence[Return]
) -> None:
    """End the exchanges of returns of which nothing more comes."""
    over = [locked.exchanges[one.id] for one in changed if one.id in locked.exchanges and not one.is_open]
    await end_exchanges(tx, story, over, ExchangeState.SETTLED)


async def end_exchanges(
    tx: Transaction, story: orders.OrderStory, ended: Sequence[ExchangeRow], state: ExchangeState
) -> None:
    """What comes back does not pay for the new goods any more: the rest is asked of the other payments. The caller
    holds both orders' locks. Tells `exchange.settled`, `exchange.cancelled` or `exchange.lapsed`. Four statements, or
    none."""
    if not ended:
        return
    await returns.end_exchanges(tx, [(e.id, state) for e in ended])
    await payments.stop_awaiting(tx, [e.payment_id for e in ended])
    for e in ended:
        story.tell(e.new_order_id, _ENDED[state], {
            "exchange_id": encode_id("exc", e.id), "return_id": encode_id("ret", e.return_id),
            "order_id": encode_id("ord", e.order_id),
        })  # fmt: skip
    await enqueue_work(tx, "settle", [e.new_order_id for e in ended])

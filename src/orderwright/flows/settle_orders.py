"""The settle stage: ask for the money of what has left, and give back what is not owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orderwright import orders, payments, returns
from orderwright.flows.release_orders import release_orders
from orderwright.orders import ReleaseHold
from orderwright.payments import EXCHANGE, OrderMoney, documents
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID
from orderwright.platform.work import finish_work


async def settle_orders(tx: Transaction, ctx: Context, order_ids: Sequence[UUID]) -> None:
    """Decide for each order what is to be captured, refunded and voided (`payments.decide_settlement`), write it down
    for the pump that asks the providers, and list the balances that people must look at. Queues the orders for their
    documents.

    Permission: `payments.settle`. Locks: orders, money. Appends nothing: what comes of it is told when it is known.
    """
    ctx.require("payments.settle")
    locked = await orders.lock_orders(tx, order_ids)
    await settle_locked(tx, ctx, list(locked))
    await finish_work(tx, "settle", order_ids)


async def settle_locked(tx: Transaction, ctx: Context, order_ids: Sequence[UUID], act_id: UUID | None = None) -> None:
    """`settle_orders` for orders that the caller holds locked, whose events it has written. Thirteen statements at
    most, for any number; more where new goods of exchanges are among them (`_let_exchanges_go_on`)."""
    if not order_ids:
        return
    money = await payments.read_money(tx, order_ids)
    settled = {one.order_id: payments.decide_settlement(one) for one in money}
    requests = [request for settlement in settled.values() for request in settlement.requests]
    backs = [
        entry
        for one in money
        for entry in payments.given_up_back(
            one.order_id, settled[one.order_id].given_up_back_minor, one.allowances_minor
        )
    ]
    if requests or backs:
        act_id = act_id or await record_act(tx, ctx, "settle_orders")
        await payments.write_entries(tx, act_id, backs, ctx.now)
        await payments.write_requests(tx, act_id, requests)
    await payments.list_balances(tx, settled)
    await documents.queue_documents(tx, order_ids)
    await _let_exchanges_go_on(tx, ctx, [m for m in money if any(p.provider == EXCHANGE for p in m.payments)])


async def _let_exchanges_go_on(tx: Transaction, ctx: Context, money: Sequence[OrderMoney]) -> None:
    """New goods that waited for what comes back leave when they are paid for; those that need no leaving (a download)
    do not wait. Where nothing more comes back and they are not paid for, more is asked of the other payments. Appends
    `order.released`. Thirteen statements at most, or none."""
    free = [p.id for m in money for p in m.payments if p.provider == EXCHANGE and not p.amount_minor]
    open_ = await returns.read_exchanges(tx, payment_ids=free) if free else []
    waiting = {row.new_order_id for row in open_ if row.is_open}  # for goods that are worth nothing
    going = [
        m.order_id for m in money if not m.open_units or (payments.covers(m) and m.order_id not in waiting)
    ]  # fmt: skip
    if going:
        ours = replace(ctx, permissions=frozenset({"orders.hold"}), channels=None, locations=None)
        await release_orders(tx, ours, [ReleaseHold(order_id=i, type=orders.AWAITING_RETURN) for i in going])
    short = [m for m in money if not payments.covers(m) and not payments.awaited_minor(m.payments)]
    more = [request for m in short if (request := payments.increment(m)) is not None]
    if more:
        await payments.write_requests(tx, await record_act(tx, ctx, "settle_orders"), more)

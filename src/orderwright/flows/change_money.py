"""What people do to the money of orders: refund, record what moved without us, write off, try again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from orderwright import orders, payments
from orderwright.flows.give_credit import Gift, give_credit
from orderwright.flows.release_orders import release_orders
from orderwright.flows.settle_orders import settle_locked
from orderwright.orders import ReleaseHold
from orderwright.payments import (
    Account,
    Change,
    MoneyOfOrder,
    PaymentMove,
    PaymentRow,
    RecordPayment,
    RefundOrder,
    RetryPayment,
    Told,
    WriteOffBalance,
    given_minor,
    store_credit,
)
from orderwright.platform.acts import record_act
from orderwright.platform.context import Context
from orderwright.platform.db import Transaction
from orderwright.platform.ids import UUID, encode_id, new_id
from orderwright.platform.limit_use import LimitMeter
from orderwright.platform.outcomes import Outcome, no

Command = TypeVar("Command", RefundOrder, RecordPayment, WriteOffBalance)


async def refund_orders(tx: Transaction, ctx: Context, commands: Sequence[RefundOrder]) -> list[Outcome]:
    """Ask the providers to give money back, or put it into the customer's store credit at once; what is not owed to the
    customer already becomes an allowance.

    Permission: `payments.refund`. Locks: orders, money. Appends `payment.refund_asked`; what comes of it is told by
    `payment.refunded` or `payment.refused`, and `store_credit.refunded`. Outcomes, in precedence: `order_not_found`,
    `duplicate_in_batch`, those of `payments.decide_refund`, `above_limit` (of what the caller may give for an order),
    `refunding`, or `credited` (`details.account_id`).
    """
    ctx.require("payments.refund")

    def told(command: RefundOrder, change: Change) -> Told:
        data = {
            "amount_minor": command.amount.amount,
            "allowance_minor": sum(entry.amount_minor for entry in change.entries if entry.kind == "allowance"),
            "to": command.to,
            "reason": command.reason,
        }
        return Told(command.order_id, "payment.refund_asked", data)

    to_credit = [command.order_id for command in commands if command.to == "store_credit"]

    def gives(command: RefundOrder, _: Change) -> int:
        return command.amount.amount

    decide = payments.decide_refund
    return await _change(tx, ctx, "refund_orders", commands, decide, "refunding", told, to_credit, gives)


async def record_payments(tx: Transaction, ctx: Context, commands: Sequence[RecordPayment]) -> list[Outcome]:
    """Write down money that moved without us. What is captured beyond what is due is given back where we can.

    Permission: `payments.write`. Locks: orders, money. Appends `payment.recorded`. Outcomes, in precedence:
    `order_not_found`, `duplicate_in_batch`, those of `payments.decide_record`, `recorded`.
    """
    ctx.require("payments.write")

    def told(command: RecordPayment, change: Change) -> Told:
        data = {
            "payment_id": encode_id("pay", change.moves[0].payment_id),
            "direction": command.direction,
            "amount_minor": command.amount.amount,
        }
        return Told(command.order_id, "payment.recorded", data)

    def decide(money: MoneyOfOrder, command: RecordPayment) -> Change | Outcome:
        return payments.decide_record(money, command, new_id())

    return await _change(tx, ctx, "record_payments", commands, decide, "recorded", told)


async def write_off_balances(tx: Transaction, ctx: Context, commands: Sequence[WriteOffBalance]) -> list[Outcome]:
    """Give up balances that nobody will pay.

    Permission: `payments.write`. Locks: orders, money. Appends `payment.written_off`. Outcomes, in precedence:
    `order_not_found`, `duplicate_in_batch`, those of `payments.decide_write_off`, `above_limit`, `written_off`.
    """
    ctx.require("payments.write")

    def told(command: WriteOffBalance, change: Change) -> Told:
        data = {"amount_minor": change.entries[0].amount_minor, "reason": command.reason}
        return Told(command.order_id, "payment.written_off", data)

    def gives(_: WriteOffBalance, change: Change) -> int:
        return change.entries[0].amount_minor

    decide = payments.decide_write_off
    return await _change(tx, ctx, "write_off_balances", commands, decide, "written_off", told, (), gives)


async def _change(
    tx: Transaction,
    ctx: Context,
    verb: str,
    commands: Sequence[Command],
    decide: Callable[[MoneyOfOrder, Command], Change | Outcome],
    code: str,
    told: Callable[[Command, Change], Told],
    to_credit: Collection[UUID] = (),
    gives: Callable[[Command, Change], int] | None = None,
) -> list[Outcome]:
    """What the three have in common: lock, decide one a order, write, settle. `gives`: what counts against the limit of
    who does it, in minor units. Seventeen statements at most; eight more where some goes to store credit, two more for
    who has a limit."""
    locked = await orders.lock_own_orders(tx, ctx, [c.order_id for c in commands])
    money = await _read(tx, locked)
    for order_id, owner in (await store_credit.owners_of_orders(tx, money.keys() & set(to_credit))).items():
        money[order_id] = money[order_id]._replace(owner=owner)
    meter = await LimitMeter.read(tx, ctx, "refund", money if gives is not None else ())
    outcomes: list[Outcome] = []
    changes: dict[UUID, tuple[Command, Change]] = {}
    for command in commands:
        if command.order_id not in money:
            outcomes.append(no("order_not_found", "There is no such order. Check the id."))
        elif command.order_id in changes:
            outcomes.append(no("duplicate_in_batch", "The same order is named twice in this call. Send each once."))
        else:
            change = _within(meter, money[command.order_id], command, decide(money[command.order_id], command), gives)
            if isinstance(change, Change):
                changes[command.order_id] = (command, change)
                details = {"payment_id": encode_id("pay", change.moves[0].payment_id)} if change.moves else {}
                said = "credited" if change.credit_minor else code
                outcomes.append(Outcome(code=said, id=command.order_id, details=details))
            else:
                outcomes.append(change)
    if changes:
        act_id = await record_act(tx, ctx, verb)
        await meter.write(tx, act_id)
        made = [change for _, change in changes.values()]
        await payments.open_payments(tx, [(i, c.opened) for i, (_, c) in changes.items() if c.opened is not None])
        await payments.move_payments(tx, [move for change in made for move in change.moves])
        await payments.write_entries(tx, act_id, [entry for change in made for entry in change.entries], ctx.now)
        await payments.write_requests(tx, act_id, [request for change in made for request in change.requests])
        story = orders.OrderStory(locked, ctx.now)
        for order_id, (command, change) in changes.items():
            event = told(command, change)
            story.tell(order_id, event.type, event.data)
        gifts = [
            Gift(i, whose, change.credit_minor, change.credit_reason)
            for i, (_, change) in changes.items()
            if change.credit_minor and (whose := money[i].owner) is not None
        ]
        accounts = await give_credit(tx, ctx, act_id, gifts)
        for outcome in outcomes:
            if outcome.ok and outcome.id in accounts:
                outcome.details["account_id"] = encode_id("crd", accounts[outcome.id])
        await story.write(tx, act_id)
        await settle_locked(tx, ctx, list(changes), act_id)
        await _let_go_on(tx, ctx, [i for i in changes if locked[i].hold_count])
    return outcomes


def _within(
    meter: LimitMeter,
    money: MoneyOfOrder,
    command: Command,
    change: Change | Outcome,
    gives: Callable[[Command, Change], int] | None,
) -> Change | Outcome:
    """The change, counted against the limit of who makes it; or `above_limit`."""
    if gives is None or isinstance(change, Outcome):
        return change
    minor = gives(command, change)
    above = meter.refuse(command.order_id, minor, money.currency)
    if above is None:
        meter.take(command.order_id, minor)
    return above or change


async def _let_go_on(tx: Transaction, ctx: Context, held: Sequence[UUID]) -> None:
    """Orders that were held because a payment was refused go on once the others cover them."""
    money = await payments.read_money(tx, held) if held else []
    covered = [m.order_id for m in money if m.balance_minor <= sum(p.capturable_minor for p in m.payments)]
    if covered:
        holds = [ReleaseHold(order_id=order_id, type=orders.PAYMENT_REFUSED) for order_id in covered]
        await release_orders(tx, replace(ctx, permissions=frozenset({"orders.hold"})), holds)


async def _read(tx: Transaction, locked: Mapping[UUID, orders.LockedOrder]) -> dict[UUID, MoneyOfOrder]:
    found, _ = await orders.read_order_money(tx, locked)
    rows = await payments.read_payments(tx, locked)
    balances = await payments.read_balances(tx, locked)
    return {
        i: MoneyOfOrder(
            i,
            row.currency,
            balances.get(i, {}).get(Account.RECEIVABLE, 0),
            rows.get(i, ()),
            given_minor(balances.get(i, {})),
        )
        for i, row in found.items()
    }


async def retry_payments(tx: Transaction, ctx: Context, commands: Sequence[RetryPayment]) -> list[Outcome]:
    """Ask again what was refused: the authorization, with another token if one is given, or what is due now.

    Permission: `payments.write`. Locks: orders, money. Appends `payment.retried`. Outcomes, in precedence:
    `payment_not_found`, `not_refused`, `retried`.
    """
    ctx.require("payments.write")
    owners = await payments.orders_of_payments(tx, [c.payment_id for c in commands])
    locked = await orders.lock_own_orders(tx, ctx, owners)
    money = await payments.read_money(tx, list(locked))
    known = {p.id: p for one in money for p in one.payments}
    growing = {more.payment_id for one in money if (more := payments.increment(one)) is not None}
    outcomes, again = [], {}
    for command in commands:
        payment = known.get(command.payment_id)
        if payment is None:
            outcomes.append(no("payment_not_found", "There is no such payment. Read the order again."))
        elif (payment.refused_code is None and payment.id not in growing) or payment.id in again:
            outcomes.append(no("not_refused", "Nothing that was asked of this payment was refused."))
        else:
            again[payment.id] = (payment, command.token)
            outcomes.append(Outcome(code="retried", id=payment.order_id))
    if again:
        await _ask_again(tx, ctx, locked, list(again.values()))
    return outcomes


async def _ask_again(
    tx: Transaction,
    ctx: Context,
    locked: Mapping[UUID, orders.LockedOrder],
    again: Sequence[tuple[PaymentRow, str | None]],
) -> None:
    act_id = await record_act(tx, ctx, "retry_payments")
    await payments.move_payments(tx, [PaymentMove(p.id, refused_code="") for p, _ in again])
    await payments.set_tokens(tx, [(p.id, token) for p, token in again if token is not None])
    story = orders.OrderStory(locked, ctx.now)
    for payment, _ in again:
        data = {"payment_id": encode_id("pay", payment.id), "code": payment.refused_code}
        story.tell(payment.order_id, "payment.retried", data)
    await story.write(tx, act_id)
    await payments.write_requests(tx, act_id, [payments.authorization(p) for p, _ in again if p.reference is None])
    more = [payments.increment(one) for one in await payments.read_money(tx, sorted({p.order_id for p, _ in again}))]
    await payments.write_requests(tx, act_id, [request for request in more if request is not None])
    await settle_locked(tx, ctx, sorted({p.order_id for p, _ in again}), act_id)

"""What may be refunded, recorded, written off and tried again. Pure (law M1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from orderwright.orders.contract import EXCHANGE, STORE_CREDIT
from orderwright.payments.accounts import Account, Entry
from orderwright.payments.commands import RecordPayment, RefundOrder, WriteOffBalance
from orderwright.payments.providers import AskKind
from orderwright.payments.queries import PaymentRow
from orderwright.payments.requests import PaymentMove
from orderwright.payments.settlement import NewRequest, is_managed, left_to_give
from orderwright.payments.store_credit.issue import refuse_owner
from orderwright.payments.store_credit.queries import OwnerRow
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.outcomes import Outcome, no


class MoneyOfOrder(NamedTuple):
    """An order's money under its lock, changed by each command on it in turn. `balance_minor`, `given_minor`: see
    `OrderMoney`."""

    order_id: UUID
    currency: str
    balance_minor: int
    payments: Sequence[PaymentRow]
    given_minor: int = 0
    owner: OwnerRow | None = None  # where it is needed


class NewPayment(NamedTuple):
    """A payment that came without us."""

    id: UUID
    n: int
    command: RecordPayment


class Change(NamedTuple):
    """What a command writes. `opened`: a payment to be made first. `credit_minor`: what the customer's store credit
    gets, and why."""

    entries: list[Entry]
    requests: list[NewRequest]
    moves: list[PaymentMove]
    opened: NewPayment | None = None
    credit_minor: int = 0
    credit_reason: str = ""


def refuse_currency(currency: str, given: str) -> Outcome | None:
    """Why an amount cannot be of an order, or None."""
    if given == currency:
        return None
    return no("currency_differs", "The order is in another currency. Send the amount in it.", currency=currency)


def decide_refund(money: MoneyOfOrder, command: RefundOrder) -> Change | Outcome:
    """Refund requests to payments that we can move, or what goes to store credit, and the allowance for what is not
    owed to the customer already. Both together never exceed what was captured.

    Precedence of codes: `currency_differs`; to payments `payment_not_found`, `refund_elsewhere`; to store credit
    `payment_needless`, `no_customer`, `customer_erased`; `exceeds_refundable`.
    """
    wrong = refuse_currency(money.currency, command.amount.currency)
    if wrong is not None:
        return wrong
    if command.to == "store_credit":
        return _decide_credit(money, command)
    mine = [p for p in money.payments if command.payment in (None, encode_id("pay", p.id))]
    if command.payment is not None and not mine:
        return no("payment_not_found", "The order has no such payment. Read it again.")
    able = [p for p in mine if is_managed(p) and p.reference is not None]
    if mine and not able:
        return no(
            "refund_elsewhere",
            "We do not move the money of this payment. Refund it where it was taken, then record the refund.",
        )
    refundable = min(sum(p.refundable_minor for p in able), left_to_give(money.payments, money.given_minor))
    amount = command.amount.amount
    if not 0 < amount <= refundable:
        return _exceeds(refundable)
    requests, left = [], amount
    for p in able:
        give = min(left, p.refundable_minor)
        if give:
            left -= give
            requests.append(NewRequest(p.id, money.order_id, AskKind.REFUND, give))
    return Change(_allowance(money, amount), requests, [])


def _exceeds(refundable: int) -> Outcome:
    return no(
        "exceeds_refundable",
        "No more can be refunded than was captured and is not refunded yet, and no less than one minor unit.",
        refundable=refundable,
    )


def _allowance(money: MoneyOfOrder, amount: int) -> list[Entry]:
    """What of an amount is not owed to the customer already is given up."""
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    allowance = amount - min(amount, max(0, -due))
    if not allowance:
        return []
    return [Entry(money.order_id, Account.ALLOWANCES, Account.RECEIVABLE, allowance, "allowance")]


def _decide_credit(money: MoneyOfOrder, command: RefundOrder) -> Change | Outcome:
    """Money of an order becomes store credit: whoever took it, no provider is asked."""
    if command.payment is not None:
        return no("payment_needless", "Store credit goes to no payment. Leave `payment` out, or refund to the payment.")
    refused = refuse_owner(money.owner) if money.owner is not None else None
    if refused is not None:
        return refused
    left, amount = left_to_give(money.payments, money.given_minor), command.amount.amount
    if not 0 < amount <= left:
        return _exceeds(left)
    return Change(_allowance(money, amount), [], [], credit_minor=amount, credit_reason=command.reason)


def decide_write_off(money: MoneyOfOrder, command: WriteOffBalance) -> Change | Outcome:
    """Give up what is due. Precedence of codes: `currency_differs`, `nothing_due`, `exceeds_due`."""
    wrong = refuse_currency(money.currency, command.amount.currency) if command.amount else None
    if wrong is not None:
        return wrong
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    if due <= 0:
        return no("nothing_due", "The customer owes nothing for this order that is not being captured already.")
    amount = command.amount.amount if command.amount else due
    if not 0 < amount <= due:
        return no("exceeds_due", "No more can be written off than is due.", due=due)
    return Change([Entry(money.order_id, Account.WRITE_OFFS, Account.RECEIVABLE, amount, "write_off")], [], [])


def _refuse_record(money: MoneyOfOrder, command: RecordPayment, known: PaymentRow | None) -> Outcome | None:
    """Why nothing can be recorded of a payment, whatever the amount."""
    if (wrong := refuse_currency(money.currency, command.amount.currency)) is not None:
        return wrong
    if not command.amount.amount:
        return no("amount_needed", "Nothing moved. Send an amount of one minor unit or more.")
    if known is None:
        ours = command.provider in (STORE_CREDIT, EXCHANGE)
    else:  # also one that we are still to authorize: what came instead is a payment of its own
        ours = is_managed(known) and (known.reference is not None or not known.authorized_minor)
    if ours:
        return no(
            "managed_payment",
            "We move the money of this payment, and find by ourselves what its provider did. Record another payment.",
        )
    if known is None and (command.payment is not None or command.direction == "refunded"):
        return no("payment_not_found", "The order has no such payment. Read it again, and name the payment.")
    return None


def decide_record(money: MoneyOfOrder, command: RecordPayment, new_id: UUID) -> Change | Outcome:
    """Money that moved without us. Precedence of codes: `currency_differs`, `amount_needed`, `managed_payment`,
    `payment_not_found`, `exceeds_refundable`."""
    known = next((p for p in money.payments if encode_id("pay", p.id) == command.payment), None)
    wrong = _refuse_record(money, command, known)
    if wrong is not None:
        return wrong
    amount = command.amount.amount
    if command.direction == "refunded" and known is not None:
        if amount > known.refundable_minor:
            return no(
                "exceeds_refundable",
                "No more can have been refunded than was captured and is not refunded yet. Record the capture first.",
                refundable=known.refundable_minor,
            )
        back = Entry(money.order_id, Account.RECEIVABLE, Account.CAPTURED, amount, "refund", known.id)
        return Change([back], [], [PaymentMove(known.id, refunded=amount)])
    payment_id = known.id if known is not None else new_id
    set_aside = min(amount, known.capturable_minor) if known is not None else 0
    entries = [Entry(money.order_id, Account.CAPTURED, Account.RECEIVABLE, amount, "capture", payment_id)]
    if set_aside:
        entries.append(Entry(money.order_id, Account.PAYER, Account.AUTHORIZED, set_aside, "capture", payment_id))
    move = PaymentMove(payment_id, authorized=amount - set_aside, captured=amount, refused_code="")
    n = max((p.n for p in money.payments), default=0) + 1
    opened = None if known is not None else NewPayment(new_id, n, command)
    return Change(entries, [], [move], opened)

"""What is to be asked of the payments of an order, given its money and its goods. Pure (law M1).

The one rule behind every flow: capture what has left and is not paid, give back what is paid and not owed, and once
nothing is still to leave, let go of the rest. Shipping, cancelling, editing and returning only change what is charged
or what has left; what follows for the money is decided here, the same way each time and again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from orderwright.orders.contract import EXCHANGE, MANAGED_PROVIDERS, STORE_CREDIT
from orderwright.payments.providers import AskKind
from orderwright.payments.queries import PaymentRow
from orderwright.platform.ids import UUID


class NewRequest(NamedTuple):
    """Something to ask of a payment's provider."""

    payment_id: UUID
    order_id: UUID
    kind: AskKind
    amount_minor: int
    final: bool = False
    subject_id: UUID | None = None


class OrderMoney(NamedTuple):
    """Where an order stands. `balance_minor` is what the customer owes by the ledger (negative: we owe);
    `to_come_minor` is the part of it for what has not left yet, which is not asked for; `allowances_minor` is what was
    given up of it so far, `returned_minor` what was taken back for goods that came back; `given_minor` what of the
    money paid the customer has otherwise: as store credit, or in the goods of an exchange; `written_off_minor` what was
    owed and not collected."""

    order_id: UUID
    currency: str
    balance_minor: int
    to_come_minor: int
    open_units: bool
    payments: Sequence[PaymentRow]
    allowances_minor: int = 0
    returned_minor: int = 0
    given_minor: int = 0
    written_off_minor: int = 0


class Settlement(NamedTuple):
    """What to ask for. `why`: nothing can be done about the balance by itself, and people must look (law M1).
    `given_up_back_minor`: what was given up, or written off, and is taken back first."""

    requests: list[NewRequest]
    why: str | None = None
    due_on: date | None = None
    given_up_back_minor: int = 0


def is_managed(payment: PaymentRow) -> bool:
    """Whether we move the money of a payment ourselves, through its provider."""
    return payment.provider in MANAGED_PROVIDERS or payment.provider == EXCHANGE


def awaited_minor(payments: Sequence[PaymentRow]) -> int:
    """What goods that are to come back in exchange will still pay: no other payment is asked for it."""
    return sum(max(0, p.amount_minor - p.authorized_minor) for p in payments if p.provider == EXCHANGE)


def covers(money: OrderMoney) -> bool:
    """Whether what is set aside pays all that is due, with what was agreed to come without us (an invoice with terms,
    cash on delivery)."""
    agreed = sum(max(0, p.amount_minor - p.authorized_minor) for p in money.payments if not is_managed(p))
    return money.balance_minor <= sum(p.capturable_minor for p in money.payments) + agreed


def decide_settlement(money: OrderMoney) -> Settlement:
    """Captures up to what is owed for what left, refunds of what is not owed, voids once nothing is to leave.

    What requests under way will move counts as moved. A payment whose last request was refused is left alone until
    somebody says to try again.
    """
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    due_now, awaited = due - money.to_come_minor, min(awaited_minor(money.payments), max(0, due))
    able = [p for p in money.payments if is_managed(p) and p.refused_code is None and p.reference is not None]
    surplus, back = owed_back(money)
    if surplus > 0:
        give = min(surplus - back, left_to_give(money.payments, money.given_minor))  # a payment alone may have more
        requests, left = _refunds(money.order_id, able, give)
        left = -min(left + surplus - back - give, max(0, -due - back))
    else:
        last = not money.open_units and not awaited
        requests, left = _captures(money.order_id, able, due_now - awaited, last=last)
    if not money.open_units and not awaited:
        requests += _voids(money.order_id, able, {request.payment_id for request in requests if request.final})
    under_way = any(p.under_way for p in money.payments)
    refused = any(p.refused_code is not None for p in money.payments)
    if requests or under_way or left == 0 or (left > 0 and money.open_units and not refused):
        return Settlement(requests, given_up_back_minor=back)
    return Settlement(requests, *_why(money.payments, left), back)


def owed_back(money: OrderMoney) -> tuple[int, int]:
    """What is not owed by the customer any more (0 or less: nothing), and how much of it is only what was given up
    before and is taken back: goods that come back take that with them, so nobody is given back more than was paid."""
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    able = [p for p in money.payments if is_managed(p) and p.refused_code is None and p.reference is not None]
    surplus = max(-due, _returned_early(money, due - money.to_come_minor, able))
    paid = _still_with_us(money)
    given_up = money.allowances_minor + money.written_off_minor
    return surplus, min(given_up, max(0, -due - paid)) if surplus > 0 else 0


def _still_with_us(money: OrderMoney) -> int:
    """What was captured or is being captured, and the customer has neither back nor otherwise. None of it, where
    somebody gave back at the provider what the customer has otherwise."""
    return max(0, sum(p.refundable_minor + p.capturing_minor for p in money.payments) - money.given_minor)


def exchangeable_minor(money: OrderMoney, amount_minor: int) -> int:
    """How much of what goods brought that came back may pay for others: what the customer owes less because of them,
    and of what is owed to the customer by now as much as is still with us. What was given back or given up for the
    goods before they came pays for nothing."""
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    owed = max(0, -due)
    return max(0, amount_minor - owed) + min(amount_minor, owed, _still_with_us(money))


def left_to_give(payments: Sequence[PaymentRow], given_minor: int) -> int:
    """What was captured, and the customer has neither back nor otherwise (`OrderMoney.given_minor`)."""
    return max(0, sum(p.refundable_minor for p in payments) - given_minor)


def creditable_minor(money: OrderMoney, amount_minor: int) -> int:
    """How much of what goods brought that came back becomes store credit: as far as it is owed, and was captured."""
    surplus, back = owed_back(money)
    return max(0, min(amount_minor, surplus - back, left_to_give(money.payments, money.given_minor)))


def _returned_early(money: OrderMoney, due_now: int, able: Sequence[PaymentRow]) -> int:
    """What to give back for goods that came back while others are still to leave: as far as what is set aside will pay
    for those."""
    kept_for_them = max(0, money.to_come_minor - sum(p.capturable_minor for p in able))
    return min(money.returned_minor, -due_now - kept_for_them)


def increment(money: OrderMoney) -> NewRequest | None:
    """What more to authorize on the first payment that has money set aside (store credit last), for what none covers or
    is to bring; None where nothing is missing, no payment can grow, or one is being authorized: it is asked again when
    that is known."""
    due = money.balance_minor - sum(p.capturing_minor - p.refunding_minor for p in money.payments)
    asked = [p for p in money.payments if {"authorize", "increment"} & set(p.under_way)]
    to_bring = sum(max(0, p.amount_minor - p.authorized_minor) for p in money.payments if p.refused_code is None)
    missing = due - sum(p.capturable_minor for p in money.payments) - to_bring
    if missing <= 0 or asked:
        return None
    for p in sorted(money.payments, key=lambda p: p.provider == STORE_CREDIT):  # what is held of it is seldom all
        if is_managed(p) and p.refused_code is None and p.capturable_minor and "void" not in p.under_way:
            return NewRequest(p.id, money.order_id, AskKind.INCREMENT, missing)
    return None


def _captures(
    order_id: UUID, payments: Sequence[PaymentRow], due_minor: int, *, last: bool
) -> tuple[list[NewRequest], int]:
    """Captures in the order of the payments, and what they leave due. While another is under way none is the last: were
    that one refused after it, what it was to take would be let go."""
    requests, left = [], max(0, due_minor)
    for p in payments:
        take = min(left, p.capturable_minor)
        if take and "void" not in p.under_way:
            left -= take
            requests.append(NewRequest(p.id, order_id, AskKind.CAPTURE, take, final=last and not p.under_way))
    return requests, left


def _refunds(order_id: UUID, payments: Sequence[PaymentRow], surplus_minor: int) -> tuple[list[NewRequest], int]:
    """Refunds to the payments in their order, and what they leave owed to the customer."""
    requests, left = [], surplus_minor
    for p in payments:
        give = min(left, p.refundable_minor)
        if give:
            left -= give
            requests.append(NewRequest(p.id, order_id, AskKind.REFUND, give))
    return requests, left


def _voids(order_id: UUID, payments: Sequence[PaymentRow], ending: set[UUID]) -> list[NewRequest]:
    """Voids of what is set aside and not needed. A capture under way goes first: what it leaves is decided after."""
    return [
        NewRequest(p.id, order_id, AskKind.VOID, p.capturable_minor)
        for p in payments
        if p.capturable_minor and p.id not in ending and not p.under_way
    ]


def _why(payments: Sequence[PaymentRow], left_minor: int) -> tuple[str, date | None]:
    """Why a balance stays open, and when it is due where that was agreed."""
    if left_minor < 0:
        return "refund_by_hand", None
    refused = next((p.refused_code for p in payments if p.refused_code is not None), None)
    if refused is not None:
        return "refused", None
    waiting = [p for p in payments if p.authorized_minor < p.amount_minor]
    if waiting:
        return "awaiting_payment", max((p.due_on for p in waiting if p.due_on is not None), default=None)
    if any(p.capturable_minor for p in payments):
        return "capture_by_hand", None
    return "unpaid", None

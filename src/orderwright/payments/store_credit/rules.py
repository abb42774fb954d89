"""The rules by which store credit pays for orders, without I/O: what becomes of an account and of what is set aside of
it when something is asked about a payment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from orderwright.payments.providers import (
    ALREADY_FINAL,
    CURRENCY_DIFFERS,
    EXCEEDS_AUTHORIZED,
    EXCEEDS_CAPTURED,
    INSUFFICIENT_FUNDS,
    KEY_REUSED,
    UNKNOWN_PAYMENT,
    Ask,
    AskKind,
)
from orderwright.payments.store_credit.queries import AccountRow, AskedRow, HoldRow
from orderwright.platform.ids import UUID

UNKNOWN_ACCOUNT = "unknown_account"
AMOUNT_INVALID = "amount_invalid"

MESSAGES = {
    UNKNOWN_ACCOUNT: "The order's customer has no such account. Send the id of one of theirs.",
    INSUFFICIENT_FUNDS: "Less is free on the account.",
    EXCEEDS_AUTHORIZED: "Less is set aside than is to be taken.",
    EXCEEDS_CAPTURED: "Less was taken, and not given back yet, than is to be given back.",
    ALREADY_FINAL: "Nothing is set aside any more: it was voided, or taken for the last time.",
    UNKNOWN_PAYMENT: "There is no such payment.",
    CURRENCY_DIFFERS: "The account is in another currency.",
    KEY_REUSED: "This key was used with other content.",
    AMOUNT_INVALID: "The amount is not positive.",
}


class Step(NamedTuple):
    """What became of one thing asked: the account and the hold after it (None: as they were), what was moved (or asked
    for in vain), why not. `entry_minor`: what came into the account, or (negative) went out of it."""

    account: AccountRow | None
    hold: HoldRow | None
    amount_minor: int
    code: str | None = None
    entry_minor: int = 0


def authorize(ask: Ask, asked: AskedRow, account: AccountRow | None, new: UUID) -> Step:
    """Set credit aside for an order of the account's own customer.

    Of several reasons the first of this order is given: `unknown_account` (another customer's is no account of
    theirs), `currency_differs`, `amount_invalid`, `insufficient_funds`.
    """
    amount = ask.amount_minor
    if account is None or account.customer_id != asked.customer_id:
        return Step(None, None, amount, UNKNOWN_ACCOUNT)
    if ask.currency != account.currency:
        return Step(None, None, amount, CURRENCY_DIFFERS)
    if amount <= 0:
        return Step(None, None, amount, AMOUNT_INVALID)
    if amount > account.free_minor:
        return Step(None, None, amount, INSUFFICIENT_FUNDS)
    hold = HoldRow(new, account.id, asked.payment_id, asked.order_id, ask.currency, amount, 0, 0, 0, False)
    return Step(account._replace(held_minor=account.held_minor + amount), hold, amount)


def move(ask: Ask, account: AccountRow, hold: HoldRow) -> Step:
    """Anything but `authorize`. Refused, all stays as it is.

    Of several reasons the first of this order is given: `currency_differs`, `amount_invalid`, `already_final`, then the
    amounts.
    """
    code = _refusal(ask, account, hold)
    return Step(None, hold, ask.amount_minor, code) if code is not None else _MOVES[ask.kind](ask, account, hold)


def _refusal(ask: Ask, account: AccountRow, hold: HoldRow) -> str | None:
    kind, amount = ask.kind, ask.amount_minor
    if ask.currency != hold.currency:
        return CURRENCY_DIFFERS
    if kind is not AskKind.VOID and amount <= 0:
        return AMOUNT_INVALID
    if kind is not AskKind.REFUND and (hold.finalized or (kind is AskKind.VOID and not hold.open_minor)):
        return ALREADY_FINAL
    return _too_much(ask, account, hold)


def _too_much(ask: Ask, account: AccountRow, hold: HoldRow) -> str | None:
    """Whether the amount is beyond what there is."""
    if ask.kind is AskKind.INCREMENT and ask.amount_minor > account.free_minor:
        return INSUFFICIENT_FUNDS
    if ask.kind is AskKind.CAPTURE and ask.amount_minor > hold.open_minor:
        return EXCEEDS_AUTHORIZED
    if ask.kind is AskKind.REFUND and ask.amount_minor > hold.captured_minor - hold.refunded_minor:
        return EXCEEDS_CAPTURED
    return None


def _increment(ask: Ask, account: AccountRow, hold: HoldRow) -> Step:
    more = ask.amount_minor
    return Step(
        account._replace(held_minor=account.held_minor + more),
        hold._replace(authorized_minor=hold.authorized_minor + more),
        more,
    )


def _capture(ask: Ask, account: AccountRow, hold: HoldRow) -> Step:
    taken = ask.amount_minor
    account = account._replace(
        held_minor=account.held_minor - taken, balance_minor=account.balance_minor - taken
    )  # fmt: skip
    hold = hold._replace(captured_minor=hold.captured_minor + taken)
    if ask.final:
        account, hold = _let_go(account, hold)
    return Step(account, hold, taken, entry_minor=-taken)


def _void(ask: Ask, account: AccountRow, hold: HoldRow) -> Step:
    open_minor = hold.open_minor
    return Step(*_let_go(account, hold), open_minor)


def _refund(ask: Ask, account: AccountRow, hold: HoldRow) -> Step:
    back = ask.amount_minor
    return Step(
        account._replace(balance_minor=account.balance_minor + back),
        hold._replace(refunded_minor=hold.refunded_minor + back),
        back,
        entry_minor=back,
    )


def _let_go(account: AccountRow, hold: HoldRow) -> tuple[AccountRow, HoldRow]:
    """Nothing will be taken any more: what is still set aside is free again."""
    free = hold.open_minor
    return (
        account._replace(held_minor=account.held_minor - free),
        hold._replace(released_minor=hold.released_minor + free, finalized=True),
    )


_MOVES: Mapping[AskKind, Callable[[Ask, AccountRow, HoldRow], Step]] = {
    AskKind.INCREMENT: _increment,
    AskKind.CAPTURE: _capture,
    AskKind.VOID: _void,
    AskKind.REFUND: _refund,
}

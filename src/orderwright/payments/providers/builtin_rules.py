"""The rules of the built-in provider, without I/O: what becomes of a payment when something is asked about it.

It is stricter than many a real one, so that what works against it keeps the port's rules. How a payment behaves is
said by its token, as with the test cards of real providers:

| token | what the payer's bank does |
| --- | --- |
| `tok_ok` | pays whatever is asked |
| `tok_declined` | declines |
| `tok_insufficient_funds` | has too little money, however little is asked |
| `tok_limit_<minor>` | sets aside so much for one payment, increments included; `insufficient_funds` beyond |
| `tok_expires_<seconds>` | sets money aside for so long; 0: it has lapsed at once |
| `tok_no_increment` | does not let what was set aside be raised (`not_supported`) |
| `tok_capture_declined` | sets money aside, and declines each capture |
| `tok_refund_declined` | pays, and declines each refund |

Any other token is refused with `unknown_token`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from orderwright.payments.providers import (
    ALREADY_FINAL,
    CURRENCY_DIFFERS,
    DECLINED,
    EXCEEDS_AUTHORIZED,
    EXCEEDS_CAPTURED,
    EXPIRED,
    INSUFFICIENT_FUNDS,
    KEY_REUSED,
    NOT_SUPPORTED,
    UNKNOWN_PAYMENT,
    Ask,
    AskKind,
)
from orderwright.platform.fields import MINOR_MAX
from orderwright.platform.money import CURRENCIES

LIFE = timedelta(days=7)  # of an authorization, unless its token says otherwise
UNKNOWN_TOKEN = "unknown_token"
AMOUNT_INVALID = "amount_invalid"

MESSAGES = {
    DECLINED: "The payer's bank declined.",
    INSUFFICIENT_FUNDS: "The payer has too little money.",
    EXPIRED: "What was set aside has lapsed. Authorize anew.",
    EXCEEDS_AUTHORIZED: "Less is set aside than is to be taken.",
    EXCEEDS_CAPTURED: "Less was taken, and not given back yet, than is to be given back.",
    ALREADY_FINAL: "Nothing is set aside any more: it was voided, or taken for the last time.",
    UNKNOWN_PAYMENT: "There is no such payment.",
    CURRENCY_DIFFERS: "The payment is in another currency.",
    KEY_REUSED: "This key was used with other content.",
    NOT_SUPPORTED: "This cannot be done for this payment.",
    UNKNOWN_TOKEN: "There is no such token.",
    AMOUNT_INVALID: "The amount is not positive, or beyond all bounds.",
}


class PaymentRow(NamedTuple):
    """A payment at the built-in provider. Sums of all that ever happened to it, in minor units."""

    reference: str
    payment: str
    currency: str
    token: str
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int
    finalized: bool
    expires_at: datetime

    @property
    def open_minor(self) -> int:
        """What is set aside and may be taken, unless it has lapsed (`as_of`)."""
        return self.authorized_minor - self.captured_minor - self.released_minor


class Token(NamedTuple):
    """How payments with a token behave."""

    limit_minor: int = MINOR_MAX
    life: timedelta = LIFE
    refuses: Mapping[AskKind, str] = {}  # codes


class Step(NamedTuple):
    """What became of one thing asked: the payment after it, what was moved (or asked for in vain), why not."""

    payment: PaymentRow | None
    amount_minor: int
    code: str | None = None


_TOKENS = {
    "tok_ok": Token(),
    "tok_declined": Token(refuses={AskKind.AUTHORIZE: DECLINED}),
    "tok_insufficient_funds": Token(refuses={AskKind.AUTHORIZE: INSUFFICIENT_FUNDS}),
    "tok_no_increment": Token(refuses={AskKind.INCREMENT: NOT_SUPPORTED}),
    "tok_capture_declined": Token(refuses={AskKind.CAPTURE: DECLINED}),
    "tok_refund_declined": Token(refuses={AskKind.REFUND: DECLINED}),
}
_NUMBERED = re.compile(r"tok_(limit|expires)_([0-9]{1,9})\Z", re.ASCII)


def read_token(text: str | None) -> Token | None:
    """The behaviour that a token stands for; None for no token of ours."""
    match = _NUMBERED.match(text or "")
    if match is None:
        return _TOKENS.get(text or "")
    number = int(match[2])
    return Token(limit_minor=number) if match[1] == "limit" else Token(life=timedelta(seconds=number))


def as_of(payment: PaymentRow, at: datetime) -> PaymentRow:
    """The payment at a moment: from `expires_at` on, what is open counts as released."""
    if at < payment.expires_at:
        return payment
    return payment._replace(released_minor=payment.authorized_minor - payment.captured_minor)


def authorize(ask: Ask, reference: str, at: datetime) -> Step:
    """Set money aside: a new payment, known by `reference` from now on, or a refusal."""
    token = read_token(ask.token)
    if not 0 < ask.amount_minor <= MINOR_MAX:
        return Step(None, ask.amount_minor, AMOUNT_INVALID)
    if token is None or ask.token is None:
        return Step(None, ask.amount_minor, UNKNOWN_TOKEN)
    if ask.currency not in CURRENCIES:
        return Step(None, ask.amount_minor, NOT_SUPPORTED)
    if AskKind.AUTHORIZE in token.refuses:
        return Step(None, ask.amount_minor, token.refuses[AskKind.AUTHORIZE])
    if ask.amount_minor > token.limit_minor:
        return Step(None, ask.amount_minor, INSUFFICIENT_FUNDS)
    made = PaymentRow(
        reference, ask.payment, ask.currency, ask.token, ask.amount_minor, 0, 0, 0, False, at + token.life
    )
    return Step(made, ask.amount_minor)


def move(ask: Ask, payment: PaymentRow | None, at: datetime) -> Step:
    """Anything but `authorize`, asked about a payment as it stands. Refused, the payment stays as it is.

    Of several reasons the first of this order is given: `unknown_payment`, `currency_differs`, `amount_invalid`,
    `already_final`, `authorization_expired`, what the token refuses, then the amounts.
    """
    if payment is None:
        return Step(None, ask.amount_minor, UNKNOWN_PAYMENT)
    code = _refusal(ask, payment, at)
    if code is not None:
        return Step(payment, ask.amount_minor, code)
    if ask.kind is AskKind.INCREMENT:
        return Step(payment._replace(authorized_minor=payment.authorized_minor + ask.amount_minor), ask.amount_minor)
    if ask.kind is AskKind.CAPTURE:
        taken = payment._replace(captured_minor=payment.captured_minor + ask.amount_minor)
        return Step(_let_go(taken) if ask.final else taken, ask.amount_minor)
    if ask.kind is AskKind.VOID:
        return Step(_let_go(payment), payment.open_minor)
    return Step(payment._replace(refunded_minor=payment.refunded_minor + ask.amount_minor), ask.amount_minor)


def _let_go(payment: PaymentRow) -> PaymentRow:
    """Nothing will be taken any more."""
    return payment._replace(released_minor=payment.released_minor + payment.open_minor, finalized=True)


def _refusal(ask: Ask, payment: PaymentRow, at: datetime) -> str | None:
    """Why a payment does not allow what is asked, if so."""
    if ask.currency != payment.currency:
        return CURRENCY_DIFFERS
    if ask.kind is not AskKind.VOID and not 0 < ask.amount_minor <= MINOR_MAX:
        return AMOUNT_INVALID
    if ask.kind is not AskKind.REFUND:
        if payment.finalized:
            return ALREADY_FINAL
        if at >= payment.expires_at:
            return EXPIRED
    token = read_token(payment.token) or Token()
    return token.refuses.get(ask.kind) or _too_much(ask, payment, token)


def _too_much(ask: Ask, payment: PaymentRow, token: Token) -> str | None:
    """Whether the amount is beyond what the payment has."""
    if ask.kind is AskKind.INCREMENT and payment.authorized_minor + ask.amount_minor > token.limit_minor:
        return INSUFFICIENT_FUNDS
    if ask.kind is AskKind.CAPTURE and ask.amount_minor > payment.open_minor:
        return EXCEEDS_AUTHORIZED
    if ask.kind is AskKind.VOID and not payment.open_minor:
        return ALREADY_FINAL
    if ask.kind is AskKind.REFUND and ask.amount_minor > payment.captured_minor - payment.refunded_minor:
        return EXCEEDS_CAPTURED
    return None

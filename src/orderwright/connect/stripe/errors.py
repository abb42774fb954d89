"""What Stripe's errors mean. Sources: https://docs.stripe.com/error-codes and https://docs.stripe.com/declines/codes."""

from __future__ import annotations

from stripe import CardError, IdempotencyError, InvalidRequestError, StripeError

from orderwright.connect.stripe.seen import Seen
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

UNKNOWN_TOKEN = "unknown_token"

# Reasons that are worth a code of their own: the payer can do something about them. Banks' others are `declined`.
_DECLINES = {
    "insufficient_funds": INSUFFICIENT_FUNDS,
    "withdrawal_count_limit_exceeded": INSUFFICIENT_FUNDS,
    "card_velocity_exceeded": INSUFFICIENT_FUNDS,
    **{code: code for code in ("authentication_required", "expired_card", "incorrect_cvc", "incorrect_number")},
}
_CODES = {
    "charge_already_captured": ALREADY_FINAL,
    "payment_intent_unexpected_state": ALREADY_FINAL,
    "charge_expired_for_capture": EXPIRED,
    "capture_charge_authorization_expired": EXPIRED,
    "charge_already_refunded": EXCEEDS_CAPTURED,
    "resource_missing": UNKNOWN_PAYMENT,
}


def decline_code(said: str | None) -> str:
    """The port's code for why a bank declined."""
    return _DECLINES.get(said or "", DECLINED)


def refusal_code(error: StripeError, kind: AskKind) -> str | None:
    """Why Stripe refused, or None where it does not say so: no connection, no answer, 5xx, too many requests, the
    same key still at work (409), or our own API key is wrong, which says nothing of the payment."""
    if isinstance(error, CardError):
        return decline_code((error.error and error.error.decline_code) or error.code)
    if isinstance(error, IdempotencyError):
        return None if error.error and error.error.code == "idempotency_key_in_use" else KEY_REUSED
    if not isinstance(error, InvalidRequestError):
        return None
    code = _CODES.get(error.code or "", error.code) or (UNKNOWN_PAYMENT if error.http_status == 404 else None)
    if code == UNKNOWN_PAYMENT and kind is AskKind.AUTHORIZE:
        return UNKNOWN_TOKEN
    if kind is AskKind.INCREMENT and code not in _CODES.values():
        return NOT_SUPPORTED
    return code or "invalid_request"


def explained(code: str | None, ask: Ask, seen: Seen) -> str | None:
    """Why the payment does not allow what is asked, if so; else `code`. Stripe says much of it in words only."""
    standing = seen.standing
    if ask.currency != standing.currency:
        return CURRENCY_DIFFERS
    if ask.kind is AskKind.REFUND:
        return EXCEEDS_CAPTURED if ask.amount_minor > standing.refundable_minor else code
    if seen.lapsed:
        return EXPIRED
    if not standing.capturable_minor:
        return ALREADY_FINAL
    if ask.kind is AskKind.CAPTURE and ask.amount_minor > standing.capturable_minor:
        return EXCEEDS_AUTHORIZED
    return code

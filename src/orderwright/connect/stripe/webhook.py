"""Stripe's webhooks: who sent them, and which payment they are about."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import stripe

from orderwright.payments.providers import Notice, WebhookRefused

TOLERANCE_S = 300  # how old a signature may be, as Stripe advises


class _Reference(msgspec.Struct):
    id: str | None = None


class _Object(msgspec.Struct):
    object: str | None = None
    id: str | None = None
    payment_intent: str | _Reference | None = None


class _Data(msgspec.Struct):
    object: _Object


class _Event(msgspec.Struct):
    id: str
    type: str
    data: _Data


def read_webhook(headers: Mapping[str, str], body: bytes, secret: str) -> Notice:
    """Verify and read a webhook. The payment is its PaymentIntent's id; None for what is about something else."""
    try:
        stripe.WebhookSignature.verify_header(body, headers.get("stripe-signature"), secret, TOLERANCE_S)
        event = msgspec.json.decode(body, type=_Event)
    except (stripe.SignatureVerificationError, msgspec.MsgspecError, ValueError, TypeError):
        raise WebhookRefused from None  # the library's error holds the whole body
    about = event.data.object
    found = about.id if about.object == "payment_intent" else about.payment_intent
    return Notice(event.id, event.type, found.id if isinstance(found, _Reference) else found)

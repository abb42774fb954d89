"""Webhooks of the built-in provider: signed and verified after the Standard Webhooks specification 1.0.

The signature is `v1,` and the base64 of HMAC-SHA256 over `<id>.<timestamp>.<body>`; the header may hold several,
separated by blanks, while a secret is being changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from orderwright.payments.providers import Notice, WebhookRefused
from orderwright.platform.fields import Code

TOLERANCE_S = 300  # between the sender's clock and ours; an older one may be a replay
BODY_BYTES_MAX = 10_000
_TIMESTAMP = re.compile(r"[0-9]{1,11}\Z", re.ASCII)
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class SignedNotice(NamedTuple):
    """A webhook as it is sent."""

    headers: dict[str, str]
    body: bytes


class _Body(msgspec.Struct):
    type: Code
    reference: Code | None = None


_decoder = msgspec.json.Decoder(_Body)


def sign_notice(secret: bytes, event_id: str, type: str, reference: str | None, at: datetime) -> SignedNotice:  # noqa: A002
    """A webhook as the built-in provider sends it at a moment, such as ("evt_1", "payment.captured", "bp_...")."""
    body = msgspec.json.encode({"type": type, "reference": reference})
    timestamp = str(int(at.timestamp()))
    signature = _signature(secret, event_id, timestamp, body)
    return SignedNotice(dict(zip(_HEADERS, (event_id, timestamp, signature), strict=True)), body)


def read_notice(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
    """Verify and read a webhook; header names are in lower case. Raises `WebhookRefused`."""
    event_id, timestamp, signatures = (headers.get(name, "") for name in _HEADERS)
    if not (event_id and timestamp and signatures):
        raise WebhookRefused(f"The webhook lacks a header. Send {', '.join(_HEADERS)}.")
    if len(event_id) > 200 or len(body) > BODY_BYTES_MAX:
        raise WebhookRefused("The webhook is too long. Send its type and reference alone.")
    wanted = _signature(secret, event_id, timestamp, body).encode()
    # No `any`: how long it takes must not tell which of them came close.
    if not sum(hmac.compare_digest(wanted, given.encode()) for given in signatures.split(" ")):
        raise WebhookRefused("The webhook's signature is wrong. Check the signing secret on both sides.")
    if not _TIMESTAMP.match(timestamp) or abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        raise WebhookRefused("The webhook is from another time. Check both clocks; sign it anew to send it again.")
    try:
        said = _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise WebhookRefused("The webhook's body cannot be read. Send JSON with a type and a reference.") from None
    return Notice(event_id, said.type, said.reference)


def _signature(secret: bytes, event_id: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((event_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()

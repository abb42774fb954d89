"""Signed links: how a shopper comes to an order without a password.

A token says which order, until when, and of which version of the order's links; its last 16 bytes are a keyed hash
(BLAKE2b, 128 bits) of that and of the merchant, so that nobody can make one or change it. Nothing of it is stored: a
link is withdrawn by raising the order's version. A link (in a mail) and a visit (in a cookie) are of two purposes, and
one is not taken for the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from orderwright.platform.ids import UUID

Purpose = Literal["link", "visit"]

_BODY = struct.Struct(">16sII")  # order, seconds since 1970, version
_MAC_BYTES = 16
_TOKEN_LENGTH_MAX = 100
_PERSON: dict[str, bytes] = {"link": b"order link", "visit": b"order visit"}


class Grant(NamedTuple):
    """What a token says: an order, until when, and the version of the order's links when it was made."""

    order_id: UUID
    expires_at: datetime
    version: int


def seal(purpose: Purpose, merchant: str, grant: Grant, hash_key: bytes) -> str:
    """The token of a grant: 56 characters of base64url. `hash_key`: of the installation."""
    body = _BODY.pack(grant.order_id.bytes, int(grant.expires_at.timestamp()), grant.version)
    return base64.urlsafe_b64encode(body + _mac(purpose, merchant, body, hash_key)).decode().rstrip("=")


def unseal(purpose: Purpose, merchant: str, token: str, hash_key: bytes, now: datetime) -> Grant | None:
    """What a token says, or None for one that is not ours, is another merchant's, or has expired. Whether it was
    withdrawn since, the order's version says."""
    if len(token) > _TOKEN_LENGTH_MAX:
        return None
    try:
        raw = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if len(body) != _BODY.size or not hmac.compare_digest(mac, _mac(purpose, merchant, body, hash_key)):
        return None
    order, expires_s, version = _BODY.unpack(body)
    expires_at = datetime.fromtimestamp(expires_s, UTC)
    return Grant(UUID(order), expires_at, version) if now < expires_at else None


def _mac(purpose: Purpose, merchant: str, body: bytes, hash_key: bytes) -> bytes:
    said = merchant.encode() + b"\0" + body
    return hashlib.blake2b(said, digest_size=_MAC_BYTES, key=hash_key[:64], person=_PERSON[purpose]).digest()

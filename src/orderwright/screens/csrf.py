"""Forms are sent by our own pages only: a token that another site cannot know, in each form or in a header.

The token is an HMAC of a key that the visitor's session keeps, masked anew for each page: since pages are compressed, a
text that stays the same could be guessed from their lengths (the attack called BREACH).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from orderwright.platform.errors import OrderwrightError

FIELD = "_csrf"
HEADER = "x-csrf-token"
_LENGTH = 16


class ForgedForm(OrderwrightError):
    """This form is not of a page that was loaded since you signed in. Load the page again and send it once more."""

    code, http_status = "form_expired", 403


def csrf_token(key: bytes) -> str:
    """A token for a form, different each time. `key`: of the visitor's session."""
    mask = secrets.token_bytes(_LENGTH)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(key))).decode()


def check_csrf(key: bytes, token: str) -> None:
    """Raise ForgedForm unless the token was made with the key."""
    try:
        raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ForgedForm from None
    if len(raw) != 2 * _LENGTH or not hmac.compare_digest(_xor(raw[:_LENGTH], raw[_LENGTH:]), _secret(key)):
        raise ForgedForm


def _secret(key: bytes) -> bytes:
    return hashlib.blake2b(b"csrf", digest_size=_LENGTH, key=key[:64]).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

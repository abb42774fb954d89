"""What happened, said on the next page: a toast that travels in a cookie which lives until it was shown.

It holds no personal data: codes, figures and numbers of orders. It is signed: nobody else makes us say something.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

COOKIE = "ow_said"
GOOD_FOR_S = 60
_TEXT_MAX = 500


class Toast(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence about what was done. `undo`: the address of a page that takes it back; `undo_words`: its link."""

    text: Annotated[str, Meta(max_length=_TEXT_MAX)]
    tone: Literal["green", "amber", "red", "blue"] = "green"
    undo: str | None = None
    undo_words: str | None = None


_decode = msgspec.json.Decoder(list[Toast]).decode


def sealed(toasts: list[Toast], key: bytes) -> str:
    """Toasts as a cookie's value."""
    raw = msgspec.json.encode(toasts)
    return base64.urlsafe_b64encode(_mac(raw, key) + raw).decode().rstrip("=")


def unsealed(value: str | None, key: bytes) -> list[Toast]:
    """Toasts of a cookie's value; none of one that is not ours."""
    if not value:
        return []
    try:
        both = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        if not hmac.compare_digest(_mac(both[16:], key), both[:16]):
            return []
        return _decode(both[16:])
    except (ValueError, msgspec.MsgspecError):
        return []


def _mac(raw: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=16, key=key[:64], person=b"flash").digest()

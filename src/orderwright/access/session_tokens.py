"""The token in a session's cookie: 256 random bits in URL-safe base64. Only its SHA-256 is kept.

A fast hash is enough: nobody can guess 256 bits.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from orderwright.platform.ids import UUID, encode_id

SESSION_COOKIE = "ow_session"
IDLE_S = 12 * 3_600  # a session that is not used for so long has ended
LIVES_S = 14 * 86_400  # and any has after so long
AWAITS_S = 600  # to type the second factor
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def session_cookie_name(secure: bool) -> str:
    """The cookie's name. Of a secure one the prefix makes browsers refuse what another host or plain http has set."""
    return f"__Host-{SESSION_COOKIE}" if secure else SESSION_COOKIE


def new_token() -> str:
    """A new random token, for a session or for an address that works once."""
    return secrets.token_urlsafe(32)


def origin_of(session_id: UUID) -> str:
    """Where an act came from, as contexts and audit trails name it."""
    return f"session:{encode_id('ses', session_id)}"


def token_hash(token: str) -> bytes | None:
    """SHA-256 of a token, 32 bytes; None for a text that cannot be one."""
    return hashlib.sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None
